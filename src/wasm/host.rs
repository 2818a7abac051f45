//! What the loader injects: the host's way to send a request, and the error classes.
//!
//! The adapters over `fetch` and `wx.request` and the classes are a few lines of JavaScript each, in
//! `pkg-template/`: written here, every property and callback of theirs would be an import of its own.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{answer, foreign};
use crate::error::{ErrorKind, VoipError};
use crate::transport::{HttpResponse, Route, Transport, TransportError, TransportFailure};

#[wasm_bindgen]
extern "C" {
    /// The object that the loader makes.
    pub type Host;

    /// Gives the function that sends along a route: `send(idempotencyKey, body)`. Its promise, which is
    /// the loader's own, resolves with `{status, body}`, or with `undefined` when the time is over, and
    /// rejects with the host's own error.
    #[wasm_bindgen(method, structural, catch)]
    fn connect(
        this: &Host,
        url: &str,
        headers: &Object,
        timeout_ms: u32,
    ) -> Result<Sender, JsValue>;

    type Sender;
    #[wasm_bindgen(method, structural, catch, js_name = call)]
    fn send_as(
        this: &Sender,
        this_arg: &JsValue,
        idempotency_key: &JsValue,
        body: &str,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural, js_name = newKey)]
    fn new_key(this: &Host) -> JsValue;

    #[wasm_bindgen(method, structural, js_name = createError)]
    fn make_error(
        this: &Host,
        is_cgi: bool,
        err_code: u16,
        err_msg: &str,
        errno: Option<i32>,
        cause: Option<JsValue>,
    ) -> JsValue;
}

impl Host {
    /// An object of the documented class.
    pub(super) fn create_error(&self, error: VoipError<JsValue>) -> JsValue {
        let VoipError { kind, code, message, errno, cause } = error;
        let is_cgi = match kind {
            ErrorKind::Cgi => true,
            ErrorKind::Plugin => false,
        };
        self.make_error(is_cgi, code.number(), &message, errno, cause)
    }

    /// Gives the route to the host, once, so that a call only passes what is its own.
    pub(super) fn open(self, route: Route) -> Result<Connection, JsValue> {
        let headers = Object::new();
        for (name, value) in route.headers {
            Reflect::set(&headers, &name.into(), &value.into())?;
        }
        let sender = self.connect(&route.url, &headers, route.timeout_ms)?;
        Ok(Connection { host: self, sender })
    }
}

/// The host, and its way along the route of one configuration.
pub(super) struct Connection {
    pub(super) host: Host,
    sender: Sender,
}

impl Connection {
    async fn exchange(&self, key: &JsValue, body: &str) -> Result<Option<HttpResponse>, JsValue> {
        let sent = self.sender.send_as(&JsValue::UNDEFINED, key, body)?;
        let answer = JsFuture::from(sent).await?;
        if answer.is_undefined() { Ok(None) } else { answer::response(&answer).map(Some) }
    }
}

impl Transport for Connection {
    type Cause = JsValue;
    type Key = JsValue;

    fn new_key(&self) -> JsValue {
        self.host.new_key()
    }

    async fn send(
        &self,
        key: &JsValue,
        body: &str,
    ) -> Result<HttpResponse, TransportError<JsValue>> {
        match self.exchange(key, body).await {
            Ok(Some(response)) => Ok(response),
            Ok(None) => {
                Err(TransportError { failure: TransportFailure::Timeout, errno: None, cause: None })
            }
            Err(thrown) => Err(TransportError {
                failure: TransportFailure::Network(foreign::describe(&thrown)),
                errno: foreign::errno(&thrown),
                cause: Some(thrown),
            }),
        }
    }
}
