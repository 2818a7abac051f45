//! The price of a call, in minutes.

use wmpf_voip::call::End;
use wmpf_voip::outcome::ChargeType;

/// How many minutes are billed for a call that has ended; a minute that was begun is billed as a whole one. A call
/// that is billed by license costs no minutes.
///
/// Calls that run at the same time may together use more minutes than the mini-program has left; its balance then
/// stops at zero.
#[must_use]
pub fn minutes(charge_type: ChargeType, end: &End) -> i64 {
    match charge_type {
        ChargeType::Duration => i64::try_from(end.billed.div_ceil(60)).unwrap_or(i64::MAX),
        ChargeType::License => 0,
    }
}
