//! How a message leaves the host: one trait, and a fake for tests.

use std::future::Future;

/// A POST of a JSON body.
#[derive(Clone, PartialEq)]
pub struct HttpRequest {
    /// The whole address.
    pub url: String,
    /// The headers. One of them carries the session token, so this type has no `Debug`.
    pub headers: [(&'static str, String); 3],
    /// The body, JSON.
    pub body: String,
    /// How long to wait for the whole answer, in milliseconds.
    pub timeout_ms: u32,
}

/// Whatever answered, with whatever status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body, which may or may not be JSON.
    pub body: String,
}

/// No answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError<Cause> {
    /// Why not.
    pub failure: TransportFailure,
    /// The host API's own number, where it gave one.
    pub errno: Option<i32>,
    /// The host's own error.
    pub cause: Option<Cause>,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportFailure {
    /// The timeout passed.
    Timeout,
    /// The host could not send the request or read the answer, and says this about it.
    Network(String),
}

/// A host's way to send a request. Implemented by an adapter for each host API, in `src/wasm`.
pub trait Transport {
    /// The host's own errors.
    type Cause;

    /// Sends one request and waits for its answer. Every HTTP status is an answer.
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, TransportError<Self::Cause>>>;
}

/// A transport that answers what it was told to and keeps what it was sent.
#[cfg(test)]
pub(crate) struct FakeTransport {
    pub(crate) answer: Result<HttpResponse, TransportError<&'static str>>,
    pub(crate) sent: std::cell::RefCell<Vec<HttpRequest>>,
}

#[cfg(test)]
impl FakeTransport {
    pub(crate) fn answering(status: u16, body: &str) -> FakeTransport {
        FakeTransport {
            answer: Ok(HttpResponse { status, body: body.into() }),
            sent: Vec::new().into(),
        }
    }

    pub(crate) fn failing(error: TransportError<&'static str>) -> FakeTransport {
        FakeTransport { answer: Err(error), sent: Vec::new().into() }
    }
}

#[cfg(test)]
impl Transport for FakeTransport {
    type Cause = &'static str;

    async fn send(
        &self,
        request: HttpRequest,
    ) -> Result<HttpResponse, TransportError<&'static str>> {
        self.sent.borrow_mut().push(request);
        self.answer.clone()
    }
}
