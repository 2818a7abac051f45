//! The life of a call, over the sockets of its two sides.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

mod common;

use common::{CallSocket, Demo, TestServer, answer};
use serde_json::{Value, json};

/// A device and a phone, and a call of the device that rings.
struct Ringing {
    server: TestServer,
    demo: Demo,
    room_id: String,
}

impl Ringing {
    async fn start() -> Ringing {
        Ringing::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Value)) -> Ringing {
        let server = TestServer::start().await;
        let demo = server.api.demo().await;
        let mut request = demo.device_to_phone();
        change(&mut request);
        let (status, room) = server.api.place(demo.device("token"), &request).await;
        assert_eq!(status, 201, "{room}");
        let room_id = room["roomId"].as_str().unwrap().to_owned();
        Ringing { server, demo, room_id }
    }

    async fn caller(&self, query: &str) -> CallSocket {
        self.server.api.open_call(self.demo.device("token"), &self.room_id, query).await
    }

    async fn listener(&self, query: &str) -> CallSocket {
        self.server.api.open_call(self.demo.phone("token"), &self.room_id, query).await
    }

    /// Both sides are in the room, and have heard so.
    async fn talking(&self) -> (CallSocket, CallSocket) {
        let (mut caller, mut listener) =
            (self.caller("device=tv").await, self.listener("device=phone").await);
        assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
        assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
        assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
        while caller.event().await["eventName"] != "startVoip" {}
        while listener.event().await["eventName"] != "startVoip" {}
        (caller, listener)
    }

    async fn view(&self, token: &str) -> (u16, Value) {
        let path = format!("/v1/calls/{}", self.room_id);
        answer(self.server.api.http("GET", &path).bearer_auth(token)).await
    }

    async fn signal(&self, token: &str, signal: Value) -> (u16, Value) {
        let path = format!("/v1/calls/{}/signals", self.room_id);
        self.server.api.post(&path, token, &signal).await
    }
}

#[tokio::test]
async fn a_call_is_answered_and_hung_up() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    let opened = caller.next().await.unwrap();
    assert_eq!(opened["type"], "call");
    assert_eq!(opened["state"], "ringing");
    assert_eq!((&opened["isCaller"], &opened["peerConnected"]), (&json!(true), &json!(false)));
    let mut listener = ringing.listener("device=phone&after=0").await;
    assert_eq!(listener.next().await.unwrap()["peerConnected"], true);
    assert_eq!(caller.next().await.unwrap(), json!({"type": "peer", "connected": true}));

    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    let joined = caller.event().await;
    assert_eq!((&joined["seq"], &joined["eventName"]), (&json!(1), &json!("joinedRoomByCaller")));
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.event().await["eventName"], "hangOnVoip");
    assert_eq!(listener.event().await["eventName"], "startVoip");
    assert_eq!(caller.event().await["eventName"], "startVoip");

    ringing.server.clock.advance(61_000);
    caller.say(json!({"type": "hangUp", "how": "manual", "id": 1})).await;
    let hung_up = listener.event().await;
    assert_eq!(hung_up["eventName"], "hangUpVoip");
    assert_eq!(
        hung_up["data"],
        json!({"keepTime": 61, "status": "endByCaller", "origin": "other"})
    );
    assert_eq!(listener.rest().await, (vec!["endVoip".into(), "finishVoip".into()], 1000));
    let ending = ["hangUpVoip", "endVoip", "finishVoip"].map(str::to_owned);
    assert_eq!(caller.rest().await, (ending.to_vec(), 1000));

    let (status, view) = ringing.view(ringing.demo.phone("token")).await;
    assert_eq!((status, &view["state"]), (200, &json!("ended")));
    let names: Vec<&Value> =
        view["events"].as_array().unwrap().iter().map(|event| &event["eventName"]).collect();
    assert_eq!(names, ["hangOnVoip", "startVoip", "hangUpVoip", "endVoip", "finishVoip"]);
}

#[tokio::test]
async fn an_unanswered_call_ends_when_it_has_rung() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    ringing.server.clock.advance(59_000);
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    ringing.server.clock.advance(1_000);
    let ending = ["joinedRoomByCaller", "timeout", "endVoip", "finishVoip"].map(str::to_owned);
    assert_eq!(caller.rest().await, (ending.to_vec(), 1000));
    let mut again = ringing.caller("device=tv&after=1").await;
    assert_eq!(again.next().await.unwrap()["state"], "ended");
    assert_eq!(again.rest().await, (ending[1..].to_vec(), 1000));
    let mut late = ringing.caller("device=tv&after=4").await;
    assert_eq!(late.rest().await, (vec![], 1000));
}

#[tokio::test]
async fn signals_without_a_socket_do_the_same() {
    let ringing = Ringing::start().await;
    let (device, phone) = (ringing.demo.device("token"), ringing.demo.phone("token"));
    let done = (200, json!({"reply": "done"}));
    let join = |device: &str| json!({"type": "join", "device": device});
    assert_eq!(ringing.signal(device, join("tv")).await, done);
    assert_eq!(ringing.signal(phone, join("phone")).await, done);
    assert_eq!(ringing.signal(phone, join("phone")).await.1["reply"], "already");
    assert_eq!(ringing.signal(phone, join("other")).await.1["reply"], "elsewhere");
    let answer = json!({"type": "answer", "device": "tv"});
    assert_eq!(ringing.signal(device, answer).await.1["reply"], "noEffect");
    assert_eq!(ringing.view(device).await.1["state"], "talking");
}
