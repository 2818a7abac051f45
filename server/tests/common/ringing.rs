//! A call of the demo's device that rings at its user's phone.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::{CallSocket, Demo, TestServer, answer, soon};

/// A device and a phone, and a call of the device that rings.
pub(crate) struct Ringing {
    pub(crate) server: TestServer,
    pub(crate) demo: Demo,
    pub(crate) room_id: String,
}

impl Ringing {
    pub(crate) async fn start() -> Ringing {
        Ringing::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Value)) -> Ringing {
        Ringing::on(TestServer::start().await, change).await
    }

    pub(crate) async fn on(server: TestServer, change: impl FnOnce(&mut Value)) -> Ringing {
        let demo = server.api.demo().await;
        let mut ringing = Ringing { server, demo, room_id: String::new() };
        ringing.place_with(change).await;
        ringing
    }

    /// Another call; from now on it is the one that this is about.
    pub(crate) async fn place(&mut self) {
        self.place_with(|_| {}).await;
    }

    async fn place_with(&mut self, change: impl FnOnce(&mut Value)) {
        let mut request = self.demo.device_to_phone();
        change(&mut request);
        let (status, room) = self.server.api.place(self.demo.device("token"), &request).await;
        assert_eq!(status, 201, "{room}");
        self.room_id = room["roomId"].as_str().unwrap().to_owned();
    }

    pub(crate) async fn caller(&self, query: &str) -> CallSocket {
        self.server.api.open_call(self.demo.device("token"), &self.room_id, query).await
    }

    pub(crate) async fn listener(&self, query: &str) -> CallSocket {
        self.server.api.open_call(self.demo.phone("token"), &self.room_id, query).await
    }

    /// Both sides are in the room, and have heard so.
    pub(crate) async fn talking(&self) -> (CallSocket, CallSocket) {
        let mut caller = self.caller("device=tv").await;
        let mut listener = self.listener("device=phone").await;
        assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
        assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
        assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
        while caller.event().await["eventName"] != "startVoip" {}
        while listener.event().await["eventName"] != "startVoip" {}
        (caller, listener)
    }

    /// Waits until the service has noted that the listener's device is away.
    pub(crate) async fn listener_is_missed(&self) {
        let is_away = "SELECT listener_away_since IS NOT NULL FROM calls";
        let noted = async {
            while !self.server.look_up::<bool>(is_away) {
                sleep(Duration::from_millis(10)).await;
            }
        };
        soon(noted).await;
    }

    pub(crate) async fn view(&self, token: &str) -> (u16, Value) {
        let path = format!("/v1/calls/{}", self.room_id);
        answer(self.server.api.http("GET", &path).bearer_auth(token)).await
    }

    pub(crate) async fn signal(&self, token: &str, signal: Value) -> (u16, Value) {
        let path = format!("/v1/calls/{}/signals", self.room_id);
        self.server.api.post(&path, token, &signal).await
    }
}

/// The names of events.
pub(crate) fn names(events: &Value) -> Vec<&str> {
    events.as_array().unwrap().iter().map(|event| event["eventName"].as_str().unwrap()).collect()
}
