//! The socket of a call, on which a party takes part in it: the messages in both directions.
//!
//! A call page opens `GET /v1/calls/{roomId}/socket?device=..&page=..&takes=1&after=..` as a WebSocket and keeps it
//! open until the call is over. `device` is a name that the page's device has chosen for itself and keeps over a
//! reload: of two phones of one user only one can take the call. `page` is a name of the page itself: of two pages of
//! one device only one has the call, and it is the one that took it last with `takes=1`. A page sends `takes=1` until
//! it has been told of the call. It does not when it only comes back, because the call may have gone on in a newer
//! page. `after` is the number of the last event that the page has heard, 0 at first. The events since then are sent
//! first, so a connection that broke loses nothing.
//!
//! The service first sends [`CallMessage::Call`]. If it sends [`CallMessage::Refused`] or [`CallMessage::Elsewhere`]
//! instead, it closes the socket after that, and it also closes the socket after the last event. A party reports what
//! happens by a [`PartySignal`], and each one is answered. A party without a socket sends the same as the body of
//! `POST /v1/calls/{roomId}/signals`, with `device` in it.

#[cfg(feature = "openapi")]
pub mod schema;
mod service;

use serde::{Deserialize, Serialize};

pub use self::service::{
    CallMessage, CallView, IceServer, NumberedEvent, OpenedCall, SignalReply, VoipChat,
};
use crate::call::{Chosen, Device, How, Side, Signal};
use crate::problem::Problems;
use crate::text::decimal;
use crate::value::{Object, Other, Value};
use crate::words::Phrase;

/// The length of the longest name of a device or a page, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// The length of the longest reason of a failure, in characters.
pub const MAX_REASON_LENGTH: usize = 1024;

/// The length of the longest text that is relayed, in bytes. A session description with many candidates has some 10
/// kB.
pub const MAX_RELAY_BYTES: usize = 48 * 1024;

/// Whether a device or a page can have this name; [`Phrase::NAME_OF_DEVICE`] says the rule in words.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A message of a party on the socket of its call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyMessage {
    /// The party reports a signal.
    Signal {
        /// A number of the party's own, which comes back with the reply.
        id: u32,
        /// The signal.
        signal: PartySignal,
    },
    /// The page says what its user has chosen. It may repeat itself; the last choice is valid. Only the choice of the
    /// page that has the call is kept.
    Chosen(Chosen),
    /// A text for the media of the other side. The service does not read it, and drops it unless both sides are in the
    /// room.
    Relay {
        /// The text, of at most [`MAX_RELAY_BYTES`] bytes.
        payload: String,
    },
}

/// A signal as a party sends it: something that has happened on its side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PartySignal {
    /// The listener takes the call.
    Answer,
    /// The listener is in another call of which the service does not know.
    Busy,
    /// The party is in the room.
    Join,
    /// The party cannot enter the room.
    JoinFailed {
        /// The host's `errMsg`.
        #[cfg_attr(feature = "openapi", schema(value_type = schema::Reason))]
        reason: String,
        /// The host's error code, if it has one. Older packages send none.
        #[serde(rename = "errCode", skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Uint32>))]
        err_code: Option<u32>,
    },
    /// The party cancels, rejects or hangs up, depending on the state of the call.
    HangUp {
        /// How the party ends the call.
        how: How,
        /// Whether the party gives up a call that it has created and not yet joined. It does not know whether its
        /// creation has met a call of the other party.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>, default = false))]
        placed: bool,
    },
    /// The host of the party has interrupted the call.
    Abort {
        /// The host's `errMsg`.
        #[cfg_attr(feature = "openapi", schema(value_type = schema::Reason))]
        reason: String,
    },
}

impl PartySignal {
    /// The signal as [`Call::apply`](crate::call::Call::apply) takes it, at `now_ms` in milliseconds since the Unix
    /// epoch. `speaker` is the name of the device that speaks for this side. `None` if the signal means nothing from
    /// this side: only a listener can answer or be busy.
    #[must_use]
    pub fn of(
        self,
        side: Side,
        speaker: Option<&str>,
        device: Device,
        now_ms: u64,
    ) -> Option<Signal> {
        match (self, side) {
            // A party that gives up what it has created is no caller here: its creation has met this call, which is
            // the other party's.
            (PartySignal::HangUp { placed: true, .. }, Side::Listener)
                if speaker != Some(device.name.as_str()) =>
            {
                None
            }
            (PartySignal::Answer, Side::Listener) => Some(Signal::Answer { device }),
            (PartySignal::Busy, Side::Listener) => Some(Signal::Busy),
            (PartySignal::Answer | PartySignal::Busy, Side::Caller) => None,
            (PartySignal::Join, Side::Caller | Side::Listener) => {
                Some(Signal::Join { side, device })
            }
            (PartySignal::JoinFailed { reason, err_code }, Side::Caller | Side::Listener) => {
                Some(Signal::JoinFailed { side, device, reason, err_code })
            }
            (PartySignal::HangUp { how, placed: _ }, Side::Caller | Side::Listener) => {
                Some(Signal::HangUp { side, device, how })
            }
            (PartySignal::Abort { reason }, Side::Caller | Side::Listener) => {
                Some(Signal::Gone { side, device, last_seen_ms: now_ms, reason })
            }
        }
    }
}

/// A [`PartyMessage`], or the body of a signal, before it is checked. Every member is as it came.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RawPartyMessage {
    /// `type`
    #[serde(rename = "type")]
    pub kind: Value,
    /// `id`
    pub id: Value,
    /// `device`
    pub device: Value,
    /// `how`
    pub how: Value,
    /// `placed`
    pub placed: Value,
    /// `reason`
    pub reason: Value,
    /// `muted`
    pub muted: Value,
    /// `camera`
    pub camera: Value,
    /// `errCode`
    pub err_code: Value,
    /// `payload`, which may be longer than other strings.
    pub payload: serde_json::Value,
}

impl Object<RawPartyMessage> {
    /// Reads a message of the socket.
    ///
    /// # Errors
    /// When a member is wrong. Every wrong member is named.
    pub fn message(self) -> Result<PartyMessage, Problems> {
        let mut problems = Problems::default();
        let Some(raw) = problems.object("message", self) else {
            return Err(problems);
        };
        if raw.kind == Value::string("relay") {
            return match relayed(&mut problems, raw.payload) {
                Some(payload) => Ok(PartyMessage::Relay { payload }),
                None => Err(problems),
            };
        }
        if raw.kind == Value::string("chosen") {
            let muted = boolean(&mut problems, "muted", &raw.muted);
            let camera = boolean(&mut problems, "camera", &raw.camera);
            return match (muted, camera) {
                (Some(muted), Some(camera)) => Ok(PartyMessage::Chosen(Chosen { muted, camera })),
                (None | Some(_), None | Some(_)) => Err(problems),
            };
        }
        let id = integer(&mut problems, "id", &raw.id);
        let signal = raw.signal(&mut problems);
        match (id, signal) {
            (Some(id), Some(signal)) => Ok(PartyMessage::Signal { id, signal }),
            _ => Err(problems),
        }
    }

    /// Reads the body of a signal. Gives the signal and the name of the device that reports it.
    ///
    /// # Errors
    /// When a member is wrong. Every wrong member is named.
    pub fn signal(self) -> Result<(PartySignal, String), Problems> {
        let mut problems = Problems::default();
        let Some(raw) = problems.object("body", self) else {
            return Err(problems);
        };
        let signal = raw.signal(&mut problems);
        let device = match raw.device {
            Value::String(device) if is_name(&device) => Some(device),
            wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                problems.wrong("device", Phrase::NAME_OF_DEVICE, &wrong);
                None
            }
        };
        match (signal, device) {
            (Some(signal), Some(device)) => Ok((signal, device)),
            _ => Err(problems),
        }
    }
}

fn boolean(problems: &mut Problems, path: &str, value: &Value) -> Option<bool> {
    match value {
        Value::Other(Other::Boolean(value)) => Some(*value),
        Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong(path, Phrase::TRUE_OR_FALSE, value);
            None
        }
    }
}

fn relayed(problems: &mut Problems, payload: serde_json::Value) -> Option<String> {
    match payload {
        serde_json::Value::String(payload) if payload.len() <= MAX_RELAY_BYTES => Some(payload),
        serde_json::Value::String(long) => {
            let got = Phrase::STRING_OF_BYTES.with(decimal(long.len()));
            problems.parameter("payload", Phrase::PAYLOAD, got);
            None
        }
        wrong @ (serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_)) => {
            problems.wrong("payload", Phrase::PAYLOAD, &Value::from(wrong));
            None
        }
    }
}

impl RawPartyMessage {
    fn signal(&self, problems: &mut Problems) -> Option<PartySignal> {
        match &self.kind {
            Value::String(kind) if kind == "answer" => Some(PartySignal::Answer),
            Value::String(kind) if kind == "busy" => Some(PartySignal::Busy),
            Value::String(kind) if kind == "join" => Some(PartySignal::Join),
            Value::String(kind) if kind == "joinFailed" => {
                let reason = checked_reason(problems, &self.reason);
                let err_code = match self.err_code {
                    Value::Missing => Some(None),
                    Value::String(_) | Value::Number(_) | Value::Other(_) => {
                        integer(problems, "errCode", &self.err_code).map(Some)
                    }
                };
                Some(PartySignal::JoinFailed { reason: reason?, err_code: err_code? })
            }
            Value::String(kind) if kind == "hangUp" => {
                let how = checked_how(problems, &self.how);
                let placed = checked_placed(problems, &self.placed);
                Some(PartySignal::HangUp { how: how?, placed: placed? })
            }
            Value::String(kind) if kind == "abort" => {
                let reason = checked_reason(problems, &self.reason);
                reason.map(|reason| PartySignal::Abort { reason })
            }
            Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
                problems.wrong("type", Phrase::SIGNAL_TYPE, &self.kind);
                None
            }
        }
    }
}

fn integer(problems: &mut Problems, path: &str, value: &Value) -> Option<u32> {
    match value {
        Value::Number(number)
            if *number >= 0.0 && *number <= f64::from(u32::MAX) && number.fract() == 0.0 =>
        {
            Some(*number as u32)
        }
        Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong(path, Phrase::UINT32, value);
            None
        }
    }
}

fn checked_how(problems: &mut Problems, value: &Value) -> Option<How> {
    let how = match value {
        Value::String(word) => How::of(word),
        Value::Missing | Value::Number(_) | Value::Other(_) => None,
    };
    if how.is_none() {
        problems.wrong("how", Phrase::HANG_UP_HOW, value);
    }
    how
}

fn checked_placed(problems: &mut Problems, value: &Value) -> Option<bool> {
    match value {
        Value::Missing => Some(false),
        Value::Other(Other::Boolean(placed)) => Some(*placed),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("placed", Phrase::TRUE_OR_FALSE, value);
            None
        }
    }
}

fn checked_reason(problems: &mut Problems, value: &Value) -> Option<String> {
    match value {
        Value::String(reason) if reason.chars().nth(MAX_REASON_LENGTH).is_none() => {
            Some(reason.clone())
        }
        Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("reason", Phrase::REASON, value);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn raw(json: Json) -> Object<RawPartyMessage> {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_a_party_says_is_read() {
        for (json, signal) in [
            (json!({"type": "answer"}), PartySignal::Answer),
            (json!({"type": "busy"}), PartySignal::Busy),
            (json!({"type": "join"}), PartySignal::Join),
            (
                json!({"type": "joinFailed", "reason": "no camera"}),
                PartySignal::JoinFailed { reason: "no camera".into(), err_code: None },
            ),
            (
                json!({"type": "joinFailed", "reason": "no microphone", "errCode": 2007}),
                PartySignal::JoinFailed { reason: "no microphone".into(), err_code: Some(2007) },
            ),
            (
                json!({"type": "hangUp", "how": "unloadCallPage"}),
                PartySignal::HangUp { how: How::UnloadCallPage, placed: false },
            ),
            (
                json!({"type": "hangUp", "how": "forceFromApp", "placed": true}),
                PartySignal::HangUp { how: How::ForceFromApp, placed: true },
            ),
            (json!({"type": "abort", "reason": ""}), PartySignal::Abort { reason: "".into() }),
        ] {
            assert_eq!(serde_json::to_value(&signal).unwrap(), json);
            let mut message = json.clone();
            message["id"] = 7.into();
            let said = PartyMessage::Signal { id: 7, signal: signal.clone() };
            assert_eq!(raw(message).message(), Ok(said));
            let mut body = json;
            body["device"] = "d-1".into();
            assert_eq!(raw(body).signal(), Ok((signal, "d-1".into())));
        }
        let chosen = raw(json!({"type": "chosen", "muted": true, "camera": false})).message();
        assert_eq!(chosen, Ok(PartyMessage::Chosen(Chosen { muted: true, camera: false })));
        let payload = "x".repeat(MAX_RELAY_BYTES);
        let message = raw(json!({"type": "relay", "payload": payload})).message();
        assert_eq!(message, Ok(PartyMessage::Relay { payload }));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let message = |json| raw(json).message().unwrap_err().message();
        let type_is =
            "type: expected 'answer', 'busy', 'join', 'joinFailed', 'hangUp' or 'abort', got ";
        let id_is = "id: expected an integer from 0 to 4294967295, got ";
        for (json, text) in [
            (json!([]), "message: expected an object, got an array".to_owned()),
            (json!({}), format!("{id_is}nothing; {type_is}nothing")),
            (json!({"type": "ring", "id": 1}), format!("{type_is}the string 'ring'")),
            (json!({"type": "join", "id": -1}), format!("{id_is}-1")),
            (json!({"type": "join", "id": 0.5}), format!("{id_is}0.5")),
            (
                json!({"type": "hangUp", "id": 1}),
                "how: expected 'manual', 'unloadCallPage' or 'forceFromApp', got nothing".into(),
            ),
            (
                json!({"type": "hangUp", "id": 1, "how": "manual", "placed": 1}),
                "placed: expected true or false, got 1".into(),
            ),
            (
                json!({"type": "abort", "id": 1, "reason": "x".repeat(1025)}),
                format!(
                    "reason: expected a string of at most 1024 characters, got the string '{}…'",
                    "x".repeat(40)
                ),
            ),
            (
                json!({"type": "chosen", "muted": 1}),
                "muted: expected true or false, got 1; camera: expected true or false, got nothing"
                    .into(),
            ),
            (
                json!({"type": "joinFailed", "id": 1, "errCode": "2007"}),
                "reason: expected a string of at most 1024 characters, got nothing; errCode: \
                 expected an integer from 0 to 4294967295, got the string '2007'"
                    .into(),
            ),
            (
                json!({"type": "relay"}),
                "payload: expected a string of at most 49152 bytes, got nothing".into(),
            ),
            (
                json!({"type": "relay", "payload": "é".repeat(MAX_RELAY_BYTES / 2) + "x"}),
                "payload: expected a string of at most 49152 bytes, got a string of 49153 bytes"
                    .into(),
            ),
        ] {
            assert_eq!(message(json), text);
        }
        for device in ["", "a b", "é", &"x".repeat(65)] {
            let problems = raw(json!({"type": "join", "device": device})).signal().unwrap_err();
            assert_eq!(problems.as_slice()[0].path, "device");
        }
    }

    #[test]
    fn only_a_listener_answers() {
        for signal in [PartySignal::Answer, PartySignal::Busy] {
            assert_eq!(signal.clone().of(Side::Caller, None, "d".into(), 1), None);
            assert!(signal.of(Side::Listener, None, "d".into(), 1).is_some());
        }
        let gone = PartySignal::Abort { reason: "r".into() }.of(Side::Caller, None, "d".into(), 7);
        let signal = Signal::Gone {
            side: Side::Caller,
            device: "d".into(),
            last_seen_ms: 7,
            reason: "r".into(),
        };
        assert_eq!(gone, Some(signal));
    }

    #[test]
    fn who_gives_up_what_it_has_placed_ends_the_other_partys_call_only_where_it_is_in_it() {
        for (side, speaker, placed, ends) in [
            (Side::Listener, None, true, false),
            (Side::Listener, Some("another"), true, false),
            (Side::Listener, Some("d"), true, true),
            (Side::Listener, None, false, true),
            (Side::Caller, None, true, true),
        ] {
            let signal = PartySignal::HangUp { how: How::Manual, placed };
            let taken = signal.of(side, speaker, "d".into(), 1);
            assert_eq!(taken.is_some(), ends, "{side:?} {speaker:?} {placed}");
        }
    }
}
