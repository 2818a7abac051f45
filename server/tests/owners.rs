//! Records belong to their app: none is in the way of another app's, and of another owner's apps nothing is told.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Answer, Issuer, TestServer};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;
use wmpf_voip_calls::ticket::Ticket;

/// A user of the app 'theirs'.
const USER: &str = "oStranger-000000000000000001";
/// Nobody's openId.
const NOBODY: &str = "oNobody-00000000000000000001";

/// A service with two apps, each with a model 'M' and a device 'SN' of it. The device passes no deviceToken.
struct Apps {
    server: TestServer,
    issuer: Issuer,
}

impl Apps {
    async fn start() -> Apps {
        let server = TestServer::start_with(|config| config.demo = false).await;
        for app in ["mine", "theirs"] {
            put(&server, &format!("apps/{app}"), app_of(None)).await;
            let model = json!({"name": format!("Doorbell of {app}")});
            put(&server, &format!("apps/{app}/models/M"), model).await;
            let device = json!({"modelId": "M", "registeredBy": "wmpf"});
            put(&server, &format!("apps/{app}/devices/SN"), device).await;
        }
        let issuer = server.issuer();
        Apps { server, issuer }
    }

    /// The device of `app` calls this user.
    async fn call(&self, app: &str, open_id: &str) -> Answer {
        let request = json!({
            "roomType": "voice", "businessType": 1,
            "caller": {"id": "SN"}, "listener": {"id": open_id},
        });
        let session = self.issuer.session(app, Role::Device, "SN");
        let (status, answer) = self.server.api.place(&session, &request).await;
        if status == 201 {
            self.server.api.give_up(&session, &answer).await;
        }
        (status, answer)
    }

    /// Somebody who has the key of `app` says to be this user of it, and authorises its device.
    async fn authorise(&self, app: &str, open_id: &str) -> Answer {
        let ticket = self.issuer.ticket(app, Ticket::Sn, "SN", "M");
        let consent = json!({"sn": "SN", "modelId": "M", "deviceName": "Door", "snTicket": ticket});
        let session = self.issuer.session(app, Role::Phone, open_id);
        self.server.api.post("/v1/authorisations", &session, &consent).await
    }

    /// The same calls the device by callWMPF.
    async fn call_wmpf(&self, app: &str, open_id: &str) -> Answer {
        let push_token = self.issuer.ticket(app, Ticket::Push, "SN", "M");
        let request = json!({
            "roomType": "voice", "sn": "SN", "modelId": "M", "pushToken": push_token,
            "nickName": "Somebody", "chargeType": "duration",
        });
        let session = self.issuer.session(app, Role::Phone, open_id);
        let (status, answer) = self.server.api.post("/v1/wmpf-calls", &session, &request).await;
        if status == 201 {
            self.server.api.give_up(&session, &answer).await;
        }
        (status, answer)
    }
}

fn app_of(owner: Option<&str>) -> Value {
    json!({"owner": owner, "approved": true, "minutesLeft": 10})
}

async fn put(server: &TestServer, path: &str, body: Value) {
    let (status, record) = server.api.admin("PUT", path, body).await;
    assert!(matches!(status, 200 | 201), "{path}: {status} {record}");
}

#[tokio::test]
async fn nobody_takes_a_user_from_another_app() {
    for owner in [None, Some("one and the same")] {
        let apps = Apps::start().await;
        let server = &apps.server;
        for app in ["mine", "theirs"] {
            put(server, &format!("apps/{app}"), app_of(owner)).await;
        }
        // Whoever comes first, by their own key and by the operator.
        assert_eq!(apps.authorise("mine", USER).await.0, 201);
        put(server, "apps/mine/users/oStranger-000000000000000001", json!({"scopeVoip": true}))
            .await;

        let user = format!("apps/theirs/users/{USER}");
        put(server, &user, json!({"scopeVoip": false})).await;
        put(
            server,
            &format!("apps/theirs/devices/SN/authorisations/{USER}"),
            json!({"deviceName": "Door"}),
        )
        .await;
        let mut phone = server.api.listen(&apps.issuer.session("theirs", Role::Phone, USER)).await;
        assert_eq!(apps.call("theirs", USER).await.0, 201);
        assert_eq!(phone.next().await["callerName"], "Door Doorbell of theirs");
        assert_eq!(phone.next().await["type"], "cancelled");

        // Nor does one's change or end touch the other's.
        let (_, record) = server.api.admin("GET", &user, Value::Null).await;
        assert_eq!(record["scopeVoip"], false);
        let mine = format!("apps/mine/users/{USER}");
        assert_eq!(server.api.admin("DELETE", &mine, Value::Null).await.0, 204);
        assert_eq!(apps.call("theirs", USER).await.0, 201);
        assert_eq!(phone.next().await["type"], "reminder", "the socket is still open");
        assert_eq!(server.api.admin("GET", &mine, Value::Null).await.0, 404);
    }
}

#[tokio::test]
async fn of_users_of_another_owners_apps_nothing_is_told() {
    let apps = Apps::start().await;
    let user = format!("apps/theirs/users/{USER}");
    put(&apps.server, &user, json!({"scopeVoip": true})).await;
    let of_nobody = apps.call("mine", NOBODY).await;
    assert_eq!((of_nobody.0, &of_nobody.1["errcode"]), (404, &json!(20)));

    for (mine, theirs, is_told) in [
        (Some("Acme"), Some("Acme"), true),
        (Some("Acme"), Some("acme"), false),
        (Some("Acme"), None, false),
        (None, Some("Acme"), false),
        (None, None, false),
    ] {
        put(&apps.server, "apps/mine", app_of(mine)).await;
        put(&apps.server, "apps/theirs", app_of(theirs)).await;
        let (status, refusal) = apps.call("mine", USER).await;
        let (wmpf, wmpf_answer) = apps.call_wmpf("mine", USER).await;
        if is_told {
            assert_eq!((status, &refusal["errcode"]), (403, &json!(19)), "{refusal}");
            assert_eq!((wmpf, &wmpf_answer["errcode"]), (403, &json!(19)), "{wmpf_answer}");
            let (status, refusal) = apps.authorise("mine", USER).await;
            assert_eq!((status, &refusal["errcode"]), (403, &json!(19)), "{refusal}");
        } else {
            let alike = refusal.to_string().replace(USER, NOBODY);
            assert_eq!((status, alike), (404, of_nobody.1.to_string()), "{mine:?} {theirs:?}");
            assert_eq!(wmpf, 201, "as of anybody whom the records do not know: {wmpf_answer}");
        }
    }
    assert_eq!(apps.authorise("mine", USER).await.0, 201);
    assert_eq!(apps.call("mine", USER).await.0, 201, "the app has a user of its own now");
    put(&apps.server, "apps/mine", app_of(Some("Acme"))).await;
    put(&apps.server, "apps/theirs", app_of(Some("Acme"))).await;
    assert_eq!(apps.call("mine", USER).await.0, 201, "whoever else has the openId");
}

#[tokio::test]
async fn a_model_is_one_apps() {
    let apps = Apps::start().await;
    let api = &apps.server.api;
    let mut phones = Vec::new();
    for app in ["mine", "theirs"] {
        assert_eq!(apps.authorise(app, USER).await.0, 201);
        phones.push(api.listen(&apps.issuer.session(app, Role::Phone, USER)).await);
    }
    put(&apps.server, "apps/mine/models/M", json!({"name": "Bell"})).await;
    put(&apps.server, "apps/mine/models/other", json!({"name": "Bell"})).await;
    for (app, (phone, name)) in
        ["mine", "theirs"].iter().zip(phones.iter_mut().zip(["Bell", "Doorbell of theirs"]))
    {
        assert_eq!(apps.call(app, USER).await.0, 201);
        assert_eq!(phone.next().await["callerName"], format!("Door {name}"));
    }
    let (_, list) = api.admin("GET", "apps/theirs/models", Value::Null).await;
    let own = json!({"appId": "theirs", "modelId": "M", "name": "Doorbell of theirs"});
    assert_eq!(list, json!({"items": [own]}));
    let device = json!({"modelId": "other", "registeredBy": "wmpf"});
    assert_eq!(api.admin("PUT", "apps/theirs/devices/SN-2", device).await.0, 404);

    assert_eq!(api.admin("DELETE", "apps/mine/devices/SN", Value::Null).await.0, 204);
    assert_eq!(api.admin("DELETE", "apps/mine/models/M", Value::Null).await.0, 204);
    assert_eq!(apps.call("theirs", USER).await.0, 201, "the other one is still there");
    assert_eq!(api.admin("DELETE", "apps/theirs/models/M", Value::Null).await.0, 409);
}
