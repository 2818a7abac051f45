//! The price of a call, in minutes.
//!
//! Each minute of a call is paid when it begins, so that calls that run at the same time do not use the same minute. A call for
//! whose next minute nothing is left ends. What was paid and is not billed in the end is given back.

use wmpf_voip::call::End;
use wmpf_voip::outcome::ChargeType;

/// The length of a minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;

/// How many minutes are billed for a call that has ended; a minute that was begun is billed as a whole one. A call
/// that is billed by license costs no minutes.
#[must_use]
pub fn minutes(charge_type: ChargeType, end: &End) -> i64 {
    match charge_type {
        ChargeType::Duration => i64::try_from(end.billed.div_ceil(60)).unwrap_or(i64::MAX),
        ChargeType::License => 0,
    }
}
