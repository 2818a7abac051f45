//! What an operation ends with if not with success.

use wmpf_voip::code::Code;
use wmpf_voip::problem::Problems;
use wmpf_voip::protocol::Refusal;

use crate::ticket::TokenError;

/// Why an operation was not done. Nothing of it is written then.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The contract forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The snTicket is not valid. The contract has no code of its own for it.
    #[error("snTicket: the snTicket {0}: fetch a new one; it is valid for 5 minutes")]
    SnTicket(TokenError),
    /// The idempotency key of another call.
    #[error(
        "{header}: this key was used for a call with another body; make a new key for each call and repeat it only with the same body",
        header = wmpf_voip::protocol::IDEMPOTENCY_KEY_HEADER
    )]
    KeyReused,
    /// The party has as many sockets as it may have.
    #[error(
        "{MAX_SOCKETS} sockets of this party are open already: close one, or try again in a minute"
    )]
    TooManySockets,
    /// A message could not be written as JSON, or a stored one not be read.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The clock of the machine is beyond what can be written.
    #[error("the time: {0}")]
    Time(#[from] jiff::Error),
    /// A rule looked at a fact that its operation had not asked for: a mistake in this crate.
    #[error("a rule looked at {0} without having asked for it")]
    Unasked(&'static str),
}

/// How many sockets a party may hold, those of its reminders and of one side of a call each: the phones, pages and retries
/// of one user are fewer. The newest is refused, because a party that tries again and again would otherwise drive out its
/// own working sockets. One whose other end has vanished is found out and makes room within a minute.
pub const MAX_SOCKETS: usize = 16;

impl Failure {
    /// A refusal with a code of the contract.
    #[must_use]
    pub fn refused(code: Code, text: impl Into<String>) -> Failure {
        Failure::Refused(Refusal::new(code, text))
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Failure {
        Failure::Refused(problems.into())
    }
}
