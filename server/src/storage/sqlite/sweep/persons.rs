//! Removing what persons have left behind whose record was deleted: their calls, and their ids in what the service notes.

use rusqlite::Connection;
use wmpf_voip_calls::party::{Party, Role};

use super::calls::{self, AT_ONCE};
use crate::storage::sqlite::deleted_persons::{self, DeletedPerson};
use crate::storage::sqlite::records::removed;
use crate::storage::sqlite::{audit, messages};

/// Removes a few rows of such persons. Gives whether there may be more to remove now: what belongs to a call that goes on is
/// removed once that is over.
///
/// # Errors
/// When SQLite fails.
pub fn step(db: &Connection) -> rusqlite::Result<bool> {
    let persons = deleted_persons::some(db, AT_ONCE)?;
    let is_all = persons.len() < AT_ONCE as usize;
    let mut left = AT_ONCE;
    let mut is_one_gone = false;
    for person in &persons {
        left = of_person(db, person, left)?;
        if left == 0 {
            return Ok(true);
        }
        if !has_calls(db, person)? {
            left -= messages::forget_person(db, &person.party, left)?;
            left -= audit::hide(db, &person.party, person.last_audit_id, left)?;
            if left == 0 {
                return Ok(true);
            }
            deleted_persons::remove(db, &person.party)?;
            is_one_gone = true;
        }
    }
    Ok(is_one_gone && !is_all)
}

/// Removes at most `most` rows of a person. Gives how many rows more may be removed.
fn of_person(db: &Connection, person: &DeletedPerson, most: u32) -> rusqlite::Result<u32> {
    let DeletedPerson { party, deleted_at, .. } = person;
    let Party { app_id, role, id } = party;
    let mut left = most;
    for sql in [
        "SELECT room_id FROM calls WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3
            AND state = 'ended' AND created_at <= ?4 LIMIT ?5",
        "SELECT room_id FROM calls WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3
            AND state = 'ended' AND created_at <= ?4 LIMIT ?5",
    ] {
        let rooms: Vec<String> = db
            .prepare_cached(sql)?
            .query_map((app_id, role.as_str(), id, deleted_at, left), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        left = calls::remove(db, &rooms, left)?;
        if left == 0 {
            return Ok(0);
        }
    }
    left -= removed(
        db.prepare_cached(
            "DELETE FROM cancelled_keys WHERE rowid IN (
                SELECT rowid FROM cancelled_keys
                WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND cancelled_at <= ?4 LIMIT ?5)",
        )?
        .execute((app_id, role.as_str(), id, deleted_at, left))?,
    );
    if left == 0 || *role == Role::Device {
        return Ok(left);
    }
    let tickets = "DELETE FROM used_tickets WHERE rowid IN (
        SELECT rowid FROM used_tickets WHERE app_id = ?1 AND open_id = ?2 AND used_at <= ?3 LIMIT ?4)";
    Ok(left - removed(db.prepare_cached(tickets)?.execute((app_id, id, deleted_at, left))?))
}

/// Whether there are calls of the person.
fn has_calls(db: &Connection, person: &DeletedPerson) -> rusqlite::Result<bool> {
    let DeletedPerson { party, deleted_at, .. } = person;
    let params = (&party.app_id, party.role.as_str(), &party.id, deleted_at);
    db.prepare_cached(
        "SELECT 1 FROM calls WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND created_at <= ?4
         UNION ALL
         SELECT 1 FROM calls WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND created_at <= ?4
         LIMIT 1",
    )?
    .exists(params)
}
