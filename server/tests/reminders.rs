//! Listeners on their WebSockets.

use crate::common;

use std::time::Duration;

use common::{Listener, TestServer, soon};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use wmpf_voip_calls::creation::MAX_RINGING;
use wmpf_voip_calls::failure::MAX_SOCKETS;

#[tokio::test]
async fn a_phone_is_reminded_with_names_and_path() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    let (_, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    let room_id = room["roomId"].as_str().unwrap();

    let reminder = phone.next().await;
    let rings_until = reminder["ringsUntil"].as_u64().unwrap();
    assert_eq!(
        reminder,
        json!({
            "type": "reminder",
            "roomId": room_id,
            "groupId": room_id,
            "roomType": "video",
            "businessType": 1,
            "callerId": demo.device("id"),
            "callerName": "前门 Video Doorbell",
            "listenerId": demo.phone("id"),
            "listenerName": "Alice",
            "miniprogramState": "formal",
            "chargeType": "duration",
            "path": format!(
                "plugin-private://wxf830863afde621eb/pages/call-page-plugin/call-page-plugin\
                 ?roomType=video&groupId={room_id}&listenerId={}\
                 &callerName=%E5%89%8D%E9%97%A8%20Video%20Doorbell&door=3",
                demo.phone("id")
            ),
            "ringsUntil": rings_until,
        })
    );
}

#[tokio::test]
async fn a_device_is_reminded_under_the_name_that_its_user_gave_it() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut device = server.api.listen(demo.device("token")).await;
    server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
    let reminder = device.next().await;
    assert_eq!(reminder["callerName"], "Alice");
    assert_eq!(reminder["listenerName"], "前门 Video Doorbell");
    assert_eq!(reminder["businessType"], 2);
}

#[tokio::test]
async fn a_late_listener_hears_what_still_rings_once_and_in_order() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (token, request) = (demo.device("token"), demo.device_to_phone());
    let mut rooms = Vec::new();
    for key in ["a", "b", "a", "c"] {
        let (status, room) = server.api.place_with_key(token, &request, key).await;
        if status == 201 {
            rooms.push(room["roomId"].clone());
        }
    }
    // Also after a restart: what rings is in the store.
    let server = server.restart().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    for room in &rooms {
        assert_eq!(phone.next().await["roomId"], *room);
    }
    let (_, room) = server.api.place(token, &request).await;
    assert_eq!(phone.next().await["roomId"], room["roomId"], "nothing came twice in between");
}

#[tokio::test]
async fn no_reminder_is_lost_or_doubled_while_a_listener_connects() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    // As many as a socket's queue holds, so that a slow test machine loses none.
    const CALLS: usize = 12;
    let calls = async {
        let mut rooms = Vec::new();
        for _ in 0..CALLS {
            let (_, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
            rooms.push(room["roomId"].clone());
        }
        rooms
    };
    let connect = async {
        let mut phone = server.api.listen(demo.phone("token")).await;
        let mut heard = Vec::new();
        for _ in 0..CALLS {
            heard.push(phone.next().await["roomId"].clone());
        }
        heard
    };
    let (mut rooms, mut heard) = tokio::join!(calls, connect);
    rooms.sort_by_key(ToString::to_string);
    heard.sort_by_key(ToString::to_string);
    assert_eq!(rooms, heard);
}

#[tokio::test]
async fn all_sockets_of_the_listener_ring_and_nobody_elses() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut first = server.api.listen(demo.phone("token")).await;
    let mut second = server.api.listen(demo.phone("token")).await;
    let mut device = server.api.listen(demo.device("token")).await;
    let (_, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!(first.next().await["roomId"], room["roomId"]);
    assert_eq!(second.next().await["roomId"], room["roomId"]);
    server.api.give_up(demo.device("token"), &room).await;

    let (_, back) = server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
    assert_eq!(device.next().await["roomId"], back["roomId"], "the first thing that it hears");
}

#[tokio::test]
async fn one_party_holds_only_so_many_sockets() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phones = Vec::new();
    for _ in 0..MAX_SOCKETS {
        phones.push(server.api.listen(demo.phone("token")).await);
    }
    let too_many = server.api.listen(demo.phone("token")).await.closed().await;
    let reason = "16 sockets of this party are open already: close one, or try again in a minute";
    assert_eq!(too_many, (1013, reason.to_owned()), "it may come again");

    let mut device = server.api.listen(demo.device("token")).await;
    server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
    device.next().await;

    let mut leaving = phones.pop().unwrap();
    leaving.0.close(None).await.unwrap();
    while soon(leaving.0.next()).await.is_some() {}
    let come_in_its_place = async {
        loop {
            let mut phone = server.api.listen(demo.phone("token")).await;
            if phone.0.next().await.unwrap().unwrap().is_text() {
                break;
            }
        }
    };
    soon(come_in_its_place).await;
}

#[tokio::test]
async fn a_host_that_can_set_headers_needs_no_subprotocol() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let address = format!("ws://{}/v1/reminders", server.api.address);
    let mut request = address.into_client_request().unwrap();
    let bearer = format!("Bearer {}", demo.phone("token")).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (socket, response) = soon(connect_async(request)).await.unwrap();
    assert!(!response.headers().contains_key("sec-websocket-protocol"));
    let mut phone = Listener(socket);
    let (_, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!(phone.next().await["roomId"], room["roomId"]);
}

#[tokio::test]
async fn nobody_listens_without_a_session() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    for token in ["not-a-token", demo.device("pushToken")] {
        let (code, reason) = server.api.listen(token).await.closed().await;
        assert_eq!(code, 1008, "it shall not come again");
        assert!(reason.ends_with(": pass a fresh one to configure"), "{reason}");
    }
    let plain = server.api.http("GET", "/v1/reminders").bearer_auth(demo.phone("token"));
    let (status, refusal) = common::answer(plain).await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "no WebSocket handshake");
}

#[tokio::test]
async fn a_socket_says_how_soon_nothing_means_that_it_is_dead() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    tokio::time::pause();
    let heartbeat = Message::text(r#"{"type":"heartbeat","everyMs":25000}"#);
    let ping = Message::Ping(Vec::new().into());
    for message in [&heartbeat, &heartbeat, &ping, &heartbeat, &ping] {
        assert_eq!(phone.0.next().await.unwrap().unwrap(), *message);
    }
}

#[tokio::test]
async fn a_listener_that_floods_is_dropped() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    phone.0.send(Message::text("x".repeat(8 * 1024))).await.unwrap();
    while let Some(Ok(_)) = soon(phone.0.next()).await {}
}

#[tokio::test]
async fn a_listener_that_reads_late_is_told_of_the_newest() {
    // Some 15 MB of reminders, more than the system buffers for one connection.
    const CALLS: usize = 300;
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut request = demo.phone_to_device();
    request["caller"]["name"] = "名".repeat(4096).into();

    let mut stuck = server.api.listen(demo.device("token")).await;
    let mut rooms = Vec::new();
    for _ in 0..CALLS {
        let (status, room) = server.api.place(demo.phone("token"), &request).await;
        assert_eq!(status, 201);
        rooms.push(room["roomId"].clone());
    }
    let mut heard = Vec::new();
    while heard.last() != rooms.last() {
        match soon(stuck.0.next()).await {
            Some(Ok(Message::Text(text))) => {
                let message: Value = serde_json::from_str(&text).unwrap();
                heard.extend(message.get("roomId").cloned());
            }
            Some(Ok(message)) if !message.is_close() => {}
            // A machine that takes so long for the calls that the service has given the socket up.
            Some(_) | None => stuck = server.api.listen(demo.device("token")).await,
        }
    }
    assert!(heard.len() < CALLS, "the service kept {} reminders for it", heard.len());
    for room in &rooms[CALLS - MAX_RINGING as usize..] {
        assert!(heard.contains(room), "{room}");
    }
}

#[tokio::test]
async fn a_socket_does_not_outlive_its_token() {
    const TOKENS_LAST: Duration = Duration::from_secs(12 * 60 * 60);
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    phone.next().await;

    tokio::time::pause();
    tokio::time::advance(TOKENS_LAST).await;
    let closed = async {
        loop {
            let message = phone.0.next().await.unwrap().unwrap();
            if let Message::Close(frame) = message {
                return frame.unwrap();
            }
            let is_heartbeat =
                matches!(&message, Message::Text(text) if text.contains("heartbeat"));
            assert!(is_heartbeat || message.is_ping(), "{message:?}");
        }
    };
    let frame = tokio::time::timeout(TOKENS_LAST, closed).await.unwrap();
    assert_eq!(frame.code, CloseCode::Policy);
    assert!(frame.reason.contains("expired"), "{}", frame.reason);
}

#[tokio::test]
async fn sockets_are_closed_when_the_service_stops() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(phone.closed().await.0, u16::from(CloseCode::Away));
    soon(stopping).await.unwrap();
}
