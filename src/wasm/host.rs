//! What the loader injects: the host's ways to send a request and to fetch a token, and the documented
//! results and error classes.
//!
//! The adapters over `fetch` and `wx.request`, the results and the classes are a few lines of JavaScript
//! each, in `pkg-template/`: written here, every property and callback of theirs would be an import of
//! its own.

use js_sys::{JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{answer, foreign};
use crate::error::{ErrorKind, VoipError};
use crate::outcome::{ChargeType, Outcome, Room};
use crate::protocol::HttpResponse;
use crate::transport::{Route, Transport, TransportError, TransportFailure};
use crate::value::Value;

#[wasm_bindgen]
extern "C" {
    /// The object that the loader makes.
    pub type Host;

    /// Gives the function that makes the host of one call along a route: `open(signal)`.
    #[wasm_bindgen(method, structural, catch)]
    fn connect(
        this: &Host,
        url: &str,
        headers: &Object,
        timeout_ms: u32,
    ) -> Result<Opener, JsValue>;

    type Opener;
    #[wasm_bindgen(method, structural, catch, js_name = call)]
    fn open(this: &Opener, this_arg: &JsValue, signal: &JsValue) -> Result<CallHost, JsValue>;

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

    /// The host of one call. Its promises are the loader's own. They resolve with what was asked for,
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
    /// `{status, body}`
    #[wasm_bindgen(method, structural, catch, js_name = send)]
    fn post(this: &CallHost, body: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = retract)]
    fn delete(this: &CallHost) -> Result<(), JsValue>;

    type DeviceToken;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn token(this: &DeviceToken) -> Result<Option<JsValue>, JsValue>;
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

    /// The object that the call resolves with.
    pub(super) fn create_result(&self, outcome: Outcome<JsValue>) -> JsValue {
        match outcome {
            Outcome::Success(Room { room_id, charge_type }) => {
                let word = match charge_type {
                    ChargeType::Duration => &DURATION,
                    ChargeType::License => &LICENSE,
                };
                word.with(|word| self.success(&room_id, word))
            }
            Outcome::Failure(error) => self.failure(&self.create_error(error)),
        }
    }

    /// Gives the route to the host, once, so that a call only passes what is its own.
    pub(super) fn open(self, route: Route) -> Result<Connection, JsValue> {
        let headers = Object::new();
        for (name, value) in route.headers {
            Reflect::set(&headers, &name.into(), &value.into())?;
        }
        let opener = self.connect(&route.url, &headers, route.timeout_ms)?;
        Ok(Connection { host: self, opener })
    }
}

/// The host, and its way along the route of one configuration.
pub(super) struct Connection {
    pub(super) host: Host,
    opener: Opener,
}

impl Connection {
    /// The host of a call that `signal` may cancel.
    pub(super) fn begin(&self, signal: &JsValue) -> Result<CallHost, JsValue> {
        self.opener.open(&JsValue::UNDEFINED, signal)
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

impl Transport for CallHost {
    type Cause = JsValue;

    fn cancelled(&self) -> Option<TransportError<JsValue>> {
        // A signal that cannot be asked has not been heard of either.
        self.is_cancelled().unwrap_or_default().then(|| self.cancellation())
    }

    async fn device_token(&self) -> Option<Result<Value, TransportError<JsValue>>> {
        let fetching = self.fetch_device_token().transpose()?;
        let given = self.settled(fetching).await;
        Some(given.map(|given| foreign::value(given.unchecked_ref::<DeviceToken>().token())))
    }

    async fn send(&self, body: &str) -> Result<HttpResponse, TransportError<JsValue>> {
        let answer = self.settled(self.post(body)).await?;
        answer::response(&answer).map_err(|thrown| TransportError {
            failure: TransportFailure::NoResponse(foreign::describe(&thrown)),
            ..failed(thrown)
        })
    }

    fn retract(&self) {
        // Nobody is left to be told that it failed.
        let _ = self.delete();
    }
}
