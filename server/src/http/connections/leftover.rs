//! What a client still sends of a body that nobody reads any more.
//!
//! A connection that is closed while its client sends is reset, and many clients then never see the answer. So the rest of the
//! body is read and thrown away, within bounds.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::EXPECT;
use hyper::body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How much of a body is thrown away, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// How long the client may take for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// A body whose rest is thrown away when its reader drops it.
pub(super) struct Leftover<B: Body<Data = Bytes> + Send + Unpin + 'static> {
    /// `None` once its rest is somebody else's, or does not come.
    body: Option<B>,
    /// Whether the client waits to be told to send the body, so that nothing comes unless somebody reads.
    is_asked_for: bool,
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Leftover<B> {
    /// The request with such a body.
    pub(super) fn of(request: Request<B>) -> Request<Leftover<B>> {
        let is_asked_for = request.headers().contains_key(EXPECT);
        request.map(|body| Leftover { body: Some(body), is_asked_for })
    }
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Body for Leftover<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        self.is_asked_for = false;
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl<B: Body<Data = Bytes> + Send + Unpin + 'static> Drop for Leftover<B> {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) else { return };
        if !self.is_asked_for
            && let Ok(runtime) = Handle::try_current()
        {
            // The answer does not wait for it.
            runtime.spawn(timeout(PATIENCE, throw_away(body)));
        }
    }
}

/// Reads to the end, or as much as is thrown away.
async fn throw_away<B: Body<Data = Bytes> + Unpin>(mut body: B) {
    let mut left = MAX_BYTES;
    while let Some(Ok(frame)) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await
    {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
