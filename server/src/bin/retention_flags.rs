//! The flags for how long what the service has written down is kept.

use clap::{Args, value_parser};
use wmpf_voip_server::domain::retention::{
    DEFAULT_AUDIT_DAYS, DEFAULT_CALL_DAYS, DEFAULT_WEBHOOK_DAYS, Retention,
};

/// The longest that can be asked for: ten years.
const MAX_DAYS: i64 = 3650;

/// The flags for how long what the service has written down is kept.
#[derive(Args)]
pub struct RetentionFlags {
    /// For how many days calls are kept after they have rung, with who has called whom and what that cost. They have personal
    /// data: keep them for as long as you may.
    #[arg(
        long,
        env = "WMPF_VOIP_RETAIN_CALLS",
        value_name = "DAYS",
        default_value_t = DEFAULT_CALL_DAYS,
        value_parser = value_parser!(u32).range(1..=MAX_DAYS)
    )]
    retain_calls: u32,

    /// For how many days it is kept which operator has changed what; the newest 100,000 changes at most.
    #[arg(
        long,
        env = "WMPF_VOIP_RETAIN_AUDIT",
        value_name = "DAYS",
        default_value_t = DEFAULT_AUDIT_DAYS,
        value_parser = value_parser!(u32).range(1..=MAX_DAYS)
    )]
    retain_audit: u32,

    /// For how many days messages to webhooks are kept that were delivered or given up, with their log.
    #[arg(
        long,
        env = "WMPF_VOIP_RETAIN_WEBHOOKS",
        value_name = "DAYS",
        default_value_t = DEFAULT_WEBHOOK_DAYS,
        value_parser = value_parser!(u32).range(1..=MAX_DAYS)
    )]
    retain_webhooks: u32,
}

impl RetentionFlags {
    /// How long everything is kept.
    pub fn retention(&self) -> Retention {
        Retention::default()
            .calls(self.retain_calls)
            .audit(self.retain_audit)
            .webhooks(self.retain_webhooks)
    }
}
