//! The request as JSON, as the service takes it: `Object<RawRequest>` and [`Object::validate`].

use serde_json::Value as Json;
use wmpf_voip::code::Code;
use wmpf_voip::fields::{FIELDS, Kind};
use wmpf_voip::problem::{Problem, Problems};
use wmpf_voip::request::{RawRequest, Request};
use wmpf_voip::value::Object;

use crate::tokens;

/// The members that a request may have.
pub fn members() -> Vec<&'static str> {
    FIELDS.iter().map(|field| field.path).collect()
}

/// Takes the body of a request.
pub fn check(input: &[u8]) {
    let raw: Result<Object<RawRequest>, _> = serde_json::from_slice(input);
    let Ok(json) = serde_json::from_slice::<Json>(input) else {
        assert!(raw.is_err(), "what is no JSON was read");
        return;
    };
    let raw = raw.expect("any JSON can be read");
    let other = tokens::with_others(&json, &["voipToken", "deviceToken"]);
    assert_eq!(format!("{raw:?}"), format!("{:?}", read(&other)), "the token was printed");
    match (raw.validate(), read(&other).validate()) {
        (Ok(request), Ok(other)) => {
            assert_eq!(format!("{request:?}"), format!("{other:?}"), "the token was printed");
            check_request(&request, &json);
        }
        (Err(problems), Err(other)) => {
            assert_eq!(problems, other, "a problem depends on the token");
            check_problems(&problems, &json);
        }
        (one, other) => panic!("validity depends on the token: {one:?}, {other:?}"),
    }
}

fn read(json: &Json) -> Object<RawRequest> {
    serde_json::from_value(json.clone()).expect("any JSON can be read")
}

/// A valid request is sent as it was passed, and the service reads the same one.
fn check_request(request: &Request, passed: &Json) {
    let body = serde_json::to_vec(request).expect("a request is JSON");
    let again: Object<RawRequest> = serde_json::from_slice(&body).expect("any JSON can be read");
    assert_eq!(again.validate().as_ref(), Ok(request), "{passed}");

    let sent = serde_json::to_value(request).expect("a request is JSON");
    for field in FIELDS.iter().filter(|field| field.kind != Kind::Object) {
        let pointer = format!("/{}", field.path.replace('.', "/"));
        let default = field.default.map(|text| serde_json::from_str(text).expect("JSON"));
        let passed = passed.pointer(&pointer).filter(|value| !value.is_null());
        // Where no token is required, an empty one is none.
        let passed = passed.filter(|value| field.path != "voipToken" || *value != "");
        let (sent, expected) = (sent.pointer(&pointer), passed.or(default.as_ref()));
        let same = match (sent.and_then(Json::as_f64), expected.and_then(Json::as_f64)) {
            (Some(sent), Some(expected)) => sent == expected,
            (Some(_), None) | (None, Some(_)) => false,
            (None, None) => sent == expected,
        };
        assert!(same, "{}: {sent:?} instead of {expected:?}", field.path);
    }
}

/// Problems are of documented fields, in their order, and say in a few words what is wrong.
fn check_problems(problems: &Problems, json: &Json) {
    let problems = problems.as_slice();
    if !json.is_object() {
        assert!(matches!(problems, [problem] if problem.path == "req"), "{problems:?}");
    }
    super::check_words(problems);
    for Problem { path, code, .. } in problems {
        assert!(
            *code == Code::Parameter || (*code == Code::VoipToken && path == "voipToken"),
            "{path}: {code:?}"
        );
    }
    if json.is_object() {
        let position = |problem: &Problem| {
            // The token that a host adds is no field of the caller's, and is looked at last.
            let mut paths = FIELDS.iter().map(|field| field.path).chain(["deviceToken"]);
            let position = paths.position(|path| path == problem.path);
            position.unwrap_or_else(|| panic!("{} is not in the table", problem.path))
        };
        assert!(problems.iter().map(position).is_sorted_by(|one, next| one < next), "{problems:?}");
    }
}
