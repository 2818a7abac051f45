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
    /// Messages to mini-programs' own backends that are done with.
    pub webhooks: Duration,
}

impl Retention {
    /// The same, but calls are kept for so many days: at least one, for which an idempotency key has to be remembered.
    #[must_use]
    pub const fn calls(self, days: u32) -> Retention {
        Retention { calls: DAY.saturating_mul(days), ..self }
    }

    /// The same, but changes by the operator's API are kept for so many days.
    #[must_use]
    pub const fn audit(self, days: u32) -> Retention {
        Retention { audit: DAY.saturating_mul(days), ..self }
    }

    /// The same, but messages are kept for so many days.
    #[must_use]
    pub const fn webhooks(self, days: u32) -> Retention {
        Retention { webhooks: DAY.saturating_mul(days), ..self }
    }
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            calls: DAY.saturating_mul(DEFAULT_CALL_DAYS),
            audit: DAY.saturating_mul(DEFAULT_AUDIT_DAYS),
            webhooks: DAY.saturating_mul(DEFAULT_WEBHOOK_DAYS),
        }
    }
}

/// For how many days calls are kept by default.
pub const DEFAULT_CALL_DAYS: u32 = 30;

/// For how many days changes by the operator's API are kept by default.
pub const DEFAULT_AUDIT_DAYS: u32 = 365;

/// For how many days messages to mini-programs' own backends are kept by default.
pub const DEFAULT_WEBHOOK_DAYS: u32 = 7;
