//! What a failed call ends with.

use crate::code::Code;
use crate::text::concat;
use crate::value::one_line;

/// Which of the documented JavaScript classes an error is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// `VoipCgiError`: a request to the backend has left, and failed.
    Cgi,
    /// `VoipPluginError`: everything else.
    Plugin,
}

/// An error of the contract. `Cause` is what the host gave as the reason: a JS value in the module, and
/// nothing in tests.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct VoipError<Cause = ()> {
    /// The class it is shown as.
    pub kind: ErrorKind,
    /// The code, `errCode` in JavaScript.
    pub code: Code,
    /// `errMsg`, in the platform's form and in one line: `initByCaller:fail <reason>`.
    pub message: String,
    /// The host API's own number, where it gave one.
    pub errno: Option<i32>,
    /// The original error.
    pub cause: Option<Cause>,
}

impl<Cause> VoipError<Cause> {
    /// A failure before a request has left: the call throws it.
    #[must_use]
    pub fn plugin(code: Code, api: &str, reason: &str) -> VoipError<Cause> {
        VoipError::new(ErrorKind::Plugin, code, api, reason)
    }

    /// A failure after a request has left: the call resolves with it.
    #[must_use]
    pub fn cgi(code: Code, api: &str, reason: &str) -> VoipError<Cause> {
        VoipError::new(ErrorKind::Cgi, code, api, reason)
    }

    fn new(kind: ErrorKind, code: Code, api: &str, reason: &str) -> VoipError<Cause> {
        let message = concat(&[api, ":fail ", &one_line(reason)]);
        VoipError { kind, code, message, errno: None, cause: None }
    }
}
