//! A call as it is stored: its two parties, its state machine, and what its two sides were told.

use serde::{Deserialize, Serialize};
use wmpf_voip::call::{Addressed, Call, Event, Side};
use wmpf_voip::code::Code;
use wmpf_voip::encode_video::EncodeVideo;
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::protocol::socket::NumberedEvent;
use wmpf_voip::protocol::{JoinedCall, Reminder};
use wmpf_voip::request::CameraStatus;

use crate::failure::Failure;
use crate::party::Party;
use crate::preview::preview;
use crate::sides::Sides;

/// A call as it is stored.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// The id of the call's room.
    pub room_id: String,
    /// The party that calls, and the party that is called.
    pub parties: Sides<Party>,
    /// The state machine of the call.
    pub call: Call,
    /// For each side, since when the device that speaks for it has had no socket, in milliseconds since the Unix
    /// epoch. `None` while it has one, or while no device speaks for the side.
    pub away_since: Sides<Option<i64>>,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// When the call was created and began to ring, in milliseconds since the Unix epoch.
    pub created_at: i64,
    /// Whether the listener's reminder sockets are told of the call.
    pub reminds: bool,
    /// The events that the two sides were told, oldest first.
    pub heard: Vec<Heard>,
    /// The reminder to the listener as it is sent, JSON with the names, the path and everything else that the listener
    /// is shown.
    pub reminder: String,
    /// How long the call may last, in seconds. `None` if it has no limit.
    pub time_limit: Option<f64>,
    /// Whether the camera of each side is on or off when the call begins.
    pub cameras: Sides<CameraStatus>,
    /// How many minutes of the call are paid.
    pub paid_minutes: i64,
    /// How many minutes its mini-program could still pay when the record was read, its overdraft included. It is not stored
    /// with the call.
    pub credit: i64,
    /// How often the record was saved. A record is saved only over the version that was read.
    pub version: i64,
}

/// An event that one of the sides was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Heard {
    to: Side,
    at: u64,
    event: Event,
}

impl CallRecord {
    /// The side of the call on which `party` is.
    ///
    /// # Errors
    /// When the party is on neither side of the call.
    pub fn side_of(&self, party: &Party) -> Result<Side, Failure> {
        let sits = |side: &Side| self.parties.of(*side) == party;
        Side::BOTH.into_iter().find(sits).ok_or_else(|| no_such_call(&self.room_id))
    }

    /// Adds events that the sides are told at the time `at`, in milliseconds since the Unix epoch.
    pub fn hear(&mut self, events: Vec<Addressed>, at: i64) {
        let at = at.unsigned_abs();
        let heard = events.into_iter().map(|Addressed { to, event }| Heard { to, at, event });
        self.heard.extend(heard);
    }

    /// The events after the first `skipped` ones of both sides together, each with its number among the events of its
    /// own side. `now` is in milliseconds since the Unix epoch.
    #[must_use]
    pub fn events_from(&self, skipped: usize, now: i64) -> Vec<(Side, NumberedEvent)> {
        let mut counts = Sides { caller: 0, listener: 0 };
        let number = |heard: &Heard| {
            let seq: &mut u32 = counts.of_mut(heard.to);
            *seq = seq.saturating_add(1);
            let age_ms = now.unsigned_abs().saturating_sub(heard.at);
            (heard.to, NumberedEvent { seq: *seq, age_ms, event: heard.event.clone() })
        };
        self.heard.iter().map(number).skip(skipped).collect()
    }

    /// The events that a side was told after its event number `after`. `now` is in milliseconds since the Unix epoch.
    #[must_use]
    pub fn events_after(&self, side: Side, after: u32, now: i64) -> Vec<NumberedEvent> {
        let events = self.events_from(0, now).into_iter();
        events
            .filter(|(to, event)| *to == side && event.seq > after)
            .map(|(_, event)| event)
            .collect()
    }

    /// The call as the page of `side` sees it when it joins.
    ///
    /// # Errors
    /// When the stored reminder is not valid JSON.
    pub fn joined(&self, side: Side) -> Result<JoinedCall, Failure> {
        let reminder: Reminder = serde_json::from_str(&self.reminder)?;
        Ok(JoinedCall {
            room_id: reminder.room_id,
            group_id: reminder.group_id,
            room_type: reminder.room_type,
            business_type: reminder.business_type,
            is_caller: side == Side::Caller,
            caller_id: reminder.caller_id,
            caller_name: reminder.caller_name,
            caller_camera_status: self.cameras.caller,
            listener_id: reminder.listener_id,
            listener_name: reminder.listener_name,
            listener_camera_status: self.cameras.listener,
            charge_type: reminder.charge_type,
            time_limit: self.time_limit,
            encode_video: EncodeVideo::of_path(&reminder.path),
        })
    }
}

/// The refusal for a call that does not exist or belongs to others. The text is the same for both, so that whoever
/// asks does not learn which of them is true.
#[must_use]
pub fn no_such_call(room_id: &str) -> Failure {
    Failure::refused(
        Code::RoomId,
        format!(
            "roomId: there is no call {} of yours, or it was long ago: use the roomId of the last successful call",
            preview(room_id)
        ),
    )
}
