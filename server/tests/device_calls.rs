//! A phone calls a device by callDevice, one that runs no mini-program.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Answer, Issuer, TestServer, answer};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;

const PATH: &str = "/v1/device-calls";
const APP: &str = "wxde00000000000001";
const TV: &str = "DEMO-TV-02";
const MODEL: &str = "DEMO_MODEL_TV";
/// Nobody that the records know, and who has authorised nothing.
const BOB: &str = "oTest-Bob-000000000000000000";

fn bob(issuer: &Issuer) -> String {
    issuer.session(APP, Role::Phone, BOB)
}

/// The least that callDevice takes.
fn least() -> Value {
    json!({"roomType": "video", "sn": TV, "modelId": MODEL})
}

fn with(request: &Value, field: &str, value: Value) -> Value {
    let mut request = request.clone();
    request[field] = value;
    request
}

async fn place_with_key(server: &TestServer, path: &str, request: &Value, key: &str) -> Answer {
    let token = bob(&server.issuer());
    let request = server.api.http("POST", path).bearer_auth(token).json(request);
    answer(request.header("Idempotency-Key", key)).await
}

#[tokio::test]
async fn a_stranger_calls_a_device_and_nobody_is_reminded() {
    let server = TestServer::start().await;
    let (api, demo, issuer) = (&server.api, server.api.demo().await, server.issuer());
    let mut early = api.listen(demo.tv("token")).await;
    let (status, room) = api.post(PATH, &bob(&issuer), &least()).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("license")), "{room}");
    let mut late = api.listen(demo.tv("token")).await;
    let room_path = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());

    // It rings all the same: its device, which has heard of it elsewhere, finds it.
    let view = |path: &str| answer(api.http("GET", path).bearer_auth(demo.tv("token")));
    let (status, joined) = view(&room_path).await;
    assert_eq!((status, &joined["callerName"]), (200, &json!("微信用户")), "{joined}");
    assert_eq!((&joined["listenerName"], &joined["callerId"]), (&json!("Smart TV"), &json!(BOB)));

    let mut full = least();
    for (field, value) in [
        ("nickName", json!("Bob")),
        ("deviceName", json!("大门")),
        ("chargeType", json!("duration")),
        ("timeLimit", json!(60)),
        ("enableCallerCamera", json!(false)),
        ("isCloud", json!(false)),
        ("payload", json!("without isCloud it has no effect")),
        ("encodeVideoFixedLength", json!(320)),
    ] {
        full[field] = value;
    }
    let (_, second) = api.post(PATH, &bob(&issuer), &full).await;
    assert_eq!(second["chargeType"], "duration");
    let (_, joined) = view(&format!("/v1/calls/{}", second["roomId"].as_str().unwrap())).await;
    assert_eq!((&joined["callerName"], &joined["listenerName"]), (&json!("Bob"), &json!("大门")));
    assert_eq!(joined["timeLimit"], 60.0);
    assert_eq!(
        (&joined["encodeVideoFixedLength"], &joined["encodeVideoMaxFPS"]),
        (&json!(320), &json!(0))
    );
    assert_eq!(
        (&joined["callerCameraStatus"], &joined["listenerCameraStatus"]),
        (&json!(1), &json!(0))
    );

    // Nor is anybody told that it is over; the next that comes over both sockets is another call.
    let cancel = api.http("DELETE", &room_path).bearer_auth(bob(&issuer));
    assert_eq!(common::status(cancel).await, 204);
    let mut reminds = demo.phone_to_device();
    reminds["listener"]["id"] = TV.into();
    reminds["voipToken"] = demo.tv("pushToken").into();
    let (_, reminding) = api.place(demo.phone("token"), &reminds).await;
    for socket in [&mut early, &mut late] {
        let message = socket.next().await;
        assert_eq!(message["type"], "reminder");
        assert_eq!(message["roomId"], reminding["roomId"], "{message}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_code() {
    let server = TestServer::start().await;
    let (api, demo, token) = (&server.api, server.api.demo().await, bob(&server.issuer()));
    let (status, refusal) = api.post(PATH, demo.device("token"), &least()).await;
    assert_eq!((status, &refusal["errcode"]), (403, &json!(1007)), "{refusal}");
    for (field, value, status, code) in [
        ("roomType", json!("phone"), 400, 1004),
        ("encodeVideoMaxFPS", json!(30), 400, 1004),
        ("chargeType", json!("free"), 400, 22),
        ("sn", json!("DEMO-NOBODY"), 404, 2),
        ("sn", json!(BOB), 404, 2),
        ("modelId", json!("DEMO_MODEL_DOORBELL"), 403, 17),
        ("isCloud", json!(true), 400, 1004),
    ] {
        let (got, refusal) = api.post(PATH, &token, &with(&least(), field, value)).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(code)), "{refusal}");
        assert!(
            refusal["errmsg"].as_str().unwrap().starts_with(&format!("{field}: ")),
            "{refusal}"
        );
    }
    let (_, refusal) = api.post(PATH, &token, &with(&least(), "isCloud", json!(true))).await;
    assert!(refusal["errmsg"].as_str().unwrap().contains("has no webhook"), "{refusal}");
}

#[tokio::test]
async fn a_key_names_one_call_of_any_kind() {
    let server = TestServer::start().await;
    let (status, room) = place_with_key(&server, PATH, &least(), "k1").await;
    assert_eq!(status, 201);
    assert_eq!(place_with_key(&server, PATH, &least(), "k1").await, (200, room));
    let other = with(&least(), "payload", json!("p"));
    let by_wmpf = with(&with(&least(), "pushToken", json!("t")), "nickName", json!("Bob"));
    for (path, request) in [(PATH, &other), ("/v1/wmpf-calls", &by_wmpf)] {
        let (status, refusal) = place_with_key(&server, path, request, "k1").await;
        assert_eq!((status, &refusal["errcode"]), (409, &json!(1004)), "{path}: {refusal}");
    }
    let cancel = server.api.http("DELETE", "/v1/calls").bearer_auth(bob(&server.issuer()));
    assert_eq!(common::status(cancel.header("Idempotency-Key", "k2")).await, 204);
    let (status, refusal) = place_with_key(&server, PATH, &least(), "k2").await;
    assert_eq!((status, &refusal["errcode"]), (409, &json!(1008)), "{refusal}");
}
