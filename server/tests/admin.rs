//! The operator's API over HTTP: from an empty data file to a call that rings, and everything that an
//! operator can get wrong.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{ADMIN_KEY, Answer, Api, TestServer, answer, soon};
use serde_json::{Value, json};
use wmpf_voip_server::domain::admin_key::AdminKeys;

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
        operator.put_a_pair().await;
        operator
    }

    async fn put_a_pair(&self) {
        self.put("apps/wx1", json!({"approved": true, "minutesLeft": 10})).await;
        self.put("apps/wx1/models/M1", json!({"name": "Doorbell"})).await;
        self.put("apps/wx1/devices/SN-1", json!({"modelId": "M1", "registeredBy": "sdk"})).await;
        self.put(&format!("apps/wx1/users/{USER}"), json!({"scopeVoip": true})).await;
        self.put(
            &format!("apps/wx1/devices/SN-1/authorisations/{USER}"),
            json!({"deviceName": "Front door"}),
        )
        .await;
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

    /// The same by a device that was registered through WMPF.
    async fn call_without_token(&self) -> (u16, Value) {
        let session = self.session("device", "SN-1").await;
        let (status, answer) = self.api().place(&session, &device_calls("")).await;
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
    operator.api().give_up(&device, &room).await;

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

#[tokio::test]
async fn without_the_key_nothing_is_told_or_done() {
    let operator = Operator::with_a_pair().await;
    let session = operator.session("device", "SN-1").await;
    for (key, word) in [
        (None, "missing"),
        (Some(""), "missing"),
        (Some("another-key-of-more-than-32-characters"), "wrong"),
        (Some(&ADMIN_KEY[1..]), "wrong"),
        (Some(session.as_str()), "wrong"),
    ] {
        for (method, path) in [
            ("GET", "apps"),
            ("DELETE", "apps/wx1/devices/SN-1"),
            ("PUT", "apps/wx2"),
            ("POST", "apps/wx1/tokens"),
        ] {
            let mut request = operator
                .api()
                .http(method, &format!("/v1/admin/{path}"))
                .header("origin", "https://page.example")
                .body("not JSON");
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let response = soon(request.send()).await.unwrap();
            assert_eq!(response.status(), 401, "{key:?} {method} {path}");
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            assert!(!response.headers().contains_key("access-control-allow-origin"));
            let refusal: Value = soon(response.json()).await.unwrap();
            assert_eq!(refusal["errcode"], 5);
            let text = refusal["errmsg"].as_str().unwrap();
            assert!(text.starts_with(&format!("the admin key is {word}")), "{text}");
        }
    }
    assert_eq!(operator.ask("GET", "apps/wx1/devices/SN-1", Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_service_without_a_key_cannot_be_administered() {
    let server = TestServer::start_with(|config| config.admin_keys = AdminKeys::default()).await;
    for (method, path) in [("GET", "apps"), ("PUT", "apps/wx1"), ("GET", "nothing")] {
        let (status, refusal) = server.api.admin(method, path, Value::Null).await;
        assert_eq!(status, 404);
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(text.contains("without an admin key"), "{text}");
    }
}

#[tokio::test]
async fn every_record_is_created_changed_read_listed_and_deleted() {
    let operator = Operator::start().await;
    let user = "oOther-000000000000000000001";
    for (list, id, first, second, keys) in [
        (
            "apps",
            "wx1",
            json!({"owner": null, "approved": false, "minutesLeft": 4, "overdraft": 0}),
            json!({"owner": "Acme", "approved": true, "minutesLeft": 4, "overdraft": 7}),
            json!({"appId": "wx1"}),
        ),
        (
            "apps/wx1/models",
            "M 1",
            json!({"name": "Old"}),
            json!({"name": "门铃"}),
            json!({"appId": "wx1", "modelId": "M 1"}),
        ),
        (
            "apps/wx1/devices",
            "SN/号",
            json!({"modelId": "M 1", "registeredBy": "sdk", "licenseExpiresAt": 5}),
            json!({"modelId": "M 1", "registeredBy": "wmpf", "licenseExpiresAt": null}),
            json!({"appId": "wx1", "sn": "SN/号"}),
        ),
        (
            "apps/wx1/users",
            user,
            json!({"scopeVoip": true}),
            json!({"scopeVoip": false}),
            json!({"appId": "wx1", "openId": user}),
        ),
        (
            "apps/wx1/devices/SN%2F号/authorisations",
            user,
            json!({"deviceName": "a", "status": 0}),
            json!({"deviceName": "b", "status": 1}),
            json!({"appId": "wx1", "sn": "SN/号", "openId": user}),
        ),
        (
            "apps/wx1/payment-users",
            "u?1",
            json!({"licenseExpiresAt": 5}),
            json!({"licenseExpiresAt": null}),
            json!({"appId": "wx1", "userId": "u?1"}),
        ),
        (
            "apps/wx1/payment-users/u%3F1/contacts",
            user,
            json!({}),
            Value::Null,
            json!({"appId": "wx1", "userId": "u?1", "openId": user}),
        ),
    ] {
        let path = format!("{list}/{}", id.replace('/', "%2F").replace('?', "%3F"));
        let record = |body: &Value| {
            let mut record = keys.clone();
            for (name, value) in body.as_object().into_iter().flatten() {
                record[name] = value.clone();
            }
            record
        };
        let empty = (200, json!({"items": []}));
        assert_eq!(operator.ask("GET", list, Value::Null).await, empty);
        assert_eq!(operator.ask("GET", &path, Value::Null).await.0, 404);
        assert_eq!(operator.ask("PUT", &path, first.clone()).await, (201, record(&first)));
        assert_eq!(operator.ask("GET", &path, Value::Null).await, (200, record(&first)));
        assert_eq!(operator.ask("PUT", &path, second.clone()).await, (200, record(&second)));
        let all = (200, json!({"items": [record(&second)]}));
        assert_eq!(operator.ask("GET", list, Value::Null).await, all);
    }
    for path in [
        &format!("apps/wx1/payment-users/u%3F1/contacts/{user}"),
        "apps/wx1/payment-users/u%3F1",
        &format!("apps/wx1/devices/SN%2F号/authorisations/{user}"),
        "apps/wx1/devices/SN%2F号",
        &format!("apps/wx1/users/{user}"),
        "apps/wx1/models/M 1",
        "apps/wx1",
    ] {
        assert_eq!(operator.ask("DELETE", path, Value::Null).await, (204, Value::Null), "{path}");
        assert_eq!(operator.ask("DELETE", path, Value::Null).await.0, 404, "{path}");
        assert_eq!(operator.ask("GET", path, Value::Null).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_list_comes_in_pages_ordered_by_id() {
    let operator = Operator::with_a_pair().await;
    for number in [3, 1, 5, 2, 4] {
        let body = json!({"modelId": "M1", "registeredBy": "wmpf"});
        operator.put(&format!("apps/wx1/devices/D{number}"), body).await;
    }
    let mut path = "apps/wx1/devices?limit=2".to_owned();
    let mut pages = Vec::new();
    loop {
        let (status, page) = operator.ask("GET", &path, Value::Null).await;
        assert_eq!(status, 200);
        let items = page["items"].as_array().unwrap().iter();
        pages.push(items.map(|item| item["sn"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        match page["next"].as_str() {
            Some(next) => path = format!("apps/wx1/devices?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(pages, [["D1", "D2"], ["D3", "D4"], ["D5", "SN-1"]]);

    for (query, words) in [
        ("limit=0", "1 to 1000"),
        ("limit=1001", "1 to 1000"),
        ("limit=many", "limit"),
        ("aftre=D1", "aftre"),
    ] {
        let path = format!("apps/wx1/devices?{query}");
        let (status, refusal) = operator.ask("GET", &path, Value::Null).await;
        assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "{query}");
        assert!(refusal["errmsg"].as_str().unwrap().contains(words), "{refusal}");
    }
    assert_eq!(operator.ask("GET", "apps/wx1/devices?limit=1000", Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_wrong_body_is_told_everything_that_is_wrong() {
    let operator = Operator::with_a_pair().await;
    for (method, path, body, wrong) in [
        (
            "PUT",
            "apps/wx2",
            json!({"owner": "", "approved": "yes", "minutesLeft": 0.5, "overdraft": -1, "minutes": 1}),
            vec![
                "owner: expected a string of 1 to 128 characters, without control characters, got an empty string",
                "approved: expected true or false, got the string 'yes'",
                "minutesLeft: expected a whole number from -9007199254740991 to 9007199254740991, got 0.5",
                "overdraft: expected a whole number from 0 to 9007199254740991, got -1",
                "body: expected only the fields owner, approved, minutesLeft, overdraft, got 'minutes'",
            ],
        ),
        ("PUT", "apps/wx2", json!([]), vec!["body: expected an object, got an array"]),
        ("PUT", "apps/wx2", Value::Null, vec!["approved: expected true or false, got nothing"]),
        (
            "PUT",
            "apps/wx1/devices/SN-2",
            json!({"modelId": "", "registeredBy": "SDK", "licenseExpiresAt": "2030-01-01"}),
            vec![
                "modelId: expected a string of 1 to 128 characters, without control characters, got an empty string",
                "registeredBy: expected 'sdk' or 'wmpf', got the string 'SDK'",
                "licenseExpiresAt: expected a whole number from 0 to 8640000000000000, got the string '2030-01-01'",
            ],
        ),
        (
            "PUT",
            "apps/wx1/models/M2",
            json!({"name": "a\nb"}),
            vec![
                "name: expected a string of 1 to 128 characters, without control characters, got the string 'a\u{fffd}b'",
            ],
        ),
        (
            "PUT",
            &format!("apps/wx1/devices/SN-1/authorisations/{USER}"),
            json!({"deviceName": "名".repeat(129)}),
            vec![&format!(
                "deviceName: expected a string of 1 to 128 characters, without control characters, got the string '{}…'",
                "名".repeat(40)
            )],
        ),
        (
            "POST",
            "apps/wx1/minutes",
            json!({"add": 1.5}),
            vec!["add: expected a whole number from -1000000000 to 1000000000, got 1.5"],
        ),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "session", "id": "SN-1", "expiresIn": 2_592_001}),
            vec![
                "role: expected 'device' or 'phone', got nothing",
                "expiresIn: expected a whole number from 1 to 2592000, got 2592001",
            ],
        ),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "sn", "id": "SN-1", "role": "device", "expiresIn": 60}),
            vec![
                "role: expected nothing, only a session token has one, got the string 'device'",
                "expiresIn: expected nothing, an snTicket always lasts five minutes, got 60",
            ],
        ),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "ticket", "role": 7, "expiresIn": 86_401}),
            vec![
                "kind: expected 'session' or 'device' or 'push' or 'payment' or 'sn', got the string 'ticket'",
                "id: expected a string of 1 to 128 characters, without control characters, got nothing",
            ],
        ),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "push", "id": "SN-1", "expiresIn": 86_401}),
            vec!["expiresIn: expected a whole number from 1 to 86400, got 86401"],
        ),
        (
            "PUT",
            "apps/wx1/webhook",
            json!({"url": "http://s3cret.example/", "secret": "whsec_s3cret", "key": 1}),
            vec![
                "url: expected an https:// URL of at most 2048 visible ASCII characters, without a user name or a fragment; \
                 http:// only to this machine (localhost, 127.0.0.1, [::1]), got a string of 22 characters",
                "secret: expected 'whsec_' and the base64 of 32 to 64 random bytes, got a string of 12 characters",
                "body: expected only the fields url, secret, events, got 'key'",
            ],
        ),
        (
            "PUT",
            "apps/wx1/webhook",
            json!({"secret": 7}),
            vec![
                "url: expected an https:// URL of at most 2048 visible ASCII characters, without a user name or a fragment; \
                 http:// only to this machine (localhost, 127.0.0.1, [::1]), got nothing",
                "secret: expected 'whsec_' and the base64 of 32 to 64 random bytes, got a number",
            ],
        ),
        (
            "GET",
            "apps/w%20x/devices/a%00/authorisations/alice",
            Value::Null,
            vec![
                "appId: expected 1 to 64 visible ASCII characters, got the string 'w x'",
                "sn: expected a string of 1 to 128 characters, without control characters, got the string 'a\u{fffd}'",
                "openId: expected an openId, which has 28 letters, digits, '-' and '_' and begins with 'o', got the string 'alice'",
            ],
        ),
    ] {
        let (status, refusal) = operator.ask(method, path, body).await;
        assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "{path}: {refusal}");
        assert_eq!(refusal["errmsg"], wrong.join("; "), "{path}");
        assert_eq!(refusal["problems"].as_array().unwrap().len(), wrong.len());
    }
    let long = "x".repeat(200_000);
    for (body, kind, status) in [
        ("{\"approved\":", Some("application/json"), 400),
        ("", Some("application/json"), 400),
        ("approved=true", Some("application/x-www-form-urlencoded"), 415),
        (&long, Some("application/json"), 413),
        ("{\"approved\":true,\"minutesLeft\":1}", None, 415),
        ("garbage, not JSON", None, 415),
        (&long, None, 413),
    ] {
        let mut request = operator.api().http("PUT", "/v1/admin/apps/wx2").bearer_auth(ADMIN_KEY);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let (got, refusal) = answer(request.body(body.to_owned())).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(1004)), "{refusal}");
    }
    assert_eq!(operator.ask("GET", "apps/wx2", Value::Null).await.0, 404, "nothing was created");
}

#[tokio::test]
async fn a_body_without_a_type_changes_nothing() {
    let operator = Operator::with_a_pair().await;
    let path = "apps/wx1/payment-users/77";
    let record = operator.put(path, json!({"licenseExpiresAt": 5})).await;
    for body in ["{\"licenseExpiresAt\":6}", "garbage, not JSON", " "] {
        let put = operator.api().http("PUT", &format!("/v1/admin/{path}")).bearer_auth(ADMIN_KEY);
        let (status, refusal) = answer(put.body(body)).await;
        assert_eq!((status, &refusal["errcode"]), (415, &json!(1004)), "{body:?}");
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(text.contains("application/json"), "{text}");
    }
    assert_eq!(operator.ask("GET", path, Value::Null).await, (200, record));
}

#[tokio::test]
async fn what_a_record_refers_to_must_be_there() {
    let operator = Operator::with_a_pair().await;
    let stranger = "oNobody-00000000000000000001";
    operator.put("apps/wx2", json!({"approved": true, "minutesLeft": 0})).await;
    operator.put("apps/wx1/payment-users/u1", json!({})).await;
    let name = json!({"deviceName": "n"});
    for (method, path, body, words) in [
        (
            "PUT",
            "apps/wx9/users/oNobody-00000000000000000001",
            json!({"scopeVoip": true}),
            "app wx9",
        ),
        (
            "PUT",
            "apps/wx9/devices/SN-2",
            json!({"modelId": "M1", "registeredBy": "sdk"}),
            "app wx9",
        ),
        (
            "PUT",
            "apps/wx1/devices/SN-2",
            json!({"modelId": "M9", "registeredBy": "sdk"}),
            "model 'M9' of app wx1",
        ),
        ("PUT", "apps/wx9/models/M1", json!({"name": "n"}), "app wx9"),
        ("GET", "apps/wx9/models", Value::Null, "app wx9"),
        (
            "PUT",
            "apps/wx2/devices/SN-1",
            json!({"modelId": "M1", "registeredBy": "sdk"}),
            "model 'M1' of app wx2",
        ),
        ("PUT", "apps/wx9/payment-users/u1", json!({}), "app wx9"),
        (
            "PUT",
            &format!("apps/wx1/devices/SN-9/authorisations/{USER}"),
            name.clone(),
            "device 'SN-9' of app wx1",
        ),
        (
            "PUT",
            &format!("apps/wx1/devices/SN-1/authorisations/{stranger}"),
            name.clone(),
            &format!("user {stranger} of app wx1"),
        ),
        (
            "PUT",
            &format!("apps/wx1/payment-users/u9/contacts/{USER}"),
            Value::Null,
            "face-payment user 'u9' of app wx1",
        ),
        (
            "PUT",
            &format!("apps/wx1/payment-users/u1/contacts/{stranger}"),
            Value::Null,
            &format!("user {stranger} of app wx1"),
        ),
        ("POST", "apps/wx9/minutes", json!({"add": 1}), "app wx9"),
        ("PUT", "apps/wx9/token-keys/k", Value::Null, "app wx9"),
        ("GET", "apps/wx9/token-keys", Value::Null, "app wx9"),
        ("DELETE", "apps/wx9/token-keys/k", Value::Null, "token key 'k' of app wx9"),
        ("DELETE", "apps/wx1/token-keys/k", Value::Null, "token key 'k' of app wx1"),
        ("GET", "apps/wx9/devices", Value::Null, "app wx9"),
        ("GET", "apps/wx1/devices/SN-9/authorisations", Value::Null, "device 'SN-9' of app wx1"),
        ("GET", &format!("apps/wx2/users/{USER}"), Value::Null, &format!("user {USER} of app wx2")),
        ("POST", "apps/wx9/tokens", json!({"kind": "push", "id": "SN-1"}), "app wx9"),
        (
            "POST",
            "apps/wx2/tokens",
            json!({"kind": "device", "id": "SN-1"}),
            "device 'SN-1' of app wx2",
        ),
        ("POST", "apps/wx1/tokens", json!({"kind": "push", "id": "SN-9"}), "device 'SN-9'"),
        ("POST", "apps/wx1/tokens", json!({"kind": "sn", "id": "SN-9"}), "device 'SN-9'"),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "payment", "id": "u9"}),
            "face-payment user 'u9'",
        ),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "session", "role": "device", "id": "SN-9"}),
            "device 'SN-9'",
        ),
        (
            "POST",
            "apps/wx1/tokens",
            json!({"kind": "session", "role": "phone", "id": "SN-1"}),
            "user SN-1",
        ),
    ] {
        let (status, refusal) = operator.ask(method, path, body).await;
        assert_eq!(
            (status, &refusal["errcode"]),
            (404, &json!(1004)),
            "{method} {path}: {refusal}"
        );
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(text.contains(&format!("there is no {words}")), "{text}");
    }
}

#[tokio::test]
async fn what_is_in_the_way_is_named() {
    let operator = Operator::with_a_pair().await;
    operator.put("apps/wx1/payment-users/u1", json!({})).await;
    operator.put("apps/wx2", json!({"approved": true, "minutesLeft": 0})).await;
    let device = json!({"modelId": "M1", "registeredBy": "sdk"});
    for (method, path, body, text) in [
        (
            "PUT",
            "apps/wx1/devices/u1",
            device.clone(),
            "'u1' is the id of face-payment user 'u1' of app wx1, and whoever has its session token \
             could speak for both: choose another id, or delete that one first",
        ),
        (
            "PUT",
            "apps/wx1/payment-users/SN-1",
            json!({}),
            "'SN-1' is the id of device 'SN-1' of app wx1, and whoever has its session token could \
             speak for both: choose another id, or delete that one first",
        ),
        (
            "DELETE",
            "apps/wx1",
            Value::Null,
            "app wx1 is still in use (models: 1, devices: 1, users: 1, face-payment users: 1): delete those first",
        ),
        (
            "DELETE",
            "apps/wx1/models/M1",
            Value::Null,
            "model 'M1' of app wx1 is still in use (devices: 1): delete those first",
        ),
        (
            "POST",
            "apps/wx1/minutes",
            json!({"add": 1_000_000_000}),
            "app wx1 would have more than 9007199254740991 minutes: add fewer",
        ),
    ] {
        operator.server.change("UPDATE apps SET minutes_left = 9007199254740991");
        let (status, refusal) = operator.ask(method, path, body).await;
        assert_eq!((status, &refusal["errcode"]), (409, &json!(1004)), "{path}: {refusal}");
        assert_eq!(refusal["errmsg"], text);
    }
    assert_eq!(operator.call().await.0, 201, "nothing has gone");
    operator.put("apps/wx2/models/M1", json!({"name": "Doorbell"})).await;
    operator.put("apps/wx2/devices/u1", device).await;
    operator.put("apps/wx2/payment-users/SN-1", json!({})).await;
}

#[tokio::test]
async fn what_has_no_meaning_without_a_record_goes_with_it() {
    let operator = Operator::with_a_pair().await;
    let device = json!({"modelId": "M1", "registeredBy": "sdk"});
    let authorisations = "apps/wx1/devices/SN-1/authorisations";
    let contacts = "apps/wx1/payment-users/u1/contacts";
    let nothing = (200, json!({"items": []}));
    operator.put("apps/wx1/payment-users/u1", json!({})).await;
    operator.put(&format!("{contacts}/{USER}"), Value::Null).await;
    assert_eq!(operator.call().await.0, 201);

    assert_eq!(operator.ask("DELETE", "apps/wx1/devices/SN-1", Value::Null).await.0, 204);
    operator.put("apps/wx1/devices/SN-1", device).await;
    assert_eq!(operator.ask("GET", authorisations, Value::Null).await, nothing);

    let (user, name) = (format!("apps/wx1/users/{USER}"), json!({"deviceName": "n"}));
    operator.put(&format!("{authorisations}/{USER}"), name).await;
    assert_eq!(operator.ask("DELETE", &user, Value::Null).await.0, 204);
    operator.put(&user, json!({"scopeVoip": true})).await;
    assert_eq!(operator.ask("GET", authorisations, Value::Null).await, nothing);
    assert_eq!(operator.ask("GET", contacts, Value::Null).await, nothing);

    operator.put(&format!("{contacts}/{USER}"), Value::Null).await;
    assert_eq!(operator.ask("DELETE", "apps/wx1/payment-users/u1", Value::Null).await.0, 204);
    operator.put("apps/wx1/payment-users/u1", json!({})).await;
    assert_eq!(operator.ask("GET", contacts, Value::Null).await, nothing);

    for path in [
        &user,
        "apps/wx1/devices/SN-1",
        "apps/wx1/models/M1",
        "apps/wx1/payment-users/u1",
        "apps/wx1",
    ] {
        let (status, refusal) = operator.ask("DELETE", path, Value::Null).await;
        assert_eq!(status, 204, "{path}, and its calls go with an app: {refusal}");
    }
}

#[tokio::test]
async fn a_user_authorises_a_device_with_an_sn_ticket_of_the_operator() {
    let operator = Operator::with_a_pair().await;
    let authorisation = format!("apps/wx1/devices/SN-1/authorisations/{USER}");
    assert_eq!(operator.ask("DELETE", &authorisation, Value::Null).await.0, 204);
    assert_eq!(operator.call().await, (403, json!(9)));
    let ticket = operator.token(json!({"kind": "sn", "id": "SN-1"})).await;
    let consent =
        json!({"sn": "SN-1", "modelId": "M1", "deviceName": "Back door", "snTicket": ticket});
    let user = operator.session("phone", USER).await;
    let (status, given) = operator.api().post("/v1/authorisations", &user, &consent).await;
    assert_eq!(status, 201, "{given}");
    let (_, record) = operator.ask("GET", &authorisation, Value::Null).await;
    assert_eq!((&record["deviceName"], &record["status"]), (&json!("Back door"), &json!(1)));
    assert_eq!(operator.call().await.0, 201);

    let withdraw = operator.api().http("DELETE", "/v1/authorisations/SN-1").bearer_auth(&user);
    assert_eq!(answer(withdraw).await.0, 204);
    let list = "apps/wx1/devices/SN-1/authorisations";
    let (_, records) = operator.ask("GET", list, Value::Null).await;
    assert_eq!(records["items"][0]["status"], 0, "{records}");
    let (_, record) = operator.ask("GET", &authorisation, Value::Null).await;
    assert_eq!((&record["deviceName"], &record["status"]), (&json!("Back door"), &json!(0)));
    assert_eq!(operator.call().await, (403, json!(9)));

    for (name, status) in [("门".repeat(128), 201), ("门".repeat(129), 400), ("a\tb".into(), 400)]
    {
        assert_eq!(operator.ask("DELETE", &authorisation, Value::Null).await.0, 204);
        let mut consent = consent.clone();
        consent["snTicket"] = operator.token(json!({"kind": "sn", "id": "SN-1"})).await.into();
        consent["deviceName"] = name.clone().into();
        let given = operator.api().post("/v1/authorisations", &user, &consent).await;
        assert_eq!(given.0, status, "{}", given.1);
        let body = json!({"deviceName": name});
        let put = operator.ask("PUT", &authorisation, body).await;
        assert_eq!(put.0, if status == 201 { 200 } else { 400 }, "by the same rule: {}", put.1);
        operator.put(&authorisation, json!({"deviceName": "n"})).await;
    }
    let (_, named) = operator.ask("GET", &authorisation, Value::Null).await;
    assert_eq!((&named["deviceName"], &named["status"]), (&json!("n"), &json!(1)));
    for wrong in [json!(2), json!(-1), json!(0.5), json!("1"), json!(true)] {
        let body = json!({"deviceName": "n", "status": wrong});
        let (status, refusal) = operator.ask("PUT", &authorisation, body).await;
        assert_eq!(status, 400, "{wrong}");
        let text = refusal["errmsg"].as_str().unwrap();
        assert!(text.starts_with("status: expected a whole number from 0 to 1, got "), "{text}");
    }
}

#[tokio::test]
async fn nothing_is_left_of_an_app_for_another_of_its_name() {
    let operator = Operator::with_a_pair().await;
    let session = operator.session("device", "SN-1").await;
    let cancel = operator.api().http("DELETE", "/v1/calls").bearer_auth(&session);
    assert_eq!(answer(cancel.header("idempotency-key", "k1")).await.0, 204);
    for path in [
        &format!("apps/wx1/users/{USER}"),
        "apps/wx1/devices/SN-1",
        "apps/wx1/models/M1",
        "apps/wx1",
    ] {
        assert_eq!(operator.ask("DELETE", path, Value::Null).await.0, 204);
    }
    operator.put_a_pair().await;
    let session = operator.session("device", "SN-1").await;
    let token = operator.token(json!({"kind": "device", "id": "SN-1"})).await;
    let call = operator.api().place_with_key(&session, &device_calls(&token), "k1").await;
    assert_eq!(call.0, 201, "{}", call.1);
}

#[tokio::test]
async fn a_webhook_shows_its_secret_once_and_goes_with_its_app() {
    let operator = Operator::start().await;
    operator.put("apps/wx1", json!({"approved": true, "minutesLeft": 10})).await;
    let (path, url) = ("apps/wx1/webhook", "https://example.com/hook");
    let none = (404, json!({"errcode": 1004, "errmsg": "app wx1 has no webhook: set one first"}));
    assert_eq!(operator.ask("GET", path, Value::Null).await, none);
    assert_eq!(operator.ask("DELETE", path, Value::Null).await, none);
    let (status, made) = operator.ask("PUT", path, json!({"url": url})).await;
    assert_eq!((status, &made["url"]), (201, &json!(url)));
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");

    let shown = json!({"appId": "wx1", "url": url, "events": ["device.called"]});
    assert_eq!(operator.ask("PUT", path, json!({"url": url})).await, (200, shown.clone()));
    assert_eq!(operator.ask("PUT", path, json!({"url": url, "secret": secret})).await.1, shown);
    assert_eq!(operator.ask("GET", path, Value::Null).await, (200, shown));
    operator.put("apps/wx1", json!({"approved": false, "minutesLeft": 1})).await;
    assert_eq!(operator.ask("GET", path, Value::Null).await.0, 200, "it is not part of the app");

    assert_eq!(operator.ask("DELETE", "apps/wx1", Value::Null).await.0, 204);
    let (_, refusal) = operator.ask("GET", path, Value::Null).await;
    assert!(refusal["errmsg"].as_str().unwrap().starts_with("there is no app wx1"), "{refusal}");
    let body = json!({"url": url, "secret": secret});
    assert_eq!(operator.ask("PUT", path, body.clone()).await.0, 404);
    operator.put("apps/wx1", json!({"approved": true, "minutesLeft": 10})).await;
    assert_eq!(operator.ask("GET", path, Value::Null).await, none);
    let (status, passed) = operator.ask("PUT", path, body).await;
    assert_eq!((status, passed.get("secret")), (201, None), "whoever passes one knows it");
    assert_eq!(operator.ask("DELETE", path, Value::Null).await.0, 204);
    let (_, again) = operator.ask("PUT", path, json!({"url": url})).await;
    assert_ne!(again["secret"], made["secret"]);
}

#[tokio::test]
async fn what_an_operator_changes_decides_about_the_next_call() {
    let operator = Operator::with_a_pair().await;
    let (app, device) = ("apps/wx1", "apps/wx1/devices/SN-1");
    assert_eq!(operator.call().await.0, 201);

    let taken = operator.ask("POST", "apps/wx1/minutes", json!({"add": -10})).await;
    assert_eq!(taken, (200, json!({"minutesLeft": 0})));
    assert_eq!(operator.call().await, (402, json!(15)));
    let added = operator.ask("POST", "apps/wx1/minutes", json!({"add": 3})).await;
    assert_eq!(added, (200, json!({"minutesLeft": 3})));
    assert_eq!(operator.call().await.0, 201);

    operator.put(app, json!({"approved": false, "minutesLeft": 3})).await;
    assert_eq!(operator.call().await, (403, json!(12)));
    operator.put(app, json!({"approved": true, "minutesLeft": 3})).await;

    let licensed = |registered_by: &str, until: u64| json!({"modelId": "M1", "registeredBy": registered_by, "licenseExpiresAt": until});
    operator.put(device, licensed("sdk", 1_577_836_800_000)).await;
    assert_eq!(operator.call().await.0, 201, "it is not billed by its license");
    operator.put(device, licensed("wmpf", 1_577_836_800_000)).await;
    assert_eq!(operator.call().await, (403, json!(13)));
    assert_eq!(operator.call_without_token().await, (402, json!(23)));
    operator.put(device, licensed("wmpf", 4_102_444_800_000)).await;
    assert_eq!(operator.call_without_token().await.0, 201);
    operator.put(device, json!({"modelId": "M1", "registeredBy": "sdk"})).await;

    let session = operator.session("device", "SN-1").await;
    let token = operator.token(json!({"kind": "device", "id": "SN-1"})).await;
    let call = async || {
        let (status, answer) = operator.api().place(&session, &device_calls(&token)).await;
        (status, answer["errcode"].clone())
    };
    operator.put("apps/wx1/models/M2", json!({"name": "Other"})).await;
    operator.put(device, json!({"modelId": "M2", "registeredBy": "sdk"})).await;
    assert_eq!(call().await, (403, json!(17)));
    operator.put(device, json!({"modelId": "M1", "registeredBy": "sdk"})).await;
    let authorisation = format!("{device}/authorisations/{USER}");
    operator.put(&authorisation, json!({"deviceName": "n", "status": 0})).await;
    assert_eq!(call().await, (403, json!(9)));
    operator.put(&authorisation, json!({"deviceName": "n"})).await;
    assert_eq!(call().await.0, 201);
    operator.ask("DELETE", &authorisation, Value::Null).await;
    assert_eq!(call().await, (403, json!(9)));
    operator.ask("DELETE", &format!("apps/wx1/users/{USER}"), Value::Null).await;
    assert_eq!(call().await, (404, json!(20)));
    operator.ask("DELETE", device, Value::Null).await;
    assert_eq!(call().await, (401, json!(5)));
}

#[tokio::test]
async fn a_face_payment_user_calls_contacts_who_granted_it() {
    let operator = Operator::with_a_pair().await;
    operator.put("apps/wx1/payment-users/u1", json!({"licenseExpiresAt": null})).await;
    let contact = format!("apps/wx1/payment-users/u1/contacts/{USER}");
    operator.put(&contact, Value::Null).await;
    let session = operator.session("device", "u1").await;
    let token = operator.token(json!({"kind": "payment", "id": "u1"})).await;
    let call = async |business_type: u8| {
        let request = json!({
            "roomType": "voice",
            "businessType": business_type,
            "caller": {"id": "u1"},
            "listener": {"id": USER},
            "voipToken": token,
        });
        let (status, answer) = operator.api().place(&session, &request).await;
        (status, answer["errcode"].clone())
    };
    assert_eq!(call(0).await.0, 201);
    assert_eq!(call(3).await, (402, json!(24)));
    operator.put("apps/wx1/payment-users/u1", json!({"licenseExpiresAt": 5})).await;
    assert_eq!(call(3).await, (402, json!(23)));

    operator.put(&format!("apps/wx1/users/{USER}"), json!({"scopeVoip": false})).await;
    assert_eq!(call(0).await, (403, json!(8)));
    operator.put(&format!("apps/wx1/users/{USER}"), json!({"scopeVoip": true})).await;
    operator.ask("DELETE", &contact, Value::Null).await;
    assert_eq!(call(0).await, (403, json!(9)));
    operator.ask("DELETE", "apps/wx1/payment-users/u1", Value::Null).await;
    assert_eq!(call(0).await, (401, json!(5)));
}

#[tokio::test]
async fn tokens_last_as_long_as_they_should() {
    const HOUR: i64 = 3600;
    let operator = Operator::with_a_pair().await;
    operator.put("apps/wx1/payment-users/u1", json!({})).await;
    for (body, audience, model, lasts) in [
        (json!({"kind": "session", "role": "phone", "id": USER}), "session", None, 12 * HOUR),
        (json!({"kind": "device", "id": "SN-1"}), "device", Some("M1"), HOUR),
        (json!({"kind": "push", "id": "SN-1", "expiresIn": 90}), "push", Some("M1"), 90),
        (json!({"kind": "payment", "id": "u1"}), "payment", None, HOUR),
        (json!({"kind": "sn", "id": "SN-1"}), "sn", Some("M1"), 300),
    ] {
        let request = operator.api().http("POST", "/v1/admin/apps/wx1/tokens");
        let response = soon(request.bearer_auth(ADMIN_KEY).json(&body).send()).await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        let token: Value = soon(response.json()).await.unwrap();
        let claims = token["token"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&from_base64(claims)).unwrap();
        assert_eq!((&claims["aud"], &claims["iss"]), (&json!(audience), &json!("wx1")));
        assert_eq!(claims["sub"], body["id"]);
        assert_eq!(claims["modelId"].as_str(), model);
        assert_eq!(claims["role"], body["role"]);
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!((lasts..lasts + 2).contains(&(exp - iat)), "{audience}: {}", exp - iat);
        assert_eq!(token["expiresAt"], exp * 1000);
    }
    let session = operator.session("device", "SN-1").await;
    let token = json!({"kind": "device", "id": "SN-1", "expiresIn": 1});
    let token = operator.token(token).await;
    operator.server.clock.advance(2100);
    let (_, refusal) = operator.api().place(&session, &device_calls(&token)).await;
    assert!(refusal["errmsg"].as_str().unwrap().contains("has expired"), "{refusal}");
}

fn from_base64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

#[tokio::test]
async fn whoever_was_deleted_is_out_at_once_until_there_is_a_record_again() {
    let operator = Operator::with_a_pair().await;
    let device = operator.session("device", "SN-1").await;
    let user = operator.session("phone", USER).await;
    let user_path = format!("apps/wx1/users/{USER}");
    let token = operator.token(json!({"kind": "device", "id": "SN-1"})).await;
    let (status, room) = operator.api().place(&device, &device_calls(&token)).await;
    assert_eq!(status, 201, "{room}");
    let room_id = room["roomId"].as_str().unwrap();
    let mut sockets = Vec::new();
    for session in [&device, &user] {
        sockets.push(operator.api().open_call(session, room_id, "device=d").await);
        sockets.last_mut().unwrap().next_of("call").await;
    }
    let mut waiting = operator.api().listen(&user).await;
    assert_eq!(waiting.next().await["type"], "reminder");

    for path in [&user_path, "apps/wx1/devices/SN-1"] {
        assert_eq!(operator.ask("DELETE", path, Value::Null).await.0, 204);
    }
    for socket in &mut sockets {
        assert_eq!(socket.rest().await.1, 1013);
    }
    let reason = "the token is no longer valid: connect again with a fresh one";
    assert_eq!(waiting.closed().await, (1013, reason.to_owned()));
    for session in [&device, &user] {
        let (status, refusal) = operator.api().place(session, &json!({})).await;
        assert_eq!((status, &refusal["errcode"]), (401, &json!(5)));
        let said = refusal["errmsg"].as_str().unwrap();
        assert!(said.contains("belongs to a device or a user that was deleted"), "{said}");
        assert_eq!(operator.api().listen(session).await.closed().await.0, 1008);
    }

    let server = operator.server.restart().await;
    assert_eq!(server.api.place(&device, &json!({})).await.0, 401, "a restart forgets nothing");
    let body = json!({"modelId": "M1", "registeredBy": "sdk"});
    let (status, record) = server.api.admin("PUT", "apps/wx1/devices/SN-1", body).await;
    assert_eq!(status, 201, "{record}");
    assert_eq!(server.api.place(&device, &json!({})).await.0, 400, "only the request is wrong");
    assert_eq!(server.api.place(&user, &json!({})).await.0, 401);
}

#[tokio::test]
async fn what_the_operator_wrote_is_there_after_a_restart() {
    let operator = Operator::with_a_pair().await;
    let session = operator.session("device", "SN-1").await;
    let token = operator.token(json!({"kind": "device", "id": "SN-1"})).await;
    let server = operator.server.restart().await;
    assert_eq!(server.api.place(&session, &device_calls(&token)).await.0, 201);
}
