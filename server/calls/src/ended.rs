//! How a call ended and what it costs, for whoever accounts for it.

use serde::Serialize;
use wmpf_voip::call::{End, Ending, Side};
use wmpf_voip::outcome::ChargeType;

use crate::billing;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", schema(as = EndOfCall))]
pub struct Ended {
    /// `cancelled`, `rejected`, `busy`, `unanswered`, `hungUp`, `timeLimit`, `minutes`, `joinFailed`, or `aborted`.
    pub how: &'static str,
    /// The side that has ended it, or that broke: `caller` or `listener`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Side>,
    /// Why a side broke or could not enter the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The error code of the host for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub err_code: Option<u32>,
    /// How long both sides were in the room, in whole seconds.
    pub keep_time: u64,
    /// How much of that is billed, in whole seconds.
    pub billed: u64,
    /// How many minutes that costs; 0 for a call that is billed by license.
    pub minutes: i64,
}

impl Ended {
    /// The end of a call that is billed in this way.
    #[must_use]
    pub fn new(end: &End, charge_type: ChargeType) -> Ended {
        let minutes = billing::minutes(charge_type, end);
        let End { ending, keep_time, billed } = end;
        let (by, reason, err_code) = match ending {
            Ending::Cancelled { .. } => (Some(Side::Caller), None, None),
            Ending::Rejected { .. } => (Some(Side::Listener), None, None),
            Ending::HungUp { by, .. } => (Some(*by), None, None),
            Ending::JoinFailed { side, reason, err_code }
            | Ending::Aborted { side, reason, err_code } => {
                (Some(*side), Some(reason.clone()), *err_code)
            }
            Ending::Busy | Ending::Unanswered | Ending::TimeLimit | Ending::OutOfMinutes => {
                (None, None, None)
            }
        };
        let (keep_time, billed) = (*keep_time, *billed);
        Ended { how: ending.as_str(), by, reason, err_code, keep_time, billed, minutes }
    }
}
