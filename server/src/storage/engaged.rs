//! Who is in a call: from answering or joining it until its end. Whoever calls them meanwhile hears `busy`.

use rusqlite::Connection;
use wmpf_voip::call::{Side, State};

use crate::domain::party::Party;
use crate::storage::call_record::Record;

/// Whether this party is in a call.
///
/// # Errors
/// When the store fails.
pub fn is_engaged(db: &Connection, party: &Party) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM engaged WHERE app_id = ?1 AND role = ?2 AND id = ?3")?
        .exists((&party.app_id, party.role.as_str(), &party.id))
}

/// The calls that this party is in.
///
/// # Errors
/// When the store fails.
pub fn rooms(db: &Connection, party: &Party) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached("SELECT room_id FROM engaged WHERE app_id = ?1 AND role = ?2 AND id = ?3")?
        .query_map((&party.app_id, party.role.as_str(), &party.id), |row| row.get(0))?
        .collect()
}

/// Nobody is in this call.
///
/// # Errors
/// When the store fails.
pub fn free(db: &Connection, room_id: &str) -> rusqlite::Result<usize> {
    db.execute("DELETE FROM engaged WHERE room_id = ?1", [room_id])
}

/// Notes who is in this call now.
///
/// # Errors
/// When the store fails.
pub fn follow(db: &Connection, record: &Record) -> rusqlite::Result<()> {
    let is_over = record.call.state() == State::Ended;
    for side in Side::BOTH {
        let sql = match record.call.device(side) {
            None => continue,
            Some(_) if is_over => {
                "DELETE FROM engaged WHERE app_id = ?1 AND role = ?2 AND id = ?3 AND room_id = ?4"
            }
            Some(_) => "INSERT OR IGNORE INTO engaged VALUES (?1, ?2, ?3, ?4)",
        };
        let party = record.parties.of(side);
        let params = (&party.app_id, party.role.as_str(), &party.id, &record.room_id);
        db.prepare_cached(sql)?.execute(params)?;
    }
    Ok(())
}
