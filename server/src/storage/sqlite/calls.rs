//! Calls as rows: reading them, storing a new one, and saving what has changed in one.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use wmpf_voip::call::{Ending, Side};
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::CameraStatus;
use wmpf_voip_calls::call_record::CallRecord;
use wmpf_voip_calls::creation::room_ids_from;
use wmpf_voip_calls::operation::{CallsUnderWay, NewCall, Place};
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_calls::sides::Sides;

use crate::storage::StoreError;
use crate::storage::call_list::{CallsFound, CallsWanted};

/// The columns that every look-up reads.
const COLUMNS: &str = "room_id, app_id, caller_role = 'device', caller_id, listener_role = 'device',
    listener_id, call, caller_away_since, listener_away_since, charge_type = 'duration', events, reminder,
    time_limit, caller_camera_status, listener_camera_status, reminds, version, created_at,
    paid_minutes, CASE charge_type WHEN 'duration' THEN
        coalesce((SELECT minutes_left + overdraft FROM apps WHERE apps.app_id = calls.app_id), 0) ELSE 0 END";

/// Reads a call. `None` if there is none, or if an earlier version has stored it without its state machine.
///
/// # Errors
/// When SQLite fails, or the stored JSON cannot be read.
pub fn find(db: &Connection, room_id: &str) -> Result<Option<CallRecord>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM calls WHERE room_id = ?1 AND call IS NOT NULL");
    let read = |row: &Row<'_>| Ok(read(row));
    db.prepare_cached(&sql)?.query_row([room_id], read).optional()?.transpose()
}

/// How many calls that are not over are read at once, and so are gone on with in one transaction.
const UNDER_WAY_AT_ONCE: usize = 256;

/// Reads some of the calls that are not over, oldest first, and gives where the next ones begin. A call that cannot be
/// read, perhaps because another version has written it, is marked as ended: it must keep neither the other calls from going
/// on nor its parties from their next call.
///
/// # Errors
/// When SQLite fails.
pub fn under_way(
    db: &Connection,
    wanted: CallsUnderWay,
) -> Result<(Vec<CallRecord>, Option<Place>), StoreError> {
    let after = match wanted {
        CallsUnderWay::First => Place(i64::MIN, i64::MIN),
        CallsUnderWay::After(place) => place,
    };
    let sql = format!(
        "SELECT {COLUMNS}, rowid FROM calls
         WHERE state <> 'ended' AND (created_at, rowid) > (?1, ?2)
         ORDER BY created_at, rowid LIMIT ?3"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement
        .query_map((after.0, after.1, UNDER_WAY_AT_ONCE as i64), |row| {
            let place = Place(row.get("created_at")?, row.get("rowid")?);
            Ok((row.get::<_, String>(0)?, place, read(row)))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let is_all = rows.len() < UNDER_WAY_AT_ONCE;
    let next = rows.last().map(|(_, place, _)| *place).filter(|_| !is_all);
    let mut records = Vec::new();
    for (room_id, _, record) in rows {
        if let Err(StoreError::Unreadable(error)) = record {
            tracing::error!(%error, room_id, "a call cannot be read, and has ended");
            db.execute("UPDATE calls SET state = 'ended' WHERE room_id = ?1", [&room_id])?;
            db.execute("DELETE FROM engaged WHERE room_id = ?1", [&room_id])?;
        } else {
            records.push(record?);
        }
    }
    Ok((records, next))
}

/// How many calls are looked at for one page of those that are wanted, so that nobody waits for the reading.
const LOOKED_AT: usize = 2_000;

/// Reads calls of a mini-program, the newest first, at most so many. There may be fewer, and more of them before. One that
/// cannot be read is left out.
///
/// # Errors
/// When SQLite fails.
pub fn of_app(
    db: &Connection,
    app_id: &str,
    wanted: &CallsWanted,
    limit: usize,
) -> Result<CallsFound, StoreError> {
    let end = room_ids_from(app_id, wanted.until.unwrap_or(i64::MAX));
    let before = wanted.before.as_ref().map_or(&end, |before| before.min(&end));
    let first = room_ids_from(app_id, wanted.since.unwrap_or(0));
    let mut statement = db.prepare_cached(&of_app_sql(wanted.is_live))?;
    let mut rows = statement.query((app_id, before, first))?;
    let mut found = CallsFound::default();
    let mut looked_at = 0;
    while let Some(row) = rows.next()? {
        let is_full = found.records.len() == limit || looked_at == LOOKED_AT;
        if is_full {
            return Ok(found);
        }
        looked_at += 1;
        found.next = Some(row.get(0)?);
        if is_wanted(row, wanted)? {
            match read(row) {
                Err(StoreError::Unreadable(error)) => {
                    tracing::error!(%error, "a call cannot be read");
                }
                record => found.records.push(record?),
            }
        }
    }
    Ok(CallsFound { next: None, ..found })
}

/// The statement that reads an app's calls between two room ids, the newest first.
pub(super) fn of_app_sql(is_live: bool) -> String {
    // Those that are on have an index of their own. For the others the unary plus keeps SQLite from indexes by party.
    let (own, is_live) = if is_live { ("app_id", "AND state <> 'ended'") } else { ("+app_id", "") };
    // A room id begins with the appId and goes on with the time, so that its index has the calls in their order.
    format!(
        "SELECT {COLUMNS}, state = 'ended', ending FROM calls
         WHERE {own} = ?1 AND room_id < ?2 AND room_id >= ?3 {is_live} AND call IS NOT NULL
         ORDER BY room_id DESC"
    )
}

/// Whether the call in this row is one of those that are wanted, of which it has the time.
fn is_wanted(row: &Row<'_>, wanted: &CallsWanted) -> rusqlite::Result<bool> {
    let CallsWanted { is_over, party, endings, .. } = wanted;
    if *is_over && !row.get::<_, bool>(20)? {
        return Ok(false);
    }
    if !endings.is_empty() {
        let ending: Option<String> = row.get(21)?;
        if ending.is_none_or(|ending| !endings.contains(&ending)) {
            return Ok(false);
        }
    }
    let Some(party) = party else { return Ok(true) };
    Ok(*party == row.get::<_, String>(3)? || *party == row.get::<_, String>(5)?)
}

fn read(row: &Row<'_>) -> Result<CallRecord, StoreError> {
    let party = |is_device, id| -> rusqlite::Result<Party> {
        let role = if row.get(is_device)? { Role::Device } else { Role::Phone };
        Ok(Party { app_id: row.get(1)?, role, id: row.get(id)? })
    };
    let camera = |index| -> rusqlite::Result<CameraStatus> {
        Ok(if row.get(index)? { CameraStatus::Off } else { CameraStatus::On })
    };
    let (call, heard): (String, String) = (row.get(6)?, row.get(10)?);
    Ok(CallRecord {
        room_id: row.get(0)?,
        parties: Sides { caller: party(2, 3)?, listener: party(4, 5)? },
        call: serde_json::from_str(&call)?,
        away_since: Sides { caller: row.get(7)?, listener: row.get(8)? },
        charge_type: if row.get(9)? { ChargeType::Duration } else { ChargeType::License },
        heard: serde_json::from_str(&heard)?,
        reminder: row.get(11)?,
        time_limit: row.get(12)?,
        cameras: Sides { caller: camera(13)?, listener: camera(14)? },
        reminds: row.get(15)?,
        version: row.get(16)?,
        created_at: row.get(17)?,
        paid_minutes: row.get(18)?,
        credit: row.get(19)?,
    })
}

/// Stores a new call.
///
/// # Errors
/// When SQLite fails.
pub fn create(db: &Connection, new: &NewCall) -> Result<(), StoreError> {
    let NewCall { record, rings_until, idempotency_key, fingerprint } = new;
    let Sides { caller, listener } = &record.parties;
    db.prepare_cached(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id,
            charge_type, reminder, created_at, rings_until, idempotency_key, fingerprint,
            time_limit, caller_camera_status, listener_camera_status, reminds, state, call, events, billed, ending)
         VALUES (:room_id, :app_id, :caller_role, :caller_id, :listener_role, :listener_id,
            :charge_type, :reminder, :created_at, :rings_until, :idempotency_key, :fingerprint,
            :time_limit, :caller_camera_status, :listener_camera_status, :reminds, :state, :call, :events,
            :billed, :ending)",
    )?
    .execute(named_params! {
        ":room_id": &record.room_id,
        ":app_id": &caller.app_id,
        ":caller_role": caller.role.as_str(),
        ":caller_id": &caller.id,
        ":listener_role": listener.role.as_str(),
        ":listener_id": &listener.id,
        ":charge_type": record.charge_type.as_str(),
        ":reminder": &record.reminder,
        ":created_at": record.created_at,
        ":rings_until": rings_until,
        ":idempotency_key": idempotency_key,
        ":fingerprint": fingerprint,
        ":time_limit": record.time_limit,
        ":caller_camera_status": u8::from(record.cameras.caller),
        ":listener_camera_status": u8::from(record.cameras.listener),
        ":reminds": record.reminds,
        ":state": record.call.state().as_str(),
        ":call": serde_json::to_string(&record.call)?,
        ":events": serde_json::to_string(&record.heard)?,
        ":billed": billed(record),
        ":ending": ending(record),
    })?;
    Ok(())
}

/// Saves what can change in a call, if the stored version is still the one that was read. `now` is in milliseconds
/// since the Unix epoch.
///
/// # Errors
/// When the stored version is another one, or SQLite fails.
pub fn save(db: &Connection, record: &CallRecord, now: i64) -> Result<(), StoreError> {
    let by_caller = record.call.end().is_some_and(|end| match end.ending {
        Ending::Cancelled { .. } | Ending::HungUp { by: Side::Caller, .. } => true,
        Ending::Rejected { .. }
        | Ending::Busy
        | Ending::Unanswered
        | Ending::HungUp { by: Side::Listener, .. }
        | Ending::TimeLimit
        | Ending::OutOfMinutes
        | Ending::JoinFailed { .. }
        | Ending::Aborted { .. } => false,
    });
    let saved = db
        .prepare_cached(
            "UPDATE calls SET state = ?2, call = ?3, events = ?4, caller_away_since = ?5,
                listener_away_since = ?6, billed = ?7, cancelled_at = coalesce(cancelled_at, ?8),
                paid_minutes = ?10, ending = ?11, version = version + 1
             WHERE room_id = ?1 AND version = ?9",
        )?
        .execute((
            &record.room_id,
            record.call.state().as_str(),
            serde_json::to_string(&record.call)?,
            serde_json::to_string(&record.heard)?,
            record.away_since.caller,
            record.away_since.listener,
            billed(record),
            by_caller.then_some(now),
            record.version,
            record.paid_minutes,
            ending(record),
        ))?;
    if saved == 1 { Ok(()) } else { Err(StoreError::Changed) }
}

/// The word for how the call ended. `None` until then.
fn ending(record: &CallRecord) -> Option<&'static str> {
    record.call.end().map(|end| end.ending.as_str())
}

/// How much of the call is billed, in seconds. `None` until the call has ended.
fn billed(record: &CallRecord) -> Option<i64> {
    record.call.end().map(|end| i64::try_from(end.billed).unwrap_or(i64::MAX))
}
