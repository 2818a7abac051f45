//! The data file of version 0.1, whose calls were on when its service was killed. `compatibility/make.mjs` has made it.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{TestServer, answer};
use rusqlite::Connection;
use serde_json::{Value, json};

/// What `sqlite3 FILE .dump` says of it.
const DATA: &str = include_str!("compatibility/schema-8.sql");

/// The requests of its calls, by their keys.
const REQUESTS: &str = include_str!("compatibility/schema-8.json");

/// A service of now on the file, a second after that of 0.1 was killed.
async fn updated() -> TestServer {
    let dir = tempfile::tempdir().unwrap();
    let db = Connection::open(dir.path().join("data.sqlite")).unwrap();
    db.execute_batch(DATA).unwrap();
    let killed_at: i64 = db.query_row("SELECT at FROM heartbeat", [], |row| row.get(0)).unwrap();
    drop(db);
    TestServer::start_in(dir, |config| {
        config.clock.advance(killed_at + 1000 - config.clock.now_ms());
    })
    .await
}

/// The room of the call that was made with this key.
fn room(server: &TestServer, key: &str) -> String {
    server.look_up(&format!("SELECT room_id FROM calls WHERE idempotency_key = '{key}'"))
}

async fn view(server: &TestServer, token: &str, room: &str) -> Value {
    let (status, view) =
        answer(server.api.http("GET", &format!("/v1/calls/{room}")).bearer_auth(token)).await;
    assert_eq!(status, 200, "{view}");
    view
}

#[tokio::test]
async fn calls_of_the_earlier_version_go_on_and_end() {
    let server = updated().await;
    let demo = server.api.demo().await;
    let others = &demo.0["others"];
    let token = |side: &str| others[side]["token"].as_str().unwrap().to_owned();
    let talks = room(&server, "talks");
    assert_eq!(view(&server, &token("device"), &talks).await["state"], "talking");
    let minutes = "SELECT minutes_left FROM apps WHERE app_id = 'wxde00000000000001'";

    let mut caller = server.api.open_call(&token("device"), &talks, "device=tv&after=2").await;
    let mut listener = server.api.open_call(&token("phone"), &talks, "device=phone&after=2").await;
    assert_eq!(caller.next().await.unwrap()["state"], "talking");
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let ended = ["hangUpVoip", "endVoip", "finishVoip"].map(String::from).to_vec();
    assert_eq!(listener.rest().await, (ended, 1000));
    assert_eq!(server.look_up::<i64>(minutes), 1_000_000 - 1);
}

#[tokio::test]
async fn what_rings_since_the_earlier_version_rings_out() {
    let server = updated().await;
    let demo = server.api.demo().await;
    let rings = room(&server, "rings");
    let mut phone = server.api.listen(demo.phone("token")).await;
    assert_eq!(phone.next().await["roomId"], rings.as_str());
    let mut caller = server.api.open_call(demo.device("token"), &rings, "device=tv").await;
    assert_eq!(caller.next().await.unwrap()["state"], "ringing");
    server.clock.advance(60_000);
    while caller.event().await["eventName"] != "timeout" {}
}

#[tokio::test]
async fn keys_of_the_earlier_version_are_answered_alike() {
    let server = updated().await;
    let demo = server.api.demo().await;
    let token = demo.device("token");
    let requests: Value = serde_json::from_str(REQUESTS).unwrap();
    for key in ["rings", "rejected", "hung-up", "cancelled"] {
        let (status, answered) = server.api.place_with_key(token, &requests[key], key).await;
        match key {
            // Its caller has ended it.
            "hung-up" | "cancelled" => {
                assert_eq!((status, &answered["errcode"]), (409, &json!(1008)))
            }
            _ => {
                assert_eq!((status, answered["roomId"].as_str()), (200, Some(&*room(&server, key))))
            }
        }
    }
    let events = view(&server, token, &room(&server, "hung-up")).await["events"].clone();
    assert_eq!(events.as_array().unwrap().last().unwrap()["eventName"], "finishVoip");
    assert_eq!(server.api.place_with_key(token, &requests["rings"], "new").await.0, 201);
}

#[tokio::test]
async fn how_calls_of_the_earlier_version_ended_is_found() {
    let server = updated().await;
    let found = async |how: &str| {
        let path = format!("apps/wxde00000000000001/calls?how={how}");
        let (status, page) = server.api.admin("GET", &path, Value::Null).await;
        assert_eq!(status, 200, "{page}");
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|call| call["roomId"].clone())
            .collect::<Vec<_>>()
    };
    for (how, key) in [("rejected", "rejected"), ("hungUp", "hung-up"), ("cancelled", "cancelled")]
    {
        assert!(found(how).await.contains(&json!(room(&server, key))), "{how}");
    }
    assert!(found("busy").await.is_empty());
}
