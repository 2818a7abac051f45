//! What a party says in its call: `Object<RawPartyMessage>`, as a message of the socket and as the body of a request.

use serde_json::Value as Json;
use wmpf_voip::call::Chosen;
use wmpf_voip::problem::Problems;
use wmpf_voip::protocol::socket::{
    MAX_REASON_LENGTH, MAX_RELAY_BYTES, PartyMessage, PartySignal, RawPartyMessage, is_name,
};
use wmpf_voip::value::Object;

/// The members that a message may have.
pub const MEMBERS: [&str; 10] =
    ["type", "id", "device", "how", "placed", "reason", "errCode", "muted", "camera", "payload"];

/// Takes a message, which is read in both ways.
pub fn check(input: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Json>(input) else {
        let raw: Result<Object<RawPartyMessage>, _> = serde_json::from_slice(input);
        assert!(raw.is_err(), "what is no JSON was read");
        return;
    };
    let read = || -> Object<RawPartyMessage> {
        serde_json::from_slice(input).expect("any JSON can be read")
    };
    let as_message = match read().message() {
        Ok(PartyMessage::Relay { payload }) => {
            assert!(payload.len() <= MAX_RELAY_BYTES);
            assert_eq!((&json["type"], &json["payload"]), (&"relay".into(), &payload.into()));
            None
        }
        Ok(PartyMessage::Chosen(chosen)) => {
            assert_eq!(json["type"], "chosen");
            let Chosen { muted, camera } = chosen;
            assert_eq!((&json["muted"], &json["camera"]), (&muted.into(), &camera.into()));
            None
        }
        Ok(PartyMessage::Signal { id, signal }) => {
            assert_eq!(json["id"].as_f64(), Some(id.into()));
            check_signal(&signal, &json);
            Some(signal)
        }
        Err(problems) => {
            check_problems(&problems, &json);
            None
        }
    };
    match read().signal() {
        Ok((signal, device)) => {
            assert!(is_name(&device));
            assert_eq!(json["device"], device);
            check_signal(&signal, &json);
            assert!(as_message.is_none_or(|message| message == signal), "{json}");
        }
        Err(problems) => check_problems(&problems, &json),
    }
}

/// A signal says what was said.
fn check_signal(signal: &PartySignal, json: &Json) {
    let sent = serde_json::to_value(signal).expect("a signal is JSON");
    for (name, value) in sent.as_object().expect("a signal is an object") {
        // A number may come with a fraction of zero.
        let said =
            json.get(name).map(|said| said.as_f64().map_or_else(|| said.clone(), Json::from));
        assert_eq!(said, Some(value.as_f64().map_or_else(|| value.clone(), Json::from)), "{name}");
    }
    match signal {
        PartySignal::JoinFailed { reason, err_code: _ } | PartySignal::Abort { reason } => {
            assert!(reason.chars().count() <= MAX_REASON_LENGTH);
        }
        PartySignal::Answer
        | PartySignal::Busy
        | PartySignal::Join
        | PartySignal::HangUp { .. } => {}
    }
}

fn check_problems(problems: &Problems, json: &Json) {
    let problems = problems.as_slice();
    super::check_words(problems);
    for problem in problems {
        let is_whole = ["message", "body"].contains(&problem.path.as_str());
        assert_eq!(is_whole, !json.is_object(), "{problem:?}");
        assert!(is_whole || MEMBERS.contains(&problem.path.as_str()), "{problem:?}");
    }
}
