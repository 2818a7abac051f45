//! Creating calls over HTTP.

use crate::common;

use common::{TestServer, answer, soon};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wmpf_voip::protocol::Refusal;
use wmpf_voip::request::RawRequest;
use wmpf_voip::value::{MAX_STRING_LENGTH, Object};

#[tokio::test]
async fn a_call_is_created_in_either_direction() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;

    let (status, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("duration")));
    assert!(room["roomId"].as_str().unwrap().starts_with("wxde00000000000001WmpfVoip"), "{room}");
    assert_eq!(room.as_object().unwrap().len(), 2, "exactly the core's Room");
    server.api.give_up(demo.device("token"), &room).await;

    let (status, room) = server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("duration")));

    let mut by_tv = demo.device_to_phone();
    by_tv["voipToken"] = serde_json::Value::Null;
    let (status, room) = server.api.place(demo.tv("token"), &by_tv).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("license")), "{room}");
}

#[tokio::test]
async fn every_scenario_of_the_gallery_fails_with_its_code() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut codes = Vec::new();
    for scenario in demo.0["gallery"].as_array().unwrap() {
        let token = scenario["token"].as_str().unwrap();
        let path = scenario["path"].as_str().unwrap_or("/v1/calls");
        let (status, refusal) = server.api.post(path, token, &scenario["request"]).await;
        let title = &scenario["title"]["en"];
        assert_eq!(refusal["errcode"], scenario["errCode"], "{title}: {refusal}");
        assert!((400..500).contains(&status), "{title}: {status}");
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(!text.is_empty() && !text.contains("initByCaller"), "{title}: {text}");
        assert!(scenario["title"]["zh"].is_string());
        codes.push(scenario["errCode"].as_u64().unwrap());
    }
    assert!(codes.is_sorted());
    codes.dedup();
    assert_eq!(codes, [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 17, 19, 20, 22, 23, 24]);
}

#[tokio::test]
async fn a_repeated_key_gives_the_same_room() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (token, request) = (demo.device("token"), demo.device_to_phone());

    let (status, first) = server.api.place_with_key(token, &request, "k1").await;
    assert_eq!(status, 201);
    assert_eq!(server.api.place_with_key(token, &request, "k1").await, (200, first.clone()));
    let (status, other) = server.api.place_with_key(token, &request, "k2").await;
    assert_eq!(status, 201);
    assert_ne!(first, other);
    let (status, without) = server.api.place(token, &request).await;
    assert_eq!(status, 201);
    assert_ne!(first, without);

    let mut changed = request.clone();
    changed["roomType"] = "voice".into();
    let (status, refusal) = server.api.place_with_key(token, &changed, "k1").await;
    assert_eq!((status, &refusal["errcode"]), (409, &json!(1004)));
    assert!(refusal["errmsg"].as_str().unwrap().starts_with("idempotency-key: "), "{refusal}");

    let server = server.restart().await;
    assert_eq!(server.api.place_with_key(token, &request, "k1").await, (200, first.clone()));

    for room in [first, other, without] {
        server.api.give_up(token, &room).await;
    }
    let phone = server.api.place_with_key(demo.phone("token"), &demo.phone_to_device(), "k1").await;
    assert_eq!(phone.0, 201, "a key is one party's own");
}

#[tokio::test]
async fn twenty_at_once_with_one_key_make_one_room() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (api, token) = (server.api.clone(), demo.device("token").to_owned());
            let request = demo.device_to_phone();
            tokio::spawn(async move { api.place_with_key(&token, &request, "same").await })
        })
        .collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 19);
    assert!(answers.iter().all(|(_, room)| *room == answers[0].1));
}

#[tokio::test]
async fn keys_that_are_none() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    for key in ["", "two words", "ü", &"k".repeat(129)] {
        let call = server.api.call(demo.device("token"), &demo.device_to_phone());
        let (status, refusal) = answer(call.header("Idempotency-Key", key)).await;
        assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "{key:?}");
    }
    let longest = "k".repeat(128);
    let request = demo.device_to_phone();
    assert_eq!(server.api.place_with_key(demo.device("token"), &request, &longest).await.0, 201);
}

#[tokio::test]
async fn a_wrong_request_is_told_what_the_core_tells() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    for body in [
        json!({}),
        json!([]),
        json!(null),
        json!("text"),
        json!({"roomType": "video", "caller": {"id": "a"}, "listener": {"id": "b"}}),
        json!({"roomType": 1, "caller": {"id": ""}, "listener": null, "businessType": "1",
               "voipToken": 7, "miniprogramState": "x", "customQuery": "?", "timeLimit": -1}),
        json!({"roomType": "x".repeat(5000), "caller": {"cameraStatus": 2}, "listener": []}),
    ] {
        let raw: Object<RawRequest> = serde_json::from_value(body.clone()).unwrap();
        let expected = Refusal::from(raw.validate().unwrap_err());
        let (status, refusal) = server.api.place(demo.device("token"), &body).await;
        assert_eq!((status, refusal), (400, serde_json::to_value(expected).unwrap()), "{body}");
    }
}

#[tokio::test]
async fn bodies_that_are_no_request() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let post = |content_type: &str, body: String| {
        let request = server.api.http("POST", "/v1/calls").bearer_auth(demo.device("token"));
        answer(request.header("content-type", content_type).body(body))
    };
    let json = "application/json";
    let padded = |length: usize| {
        let request = demo.device_to_phone().to_string();
        format!("{request}{}", " ".repeat(length - request.len()))
    };
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    for (content_type, body, status) in [
        (json, String::new(), 400),
        (json, "{".into(), 400),
        (json, "{\"roomType\":1e999}".into(), 400),
        (json, "\u{0}".into(), 400),
        (json, nested(1000), 400),
        ("text/plain", padded(1024), 415),
        ("application/x-www-form-urlencoded", "roomType=video".into(), 415),
    ] {
        let shown: String = body.chars().take(30).collect();
        let (got, refusal) = post(content_type, body).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(1004)), "{content_type} {shown}");
        assert!(!refusal["errmsg"].as_str().unwrap().is_empty());
    }
    assert_eq!(post(json, padded(176 * 1024)).await.0, 201);
    let text = "the body is longer than 176 KiB: shorten its strings, and leave out what the route \
                does not take";
    let too_long = json!({"errcode": 1004, "errmsg": text});
    assert_eq!(post(json, padded(176 * 1024 + 1)).await, (413, too_long));
    assert_eq!(post("application/json; charset=utf-8", padded(1024)).await.0, 201);

    let twice = demo.device_to_phone().to_string().replacen('{', "{\"roomType\":7,", 1);
    assert_eq!(post(json, twice).await.0, 201, "of a member that comes twice the last counts");
}

#[tokio::test]
async fn no_body_that_the_contract_allows_is_too_long() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let longest = "名".repeat(MAX_STRING_LENGTH);
    let party = json!({"id": longest, "name": longest});
    let request = json!({
        "roomType": "video",
        "businessType": 1,
        "caller": party,
        "listener": party,
        "voipToken": longest,
        "deviceToken": longest,
        "customQuery": longest,
    });
    let raw: Object<RawRequest> = serde_json::from_value(request.clone()).unwrap();
    assert!(raw.validate().is_ok());
    // As long as JSON can be.
    let escaped = request.to_string().replace('名', "\\u540d");
    let call = server.api.http("POST", "/v1/calls").bearer_auth(demo.device("token"));
    let call = call.header("content-type", "application/json").body(escaped);
    let (status, refusal) = answer(call).await;
    assert_eq!((status, &refusal["errcode"]), (404, &json!(2)), "it is read: {refusal}");
}

#[tokio::test]
async fn nobody_calls_without_a_session() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let request = demo.device_to_phone();
    let token = demo.device("token");
    let (head, signature) = token.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{other}{}", &signature[1..]);
    for (token, says) in [
        (forged.as_str(), "the session token is forged"),
        ("not-a-token", "the session token is not a token of this service"),
        (demo.device("deviceToken"), "the session token is a token of another kind"),
    ] {
        let (status, refusal) = server.api.place(token, &request).await;
        assert_eq!((status, &refusal["errcode"]), (401, &json!(5)), "{token}");
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(text.starts_with(says) && text.contains("pass a fresh one to configure"), "{text}");
    }
    let bare = server.api.http("POST", "/v1/calls").json(&request);
    let (status, refusal) = answer(bare).await;
    assert_eq!((status, &refusal["errcode"]), (401, &json!(5)));

    let garbage = server.api.http("POST", "/v1/calls").bearer_auth("x").body("{");
    assert_eq!(answer(garbage).await.0, 401, "who asks comes before what is asked");
}

#[tokio::test]
async fn a_request_on_its_way_finishes_when_the_service_stops() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let address = server.api.address.clone();
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let (token, body) = (demo.device("token"), demo.device_to_phone().to_string());
    let head = format!(
        "POST /v1/calls HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut first = [0; 25];
    soon(connection.read_exact(&mut first)).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n", "it waits for the body");

    let stopping = tokio::spawn(server.stop());
    let nobody_new_is_let_in = async { while TcpStream::connect(&address).await.is_ok() {} };
    soon(nobody_new_is_let_in).await;
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    soon(connection.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created"), "{answer}");
    soon(stopping).await.unwrap();
}
