//! What goes between a host and the room service.
//!
//! A call is created by `POST /v1/calls` with a [`Request`](crate::request::Request) as its body. The
//! answer is a [`Room`], or a [`Refusal`] with a 4xx or 5xx status. `callWMPF` does the same by
//! `POST /v1/wmpf-calls` with a [`WmpfCall`](crate::wmpf_call::WmpfCall). A listener holds a WebSocket to
//! `/v1/reminders` and gets a [`ServiceMessage`] for each call. What either party does in a call goes over the
//! [`socket`] of that call, or by requests. The caller gives up by `DELETE /v1/calls/{roomId}`, or by
//! `DELETE /v1/calls` with the key of a creation whose answer it lost.

pub mod socket;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::encode_video::EncodeVideo;
use crate::outcome::{ChargeType, Room};
use crate::problem::{Problem, Problems, wrong_field};
use crate::request::{BusinessType, CameraStatus, MiniprogramState, RoomType};
use crate::text::{concat, decimal};
use crate::transport::HttpResponse;
use crate::value::{Object, Value};
use crate::words::Phrase;

/// Where a call is created.
pub const CALLS_PATH: &str = "/v1/calls";

/// Where `callWMPF` creates a call.
pub const WMPF_CALLS_PATH: &str = "/v1/wmpf-calls";

/// Where `callDevice` creates a call.
pub const DEVICE_CALLS_PATH: &str = "/v1/device-calls";

/// Where a user gives, lists and withdraws authorisations of devices.
pub const AUTHORISATIONS_PATH: &str = "/v1/authorisations";

/// Where `getIotBindContactList` asks who has authorised a device.
pub const IOT_BIND_CONTACTS_PATH: &str = "/v1/iot-bind-contacts";

/// Where a listener waits for reminders.
pub const REMINDERS_PATH: &str = "/v1/reminders";

/// The WebSocket subprotocol of [`REMINDERS_PATH`]. A browser cannot set a header there, so the session
/// token is offered as a second subprotocol and never stands in a URL, which is what gets logged.
pub const REMINDERS_SUBPROTOCOL: &str = "wmpf-voip.v1";

/// The header whose value makes a repeated request the same request.
pub const IDEMPOTENCY_KEY_HEADER: &str = "idempotency-key";

/// How long a call rings, in milliseconds.
pub const RING_MS: u64 = 60_000;

/// Why the service did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{errmsg}")]
pub struct Refusal {
    /// The code.
    pub errcode: Code,
    /// What was wrong and what to do about it.
    pub errmsg: String,
    /// For [`Code::Parameter`], [`Code::VoipToken`] and [`Code::ChargeType`]: every field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<WrongField>>,
}

/// A field that is wrong, as a refusal tells it: a [`Problem`] in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongField {
    /// The field's path.
    pub path: String,
    /// The code that it has alone.
    pub code: Code,
    /// What it takes and what came, in English.
    #[serde(flatten)]
    pub en: Wrong,
    /// The same in Chinese, where the rule is the contract's and the service not of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<Wrong>,
}

/// What is wrong with a field, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// What the field takes.
    pub expected: String,
    /// What came; never the value of a token.
    pub got: String,
}

impl WrongField {
    /// A field that breaks a rule of the service's own, in English.
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
    /// A refusal that is about no single field.
    #[must_use]
    pub fn new(errcode: Code, errmsg: impl Into<String>) -> Refusal {
        Refusal { errcode, errmsg: errmsg.into(), problems: None }
    }

    /// A refusal for these fields.
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
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServiceMessage {
    /// Somebody calls.
    Reminder(Reminder),
    /// A call no longer rings: it was answered on one device, or it is over.
    Cancelled(Cancelled),
    /// The connection lives.
    Heartbeat(Heartbeat),
}

/// Comes at the beginning of a socket and then at regular intervals. A connection can break without an end that is
/// noticed, and a browser shows no pings to its page: if nothing comes for much longer than this, nothing will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heartbeat {
    /// How long it is to the next one, in milliseconds.
    pub every_ms: u32,
}

/// An answer reminder: somebody calls, and the listener has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reminder {
    /// The call.
    pub room_id: String,
    /// The same as `room_id`.
    pub group_id: String,
    /// Voice or video.
    pub room_type: RoomType,
    /// Who calls whom.
    pub business_type: BusinessType,
    /// The caller's id.
    pub caller_id: String,
    /// The name to show for the caller.
    pub caller_name: String,
    /// The listener's id.
    pub listener_id: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// Which version of the mini-program to open.
    pub miniprogram_state: MiniprogramState,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// The call page with the query to open it with.
    pub path: String,
    /// Until when it rings, in milliseconds since the Unix epoch.
    pub rings_until: u64,
}

/// A call no longer rings. The listener need not have heard of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    /// The call.
    pub room_id: String,
}

/// A call as one of its two parties sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinedCall {
    /// The call.
    pub room_id: String,
    /// The same as `room_id`.
    pub group_id: String,
    /// Voice or video.
    pub room_type: RoomType,
    /// Who calls whom.
    pub business_type: BusinessType,
    /// Whether the party that joins is the caller.
    pub is_caller: bool,
    /// The caller's id.
    pub caller_id: String,
    /// The name to show for the caller.
    pub caller_name: String,
    /// Whether the caller starts with the camera on.
    pub caller_camera_status: CameraStatus,
    /// The listener's id.
    pub listener_id: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// Whether the listener starts with the camera on.
    pub listener_camera_status: CameraStatus,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// The longest duration of the call, in seconds from `startVoip`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// How the phone is to encode its video, if that is not left to the platform.
    #[serde(flatten)]
    pub encode_video: Option<EncodeVideo>,
}

/// An answer to [`CALLS_PATH`] as it came: the members of a [`Room`] and of a [`Refusal`].
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RawAnswer {
    /// `roomId`
    pub room_id: Value,
    /// `chargeType`
    pub charge_type: Value,
    /// `errcode`
    pub errcode: Value,
    /// `errmsg`
    pub errmsg: Value,
}

impl RawAnswer {
    /// Reads a body where there is no host to do it.
    #[must_use]
    pub fn from_json(body: &str) -> Object<RawAnswer> {
        serde_json::from_str(body).unwrap_or_else(|_| Object::Not(Value::string(body)))
    }
}

/// What an answer to [`CALLS_PATH`] turned out to be.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnswerError {
    /// The service refused.
    Refused(Refusal),
    /// An HTTP error without a body of the service: something before it answered.
    Http(u16),
    /// The service refused with a code that this version does not know.
    UnknownCode {
        /// What the service said.
        reason: String,
        /// The number, as it came.
        errcode: Value,
    },
    /// A success, but not the service's.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// The first member that is wrong.
        problem: Box<Problem>,
    },
}

impl AnswerError {
    /// The code that stands for it.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            AnswerError::Refused(refusal) => refusal.errcode,
            AnswerError::Http(_) => Code::RequestFailed,
            AnswerError::UnknownCode { .. } | AnswerError::Unreadable { .. } => Code::BadAnswer,
        }
    }

    /// What the answer was.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            AnswerError::Refused(refusal) => refusal.errmsg.clone(),
            AnswerError::Http(status) => {
                let status = decimal((*status).into());
                concat(&["HTTP status ", &status, " without a body of the room service"])
            }
            AnswerError::UnknownCode { reason, errcode } => {
                let errcode = errcode.describe().en();
                concat(&[reason, " (errcode ", &errcode, ", which this version does not know)"])
            }
            AnswerError::Unreadable { status, problem } => {
                let (status, problem) = (decimal((*status).into()), problem.message());
                let what = " with a body that is not the room service's: ";
                concat(&["HTTP status ", &status, what, &problem])
            }
        }
    }

    /// Whether the call may have been created in spite of it: the answer is not the service's, or says that
    /// the service did not get to its end.
    #[must_use]
    pub fn leaves_doubt(&self) -> bool {
        match self {
            AnswerError::Refused(refusal) => refusal.errcode == Code::CreateRoom,
            AnswerError::Http(_) | AnswerError::Unreadable { .. } => true,
            AnswerError::UnknownCode { .. } => false,
        }
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

/// Reads the answer to the creation of a call.
///
/// # Errors
/// Anything but a success with a room in it.
pub fn decode_room(response: HttpResponse) -> Result<Room, AnswerError> {
    let HttpResponse { status, body } = response;
    if let Object::Is(answer) = &body
        && let Value::Number(number) = answer.errcode
    {
        return Err(answer.refused(number));
    }
    if !(200..300).contains(&status) {
        return Err(AnswerError::Http(status));
    }
    let unreadable = |path: &str, expected: Phrase, got: &Value| AnswerError::Unreadable {
        status,
        problem: Box::new(Problem {
            path: path.into(),
            code: Code::BadAnswer,
            expected: expected.into(),
            got: got.describe(),
        }),
    };
    let answer = match body {
        Object::Is(answer) => answer,
        Object::Not(value) => return Err(unreadable("body", Phrase::AN_OBJECT, &value)),
    };
    let charge_type = match &answer.charge_type {
        Value::String(text) if text == ChargeType::Duration.as_str() => ChargeType::Duration,
        Value::String(text) if text == ChargeType::License.as_str() => ChargeType::License,
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            return Err(unreadable("chargeType", Phrase::DURATION_OR_LICENSE, wrong));
        }
    };
    match answer.room_id {
        Value::String(room_id) if !room_id.is_empty() => Ok(Room { room_id, charge_type }),
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            Err(unreadable("roomId", Phrase::NON_EMPTY_STRING, &wrong))
        }
    }
}

impl RawAnswer {
    /// The refusal with this errcode.
    fn refused(&self, errcode: f64) -> AnswerError {
        let reason = self.reason();
        match Code::ALL.iter().find(|code| f64::from(code.number()) == errcode) {
            Some(code) => AnswerError::Refused(Refusal::new(*code, reason)),
            None => AnswerError::UnknownCode { reason, errcode: Value::Number(errcode) },
        }
    }

    /// What the service said, whatever came in its place.
    fn reason(&self) -> String {
        match &self.errmsg {
            Value::String(text) if !text.is_empty() => text.clone(),
            Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => concat(&[
                "the service refused and gave ",
                &self.errmsg.describe().en(),
                " as the reason",
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(status: u16, body: &str) -> Result<Room, AnswerError> {
        decode_room(HttpResponse { status, body: RawAnswer::from_json(body) })
    }

    #[test]
    fn a_room_is_read() {
        let room = Room { room_id: "r1".into(), charge_type: ChargeType::License };
        let body = serde_json::to_string(&room).unwrap();
        assert_eq!(body, r#"{"roomId":"r1","chargeType":"license"}"#);
        assert_eq!(decode(201, &body), Ok(room));
    }

    #[test]
    fn a_refusal_is_read_whatever_the_status() {
        let refusal = Refusal::new(Code::NotAuthorised, "openId o1 has not authorised SN-1");
        for status in [200, 403, 500] {
            let body = serde_json::to_string(&refusal).unwrap();
            let error = decode(status, &body).unwrap_err();
            assert_eq!(error, AnswerError::Refused(refusal.clone()));
            assert_eq!(error.code(), Code::NotAuthorised);
        }
    }

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
    fn answers_that_are_not_the_services() {
        for (status, body, code) in [
            (502, "<html>bad gateway</html>", Code::RequestFailed),
            (404, "{}", Code::RequestFailed),
            (302, r#"{"roomId":"r","chargeType":"license"}"#, Code::RequestFailed),
            (200, "<html>please log in</html>", Code::BadAnswer),
            (200, "", Code::BadAnswer),
            (200, "{}", Code::BadAnswer),
            (200, "[]", Code::BadAnswer),
            (200, r#"{"roomId":"","chargeType":"license"}"#, Code::BadAnswer),
            (200, r#"{"roomId":7,"chargeType":"license"}"#, Code::BadAnswer),
            (200, r#"{"roomId":"r","chargeType":"free"}"#, Code::BadAnswer),
            (200, r#"{"errcode":"9","errmsg":"m"}"#, Code::BadAnswer),
        ] {
            assert_eq!(decode(status, body).unwrap_err().code(), code, "{status} {body}");
        }
    }

    #[test]
    fn a_refusal_of_another_version_loses_nothing() {
        let said = |body: &str| {
            let error = decode(403, body).unwrap_err();
            (error.code(), error.to_string())
        };
        assert_eq!(
            said(r#"{"errcode":25,"errmsg":"the device is asleep"}"#),
            (
                Code::BadAnswer,
                "the device is asleep (errcode 25, which this version does not know)".into()
            )
        );
        let reason = "the service refused and gave nothing as the reason";
        assert_eq!(said(r#"{"errcode":9}"#), (Code::NotAuthorised, reason.into()));
        let long = format!(r#"{{"errcode":7,"errmsg":"{}"}}"#, "x".repeat(5000));
        let reason = "the service refused and gave a string of 5000 characters as the reason";
        assert_eq!(said(&long), (Code::OpenIdFormat, reason.into()));
    }

    #[test]
    fn an_answer_that_is_not_the_services_is_shown_in_part() {
        let error = decode(200, "<html>please log in</html>").unwrap_err();
        assert_eq!(
            error.to_string(),
            "HTTP status 200 with a body that is not the room service's: \
             body: expected an object, got the string '<html>please log in</html>'"
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
