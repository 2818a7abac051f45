//! The events that the pages of the two sides hear. Names, members and words are those of the plugin's `onVoipEvent`.

use serde::{Deserialize, Serialize};

use crate::call::how::How;
use crate::call::side::Side;
use crate::request::{BusinessType, RoomType};

/// An event of `onVoipEvent`: its `eventName` and its `data`. Whoever delivers it adds `roomId` and `groupId`.
///
/// `data` is an object even if it has no members. All times are whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(
    tag = "eventName",
    content = "data",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// Both sides are in the room.
    StartVoip {},
    /// The call broke.
    #[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
    AbortVoip {
        /// The duration of the call, in seconds.
        keep_time: u64,
        /// Which side of the call broke.
        status: AbortStatus,
        /// Why the call broke.
        error: AbortError,
    },
    /// The listener has taken the call. Only the listener hears this.
    HangOnVoip {},
    /// The caller has ended the call before it started.
    CancelVoip {
        /// How the caller has ended it; never `timeLimit`.
        status: Origin,
    },
    /// The listener has ended the call before it started.
    RejectVoip {
        /// How the listener has ended it; never `timeLimit`.
        status: Origin,
    },
    /// A call that had started was ended.
    #[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
    HangUpVoip {
        /// The duration of the call, in seconds.
        keep_time: u64,
        /// Which side has ended the call.
        status: HangUpStatus,
        /// How the call was ended, as this side sees it.
        origin: Origin,
    },
    /// The summary of the call. It follows the event that says how the call ended.
    #[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
    EndVoip {
        /// The duration of the call, in seconds.
        keep_time: u64,
        /// The name that is shown for the caller.
        caller_name: String,
        /// The name that is shown for the listener.
        listener_name: String,
        /// The kind of media: voice or video.
        room_type: RoomType,
        /// Whether the side that hears this is the caller.
        is_caller: bool,
        /// The kind of call: which kind of host calls which.
        business_type: BusinessType,
    },
    /// The listener is in another call. Only the caller hears this.
    Busy {},
    /// The call has lasted another second. Each side counts by itself; the service does not send it.
    #[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
    Calling {
        /// The duration of the call so far, in seconds.
        keep_time: u64,
    },
    /// Nobody has answered.
    Timeout {},
    /// The caller is in the room. Only the caller hears this.
    JoinedRoomByCaller {},
    /// The caller could not enter the room. Only the caller hears this.
    JoinFailCaller(JoinError),
    /// The listener could not enter the room. Only the listener hears this.
    JoinFailListener(JoinError),
    /// The bill. It is always the last event.
    #[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
    FinishVoip {
        /// The duration that is billed, in seconds.
        keep_time: u64,
    },
}

/// Which side of the call broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum AbortStatus {
    /// This side, which is the listener's.
    AbortByListener,
    /// This side, which is the caller's.
    AbortByCaller,
    /// The other side.
    Unknown,
}

/// The member `error` of `abortVoip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AbortError {
    /// Why the call broke, as far as this side may know.
    pub err_msg: String,
}

/// The `data` of `joinFailCaller` and `joinFailListener`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct JoinError {
    /// Why the side could not enter the room: the host's `errMsg`.
    pub err_msg: String,
    /// The same text, because programs that expect an `Error` read its `message`.
    pub message: String,
}

/// The side that has hung up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum HangUpStatus {
    /// The listener.
    EndByListener,
    /// The caller.
    EndByCaller,
}

/// How a call ended that did not break, as one side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// This side has ended it by the button.
    Manual,
    /// This side has left the call page.
    UnloadCallPage,
    /// This side has called `forceHangUpVoip`.
    ForceFromApp,
    /// The other side has ended it, in whatever way.
    Other,
    /// Neither side has ended it: `timeLimit` was reached, or the mini-program had no minute left.
    TimeLimit,
}

impl Origin {
    /// How `side` sees that `by` has ended the call.
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

/// An event and the side that hears it.
///
/// Decision: a side hears events on the device that speaks for it, [`Call::device`](crate::call::Call::device). Before
/// there is one, it hears them on each of its devices that has this call open. Whoever delivers events asks for the
/// device after the signal was applied. A device that is in another call has never opened this one, and hears nothing
/// of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    /// The side that hears the event.
    pub to: Side,
    /// The event.
    pub event: Event,
}

/// The `calling` event for a side whose call started at `started_ms`, and when the next one is due. All times are in
/// milliseconds of the same clock.
///
/// A side derives this from its own clock, beginning with its own `startVoip`; the service sends nothing each second.
/// Decision: the first `calling` comes after one second. A timer that comes late skips seconds and never repeats one.
#[must_use]
pub fn calling(started_ms: u64, now_ms: u64) -> (Event, u64) {
    let keep_time = seconds(started_ms, now_ms);
    let next_ms = started_ms.saturating_add(keep_time.saturating_add(1).saturating_mul(1000));
    (Event::Calling { keep_time }, next_ms)
}

/// The whole seconds between two times. 0 if the clock was set back.
///
/// Decision: a second that has only begun is not counted. So the end of a call says the same duration as its last
/// `calling`, and nobody is billed for more than there was.
pub(super) const fn seconds(from_ms: u64, to_ms: u64) -> u64 {
    to_ms.saturating_sub(from_ms) / 1000
}
