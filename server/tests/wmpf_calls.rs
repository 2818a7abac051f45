//! A phone calls a device by callWMPF.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Answer, Issuer, TestServer, answer};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;
use wmpf_voip_calls::ticket::Ticket;

const PATH: &str = "/v1/wmpf-calls";
const APP: &str = "wxde00000000000001";
const TV: &str = "DEMO-TV-02";
const MODEL: &str = "DEMO_MODEL_TV";
/// Nobody that the records know, and who has authorised nothing.
const BOB: &str = "oTest-Bob-000000000000000000";

fn bob(issuer: &Issuer) -> String {
    issuer.session(APP, Role::Phone, BOB)
}

/// The least that callWMPF takes.
fn least(issuer: &Issuer) -> Value {
    json!({
        "roomType": "video", "sn": TV, "modelId": MODEL, "nickName": "Bob",
        "pushToken": issuer.ticket(APP, Ticket::Push, TV, MODEL),
    })
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
async fn a_stranger_calls_a_device_that_wants_to_be_called() {
    let server = TestServer::start().await;
    let (api, demo, issuer) = (&server.api, server.api.demo().await, server.issuer());
    let mut device = api.listen(demo.tv("token")).await;
    let (status, room) = api.post(PATH, &bob(&issuer), &least(&issuer)).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("license")), "{room}");
    let reminder = device.next().await;
    let room_id = room["roomId"].as_str().unwrap();
    assert_eq!(
        reminder,
        json!({
            "type": "reminder",
            "roomId": room_id,
            "groupId": room_id,
            "roomType": "video",
            "businessType": 2,
            "callerId": BOB,
            "callerName": "Bob",
            "listenerId": TV,
            "listenerName": "Smart TV",
            "miniprogramState": "formal",
            "chargeType": "license",
            "path": format!(
                "plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin\
                 ?roomType=video&groupId={room_id}&listenerId={TV}&callerName=Bob"
            ),
            "ringsUntil": reminder["ringsUntil"],
        })
    );

    let mut full = least(&issuer);
    for (field, value) in [
        ("deviceName", json!("大门")),
        ("chargeType", json!("duration")),
        ("timeLimit", json!(60)),
        ("enableCallerCamera", json!(false)),
        ("envVersion", json!("develop")),
        ("customQuery", json!("door=3")),
    ] {
        full[field] = value;
    }
    let (_, room) = api.post(PATH, &bob(&issuer), &full).await;
    assert_eq!(room["chargeType"], "duration");
    let reminder = device.next().await;
    assert_eq!(reminder["listenerName"], "大门");
    assert_eq!(reminder["miniprogramState"], "developer");
    assert!(reminder["path"].as_str().unwrap().ends_with("&door=3"), "{reminder}");
    let path = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
    let (status, seen) = answer(api.http("GET", &path).bearer_auth(demo.tv("token"))).await;
    assert_eq!((status, &seen["timeLimit"]), (200, &json!(60.0)));
    assert_eq!(seen["callerCameraStatus"], 1);
    assert_eq!(seen["listenerCameraStatus"], 0);
}

#[tokio::test]
async fn how_the_phone_encodes_its_video_stands_in_the_query() {
    let server = TestServer::start().await;
    let (api, demo, issuer) = (&server.api, server.api.demo().await, server.issuer());
    let seen_by = async |token: &str, room: &Value| {
        let path = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
        answer(api.http("GET", &path).bearer_auth(token)).await.1
    };
    for (query, told) in [
        (
            "a=1&encodeVideoFixedLength=320&encodeVideoRatio=75&encodeVideoMaxFPS=30",
            json!([320, 0, 75.0, 0]),
        ),
        ("encodeVideoRotation=3&encodeVideoMaxFPS=x", json!([null, null, null, null])),
    ] {
        let request = with(&least(&issuer), "customQuery", query.into());
        let mut by_phone = demo.phone_to_device();
        by_phone["customQuery"] = query.into();
        let mut by_device = demo.device_to_phone();
        by_device["customQuery"] = query.into();
        for (path, token, body) in [
            (PATH, demo.phone("token"), request),
            ("/v1/calls", demo.phone("token"), by_phone),
            ("/v1/calls", demo.device("token"), by_device),
        ] {
            let (status, room) = api.post(path, token, &body).await;
            assert_eq!(status, 201, "it is no error: {room}");
            let seen = seen_by(demo.phone("token"), &room).await;
            let four = ["FixedLength", "Rotation", "Ratio", "MaxFPS"];
            let four = four.map(|name| seen[format!("encodeVideo{name}")].clone());
            assert_eq!(json!(four), told, "{seen}");
            // The next one would meet it.
            api.give_up(token, &room).await;
        }
    }
}

#[tokio::test]
async fn a_wrong_charge_type_is_22_and_with_other_faults_1004() {
    let server = TestServer::start().await;
    let (api, issuer) = (&server.api, server.issuer());
    let request = with(&least(&issuer), "chargeType", json!("free"));
    let problem = json!({
        "path": "chargeType", "code": 22, "expected": "'duration' or 'license'",
        "got": "the string 'free'",
        "zh": { "expected": "'duration' 或 'license'", "got": "字符串 'free'" },
    });
    assert_eq!(
        api.post(PATH, &bob(&issuer), &request).await,
        (
            400,
            json!({
                "errcode": 22,
                "errmsg": "chargeType: expected 'duration' or 'license', got the string 'free'",
                "problems": [problem],
            })
        )
    );
    let (status, refusal) =
        api.post(PATH, &bob(&issuer), &with(&request, "envVersion", json!("formal"))).await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)));
    let problems = refusal["problems"].as_array().unwrap();
    assert_eq!((problems.len(), &problems[0]), (2, &problem));
    assert_eq!((&problems[1]["path"], &problems[1]["code"]), (&"envVersion".into(), &1004.into()));
}

#[tokio::test]
async fn a_device_does_not_call_wmpf() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (status, refusal) = server.api.post(PATH, demo.tv("token"), &json!({})).await;
    assert_eq!((status, &refusal["errcode"]), (403, &json!(1007)), "{refusal}");
    let (status, refusal) = server.api.post(PATH, "not-a-token", &json!({})).await;
    assert_eq!((status, &refusal["errcode"]), (401, &json!(5)), "{refusal}");
}

#[tokio::test]
async fn the_model_is_the_devices_and_the_token_too() {
    let server = TestServer::start().await;
    let (api, issuer) = (&server.api, server.issuer());
    let request = least(&issuer);
    let ticket = |kind, sn, model| Value::from(issuer.ticket(APP, kind, sn, model));
    for (field, value, status, code) in [
        ("sn", json!("DEMO-NOBODY"), 404, 2),
        ("sn", json!(BOB), 404, 2),
        ("modelId", json!("DEMO_MODEL_DOORBELL"), 403, 17),
        ("pushToken", json!("x"), 403, 14),
        ("pushToken", ticket(Ticket::Device, TV, MODEL), 403, 14),
        ("pushToken", ticket(Ticket::Push, "DEMO-DOORBELL-01", MODEL), 403, 14),
        ("pushToken", ticket(Ticket::Push, TV, "DEMO_MODEL_DOORBELL"), 403, 17),
    ] {
        let (got, refusal) = api.post(PATH, &bob(&issuer), &with(&request, field, value)).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(code)), "{refusal}");
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(text.starts_with(&format!("{field}: ")), "{text}");
        assert!(!text.contains("swapped") && !text.contains("eyJ"), "{text}");
    }
}

#[tokio::test]
async fn a_key_names_one_call_of_either_kind() {
    let server = TestServer::start().await;
    let issuer = server.issuer();
    let request = least(&issuer);
    let (status, room) = place_with_key(&server, PATH, &request, "k1").await;
    assert_eq!(status, 201);
    assert_eq!(place_with_key(&server, PATH, &request, "k1").await, (200, room));
    let other = with(&request, "chargeType", json!("duration"));
    let same_call = json!({
        "roomType": "video", "businessType": 2, "voipToken": request["pushToken"],
        "caller": {"id": BOB, "name": "Bob"}, "listener": {"id": TV},
    });
    for (path, request) in [(PATH, &other), ("/v1/calls", &same_call)] {
        let (status, refusal) = place_with_key(&server, path, request, "k1").await;
        assert_eq!((status, &refusal["errcode"]), (409, &json!(1004)), "{path}: {refusal}");
    }

    let cancel = server.api.http("DELETE", "/v1/calls").bearer_auth(bob(&issuer));
    assert_eq!(common::status(cancel.header("Idempotency-Key", "k2")).await, 204);
    let (status, refusal) = place_with_key(&server, PATH, &request, "k2").await;
    assert_eq!((status, &refusal["errcode"]), (409, &json!(1008)), "{refusal}");
}
