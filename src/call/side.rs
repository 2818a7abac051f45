//! The two sides of one call.

use serde::{Deserialize, Serialize};

/// One of the two sides of a call. Which kind of host sits there is its [`Role`](crate::role::Role).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Who calls.
    Caller,
    /// Who is called.
    Listener,
}

impl Side {
    /// Both of them.
    pub const BOTH: [Side; 2] = [Side::Caller, Side::Listener];

    /// Who sits opposite.
    #[must_use]
    pub const fn other(self) -> Side {
        match self {
            Side::Caller => Side::Listener,
            Side::Listener => Side::Caller,
        }
    }
}
