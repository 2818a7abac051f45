//! Calls that cross: two who call each other at about the same time meet in one call, the older one.
//!
//! When the party that somebody wants to call has itself a call to that somebody that rings, no new call is made. The
//! answer is the room of the older call. There the party that asked is the listener, and its page answers at once. Of
//! such a creation only the idempotency key is kept, so that a repetition gets the same answer, and whether the
//! creation was given up.

use wmpf_voip::call::State;
use wmpf_voip::outcome::Room;
use wmpf_voip::request::{CameraStatus, Request, RoomType};

use crate::checks::Permit;
use crate::failure::Failure;
use crate::operation::{Meeting, Write};
use crate::transition::Change;
use crate::unit_of_work::UnitOfWork;

/// A creation that has passed its checks and may meet another call.
pub struct Crossing<'a> {
    /// The permit of the creation: who calls whom.
    pub permit: &'a Permit,
    /// The request to create a call.
    pub request: &'a Request,
    /// The idempotency key of the request, if it has one.
    pub idempotency_key: Option<&'a str>,
    /// A hash of the request. It tells this request from another one that was sent with the same key.
    pub fingerprint: &'a [u8],
}

/// A call that a creation has met.
pub struct Met {
    /// The room of the call, as the answer to the party that wanted to create one.
    pub room: Room,
    /// What the meeting has changed in the call.
    pub change: Change,
    /// Whether the creation has turned off the camera of the call's caller, which was on before.
    pub is_camera_off: bool,
}

impl Crossing<'_> {
    /// Meets the call `room_id`, by which the listener calls the caller at this moment. `None` if that call does not
    /// ring (any more). The facts name the newest of several such calls, because a party that calls again may have
    /// lost the page of its earlier call.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn meet(&self, room_id: &str, work: &mut UnitOfWork<'_>) -> Result<Option<Met>, Failure> {
        let Some(record) = work.find(room_id).cloned() else { return Ok(None) };
        let mut transition = work.begin(record, None);
        if transition.record.call.state() != State::Ringing {
            return Ok(None);
        }
        transition.cross();
        let was_camera_on = transition.record.cameras.caller == CameraStatus::On;
        let is_caller_camera_off = self.is_off(self.request.listener.camera_status);
        let rings_until = transition.deadline().unwrap_or(i64::MAX);
        let (record, change) = work.end(transition)?;
        work.write(Write::Meet(Box::new(Meeting {
            room_id: record.room_id.clone(),
            rings_until,
            is_caller_camera_off,
            is_listener_camera_off: self.is_off(self.request.caller.camera_status),
            caller: self.permit.caller.clone(),
            idempotency_key: self.idempotency_key.map(str::to_owned),
            fingerprint: self.fingerprint.to_vec(),
        })));
        let room = Room { room_id: record.room_id, charge_type: record.charge_type };
        Ok(Some(Met { room, change, is_camera_off: was_camera_on && is_caller_camera_off }))
    }

    /// Whether a camera is off. It is on only if both requests are for video and both allow it.
    fn is_off(&self, status: CameraStatus) -> bool {
        match (self.request.room_type, status) {
            (RoomType::Video, CameraStatus::On) => false,
            (RoomType::Video, CameraStatus::Off) | (RoomType::Voice, _) => true,
        }
    }
}
