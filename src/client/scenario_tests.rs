//! What every request ends with: each API does what `tests/contract/table/scenarios.json` says. The packed package is held to
//! the same table in Node.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::*;
use crate::call::How;
use crate::config::RawConfig;
use crate::error::ErrorKind;
use crate::line::Line;
use crate::outcome::ChargeType;
use crate::protocol::RawAnswer;
use crate::transport::FakeTransport;

const TABLE: &str = include_str!("../../tests/contract/table/scenarios.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "about")]
    _about: Vec<String>,
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    #[serde(default)]
    of: Option<Vec<String>>,
    #[serde(default)]
    configure: serde_json::Map<String, Json>,
    #[serde(default, deserialize_with = "given")]
    request: Option<Json>,
    #[serde(default)]
    stop: Option<String>,
    answers: Vec<Json>,
    ends: Json,
    #[serde(default)]
    says: Option<String>,
    sent: usize,
    retracted: bool,
}

/// `null` is a request, too.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

type Ended = Result<Answer, VoipError<&'static str>>;

fn valid(api: Api) -> Json {
    match api {
        Api::InitByCaller => json!({
            "roomType": "video", "businessType": 1, "caller": { "id": "SN-1" }, "listener": { "id": "o" },
            "voipToken": "t",
        }),
        Api::CallWmpf => json!({
            "roomType": "video", "sn": "SN-1", "modelId": "M1", "pushToken": "t", "nickName": "Alice",
        }),
        Api::CallDevice => json!({ "roomType": "video", "sn": "SN-1", "modelId": "M1" }),
        Api::GetIotBindContactList => {
            json!({ "sn": "SN-1", "model_id": "M1", "openid_list": ["o"] })
        }
        Api::ForceHangUpVoip | Api::OpenCall => Json::Null,
    }
}

fn ok(api: Api) -> (&'static str, Answer) {
    match api {
        Api::InitByCaller | Api::CallWmpf | Api::CallDevice => (
            r#"{"roomId":"r1","chargeType":"license"}"#,
            Answer::Room(Room { room_id: "r1".into(), charge_type: ChargeType::License }),
        ),
        Api::GetIotBindContactList => {
            (r#"{"errcode":0,"errmsg":"ok","contact_list":[]}"#, Answer::Contacts)
        }
        Api::ForceHangUpVoip => (r#"{"reply":"done"}"#, Answer::Heard),
        Api::OpenCall => (r#"{"state":"ringing"}"#, Answer::IsOver(false)),
    }
}

fn path(api: Api) -> &'static str {
    match api {
        Api::InitByCaller => "POST /v1/calls keyed",
        Api::CallWmpf => "POST /v1/wmpf-calls keyed",
        Api::CallDevice => "POST /v1/device-calls keyed",
        Api::GetIotBindContactList => "POST /v1/iot-bind-contacts",
        Api::ForceHangUpVoip => "POST /v1/calls/room%2F1/signals",
        Api::OpenCall => "GET /v1/calls/room%2F1",
    }
}

fn error(failure: TransportFailure) -> TransportError<&'static str> {
    TransportError { failure, errno: None, cause: None }
}

fn cancelled() -> TransportError<&'static str> {
    error(TransportFailure::Cancelled("forceHangUpVoip".into()))
}

fn answer(
    api: Api,
    scenario: &Scenario,
    answer: &Json,
) -> Result<HttpResponse, TransportError<&'static str>> {
    let no_status = "the host gave a response without an HTTP status";
    match answer.as_str() {
        Some("ok") => Ok(HttpResponse { status: 200, body: RawAnswer::from_json(ok(api).0) }),
        Some("lost") => Err(error(TransportFailure::Failed("the line is cut".into()))),
        Some("silence") if scenario.stop.is_some() => Err(cancelled()),
        Some("silence") => Err(error(TransportFailure::Timeout)),
        Some("no status") => Err(error(TransportFailure::NoResponse(no_status.into()))),
        Some(other) => panic!("{other}"),
        None => {
            let (status, body) = (answer[0].as_u64().unwrap() as u16, answer[1].as_str().unwrap());
            // JavaScript reads it as Infinity, and serde_json not at all: a number that no code has, either way.
            let body = RawAnswer::from_json(&body.replace("1e400", "1e300"));
            Ok(HttpResponse { status, body })
        }
    }
}

fn configuration(scenario: &Scenario) -> RawConfig {
    let mut options = json!({ "endpoint": "http://room.test/", "token": "session-s3cret" });
    options.as_object_mut().unwrap().extend(scenario.configure.clone());
    let option = |name: &str| Value::from(options[name].clone());
    RawConfig {
        endpoint: option("endpoint"),
        token: Secret::new(option("token")),
        timeout: option("timeout"),
        role: option("role"),
        env_version: Value::Missing,
    }
}

fn prepared(api: Api, config: &Config, request: Json) -> Result<Prepared, VoipError<&'static str>> {
    let line = Line::default();
    let raw = match api {
        Api::InitByCaller => Raw::Call(serde_json::from_value(request).unwrap()),
        Api::CallWmpf => Raw::WmpfCall(serde_json::from_value(request).unwrap()),
        Api::CallDevice => Raw::DeviceCall(serde_json::from_value(request).unwrap()),
        Api::GetIotBindContactList => Raw::Contacts(serde_json::from_value(request).unwrap()),
        Api::ForceHangUpVoip => return hang_up("room/1", How::ForceFromApp, "d-1", true),
        Api::OpenCall => return Ok(is_over("room/1")),
    };
    prepare(config, &line, raw)
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the fake transport never waits"),
    }
}

fn play(api: Api, scenario: &Scenario, transport: &FakeTransport) -> Ended {
    let config = configure(api, configuration(scenario))?;
    let request = scenario.request.clone().unwrap_or_else(|| valid(api));
    now(ask(transport, &config, prepared(api, &config, request)?))
}

#[test]
fn every_api_does_what_the_table_says() {
    let table: Table = serde_json::from_str(TABLE).unwrap();
    let mut played = 0;
    for scenario in &table.scenarios {
        let is_meant =
            |api: Api| scenario.of.as_ref().is_none_or(|of| of.iter().any(|one| one == api.name()));
        for api in Api::ALL.into_iter().filter(|&api| is_meant(api)) {
            let at = format!("{}: {}", api.name(), scenario.name);
            let answers = scenario.answers.iter().map(|json| answer(api, scenario, json));
            let transport = FakeTransport {
                answers: answers.collect::<Vec<_>>().into(),
                cancelled: match scenario.stop.as_deref() {
                    Some("before") => vec![Some(cancelled())].into(),
                    Some(_) | None => Vec::new().into(),
                },
                ..FakeTransport::default()
            };
            let ended = play(api, scenario, &transport);
            check(api, scenario, ended, &at);

            assert_eq!(*transport.paths.borrow(), vec![path(api); scenario.sent], "{at}");
            let retracted = transport.asked.borrow().iter().any(|asked| asked == "retract");
            let is_call = matches!(api, Api::InitByCaller | Api::CallWmpf | Api::CallDevice);
            assert_eq!(retracted, is_call && scenario.retracted, "{at}");
            played += 1;
        }
    }
    assert!(played > 200, "{played}");
}

fn check(api: Api, scenario: &Scenario, ended: Ended, at: &str) {
    if scenario.ends == "ok" {
        return assert_eq!(ended, Ok(ok(api).1), "{at}");
    }
    let error = ended.expect_err(at);
    let kind = match error.kind {
        ErrorKind::Cgi => "cgi",
        ErrorKind::Plugin => "plugin",
    };
    assert_eq!(json!([kind, error.code.number()]), scenario.ends, "{at}: {error}");
    let start = format!("{}:fail ", api.name());
    let said = error.message.strip_prefix(&start).unwrap_or_else(|| panic!("{at}: {error}"));
    if let Some(says) = &scenario.says {
        assert_eq!(said, says, "{at}");
    }
    assert!(!said.contains("s3cret"), "{at}: {said}");
}

#[test]
fn a_hang_up_says_how_and_whose_device_it_is() {
    let scenario = "{}";
    let transport = FakeTransport::answering(200, scenario);
    let config = Config {
        endpoint: "http://room.test".into(),
        token: Secret::new("t".into()),
        timeout_ms: 10,
        role: None,
        released: false,
    };
    let prepared = hang_up::<&str>("r", How::UnloadCallPage, "d-1", false).unwrap();
    now(ask(&transport, &config, prepared)).unwrap();
    let body = r#"{"type":"hangUp","how":"unloadCallPage","device":"d-1","placed":false}"#;
    assert_eq!(*transport.asked.borrow(), [body]);
}

#[test]
fn a_call_that_the_service_has_forgotten_is_over() {
    let watched = |status, body| {
        let transport = FakeTransport::answering(status, body);
        let config = configure::<()>(Api::OpenCall, configuration(&valid_scenario())).unwrap();
        now(ask(&transport, &config, is_over("r")))
    };
    let forgotten = r#"{"errcode":1,"errmsg":"there is no such call"}"#;
    assert_eq!(watched(404, forgotten), Ok(Answer::IsOver(true)));
    assert_eq!(watched(200, r#"{"state":"ended"}"#), Ok(Answer::IsOver(true)));
    assert_eq!(watched(200, r#"{"state":"talking"}"#), Ok(Answer::IsOver(false)));
}

fn valid_scenario() -> Scenario {
    let table: Table = serde_json::from_str(TABLE).unwrap();
    table.scenarios.into_iter().next().unwrap()
}
