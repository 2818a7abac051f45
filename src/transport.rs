//! What a call needs of its host: one trait, and a fake for tests.

use std::future::Future;

use crate::protocol::HttpResponse;
#[cfg(test)]
use crate::protocol::RawAnswer;
use crate::value::Value;

/// Where the requests of one configuration go.
#[derive(Clone, PartialEq)]
pub struct Route {
    /// The address of the service, which the paths of requests follow.
    pub endpoint: String,
    /// The headers that all requests have. One of them carries the session token, so this type has no
    /// `Debug`.
    pub headers: [(&'static str, String); 2],
    /// How long a call may wait for its host and for the service, all attempts together, in milliseconds.
    pub timeout_ms: u32,
}

/// A request along a [`Route`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpRequest<'a> {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: &'a str,
    /// The body, if the method has one.
    pub body: Option<&'a str>,
    /// Whether it has the key of its host in
    /// [`IDEMPOTENCY_KEY_HEADER`](crate::protocol::IDEMPOTENCY_KEY_HEADER). The service makes one room for a key, however
    /// often it arrives.
    pub is_keyed: bool,
    /// Whether it is to be sent although the page of a browser is closed meanwhile.
    pub outlives_page: bool,
}

/// The methods of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

impl Method {
    /// The word for it in HTTP.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// The host did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError<Cause> {
    /// Why not.
    pub failure: TransportFailure,
    /// The host API's own number, where it gave one.
    pub errno: Option<i32>,
    /// The host's own error.
    pub cause: Option<Cause>,
}

/// Why the host did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportFailure {
    /// The call's time is over.
    Timeout,
    /// The caller has cancelled the call, and says this about it.
    Cancelled(String),
    /// The host could not send the request, read the answer or fetch the token, and says this about it.
    Failed(String),
    /// Something answered that is no HTTP response, which this says.
    NoResponse(String),
}

/// The host of one request of the package: everything that is asked of it shares one [`Route`], one timeout, one way to
/// cancel it, and one idempotency key.
pub trait Transport {
    /// The host's own errors.
    type Cause;

    /// Whether the caller has cancelled the call already, and if so with what.
    fn cancelled(&self) -> Option<TransportError<Self::Cause>>;

    /// Fetches the deviceToken of a device that is registered through WMPF. `None` if this host was
    /// given no way to do so.
    fn device_token(
        &self,
    ) -> impl Future<Output = Option<Result<Value, TransportError<Self::Cause>>>>;

    /// Sends a request and waits for the answer. Every HTTP status is an answer.
    fn send(
        &self,
        request: &HttpRequest<'_>,
    ) -> impl Future<Output = Result<HttpResponse, TransportError<Self::Cause>>>;

    /// Tells the service that nobody waits for this call any more, in case that it did get it. The host
    /// sends this in the background and forgets about it.
    fn retract(&self);
}

/// A host that does what it was told to, one step after the other, and keeps what it was asked.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct FakeTransport {
    /// What becomes of each attempt to send.
    pub(crate) answers: std::cell::RefCell<Vec<Result<HttpResponse, TransportError<&'static str>>>>,
    /// What `device_token` gives.
    pub(crate) device_token: Option<Result<Value, TransportError<&'static str>>>,
    /// What `cancelled` gives when it is asked for the first time, the second time, and so on.
    pub(crate) cancelled: std::cell::RefCell<Vec<Option<TransportError<&'static str>>>>,
    /// What it was asked, in order; a body that was sent stands for itself.
    pub(crate) asked: std::cell::RefCell<Vec<String>>,
    /// The method and the path of each request that was sent, and whether it had the key.
    pub(crate) paths: std::cell::RefCell<Vec<String>>,
}

#[cfg(test)]
impl FakeTransport {
    pub(crate) fn answering(status: u16, body: &str) -> FakeTransport {
        FakeTransport::default().then_answering(status, body)
    }

    pub(crate) fn failing(error: TransportError<&'static str>) -> FakeTransport {
        FakeTransport { answers: vec![Err(error)].into(), ..FakeTransport::default() }
    }

    pub(crate) fn then_answering(self, status: u16, body: &str) -> FakeTransport {
        let body = RawAnswer::from_json(body);
        self.answers.borrow_mut().push(Ok(HttpResponse { status, body }));
        self
    }
}

#[cfg(test)]
impl Transport for FakeTransport {
    type Cause = &'static str;

    fn cancelled(&self) -> Option<TransportError<&'static str>> {
        let mut cancelled = self.cancelled.borrow_mut();
        if cancelled.is_empty() { None } else { cancelled.remove(0) }
    }

    async fn device_token(&self) -> Option<Result<Value, TransportError<&'static str>>> {
        self.asked.borrow_mut().push("deviceToken".into());
        self.device_token.clone()
    }

    async fn send(
        &self,
        request: &HttpRequest<'_>,
    ) -> Result<HttpResponse, TransportError<&'static str>> {
        self.asked.borrow_mut().push(request.body.unwrap_or_default().into());
        self.paths.borrow_mut().push(crate::text::concat(&[
            request.method.as_str(),
            " ",
            request.path,
            if request.is_keyed { " keyed" } else { "" },
        ]));
        self.answers.borrow_mut().remove(0)
    }

    fn retract(&self) {
        self.asked.borrow_mut().push("retract".into());
    }
}
