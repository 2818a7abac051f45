//! The log of what was sent to a mini-program's own backend, sending again, and how long it is tried and kept.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::backend::{Backend, Does, SECRET};
use common::ringing::Ringing;
use common::{TestServer, soon};
use serde_json::{Value, json};
use tokio::time::sleep;
use wmpf_voip_server::domain::clock::Clock;

const APP: &str = "wxde00000000000001";
const HOUR: i64 = 3_600_000;

/// A service whose backend does what the script says, gets these types of messages, and whose log is kept for so many days.
async fn start(events: &[&str], script: &[Does], days: u32) -> (TestServer, Backend) {
    let server = TestServer::start_with(|config| {
        config.retention = config.retention.webhooks(days);
        // A message is tried again when its time has come.
        config.clock = Clock::default();
    })
    .await;
    let backend = Backend::start(script).await;
    let body = json!({"url": format!("{}&token=in-the-url", backend.url), "secret": SECRET, "events": events});
    assert_eq!(server.api.admin("PUT", &format!("apps/{APP}/webhook"), body).await.0, 201);
    (server, backend)
}

async fn log(server: &TestServer, query: &str) -> Value {
    let path = format!("apps/{APP}/webhook/deliveries{query}");
    let (status, list) = server.api.admin("GET", &path, Value::Null).await;
    assert_eq!(status, 200, "{list}");
    list
}

/// Waits until the newest message of the log has had so many tries and this outcome.
async fn comes_to(server: &TestServer, tries: u32, outcome: &str) -> Value {
    soon(async {
        loop {
            let item = log(server, "?limit=1").await["items"][0].clone();
            if item["tries"] == tries && item["outcome"] == outcome {
                return item;
            }
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

/// Waits until the log has so many messages of this outcome.
async fn has(server: &TestServer, count: usize, outcome: &str) {
    let query = format!("?outcome={outcome}");
    soon(async {
        while log(server, &query).await["items"].as_array().unwrap().len() < count {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// A call that its caller gives up.
async fn given_up(server: TestServer) -> Ringing {
    let ringing = Ringing::on(server, |_| {}).await;
    give_up(&ringing).await;
    ringing
}

async fn give_up(ringing: &Ringing) {
    let room = json!({"roomId": ringing.room_id});
    ringing.server.api.give_up(ringing.demo.device("token"), &room).await;
}

#[tokio::test]
async fn the_log_says_what_was_sent_and_what_became_of_it() {
    let script = [Does::Answer(400), Does::Answer(401)];
    let (server, mut backend) = start(&["call.ringing", "call.ended"], &script, 7).await;
    let before = server.clock.wall_ms();
    let ringing = given_up(server).await;
    let server = &ringing.server;
    backend.next().await;
    let ended = backend.next().await;
    comes_to(server, 1, "waiting").await;
    let list = log(server, "").await;
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &list["next"]), (2, &Value::Null), "{list}");
    let (at, next) = (&items[0]["at"], &items[0]["nextTryAt"]);
    assert!((before..=server.clock.wall_ms()).contains(&at.as_i64().unwrap()), "{list}");
    let pause = next.as_i64().unwrap() - at.as_i64().unwrap();
    assert!((4_000..10_000).contains(&pause), "{pause}");
    assert_eq!(
        items[0],
        json!({
            "id": ended.header("webhook-id"), "type": "call.ended", "roomId": ringing.room_id, "at": at,
            "outcome": "waiting", "tries": 1, "status": 401, "error": "it answered 401", "nextTryAt": next,
        }),
        "an operator may mend it"
    );
    let refused = &items[1];
    assert_eq!(
        [&refused["type"], &refused["outcome"], &refused["status"], &refused["nextTryAt"]],
        [&json!("call.ringing"), &json!("refused"), &json!(400), &Value::Null]
    );

    server.clock.advance(5_000);
    let told = comes_to(server, 2, "delivered").await;
    assert_eq!((&told["status"], &told["error"]), (&json!(204), &Value::Null));
    let list = log(server, "").await.to_string();
    for secret in [SECRET, "in-the-url", "never shown", "door=3"] {
        assert!(!list.contains(secret), "{list}");
    }

    for (query, types) in [
        ("?type=call.ended", &["call.ended"][..]),
        ("?outcome=refused", &["call.ringing"]),
        ("?type=call.ringing&outcome=delivered", &[]),
        ("?limit=1", &["call.ended"]),
    ] {
        let list = log(server, query).await;
        let items = list["items"].as_array().unwrap().iter();
        assert_eq!(items.map(|item| item["type"].clone()).collect::<Vec<_>>(), types, "{query}");
    }
    let next = log(server, "?limit=1").await["next"].as_str().unwrap().to_owned();
    let second = log(server, &format!("?limit=1&after={next}")).await;
    assert_eq!(
        (&second["items"][0]["type"], &second["next"]),
        (&json!("call.ringing"), &Value::Null)
    );
    for (query, said) in
        [("type=call.rang", "type"), ("outcome=lost", "outcome"), ("limit=0", "limit")]
    {
        let path = format!("apps/{APP}/webhook/deliveries?{query}");
        let (status, refusal) = server.api.admin("GET", &path, Value::Null).await;
        assert_eq!(status, 400, "{query}");
        assert!(refusal["errmsg"].as_str().unwrap().contains(said), "{refusal}");
    }
    let (status, _) = server.api.admin("GET", "apps/wx9/webhook/deliveries", Value::Null).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_failed_connection_is_told_without_the_secrets_of_the_url() {
    let (server, backend) = start(&["call.ended"], &[], 7).await;
    drop(backend);
    let ringing = given_up(server).await;
    let item = comes_to(&ringing.server, 1, "waiting").await;
    let error = item["error"].as_str().unwrap();
    assert!(!error.is_empty() && !error.contains("in-the-url"), "{error}");
    assert_eq!(item["status"], Value::Null);
}

#[tokio::test]
async fn what_is_sent_again_has_the_same_id_whatever_became_of_it() {
    let script = [Does::Answer(400), Does::Answer(410)];
    let (server, mut backend) = start(&["call.ringing", "call.ended"], &script, 7).await;
    let ringing = given_up(server).await;
    let server = &ringing.server;
    let firsts = [backend.next().await, backend.next().await];
    has(server, 2, "refused").await;
    for first in firsts {
        let id = first.header("webhook-id");
        let path = format!("apps/{APP}/webhook/deliveries/{id}/resend");
        let (status, item) = server.api.admin("POST", &path, Value::Null).await;
        assert_eq!((status, &item["outcome"], &item["id"]), (202, &json!("waiting"), &json!(id)));
        let again = backend.next().await;
        assert_eq!(again.header("webhook-id"), id);
        assert!(again.is_signed(SECRET));
        assert_eq!(again.body, first.body);
    }
    has(server, 2, "delivered").await;

    let resend = |app: &str, id: &str| format!("apps/{app}/webhook/deliveries/{id}/resend");
    let (status, refusal) = server.api.admin("POST", &resend(APP, "msg_no"), Value::Null).await;
    assert_eq!(status, 404);
    assert!(refusal["errmsg"].as_str().unwrap().contains("'msg_no'"), "{refusal}");
    let id = log(server, "").await["items"][0]["id"].as_str().unwrap().to_owned();
    let other = resend("wxde00000000000004", &id);
    assert_eq!(server.api.admin("POST", &other, Value::Null).await.0, 404, "it is another app's");
    let path = format!("apps/{APP}/webhook");
    assert_eq!(server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    let (status, refusal) = server.api.admin("POST", &resend(APP, &id), Value::Null).await;
    assert_eq!(status, 404);
    assert!(refusal["errmsg"].as_str().unwrap().contains("has no webhook"), "{refusal}");
}

#[tokio::test]
async fn tries_go_on_over_restarts_with_growing_pauses_and_end_after_a_day() {
    let (server, mut backend) = start(&["call.ended"], &[Does::Answer(500); 8], 7).await;
    let mut ringing = given_up(server).await;
    let first = backend.next().await;
    comes_to(&ringing.server, 1, "waiting").await;
    // What was noted of the tries is what counts, and not the process.
    ringing.server = ringing.server.restart().await;
    assert!(
        backend.next_if_within(Duration::from_millis(300)).await.is_none(),
        "not before its time"
    );
    let pauses = [5_000, HOUR / 12, HOUR / 2, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
    for (tries, pause) in (2..).zip(pauses) {
        ringing.server.clock.advance(pause * 8 / 10);
        assert_eq!(backend.waiting(), 0, "before try {tries}");
        ringing.server.clock.advance(pause * 2 / 10);
        let again = backend.next().await;
        assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
        comes_to(&ringing.server, tries, if tries == 8 { "givenUp" } else { "waiting" }).await;
    }
    let given_up = &log(&ringing.server, "?outcome=givenUp").await["items"][0];
    assert_eq!((&given_up["tries"], &given_up["nextTryAt"]), (&json!(8), &Value::Null));
    ringing.server.clock.advance(30 * HOUR);
    assert!(backend.next_if_within(Duration::from_millis(300)).await.is_none());
}

#[tokio::test]
async fn what_is_done_with_is_forgotten_after_its_days_without_traffic() {
    let (server, mut backend) = start(&["call.ended"], &[], 2).await;
    let ringing = given_up(server).await;
    backend.next().await;
    comes_to(&ringing.server, 1, "delivered").await;
    // Many more of before.
    ringing.server.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO messages (webhook_id, app_id, type, subject, open_id, device_id, body, happened_at, outcome,
            while_rings, done_at)
         SELECT i, app_id, type, subject, open_id, device_id, body, happened_at, outcome, 0, done_at FROM messages, n",
    );
    ringing.server.clock.advance(47 * HOUR);
    sleep(Duration::from_millis(300)).await;
    assert_eq!(ringing.server.count("messages"), 2001);
    ringing.server.clock.advance(HOUR);
    soon(async {
        while ringing.server.count("messages") > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_names_a_user_goes_with_the_user() {
    let (server, mut backend) = start(&["call.ringing", "call.ended"], &[], 7).await;
    let mut ringing = given_up(server).await;
    for _ in 0..2 {
        backend.next().await;
    }
    comes_to(&ringing.server, 1, "delivered").await;
    ringing.place().await;
    backend.next().await;
    let user = ringing.demo.phone("id").to_owned();
    let naming = "SELECT count(*) FROM messages";
    assert_eq!(ringing.server.look_up::<u32>(naming), 3);
    let path = format!("apps/{APP}/users/{user}");
    assert_eq!(ringing.server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(ringing.server.look_up::<u32>(naming), 0);
    assert_eq!(log(&ringing.server, "").await["items"], json!([]));

    // The call goes on, its end is told, and then that is forgotten, too.
    give_up(&ringing).await;
    assert_eq!(backend.next().await.json()["type"], "call.ended");
    ringing.server.clock.advance(60_000);
    soon(async {
        while ringing.server.look_up::<u32>(naming) > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_waits_for_a_webhook_that_was_deleted() {
    let (server, mut backend) = start(&["call.ended"], &[Does::Answer(500)], 7).await;
    let ringing = given_up(server).await;
    backend.next().await;
    comes_to(&ringing.server, 1, "waiting").await;
    let path = format!("apps/{APP}/webhook");
    assert_eq!(ringing.server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    let item = comes_to(&ringing.server, 1, "givenUp").await;
    assert_eq!(item["error"], "the operator has deleted the webhook");
    let body = json!({"url": backend.url});
    assert_eq!(ringing.server.api.admin("PUT", &path, body).await.0, 201);
    ringing.server.clock.advance(HOUR);
    assert!(backend.next_if_within(Duration::from_millis(300)).await.is_none());
}

#[cfg(unix)]
#[tokio::test]
async fn an_operator_reads_the_log_and_sends_again_from_a_shell() {
    use common::ADMIN_KEY;
    use common::program::Program;

    let dir = tempfile::tempdir().unwrap();
    let days = ["--retain-webhooks", "3"];
    let program = Program::start(&dir.path().join("data.sqlite"), &days).await;
    let mut backend = Backend::start(&[]).await;
    let put = format!("webhook put {APP} --url {} --events call.ringing,call.ended", backend.url);
    program.admin(&put).await;
    let demo = program.api.demo().await;
    let (_, room) = program.api.place(demo.device("token"), &demo.device_to_phone()).await;
    program.api.give_up(demo.device("token"), &room).await;
    for _ in 0..2 {
        backend.next().await;
    }
    let list =
        program.admin_json(&format!("webhook deliveries {APP} --type call.ended --limit 5")).await;
    let id = list["items"][0]["id"].as_str().unwrap();
    assert_eq!(
        (list["items"].as_array().unwrap().len(), &list["items"][0]["roomId"]),
        (1, &room["roomId"])
    );
    let resent = program.admin_json(&format!("webhook resend {APP} {id}")).await;
    assert_eq!(resent["outcome"], "waiting");
    assert_eq!(backend.next().await.header("webhook-id"), id);
    for (arguments, said) in [
        (format!("webhook deliveries {APP} --type call.rang"), "expected 'device.called' or"),
        (format!("webhook deliveries {APP} --outcome lost"), "expected 'waiting' or"),
        (
            format!("webhook put {APP} --url https://a --events call.rang"),
            "expected 'device.called' or",
        ),
        (format!("webhook resend {APP} msg_no"), "has no message 'msg_no'"),
    ] {
        let (code, error) = program.failing(Some(ADMIN_KEY), &arguments).await;
        assert!(code != Some(0) && error.contains(said), "{arguments}: {error}");
    }
}
