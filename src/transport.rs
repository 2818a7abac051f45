//! How a message leaves the host: one trait, and a fake for tests.

use std::future::Future;

use crate::protocol::RawAnswer;
use crate::value::Object;

/// Where the requests of one configuration go: a POST of a JSON body each.
#[derive(Clone, PartialEq)]
pub struct Route {
    /// The whole address.
    pub url: String,
    /// The headers that all requests have. One of them carries the session token, so this type has no
    /// `Debug`.
    pub headers: [(&'static str, String); 2],
    /// How long to wait for a whole answer, in milliseconds.
    pub timeout_ms: u32,
}

/// Whatever answered, with whatever status.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body. One that is no JSON is [`Object::Not`] a string.
    pub body: Object<RawAnswer>,
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

/// A host's way to send requests along one [`Route`].
pub trait Transport {
    /// The host's own errors.
    type Cause;

    /// Names a call.
    type Key;

    /// A key that no other call of this party has. Randomness is the host's own.
    fn new_key(&self) -> Self::Key;

    /// Sends one request and waits for its answer. Every HTTP status is an answer. The service makes one
    /// room for a key, however often it arrives in
    /// [`IDEMPOTENCY_KEY_HEADER`](crate::protocol::IDEMPOTENCY_KEY_HEADER).
    fn send(
        &self,
        key: &Self::Key,
        body: &str,
    ) -> impl Future<Output = Result<HttpResponse, TransportError<Self::Cause>>>;
}

/// A transport that answers what it was told to and keeps what it was sent.
#[cfg(test)]
pub(crate) struct FakeTransport {
    pub(crate) answer: Result<HttpResponse, TransportError<&'static str>>,
    /// Each key with its body.
    pub(crate) sent: std::cell::RefCell<Vec<(usize, String)>>,
}

#[cfg(test)]
impl FakeTransport {
    pub(crate) fn answering(status: u16, body: &str) -> FakeTransport {
        let body = RawAnswer::from_json(body);
        FakeTransport { answer: Ok(HttpResponse { status, body }), sent: Vec::new().into() }
    }

    pub(crate) fn failing(error: TransportError<&'static str>) -> FakeTransport {
        FakeTransport { answer: Err(error), sent: Vec::new().into() }
    }
}

#[cfg(test)]
impl Transport for FakeTransport {
    type Cause = &'static str;
    type Key = usize;

    fn new_key(&self) -> usize {
        self.sent.borrow().len()
    }

    async fn send(
        &self,
        key: &usize,
        body: &str,
    ) -> Result<HttpResponse, TransportError<&'static str>> {
        self.sent.borrow_mut().push((*key, body.into()));
        self.answer.clone()
    }
}
