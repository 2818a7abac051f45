//! Parties that call each other: an app with devices, each with a user who has authorised it.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::common::{Answer, Api};

/// The app that they belong to.
pub(crate) const APP: &str = "wxdrill0000000001";

/// The minutes that the app has at the beginning.
pub(crate) const MINUTES: i64 = 1_000_000;

/// How many are registered at the same time.
const AT_ONCE: usize = 16;

/// A device and its user. Their tokens are valid for longer than a drill lasts.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) open_id: String,
    pub(crate) sn: String,
    /// The device's session.
    pub(crate) device: String,
    /// The user's session.
    pub(crate) phone: String,
    ticket: String,
}

impl Pair {
    /// The device calls its user. What is said in the `customQuery` tells one request from another.
    pub(crate) fn request(&self, note: &str) -> Value {
        json!({
            "roomType": "video",
            "businessType": 1,
            "caller": {"id": self.sn},
            "listener": {"id": self.open_id, "name": "Alice"},
            "voipToken": self.ticket,
            "customQuery": format!("note={note}"),
        })
    }

    /// The device gives up what it has called.
    pub(crate) async fn give_up(&self, api: &Api, room: &Value) {
        api.give_up(&self.device, room).await;
    }
}

/// Registers so many pairs, whose names begin with `prefix`.
pub(crate) async fn register(api: &Api, prefix: &str, number: usize) -> Vec<Pair> {
    let app = format!("apps/{APP}");
    if api.admin("GET", &app, Value::Null).await.0 == 404 {
        ok(api.admin("PUT", &app, json!({"approved": true, "minutesLeft": MINUTES})).await);
        ok(api.admin("PUT", &format!("{app}/models/M1"), json!({"name": "Doorbell"})).await);
    }
    let mut pairs = Vec::new();
    for lane in (0..number).collect::<Vec<_>>().chunks(AT_ONCE) {
        let one = |i: &usize| pair(api.clone(), format!("{prefix}-{i}"));
        let registering: JoinSet<Pair> = lane.iter().map(one).collect();
        pairs.extend(registering.join_all().await);
    }
    pairs
}

/// Registers one pair.
async fn pair(api: Api, name: String) -> Pair {
    let app = format!("apps/{APP}");
    let (sn, open_id) = (format!("SN-{name}"), format!("o{name:_<27}"));
    let device = json!({"modelId": "M1", "registeredBy": "sdk"});
    ok(api.admin("PUT", &format!("{app}/devices/{sn}"), device).await);
    let user = json!({"scopeVoip": false});
    ok(api.admin("PUT", &format!("{app}/users/{open_id}"), user).await);
    let authorisation = format!("{app}/devices/{sn}/authorisations/{open_id}");
    ok(api.admin("PUT", &authorisation, json!({"deviceName": "Front door"})).await);
    let token = async |kind: &str, id: &str, role: Option<&str>| {
        let body = json!({"kind": kind, "id": id, "role": role, "expiresIn": 24 * 3600});
        let issued = ok(api.admin("POST", &format!("{app}/tokens"), body).await);
        issued["token"].as_str().unwrap().to_owned()
    };
    let device = token("session", &sn, Some("device")).await;
    let phone = token("session", &open_id, Some("phone")).await;
    let ticket = token("device", &sn, None).await;
    Pair { open_id, sn, device, phone, ticket }
}

fn ok((status, body): Answer) -> Value {
    assert!((200..300).contains(&status), "{status} {body}");
    body
}
