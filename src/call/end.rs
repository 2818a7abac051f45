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
    /// The caller ended it before it had started: `cancelVoip`.
    Cancelled {
        /// How the caller ended it.
        how: How,
    },
    /// The listener ended it before it had started: `rejectVoip`.
    Rejected {
        /// How the listener ended it.
        how: How,
    },
    /// The listener is in another call: `busy`.
    Busy,
    /// Nobody answered: `timeout`.
    Unanswered,
    /// One side ended it after it had started: `hangUpVoip`.
    HungUp {
        /// The side that ended it.
        by: Side,
        /// How that side ended it.
        how: How,
    },
    /// The call has reached its time limit: `hangUpVoip`, too.
    TimeLimit,
    /// Its mini-program had no minute left for it: `hangUpVoip`, as if a time limit were reached.
    #[serde(rename = "minutes")]
    OutOfMinutes,
    /// A side could not enter the room: `joinFailCaller` or `joinFailListener`, and `abortVoip`.
    JoinFailed {
        /// The side that could not enter.
        side: Side,
        /// The host's `errMsg`.
        reason: String,
        /// The host's error code, if it has one. Calls that earlier versions have stored have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        err_code: Option<u32>,
    },
    /// A side of the call broke: `abortVoip`.
    Aborted {
        /// The side that broke.
        side: Side,
        /// Why it broke: the host's `errMsg`, or a text of [`ABORT_TEXTS`](crate::call::ABORT_TEXTS).
        reason: String,
        /// The host's error code, if it has one. Calls that earlier versions have stored have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        err_code: Option<u32>,
    },
}

impl Ending {
    /// Every word of [`Ending::as_str`].
    pub const WORDS: [&str; 9] = [
        "cancelled",
        "rejected",
        "busy",
        "unanswered",
        "hungUp",
        "timeLimit",
        "minutes",
        "joinFailed",
        "aborted",
    ];

    /// The word for how the call ended, without its details.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Ending::Cancelled { .. } => "cancelled",
            Ending::Rejected { .. } => "rejected",
            Ending::Busy => "busy",
            Ending::Unanswered => "unanswered",
            Ending::HungUp { .. } => "hungUp",
            Ending::TimeLimit => "timeLimit",
            Ending::OutOfMinutes => "minutes",
            Ending::JoinFailed { .. } => "joinFailed",
            Ending::Aborted { .. } => "aborted",
        }
    }
}

/// The end of a call: how it ended, and how long it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// How the call ended.
    pub ending: Ending,
    /// The duration from `startVoip` to the end, in whole seconds.
    pub keep_time: u64,
    /// The duration that is billed, in whole seconds.
    pub billed: u64,
}

impl End {
    /// The events that tell `side` of the end, in their order. They follow only from how the call ended. So the two
    /// sides agree, and a side that was disconnected can be told again.
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
            // The documented table has this event for the caller only.
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
            // Decision: the documented table has no status for this. The limit is attributed to the caller, who passed
            // it, or whose mini-program pays.
            Ending::TimeLimit | Ending::OutOfMinutes => {
                let (status, origin) = (HangUpStatus::EndByCaller, Origin::TimeLimit);
                vec![Event::HangUpVoip { keep_time, status, origin }]
            }
            // Decision: the side that failed hears why, and then, like the other side, that the call is over.
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

/// The event that tells `side` that the side `broken` broke.
fn abort(side: Side, broken: Side, keep_time: u64, reason: &str, err_code: Option<u32>) -> Event {
    let (status, reason) = match (side == broken, broken) {
        (true, Side::Caller) => (AbortStatus::AbortByCaller, reason),
        (true, Side::Listener) => (AbortStatus::AbortByListener, reason),
        (false, Side::Caller | Side::Listener) => (AbortStatus::Unknown, told_of(err_code)),
    };
    Event::AbortVoip { keep_time, status, error: AbortError { err_msg: reason.into() } }
}

/// Decision: if the other side could not enter the room, a side is told only whether the microphone was missing,
/// because that is what the other side's user can be asked to mend. A missing camera ends no call.
fn told_of(err_code: Option<u32>) -> &'static str {
    const MICROPHONE: [Code; 3] = [Code::MediaDevice, Code::DevicePermission, Code::ApiPermission];
    let is_microphone =
        err_code.is_some_and(|code| MICROPHONE.iter().any(|one| u32::from(one.number()) == code));
    if is_microphone { OTHER_SIDE_HAS_NO_MICROPHONE } else { OTHER_SIDE_ABORTED }
}
