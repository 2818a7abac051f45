//! A connection that is given up when its client does not read.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream whose writes fail with [`ErrorKind::TimedOut`] when the other side takes nothing for too long.
pub(super) struct Patient<Stream> {
    stream: Stream,
    patience: Duration,
    /// When the write that waits is given up.
    ends: Pin<Box<Sleep>>,
    waits: Arc<AtomicBool>,
}

/// Says whether a write waits for the other side.
#[derive(Clone)]
pub(super) struct Waits(Arc<AtomicBool>);

impl<Stream> Patient<Stream> {
    pub(super) fn new(stream: Stream, patience: Duration) -> (Patient<Stream>, Waits) {
        let waits = Arc::default();
        let told = Waits(Arc::clone(&waits));
        (Patient { stream, patience, ends: Box::pin(sleep(patience)), waits }, told)
    }

    /// Gives what a write has given, or its failure when it has waited for too long.
    fn bounded(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.waits.store(false, Ordering::Relaxed);
            return written;
        }
        if !self.waits.swap(true, Ordering::Relaxed) {
            self.ends.as_mut().reset(Instant::now() + self.patience);
        }
        ready!(self.ends.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, "the client does not read")))
    }
}

impl Waits {
    pub(super) fn now(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<Stream: AsyncRead + Unpin> AsyncRead for Patient<Stream> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<Stream: AsyncWrite + Unpin> AsyncWrite for Patient<Stream> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Only a write says whether the other side takes anything.
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_write_that_nobody_reads_is_given_up() {
        let (ours, _theirs) = tokio::io::duplex(4);
        let (mut stream, waits) = Patient::new(ours, PATIENCE);
        stream.write_all(b"1234").await.unwrap();
        assert!(!waits.now());
        let before = Instant::now();
        let error = stream.write_all(b"5").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(before.elapsed(), PATIENCE);
        assert!(waits.now());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_reads_slowly_is_waited_for_each_time_anew() {
        let (ours, mut theirs) = tokio::io::duplex(1);
        let (mut stream, waits) = Patient::new(ours, PATIENCE);
        let reads = tokio::spawn(async move {
            for expected in *b"12345" {
                sleep(PATIENCE - Duration::from_secs(1)).await;
                assert_eq!(theirs.read_u8().await.unwrap(), expected);
            }
            theirs
        });
        stream.write_all(b"12345").await.unwrap();
        reads.await.unwrap();
        assert!(!waits.now());
    }
}
