//! A call in the store: its two parties, its state machine, and what its two sides have heard.

use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use wmpf_voip::call::{Addressed, Call, Ending, Event, Side};
use wmpf_voip::code::Code;
use wmpf_voip::encode_video::EncodeVideo;
use wmpf_voip::protocol::socket::NumberedEvent;
use wmpf_voip::protocol::{JoinedCall, Reminder};
use wmpf_voip::request::CameraStatus;

use crate::domain::failure::Failure;
use crate::domain::party::{Party, Role};
use crate::domain::preview::preview;
use crate::domain::sides::Sides;
use crate::storage::engaged;

/// A call as it is stored.
pub struct Record {
    /// The call.
    pub room_id: String,
    /// Who calls, and who is called.
    pub parties: Sides<Party>,
    /// The state machine.
    pub call: Call,
    /// Since when the device that speaks for a side has no socket.
    pub away_since: Sides<Option<i64>>,
    /// Whether its minutes count.
    pub by_duration: bool,
    /// Whether the listener's sockets of reminders hear of it.
    pub reminds: bool,
    heard: Vec<Heard>,
    reminder: String,
    time_limit: Option<f64>,
    cameras: Sides<CameraStatus>,
}

/// An event that was told.
#[derive(Serialize, Deserialize)]
struct Heard {
    to: Side,
    at: u64,
    event: Event,
}

/// What every look-up reads.
const COLUMNS: &str = "room_id, app_id, caller_role = 'device', caller_id, listener_role = 'device',
    listener_id, call, caller_away_since, listener_away_since, charge_type = 'duration', events, reminder,
    time_limit, caller_camera_status, listener_camera_status, reminds";

impl Record {
    /// The call of `party`, and the side where it sits.
    ///
    /// # Errors
    /// When this party has no such call, or the store fails.
    pub fn of_party(
        db: &Connection,
        party: &Party,
        room_id: &str,
    ) -> Result<(Record, Side), Failure> {
        let record = Record::find(db, room_id)?.ok_or_else(|| no_such_call(room_id))?;
        let sits = |side: &Side| record.parties.of(*side) == party;
        let side = Side::BOTH.into_iter().find(sits).ok_or_else(|| no_such_call(room_id))?;
        Ok((record, side))
    }

    /// The call, whoever asks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find(db: &Connection, room_id: &str) -> Result<Option<Record>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM calls WHERE room_id = ?1 AND call IS NOT NULL");
        let read = |row: &Row<'_>| Ok(Record::read(row));
        db.prepare_cached(&sql)?.query_row([room_id], read).optional()?.transpose()
    }

    /// The calls that are not over, oldest first. One that cannot be read, perhaps because another version has written
    /// it, is over: it must not keep the others from going on, or its parties from their next call.
    ///
    /// # Errors
    /// When the store fails.
    pub fn under_way(db: &Connection) -> Result<Vec<Record>, Failure> {
        let sql = format!("SELECT {COLUMNS} FROM calls WHERE state <> 'ended' ORDER BY created_at");
        let mut statement = db.prepare(&sql)?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, Record::read(row))))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut records = Vec::new();
        for (room_id, record) in rows {
            if let Err(Failure::Json(error)) = record {
                tracing::error!(%error, room_id, "a call cannot be read, and has ended");
                db.execute("UPDATE calls SET state = 'ended' WHERE room_id = ?1", [&room_id])?;
                engaged::free(db, &room_id)?;
            } else {
                records.push(record?);
            }
        }
        Ok(records)
    }

    fn read(row: &Row<'_>) -> Result<Record, Failure> {
        let party = |is_device, id| -> rusqlite::Result<Party> {
            let role = if row.get(is_device)? { Role::Device } else { Role::Phone };
            Ok(Party { app_id: row.get(1)?, role, id: row.get(id)? })
        };
        let camera = |index| -> rusqlite::Result<CameraStatus> {
            Ok(if row.get(index)? { CameraStatus::Off } else { CameraStatus::On })
        };
        let (call, heard): (String, String) = (row.get(6)?, row.get(10)?);
        Ok(Record {
            room_id: row.get(0)?,
            parties: Sides { caller: party(2, 3)?, listener: party(4, 5)? },
            call: serde_json::from_str(&call)?,
            away_since: Sides { caller: row.get(7)?, listener: row.get(8)? },
            by_duration: row.get(9)?,
            heard: serde_json::from_str(&heard)?,
            reminder: row.get(11)?,
            time_limit: row.get(12)?,
            cameras: Sides { caller: camera(13)?, listener: camera(14)? },
            reminds: row.get(15)?,
        })
    }

    /// Writes what can change in a call.
    ///
    /// # Errors
    /// When the store fails.
    pub fn save(&self, db: &Connection, now: i64) -> Result<(), Failure> {
        let end = self.call.end();
        let by_caller = end.is_some_and(|end| match end.ending {
            Ending::Cancelled { .. } | Ending::HungUp { by: Side::Caller, .. } => true,
            Ending::Rejected { .. }
            | Ending::Busy
            | Ending::Unanswered
            | Ending::HungUp { by: Side::Listener, .. }
            | Ending::TimeLimit
            | Ending::JoinFailed { .. }
            | Ending::Aborted { .. } => false,
        });
        db.prepare_cached(
            "UPDATE calls SET state = ?2, call = ?3, events = ?4, caller_away_since = ?5,
                listener_away_since = ?6, billed = ?7, cancelled_at = coalesce(cancelled_at, ?8)
             WHERE room_id = ?1",
        )?
        .execute((
            &self.room_id,
            self.call.state().as_str(),
            serde_json::to_string(&self.call)?,
            serde_json::to_string(&self.heard)?,
            self.away_since.caller,
            self.away_since.listener,
            end.map(|end| i64::try_from(end.billed).unwrap_or(i64::MAX)),
            by_caller.then_some(now),
        ))?;
        Ok(())
    }

    /// Writes down what the sides hear at `at`.
    pub fn hear(&mut self, events: Vec<Addressed>, at: i64) {
        let at = at.unsigned_abs();
        let heard = events.into_iter().map(|Addressed { to, event }| Heard { to, at, event });
        self.heard.extend(heard);
    }

    /// How many events there have been, for both sides.
    #[must_use]
    pub fn heard(&self) -> usize {
        self.heard.len()
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
pub(crate) fn no_such_call(room_id: &str) -> Failure {
    Failure::refused(
        Code::RoomId,
        format!(
            "roomId: there is no call {} of yours, or it was long ago: use the roomId of the last successful call",
            preview(room_id)
        ),
    )
}
