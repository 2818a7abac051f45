//! The documented order of the checks: a request with every fault at once, repaired one by one.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Issuer, TestServer, answer, status};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;
use wmpf_voip_calls::ticket::Ticket;

/// In arrears; not approved either, with the records below.
const APP: &str = "wxde00000000000003";
const PANEL: &str = "DEMO-PANEL-03";
const MODEL: &str = "DEMO_MODEL_PANEL";
const OTHER_MODEL: &str = "DEMO_MODEL_TV";
const NOBODY: &str = "oDemo-Nobody-000000000000000";
const OTHER_APPS: &str = "oDemo-OtherApp-0000000000000";
const AUTHORISED: &str = "oDemo-NoMinutes-000000000000";
/// A user without scope.voip, contacts and devices.
const STRANGER: &str = "oTest-Stranger-0000000000000";

const RECORDS: &str = "
    UPDATE apps SET approved = 0 WHERE app_id = 'wxde00000000000003';
    INSERT INTO users (open_id, app_id, scope_voip) VALUES ('oTest-Stranger-0000000000000', 'wxde00000000000003', 0);
    INSERT INTO payment_users VALUES ('wxde00000000000003', 'student', NULL),
        ('wxde00000000000003', 'other-student', NULL);";
const APPROVED: Repair = Repair::Records("UPDATE apps SET approved = 1");
const MINUTES: Repair = Repair::Records("UPDATE apps SET minutes_left = 1");

/// What ends one fault.
enum Repair {
    Session(String),
    Key(&'static str),
    Field(&'static str, Value),
    Records(&'static str),
}
use Repair::{Field, Key, Records, Session};

/// Sends the request again and again, and repairs what it was refused for. Gives the call.
async fn repair(
    server: &TestServer,
    path: &str,
    mut request: Value,
    steps: impl IntoIterator<Item = (u16, Repair)>,
) -> Value {
    let mut documented = documented_order(server, path).await.into_iter();
    let (mut session, mut key) = ("not-a-token".to_owned(), "cancelled");
    let mut last = 0;
    for (number, (code, repair)) in steps.into_iter().enumerate() {
        let sent = server.api.http("POST", path).bearer_auth(&session).json(&request);
        let (_, refusal) = answer(sent.header("Idempotency-Key", key)).await;
        assert_eq!(refusal["errcode"], code, "step {number}: {refusal}");
        assert!(code == last || documented.any(|next| next == code), "step {number}: {code}");
        last = code;
        match repair {
            Session(token) => {
                session = token;
                let cancel = server.api.http("DELETE", "/v1/calls").bearer_auth(&session);
                assert_eq!(status(cancel.header("Idempotency-Key", "cancelled")).await, 204);
            }
            Key(new) => key = new,
            Field(pointer, value) => *request.pointer_mut(pointer).unwrap() = value,
            Records(sql) => server.change(sql),
        }
    }
    let sent = server.api.http("POST", path).bearer_auth(&session).json(&request);
    let (status, room) = answer(sent.header("Idempotency-Key", key)).await;
    assert_eq!(status, 201, "every fault is repaired: {room}");
    room
}

/// The codes of the route's description, in their order.
async fn documented_order(server: &TestServer, path: &str) -> Vec<u16> {
    let (_, document) = server.api.get("/openapi.json").await;
    let description = document["paths"][path]["post"]["description"].as_str().unwrap();
    let (_, order) = description.split_once("in this order").unwrap();
    order.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

async fn start() -> (TestServer, Issuer) {
    let server = TestServer::start().await;
    server.change(RECORDS);
    let issuer = server.issuer();
    (server, issuer)
}

#[tokio::test]
async fn device_to_phone() {
    let (server, issuer) = start().await;
    // Registered with the SDK, so that its license does not matter.
    server.change("UPDATE devices SET license_expires_at = 1 WHERE sn = 'DEMO-PANEL-03'");
    let ticket = |model| json!(issuer.ticket(APP, Ticket::Device, PANEL, model));
    let request = json!({
        "roomType": 1, "businessType": 1, "caller": {"id": "DEMO-NOBODY"},
        "listener": {"id": PANEL},
        "voipToken": issuer.expired_ticket(APP, Ticket::Device, PANEL, OTHER_MODEL),
    });
    let steps = [
        (5, Session(issuer.session(APP, Role::Device, "DEMO-NOBODY"))),
        (1004, Field("/roomType", json!("voice"))),
        (1008, Key("fresh")),
        (12, APPROVED),
        (2, Session(issuer.session(APP, Role::Device, PANEL))),
        (2, Field("/caller/id", json!(PANEL))),
        (13, Field("/voipToken", ticket(OTHER_MODEL))),
        (17, Field("/voipToken", ticket(MODEL))),
        (20, Field("/listener/id", json!("alice"))),
        (7, Field("/listener/id", json!(NOBODY))),
        (20, Field("/listener/id", json!(OTHER_APPS))),
        (19, Field("/listener/id", json!(STRANGER))),
        (9, Field("/listener/id", json!(AUTHORISED))),
        (15, MINUTES),
    ];
    let room = repair(&server, "/v1/calls", request, steps).await;
    assert_eq!(room["chargeType"], "duration");
}

#[tokio::test]
async fn device_registered_through_wmpf_to_phone() {
    let (server, issuer) = start().await;
    server.change(
        "UPDATE devices SET registered_by = 'wmpf', license_expires_at = 1;
         UPDATE authorisations SET status = 0",
    );
    let request = json!({
        "roomType": "voice", "businessType": 1, "caller": {"id": "anything"},
        "listener": {"id": AUTHORISED}, "voipToken": "not-a-token", "miniprogramState": "trial",
    });
    let steps = [
        (5, Session(issuer.session(APP, Role::Device, PANEL))),
        (1008, Key("fresh")),
        (13, Field("/voipToken", json!(""))),
        (9, Records("UPDATE authorisations SET status = 1")),
        (23, Records("UPDATE devices SET license_expires_at = NULL")),
        (15, Records("UPDATE devices SET license_expires_at = 4102444800000")),
    ];
    let room = repair(&server, "/v1/calls", request, steps).await;
    assert_eq!(room["chargeType"], "license");
}

#[tokio::test]
async fn phone_to_device() {
    let (server, issuer) = start().await;
    server.change("UPDATE devices SET license_expires_at = 4102444800000");
    let ticket = |model| json!(issuer.ticket(APP, Ticket::Push, PANEL, model));
    let request = json!({
        "roomType": 1, "businessType": 2, "caller": {"id": "alice"}, "listener": {"id": STRANGER},
        "voipToken": "",
    });
    let steps = [
        (5, Session(issuer.session(APP, Role::Phone, STRANGER))),
        (1004, Field("/roomType", json!("voice"))),
        (1001, Field("/voipToken", json!("not-a-token"))),
        (1008, Key("fresh")),
        (12, APPROVED),
        (2, Field("/listener/id", json!("DEMO-NOBODY"))),
        (2, Field("/listener/id", json!(PANEL))),
        (14, Field("/voipToken", ticket(OTHER_MODEL))),
        (17, Field("/voipToken", ticket(MODEL))),
        (7, Field("/caller/id", json!(NOBODY))),
        (20, Field("/caller/id", json!(OTHER_APPS))),
        (19, Field("/caller/id", json!(AUTHORISED))),
        (20, Field("/caller/id", json!(STRANGER))),
        (
            9,
            Records(
                "INSERT INTO authorisations (app_id, sn, open_id, device_name) VALUES
                 ('wxde00000000000003', 'DEMO-PANEL-03', 'oTest-Stranger-0000000000000', 'a')",
            ),
        ),
        (15, MINUTES),
    ];
    let room = repair(&server, "/v1/calls", request, steps).await;
    assert_eq!(room["chargeType"], "duration", "whatever license the device has");
}

#[tokio::test]
async fn face_payment() {
    const LICENSED: &str = "UPDATE payment_users SET license_expires_at = 4102444800000";
    for (business_type, billing, charge_type) in [
        (0, vec![(15, MINUTES)], "duration"),
        (
            3,
            vec![
                (24, Records("UPDATE payment_users SET license_expires_at = 1")),
                (23, Records(LICENSED)),
            ],
            "license",
        ),
    ] {
        let (server, issuer) = start().await;
        let ticket = |user_id| json!(issuer.ticket(APP, Ticket::Payment, user_id, ""));
        let request = json!({
            "roomType": 1, "businessType": business_type, "caller": {"id": STRANGER},
            "listener": {"id": "other-student"}, "voipToken": "",
        });
        let steps = [
            (5, Session(issuer.session(APP, Role::Device, "other-student"))),
            (1004, Field("/roomType", json!("voice"))),
            (1001, Field("/voipToken", json!("not-a-token"))),
            (1008, Key("fresh")),
            (12, APPROVED),
            (3, Field("/caller/id", json!("nobody"))),
            (3, Field("/caller/id", json!("student"))),
            (3, Session(issuer.session(APP, Role::Device, "student"))),
            (4, Field("/voipToken", ticket("other-student"))),
            (4, Field("/voipToken", ticket("student"))),
            (20, Field("/listener/id", json!("alice"))),
            (7, Field("/listener/id", json!(NOBODY))),
            (20, Field("/listener/id", json!(OTHER_APPS))),
            (19, Field("/listener/id", json!(STRANGER))),
            (8, Records("UPDATE users SET scope_voip = 1")),
            (
                9,
                Records(
                    "INSERT INTO contacts VALUES
                     ('wxde00000000000003', 'student', 'oTest-Stranger-0000000000000')",
                ),
            ),
        ];
        let steps = steps.into_iter().chain(billing);
        let room = repair(&server, "/v1/calls", request, steps).await;
        assert_eq!(room["chargeType"], charge_type);
    }
}

#[tokio::test]
async fn call_wmpf() {
    let (server, issuer) = start().await;
    let ticket = |model| json!(issuer.ticket(APP, Ticket::Push, PANEL, model));
    let request = json!({
        "roomType": 1, "sn": "DEMO-NOBODY", "modelId": OTHER_MODEL, "nickName": "n",
        "pushToken": issuer.expired_ticket(APP, Ticket::Push, PANEL, OTHER_MODEL),
        "chargeType": "free",
    });
    let steps = [
        (5, Session(issuer.session(APP, Role::Device, PANEL))),
        (1007, Session(issuer.session(APP, Role::Phone, "alice"))),
        (1004, Field("/roomType", json!("voice"))),
        (22, Field("/chargeType", json!("license"))),
        (1008, Key("fresh")),
        (12, APPROVED),
        (2, Field("/sn", json!(PANEL))),
        (14, Field("/pushToken", ticket(OTHER_MODEL))),
        (17, Field("/pushToken", ticket(MODEL))),
        (17, Field("/modelId", json!(MODEL))),
        (7, Session(issuer.session(APP, Role::Phone, OTHER_APPS))),
        (19, Session(issuer.session(APP, Role::Phone, STRANGER))),
        (24, Records("UPDATE devices SET license_expires_at = 1")),
        (24, Records("UPDATE devices SET registered_by = 'wmpf'")),
        (23, Field("/chargeType", json!("duration"))),
        (15, MINUTES),
    ];
    let room = repair(&server, "/v1/wmpf-calls", request, steps).await;
    assert_eq!(room["chargeType"], "duration");
}

#[tokio::test]
async fn call_device() {
    let (server, issuer) = start().await;
    let request = json!({
        "roomType": 1, "sn": "DEMO-NOBODY", "modelId": OTHER_MODEL, "chargeType": "free",
        "isCloud": true,
    });
    let webhook = "INSERT INTO webhooks (app_id, url, secret) VALUES
        ('wxde00000000000003', 'http://127.0.0.1:1/', zeroblob(32))";
    let steps = [
        (5, Session(issuer.session(APP, Role::Device, PANEL))),
        (1007, Session(issuer.session(APP, Role::Phone, "alice"))),
        (1004, Field("/roomType", json!("voice"))),
        (22, Field("/chargeType", json!("license"))),
        (1008, Key("fresh")),
        (12, APPROVED),
        (2, Field("/sn", json!(PANEL))),
        (17, Field("/modelId", json!(MODEL))),
        (7, Session(issuer.session(APP, Role::Phone, OTHER_APPS))),
        (19, Session(issuer.session(APP, Role::Phone, STRANGER))),
        (1004, Records(webhook)),
        (24, Records("UPDATE devices SET license_expires_at = 1")),
        (24, Records("UPDATE devices SET registered_by = 'wmpf'")),
        (23, Field("/chargeType", json!("duration"))),
        (15, MINUTES),
    ];
    let room = repair(&server, "/v1/device-calls", request, steps).await;
    assert_eq!(room["chargeType"], "duration");
}
