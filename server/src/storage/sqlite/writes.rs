//! Writing what an operation has decided.

use rusqlite::{Connection, named_params};
use wmpf_voip_calls::creation::MAX_CANCELLED_KEYS;
use wmpf_voip_calls::operation::{Meeting, MeetingId, Write};
use wmpf_voip_calls::party::Party;

use super::{calls, messages};
use crate::storage::StoreError;

/// Does one write. Gives whether a message is queued by it. `now` is in milliseconds since the Unix epoch.
///
/// # Errors
/// When SQLite fails, or a call has been changed since it was read.
pub fn write(db: &Connection, write: &Write, now: i64) -> Result<bool, StoreError> {
    match write {
        Write::Create(new) => calls::create(db, new)?,
        Write::Save(record) => calls::save(db, record, now)?,
        Write::Engage(party, room_id) => {
            db.prepare_cached("INSERT OR IGNORE INTO engaged VALUES (?1, ?2, ?3, ?4)")?
                .execute((&party.app_id, party.role.as_str(), &party.id, room_id))?;
        }
        Write::Disengage(party, room_id) => {
            db.prepare_cached(
                "DELETE FROM engaged WHERE app_id = ?1 AND role = ?2 AND id = ?3 AND room_id = ?4",
            )?
            .execute((&party.app_id, party.role.as_str(), &party.id, room_id))?;
        }
        Write::Bill { app_id, minutes } => {
            const SQL: &str = "UPDATE apps SET minutes_left = minutes_left - ?2 WHERE app_id = ?1";
            db.prepare_cached(SQL)?.execute((app_id, minutes))?;
        }
        Write::Meet(meeting) => meet(db, meeting)?,
        Write::GiveUpMeeting(party, id) => give_up_meeting(db, party, id, now)?,
        Write::CancelKey(caller, key) => cancel_key(db, caller, key, now)?,
        Write::Tell(event) => return messages::queue(db, event, now),
        Write::Authorise { user, sn, device_name } => authorise(db, user, sn, device_name)?,
        Write::UseTicket(user, hash) => use_ticket(db, user, hash, now)?,
        Write::Withdraw { user, sn } => {
            db.prepare_cached(
                "UPDATE authorisations SET status = 0
                 WHERE app_id = ?1 AND sn = ?2 AND open_id = ?3",
            )?
            .execute((&user.app_id, sn, &user.id))?;
        }
    }
    Ok(false)
}

/// Notes that the service was running at `now` by its own clock, when the machine's showed `wall`, both in milliseconds
/// since the Unix epoch.
///
/// # Errors
/// When SQLite fails.
pub fn beat(db: &Connection, now: i64, wall: i64) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO heartbeat (only, at, wall) VALUES (1, ?1, ?2)")?
        .execute([now, wall])?;
    Ok(())
}

fn meet(db: &Connection, meeting: &Meeting) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE calls SET rings_until = max(rings_until, ?2),
            caller_camera_status = max(caller_camera_status, ?3),
            listener_camera_status = max(listener_camera_status, ?4)
         WHERE room_id = ?1",
    )?
    .execute((
        &meeting.room_id,
        meeting.rings_until,
        meeting.is_caller_camera_off,
        meeting.is_listener_camera_off,
    ))?;
    db.prepare_cached(
        "INSERT INTO crossings (room_id, app_id, caller_role, caller_id, idempotency_key, fingerprint)
         VALUES (:room_id, :app_id, :caller_role, :caller_id, :idempotency_key, :fingerprint)",
    )?
    .execute(named_params! {
        ":room_id": &meeting.room_id,
        ":app_id": &meeting.caller.app_id,
        ":caller_role": meeting.caller.role.as_str(),
        ":caller_id": &meeting.caller.id,
        ":idempotency_key": &meeting.idempotency_key,
        ":fingerprint": &meeting.fingerprint,
    })?;
    Ok(())
}

fn give_up_meeting(
    db: &Connection,
    party: &Party,
    id: &MeetingId,
    now: i64,
) -> rusqlite::Result<()> {
    let (sql, id) = match id {
        MeetingId::Key(key) => (
            "UPDATE crossings SET cancelled_at = coalesce(cancelled_at, ?5)
             WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4",
            key,
        ),
        MeetingId::Call(room_id) => (
            "UPDATE crossings SET cancelled_at = coalesce(cancelled_at, ?5)
             WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND room_id = ?4",
            room_id,
        ),
    };
    let params = (&party.app_id, party.role.as_str(), &party.id, id, now);
    db.prepare_cached(sql)?.execute(params)?;
    Ok(())
}

fn cancel_key(db: &Connection, caller: &Party, key: &str, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO cancelled_keys
            (app_id, caller_role, caller_id, idempotency_key, cancelled_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((&caller.app_id, caller.role.as_str(), &caller.id, key, now))?;
    db.prepare_cached(
        "DELETE FROM cancelled_keys WHERE rowid IN (
            SELECT rowid FROM cancelled_keys
            WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3
            ORDER BY rowid DESC LIMIT -1 OFFSET ?4)",
    )?
    .execute((&caller.app_id, caller.role.as_str(), &caller.id, MAX_CANCELLED_KEYS))?;
    Ok(())
}

fn use_ticket(db: &Connection, user: &Party, hash: &[u8], now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO used_tickets (app_id, open_id, hash, used_at) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((&user.app_id, &user.id, hash, now))?;
    Ok(())
}

fn authorise(db: &Connection, user: &Party, sn: &str, device_name: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO users (app_id, open_id, scope_voip) VALUES (?1, ?2, 0)",
    )?
    .execute((&user.app_id, &user.id))?;
    db.prepare_cached(
        "INSERT INTO authorisations (app_id, sn, open_id, device_name) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET status = 1",
    )?
    .execute((&user.app_id, sn, &user.id, device_name))?;
    Ok(())
}
