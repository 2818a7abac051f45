//! What a host and the room service send each other.
//!
//! A call is created by `POST /v1/calls` with a [`Request`](crate::request::Request) as its body. The answer is a
//! [`Room`](crate::outcome::Room), or a [`Refusal`] with a 4xx or 5xx status. `callWMPF` does the same by
//! `POST /v1/wmpf-calls` with a [`WmpfCall`](crate::wmpf_call::WmpfCall). A listener keeps a WebSocket to
//! `/v1/reminders` open and gets a [`ServiceMessage`] for each call. During a call, either party uses the [`socket`]
//! of that call, or requests. The caller gives a call up by `DELETE /v1/calls/{roomId}`, or, if the answer to its
//! creation was lost, by `DELETE /v1/calls` with its idempotency key.

mod answer;
pub mod socket;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::answer::{
    AnswerError, HttpResponse, RawAnswer, decode_contacts, decode_is_over, decode_room,
    decode_signal,
};
use crate::code::Code;
use crate::encode_video::EncodeVideo;
use crate::outcome::ChargeType;
use crate::problem::{Problem, Problems, wrong_field};
use crate::request::{BusinessType, CameraStatus, MiniprogramState, RoomType};

/// The path at which a call is created.
pub const CALLS_PATH: &str = "/v1/calls";

/// The path at which `callWMPF` creates a call.
pub const WMPF_CALLS_PATH: &str = "/v1/wmpf-calls";

/// The path at which `callDevice` creates a call.
pub const DEVICE_CALLS_PATH: &str = "/v1/device-calls";

/// The path at which a user gives, lists and withdraws authorisations of devices.
pub const AUTHORISATIONS_PATH: &str = "/v1/authorisations";

/// The path at which `getIotBindContactList` asks which users have authorised a device.
pub const IOT_BIND_CONTACTS_PATH: &str = "/v1/iot-bind-contacts";

/// The path of the socket on which a listener waits for reminders.
pub const REMINDERS_PATH: &str = "/v1/reminders";

/// The WebSocket subprotocol of [`REMINDERS_PATH`] and of the socket of a call. A browser cannot set a header there,
/// so the session token is offered as a second subprotocol. It never stands in a URL, because URLs get logged.
pub const REMINDERS_SUBPROTOCOL: &str = "wmpf-voip.v1";

/// The header with the idempotency key, by which the service recognises a repeated request.
pub const IDEMPOTENCY_KEY_HEADER: &str = "idempotency-key";

/// How long a call rings, in milliseconds.
pub const RING_MS: u64 = 60_000;

/// A refusal: why the service did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{errmsg}")]
pub struct Refusal {
    /// The code of the contract.
    pub errcode: Code,
    /// What was wrong and what to do about it.
    pub errmsg: String,
    /// For 22, 1001 and 1004: every field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<WrongField>>,
}

/// A field that is wrong, as a refusal tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Problem))]
pub struct WrongField {
    /// The path of the field, such as `listener.id`.
    pub path: String,
    /// The code that the request would be refused with if only this field were wrong.
    pub code: Code,
    /// What was expected and what was passed, in English.
    #[serde(flatten)]
    pub en: Wrong,
    /// What was expected and what was passed, in Chinese. It is left out for rules of the service's own, and by earlier
    /// versions of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<Wrong>,
}

/// What is wrong with a field, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wrong {
    /// What the field takes.
    pub expected: String,
    /// What was passed; never the value of a token.
    pub got: String,
}

impl WrongField {
    /// Makes a field that breaks a rule of the service's own, which is told in English only.
    #[must_use]
    pub fn new(path: &str, code: Code, expected: &str, got: String) -> WrongField {
        let en = Wrong { expected: expected.into(), got };
        WrongField { path: path.into(), code, en, zh: None }
    }
}

impl From<&Problem> for WrongField {
    fn from(Problem { path, code, expected, got }: &Problem) -> WrongField {
        WrongField {
            path: path.clone(),
            code: *code,
            en: Wrong { expected: expected.en(), got: got.en() },
            zh: Some(Wrong { expected: expected.zh(), got: got.zh() }),
        }
    }
}

impl fmt::Display for WrongField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WrongField { path, en: Wrong { expected, got }, .. } = self;
        f.write_str(&wrong_field(path, expected, got))
    }
}

impl Refusal {
    /// Makes a refusal that is not about single fields.
    #[must_use]
    pub fn new(errcode: Code, errmsg: impl Into<String>) -> Refusal {
        Refusal { errcode, errmsg: errmsg.into(), problems: None }
    }

    /// Makes a refusal because of these fields.
    #[must_use]
    pub fn of(errcode: Code, problems: Vec<WrongField>) -> Refusal {
        let errmsg = problems.iter().map(WrongField::to_string).collect::<Vec<_>>().join("; ");
        Refusal { errcode, errmsg, problems: Some(problems) }
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Refusal {
        Refusal::of(problems.code(), problems.as_slice().iter().map(WrongField::from).collect())
    }
}

/// What the service sends to a listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServiceMessage {
    /// Somebody calls the listener.
    Reminder(Reminder),
    /// A call no longer rings: it was answered on one device, or it is over.
    Cancelled(Cancelled),
    /// The connection is alive.
    Heartbeat(Heartbeat),
}

/// The service sends it first on a socket, and then at regular intervals. A connection can break without being closed,
/// and a browser does not show pings to its page: if nothing is received for much longer than the interval, the
/// connection is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Heartbeat {
    /// The time to the next heartbeat, in milliseconds.
    pub every_ms: u32,
}

/// The reminder to answer: somebody calls, and the listener has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reminder {
    /// The id of the call's room.
    pub room_id: String,
    /// The same as roomId.
    pub group_id: String,
    /// The kind of media: voice or video.
    pub room_type: RoomType,
    /// The kind of call: which kind of host calls which.
    pub business_type: BusinessType,
    /// The id of the caller: an SN, a user_id or an openId.
    pub caller_id: String,
    /// The name to show for the caller.
    pub caller_name: String,
    /// The id of the listener: an SN or an openId.
    pub listener_id: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// The version of the mini-program to open.
    pub miniprogram_state: MiniprogramState,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// The path of the call page, with the query to open it with.
    pub path: String,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    pub rings_until: u64,
}

/// A call that no longer rings. The listener need not have heard of it before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    /// The id of the call's room.
    pub room_id: String,
}

/// A call as one of its two parties sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct JoinedCall {
    /// The id of the call's room.
    pub room_id: String,
    /// The same as roomId.
    pub group_id: String,
    /// The kind of media: voice or video.
    pub room_type: RoomType,
    /// The kind of call: which kind of host calls which.
    pub business_type: BusinessType,
    /// Whether this party is the caller.
    pub is_caller: bool,
    /// The id of the caller: an SN, a user_id or an openId.
    pub caller_id: String,
    /// The name to show for the caller.
    pub caller_name: String,
    /// Whether the caller starts with the camera on.
    pub caller_camera_status: CameraStatus,
    /// The id of the listener: an SN or an openId.
    pub listener_id: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// Whether the listener starts with the camera on.
    pub listener_camera_status: CameraStatus,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// How long the call may last, in seconds from `startVoip`. Without it there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// How the phone encodes its video. Left out if that is the platform's choice.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = EncodeVideo))]
    pub encode_video: Option<EncodeVideo>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Phrase;

    #[test]
    fn the_problems_of_a_request_travel_with_the_refusal() {
        let mut problems = Problems::default();
        problems.parameter("listener.id", Phrase::NON_EMPTY_STRING, Phrase::NOTHING.into());
        let refusal = Refusal::from(problems);
        assert_eq!(
            serde_json::to_string(&refusal).unwrap(),
            r#"{"errcode":1004,"errmsg":"listener.id: expected a non-empty string, got nothing","problems":[{"path":"listener.id","code":1004,"expected":"a non-empty string","got":"nothing","zh":{"expected":"非空字符串","got":"未传"}}]}"#
        );
    }

    #[test]
    fn a_reminder_says_its_type() {
        let message = ServiceMessage::Reminder(Reminder {
            room_id: "r".into(),
            group_id: "r".into(),
            room_type: RoomType::Voice,
            business_type: BusinessType::PhoneToDevice,
            caller_id: "o".into(),
            caller_name: "n".into(),
            listener_id: "SN".into(),
            listener_name: "d".into(),
            miniprogram_state: MiniprogramState::Formal,
            charge_type: ChargeType::Duration,
            path: "p?a=1".into(),
            rings_until: 60_000,
        });
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["type"], "reminder");
        assert_eq!((&json["businessType"], &json["ringsUntil"]), (&2.into(), &60_000.into()));
        assert_eq!(serde_json::from_value::<ServiceMessage>(json).unwrap(), message);
    }

    #[test]
    fn the_end_of_the_ringing_names_the_room() {
        let message = ServiceMessage::Cancelled(Cancelled { room_id: "r".into() });
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json, serde_json::json!({"type": "cancelled", "roomId": "r"}));
        assert_eq!(serde_json::from_value::<ServiceMessage>(json).unwrap(), message);
    }

    #[test]
    fn a_joined_call_reads_back_as_it_was_sent() {
        let call = JoinedCall {
            room_id: "r".into(),
            group_id: "r".into(),
            room_type: RoomType::Video,
            business_type: BusinessType::DeviceToPhone,
            is_caller: true,
            caller_id: "SN".into(),
            caller_name: "d".into(),
            caller_camera_status: CameraStatus::Off,
            listener_id: "o".into(),
            listener_name: "n".into(),
            listener_camera_status: CameraStatus::On,
            charge_type: ChargeType::License,
            time_limit: None,
            encode_video: None,
        };
        let json = serde_json::to_value(&call).unwrap();
        assert_eq!((&json["isCaller"], &json["callerCameraStatus"]), (&true.into(), &1.into()));
        assert_eq!(json.get("timeLimit"), None);
        assert_eq!(json.get("encodeVideoRatio"), None);
        assert_eq!(serde_json::from_value::<JoinedCall>(json).unwrap(), call);

        let encode_video = EncodeVideo { ratio: 75.0, ..EncodeVideo::default() };
        let call = JoinedCall { encode_video: Some(encode_video), ..call };
        let json = serde_json::to_value(&call).unwrap();
        assert_eq!(
            (&json["encodeVideoRatio"], &json["encodeVideoMaxFPS"]),
            (&75.0.into(), &0.into())
        );
        assert_eq!(serde_json::from_value::<JoinedCall>(json).unwrap(), call);
    }
}
