//! The two sides of one call.

use serde::{Deserialize, Serialize};

/// One of the two sides of a call. The kind of host that a side uses is its [`Role`](crate::role::Role).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The side that calls.
    Caller,
    /// The side that is called.
    Listener,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Side; 2] = [Side::Caller, Side::Listener];

    /// The word for the side in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Caller => "caller",
            Side::Listener => "listener",
        }
    }

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Side {
        match self {
            Side::Caller => Side::Listener,
            Side::Listener => Side::Caller,
        }
    }
}
