//! The socket of a call: what is refused there, what is relayed, and how it comes to its end.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::CallSocket;
use common::ringing::Ringing;
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use wmpf_voip_calls::failure::MAX_SOCKETS;

/// Hears a refusal and the end of the socket.
async fn refused(socket: &mut CallSocket) -> Value {
    let refused = socket.next_of("refused").await;
    assert_eq!(socket.next().await, Err(1008));
    refused
}

#[tokio::test]
async fn a_wrong_message_is_refused_and_does_not_end_the_call() {
    let ringing = Ringing::start().await;
    let (mut caller, listener) = ringing.talking().await;
    drop(listener);
    let long = "x".repeat(48 * 1024 + 1);
    for (message, paths) in [
        (json!({}), vec!["id", "type"]),
        (json!([]), vec!["message"]),
        (json!({"type": "dance", "id": 1}), vec!["type"]),
        (json!({"type": "hangUp", "id": 1}), vec!["how"]),
        (json!({"type": "abort", "id": -1, "reason": "r".repeat(1025)}), vec!["id", "reason"]),
        (json!({"type": "chosen", "muted": "yes"}), vec!["muted", "camera"]),
        (json!({"type": "relay"}), vec!["payload"]),
        (json!({"type": "relay", "payload": long}), vec!["payload"]),
    ] {
        let mut listener = ringing.listener("device=phone&after=2").await;
        listener.say(message.clone()).await;
        let refused = refused(&mut listener).await;
        assert_eq!(refused["errcode"], 1004, "{message}");
        let problems = refused["problems"].as_array().unwrap();
        let of: Vec<&str> = problems.iter().map(|it| it["path"].as_str().unwrap()).collect();
        assert_eq!(of, paths, "{message}");
    }
    for message in [Message::text("{"), Message::binary(vec![1])] {
        let mut listener = ringing.listener("device=phone&after=2").await;
        listener.0.send(message).await.unwrap();
        let refused = refused(&mut listener).await;
        assert_eq!(refused["errcode"], 1004);
        assert!(refused["errmsg"].as_str().unwrap().starts_with("message: "), "{refused}");
    }
    let mut listener = ringing.listener("device=phone&after=2").await;
    listener.say(json!({"type": "relay", "payload": "x".repeat(293 * 1024)})).await;
    assert_eq!(listener.next().await.unwrap()["type"], "call");
    assert_eq!(listener.next().await, Err(1009), "too long to be looked at");

    assert_eq!(ringing.view(ringing.demo.phone("token")).await.1["state"], "talking");
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
}

#[tokio::test]
async fn what_a_socket_may_not_have_is_said_on_it() {
    let ringing = Ringing::start().await;
    let (api, room) = (&ringing.server.api, &ringing.room_id);
    let token = ringing.demo.phone("token");
    let name = "d".repeat(65);
    for (token, query, errcode, path) in [
        ("not-a-token", "device=phone", 5, None),
        (ringing.demo.device("pushToken"), "device=phone", 5, None),
        (token, "", 1004, Some("device")),
        (token, "device=", 1004, Some("device")),
        (token, "device=two%20words", 1004, Some("device")),
        (token, &format!("device={name}"), 1004, Some("device")),
        (token, "device=phone&page=", 1004, Some("page")),
        (token, &format!("device=phone&page={name}"), 1004, Some("page")),
        (token, "device=phone&page=one&takes=0", 1004, Some("takes")),
        (token, "device=phone&after=-1", 1004, Some("after")),
        (token, "device=phone&after=x", 1004, Some("after")),
    ] {
        let mut socket = api.open_call(token, room, query).await;
        let refused = refused(&mut socket).await;
        assert_eq!(refused["errcode"], errcode, "{query}: {refused}");
        assert_eq!(refused["problems"][0]["path"].as_str(), path, "{query}: {refused}");
    }
    let plain = api.http("GET", &format!("/v1/calls/{room}/socket?device=phone"));
    let (status, refusal) = common::answer(plain.bearer_auth(token)).await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "no WebSocket handshake");

    let mut sockets = Vec::new();
    for _ in 0..MAX_SOCKETS {
        let mut socket = ringing.listener("device=phone").await;
        assert_eq!(socket.next().await.unwrap()["type"], "call");
        sockets.push(socket);
    }
    let mut one_more = ringing.listener("device=phone").await;
    assert_eq!(refused(&mut one_more).await["errcode"], 5);
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.next().await.unwrap()["type"], "call", "the other side's do not count");
}

#[tokio::test]
async fn media_is_relayed_between_those_who_talk_and_nobody_else() {
    let ringing = Ringing::start().await;
    let relay = |payload: &str| json!({"type": "relay", "payload": payload});
    let mut other = ringing.listener("device=other").await;
    let mut early = ringing.caller("device=tv").await;
    assert_eq!(early.next().await.unwrap()["type"], "call");
    early.say(relay("early")).await;
    // Answered, it has been dropped.
    assert_eq!(early.signal(json!({"type": "answer"})).await, "noEffect");
    let (mut caller, mut listener) = ringing.talking().await;
    let longest = "\u{1}".repeat(48 * 1024);
    for payload in ["offer", &longest] {
        caller.say(relay(payload)).await;
        assert_eq!(listener.next_of("relay").await["payload"], *payload);
    }
    listener.say(relay("answer")).await;
    assert_eq!(caller.next_of("relay").await["payload"], "answer", "the first that it gets");
    loop {
        let message = other.next().await.unwrap();
        assert_ne!(message["type"], "relay");
        if message["type"] == "elsewhere" {
            break;
        }
    }
    assert_eq!(other.next().await, Err(1000));
}

#[tokio::test]
async fn each_side_hears_when_the_other_comes_and_goes() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.next().await.unwrap()["peerConnected"], false);
    let first = ringing.listener("device=phone").await;
    assert_eq!(caller.next().await.unwrap(), json!({"type": "peer", "connected": true}));
    let mut second = ringing.listener("device=phone").await;
    assert_eq!(second.next().await.unwrap()["peerConnected"], true);
    drop(first);
    drop(second);
    assert_eq!(caller.next().await.unwrap(), json!({"type": "peer", "connected": false}));
    let mut back = ringing.listener("device=phone").await;
    assert_eq!(back.next().await.unwrap()["peerConnected"], true);
    assert_eq!(caller.next().await.unwrap(), json!({"type": "peer", "connected": true}));
}

#[tokio::test]
async fn a_stop_asks_to_connect_again() {
    let ringing = Ringing::start().await;
    let (mut caller, mut listener) = ringing.talking().await;
    let stopping = tokio::spawn(ringing.server.stop());
    assert_eq!(caller.rest().await, (vec![], 1001));
    assert_eq!(listener.rest().await, (vec![], 1001));
    common::soon(stopping).await.unwrap();
}
