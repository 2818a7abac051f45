//! What the media of a call needs of the service: ICE servers, and for users what `wx.joinVoIPChat` takes.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::process::{Command, Output};

use common::{Demo, TestServer};
use serde_json::{Value, json};
use wmpf_voip_server::media::ice::IceServers;

const SESSION_KEY: &str = "gDyVgzwa0mFz9uUP7M6GQQ==";

/// What the sockets of a new call's two sides begin with: the device's and the phone's.
async fn opened(server: &TestServer, demo: &Demo) -> [Value; 2] {
    let (device, phone) = (demo.device("token"), demo.phone("token"));
    let (status, room) = server.api.place(device, &demo.device_to_phone()).await;
    assert_eq!(status, 201, "{room}");
    let room_id = room["roomId"].as_str().unwrap();
    let mut opened = [Value::Null, Value::Null];
    for (token, opened) in [device, phone].into_iter().zip(&mut opened) {
        let mut socket = server.api.open_call(token, room_id, "device=d").await;
        *opened = socket.next_of("call").await;
    }
    server
        .api
        .http("DELETE", &format!("/v1/calls/{room_id}"))
        .bearer_auth(device)
        .send()
        .await
        .unwrap();
    opened
}

#[tokio::test]
async fn both_ends_get_ice_servers_with_credentials_of_this_call() {
    let server = TestServer::start_with(|config| {
        let stun = vec!["stun:stun.test".to_owned()];
        let turn = vec!["turn:turn.test?transport=udp".to_owned()];
        config.ice = IceServers::new(stun, turn, Some("the-turn-secret")).unwrap();
    })
    .await;
    let demo = server.api.demo().await;
    for opened in opened(&server, &demo).await {
        let servers = opened["iceServers"].as_array().unwrap();
        assert_eq!(servers[0], json!({"urls": ["stun:stun.test"]}));
        assert_eq!(servers[1]["urls"], json!(["turn:turn.test?transport=udp"]));
        let (expiry, room_id) = servers[1]["username"].as_str().unwrap().split_once(':').unwrap();
        assert_eq!(opened["roomId"], room_id);
        let seconds = expiry.parse::<i64>().unwrap()
            - wmpf_voip_server::domain::clock::Clock::default().wall_ms() / 1000;
        assert!((3600..=5 * 3600).contains(&seconds), "{seconds}");
        assert_eq!(servers[1]["credential"].as_str().unwrap().len(), 28);
        assert!(!opened.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn there_are_no_ice_servers_unless_the_operator_names_some() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    for opened in opened(&server, &demo).await {
        assert_eq!(opened["iceServers"], json!([]));
        assert!(opened.get("voipChat").is_none());
    }
}

#[tokio::test]
async fn a_user_whose_session_key_is_known_gets_what_join_voip_chat_takes() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let user = format!("apps/wxde00000000000001/users/{}", demo.phone("id"));
    let path = format!("{user}/session-key");
    let set = server.api.admin("PUT", &path, json!({"sessionKey": SESSION_KEY})).await;
    assert_eq!(set, (204, Value::Null));

    let [device, phone] = opened(&server, &demo).await;
    assert!(device.get("voipChat").is_none(), "a device has no session_key");
    let chat = &phone["voipChat"];
    assert_eq!(chat["groupId"], phone["roomId"]);
    assert_eq!(chat["nonceStr"].as_str().unwrap().len(), 16);
    assert!(chat["timeStamp"].is_u64());
    let signature = chat["signature"].as_str().unwrap();
    assert!(signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let [_, again] = opened(&server, &demo).await;
    assert_ne!(again["voipChat"]["nonceStr"], chat["nonceStr"]);

    // It stays when the record is written, and is in no answer.
    for (method, body) in [("PUT", json!({"scopeVoip": true})), ("GET", Value::Null)] {
        let (status, record) = server.api.admin(method, &user, body).await;
        assert_eq!((status, &record["scopeVoip"]), (200, &json!(true)));
        assert_eq!(record.as_object().unwrap().len(), 3, "{record}");
    }
    let [_, phone] = opened(&server, &demo).await;
    assert!(phone.get("voipChat").is_some());

    assert_eq!(server.api.admin("DELETE", &path, Value::Null).await, (204, Value::Null));
    let [_, phone] = opened(&server, &demo).await;
    assert!(phone.get("voipChat").is_none());
}

#[tokio::test]
async fn who_looks_into_a_call_that_is_over_gets_nothing_to_enter_it_with() {
    let server = TestServer::start_with(|config| {
        let turn = vec!["turn:turn.test".to_owned()];
        config.ice = IceServers::new(Vec::new(), turn, Some("the-turn-secret")).unwrap();
    })
    .await;
    let demo = server.api.demo().await;
    let path = format!("apps/wxde00000000000001/users/{}/session-key", demo.phone("id"));
    server.api.admin("PUT", &path, json!({"sessionKey": SESSION_KEY})).await;
    let [_, phone] = opened(&server, &demo).await;
    assert_eq!(phone["iceServers"].as_array().unwrap().len(), 1);
    assert!(phone.get("voipChat").is_some());

    let room_id = phone["roomId"].as_str().unwrap();
    let mut socket = server.api.open_call(demo.phone("token"), room_id, "device=d").await;
    let phone = socket.next_of("call").await;
    assert_eq!((&phone["state"], &phone["iceServers"]), (&json!("ended"), &json!([])));
    assert!(phone.get("voipChat").is_none());
}

#[tokio::test]
async fn a_session_key_that_is_none_is_refused_and_not_repeated() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let path = format!("apps/wxde00000000000001/users/{}/session-key", demo.phone("id"));
    let expected =
        "sessionKey: expected a session_key as code2session gives it: base64 of 16 bytes, got ";
    for (body, got) in [
        (json!({}), "nothing"),
        (json!({"sessionKey": 7}), "a number"),
        (json!({"sessionKey": "c2VjcmV0"}), "a string of 8 characters"),
    ] {
        let (status, refusal) = server.api.admin("PUT", &path, body).await;
        assert_eq!((status, refusal["errcode"].as_u64()), (400, Some(1004)));
        assert_eq!(refusal["errmsg"], format!("{expected}{got}"));
    }
    let body = json!({"sessionKey": SESSION_KEY});
    let unknown = "apps/wxde00000000000001/users/oStranger-000000000000000001/session-key";
    assert_eq!(server.api.admin("PUT", unknown, body).await.0, 404);
}

fn started(flags: &[&str], variables: &[(&str, &str)]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_wmpf-voip-server"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(dir.path().join("data.sqlite"))
        .args(flags)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn the_program_does_not_start_with_ice_servers_that_are_none() {
    for (flags, variables, said) in [
        (&["--stun-url", "stun:a,http://b"][..], &[][..], "--stun-url: expected stun:host"),
        (&[], &[("WMPF_VOIP_STUN_URLS", "stun://a")], "got 'stun://a'"),
        (&["--turn-url", "turn:a"], &[], "set WMPF_VOIP_TURN_SECRET"),
        (
            &["--turn-url", "turn:a", "--turn-url", "turn:b?x"],
            &[("WMPF_VOIP_TURN_SECRET", "not-to-be-told")],
            "got 'turn:b?x'",
        ),
        (&[], &[("WMPF_VOIP_TURN_SECRET", "not-to-be-told")], "without --turn-url"),
        (&["--help"], &[("WMPF_VOIP_TURN_SECRET", "not-to-be-told")], "WMPF_VOIP_TURN_SECRET"),
    ] {
        let output = started(flags, variables);
        assert_eq!(output.status.success(), flags == ["--help"]);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains(said), "{text}");
        assert!(!text.contains("not-to-be-told"), "{text}");
    }
}
