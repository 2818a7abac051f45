//! The id of a request, by which a client's error is found in the log.

use std::fmt;

use rand::Rng as _;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request: 12 hexadecimal digits, drawn at random. Clients are told it in the header `x-request-id`, and in
/// the text of a refusal after `rid:`, as WeChat's own server tells its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(u64);

impl RequestId {
    /// Makes an id.
    pub(crate) fn new() -> RequestId {
        RequestId(rand::rng().random_range(0..1 << 48))
    }

    /// Answers a request of which this is the id.
    pub(crate) async fn scope<Answer>(self, answer: impl Future<Output = Answer>) -> Answer {
        CURRENT.scope(self, answer).await
    }

    /// The id of the request that is being answered. `None` outside of [`scope`](RequestId::scope).
    pub(crate) fn current() -> Option<RequestId> {
        CURRENT.try_with(|id| *id).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:012x}", self.0)
    }
}
