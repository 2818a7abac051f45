//! The requests of `callWMPF` and `callDevice` as JSON, as the service takes them: `Object<RawWmpfCall>` and
//! `Object<RawDeviceCall>`, and their `validate`.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use wmpf_voip::code::Code;
use wmpf_voip::device_call::RawDeviceCall;
use wmpf_voip::problem::Problems;
use wmpf_voip::value::Object;
use wmpf_voip::wmpf_call::RawWmpfCall;

use crate::tokens;

/// The members of `callWMPF`'s request, in their order.
const WMPF_CALL: [&str; 12] = [
    "roomType",
    "sn",
    "modelId",
    "pushToken",
    "nickName",
    "deviceName",
    "chargeType",
    "timeLimit",
    "enableCallerCamera",
    "enableListenerCamera",
    "envVersion",
    "customQuery",
];

/// The members of `callDevice`'s request, in their order.
const DEVICE_CALL: [&str; 15] = [
    "roomType",
    "sn",
    "modelId",
    "chargeType",
    "timeLimit",
    "enableCallerCamera",
    "enableListenerCamera",
    "nickName",
    "deviceName",
    "isCloud",
    "payload",
    "encodeVideoFixedLength",
    "encodeVideoRotation",
    "encodeVideoRatio",
    "encodeVideoMaxFPS",
];

/// The members that the two requests may have.
pub fn members() -> Vec<&'static str> {
    WMPF_CALL.into_iter().chain(DEVICE_CALL).collect()
}

/// Takes the body of a request, which both read.
pub fn check(input: &[u8]) {
    check_as(input, &WMPF_CALL, Object::<RawWmpfCall>::validate);
    check_as(input, &DEVICE_CALL, Object::<RawDeviceCall>::validate);
}

fn check_as<Raw: DeserializeOwned + Debug, Call: Serialize + Debug + PartialEq>(
    input: &[u8],
    members: &[&str],
    validate: impl Fn(Object<Raw>) -> Result<Call, Problems>,
) {
    let raw: Result<Object<Raw>, _> = serde_json::from_slice(input);
    let Ok(json) = serde_json::from_slice::<Json>(input) else {
        assert!(raw.is_err(), "what is no JSON was read");
        return;
    };
    let raw = raw.expect("any JSON can be read");
    let other: Object<Raw> =
        serde_json::from_value(tokens::with_others(&json, &["pushToken"])).expect("it is JSON");
    assert_eq!(format!("{raw:?}"), format!("{other:?}"), "the token was printed");
    let (result, other) = (validate(raw), validate(other));
    assert_eq!(format!("{result:?}"), format!("{other:?}"), "the token was printed");
    match result {
        Ok(call) => {
            let sent = serde_json::to_value(&call).expect("a call is JSON");
            let again = serde_json::from_value(sent.clone()).expect("any JSON can be read");
            assert_eq!(validate(again), Ok(call), "{json}");
            check_sent(&sent, &json, members);
        }
        Err(problems) => check_problems(&problems, &json, members),
    }
}

/// What was passed is sent as it was, and nothing else besides the defaults.
fn check_sent(sent: &Json, passed: &Json, members: &[&str]) {
    let sent = sent.as_object().expect("a call is an object");
    assert!(sent.keys().all(|name| members.contains(&name.as_str())), "{sent:?}");
    for name in members {
        let Some(passed) = passed.get(name).filter(|value| !value.is_null()) else { continue };
        let is_same = match (sent.get(*name), passed.as_f64()) {
            (Some(sent), Some(number)) => sent.as_f64() == Some(number),
            (Some(sent), None) => sent == passed,
            (None, _) => false,
        };
        assert!(is_same, "{name}: {:?} instead of {passed}", sent.get(*name));
    }
}

/// Problems are of documented members, in their order.
fn check_problems(problems: &Problems, json: &Json, members: &[&str]) {
    let problems = problems.as_slice();
    super::check_words(problems);
    if !json.is_object() {
        assert!(matches!(problems, [problem] if problem.path == "req"), "{problems:?}");
        return;
    }
    for problem in problems {
        let path = problem.path.as_str();
        let code = match path {
            "pushToken" => Code::VoipToken,
            "chargeType" => Code::ChargeType,
            _ => Code::Parameter,
        };
        assert!([code, Code::Parameter].contains(&problem.code), "{path}: {:?}", problem.code);
    }
    let position = |path: &str| members.iter().position(|name| *name == path);
    let positions: Vec<_> = problems.iter().map(|problem| position(&problem.path)).collect();
    assert!(positions.iter().all(Option::is_some), "{problems:?}");
    assert!(positions.is_sorted_by(|one, next| one < next), "{problems:?}");
}
