//! The service's answer to the creation of a call, and what it is taken for.

use std::fmt;

use serde::Deserialize;

use crate::call::State;
use crate::code::Code;
use crate::outcome::{ChargeType, Room};
use crate::problem::Problem;
use crate::protocol::Refusal;
use crate::text::{concat, decimal};
use crate::value::{Object, Other, Value};
use crate::words::Phrase;

/// An HTTP answer, of whichever server and with whichever status.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body. A body that is not JSON is [`Object::Not`] a string.
    pub body: Object<RawAnswer>,
}

/// An answer as it came, before it is checked: the members of a [`Room`] and of a [`Refusal`].
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
    /// `contact_list`
    #[serde(rename = "contact_list")]
    pub contact_list: Value,
    /// `state`
    pub state: Value,
}

impl RawAnswer {
    /// The names of its members.
    pub const MEMBERS: [&str; 6] =
        ["roomId", "chargeType", "errcode", "errmsg", "contact_list", "state"];

    /// Reads the body from JSON, for Rust hosts.
    #[must_use]
    pub fn from_json(body: &str) -> Object<RawAnswer> {
        serde_json::from_str(body).unwrap_or_else(|_| Object::Not(Value::string(body)))
    }
}

/// Why an answer is no success.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AnswerError {
    /// The service has refused the request.
    Refused(Refusal),
    /// The answer is an HTTP error without a body of the service, with this status. Something in front of the service
    /// has answered.
    Http(u16),
    /// The service has refused with a code that this version of the package does not know.
    UnknownCode {
        /// The service's text.
        reason: String,
        /// The number of the code, as it came.
        errcode: Value,
    },
    /// The answer is a success, but not one of the service.
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with the first wrong member.
        problem: Box<Problem>,
    },
}

impl AnswerError {
    /// The code of the error that the developer gets.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            AnswerError::Refused(refusal) => refusal.errcode,
            AnswerError::Http(_) => Code::RequestFailed,
            AnswerError::UnknownCode { .. } | AnswerError::Unreadable { .. } => Code::BadAnswer,
        }
    }

    /// The text of the error that the developer gets.
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

    /// Whether the call may have been created in spite of this error: the answer is not the service's, or it says that
    /// the service could not finish.
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
/// When the answer is anything but a success with a room in it.
pub fn decode_room(response: HttpResponse) -> Result<Room, AnswerError> {
    let Success { status, answer } = response.success(None)?;
    let charge_type = match &answer.charge_type {
        Value::String(text) if text == ChargeType::Duration.as_str() => ChargeType::Duration,
        Value::String(text) if text == ChargeType::License.as_str() => ChargeType::License,
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            return Err(unreadable(status, "chargeType", Phrase::DURATION_OR_LICENSE, wrong));
        }
    };
    match answer.room_id {
        Value::String(room_id) if !room_id.is_empty() => Ok(Room { room_id, charge_type }),
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            Err(unreadable(status, "roomId", Phrase::NON_EMPTY_STRING, &wrong))
        }
    }
}

/// Reads the answer to the question who has authorised a device. Its items are handed on as they came.
///
/// # Errors
/// Anything but a success with a list in it.
pub fn decode_contacts(response: HttpResponse) -> Result<(), AnswerError> {
    let Success { status, answer } = response.success(Some(0.0))?;
    match &answer.contact_list {
        Value::Other(Other::Array) => Ok(()),
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            Err(unreadable(status, "contact_list", Phrase::AN_ARRAY, wrong))
        }
    }
}

/// Reads the answer to the question how far a call is. Gives whether it is over.
///
/// # Errors
/// Anything but a success with a state in it.
pub fn decode_is_over(response: HttpResponse) -> Result<bool, AnswerError> {
    let Success { status, answer } = match response.success(None) {
        Ok(success) => success,
        // The service has forgotten it.
        Err(AnswerError::Refused(refusal)) if refusal.errcode == Code::RoomId => return Ok(true),
        Err(error) => return Err(error),
    };
    match &answer.state {
        Value::String(state) => Ok(state == State::Ended.as_str()),
        wrong @ (Value::Missing | Value::Number(_) | Value::Other(_)) => {
            Err(unreadable(status, "state", Phrase::A_STRING, wrong))
        }
    }
}

/// Reads the answer to a signal. What became of it is said on the socket of the call.
///
/// # Errors
/// Anything but a success.
pub fn decode_signal(response: HttpResponse) -> Result<(), AnswerError> {
    response.success(None).map(|_| ())
}

/// An answer that is no refusal and no error of HTTP.
struct Success {
    status: u16,
    answer: RawAnswer,
}

impl HttpResponse {
    /// `ok` is the errcode of a success, where a success has one.
    fn success(self, ok: Option<f64>) -> Result<Success, AnswerError> {
        let HttpResponse { status, body } = self;
        if let Object::Is(answer) = &body
            && let Value::Number(number) = answer.errcode
            && ok != Some(number)
        {
            return Err(answer.refused(number));
        }
        if !(200..300).contains(&status) {
            return Err(AnswerError::Http(status));
        }
        match body {
            Object::Is(answer) => Ok(Success { status, answer }),
            Object::Not(value) => Err(unreadable(status, "body", Phrase::AN_OBJECT, &value)),
        }
    }
}

fn unreadable(status: u16, path: &str, expected: Phrase, got: &Value) -> AnswerError {
    let problem = Problem {
        path: path.into(),
        code: Code::BadAnswer,
        expected: expected.into(),
        got: got.describe(),
    };
    AnswerError::Unreadable { status, problem: Box::new(problem) }
}

impl RawAnswer {
    /// The error for an answer with this errcode.
    fn refused(&self, errcode: f64) -> AnswerError {
        let reason = self.reason();
        match Code::ALL.iter().find(|code| f64::from(code.number()) == errcode) {
            Some(code) => AnswerError::Refused(Refusal::new(*code, reason)),
            None => AnswerError::UnknownCode { reason, errcode: Value::Number(errcode) },
        }
    }

    /// The service's text. If there is none, says what came in its place.
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
}
