//! The operator's API over HTTP: from an empty data file to a call that rings, and everything that an
//! operator can get wrong.

mod common;

use common::{ADMIN_KEY, Answer, Api, TestServer, answer, soon};
use serde_json::{Value, json};

const USER: &str = "oStranger-000000000000000001";

/// A service without the demo, and its operator.
struct Operator {
    server: TestServer,
}

impl Operator {
    async fn start() -> Operator {
        Operator { server: TestServer::start_with(|config| config.demo = false).await }
    }

    /// With an app, a model, a device and a user who has authorised it.
    async fn with_a_pair() -> Operator {
        let operator = Operator::start().await;
        operator.put("apps/wx1", json!({"approved": true, "minutesLeft": 10})).await;
        operator.put("models/M1", json!({"name": "Doorbell"})).await;
        operator
            .put("apps/wx1/devices/SN-1", json!({"modelId": "M1", "registeredBy": "sdk"}))
            .await;
        operator.put(&format!("apps/wx1/users/{USER}"), json!({"scopeVoip": true})).await;
        operator
            .put(
                &format!("apps/wx1/devices/SN-1/authorisations/{USER}"),
                json!({"deviceName": "Front door"}),
            )
            .await;
        operator
    }

    fn api(&self) -> &Api {
        &self.server.api
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Answer {
        self.api().admin(method, path, body).await
    }

    /// Creates or changes; gives the record.
    async fn put(&self, path: &str, body: Value) -> Value {
        let (status, record) = self.ask("PUT", path, body).await;
        assert!(matches!(status, 200 | 201), "{path}: {status} {record}");
        record
    }

    async fn token(&self, body: Value) -> String {
        let (status, token) = self.ask("POST", "apps/wx1/tokens", body).await;
        assert_eq!(status, 200, "{token}");
        token["token"].as_str().unwrap().to_owned()
    }

    async fn session(&self, role: &str, id: &str) -> String {
        self.token(json!({"kind": "session", "role": role, "id": id})).await
    }

    /// The device calls the user: 201, or the status and code of the refusal.
    async fn call(&self) -> (u16, Value) {
        let session = self.session("device", "SN-1").await;
        let device_token = self.token(json!({"kind": "device", "id": "SN-1"})).await;
        let (status, answer) = self.api().place(&session, &device_calls(&device_token)).await;
        (status, answer["errcode"].clone())
    }
}

fn device_calls(device_token: &str) -> Value {
    json!({
        "roomType": "video",
        "businessType": 1,
        "caller": {"id": "SN-1"},
        "listener": {"id": USER},
        "voipToken": device_token,
    })
}

#[tokio::test]
async fn from_an_empty_file_to_a_call_that_rings() {
    let operator = Operator::with_a_pair().await;
    let phone = operator.session("phone", USER).await;
    let mut phone_socket = operator.api().listen(&phone).await;
    let device = operator.session("device", "SN-1").await;
    let mut device_socket = operator.api().listen(&device).await;

    let device_token = operator.token(json!({"kind": "device", "id": "SN-1"})).await;
    let (status, room) = operator.api().place(&device, &device_calls(&device_token)).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("duration")), "{room}");
    let reminder = phone_socket.next().await;
    assert_eq!(reminder["roomId"], room["roomId"]);
    assert_eq!(reminder["callerName"], "Front door Doorbell");

    let push_token = operator.token(json!({"kind": "push", "id": "SN-1"})).await;
    let request = json!({
        "roomType": "voice",
        "businessType": 2,
        "caller": {"id": USER, "name": "Stranger"},
        "listener": {"id": "SN-1"},
        "voipToken": push_token,
    });
    let (status, room) = operator.api().place(&phone, &request).await;
    assert_eq!(status, 201, "{room}");
    assert_eq!(device_socket.next().await["callerName"], "Stranger");
}
