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

    /// Gives the function that sends a body along a route, with an idempotency key of its own making.
    /// Its promise resolves with `{status, body}`, or with `undefined` when the time is over, and rejects
    /// with the host's own error.
    #[wasm_bindgen(method, structural, catch)]
    fn connect(
        this: &Host,
        url: &str,
        headers: &Object,
        timeout_ms: u32,
    ) -> Result<Sender, JsValue>;

    pub(super) type Sender;
    #[wasm_bindgen(method, structural, catch, js_name = call)]
    fn send_as(this: &Sender, this_arg: &JsValue, body: &str) -> Result<Promise, JsValue>;

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
    pub(super) fn open(&self, route: Route) -> Result<Sender, JsValue> {
        let headers = Object::new();
        for (name, value) in route.headers {
            Reflect::set(&headers, &name.into(), &value.into())?;
        }
        self.connect(&route.url, &headers, route.timeout_ms)
    }
}

impl Sender {
    async fn exchange(&self, body: &str) -> Result<Option<HttpResponse>, JsValue> {
        let answer = JsFuture::from(self.send_as(&JsValue::UNDEFINED, body)?).await?;
        if answer.is_undefined() { Ok(None) } else { answer::response(&answer).map(Some) }
    }
}

impl Transport for Sender {
    type Cause = JsValue;

    async fn send(&self, body: &str) -> Result<HttpResponse, TransportError<JsValue>> {
        match self.exchange(body).await {
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
