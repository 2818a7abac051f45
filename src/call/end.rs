//! How a call ended, and what each side hears of it.

use serde::{Deserialize, Serialize};

use crate::call::About;
use crate::call::abort_text::{OTHER_SIDE_ABORTED, OTHER_SIDE_HAS_NO_MICROPHONE};
use crate::call::event::{AbortError, AbortStatus, Event, HangUpStatus, JoinError, Origin};
use crate::call::how::How;
use crate::call::side::Side;
use crate::code::Code;

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// The caller ended it before it started: `cancelVoip`.
    Cancelled {
        /// By what.
        how: How,
    },
    /// The listener ended it before it started: `rejectVoip`.
    Rejected {
        /// By what.
        how: How,
    },
    /// The listener is in another call: `busy`.
    Busy,
    /// Nobody answered: `timeout`.
    Unanswered,
    /// Somebody ended it after it had started: `hangUpVoip`.
    HungUp {
        /// Who.
        by: Side,
        /// By what.
        how: How,
    },
    /// It lasted as long as it may: `hangUpVoip`, too.
    TimeLimit,
    /// A side could not enter the room: `joinFailCaller` or `joinFailListener`, and `abortVoip`.
    JoinFailed {
        /// Which side.
        side: Side,
        /// The host's `errMsg`.
        reason: String,
        /// The host's code, if it has one. Calls of older versions have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        err_code: Option<u32>,
    },
    /// A side's end broke: `abortVoip`.
    Aborted {
        /// Which side.
        side: Side,
        /// What happened.
        reason: String,
        /// The host's code, if it has one. Calls of older versions have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        err_code: Option<u32>,
    },
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// How it came.
    pub ending: Ending,
    /// From `startVoip` to the end, in whole seconds.
    pub keep_time: u64,
    /// How much of that is billed.
    pub billed: u64,
}

impl End {
    /// What `side` hears of it, first to last. It follows from how the call ended and nothing else, so the
    /// sides agree, and one that was away can be told again.
    #[must_use]
    pub fn events(&self, side: Side, about: &About) -> Vec<Event> {
        let summary = Event::EndVoip {
            keep_time: self.keep_time,
            caller_name: about.caller_name.clone(),
            listener_name: about.listener_name.clone(),
            room_type: about.room_type,
            is_caller: side == Side::Caller,
            business_type: about.business_type,
        };
        let mut events = self.ending_events(side);
        events.extend([summary, Event::FinishVoip { keep_time: self.billed }]);
        events
    }

    fn ending_events(&self, side: Side) -> Vec<Event> {
        let keep_time = self.keep_time;
        match &self.ending {
            Ending::Cancelled { how } => {
                vec![Event::CancelVoip { status: Origin::seen(side, Side::Caller, *how) }]
            }
            Ending::Rejected { how } => {
                vec![Event::RejectVoip { status: Origin::seen(side, Side::Listener, *how) }]
            }
            // The table has this for the caller only.
            Ending::Busy => match side {
                Side::Caller => vec![Event::Busy {}],
                Side::Listener => Vec::new(),
            },
            Ending::Unanswered => vec![Event::Timeout {}],
            Ending::HungUp { by, how } => {
                let status = match by {
                    Side::Caller => HangUpStatus::EndByCaller,
                    Side::Listener => HangUpStatus::EndByListener,
                };
                vec![Event::HangUpVoip { keep_time, status, origin: Origin::seen(side, *by, *how) }]
            }
            // Decision: the table has no status for it. The limit is the caller's, who passed it.
            Ending::TimeLimit => {
                let (status, origin) = (HangUpStatus::EndByCaller, Origin::TimeLimit);
                vec![Event::HangUpVoip { keep_time, status, origin }]
            }
            // Decision: the side that failed hears why, and then, as the other one, that it is over.
            Ending::JoinFailed { side: failed, reason, err_code } => {
                let abort = abort(side, *failed, keep_time, reason, *err_code);
                if side != *failed {
                    return vec![abort];
                }
                let error = JoinError { err_msg: reason.clone(), message: reason.clone() };
                let fail = match side {
                    Side::Caller => Event::JoinFailCaller(error),
                    Side::Listener => Event::JoinFailListener(error),
                };
                vec![fail, abort]
            }
            Ending::Aborted { side: broken, reason, err_code } => {
                vec![abort(side, *broken, keep_time, reason, *err_code)]
            }
        }
    }
}

/// What `side` hears when the end of `broken` has broken.
fn abort(side: Side, broken: Side, keep_time: u64, reason: &str, err_code: Option<u32>) -> Event {
    let (status, reason) = match (side == broken, broken) {
        (true, Side::Caller) => (AbortStatus::AbortByCaller, reason),
        (true, Side::Listener) => (AbortStatus::AbortByListener, reason),
        (false, Side::Caller | Side::Listener) => (AbortStatus::Unknown, told_of(err_code)),
    };
    Event::AbortVoip { keep_time, status, error: AbortError { err_msg: reason.into() } }
}

/// Decision: of why the other side could not enter the room, a side hears whether it is the microphone, for that is what
/// its user can have mended. A camera that cannot be had ends no call.
fn told_of(err_code: Option<u32>) -> &'static str {
    const MICROPHONE: [Code; 3] = [Code::MediaDevice, Code::DevicePermission, Code::ApiPermission];
    let is_microphone =
        err_code.is_some_and(|code| MICROPHONE.iter().any(|one| u32::from(one.number()) == code));
    if is_microphone { OTHER_SIDE_HAS_NO_MICROPHONE } else { OTHER_SIDE_ABORTED }
}
