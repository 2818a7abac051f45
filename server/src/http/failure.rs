//! Every way in which a request can fail.
//!
//! What the caller did wrong is told with a code of the contract and a text that says what to do. What the service did
//! wrong is logged with its cause, and the caller is told only that the service failed.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use wmpf_voip::call::Side;
use wmpf_voip::code::Code;
use wmpf_voip::problem::Problems;
use wmpf_voip::protocol::{Refusal, WrongField};

use crate::domain::limit::Limit;
use crate::domain::limits::MAX_BODY_BYTES;
use crate::domain::request_id::RequestId;
use crate::domain::tokens::IssueError;
use crate::rates::TooOften;
use crate::storage::{StoreError, Undone};
use wmpf_voip_calls::failure::Failure as RuleFailure;
use wmpf_voip_calls::preview::preview;
use wmpf_voip_calls::ticket::TokenError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request has no session token.
    #[error(
        "the session token is missing: pass one to configure, which sends it as 'Authorization: Bearer <token>'"
    )]
    NoSession,
    /// The session token is not valid.
    #[error("the session token {0}: pass a fresh one to configure")]
    Session(TokenError),
    /// The request to the operator's API has no key, or a wrong one.
    #[error(
        "the admin key is {0}: send the one that the service was started with as 'Authorization: Bearer <key>'"
    )]
    AdminKey(&'static str),
    /// The party, its mini-program or the address has asked too often.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The rules of calls forbid what was asked.
    #[error(transparent)]
    Rules(#[from] RuleFailure),
    /// The request is none that this service has: HTTP status and text.
    #[error("{1}")]
    Http(StatusCode, String),
    /// The body of the request is too long.
    #[error(
        "the body is longer than {} KiB: shorten its strings, and leave out what the route does not take",
        MAX_BODY_BYTES / 1024
    )]
    TooLong,
    /// The request was not finished in time.
    #[error("the request was not finished within {} s: try again", .0.as_secs())]
    TooLate(Duration),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A token could not be signed.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The metrics could not be written.
    #[error("writing the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// A message could not be written as JSON.
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<Undone> for Failure {
    fn from(undone: Undone) -> Failure {
        match undone {
            Undone::Rules(failure) => Failure::Rules(failure),
            Undone::Store(error) => Failure::Store(error),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Rules(refusal.into())
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Failure {
        Failure::Rules(problems.into())
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Failure {
        let text = rejection.body_text();
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLong,
            status @ StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::Http(status, text),
            _ => Failure::Http(StatusCode::BAD_REQUEST, text),
        }
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Failure {
        Failure::from(JsonRejection::from(rejection))
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Failure {
        Failure::Http(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Failure {
    fn from(rejection: PathRejection) -> Failure {
        Failure::Http(rejection.status(), rejection.body_text())
    }
}

impl Failure {
    /// That the service has nothing at a path.
    pub(crate) fn no_path(path: &str) -> Failure {
        let path = preview(path);
        let text = format!("there is no {path}; /openapi.json lists what there is");
        Failure::Http(StatusCode::NOT_FOUND, text)
    }

    /// The refusal to send where there is no HTTP status, as on a socket. `None` if the service itself is at fault;
    /// that is logged.
    #[must_use]
    pub fn into_refusal(self) -> Option<Refusal> {
        let (status, refusal) = self.into_answer();
        (!status.is_server_error()).then_some(refusal)
    }

    /// After how many seconds it may be better, where that is known.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Failure::TooOften(too_often) => Some(too_often.retry_after()),
            Failure::Rules(RuleFailure::TooManyRing { seconds, .. }) => Some(*seconds),
            Failure::TooLate(_) => Some(1),
            Failure::NoSession
            | Failure::Session(_)
            | Failure::AdminKey(_)
            | Failure::Rules(_)
            | Failure::Http(..)
            | Failure::TooLong
            | Failure::Store(_)
            | Failure::Issue(_)
            | Failure::Metrics(_)
            | Failure::Json(_) => None,
        }
    }

    /// The limit that forbids what was asked, if one does.
    fn limit(&self) -> Option<Limit> {
        match self {
            Failure::TooOften(too_often) => Some(too_often.limit),
            Failure::Rules(RuleFailure::TooManyRing { side: Side::Caller, .. }) => {
                Some(Limit::RingingPerCaller)
            }
            Failure::Rules(RuleFailure::TooManyRing { side: Side::Listener, .. }) => {
                Some(Limit::RingingPerListener)
            }
            Failure::Rules(RuleFailure::TooManySockets) => Some(Limit::Sockets),
            Failure::NoSession
            | Failure::Session(_)
            | Failure::AdminKey(_)
            | Failure::Rules(_)
            | Failure::Http(..)
            | Failure::TooLong
            | Failure::TooLate(_)
            | Failure::Store(_)
            | Failure::Issue(_)
            | Failure::Metrics(_)
            | Failure::Json(_) => None,
        }
    }

    /// Whether the same may be possible a little later, so that a socket should be opened again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Failure::TooOften(_) | Failure::Rules(RuleFailure::TooManySockets))
    }

    fn into_answer(self) -> (StatusCode, Refusal) {
        let text = self.to_string();
        match self {
            Failure::NoSession | Failure::Session(_) | Failure::AdminKey(_) => {
                (StatusCode::UNAUTHORIZED, Refusal::new(Code::CreateRoom, text))
            }
            Failure::Rules(failure) => of_rules(failure, text),
            Failure::Http(status, _) => (status, Refusal::new(Code::Parameter, text)),
            Failure::TooLong => {
                (StatusCode::PAYLOAD_TOO_LARGE, Refusal::new(Code::Parameter, text))
            }
            Failure::TooOften(_) => {
                (StatusCode::TOO_MANY_REQUESTS, Refusal::new(Code::CreateRoom, text))
            }
            Failure::TooLate(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, Refusal::new(Code::CreateRoom, text))
            }
            Failure::Store(_) | Failure::Issue(_) | Failure::Metrics(_) | Failure::Json(_) => {
                own_fault(&text)
            }
        }
    }
}

fn of_rules(failure: RuleFailure, text: String) -> (StatusCode, Refusal) {
    match failure {
        RuleFailure::Refused(refusal) => (status(refusal.errcode), refusal),
        RuleFailure::SnTicket(error) => {
            let expected = "a valid snTicket of this device";
            let got = format!("one that {error}");
            let problem = WrongField::new("snTicket", Code::Parameter, expected, got);
            let problems = Some(vec![problem]);
            (StatusCode::FORBIDDEN, Refusal { problems, ..Refusal::new(Code::Parameter, text) })
        }
        RuleFailure::KeyReused => (StatusCode::CONFLICT, Refusal::new(Code::Parameter, text)),
        RuleFailure::TooManySockets | RuleFailure::TooManyRing { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, Refusal::new(Code::CreateRoom, text))
        }
        RuleFailure::Json(_) | RuleFailure::Time(_) | RuleFailure::Unasked(_) => own_fault(&text),
    }
}

/// Logs what the service did wrong.
fn own_fault(cause: &str) -> (StatusCode, Refusal) {
    tracing::error!(cause, "a request failed");
    let text = "the room service failed; its log says why. Try again";
    (StatusCode::INTERNAL_SERVER_ERROR, Refusal::new(Code::CreateRoom, text))
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (retry_after, limit) = (self.retry_after(), self.limit());
        let (status, mut refusal) = self.into_answer();
        let code = refusal.errcode;
        if let Some(id) = RequestId::current() {
            refusal.errmsg = format!("{} rid: {id}", refusal.errmsg);
        }
        let mut response = (status, Json(refusal)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        // For the log of requests, and for the metrics.
        response.extensions_mut().insert(code);
        if let Some(limit) = limit {
            response.extensions_mut().insert(limit);
        }
        response
    }
}

/// The HTTP status that goes with a code of the contract.
#[must_use]
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::OpenIdFormat | Code::ChargeType | Code::VoipToken | Code::Parameter => {
            StatusCode::BAD_REQUEST
        }
        Code::Arrears | Code::LicenseExpired | Code::NoLicense => StatusCode::PAYMENT_REQUIRED,
        Code::PaymentToken
        | Code::VoipScope
        | Code::NotAuthorised
        | Code::CapabilityNotApproved
        | Code::DeviceToken
        | Code::PushToken
        | Code::TokenModel
        | Code::OpenIdApp
        | Code::PhoneOnly => StatusCode::FORBIDDEN,
        Code::RoomId | Code::DeviceId | Code::VoipId | Code::OpenIdUnknown => StatusCode::NOT_FOUND,
        Code::Interrupted => StatusCode::CONFLICT,
        // The other codes are failures of the service, or are raised only by the caller's side.
        Code::CreateRoom
        | Code::FetchDeviceToken
        | Code::RequestFailed
        | Code::BadAnswer
        | Code::Busy
        | Code::DeviceOnly
        | Code::Unsupported
        | Code::JoinFailed
        | Code::JoinOtherMiniProgram
        | Code::JoinSdkReset
        | Code::JoinSdkInit
        | Code::JoinSdkJoin
        | Code::JoinCallback
        | Code::TalkCallback
        | Code::MediaDevice
        | Code::SessionKey
        | Code::JoinCancelled
        | Code::JoinRequest
        | Code::JoinOtherCall
        | Code::DevicePermission
        | Code::ApiPermission
        | Code::JoinBackend => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use wmpf_voip::code::RaisedBy;

    use super::*;

    #[test]
    fn what_a_caller_did_wrong_is_a_4xx() {
        for &code in Code::ALL {
            let status = status(code);
            let callers_fault = match code.raised_by() {
                RaisedBy::Backend => code != Code::CreateRoom,
                RaisedBy::Plugin => {
                    use Code::{Interrupted, Parameter, PhoneOnly, VoipToken};
                    matches!(code, Parameter | VoipToken | PhoneOnly | Interrupted)
                }
                RaisedBy::Join => false,
            };
            assert_eq!(status.is_client_error(), callers_fault, "{code:?}");
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
        }
    }

    #[test]
    fn the_cause_of_an_unexpected_failure_is_not_told() {
        let (status, refusal) = Failure::from(StoreError::Stopped).into_answer();
        assert_eq!(
            (status, refusal.errcode),
            (StatusCode::INTERNAL_SERVER_ERROR, Code::CreateRoom)
        );
        assert!(!refusal.errmsg.contains("did not take"), "{}", refusal.errmsg);
    }
}
