//! The signals that change a call, and the replies to them.

use crate::call::device::Device;
use crate::call::end::End;
use crate::call::how::How;
use crate::call::side::Side;

/// Something that happens to a call.
///
/// `device` has the names of the device that reports the signal and of its page; they are opaque. Of two phones of one
/// user only one can answer, and of two pages of one phone only one has the call, so the names have to survive a
/// reconnection. Names and reasons are stored as they come: whoever takes them from a device limits their length.
///
/// Decision: there is one signal for the red button, and not one each for cancelling, rejecting and hanging up. The
/// user who presses it cannot know what has reached the service in the meantime: a caller that cancels while the
/// listener answers must not stay in a call that its page has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The listener takes the call, by a tap or by a page that was opened with `isClickedHangOnBtn=1`.
    Answer {
        /// The device of the listener that answers.
        device: Device,
    },
    /// The listener is in another call.
    Busy,
    /// A side is in the room.
    Join {
        /// The side that is in the room.
        side: Side,
        /// The device of the side that has joined.
        device: Device,
    },
    /// A side could not enter the room, or could not come back into it.
    JoinFailed {
        /// The side that could not enter.
        side: Side,
        /// The device of the side that could not enter.
        device: Device,
        /// The host's `errMsg`. The other side does not hear it.
        reason: String,
        /// The host's error code, if it has one. The other side is told by it that a microphone is missing.
        err_code: Option<u32>,
    },
    /// A side ends the call by hand: it cancels, rejects or hangs up, depending on the state of the call.
    HangUp {
        /// The side that ends it.
        side: Side,
        /// The device of the side that ends it.
        device: Device,
        /// How the side ends it.
        how: How,
    },
    /// A side is lost for good: its connection did not come back in time, or its host has interrupted the
    /// call. How long to wait for a reconnection is the service's business.
    Gone {
        /// The side that is lost.
        side: Side,
        /// The device of the side that is lost.
        device: Device,
        /// When the device was certainly still there, in milliseconds since the Unix epoch. The call is billed until
        /// then.
        last_seen_ms: u64,
        /// The host's `errMsg`, or [`CONNECTION_LOST`](crate::call::CONNECTION_LOST). The other side does not hear it.
        reason: String,
    },
}

/// The reply to a signal. None of them is an error: signals cross each other, come late and come twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The signal took effect.
    Done,
    /// The signal changed nothing, because it was so already.
    Already,
    /// The signal means nothing in this state of the call.
    NoEffect,
    /// Another device speaks for this side, or another page of this one has the call.
    Elsewhere {
        /// The name of the device that speaks for the side.
        device: String,
    },
    /// The call is over.
    Ended(End),
}
