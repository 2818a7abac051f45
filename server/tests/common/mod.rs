//! A service on a free port with an empty store, which is gone when the test is over; and the few
//! clients that the tests need.

// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(crate) mod backend;
pub(crate) mod hostile;
#[cfg(unix)]
pub(crate) mod program;
pub(crate) mod ringing;
pub(crate) mod samples;
pub(crate) mod tls;

use std::future::Future;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, RequestBuilder};
use rusqlite::Connection;
use rusqlite::types::FromSql;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use wmpf_voip_calls::creation::RingingLimits;
use wmpf_voip_calls::operation::{Context, Operation};
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_calls::ticket::{Ticket, TicketHolder};
use wmpf_voip_server::config::{Config, ConnectionLimits, RateLimits};
use wmpf_voip_server::domain::address::TrustedProxies;
use wmpf_voip_server::domain::admin_key::AdminKeys;
use wmpf_voip_server::domain::clock::Clock;
use wmpf_voip_server::domain::tokens::Keyring;
use wmpf_voip_server::live::Live;
use wmpf_voip_server::media::ice::IceServers;
use wmpf_voip_server::service::Service;
use wmpf_voip_server::storage::sqlite::{facts, look_ups, writes};
use wmpf_voip_server::storage::{StoreError, Undone};

/// Long enough for a slow machine; nothing waits as long unless it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an operator's requests carry.
pub(crate) const ADMIN_KEY: &str = "the-operators-key-of-every-test-0001";

/// Waits, but not for ever.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it should have happened by now")
}

/// Opens a service. A program that another test starts in this moment has every open file until it is executed, and with
/// them the locks of a data file whose service has stopped.
async fn opened(config: &Config) -> Service {
    let opened = async {
        loop {
            match Service::open(config.clone()).await {
                Err(Undone::Store(StoreError::InUse(_) | StoreError::InUseByAnotherName(_))) => {
                    sleep(Duration::from_millis(10)).await;
                }
                opened => return opened.unwrap(),
            }
        }
    };
    soon(opened).await
}

pub(crate) struct TestServer {
    pub(crate) api: Api,
    /// Where its metrics are read.
    pub(crate) metrics: Api,
    /// Its clock, which stands still unless the test moves it or has asked for another one.
    pub(crate) clock: Clock,
    pub(crate) live: Live,
    dir: TempDir,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn start() -> TestServer {
        TestServer::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> TestServer {
        TestServer::start_in(tempfile::tempdir().unwrap(), change).await
    }

    /// One whose time passes by itself, so that what is due later comes.
    pub(crate) async fn with_running_clock() -> TestServer {
        TestServer::start_with(|config| config.clock = Clock::default()).await
    }

    pub(crate) async fn start_in(dir: TempDir, change: impl FnOnce(&mut Config)) -> TestServer {
        let mut config = Config {
            clock: Clock::standing(),
            data: dir.path().join("data.sqlite"),
            www: None,
            www_csp: None,
            demo: true,
            demo_hosts: Vec::new(),
            admin_keys: AdminKeys::read(&format!("operator {ADMIN_KEY}")).unwrap(),
            ice: IceServers::default(),
            connections: ConnectionLimits::default(),
            proxies: TrustedProxies::default(),
            rates: RateLimits::off(),
            retention: wmpf_voip_server::domain::retention::Retention::default(),
            ringing: RingingLimits::default(),
        };
        change(&mut config);
        let clock = config.clock.clone();
        let of_metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let metrics = Api::new(&of_metrics.local_addr().unwrap().to_string());
        let service = opened(&config).await.with_metrics_on(of_metrics);
        let live = service.live();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api::new(&listener.local_addr().unwrap().to_string());
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(service.serve(listener, async {
            // Dropping the sender stops it too.
            let _ = stopped.await;
        }));
        TestServer { api, metrics, clock, live, dir, stop, serving }
    }

    /// Stops gracefully and waits for the end.
    pub(crate) async fn stop(self) -> TempDir {
        self.stop.send(()).unwrap();
        soon(self.serving).await.unwrap();
        self.dir
    }

    /// Changes the records behind the service's back.
    pub(crate) fn change(&self, sql: &str) {
        self.records().execute_batch(sql).unwrap();
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: &str) -> u32 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.records().query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    /// What signs tokens.
    pub(crate) fn issuer(&self) -> Issuer {
        let clock = self.clock.clone();
        let keys = Keyring::new(clock.clone(), look_ups::token_keys(&self.records()).unwrap());
        Issuer { keys, clock }
    }

    /// Keeps the service from its records until what this gives is dropped.
    pub(crate) fn lock_records(&self) -> Connection {
        let db = self.records();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        db
    }

    /// Does an operation behind the service's back: nothing of it is passed on.
    pub(crate) fn decide<O: Operation>(&self, operation: &O) -> O::Done {
        let (db, now, wall) = (self.records(), self.clock.now_ms(), self.clock.wall_ms());
        let facts = facts::read(&db, &operation.wants(), now).unwrap();
        let context = Context { presence: &self.live.calls, now, wall, started_at: now };
        let decision = operation.decide(facts, &context).unwrap();
        for write in &decision.writes {
            writes::write(&db, write, now).unwrap();
        }
        decision.done
    }

    pub(crate) fn records(&self) -> Connection {
        let db = Connection::open(self.dir.path().join("data.sqlite")).unwrap();
        db.busy_timeout(PATIENCE).unwrap();
        db
    }

    /// The same data file, opened again.
    pub(crate) async fn restart(self) -> TestServer {
        self.restart_after(|_| {}).await
    }

    /// The same, and something happens to the file in between.
    pub(crate) async fn restart_after(self, change: impl FnOnce(&Connection)) -> TestServer {
        let clock = self.clock.clone();
        let dir = self.stop().await;
        change(&Connection::open(dir.path().join("data.sqlite")).unwrap());
        TestServer::start_in(dir, |config| config.clock = clock).await
    }

    /// One value of the records.
    pub(crate) fn look_up<T: FromSql>(&self, sql: &str) -> T {
        self.records().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// Issues tokens of the demo's mini-programs that count for a minute.
pub(crate) struct Issuer {
    keys: Keyring,
    clock: Clock,
}

impl Issuer {
    pub(crate) fn session(&self, app_id: &str, role: Role, id: &str) -> String {
        let party = Party { app_id: app_id.into(), role, id: id.into() };
        self.keys.issue_session(&party, self.clock.wall_ms() + 60_000).unwrap()
    }

    pub(crate) fn ticket(&self, app_id: &str, kind: Ticket, subject: &str, model: &str) -> String {
        self.ticket_until(self.clock.wall_ms() + 60_000, app_id, kind, subject, model)
    }

    pub(crate) fn expired_ticket(
        &self,
        app_id: &str,
        kind: Ticket,
        subject: &str,
        model: &str,
    ) -> String {
        self.ticket_until(self.clock.wall_ms() - 60_000, app_id, kind, subject, model)
    }

    fn ticket_until(
        &self,
        expires_at: i64,
        app_id: &str,
        kind: Ticket,
        subject: &str,
        model: &str,
    ) -> String {
        let holder = TicketHolder { subject: subject.into(), model_id: Some(model.into()) };
        self.keys.issue_ticket(app_id, kind, holder, expires_at).unwrap()
    }
}

/// A service's address, and how to speak to it.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) address: String,
    client: Client,
}

pub(crate) type Answer = (u16, Value);

impl Api {
    pub(crate) fn new(address: &str) -> Api {
        Api { address: address.to_owned(), client: Client::new() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn http(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.http("GET", path)).await
    }

    /// As the operator.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self.http(method, &format!("/v1/admin/{path}")).bearer_auth(ADMIN_KEY);
        answer(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub(crate) fn call(&self, token: &str, request: &Value) -> RequestBuilder {
        self.http("POST", "/v1/calls").bearer_auth(token).json(request)
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        answer(self.http("POST", path).bearer_auth(token).json(body)).await
    }

    pub(crate) async fn place(&self, token: &str, request: &Value) -> Answer {
        answer(self.call(token, request)).await
    }

    pub(crate) async fn place_with_key(&self, token: &str, request: &Value, key: &str) -> Answer {
        answer(self.call(token, request).header("Idempotency-Key", key)).await
    }

    /// Ends a call as its caller: the next one of its listener does not meet it.
    pub(crate) async fn give_up(&self, token: &str, room: &Value) {
        let path = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
        assert_eq!(status(self.http("DELETE", &path).bearer_auth(token)).await, 204);
    }

    pub(crate) async fn demo(&self) -> Demo {
        let (status, demo) = self.get("/v1/demo").await;
        assert_eq!(status, 200);
        Demo(demo)
    }

    /// Listens as a browser does.
    pub(crate) async fn listen(&self, token: &str) -> Listener {
        Listener(self.connect(token, "/v1/reminders").await.unwrap())
    }

    /// Opens the socket of a call as a browser does.
    pub(crate) async fn open_call(&self, token: &str, room_id: &str, query: &str) -> CallSocket {
        let path = format!("/v1/calls/{room_id}/socket?{query}");
        CallSocket(self.connect(token, &path).await.unwrap())
    }

    async fn connect(
        &self,
        token: &str,
        path: &str,
    ) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        let offered = format!("wmpf-voip.v1, {token}").parse().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", offered);
        let (socket, response) = soon(connect_async(request)).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "wmpf-voip.v1");
        Ok(socket)
    }
}

/// The answer to a request; of a refusal without the id of the request, which it has.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = soon(request.send()).await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let text = soon(response.text()).await.unwrap();
    if status == 204 && text.is_empty() {
        return (status, Value::Null);
    }
    if status == 200 && kind.is_some_and(|kind| kind != "application/json") {
        return (status, Value::String(text));
    }
    let mut body: Value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} with {text:?}"));
    if status >= 400
        && let Some(Value::String(said)) = body.get_mut("errmsg")
    {
        let (before, _) = said.rsplit_once(" rid: ").unwrap_or_else(|| panic!("no id: {text}"));
        *said = before.to_owned();
    }
    (status, body)
}

/// The status of an answer whose body does not matter.
pub(crate) async fn status(request: RequestBuilder) -> u16 {
    soon(request.send()).await.unwrap().status().as_u16()
}

pub(crate) struct Listener(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Listener {
    /// The next reminder, or what tells of its end.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let message = soon(self.0.next()).await.unwrap().unwrap();
            let Message::Text(text) = message else {
                assert!(message.is_ping(), "{message:?}");
                continue;
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] != "heartbeat" {
                return message;
            }
        }
    }

    /// Waits for the end, before which nothing rings, and gives its code and the reason.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            let message = soon(self.0.next()).await.unwrap().unwrap();
            if let Message::Close(frame) = message {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason.to_string());
            }
            let is_heartbeat =
                matches!(&message, Message::Text(text) if text.contains("heartbeat"));
            assert!(is_heartbeat || message.is_ping(), "{message:?}");
        }
    }
}

/// A device in a call.
pub(crate) struct CallSocket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl CallSocket {
    /// The next message, or the code that the socket was closed with.
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            match soon(self.0.next()).await.unwrap().unwrap() {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] != "heartbeat" {
                        return Ok(message);
                    }
                }
                Message::Close(frame) => return Err(frame.unwrap().code.into()),
                Message::Ping(_) => {}
                message @ (Message::Binary(_) | Message::Pong(_) | Message::Frame(_)) => {
                    panic!("{message:?}")
                }
            }
        }
    }

    /// The next message of this type; those before it do not matter.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await.unwrap();
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Value {
        self.next_of("event").await
    }

    /// The names of the events that come until the service closes the socket, and the code that it does so with.
    pub(crate) async fn rest(&mut self) -> (Vec<String>, u16) {
        let mut names = Vec::new();
        loop {
            match self.next().await {
                Ok(message) if message["type"] == "event" => {
                    names.push(message["eventName"].as_str().unwrap().to_owned());
                }
                Ok(_) => {}
                Err(code) => return (names, code),
            }
        }
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Reports a signal, and gives what became of it.
    pub(crate) async fn signal(&mut self, mut signal: Value) -> Value {
        signal["id"] = 7.into();
        self.say(signal).await;
        let reply = self.next_of("reply").await;
        assert_eq!(reply["id"], 7);
        reply["reply"].clone()
    }
}

/// What `/v1/demo` answers.
pub(crate) struct Demo(pub(crate) Value);

impl Demo {
    pub(crate) fn device(&self, field: &str) -> &str {
        self.0["handsets"]["device"][field].as_str().unwrap()
    }

    pub(crate) fn phone(&self, field: &str) -> &str {
        self.0["handsets"]["phone"][field].as_str().unwrap()
    }

    /// The one with a license.
    pub(crate) fn tv(&self, field: &str) -> &str {
        self.0["tv"][field].as_str().unwrap()
    }

    /// businessType 1, from the device to the phone.
    pub(crate) fn device_to_phone(&self) -> Value {
        json!({
            "roomType": "video",
            "businessType": 1,
            "caller": {"id": self.device("id"), "name": "never shown"},
            "listener": {"id": self.phone("id"), "name": "Alice"},
            "voipToken": self.device("deviceToken"),
            "customQuery": "door=3",
        })
    }

    /// businessType 2, from the phone to the device.
    pub(crate) fn phone_to_device(&self) -> Value {
        json!({
            "roomType": "voice",
            "businessType": 2,
            "caller": {"id": self.phone("id"), "name": "Alice"},
            "listener": {"id": self.device("id"), "name": "never shown"},
            "voipToken": self.device("pushToken"),
        })
    }

    /// Every token in it, for tests that look for leaks.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        collect(&self.0, &mut tokens);
        tokens
    }
}

fn collect(value: &Value, tokens: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("eyJ") => tokens.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, tokens)),
        Value::Object(members) => members.values().for_each(|member| collect(member, tokens)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
