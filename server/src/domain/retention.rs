//! How long what the service has written down is kept.

use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long what the service has written down is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Calls that are over, counted from when they stopped ringing.
    pub calls: Duration,
    /// Changes by the operator's API.
    pub audit: Duration,
}

impl Retention {
    /// So many days, at least one: as long as an idempotency key has to be remembered.
    #[must_use]
    pub const fn days(calls: u32, audit: u32) -> Retention {
        Retention { calls: DAY.saturating_mul(calls), audit: DAY.saturating_mul(audit) }
    }
}

impl Default for Retention {
    fn default() -> Retention {
        Retention::days(DEFAULT_CALL_DAYS, DEFAULT_AUDIT_DAYS)
    }
}

/// For how many days calls are kept by default.
pub const DEFAULT_CALL_DAYS: u32 = 30;

/// For how many days changes by the operator's API are kept by default.
pub const DEFAULT_AUDIT_DAYS: u32 = 365;
