//! What happens to a call, and what is said to whoever reported it.

use crate::call::device::Device;
use crate::call::end::End;
use crate::call::how::How;
use crate::call::side::Side;

/// Something that happens to a call.
///
/// `device` has opaque names of the device that reports it and of its page: of two phones of one user only one can answer,
/// and of two pages of one phone only one has the call. They have to survive a reconnection. These names and the reasons
/// are kept as they come, so who takes them from a device bounds their length.
///
/// Decision: there is one signal for the red button, and not one each for cancelling, rejecting and hanging up.
/// Who presses it cannot know what has reached the service meanwhile: a caller that cancels while the
/// listener answers must not stay in a call that its page has left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The listener takes the call, by a tap or by a page that was opened with `isClickedHangOnBtn=1`.
    Answer {
        /// Which of the listener's devices.
        device: Device,
    },
    /// The listener is in another call.
    Busy,
    /// A side is in the room.
    Join {
        /// Which side.
        side: Side,
        /// Which of its devices.
        device: Device,
    },
    /// A side could not enter the room, or not come back into it.
    JoinFailed {
        /// Which side.
        side: Side,
        /// Which of its devices.
        device: Device,
        /// The host's `errMsg`. The other side's events do not tell it.
        reason: String,
        /// The host's code, if it has one. The other side hears by it that a microphone is missing.
        err_code: Option<u32>,
    },
    /// A side ends the call by hand: it cancels, rejects or hangs up, by how far the call is.
    HangUp {
        /// Which side.
        side: Side,
        /// Which of its devices.
        device: Device,
        /// By what.
        how: How,
    },
    /// A side is lost for good: its connection did not come back in time, or its host has interrupted the
    /// call. How long to wait for a reconnection is the service's business.
    Gone {
        /// Which side.
        side: Side,
        /// Which of its devices.
        device: Device,
        /// When it was certainly still there, in milliseconds since the Unix epoch. It is billed until then.
        last_seen_ms: u64,
        /// The host's `errMsg`, or [`CONNECTION_LOST`](crate::call::CONNECTION_LOST). The other side's events do
        /// not tell it.
        reason: String,
    },
}

/// What became of a signal. Nothing here is an error: signals cross each other, come late and come twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It took effect.
    Done,
    /// It has been so before.
    Already,
    /// It means nothing at this point of the call.
    NoEffect,
    /// Another device speaks for this side, or another page of this one has the call.
    Elsewhere {
        /// Which device.
        device: String,
    },
    /// The call is over.
    Ended(End),
}
