//! What the pages of the two sides hear: names, members and words are those of the plugin's `onVoipEvent`.

use serde::{Deserialize, Serialize};

use crate::call::how::How;
use crate::call::side::Side;
use crate::request::{BusinessType, RoomType};

/// An event of `onVoipEvent`: `eventName` and `data`. Who delivers it adds `roomId` and `groupId`.
///
/// `data` is an object for those, too, that have nothing to say. Times are whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "eventName",
    content = "data",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// Both are in the room.
    StartVoip {},
    /// The call broke.
    AbortVoip {
        /// The duration of the call.
        keep_time: u64,
        /// Whose end broke.
        status: AbortStatus,
        /// Why.
        error: AbortError,
    },
    /// The listener has taken the call; only it hears so.
    HangOnVoip {},
    /// The caller has ended the call before it started.
    CancelVoip {
        /// By what; never [`Origin::TimeLimit`].
        status: Origin,
    },
    /// The listener has ended the call before it started.
    RejectVoip {
        /// By what; never [`Origin::TimeLimit`].
        status: Origin,
    },
    /// The call, having started, was ended.
    HangUpVoip {
        /// The duration of the call.
        keep_time: u64,
        /// By whom.
        status: HangUpStatus,
        /// By what.
        origin: Origin,
    },
    /// The summary, after the event that says how it ended.
    EndVoip {
        /// The duration of the call.
        keep_time: u64,
        /// The name that is shown for the caller.
        caller_name: String,
        /// The name that is shown for the listener.
        listener_name: String,
        /// Voice or video.
        room_type: RoomType,
        /// Whether the side that hears this is the caller.
        is_caller: bool,
        /// Who calls whom.
        business_type: BusinessType,
    },
    /// The listener is in another call; only the caller hears so.
    Busy {},
    /// The call goes on; see [`calling`].
    Calling {
        /// How long already.
        keep_time: u64,
    },
    /// Nobody has answered.
    Timeout {},
    /// The caller is in the room; only it hears so.
    JoinedRoomByCaller {},
    /// The caller could not enter the room; only it hears so.
    JoinFailCaller(JoinError),
    /// The listener could not enter the room; only it hears so.
    JoinFailListener(JoinError),
    /// The bill. Always the last.
    FinishVoip {
        /// How long the call was for the bill.
        keep_time: u64,
    },
}

/// Whose end of the call broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AbortStatus {
    /// This one, and it is the listener's.
    AbortByListener,
    /// This one, and it is the caller's.
    AbortByCaller,
    /// The other one.
    Unknown,
}

/// `error` of `abortVoip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AbortError {
    /// Why it broke, as far as this side may know.
    pub err_msg: String,
}

/// `data` of `joinFailCaller` and `joinFailListener`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinError {
    /// Why.
    pub err_msg: String,
    /// The same: what used to be an `Error` is read by its message.
    pub message: String,
}

/// Who has hung up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HangUpStatus {
    /// The listener.
    EndByListener,
    /// The caller.
    EndByCaller,
}

/// What ended a call that did not break, as one side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// This side, by the button.
    Manual,
    /// This side, by leaving the call page.
    UnloadCallPage,
    /// This side, by `forceHangUpVoip`.
    ForceFromApp,
    /// The other side, however it did so.
    Other,
    /// Neither: `timeLimit` was reached.
    TimeLimit,
}

impl Origin {
    /// What `by` has done, as `side` sees it.
    pub(super) fn seen(side: Side, by: Side, how: How) -> Origin {
        if side != by {
            return Origin::Other;
        }
        match how {
            How::Manual => Origin::Manual,
            How::UnloadCallPage => Origin::UnloadCallPage,
            How::ForceFromApp => Origin::ForceFromApp,
        }
    }
}

/// An event and who hears it.
///
/// Decision: a side hears events on the device that speaks for it, [`Call::device`](crate::call::Call::device);
/// before there is one, on each of its devices that has this call open. Who delivers them asks that after the
/// signal has been applied. A device in another call never opened this one and hears nothing of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// Who hears it.
    pub to: Side,
    /// What.
    pub event: Event,
}

/// What a side hears of a call that started at `started_ms`, and when it hears the next one, in milliseconds.
///
/// A side derives this from its own clock at its own `startVoip`; the service sends nothing each second.
/// Decision: the first `calling` comes after one second; a timer that comes late skips seconds and never
/// says the same one twice.
#[must_use]
pub fn calling(started_ms: u64, now_ms: u64) -> (Event, u64) {
    let keep_time = seconds(started_ms, now_ms);
    let next_ms = started_ms.saturating_add(keep_time.saturating_add(1).saturating_mul(1000));
    (Event::Calling { keep_time }, next_ms)
}

/// The whole seconds between two times; none, if a clock was set back.
///
/// Decision: a second that was begun does not count, so that the end of a call says what its last `calling`
/// has said, and nobody is billed for more than there was.
pub(super) const fn seconds(from_ms: u64, to_ms: u64) -> u64 {
    to_ms.saturating_sub(from_ms) / 1000
}
