//! Calls that cross: two who call each other at about the same time meet in one call, the older one.
//!
//! Whoever calls somebody whose own call to it rings has made no call: the answer is the room of that one, where it is
//! the listener, and its page answers at once. What is kept of such a creation is its key, so that a repetition gets
//! the same answer, and whether it was given up.

use wmpf_voip::call::State;
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip::request::{CameraStatus, Request, RoomType};

use crate::checks::Permit;
use crate::failure::Failure;
use crate::operation::{Meeting, Write};
use crate::transition::Change;
use crate::unit_of_work::UnitOfWork;

/// A creation that has passed its checks.
pub struct Crossing<'a> {
    /// Who calls whom.
    pub permit: &'a Permit,
    /// What for.
    pub request: &'a Request,
    /// Its key, if it has one.
    pub idempotency_key: Option<&'a str>,
    /// What tells it from another one under the same key.
    pub fingerprint: &'a [u8],
}

/// A call that a creation has met.
pub struct Met {
    /// The call, for who wanted to create one.
    pub room: Room,
    /// What has happened to it.
    pub change: Change,
    /// Whether its caller's camera is off because of this creation.
    pub is_camera_off: bool,
}

impl Crossing<'_> {
    /// Meets the call by which the listener calls the caller at this moment, if it rings. Of several it is the newest:
    /// who calls again may have lost the page of its earlier call.
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
        let (record, change) = work.end(transition)?;
        let rings_until =
            record.call.deadline().map_or(i64::MAX, |at| i64::try_from(at).unwrap_or(i64::MAX));
        work.write(Write::Meet(Box::new(Meeting {
            room_id: record.room_id.clone(),
            rings_until,
            is_caller_camera_off,
            is_listener_camera_off: self.is_off(self.request.caller.camera_status),
            caller: self.permit.caller.clone(),
            idempotency_key: self.idempotency_key.map(str::to_owned),
            fingerprint: self.fingerprint.to_vec(),
        })));
        let charge_type =
            if record.by_duration { ChargeType::Duration } else { ChargeType::License };
        let room = Room { room_id: record.room_id, charge_type };
        Ok(Some(Met { room, change, is_camera_off: was_camera_on && is_caller_camera_off }))
    }

    /// A camera is on only if both requests allow it, and both are for video.
    fn is_off(&self, status: CameraStatus) -> bool {
        match (self.request.room_type, status) {
            (RoomType::Video, CameraStatus::On) => false,
            (RoomType::Video, CameraStatus::Off) | (RoomType::Voice, _) => true,
        }
    }
}
