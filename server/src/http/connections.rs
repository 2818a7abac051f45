//! The connections: how many there may be, how long each may take to send a request and to read the answer, and how they
//! end.
//!
//! `axum::serve` would wait for ever for a request that was begun and is not finished, and a service that stops would
//! wait with it.

mod leftover;
mod patience;
mod unauthenticated;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{Extensions, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use self::leftover::Leftover;
use self::patience::{Patient, Waits};
use self::unauthenticated::{Admission, Unauthenticated};
use crate::config::ConnectionLimits;
use crate::domain::address::TrustedProxies;
use crate::domain::shutdown::{Shutdown, UnderWay};
use crate::http::tls::Tls;
use crate::metrics::Metrics;

/// How long the head of a request may take, counted from the answer before it, and the handshake of TLS; so a connection
/// may be idle for the same time. A head has a few kilobytes, which pass through the worst network in that time. The longer idle
/// connections are kept, the fewer calls have to open a new one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a client that does not read is waited for where there is nothing more to say: when the service stops, and with
/// the last message of a socket.
pub(crate) const LAST_PATIENCE: Duration = Duration::from_secs(1);

/// How many bytes of what is encrypted wait for a client that does not read: two records of TLS.
const MAX_ENCRYPTED_BYTES: usize = 2 * 16 * 1024;

/// How long to wait before the next attempt when no connection could be accepted, as when there are no file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// How often the log says that connections could not be accepted.
const ACCEPT_WARNING_EVERY: Duration = Duration::from_secs(60);

/// The place of one connection among the open ones. Every request carries it. What outlives the request, as a
/// WebSocket does, keeps it.
#[derive(Clone)]
pub struct ConnectionPermit {
    held: Arc<Held>,
}

struct Held {
    peer: IpAddr,
    admission: Admission,
    metrics: Arc<Metrics>,
    _permit: OwnedSemaphorePermit,
    _under_way: UnderWay,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.metrics.connections().dec();
    }
}

/// Notes that a request with these extensions has a valid token or key, so that its connection need not make room for
/// others.
pub(crate) fn authenticated(extensions: &Extensions) {
    if let Some(permit) = extensions.get::<ConnectionPermit>() {
        permit.held.admission.authenticated();
    }
}

/// The address from which a request with these extensions has come, which may be that of a proxy. `None` for one that has
/// come over no connection.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectionPermit>().map(|permit| permit.held.peer)
}

/// Accepts connections until the service stops, with TLS if `tls` is there. Each open connection is registered as under
/// way.
pub(crate) async fn accept(
    listener: TcpListener,
    tls: Option<&Tls>,
    router: Router,
    limits: &ConnectionLimits,
    proxies: &TrustedProxies,
    metrics: &Arc<Metrics>,
    shutdown: &Shutdown,
) {
    let places = Arc::new(Semaphore::new(limits.max));
    let unauthenticated = Unauthenticated::new(limits);
    let accepts = shutdown.watch();
    let mut acceptor = Acceptor { listener, warned_at: None };
    let accepting = async {
        // The semaphore is never closed.
        while let Ok(permit) = places.clone().acquire_owned().await {
            let (stream, address) = acceptor.next().await;
            let peer = address.ip();
            let admission = unauthenticated.admit(peer, proxies.has(peer));
            metrics.connections().inc();
            let metrics = metrics.clone();
            let _under_way = shutdown.watch();
            let held = Held { peer, admission, metrics, _permit: permit, _under_way };
            let place = ConnectionPermit { held: Arc::new(held) };
            let under_way = shutdown.watch();
            let stream = Patient::new(stream, limits.write_timeout);
            let max_head_bytes = limits.max_head_bytes;
            let conversation =
                Conversation { router: router.clone(), place, max_head_bytes, under_way };
            match tls {
                None => tokio::spawn(conversation.converse(stream)),
                Some(tls) => tokio::spawn(conversation.converse_secretly(tls.acceptor(), stream)),
            };
        }
    };
    tokio::select! {
        () = accepting => {}
        () = accepts.stopping() => {}
    }
}

struct Acceptor {
    listener: TcpListener,
    /// When the log has said that accepting fails.
    warned_at: Option<Instant>,
}

impl Acceptor {
    /// Waits for the next connection, however often accepting fails.
    async fn next(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // A message that follows another one would wait until the client has acknowledged that. It fails only
                    // for a client that has left, which the next read notices.
                    let _ = stream.set_nodelay(true);
                    return (stream, address);
                }
                Err(error) => {
                    if self.warned_at.is_none_or(|at| at.elapsed() >= ACCEPT_WARNING_EVERY) {
                        self.warned_at = Some(Instant::now());
                        tracing::warn!(%error, "connections cannot be accepted");
                    }
                    sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
}

/// What one connection needs.
struct Conversation {
    router: Router,
    place: ConnectionPermit,
    max_head_bytes: usize,
    under_way: UnderWay,
}

impl Conversation {
    /// Answers the requests of one connection that speaks TLS. Until the handshake is over it is as one that has not yet
    /// sent a whole head.
    async fn converse_secretly(
        self,
        acceptor: TlsAcceptor,
        (stream, waits): (Patient<TcpStream>, Waits),
    ) {
        let handshake = timeout(HEAD_TIMEOUT, acceptor.accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = self.place.held.admission.closes() => {
                tracing::debug!("a connection was closed to make room for another one");
                return;
            }
            () = self.under_way.stopping() => return,
        };
        match shaken {
            Ok(Ok(mut stream)) => {
                stream.get_mut().1.set_buffer_limit(Some(MAX_ENCRYPTED_BYTES));
                self.converse((stream, waits)).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    /// Answers the requests of one connection. When the service stops, a request that has begun is still answered; a
    /// connection that has not yet sent a whole head gets no answer.
    async fn converse<Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        self,
        (stream, waits): (Stream, Waits),
    ) {
        let Conversation { router, place, max_head_bytes, under_way } = self;
        let router = TowerToHyperService::new(router);
        let asked = AtomicBool::new(false);
        let answer = service_fn(|mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(place.clone());
            let answered = router.call(Leftover::of(request));
            let admission = &place.held.admission;
            async move {
                let answer = answered.await;
                // The next request may be somebody else's. A socket stays that of whoever has opened it.
                let is_socket =
                    answer.as_ref().is_ok_and(|it| it.status() == StatusCode::SWITCHING_PROTOCOLS);
                if !is_socket {
                    admission.unauthenticated();
                }
                answer
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(max_head_bytes)
            .serve_connection(TokioIo::new(stream), answer)
            .with_upgrades();
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = place.held.admission.closes() => {
                tracing::debug!("a connection was closed to make room for another one");
                return;
            }
            () = under_way.stopping() => {
                // A connection that is idle between two requests closes itself. Only of the first head hyper cannot tell
                // whether it will ever be complete.
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
                connection.as_mut().graceful_shutdown();
                loop {
                    match timeout(LAST_PATIENCE, connection.as_mut()).await {
                        Ok(ended) => break ended,
                        Err(_) if waits.now() => return,
                        Err(_) => {}
                    }
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Extension;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;

    // The clock of the tests advances only when every task waits, so none of the tests takes this long.
    const SHORT: Duration = Duration::from_secs(1);

    struct Server {
        address: std::net::SocketAddr,
        shutdown: Shutdown,
        accepting: JoinHandle<()>,
        /// The places of the requests for `/kept`, kept as a WebSocket keeps its own.
        kept: mpsc::UnboundedReceiver<ConnectionPermit>,
    }

    impl Server {
        async fn start(max: usize) -> Server {
            Server::start_with(max, None).await
        }

        async fn start_with(max: usize, tls: Option<Tls>) -> Server {
            let (keep, kept) = mpsc::unbounded_channel();
            let router = Router::new().route("/", get(async || "hello")).route(
                "/kept",
                get(async move |Extension(permit): Extension<ConnectionPermit>| {
                    keep.send(permit).unwrap();
                }),
            );
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let shutdown = Shutdown::default();
            let stopping = shutdown.clone();
            let limits = ConnectionLimits { max, ..ConnectionLimits::default() };
            let accepting = tokio::spawn(async move {
                let proxies = TrustedProxies::default();
                let metrics = Arc::default();
                accept(listener, tls.as_ref(), router, &limits, &proxies, &metrics, &stopping)
                    .await;
            });
            Server { address, shutdown, accepting, kept }
        }

        async fn send(&self, text: &str) -> TcpStream {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(text.as_bytes()).await.unwrap();
            stream
        }

        async fn ask(&self, path: &str) -> TcpStream {
            self.send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await
        }
    }

    async fn answered(stream: &mut TcpStream) -> bool {
        let mut first = [0; 12];
        let read = timeout(SHORT, stream.read_exact(&mut first)).await;
        matches!(read, Ok(Ok(_))) && &first == b"HTTP/1.1 200"
    }

    #[tokio::test]
    async fn a_message_waits_for_no_acknowledgement_of_the_one_before() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut acceptor = Acceptor { listener, warned_at: None };
        let (accepted, _client) = tokio::join!(acceptor.next(), TcpStream::connect(address));
        assert!(accepted.0.nodelay().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_finish_a_head_is_not_waited_for() {
        let server = Server::start(10).await;
        for begun in ["", "GET / HTTP/1.1\r\nHost"] {
            let mut stream = server.send(begun).await;
            let mut rest = Vec::new();
            let read = timeout(HEAD_TIMEOUT + SHORT, stream.read_to_end(&mut rest)).await;
            assert!(read.is_ok(), "{begun:?} is still connected");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_finish_a_handshake_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start_with(10, Some(Tls::for_test(&dir))).await;
        // What a ClientHello of TLS begins with.
        for begun in ["", "\x16\x03\x01\x02\x00\x01\x00\x01"] {
            let mut stream = server.send(begun).await;
            let mut rest = Vec::new();
            let early = timeout(HEAD_TIMEOUT - SHORT, stream.read_to_end(&mut rest)).await;
            assert!(early.is_err(), "{begun:?} was given no time");
            let read = timeout(SHORT * 2, stream.read_to_end(&mut rest)).await;
            assert!(read.is_ok(), "{begun:?} is still connected");
        }
        let _silent = server.send("").await;
        server.shutdown.begin();
        server.accepting.await.unwrap();
        assert!(timeout(SHORT, server.shutdown.finished()).await.is_ok(), "it is waited for");
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_head_does_not_delay_the_end() {
        let server = Server::start(10).await;
        let _silent = server.send("").await;
        let _half = server.send("GET / HTTP/1.1\r\nHost").await;
        let mut idle = server.ask("/").await;
        assert!(answered(&mut idle).await);
        server.shutdown.begin();
        server.accepting.await.unwrap();
        assert!(timeout(SHORT, server.shutdown.finished()).await.is_ok(), "some are still open");
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_there_are_places_for_wait() {
        let mut server = Server::start(1).await;
        let mut first = server.ask("/kept").await;
        assert!(answered(&mut first).await);
        let mut second = server.ask("/").await;
        assert!(!answered(&mut second).await, "the first is still connected");
        drop(first);
        assert!(!answered(&mut second).await, "the first's place is still kept");
        drop(server.kept.recv().await);
        assert!(answered(&mut second).await);
    }
}
