//! What the media of a call needs of the service: ICE servers, and for users what `wx.joinVoIPChat` takes.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::process::{Command, Output};

use common::ringing::Ringing;
use common::{Demo, TestServer};
use serde_json::{Value, json};
use wmpf_voip_server::domain::clock::Clock;
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

/// A call that rings, with a STUN and a TURN server whose credentials are valid for so long by this clock.
async fn ringing(lifetime: u32, clock: Clock) -> Ringing {
    let server = TestServer::start_with(|config| {
        config.clock = clock;
        let stun = vec!["stun:stun.test".to_owned()];
        let turn = vec!["turn:turn.test?transport=udp".to_owned()];
        let servers = IceServers::new(stun, turn, Some("the-turn-secret")).unwrap();
        config.ice = servers.valid_for(lifetime);
    })
    .await;
    Ringing::on(server, |_| {}).await
}

/// In how many seconds by this clock the TURN credentials of this `call` expire. `None` if it has none.
fn seconds_left(call: &Value, clock: &Clock) -> Option<i64> {
    assert_eq!(call["type"], "call");
    let servers = call["iceServers"].as_array().unwrap();
    assert_eq!(servers[0], json!({"urls": ["stun:stun.test"]}));
    let turn = servers.get(1)?;
    assert_eq!(turn["urls"], json!(["turn:turn.test?transport=udp"]));
    let (expiry, room_id) = turn["username"].as_str().unwrap().split_once(':').unwrap();
    assert_eq!(call["roomId"], room_id);
    assert_eq!(turn["credential"].as_str().unwrap().len(), 28);
    assert!(!call.to_string().contains("secret"));
    Some(expiry.parse::<i64>().unwrap() - clock.wall_ms() / 1000)
}

#[tokio::test]
async fn turn_credentials_come_with_the_answer_and_before_the_call_starts() {
    let ringing = ringing(600, Clock::standing()).await;
    let mut sockets =
        [ringing.caller("device=tv").await, ringing.listener("device=phone&page=p").await];
    for socket in &mut sockets {
        assert_eq!(
            seconds_left(&socket.next().await.unwrap(), &ringing.server.clock),
            None,
            "it rings"
        );
    }
    let [caller, listener] = &mut sockets;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
    listener.say(json!({"type": "join", "id": 8})).await;
    for socket in &mut sockets {
        let mut before = Vec::new();
        loop {
            let message = socket.next().await.unwrap();
            if message["eventName"] == "startVoip" {
                break;
            }
            before.push(message);
        }
        let calls: Vec<_> = before.iter().filter(|message| message["type"] == "call").collect();
        let [call] = calls[..] else { panic!("{before:?}") };
        assert_eq!(seconds_left(call, &ringing.server.clock), Some(600), "{call}");
        assert_ne!(call["state"], "ringing");
    }
    // A page that comes back gets fresh ones at once.
    let mut again = ringing.listener("device=phone&page=p&after=1").await;
    let call = again.next().await.unwrap();
    assert_eq!(seconds_left(&call, &ringing.server.clock), Some(600), "{call}");
}

#[tokio::test]
async fn turn_credentials_are_renewed_until_the_call_ends() {
    let ringing = ringing(2, Clock::default()).await;
    let (mut caller, mut listener) = ringing.talking().await;
    for socket in [&mut caller, &mut listener] {
        let mut last = None;
        for _ in 0..3 {
            let call = socket.next_of("call").await;
            assert!(seconds_left(&call, &ringing.server.clock).unwrap() <= 2, "{call}");
            assert_eq!(call["state"], "talking");
            let username = call["iceServers"][1]["username"].clone();
            assert_ne!(last.replace(username.clone()), Some(username), "it is a new one");
        }
    }
    assert_eq!(listener.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    while caller.event().await["eventName"] != "hangUpVoip" {}
    while let Ok(message) = caller.next().await {
        assert_ne!(message["type"], "call", "{message}");
    }
}

#[tokio::test]
async fn who_was_deleted_gets_no_more_turn_credentials() {
    let ringing = ringing(2, Clock::default()).await;
    let (mut caller, _listener) = ringing.talking().await;
    caller.next_of("call").await;
    let device = format!("apps/wxde00000000000001/devices/{}", ringing.demo.device("id"));
    let deleted = ringing.server.api.admin("DELETE", &device, Value::Null).await;
    assert_eq!(deleted.0, 204, "{deleted:?}");
    let mut more = 0;
    while let Ok(message) = caller.next().await {
        more += usize::from(message["type"] == "call");
    }
    assert!(more <= 1, "one may have been on its way");
    let mut again = ringing.caller("device=tv").await;
    assert_eq!(again.next().await.unwrap()["type"], "refused");
}

#[tokio::test]
async fn without_turn_servers_nothing_is_said_again() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    let mut listener = ringing.listener("device=phone").await;
    caller.next_of("call").await;
    assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    loop {
        let message = caller.next().await.unwrap();
        assert_ne!(message["type"], "call");
        if message["eventName"] == "startVoip" {
            break;
        }
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
        let stun = vec!["stun:stun.test".to_owned()];
        config.ice = IceServers::new(stun, Vec::new(), None).unwrap();
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

/// What the program says when it is started so, if it does not run.
pub(crate) fn started(flags: &[&str], variables: &[(&str, &str)]) -> Output {
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
        (&["--turn-lifetime", "601"], &[], "601 is not in 10..=600"),
        (&[], &[("WMPF_VOIP_TURN_LIFETIME", "9")], "9 is not in 10..=600"),
        (&["--help"], &[("WMPF_VOIP_TURN_SECRET", "not-to-be-told")], "WMPF_VOIP_TURN_SECRET"),
    ] {
        let output = started(flags, variables);
        assert_eq!(output.status.success(), flags == ["--help"]);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains(said), "{text}");
        assert!(!text.contains("not-to-be-told"), "{text}");
    }
}
