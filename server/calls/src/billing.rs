//! What a call costs.

use wmpf_voip::call::End;

/// The minutes of a call that has ended, the last one also if it was only begun. A license costs nothing by the
/// minute.
///
/// Calls that are on at the same time may together last longer than there are minutes; then none are left.
#[must_use]
pub fn minutes(by_duration: bool, end: &End) -> i64 {
    if by_duration { i64::try_from(end.billed.div_ceil(60)).unwrap_or(i64::MAX) } else { 0 }
}
