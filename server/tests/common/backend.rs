//! A mini-program's own backend, which a webhook tells of calls. It checks signatures by itself, so that a fault of
//! the service cannot hide in code that both share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::soon;

/// The secret of these tests' webhooks: 32 bytes.
pub(crate) const SECRET: &str = "whsec_dGhlLXNlY3JldC1vZi10aGUtd2ViaG9vay10ZXN0cy4=";

/// What the backend does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Does {
    /// Answers with this status.
    Answer(u16),
    /// Points to `/elsewhere`.
    Redirect,
    /// Keeps the service waiting.
    Hang,
    /// Answers 200, and goes on with its body for ever.
    Babble,
}

/// A request that has arrived.
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Has a library of the specification's authors check it.
    pub(crate) fn verify(&self, secret: &str) -> Result<(), standardwebhooks::WebhookError> {
        standardwebhooks::Webhook::new(secret)?.verify(&self.body, &self.headers)
    }

    /// Whether the signature is the right one.
    pub(crate) fn is_signed(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let (id, timestamp) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", &self.body].concat();
        let expected = format!("v1,{}", STANDARD.encode(hmac_sha256(&key, &message)));
        self.header("webhook-signature") == expected
    }
}

/// RFC 2104.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    assert!(key.len() <= 64);
    let pad = |byte: u8| -> Vec<u8> {
        (0..64).map(|index| key.get(index).copied().unwrap_or(0) ^ byte).collect()
    };
    let inner = Sha256::digest([&pad(0x36), message].concat());
    Sha256::digest([&pad(0x5c)[..], &inner].concat()).to_vec()
}

struct Shared {
    script: Mutex<VecDeque<Does>>,
    sender: mpsc::UnboundedSender<Received>,
}

pub(crate) struct Backend {
    pub(crate) url: String,
    received: mpsc::UnboundedReceiver<Received>,
    serving: JoinHandle<()>,
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Backend {
    /// Does what the script says, and then answers 204.
    pub(crate) async fn start(script: &[Does]) -> Backend {
        Backend::start_on("127.0.0.1:0", script).await
    }

    pub(crate) async fn start_on(address: &str, script: &[Does]) -> Backend {
        Backend::start_with(TcpListener::bind(address).await.unwrap(), script)
    }

    /// Answers 204 at the address of one that was dropped: the port is free as soon as that one's task has ended.
    pub(crate) async fn start_after(address: &str) -> Backend {
        loop {
            match TcpListener::bind(address).await {
                Ok(listener) => return Backend::start_with(listener, &[]),
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    pub(crate) fn start_with(listener: TcpListener, script: &[Does]) -> Backend {
        let url = format!("http://{}/hooks/voip?from=tests", listener.local_addr().unwrap());
        let (sender, received) = mpsc::unbounded_channel();
        let script = Mutex::new(script.iter().copied().collect());
        let shared = Arc::new(Shared { script, sender });
        let router = Router::new().fallback(answer).with_state(shared);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Backend { url, received, serving }
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Received {
        soon(self.received.recv()).await.unwrap()
    }

    /// The next request, if there is one so soon.
    pub(crate) async fn next_if_within(&mut self, time: Duration) -> Option<Received> {
        tokio::time::timeout(time, self.received.recv()).await.ok().flatten()
    }

    /// How many have arrived that nobody has looked at.
    pub(crate) fn waiting(&self) -> usize {
        self.received.len()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let does = shared.script.lock().unwrap().pop_front().unwrap_or(Does::Answer(204));
    let path = uri.path_and_query().unwrap().to_string();
    shared.sender.send(Received { path, headers, body }).unwrap();
    match does {
        Does::Answer(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Does::Redirect => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Does::Hang => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::OK.into_response()
        }
        Does::Babble => {
            let endless = futures_util::stream::repeat_with(|| {
                Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65536]))
            });
            axum::body::Body::from_stream(endless).into_response()
        }
    }
}
