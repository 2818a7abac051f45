//! Much that has gathered: it is removed, and gone on with, in small steps.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::ringing::Ringing;
use common::{TestServer, answer, soon, status};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use wmpf_voip_calls::party::Role;

/// An app without records of its own.
const APP: &str = "wx1";

/// Gives the app calls that are over.
fn fill(db: &Connection, calls: u32) {
    db.execute(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type, reminder,
            created_at, rings_until, fingerprint)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
         SELECT ?1 || i, ?1, 'device', 'd', 'phone', 'p' || i, 'license', '{}', i, i, x'' FROM n",
        (APP, calls),
    )
    .unwrap();
}

/// A server with this app.
async fn start() -> TestServer {
    let server = TestServer::start().await;
    assert_eq!(put(&server).await.0, 201);
    server
}

async fn put(server: &TestServer) -> (u16, Value) {
    server
        .api
        .admin("PUT", &format!("apps/{APP}"), json!({"approved": true, "minutesLeft": 1}))
        .await
}

fn calls_left(server: &TestServer) -> u32 {
    server.look_up(&format!("SELECT count(*) FROM calls WHERE app_id = '{APP}'"))
}

async fn is_swept(server: &TestServer) {
    let swept = format!("SELECT NOT EXISTS (SELECT 1 FROM apps WHERE app_id = '{APP}')");
    let gone = async {
        while !server.look_up::<bool>(&swept) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    // On a busy machine each step waits for its disk.
    timeout(Duration::from_secs(120), gone).await.unwrap();
    assert_eq!(calls_left(server), 0);
}

#[tokio::test]
async fn an_app_with_many_calls_is_gone_at_once_and_in_nobodys_way() {
    const CALLS: u32 = 20_000;
    let server = start().await;
    fill(&server.records(), CALLS);
    let session = server.issuer().session(APP, Role::Phone, "oStranger-000000000000000001");
    let path = format!("apps/{APP}");
    let mut listener = server.api.listen(&session).await;
    let demo = server.api.demo().await;
    assert_eq!(server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    let (code, refusal) = put(&server).await;
    assert_eq!(code, 409, "{refusal}");
    assert!(refusal["errmsg"].as_str().unwrap().contains("is still being removed"), "{refusal}");
    // Others are served between the steps.
    assert_eq!(server.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
    assert!(calls_left(&server) > CALLS / 2, "the rest is removed later");

    assert_eq!(listener.closed().await.0, 1013, "its tokens are no longer valid");
    let again = server.api.http("GET", "/v1/authorisations").bearer_auth(&session);
    assert_eq!(status(again).await, 401);
    for path in [path.clone(), format!("{path}/token-keys"), format!("{path}/devices")] {
        assert_eq!(server.api.admin("GET", &path, Value::Null).await.0, 404, "{path}");
    }
    let (_, apps) = server.api.admin("GET", "apps", Value::Null).await;
    assert!(!apps.to_string().contains("\"wx1\""), "{apps}");
    assert_eq!(server.api.admin("DELETE", &path, Value::Null).await.0, 404, "once");
    assert_eq!(server.api.admin("PUT", &format!("{path}/token-keys/k"), Value::Null).await.0, 404);

    is_swept(&server).await;
    assert_eq!(put(&server).await.0, 201);
    assert_eq!(server.count("calls"), 1, "another app's call has stayed");
}

#[tokio::test]
async fn an_app_with_few_rows_is_gone_with_the_answer() {
    let server = start().await;
    fill(&server.records(), 100);
    assert_eq!(server.api.admin("DELETE", &format!("apps/{APP}"), Value::Null).await.0, 204);
    assert_eq!(calls_left(&server), 0);
    assert_eq!(put(&server).await.0, 201);
}

#[tokio::test]
async fn what_is_left_when_the_service_stops_is_removed_after_the_next_start() {
    let server = start().await;
    fill(&server.records(), 5_000);
    let session = server.issuer().session(APP, Role::Phone, "oStranger-000000000000000001");
    let delete = format!("UPDATE apps SET deleted = 1 WHERE app_id = '{APP}'");
    let server = server.restart_after(|db| assert_eq!(db.execute(&delete, []), Ok(1))).await;
    let again = server.api.http("GET", "/v1/authorisations").bearer_auth(&session);
    assert_eq!(status(again).await, 401);
    is_swept(&server).await;
}

#[tokio::test]
async fn a_service_goes_on_with_more_calls_than_one_transaction_takes() {
    const MORE: usize = 700;
    let ringing = Ringing::start().await;
    let copy = "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type,
            reminder, created_at, rings_until, fingerprint, state, call)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        SELECT room_id || i, app_id, caller_role, caller_id, listener_role, listener_id, charge_type,
            reminder, created_at + i / 3, rings_until, fingerprint, state, call FROM calls JOIN n";
    let server =
        ringing.server.restart_after(|db| assert_eq!(db.execute(copy, [MORE as i64]), Ok(MORE)));
    let server = server.await;
    assert_eq!(server.live.calls.sizes().calls, MORE + 1);
    server.clock.advance(60_000);
    let over = async {
        while !server.live.calls.is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    soon(over).await;
    let path = format!("/v1/calls/{}{MORE}", ringing.room_id);
    let (_, view) =
        answer(server.api.http("GET", &path).bearer_auth(ringing.demo.device("token"))).await;
    assert_eq!(view["events"][0]["eventName"], "timeout");
}
