//! Makes calls and waits until they ring: `bench-ringing <plan.json>` prints what it measured as JSON.
//!
//! It knows neither of the servers that it measures. The plan says which request makes a call, and which WebSocket
//! hears of it; both servers name the call by a `roomId`, in the answer and in the reminder. Everything runs on one
//! thread, so that little of what is measured is the load itself.

mod listener;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use self::listener::{Listener, is_ping};

/// Nothing that works takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    /// `host:port`
    address: String,
    /// Of the request that makes a call.
    path: String,
    /// The caller's.
    token: String,
    /// Each makes one call after the other, all at the same time.
    callers: Vec<Caller>,
    /// For how long.
    millis: u64,
}

/// Who is called again and again.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Caller {
    /// Of the request that makes a call, JSON.
    body: String,
    /// Hears of it.
    #[serde(flatten)]
    listener: Listener,
}

/// What was measured, in microseconds.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured {
    /// From the first request to the last reminder.
    elapsed: u64,
    /// From each request to its answer.
    answered: Vec<u64>,
    /// From each request to its reminder.
    rang: Vec<u64>,
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: bench-ringing <plan.json>")?;
    let plan: Plan = serde_json::from_slice(&std::fs::read(path)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let measured = LocalSet::new().block_on(&runtime, run(plan))?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

async fn run(plan: Plan) -> anyhow::Result<Measured> {
    let mut lines = Vec::new();
    for caller in &plan.callers {
        lines.push(Line::open(&plan, caller).await?);
    }
    let start = Instant::now();
    let end = start + Duration::from_millis(plan.millis);
    let calling = lines.into_iter().map(|mut line| {
        tokio::task::spawn_local(async move {
            let mut measured = Measured::default();
            while Instant::now() < end {
                let (answered, rang) = line.call().await?;
                measured.answered.push(answered);
                measured.rang.push(rang);
            }
            anyhow::Ok(measured)
        })
    });
    let mut all = Measured::default();
    for calls in calling.collect::<Vec<_>>() {
        let calls = calls.await??;
        all.answered.extend(calls.answered);
        all.rang.extend(calls.rang);
    }
    all.elapsed = micros(start);
    Ok(all)
}

/// A connection to make calls on, and the socket that hears of them.
struct Line {
    sender: SendRequest<Full<Bytes>>,
    request: Request<()>,
    body: Bytes,
    reminders: mpsc::UnboundedReceiver<(String, Instant)>,
}

impl Line {
    async fn open(plan: &Plan, caller: &Caller) -> anyhow::Result<Line> {
        let stream = TcpStream::connect(&plan.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(connection);
        let request = Request::builder()
            .method(Method::POST)
            .uri(&plan.path)
            .header(HOST, &plan.address)
            .header(AUTHORIZATION, format!("Bearer {}", plan.token))
            .header(CONTENT_TYPE, "application/json")
            .body(())?;
        let reminders = listen(&caller.listener).await?;
        Ok(Line { sender, request, body: caller.body.clone().into(), reminders })
    }

    /// Makes a call and waits until it rings. Gives the time to the answer and to the reminder.
    async fn call(&mut self) -> anyhow::Result<(u64, u64)> {
        let request = self.request.clone().map(|()| Full::new(self.body.clone()));
        let start = Instant::now();
        let response = timeout(PATIENCE, self.sender.send_request(request)).await??;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let answered = micros(start);
        ensure!(status == StatusCode::CREATED, "{status} {}", String::from_utf8_lossy(&body));
        let room = room_id(std::str::from_utf8(&body)?).context("the answer has no roomId")?;
        let (rung, when) = timeout(PATIENCE, self.reminders.recv())
            .await
            .context("it does not ring")?
            .context("the listener's socket was closed")?;
        ensure!(rung == room, "{rung} rings, and not {room}");
        Ok((answered, u64::try_from((when - start).as_micros())?))
    }
}

/// Opens the listener's socket. What rings there comes out of the channel.
async fn listen(listener: &Listener) -> anyhow::Result<mpsc::UnboundedReceiver<(String, Instant)>> {
    let mut socket = listener.connect().await?;
    let (sender, reminders) = mpsc::unbounded_channel();
    tokio::task::spawn_local(async move {
        while let Some(Ok(message)) = socket.next().await {
            let now = Instant::now();
            if is_ping(&message) && socket.send(Message::text("3")).await.is_err() {
                return;
            }
            let Message::Text(text) = message else { continue };
            if let Some(room) = room_id(&text)
                && sender.send((room.to_owned(), now)).is_err()
            {
                return;
            }
        }
    });
    Ok(reminders)
}

/// The first `roomId` in a JSON text.
fn room_id(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(r#""roomId":""#)?;
    Some(rest.split_once('"')?.0)
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
