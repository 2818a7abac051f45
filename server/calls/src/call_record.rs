//! A call in the store: its two parties, its state machine, and what its two sides have heard.

use serde::{Deserialize, Serialize};
use wmpf_voip::call::{Addressed, Call, Event, Side};
use wmpf_voip::code::Code;
use wmpf_voip::encode_video::EncodeVideo;
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
    /// The call.
    pub room_id: String,
    /// Who calls, and who is called.
    pub parties: Sides<Party>,
    /// The state machine.
    pub call: Call,
    /// Since when the device that speaks for a side has no socket.
    pub away_since: Sides<Option<i64>>,
    /// Whether its minutes are billed.
    pub by_duration: bool,
    /// Whether the listener's sockets of reminders hear of it.
    pub reminds: bool,
    /// What the two sides have heard, oldest first.
    pub heard: Vec<Heard>,
    /// The message to the listener, with names, path and everything else it shows, as it is sent.
    pub reminder: String,
    /// In seconds; none if the call has no limit.
    pub time_limit: Option<f64>,
    /// With what each side's camera begins.
    pub cameras: Sides<CameraStatus>,
    /// How often it was saved: who saves it writes only over the version that it has read.
    pub version: i64,
}

/// An event that was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Heard {
    to: Side,
    at: u64,
    event: Event,
}

impl CallRecord {
    /// The side where a party sits.
    ///
    /// # Errors
    /// When the call is not this party's.
    pub fn side_of(&self, party: &Party) -> Result<Side, Failure> {
        let sits = |side: &Side| self.parties.of(*side) == party;
        Side::BOTH.into_iter().find(sits).ok_or_else(|| no_such_call(&self.room_id))
    }

    /// Writes down what the sides hear at `at`.
    pub fn hear(&mut self, events: Vec<Addressed>, at: i64) {
        let at = at.unsigned_abs();
        let heard = events.into_iter().map(|Addressed { to, event }| Heard { to, at, event });
        self.heard.extend(heard);
    }

    /// What came after the first `skipped` events of both sides, each with its number among those of its side.
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

    /// What a side has heard after its event number `after`.
    #[must_use]
    pub fn events_after(&self, side: Side, after: u32, now: i64) -> Vec<NumberedEvent> {
        let events = self.events_from(0, now).into_iter();
        events
            .filter(|(to, event)| *to == side && event.seq > after)
            .map(|(_, event)| event)
            .collect()
    }

    /// The call as a side sees it.
    ///
    /// # Errors
    /// When the stored reminder cannot be read.
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

/// One text for a call that never was or is somebody else's: who asks must not learn which.
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
