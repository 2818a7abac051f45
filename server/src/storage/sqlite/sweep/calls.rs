//! Removing calls, some at a time.

use rusqlite::Connection;

use crate::storage::sqlite::records::removed;

/// How many rows one step removes at most. It is over in a few milliseconds.
pub const AT_ONCE: u32 = 256;

/// Removes these calls and what belongs to them, at most `most` rows. Gives how many rows more may be removed: none, if some
/// are left.
///
/// # Errors
/// When SQLite fails.
pub fn remove(db: &Connection, rooms: &[String], most: u32) -> rusqlite::Result<u32> {
    let mut left = most;
    for room_id in rooms {
        let crossings = "DELETE FROM crossings WHERE rowid IN (
            SELECT rowid FROM crossings WHERE room_id = ?1 LIMIT ?2)";
        left -= removed(db.prepare_cached(crossings)?.execute((room_id, left))?);
        if left == 0 {
            return Ok(0);
        }
        left -=
            removed(db.prepare_cached("DELETE FROM calls WHERE room_id = ?1")?.execute([room_id])?);
    }
    Ok(left)
}
