//! The flow of `initByCaller`, and of every other request where it is the same.
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::error::ErrorKind;
use crate::line::Line;
use crate::outcome::{ChargeType, Room};
use crate::request::tests::request;
use crate::role::Role;
use crate::transport::FakeTransport;

type Answered = Result<Answer, VoipError<&'static str>>;

const ROOM: &str = r#"{"roomId":"r1","chargeType":"duration"}"#;

fn config() -> Config {
    Config {
        endpoint: "http://service".into(),
        token: Secret::new("session-token".into()),
        timeout_ms: 10_000,
        role: None,
        released: false,
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the fake transport never waits"),
    }
}

fn call_as(config: &Config, transport: &FakeTransport, json: &str) -> Answered {
    let prepared =
        prepare(config, &Line::default(), Raw::Call(serde_json::from_str(json).unwrap()))?;
    now(ask(transport, config, prepared))
}

fn call_with(transport: &FakeTransport, json: &str) -> Answered {
    call_as(&config(), transport, json)
}

fn valid() -> String {
    serde_json::to_string(&request()).unwrap()
}

/// A device's call without a voipToken.
const WITHOUT_TOKEN: &str = r#"{"roomType":"video","caller":{"id":"a","cameraStatus":0},"listener":{"id":"b","cameraStatus":0},"businessType":1,"miniprogramState":"formal"}"#;

fn failed(message: &str) -> TransportError<&'static str> {
    let failure = TransportFailure::Failed(message.into());
    TransportError { failure, errno: Some(5), cause: Some("the host's error") }
}

fn timeout() -> TransportError<&'static str> {
    TransportError { failure: TransportFailure::Timeout, errno: None, cause: None }
}

fn aborted() -> TransportError<&'static str> {
    let failure = TransportFailure::Cancelled("gone".into());
    TransportError { failure, errno: None, cause: Some("the reason") }
}

fn thrown(answer: Answered) -> VoipError<&'static str> {
    let error = answer.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Plugin);
    error
}

fn returned(answer: Answered) -> VoipError<&'static str> {
    let error = answer.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Cgi);
    error
}

#[test]
fn a_valid_request_becomes_a_room() {
    let transport = FakeTransport::answering(201, ROOM);
    let room = Room { room_id: "r1".into(), charge_type: ChargeType::Duration };
    assert_eq!(call_with(&transport, &valid()), Ok(Answer::Room(room)));
    assert_eq!(*transport.asked.borrow(), [valid()]);
}

#[test]
fn a_wrong_request_is_thrown_and_never_sent() {
    let transport = FakeTransport::default();
    let error = thrown(call_with(&transport, "{}"));
    assert_eq!(error.code, Code::Parameter);
    assert_eq!(
        error.message,
        "initByCaller:fail roomType: expected 'voice' or 'video', got nothing; \
         caller: expected an object, got nothing; listener: expected an object, got nothing; \
         voipToken: expected the payment's voip_token, a non-empty string, got nothing"
    );

    let no_token = r#"{"roomType":"voice","caller":{"id":"u"},"listener":{"id":"o"}}"#;
    assert_eq!(thrown(call_with(&transport, no_token)).code, Code::VoipToken);
    assert!(transport.asked.borrow().is_empty());
}

#[test]
fn a_host_that_is_known_to_be_the_other_one_may_not_call() {
    let token = r#""roomType":"voice","caller":{"id":"a"},"listener":{"id":"b"},"voipToken":"t""#;
    for (business_type, role, expected) in [
        (1, Role::Phone, Some((Code::DeviceOnly, "made by the device, and this host is a phone"))),
        (1, Role::Device, None),
        (2, Role::Device, Some((Code::PhoneOnly, "made by the phone, and this host is a device"))),
        (2, Role::Phone, None),
        (0, Role::Phone, None),
        (3, Role::Device, None),
    ] {
        let json = format!(r#"{{{token},"businessType":{business_type}}}"#);
        let config = Config { role: Some(role), ..config() };
        let answer = call_as(&config, &FakeTransport::answering(201, ROOM), &json);
        match expected {
            None => assert!(matches!(answer, Ok(Answer::Room(_))), "{answer:?}"),
            Some((code, text)) => {
                let error = thrown(answer);
                assert_eq!(error.code, code);
                assert!(error.message.contains(text), "{error}");
            }
        }
    }
}

#[test]
fn a_released_mini_program_calls_formal() {
    let transport = FakeTransport::answering(201, ROOM);
    let config = Config { released: true, ..config() };
    assert!(valid().contains(r#""miniprogramState":"developer""#));
    call_as(&config, &transport, &valid()).unwrap();
    let sent = valid().replace("developer", "formal");
    assert_eq!(*transport.asked.borrow(), [sent]);
}

#[test]
fn one_call_starts_at_a_time() {
    let (line, config) = (Line::default(), config());
    let prepare = |json: &str| {
        prepare::<&str>(&config, &line, Raw::Call(serde_json::from_str(json).unwrap()))
    };
    let first = prepare(&valid()).unwrap();
    let second = prepare(&valid()).unwrap_err();
    assert_eq!((second.kind, second.code), (ErrorKind::Plugin, Code::Busy));
    assert_eq!(prepare("{}").unwrap_err().code, Code::Parameter, "what is wrong is told first");

    now(ask(&FakeTransport::answering(201, ROOM), &config, first)).unwrap();
    prepare(&valid()).unwrap();
}

#[test]
fn a_device_that_was_given_no_token_asks_its_host() {
    for given in ["", r#","voipToken":"""#] {
        let json = format!("{}{given}}}", WITHOUT_TOKEN.strip_suffix('}').unwrap());
        let transport = FakeTransport {
            device_token: Some(Ok(Value::string("fetched"))),
            ..FakeTransport::answering(201, ROOM)
        };
        call_with(&transport, &json).unwrap();
        let body =
            format!(r#"{},"deviceToken":"fetched"}}"#, WITHOUT_TOKEN.strip_suffix('}').unwrap());
        assert_eq!(*transport.asked.borrow(), ["deviceToken", body.as_str()]);
    }

    let transport = FakeTransport::answering(201, ROOM);
    call_with(&transport, WITHOUT_TOKEN).unwrap();
    assert_eq!(*transport.asked.borrow(), ["deviceToken", WITHOUT_TOKEN], "no way to fetch one");
}

#[test]
fn nobody_else_is_asked_for_a_device_token() {
    for json in [valid(), valid().replace(r#""businessType":1"#, r#""businessType":2"#)] {
        let transport = FakeTransport::answering(201, ROOM);
        call_with(&transport, &json).unwrap();
        assert_eq!(*transport.asked.borrow(), [json]);
    }
}

#[test]
fn a_token_that_could_not_be_fetched_is_thrown() {
    for (fetched, message) in [
        (Err(failed("not registered")), "the host gave no deviceToken: not registered"),
        (Err(timeout()), "the host gave no deviceToken within 10000 ms"),
        (
            Ok(Value::Missing),
            "configure.getDeviceToken: expected a deviceToken, a non-empty string, got nothing",
        ),
        (
            Ok(Value::string("")),
            "configure.getDeviceToken: expected a deviceToken, a non-empty string, got an empty string",
        ),
        (
            Ok(Value::Number(7.0)),
            "configure.getDeviceToken: expected a deviceToken, a non-empty string, got a number",
        ),
    ] {
        let kept = fetched.clone().err().unwrap_or(timeout());
        let transport = FakeTransport { device_token: Some(fetched), ..FakeTransport::default() };
        let error = thrown(call_with(&transport, WITHOUT_TOKEN));
        assert_eq!(error.code, Code::FetchDeviceToken);
        assert_eq!(error.message, format!("initByCaller:fail {message}"));
        assert_eq!((error.errno, error.cause), (kept.errno, kept.cause));
        assert_eq!(*transport.asked.borrow(), ["deviceToken"], "nothing was sent");
    }
}

#[test]
fn what_is_cancelled_before_it_is_sent_is_thrown() {
    let at_once =
        FakeTransport { cancelled: vec![Some(aborted())].into(), ..FakeTransport::default() };
    let meanwhile =
        FakeTransport { device_token: Some(Err(aborted())), ..FakeTransport::default() };
    let right_after = FakeTransport {
        device_token: Some(Ok(Value::string("fetched"))),
        cancelled: vec![None, Some(aborted())].into(),
        ..FakeTransport::default()
    };
    for (transport, asked) in [(at_once, 0), (meanwhile, 1), (right_after, 1)] {
        let error = thrown(call_with(&transport, WITHOUT_TOKEN));
        assert_eq!((error.code, error.cause), (Code::Interrupted, Some("the reason")));
        assert_eq!(
            error.message,
            "initByCaller:fail the call was cancelled while it started: gone"
        );
        assert_eq!(transport.asked.borrow().len(), asked, "nothing was sent");
    }
}

#[test]
fn what_is_cancelled_after_is_returned_and_retracted() {
    let transport = FakeTransport::failing(aborted());
    let error = returned(call_with(&transport, &valid()));
    assert_eq!((error.code, error.cause), (Code::Interrupted, Some("the reason")));
    assert_eq!(*transport.asked.borrow(), [valid(), "retract".into()]);
}

#[test]
fn what_fails_after_the_request_has_left_is_returned() {
    let refusal = r#"{"errcode":9,"errmsg":"not authorised"}"#;
    let failed = r#"{"errcode":5,"errmsg":"try again"}"#;
    let later = r#"{"errcode":77,"errmsg":"of a later version"}"#;
    for (status, body, code, message, retracted) in [
        (403, refusal, Code::NotAuthorised, "not authorised", false),
        (400, later, Code::BadAnswer, "of a later version (errcode 77", false),
        (503, failed, Code::CreateRoom, "try again", true),
        (
            502,
            "oops",
            Code::RequestFailed,
            "HTTP status 502 without a body of the room service",
            true,
        ),
        (
            200,
            "oops",
            Code::BadAnswer,
            "HTTP status 200 with a body that is not the room service's",
            true,
        ),
    ] {
        let transport = FakeTransport::answering(status, body);
        let error = returned(call_with(&transport, &valid()));
        assert_eq!(error.code, code);
        assert!(error.message.starts_with(&format!("initByCaller:fail {message}")), "{error}");
        let asked = transport.asked.borrow();
        assert_eq!(asked[0], valid());
        // An answer is not asked for again. What may exist all the same is taken back.
        let expected: &[&str] = if retracted { &["retract"] } else { &[] };
        assert_eq!(asked[1..], *expected, "{body}");
    }
}

#[test]
fn a_request_that_failed_is_sent_once_more() {
    let transport = FakeTransport::failing(failed("reset")).then_answering(201, ROOM);
    assert!(matches!(call_with(&transport, &valid()), Ok(Answer::Room(_))));
    assert_eq!(*transport.asked.borrow(), [valid(), valid()]);

    let transport = FakeTransport::failing(failed("reset"))
        .then_answering(403, r#"{"errcode":9,"errmsg":"not authorised"}"#);
    assert_eq!(returned(call_with(&transport, &valid())).code, Code::NotAuthorised);
    assert_eq!(*transport.asked.borrow(), [valid(), valid()]);
}

#[test]
fn a_request_without_an_answer_keeps_the_hosts_own_error() {
    let fail_twice = |message| {
        let transport = FakeTransport::failing(failed("first"));
        transport.answers.borrow_mut().push(Err(failed(message)));
        let error = returned(call_with(&transport, &valid()));
        assert_eq!(*transport.asked.borrow(), [&valid(), &valid(), "retract"]);
        error
    };
    let error = fail_twice("request:fail url not in domain list");
    assert_eq!(
        (error.code, error.errno, error.cause),
        (Code::RequestFailed, Some(5), Some("the host's error"))
    );
    assert_eq!(
        error.message,
        "initByCaller:fail the request to http://service failed: request:fail url not in domain list"
    );
    let said = fail_twice("a line\n\u{1b}[31mand another").message;
    assert!(said.ends_with("failed: a line  [31mand another"), "{said}");
}

#[test]
fn what_is_no_response_is_not_asked_for_again() {
    let failure = TransportFailure::NoResponse("no status".into());
    let transport = FakeTransport::failing(TransportError { failure, ..failed("") });
    let error = returned(call_with(&transport, &valid()));
    assert_eq!(error.code, Code::RequestFailed);
    assert_eq!(error.message, "initByCaller:fail the request to http://service failed: no status");
    assert_eq!(*transport.asked.borrow(), [valid(), "retract".into()]);
}

#[test]
fn a_request_whose_time_is_over_is_not_sent_again() {
    let transport = FakeTransport::failing(timeout());
    let error = returned(call_with(&transport, &valid()));
    assert_eq!(error.message, "initByCaller:fail no answer from http://service within 10000 ms");
    assert_eq!(*transport.asked.borrow(), [valid(), "retract".into()]);
}
