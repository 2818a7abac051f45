//! What the loader injects: the host's ways to send a request and to fetch a token, and the documented
//! results and error classes.
//!
//! The adapters over `fetch` and `wx.request`, the results and the classes are a few lines of JavaScript
//! each, in `pkg-template/`: written here, every property and callback of theirs would be an import of
//! its own.

use std::cell::Cell;

use js_sys::{JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::answer::{self, Received};
use super::foreign;
use crate::client::Answer;
use crate::error::{ErrorKind, VoipError};
use crate::outcome::{ChargeType, Room};
use crate::protocol::HttpResponse;
use crate::transport::{HttpRequest, Route, Transport, TransportError, TransportFailure};
use crate::value::Value;

#[wasm_bindgen]
extern "C" {
    /// The object that the loader makes.
    pub type Host;

    /// Gives the function that makes the host of one request along a route: `open(stop)`.
    #[wasm_bindgen(method, structural, catch)]
    fn connect(
        this: &Host,
        endpoint: &str,
        headers: &Object,
        timeout_ms: u32,
    ) -> Result<Opener, JsValue>;

    type Opener;
    #[wasm_bindgen(method, structural, catch, js_name = call)]
    fn open(this: &Opener, this_arg: &JsValue, stop: &JsValue) -> Result<CallHost, JsValue>;

    /// An error object of the documented class.
    #[wasm_bindgen(method, structural, js_name = createError)]
    fn error(
        this: &Host,
        is_cgi: bool,
        err_code: u16,
        err_msg: &str,
        errno: Option<i32>,
        cause: Option<JsValue>,
    ) -> JsValue;

    /// The documented result of a failure.
    #[wasm_bindgen(method, structural, js_name = createFailure)]
    fn failure(this: &Host, error: &JsValue) -> JsValue;

    /// The documented result of a success.
    #[wasm_bindgen(method, structural, js_name = createSuccess)]
    fn success(this: &Host, room_id: &str, charge_type: &JsString) -> JsValue;

    /// The documented result of a list, by the body that has it.
    #[wasm_bindgen(method, structural, catch, js_name = createContacts)]
    fn contacts(this: &Host, body: &JsValue) -> Result<JsValue, JsValue>;

    /// The host of one request. Its promises are the loader's own. They resolve with what was asked for,
    /// with `undefined` when the time is over or with `null` when the call was cancelled, and reject
    /// with the host's own error.
    pub(super) type CallHost;
    #[wasm_bindgen(method, structural, catch, js_name = isCancelled)]
    fn is_cancelled(this: &CallHost) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn reason(this: &CallHost) -> Result<JsValue, JsValue>;
    /// `{token}`. `undefined` if this host was given no way to fetch one.
    #[wasm_bindgen(method, structural, catch, js_name = deviceToken)]
    fn fetch_device_token(this: &CallHost) -> Result<Option<Promise>, JsValue>;
    /// Gives `{status, body}`, the body parsed if it is JSON.
    #[wasm_bindgen(method, structural, catch, js_name = send)]
    fn request(
        this: &CallHost,
        method: &str,
        path: &str,
        body: Option<&str>,
        is_keyed: bool,
        outlives_page: bool,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = retract)]
    fn delete(this: &CallHost) -> Result<(), JsValue>;
}

// Made once: a JS string costs more than all the rest of a result.
thread_local! {
    static DURATION: JsString = ChargeType::Duration.as_str().into();
    static LICENSE: JsString = ChargeType::License.as_str().into();
}

impl Host {
    /// An object of the documented class.
    pub(super) fn create_error(&self, error: VoipError<JsValue>) -> JsValue {
        let VoipError { kind, code, message, errno, cause } = error;
        let is_cgi = match kind {
            ErrorKind::Cgi => true,
            ErrorKind::Plugin => false,
        };
        self.error(is_cgi, code.number(), &message, errno, cause)
    }

    /// What the promise resolves with. The `body` is that of the answer.
    pub(super) fn create_result(
        &self,
        answer: Answer,
        body: Option<JsValue>,
    ) -> Result<JsValue, JsValue> {
        match answer {
            Answer::Room(Room { room_id, charge_type }) => {
                let word = match charge_type {
                    ChargeType::Duration => &DURATION,
                    ChargeType::License => &LICENSE,
                };
                Ok(word.with(|word| self.success(&room_id, word)))
            }
            Answer::Contacts => self.contacts(&body.unwrap_or_default()),
            Answer::IsOver(is_over) => Ok(is_over.into()),
            Answer::Heard => Ok(JsValue::UNDEFINED),
        }
    }

    /// The result of a failure, for an API that resolves with it.
    pub(super) fn create_failure(&self, error: VoipError<JsValue>) -> JsValue {
        self.failure(&self.create_error(error))
    }

    /// Gives the route to the host, once, so that a call only passes what is its own.
    pub(super) fn open(self, route: Route) -> Result<Connection, JsValue> {
        let headers = Object::new();
        for (name, value) in route.headers {
            Reflect::set(&headers, &name.into(), &value.into())?;
        }
        let opener = self.connect(&route.endpoint, &headers, route.timeout_ms)?;
        Ok(Connection { host: self, opener })
    }
}

/// The host, and its way along the route of one configuration.
pub(super) struct Connection {
    pub(super) host: Host,
    opener: Opener,
}

impl Connection {
    /// The host of a request that `stop` may cancel.
    pub(super) fn begin(&self, stop: &JsValue) -> Result<RequestHost, JsValue> {
        let host = self.opener.open(&JsValue::UNDEFINED, stop)?;
        Ok(RequestHost { host, body: Cell::default() })
    }
}

/// The host of one request, and the body of the last answer to it.
pub(super) struct RequestHost {
    host: CallHost,
    body: Cell<Option<JsValue>>,
}

impl RequestHost {
    /// The body of the last answer, as it came.
    pub(super) fn take_body(&self) -> Option<JsValue> {
        self.body.take()
    }
}

impl CallHost {
    async fn settled(
        &self,
        asked: Result<Promise, JsValue>,
    ) -> Result<JsValue, TransportError<JsValue>> {
        let given = match asked {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        match given {
            Ok(value) if value.is_undefined() => {
                Err(TransportError { failure: TransportFailure::Timeout, errno: None, cause: None })
            }
            Ok(value) if value.is_null() => Err(self.cancellation()),
            Ok(value) => Ok(value),
            Err(thrown) => Err(failed(thrown)),
        }
    }

    fn cancellation(&self) -> TransportError<JsValue> {
        let reason = self.reason().unwrap_or_else(|thrown| thrown);
        let failure = TransportFailure::Cancelled(foreign::describe(&reason));
        TransportError { failure, errno: None, cause: Some(reason) }
    }
}

fn failed(thrown: JsValue) -> TransportError<JsValue> {
    TransportError {
        failure: TransportFailure::Failed(foreign::describe(&thrown)),
        errno: foreign::errno(&thrown),
        cause: Some(thrown),
    }
}

impl Transport for RequestHost {
    type Cause = JsValue;

    fn cancelled(&self) -> Option<TransportError<JsValue>> {
        // A stop that cannot be asked has not been heard of either.
        self.host.is_cancelled().unwrap_or_default().then(|| self.host.cancellation())
    }

    async fn device_token(&self) -> Option<Result<Value, TransportError<JsValue>>> {
        let fetching = self.host.fetch_device_token().transpose()?;
        let given = self.host.settled(fetching).await;
        Some(given.map(|given| foreign::member(&given, "token")))
    }

    async fn send(
        &self,
        request: &HttpRequest<'_>,
    ) -> Result<HttpResponse, TransportError<JsValue>> {
        let HttpRequest { method, path, body, is_keyed, outlives_page } = *request;
        let sent = self.host.request(method.as_str(), path, body, is_keyed, outlives_page);
        let answer = self.host.settled(sent).await?;
        let received = answer::received(&answer).map_err(|thrown| TransportError {
            failure: TransportFailure::NoResponse(foreign::describe(&thrown)),
            ..failed(thrown)
        })?;
        let Received { response, body } = received;
        self.body.set(body);
        Ok(response)
    }

    fn retract(&self) {
        // Nobody is left to be told that it failed.
        let _ = self.host.delete();
    }
}
