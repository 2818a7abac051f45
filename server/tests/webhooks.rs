//! A mini-program's own backend is told of calls by callDevice with isCloud.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::backend::{Backend, Does, Received, SECRET};
use common::{Answer, TestServer, answer, soon};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;
use wmpf_voip_server::domain::clock::Clock;

const PATH: &str = "/v1/device-calls";
const APP: &str = "wxde00000000000001";
const OTHER_APP: &str = "wxde00000000000004";
const DOORBELL: &str = "DEMO-DOORBELL-01";
const MODEL: &str = "DEMO_MODEL_DOORBELL";
const BOB: &str = "oTest-Bob-000000000000000000";

fn call() -> Value {
    json!({
        "roomType": "video", "sn": DOORBELL, "modelId": MODEL, "chargeType": "duration", "isCloud": true,
    })
}

async fn place(server: &TestServer, request: &Value) -> Answer {
    let token = server.issuer().session(APP, Role::Phone, BOB);
    server.api.post(PATH, &token, request).await
}

async fn set(server: &TestServer, app_id: &str, url: &str) {
    let body = json!({"url": url, "secret": SECRET});
    let (status, webhook) = server.api.admin("PUT", &format!("apps/{app_id}/webhook"), body).await;
    let events = ["device.called"];
    assert_eq!((status, webhook), (201, json!({"appId": app_id, "url": url, "events": events})));
}

/// A service whose backend does what the script says.
async fn start(script: &[Does]) -> (TestServer, Backend) {
    let (server, backend) = tokio::join!(TestServer::with_running_clock(), Backend::start(script));
    set(&server, APP, &backend.url).await;
    (server, backend)
}

/// How many messages wait to be sent.
fn waiting(server: &TestServer) -> u32 {
    server.look_up("SELECT count(*) FROM messages WHERE outcome = 'waiting'")
}

/// Waits until nothing is left to be sent.
async fn all_sent(server: &TestServer) {
    soon(async {
        while waiting(server) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

fn assert_signed(received: &Received) {
    assert!(received.is_signed(SECRET), "{:?}", received.headers);
    let timestamp: i64 = received.header("webhook-timestamp").parse().unwrap();
    assert!((Clock::default().wall_ms() / 1000 - timestamp).abs() < 20, "{timestamp}");
}

#[tokio::test]
async fn the_backend_is_told_everything_and_signed() {
    let (server, mut backend) = start(&[]).await;
    let request = json!({
        "roomType": "voice", "sn": DOORBELL, "modelId": MODEL, "chargeType": "duration",
        "timeLimit": 60.5, "enableCallerCamera": false, "nickName": "Bob", "deviceName": "大门",
        "isCloud": true, "payload": "{\"a\": \"通 \\u0000\"}", "encodeVideoFixedLength": 320,
        "encodeVideoRotation": 1, "encodeVideoRatio": 75, "encodeVideoMaxFPS": 15,
    });
    let before = server.clock.wall_ms();
    let (status, room) = place(&server, &request).await;
    assert_eq!(status, 201, "{room}");
    let received = backend.next().await;
    assert_signed(&received);
    assert_eq!(received.path, "/hooks/voip?from=tests");
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("user-agent").starts_with("wmpf-voip-server/"));

    let told = received.json();
    let (id, rings_until) = (received.header("webhook-id"), &told["data"]["ringsUntil"]);
    assert!(id.starts_with("msg_") && !id.contains('.'), "{id}");
    let rings_from = rings_until.as_i64().unwrap() - 60_000;
    assert!((before..=server.clock.wall_ms()).contains(&rings_from));
    let created: jiff::Timestamp = told["timestamp"].as_str().unwrap().parse().unwrap();
    assert_eq!(created.as_millisecond() + 60_000, rings_until.as_i64().unwrap());
    assert_eq!(
        told,
        json!({
            "type": "device.called", "id": id, "timestamp": told["timestamp"],
            "data": {
                "appId": APP, "roomId": room["roomId"], "roomType": "voice", "sn": DOORBELL,
                "modelId": MODEL, "openId": BOB, "nickName": "Bob", "deviceName": "大门",
                "chargeType": "duration", "timeLimit": 60.5, "enableCallerCamera": false,
                "enableListenerCamera": true, "encodeVideoFixedLength": 320,
                "encodeVideoRotation": 1, "encodeVideoRatio": 75.0, "encodeVideoMaxFPS": 15,
                "payload": request["payload"], "ringsUntil": rings_until,
            },
        })
    );

    place(&server, &call()).await;
    let received = backend.next().await;
    let data = &received.json()["data"];
    assert_eq!((&data["payload"], &data["timeLimit"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&data["nickName"], &data["deviceName"]),
        (&json!("微信用户"), &json!("Video Doorbell"))
    );
    assert_ne!(received.header("webhook-id"), id);
    all_sent(&server).await;
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_the_same_id() {
    let passing = [500, 503, 408, 429].map(Does::Answer);
    let (server, mut backend) = start(&passing).await;
    let (_, room) = place(&server, &call()).await;
    let first = backend.next().await;
    assert_signed(&first);
    for _ in passing {
        let again = backend.next().await;
        assert_signed(&again);
        assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
        assert_eq!(again.body, first.body);
    }
    assert_eq!(first.json()["data"]["roomId"], room["roomId"]);
    all_sent(&server).await;
    assert_eq!(backend.waiting(), 0, "204 is a success");
}

#[tokio::test]
async fn a_backend_that_does_not_listen_is_tried_again() {
    let server = TestServer::with_running_clock().await;
    let address = {
        let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        free.local_addr().unwrap().to_string()
    };
    set(&server, APP, &format!("http://{address}/")).await;
    let (_, room) = place(&server, &call()).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(waiting(&server), 1);
    let mut backend = Backend::start_on(&address, &[]).await;
    assert_eq!(backend.next().await.json()["data"]["roomId"], room["roomId"]);
    all_sent(&server).await;
}

#[tokio::test]
async fn what_was_refused_is_not_repeated() {
    for does in [Does::Answer(400), Does::Answer(401), Does::Answer(410), Does::Redirect] {
        let (server, mut backend) = start(&[does]).await;
        let (_, room) = place(&server, &call()).await;
        assert_eq!(backend.next().await.path, "/hooks/voip?from=tests");
        all_sent(&server).await;
        assert_eq!(backend.waiting(), 0, "neither repeated nor redirected");
        let room = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
        let cancel = server.api.http("DELETE", &room);
        let token = server.issuer().session(APP, Role::Phone, BOB);
        assert_eq!(common::status(cancel.bearer_auth(token)).await, 204, "the call still is");
    }
}

#[tokio::test]
async fn a_backend_that_does_not_end_its_answer_has_answered() {
    let (server, mut backend) = start(&[Does::Babble]).await;
    place(&server, &call()).await;
    backend.next().await;
    all_sent(&server).await;
    assert_eq!(backend.waiting(), 0);
}

#[tokio::test]
async fn nothing_is_sent_of_a_call_that_is_refused_or_repeated_or_not_cloud() {
    let (server, mut backend) = start(&[]).await;
    let token = server.issuer().session(APP, Role::Phone, BOB);
    let with_key = async |request: &Value, key: &str| {
        let request = server.api.http("POST", PATH).bearer_auth(&token).json(request);
        answer(request.header("Idempotency-Key", key)).await
    };
    let mut other_model = call();
    other_model["modelId"] = json!("DEMO_MODEL_TV");
    assert_eq!(with_key(&other_model, "k1").await.0, 403);
    let (status, room) = with_key(&call(), "k1").await;
    assert_eq!(status, 201);
    assert_eq!(with_key(&call(), "k1").await, (200, room.clone()));
    let mut not_cloud = call();
    not_cloud["isCloud"] = json!(false);
    assert_eq!(with_key(&not_cloud, "k1").await.0, 409);
    assert_eq!(with_key(&not_cloud, "k2").await.0, 201);
    let (_, last) = with_key(&call(), "k3").await;
    all_sent(&server).await;
    let mut told = [backend.next().await, backend.next().await]
        .map(|received| received.json()["data"]["roomId"].as_str().unwrap().to_owned());
    told.sort();
    let mut expected = [&room, &last].map(|room| room["roomId"].as_str().unwrap());
    expected.sort_unstable();
    assert_eq!(told, expected);
    assert_eq!(backend.waiting(), 0);
}

#[tokio::test]
async fn nothing_more_is_sent_when_the_call_does_not_ring_any_more() {
    for ending in ["given up by its caller", "answered by the device", "at the end of its time"] {
        let (server, mut backend) = start(&[Does::Answer(500); 50]).await;
        let (api, demo) = (&server.api, server.api.demo().await);
        let (_, room) = place(&server, &call()).await;
        backend.next().await;
        let room = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
        match ending {
            "given up by its caller" => {
                let token = server.issuer().session(APP, Role::Phone, BOB);
                let cancel = api.http("DELETE", &room).bearer_auth(token);
                assert_eq!(common::status(cancel).await, 204);
            }
            "answered by the device" => {
                let signal = json!({"type": "answer", "device": "d"});
                let path = format!("{room}/signals");
                let answered = api.post(&path, demo.device("token"), &signal).await;
                assert_eq!(answered, (200, json!({"reply": "done"})));
            }
            _ => server.clock.advance(60_000),
        }
        all_sent(&server).await;
        let tried = backend.waiting();
        assert!(tried <= 1, "{ending}: {tried} more");
    }
}

#[tokio::test]
async fn the_last_try_is_before_the_end_of_the_ringing() {
    let (server, mut backend) = start(&[Does::Answer(500); 50]).await;
    place(&server, &call()).await;
    backend.next().await;
    server.clock.advance(58_500);
    all_sent(&server).await;
    let tried = backend.waiting();
    assert!((1..=3).contains(&tried), "{tried} more");
}

#[tokio::test]
async fn nobody_is_told_of_a_call_to_a_device_that_is_in_another_one() {
    let (server, mut backend) = start(&[]).await;
    let demo = server.api.demo().await;
    let (_, room) = place(&server, &call()).await;
    assert_eq!(backend.next().await.json()["data"]["roomId"], room["roomId"]);
    let signals = format!("/v1/calls/{}/signals", room["roomId"].as_str().unwrap());
    let signal = json!({"type": "answer", "device": "d"});
    assert_eq!(server.api.post(&signals, demo.device("token"), &signal).await.0, 200);
    assert_eq!(place(&server, &call()).await.0, 201, "the caller hears busy");
    all_sent(&server).await;
    assert_eq!(backend.waiting(), 0);
}

#[tokio::test]
async fn a_backend_that_hangs_holds_up_no_other() {
    let (server, mut hanging) = start(&[Does::Hang; 100]).await;
    server.change(&format!(
        "INSERT INTO models VALUES ('{OTHER_APP}', '{MODEL}', 'Doorbell');
         INSERT INTO devices VALUES ('{OTHER_APP}', 'SN-4', '{MODEL}', 'sdk', NULL)"
    ));
    let mut backend = Backend::start(&[]).await;
    set(&server, OTHER_APP, &backend.url).await;
    for _ in 0..20 {
        assert_eq!(place(&server, &call()).await.0, 201);
    }
    for _ in 0..8 {
        hanging.next().await;
    }
    let token = server.issuer().session(OTHER_APP, Role::Phone, BOB);
    let request = json!({
        "roomType": "voice", "sn": "SN-4", "modelId": MODEL, "chargeType": "duration",
        "isCloud": true,
    });
    let (_, room) = server.api.post(PATH, &token, &request).await;
    let told = tokio::time::timeout(Duration::from_secs(3), backend.next()).await.unwrap();
    assert_eq!(told.json()["data"]["roomId"], room["roomId"]);
    assert_eq!(hanging.waiting(), 0, "no more at once for one mini-program");

    // Those that hang are tried again after their time.
    assert!(hanging.next().await.is_signed(SECRET));
}

#[tokio::test]
async fn a_service_that_stops_leaves_the_rest_to_the_next() {
    let (server, mut backend) = start(&[Does::Answer(500)]).await;
    let (_, room) = place(&server, &call()).await;
    let first = backend.next().await;
    let server = server.restart().await;
    let second = backend.next().await;
    assert_eq!(second.json()["data"]["roomId"], room["roomId"]);
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    all_sent(&server).await;
}

#[tokio::test]
async fn a_new_address_counts_at_the_next_try_and_none_ends_it() {
    let (server, mut backend) = start(&[Does::Answer(500); 50]).await;
    let mut other = Backend::start(&[]).await;
    place(&server, &call()).await;
    backend.next().await;
    let path = format!("apps/{APP}/webhook");
    let (status, webhook) = server.api.admin("PUT", &path, json!({"url": other.url})).await;
    assert_eq!(
        (status, webhook),
        (200, json!({"appId": APP, "url": other.url, "events": ["device.called"]}))
    );
    assert!(other.next().await.is_signed(SECRET), "the secret has stayed");
    all_sent(&server).await;

    let (_, _) = server.api.admin("PUT", &path, json!({"url": backend.url})).await;
    place(&server, &call()).await;
    backend.next().await;
    assert_eq!(server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    all_sent(&server).await;
    assert_eq!(place(&server, &call()).await.0, 400, "there is none any more");
}

#[tokio::test]
async fn a_device_that_calls_already_is_not_told_of_the_call_that_meets_its_own() {
    let (server, backend) = start(&[]).await;
    let demo = server.api.demo().await;
    let (status, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!(status, 201);
    let met = server.api.post(PATH, demo.phone("token"), &call()).await;
    assert_eq!(met, (200, room));
    assert_eq!((server.count("messages"), backend.waiting()), (0, 0));
}
