//! The keys that sign an app's tokens: going over from one to another, and who is out with one that is deleted.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::ringing::Ringing;
use common::{ADMIN_KEY, TestServer, soon};
use serde_json::{Value, json};
use wmpf_voip_server::domain::clock::Clock;
use wmpf_voip_server::domain::signing_key::SigningKey;
use wmpf_voip_server::domain::tokens::Keyring;

const USER: &str = "oStranger-000000000000000001";
const KEYS: &str = "apps/wx1/token-keys";

async fn start() -> TestServer {
    let server = TestServer::start_with(|config| config.demo = false).await;
    put_app(&server).await;
    server
}

async fn put_app(server: &TestServer) {
    let app = json!({"approved": true, "minutesLeft": 10});
    assert!(server.api.admin("PUT", "apps/wx1", app).await.0 < 300);
    let user = format!("apps/wx1/users/{USER}");
    assert!(server.api.admin("PUT", &user, json!({"scopeVoip": true})).await.0 < 300);
}

/// Makes a key, and gives it.
async fn make(server: &TestServer, name: &str) -> String {
    let (status, made) = server.api.admin("PUT", &format!("{KEYS}/{name}"), Value::Null).await;
    assert_eq!((status, &made["keyId"]), (201, &json!(name)), "{made}");
    made["tokenKey"].as_str().unwrap().to_owned()
}

async fn delete(server: &TestServer, name: &str) -> (u16, Value) {
    server.api.admin("DELETE", &format!("{KEYS}/{name}"), Value::Null).await
}

/// The names of the keys, as they are listed.
async fn names(server: &TestServer) -> Vec<String> {
    let (status, list) = server.api.admin("GET", KEYS, Value::Null).await;
    assert_eq!(status, 200, "{list}");
    assert!(list.get("tokenKey").is_none() && !list.to_string().contains("tokenKey"), "{list}");
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["keyId"].as_str().unwrap().to_owned()).collect()
}

/// A session that the service issues.
async fn session(server: &TestServer) -> String {
    let body = json!({"kind": "session", "role": "phone", "id": USER});
    let (status, token) = server.api.admin("POST", "apps/wx1/tokens", body).await;
    assert_eq!(status, 200, "{token}");
    token["token"].as_str().unwrap().to_owned()
}

/// A session that a backend issues, which has this key.
fn own_session(key: &str) -> String {
    use base64::Engine;
    use wmpf_voip_calls::party::{Party, Role};
    let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key).unwrap();
    assert_eq!(key.len(), 32);
    let clock = Clock::default();
    let keys = Keyring::new(clock.clone(), [("wx1".into(), SigningKey::new(1, key))]);
    let party = Party { app_id: "wx1".into(), role: Role::Phone, id: USER.into() };
    keys.issue_session(&party, clock.wall_ms() + 60_000).unwrap()
}

/// Whether a session counts.
async fn counts(server: &TestServer, session: &str) -> bool {
    // One that counts gets as far as the empty body.
    let (status, refusal) = server.api.place(session, &json!({})).await;
    assert!(matches!(status, 400 | 401), "{refusal}");
    status == 400
}

#[tokio::test]
async fn who_goes_over_to_a_new_key_shuts_nobody_out() {
    let server = start().await;
    assert_eq!(names(&server).await, ["first"]);
    let by_service = session(&server).await;
    let old_key = make(&server, "old").await;
    let old = own_session(&old_key);
    let mut socket = server.api.listen(&old).await;

    let new_key = make(&server, "2026-03").await;
    assert_ne!(new_key, old_key);
    let new = own_session(&new_key);
    assert_eq!(names(&server).await, ["2026-03", "old", "first"]);
    let issued = session(&server).await;
    for session in [&by_service, &old, &new, &issued] {
        assert!(counts(&server, session).await);
    }
    let mut new_socket = server.api.listen(&new).await;
    let mut issued_socket = server.api.listen(&issued).await;

    assert_eq!(delete(&server, "old").await, (204, Value::Null));
    let closed = (1013, "the token is no longer valid: connect again with a fresh one".to_owned());
    assert_eq!(socket.closed().await, closed);
    assert_eq!(server.api.listen(&old).await.closed().await.0, 1008);
    assert!(!counts(&server, &old).await);
    for session in [&by_service, &new, &issued] {
        assert!(counts(&server, session).await);
    }

    let server = server.restart().await;
    assert!(!counts(&server, &old).await, "a restart forgets nothing");
    assert!(counts(&server, &new).await && counts(&server, &by_service).await);
    for socket in [&mut new_socket, &mut issued_socket] {
        assert_eq!(socket.closed().await.0, 1001, "they were open until the service stopped");
    }
    // The newest has issued it.
    assert_eq!(delete(&server, "2026-03").await.0, 204);
    assert!(!counts(&server, &issued).await);
    assert!(counts(&server, &session(&server).await).await, "and now the one before signs");
}

#[tokio::test]
async fn a_key_is_shown_once_and_the_last_one_stays() {
    let server = start().await;
    let path = format!("/v1/admin/{KEYS}/k");
    let request = server.api.http("PUT", &path).bearer_auth(ADMIN_KEY);
    let response = soon(request.send()).await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let made: Value = soon(response.json()).await.unwrap();
    let key = made["tokenKey"].as_str().unwrap();
    assert!(made["createdAt"].as_i64().unwrap() > 1_700_000_000_000, "{made}");

    let brought = json!({"tokenKey": key});
    let (status, refusal) = server.api.admin("PUT", &format!("{KEYS}/other"), brought).await;
    assert_eq!(status, 400, "the service makes them: {refusal}");
    let again = server.api.admin("PUT", &format!("{KEYS}/k"), Value::Null).await;
    let shown = json!({"appId": "wx1", "keyId": "k", "createdAt": made["createdAt"]});
    assert_eq!(again, (200, shown.clone()));
    assert!(counts(&server, &own_session(key)).await, "it was not made anew");
    let (_, list) = server.api.admin("GET", KEYS, Value::Null).await;
    assert_eq!(list["items"][0], shown);

    assert_eq!(delete(&server, "first").await.0, 204);
    let (status, refusal) = delete(&server, "k").await;
    assert_eq!((status, &refusal["errcode"]), (409, &json!(1004)));
    let said = "token key 'k' of app wx1 is the only one that the app has: make another one first";
    assert_eq!(refusal["errmsg"], said);
    for number in 2..=8 {
        make(&server, &format!("k{number}")).await;
    }
    let (status, refusal) = server.api.admin("PUT", &format!("{KEYS}/k9"), Value::Null).await;
    let said = "app wx1 has 8 token keys already: delete one of them first";
    assert_eq!((status, &refusal["errmsg"]), (409, &json!(said)));
}

#[tokio::test]
async fn the_keys_of_tokens_go_with_their_app() {
    let server = start().await;
    let (issued, own) = (session(&server).await, own_session(&make(&server, "k").await));
    let app = json!({"approved": true, "minutesLeft": 1});
    assert_eq!(server.api.admin("PUT", "apps/wx1", app).await.0, 200);
    assert_eq!(names(&server).await, ["k", "first"], "a change of the app keeps them");
    let mut sockets = [server.api.listen(&issued).await, server.api.listen(&own).await];
    for path in [&format!("apps/wx1/users/{USER}"), "apps/wx1"] {
        assert_eq!(server.api.admin("DELETE", path, Value::Null).await.0, 204);
    }
    for socket in &mut sockets {
        assert_eq!(socket.closed().await.0, 1013);
    }
    assert_eq!(server.api.admin("GET", KEYS, Value::Null).await.0, 404);
    put_app(&server).await;
    for session in [&issued, &own] {
        assert!(!counts(&server, session).await, "the app is another one");
    }
    assert_eq!(names(&server).await, ["first"]);
}

#[tokio::test]
async fn of_a_call_the_sockets_of_a_deleted_key_are_closed() {
    let ringing = Ringing::start().await;
    let (mut caller, _listener) = ringing.talking().await;
    let api = &ringing.server.api;
    let keys = format!("apps/{}/token-keys", ringing.demo.0["appId"].as_str().unwrap());
    assert_eq!(api.admin("PUT", &format!("{keys}/new"), Value::Null).await.0, 201);
    let demo = api.demo().await;
    let mut with_the_new =
        api.open_call(demo.phone("token"), &ringing.room_id, "device=phone").await;
    assert_eq!(with_the_new.next().await.unwrap()["state"], "talking");
    assert_eq!(api.admin("DELETE", &format!("{keys}/first"), Value::Null).await.0, 204);
    assert_eq!(caller.rest().await.1, 1013);
    let refused = ringing.listener("device=phone").await.next_of("refused").await;
    assert_eq!(refused["errcode"], 5);
    // The caller does not return, and the listener is still there.
    ringing.server.clock.advance(15_000);
    assert_eq!(with_the_new.rest().await.0.last().unwrap(), "finishVoip");
}

#[tokio::test]
async fn many_at_once_leave_the_keys_that_are_stored() {
    let server = start().await;
    let made = (0..20).map(|number| {
        let (api, path) = (server.api.clone(), format!("{KEYS}/k{number}"));
        tokio::spawn(async move { api.admin("PUT", &path, Value::Null).await.0 })
    });
    let mut statuses = Vec::new();
    for made in made.collect::<Vec<_>>() {
        statuses.push(made.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [[201; 7].as_slice(), &[409; 13]].concat(), "and the first one");
    let issued = session(&server).await;
    let server = server.restart().await;
    assert!(counts(&server, &issued).await, "what signed it is what was stored");
    let newest = names(&server).await.remove(0);
    assert_eq!(delete(&server, &newest).await.0, 204);
    assert!(!counts(&server, &issued).await, "and it was the newest");
}
