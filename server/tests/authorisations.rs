//! A user authorises a device, is called by it, and takes the authorisation back.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Answer, Api, Issuer, TestServer, answer, status};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;
use wmpf_voip_calls::ticket::Ticket;

const APP: &str = "wxde00000000000001";
const OTHER_APP: &str = "wxde00000000000004";
const DOORBELL: &str = "DEMO-DOORBELL-01";
const MODEL: &str = "DEMO_MODEL_DOORBELL";
const TV: &str = "DEMO-TV-01";
const TV_MODEL: &str = "DEMO_MODEL_TV";
/// Nobody that the records know.
const BOB: &str = "oTest-Bob-000000000000000000";

/// What wx.requestDeviceVoIP takes, with a good ticket.
fn consent(issuer: &Issuer, sn: &str, model: &str, name: &str) -> Value {
    let ticket = issuer.ticket(APP, Ticket::Sn, sn, model);
    json!({"sn": sn, "snTicket": ticket, "modelId": model, "deviceName": name})
}

async fn authorise(api: &Api, token: &str, consent: &Value) -> Answer {
    api.post("/v1/authorisations", token, consent).await
}

async fn list(api: &Api, token: &str) -> Value {
    let (status, devices) = answer(api.http("GET", "/v1/authorisations").bearer_auth(token)).await;
    assert_eq!(status, 200, "{devices}");
    devices["items"].clone()
}

async fn withdraw(api: &Api, token: &str, sn: &str) -> u16 {
    status(api.http("DELETE", &format!("/v1/authorisations/{sn}")).bearer_auth(token)).await
}

async fn bind_contacts(api: &Api, token: &str, sn: &str, model: &str, openids: &[&str]) -> Answer {
    let query = json!({"sn": sn, "model_id": model, "openid_list": openids});
    api.post("/v1/iot-bind-contacts", token, &query).await
}

#[tokio::test]
async fn a_new_user_authorises_a_device_and_is_called_by_it() {
    let server = TestServer::start().await;
    let (api, demo, issuer) = (&server.api, server.api.demo().await, server.issuer());
    let bob = issuer.session(APP, Role::Phone, BOB);
    let mut call = demo.device_to_phone();
    call["listener"]["id"] = BOB.into();
    let code = async || api.place(demo.device("token"), &call).await.1["errcode"].clone();

    assert_eq!(code().await, 20, "the records do not know the user");
    assert_eq!(list(api, &bob).await, json!([]));
    let doorbell = |status: u8| json!({"sn": DOORBELL, "modelId": MODEL, "deviceName": "大门", "status": status});
    let given = authorise(api, &bob, &consent(&issuer, DOORBELL, MODEL, "大门")).await;
    assert_eq!(given, (201, doorbell(1)));
    assert_eq!(code().await, Value::Null);

    let again = authorise(api, &bob, &consent(&issuer, DOORBELL, MODEL, "后门")).await;
    assert_eq!(again, (200, doorbell(1)), "the name is that of the grant");
    let tv = authorise(api, &bob, &consent(&issuer, TV, TV_MODEL, "书房")).await;
    assert_eq!(tv.0, 201);
    assert_eq!(list(api, &bob).await, json!([doorbell(1), tv.1]));
    let mut phone = api.listen(&bob).await;
    assert_eq!(phone.next().await["callerName"], "大门 Video Doorbell");

    assert_eq!(withdraw(api, &bob, DOORBELL).await, 204);
    assert_eq!(withdraw(api, &bob, DOORBELL).await, 204, "it is withdrawn, as was asked");
    assert_eq!(withdraw(api, &bob, "DEMO-PANEL-01").await, 204, "and makes no record");
    assert_eq!(withdraw(api, &bob, "DEMO-NOBODY").await, 204);
    assert_eq!(list(api, &bob).await, json!([doorbell(0), tv.1]));
    assert_eq!(code().await, 9);
    assert_eq!(list(api, demo.phone("token")).await.as_array().unwrap().len(), 6, "another's");
    assert_eq!(api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);

    let server = server.restart().await;
    let api = &server.api;
    assert_eq!(list(api, &bob).await, json!([doorbell(0), tv.1]), "it is on disk");
    let again = authorise(api, &bob, &consent(&issuer, DOORBELL, MODEL, "后门")).await;
    assert_eq!(again, (200, doorbell(1)), "it keeps its name");
    assert_eq!(list(api, &bob).await, json!([doorbell(1), tv.1]));
    assert_eq!(api.place(demo.device("token"), &call).await.0, 201);
}

#[tokio::test]
async fn everybody_who_asks_hears_that_it_was_withdrawn() {
    let server = TestServer::start().await;
    let (api, demo) = (&server.api, server.api.demo().await);
    let (device, alice) = (demo.device("token"), demo.phone("token"));
    let status = async || {
        let (_, contacts) = bind_contacts(api, device, DOORBELL, MODEL, &[demo.phone("id")]).await;
        let listed = list(api, alice).await[0]["status"].clone();
        assert_eq!(contacts["contact_list"][0]["status"], listed, "{contacts}");
        listed
    };
    assert_eq!(status().await, 1);
    assert_eq!(withdraw(api, alice, DOORBELL).await, 204);
    assert_eq!(status().await, 0);
    for (session, call, path) in [
        (device, demo.device_to_phone(), "listener.id"),
        (alice, demo.phone_to_device(), "caller.id"),
    ] {
        let (got, refusal) = api.place(session, &call).await;
        assert_eq!((got, &refusal["errcode"]), (403, &json!(9)));
        assert_eq!(
            refusal["errmsg"],
            format!(
                "{path}: the user '{}' has withdrawn the authorisation of the device '{DOORBELL}': \
                 let the user allow it again in the mini-program's settings (wx.openSetting)",
                demo.phone("id")
            )
        );
    }
    let by_wmpf = json!({
        "roomType": "voice", "sn": DOORBELL, "modelId": MODEL, "nickName": "Alice",
        "pushToken": demo.device("pushToken"), "chargeType": "duration",
    });
    assert_eq!(api.post("/v1/wmpf-calls", alice, &by_wmpf).await.0, 201, "it needs none");
}

#[tokio::test]
async fn a_consent_is_checked_in_the_documented_order() {
    let server = TestServer::start().await;
    let (api, issuer) = (&server.api, server.issuer());
    let bob = issuer.session(APP, Role::Phone, BOB);
    let malformed = issuer.session(APP, Role::Phone, "bob");
    let others = issuer.session(APP, Role::Phone, "oDemo-OtherApp-0000000000000");
    let expired = issuer.expired_ticket(APP, Ticket::Sn, TV, MODEL);
    let mut request =
        json!({"sn": "DEMO-NOBODY", "snTicket": expired, "modelId": MODEL, "deviceName": ""});

    let device = issuer.session(APP, Role::Device, DOORBELL);
    let (status, refusal) = authorise(api, &device, &request).await;
    assert_eq!((status, &refusal["errcode"]), (403, &json!(1007)), "{refusal}");
    let (status, refusal) = authorise(api, &malformed, &request).await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "{refusal}");
    assert_eq!(refusal["problems"][0]["path"], "deviceName");

    let sn = |sn| ("sn", Value::from(sn));
    let model = |model| ("modelId", Value::from(model));
    let ticket = |app, kind, sn, model| ("snTicket", issuer.ticket(app, kind, sn, model).into());
    for (repair, session, status, errcode) in [
        (("deviceName", "大门".into()), &malformed, 404, 2),
        (sn(DOORBELL), &malformed, 403, 1004),
        (ticket(APP, Ticket::Push, DOORBELL, MODEL), &malformed, 403, 1004),
        (ticket(OTHER_APP, Ticket::Sn, DOORBELL, MODEL), &malformed, 403, 1004),
        (ticket(APP, Ticket::Sn, TV, TV_MODEL), &malformed, 404, 2),
        (ticket(APP, Ticket::Sn, DOORBELL, TV_MODEL), &malformed, 403, 17),
        (model(TV_MODEL), &malformed, 403, 17),
        (ticket(APP, Ticket::Sn, DOORBELL, MODEL), &malformed, 403, 17),
        (model(MODEL), &malformed, 400, 7),
        (sn(DOORBELL), &others, 403, 19),
        (sn(DOORBELL), &bob, 201, 0),
    ] {
        request[repair.0] = repair.1;
        let (got, refusal) = authorise(api, session, &request).await;
        let code = refusal["errcode"].as_u64().unwrap_or(0);
        assert_eq!((got, code), (status, errcode), "{refusal}");
        assert!(!refusal.to_string().contains("eyJ"), "{refusal}");
    }
}

#[tokio::test]
async fn an_sn_ticket_that_does_not_count_says_what_to_do() {
    let server = TestServer::start().await;
    let (api, issuer) = (&server.api, server.issuer());
    let bob = issuer.session(APP, Role::Phone, BOB);
    let mut request = consent(&issuer, DOORBELL, MODEL, "大门");
    request["snTicket"] = issuer.expired_ticket(APP, Ticket::Sn, DOORBELL, MODEL).into();
    assert_eq!(
        authorise(api, &bob, &request).await,
        (
            403,
            json!({
                "errcode": 1004,
                "errmsg": "snTicket: the snTicket has expired: fetch a new one; it is valid for 5 minutes",
                "problems": [{
                    "path": "snTicket",
                    "code": 1004,
                    "expected": "a valid snTicket of this device",
                    "got": "one that has expired",
                }],
            })
        )
    );
}

#[tokio::test]
async fn a_device_lists_and_withdraws_nothing() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    for (method, path) in
        [("GET", "/v1/authorisations".to_owned()), ("DELETE", format!("/v1/authorisations/{TV}"))]
    {
        let request = server.api.http(method, &path).bearer_auth(demo.device("token"));
        let (status, refusal) = answer(request).await;
        assert_eq!((status, &refusal["errcode"]), (403, &json!(1007)), "{method}: {refusal}");
        let (status, refusal) = answer(server.api.http(method, &path)).await;
        assert_eq!((status, &refusal["errcode"]), (401, &json!(5)));
    }
}

#[tokio::test]
async fn a_device_asks_about_its_users_and_a_user_about_nobody_else() {
    let server = TestServer::start().await;
    let (api, demo) = (&server.api, server.api.demo().await);
    let (device, alice) = (demo.device("token"), demo.phone("token"));
    let withdrew = "oDemo-Withdrew-0000000000000";
    let contact = |openid: &str, status| json!({"openid": openid, "sn": DOORBELL, "model_id": MODEL, "status": status});

    let asked = [withdrew, demo.phone("id"), "nobody"];
    assert_eq!(
        bind_contacts(api, device, DOORBELL, MODEL, &asked).await,
        (
            200,
            json!({
                "errcode": 0,
                "errmsg": "ok",
                "contact_list":
                    [contact(withdrew, 0), contact(demo.phone("id"), 1), contact("nobody", 0)],
            })
        )
    );
    let own = [demo.phone("id")];
    let (status, answer) = bind_contacts(api, alice, DOORBELL, MODEL, &own).await;
    assert_eq!((status, &answer["contact_list"]), (200, &json!([contact(own[0], 1)])));

    for (token, sn, model, openids, status, code) in [
        (device, TV, TV_MODEL, &asked[..], 404, 2),
        (device, DOORBELL, TV_MODEL, &asked, 403, 17),
        (alice, DOORBELL, MODEL, &[own[0], withdrew], 404, 20),
        (alice, "DEMO-NOBODY", MODEL, &own, 404, 2),
        (device, DOORBELL, MODEL, &[], 400, 1004),
        ("not-a-token", DOORBELL, MODEL, &own, 401, 5),
    ] {
        let (got, refusal) = bind_contacts(api, token, sn, model, openids).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(code)), "{refusal}");
    }
}

#[tokio::test]
async fn an_sn_ticket_grants_once_and_never_gives_back_what_was_taken() {
    let server = TestServer::start().await;
    let issuer = server.issuer();
    let bob = issuer.session(APP, Role::Phone, BOB);
    let first = consent(&issuer, DOORBELL, MODEL, "大门");
    let granted = |status| {
        (status, json!({"sn": DOORBELL, "modelId": MODEL, "deviceName": "大门", "status": 1}))
    };
    assert_eq!(authorise(&server.api, &bob, &first).await, granted(201));
    assert_eq!(authorise(&server.api, &bob, &first).await, granted(200), "the answer was lost");
    let server = server.restart().await;
    let api = &server.api;
    assert_eq!(authorise(api, &bob, &first).await, granted(200));

    let used = async || {
        let (status, refusal) = authorise(api, &bob, &first).await;
        assert_eq!((status, &refusal["errcode"]), (403, &json!(1004)), "{refusal}");
        let text = "snTicket: the snTicket was used before, and what it has granted was taken back: fetch a new one";
        assert!(refusal["errmsg"].as_str().unwrap().starts_with(text), "{refusal}");
        assert_eq!(refusal["problems"][0]["path"], "snTicket");
    };
    assert_eq!(withdraw(api, &bob, DOORBELL).await, 204);
    used().await;
    assert_eq!(list(api, &bob).await[0]["status"], 0, "it was not revived");
    // Whoever has not used it may.
    let alice = api.demo().await;
    assert_eq!(authorise(api, alice.phone("token"), &first).await.0, 200);
    let second = consent(&issuer, DOORBELL, MODEL, "大门");
    assert_eq!(authorise(api, &bob, &second).await, granted(200));
    assert_eq!(
        authorise(api, &bob, &first).await,
        granted(200),
        "what it has granted stands again"
    );

    let record = format!("apps/{APP}/devices/{DOORBELL}/authorisations/{BOB}");
    assert_eq!(api.admin("DELETE", &record, Value::Null).await.0, 204);
    used().await;
    assert_eq!(list(api, &bob).await, json!([]));
    let third = consent(&issuer, DOORBELL, MODEL, "大门");
    assert_eq!(authorise(api, &bob, &third).await, granted(201));
    assert_eq!(server.count("used_tickets"), 4);
}
