//! Calls that cross: two who call each other at about the same time meet in one call, the older one.
//!
//! Whoever calls somebody whose own call to it rings has made no call: the answer is the room of that one, where it is
//! the listener, and its page answers at once. What is kept of such a creation is its key, so that a repetition gets
//! the same answer, and whether it was given up.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip::request::{CameraStatus, Request, RoomType};

use crate::calls::checks::Permit;
use crate::calls::driver::Driver;
use crate::calls::turn::Change;
use crate::domain::failure::Failure;
use crate::domain::party::Party;

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
    /// The time, in milliseconds.
    pub now: i64,
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
    /// Finds the call of the other party that this one meets, if there is one. Of several it is the newest: who calls
    /// again may have lost the page of its earlier call.
    ///
    /// # Errors
    /// When the store fails.
    pub fn meet(&self, db: &Connection, driver: &Driver) -> Result<Option<Met>, Failure> {
        let Some((room, was_camera_on)) = self.ringing_back(db)? else { return Ok(None) };
        let Some((record, change)) = driver.cross(db, &room.room_id)? else { return Ok(None) };
        let rings_until = record.call.deadline().map(|at| i64::try_from(at).unwrap_or(i64::MAX));
        let turns_camera_off = self.is_off(self.request.listener.camera_status);
        db.prepare_cached(
            "UPDATE calls SET rings_until = max(rings_until, ?2),
                caller_camera_status = max(caller_camera_status, ?3),
                listener_camera_status = max(listener_camera_status, ?4)
             WHERE room_id = ?1",
        )?
        .execute((
            &room.room_id,
            rings_until,
            turns_camera_off,
            self.is_off(self.request.caller.camera_status),
        ))?;
        self.remember(db, &room.room_id)?;
        Ok(Some(Met { room, change, is_camera_off: was_camera_on && turns_camera_off }))
    }

    fn remember(&self, db: &Connection, room_id: &str) -> rusqlite::Result<usize> {
        let Permit { caller, .. } = self.permit;
        db.prepare_cached(
            "INSERT INTO crossings (room_id, app_id, caller_role, caller_id, idempotency_key, fingerprint)
             VALUES (:room_id, :app_id, :caller_role, :caller_id, :idempotency_key, :fingerprint)",
        )?
        .execute(named_params! {
            ":room_id": room_id,
            ":app_id": &caller.app_id,
            ":caller_role": caller.role.as_str(),
            ":caller_id": &caller.id,
            ":idempotency_key": self.idempotency_key,
            ":fingerprint": self.fingerprint,
        })
    }

    /// The call by which the listener calls the caller at this moment, and whether that listener's camera is on in it.
    fn ringing_back(&self, db: &Connection) -> rusqlite::Result<Option<(Room, bool)>> {
        let Permit { caller, listener, .. } = self.permit;
        db.prepare_cached(
            "SELECT room_id, charge_type = 'license', caller_camera_status = 0 FROM calls
             WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND rings_until > ?4
                AND state = 'ringing' AND caller_role = ?5 AND caller_id = ?6
             ORDER BY rings_until DESC, rowid DESC LIMIT 1",
        )?
        .query_row(
            (
                &caller.app_id,
                caller.role.as_str(),
                &caller.id,
                self.now,
                listener.role.as_str(),
                &listener.id,
            ),
            |row: &Row<'_>| {
                let is_license = row.get(1)?;
                let charge_type =
                    if is_license { ChargeType::License } else { ChargeType::Duration };
                Ok((Room { room_id: row.get(0)?, charge_type }, row.get(2)?))
            },
        )
        .optional()
    }

    /// A camera is on only if both requests allow it, and both are for video.
    fn is_off(&self, status: CameraStatus) -> bool {
        match (self.request.room_type, status) {
            (RoomType::Video, CameraStatus::On) => false,
            (RoomType::Video, CameraStatus::Off) | (RoomType::Voice, _) => true,
        }
    }
}

/// A creation is given up by its key, and will not be answered any more.
///
/// # Errors
/// When the store fails.
pub fn cancel_key(db: &Connection, caller: &Party, key: &str, now: i64) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "UPDATE crossings SET cancelled_at = coalesce(cancelled_at, ?5)
         WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4",
    )?
    .execute((&caller.app_id, caller.role.as_str(), &caller.id, key, now))
}

/// The same of all creations of this party that have met a call. Says whether there is any.
///
/// # Errors
/// When the store fails.
pub fn give_up(db: &Connection, caller: &Party, room_id: &str, now: i64) -> rusqlite::Result<bool> {
    let found = db
        .prepare_cached(
            "UPDATE crossings SET cancelled_at = coalesce(cancelled_at, ?5)
             WHERE room_id = ?1 AND app_id = ?2 AND caller_role = ?3 AND caller_id = ?4",
        )?
        .execute((room_id, &caller.app_id, caller.role.as_str(), &caller.id, now))?;
    Ok(found > 0)
}
