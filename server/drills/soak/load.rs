//! The load of the soak.

use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::common::{Api, answer, status};
use crate::pairs::Pair;

/// Between two calls of a pair.
const PAUSE: Duration = Duration::from_millis(50);

/// Between two rounds of those without a token: fewer than the service takes of one address.
const STRAY_PAUSE: Duration = Duration::from_secs(2);

/// What was done so far, and what was wrong.
#[derive(Default)]
pub(super) struct Counts {
    calls: AtomicU64,
    others: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

impl Counts {
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(super) fn wrong(&self) -> Vec<String> {
        self.wrong.lock().unwrap().clone()
    }

    /// Counts something that has to be so.
    fn expect(&self, holds: bool, what: impl fmt::Display) {
        if !holds {
            self.wrong.lock().unwrap().push(what.to_string());
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (others, wrong) =
            (self.others.load(Ordering::Relaxed), self.wrong.lock().unwrap().len());
        write!(f, "{} calls and {others} other requests, {wrong} of them wrong", self.calls())
    }
}

/// A pair whose user listens; every call ends in another way than the one before.
pub(super) async fn call_again_and_again(api: Api, pair: Pair, end: Instant, counts: Arc<Counts>) {
    let mut reminders = api.listen(&pair.phone).await;
    let mut number = 0_u64;
    while Instant::now() < end {
        number += 1;
        let key = format!("{}-{number}", pair.sn);
        let request = pair.request(&key);
        let (made, room) = api.place_with_key(&pair.device, &request, &key).await;
        counts.expect(made == 201, format!("creation {key}: {made} {room}"));
        if made != 201 {
            sleep(PAUSE).await;
            continue;
        }
        counts.calls.fetch_add(1, Ordering::Relaxed);
        loop {
            let told = reminders.next().await;
            if told["type"] == "reminder" {
                counts
                    .expect(told["roomId"] == room["roomId"], format!("{told} rings, not {room}"));
                break;
            }
        }
        match number % 4 {
            0 => pair.give_up(&api, &room).await,
            1 => {
                let again = api.place_with_key(&pair.device, &request, &key).await;
                counts.expect(again == (200, room.clone()), format!("{key} again: {again:?}"));
                let path = format!("/v1/calls/{}/signals", room["roomId"].as_str().unwrap());
                let reject = json!({"type": "hangUp", "how": "manual", "device": "phone"});
                let rejected = api.post(&path, &pair.phone, &reject).await;
                counts.expect(rejected == (200, json!({"reply": "done"})), format!("{rejected:?}"));
            }
            _ => talk(&api, &pair, &room, &counts).await,
        }
        sleep(PAUSE).await;
    }
}

async fn talk(api: &Api, pair: &Pair, room: &Value, counts: &Counts) {
    let room = room["roomId"].as_str().unwrap();
    let mut caller = api.open_call(&pair.device, room, "device=tv").await;
    let mut listener = api.open_call(&pair.phone, room, "device=phone").await;
    for socket in [&mut listener, &mut caller] {
        let joined = socket.signal(json!({"type": "join"})).await;
        counts.expect(joined == "done", format!("join of {room}: {joined}"));
    }
    for number in 0..10 {
        let payload = format!("{number}:{}", "x".repeat(2000));
        caller.say(json!({"type": "relay", "payload": payload})).await;
        let relayed = listener.next_of("relay").await;
        counts.expect(relayed["payload"] == payload, format!("relay {number} of {room}"));
    }
    let ended = listener.signal(json!({"type": "hangUp", "how": "manual"})).await;
    counts.expect(ended == "done", format!("hangUp of {room}: {ended}"));
    let (names, code) = caller.rest().await;
    let has_end = names.last().is_some_and(|name| name == "finishVoip");
    counts.expect(has_end && code == 1000, format!("{room} ended with {names:?}, {code}"));
}

/// Asks for documents, with no token, a forged one, and stops in the middle of a head.
pub(super) async fn stray(api: Api, end: Instant, counts: Arc<Counts>) {
    let mut half_sent = Vec::new();
    while Instant::now() < end {
        for (path, expected) in [("/openapi.json", 200), ("/readyz", 200), ("/v1/nothing", 404)] {
            let got = status(api.http("GET", path)).await;
            counts.expect(got == expected, format!("{path}: {got}"));
        }
        let forged = answer(api.http("GET", "/v1/authorisations").bearer_auth("eyJ.eyJ.eyJ")).await;
        counts.expect(forged.0 == 401, format!("a forged token: {forged:?}"));
        let mut client = TcpStream::connect(&api.address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-Half: ").await.unwrap();
        half_sent.push(client);
        if half_sent.len() > 50 {
            half_sent.clear();
        }
        counts.others.fetch_add(5, Ordering::Relaxed);
        sleep(STRAY_PAUSE).await;
    }
}
