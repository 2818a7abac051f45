//! The reasons for which an operation fails.

use wmpf_voip::call::Side;
use wmpf_voip::code::Code;
use wmpf_voip::problem::Problems;
use wmpf_voip::protocol::Refusal;

use crate::ticket::TokenError;

/// Why an operation was not done. Nothing that it would have written is written.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The contract forbids the operation; the refusal has the contract's code.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The snTicket is not valid. The contract has no code for that.
    #[error("snTicket: the snTicket {0}: fetch a new one; it is valid for 5 minutes")]
    SnTicket(TokenError),
    /// The caller has used the idempotency key before, for a request with another body.
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
    /// As many calls of one party ring as may.
    #[error(
        "{limit} calls {} ring already: try again in {seconds} s, when one of them is over at the latest",
        whose(*.side)
    )]
    TooManyRing {
        /// The side on which the party is in these calls.
        side: Side,
        /// How many may ring.
        limit: u32,
        /// After how many seconds one of them has stopped.
        seconds: u64,
    },
    /// A message cannot be written as JSON, or stored JSON cannot be read.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The time of the machine's clock cannot be written as a date.
    #[error("the time: {0}")]
    Time(#[from] jiff::Error),
    /// A rule looked at a fact that its operation had not asked for. This is a mistake in this crate.
    #[error("a rule looked at {0} without having asked for it")]
    Unasked(&'static str),
}

/// Whose calls they are, after the number of them.
const fn whose(side: Side) -> &'static str {
    match side {
        Side::Caller => "of this caller",
        Side::Listener => "for this listener",
    }
}

/// How many sockets a party may hold open for reminders, and how many for one side of one call. The phones, pages and
/// retries of one user are fewer. The newest socket is refused, because a party that connects again and again would
/// otherwise drive out its own working sockets. A socket whose other end has vanished is found out within a minute and
/// makes room.
pub const MAX_SOCKETS: usize = 16;

impl Failure {
    /// Makes a refusal with a code of the contract.
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
