//! A server that stores a call and has it ring, and nothing else: `bench-bare <data file>` prints its address.
//!
//! It is what remains of the room service without any check: no token, no look-up, no state of the call, no limit. The row,
//! its indexes, the grouped commits, the answer and the reminder are as those of the service, so what lies between the two is what
//! the checks cost.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use axum::extract::ws::{Message, Utf8Bytes, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const APP: &str = "wxbench0000000001";
const RING_MS: i64 = 60_000;
/// As of the service.
const GROUP_SIZE: usize = 256;
/// What the service stores of a call that has just begun.
const STATE: &str =
    r#"{"state":"ringing","ringsUntil":1700000060000,"businessType":1,"roomType":"video"}"#;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE calls (
        room_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, caller_role TEXT NOT NULL, caller_id TEXT NOT NULL,
        listener_role TEXT NOT NULL, listener_id TEXT NOT NULL, charge_type TEXT NOT NULL, reminder TEXT NOT NULL,
        created_at INTEGER NOT NULL, rings_until INTEGER NOT NULL, fingerprint BLOB NOT NULL, state TEXT NOT NULL,
        call TEXT NOT NULL, events TEXT NOT NULL
    ) STRICT;
    CREATE INDEX calls_by_listener ON calls (app_id, listener_role, listener_id, rings_until);
    CREATE INDEX calls_under_way ON calls (created_at) WHERE state <> 'ended';
";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    room_type: String,
    caller: Party,
    listener: Party,
}

#[derive(Deserialize)]
struct Party {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    room_id: String,
    charge_type: &'static str,
}

/// The message to the listener.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reminder<'a> {
    r#type: &'static str,
    room_id: &'a str,
    group_id: &'a str,
    room_type: &'a str,
    caller_id: &'a str,
    caller_name: &'static str,
    listener_id: &'a str,
    path: String,
    rings_until: i64,
}

/// A call that is to be stored. `stored` hears of the commit.
struct Job {
    room_id: String,
    request: Request,
    reminder: String,
    now: i64,
    stored: oneshot::Sender<()>,
}

#[derive(Clone)]
struct App {
    jobs: mpsc::Sender<Job>,
    listeners: Listeners,
    calls_so_far: Arc<AtomicU64>,
}

type Listeners = Arc<Mutex<HashMap<String, mpsc::Sender<Utf8Bytes>>>>;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: bench-bare <data file>")?;
    let connection = Connection::open(path)?;
    connection.execute_batch(SCHEMA)?;
    let listeners = Listeners::default();
    let (jobs, queue) = mpsc::channel(1024);
    let told = listeners.clone();
    thread::spawn(move || {
        if let Err(error) = store(&connection, queue, &told) {
            eprintln!("bench-bare: {error}");
        }
    });
    let router = Router::new()
        .route("/v1/calls", post(create))
        .route("/v1/reminders", get(listen))
        .with_state(App { jobs, listeners, calls_so_far: Arc::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

async fn create(State(app): State<App>, Json(request): Json<Request>) -> Response {
    let Ok(since) = SystemTime::now().duration_since(UNIX_EPOCH) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let number = app.calls_so_far.fetch_add(1, Ordering::Relaxed);
    let room_id = format!("{APP}WmpfVoip{now}{number:012}");
    let reminder = Reminder {
        r#type: "reminder",
        room_id: &room_id,
        group_id: &room_id,
        room_type: &request.room_type,
        caller_id: &request.caller.id,
        caller_name: "Front door",
        listener_id: &request.listener.id,
        path: format!(
            "call-page?roomType={}&groupId={room_id}&listenerId={}",
            request.room_type, request.listener.id
        ),
        rings_until: now + RING_MS,
    };
    let Ok(reminder) = serde_json::to_string(&reminder) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (stored, is_stored) = oneshot::channel();
    let job = Job { room_id: room_id.clone(), request, reminder, now, stored };
    if app.jobs.send(job).await.is_err() || is_stored.await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    (StatusCode::CREATED, Json(Answer { room_id, charge_type: "license" })).into_response()
}

#[derive(Deserialize)]
struct Listener {
    id: String,
}

async fn listen(
    State(app): State<App>,
    Query(listener): Query<Listener>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let (sender, mut reminders) = mpsc::channel(16);
    app.listeners.lock().unwrap_or_else(PoisonError::into_inner).insert(listener.id, sender);
    upgrade.write_buffer_size(0).on_upgrade(async move |mut socket| {
        while let Some(reminder) = reminders.recv().await {
            if socket.send(Message::Text(reminder)).await.is_err() {
                return;
            }
        }
    })
}

/// Stores what comes, as many calls in one transaction as have queued up.
fn store(
    connection: &Connection,
    mut queue: mpsc::Receiver<Job>,
    listeners: &Listeners,
) -> rusqlite::Result<()> {
    let mut group = Vec::new();
    while queue.blocking_recv_many(&mut group, GROUP_SIZE) > 0 {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for job in &group {
            insert(connection, job)?;
        }
        connection.prepare_cached("COMMIT")?.execute([])?;
        let listeners = listeners.lock().unwrap_or_else(PoisonError::into_inner);
        for Job { request, reminder, stored, .. } in group.drain(..) {
            // Whoever has left misses it.
            if let Some(listener) = listeners.get(&request.listener.id) {
                let _ = listener.try_send(reminder.into());
            }
            let _ = stored.send(());
        }
    }
    Ok(())
}

fn insert(connection: &Connection, job: &Job) -> rusqlite::Result<()> {
    let Job { room_id, request, reminder, now, .. } = job;
    connection
        .prepare_cached("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![
            room_id,
            APP,
            "device",
            request.caller.id,
            "phone",
            request.listener.id,
            "license",
            reminder,
            now,
            now + RING_MS,
            [0_u8; 32],
            "ringing",
            STATE,
            "[]",
        ])?;
    Ok(())
}
