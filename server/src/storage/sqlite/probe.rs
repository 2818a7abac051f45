//! Whether a write would be durable: one is made.

use rusqlite::{Connection, named_params};

use super::connection::execute;
use crate::storage::StoreError;

/// How much is written, in bytes: about as much as a call, so that there is no room for a probe where there is none for a
/// call.
const FILLING: u32 = 32 * 1024;

/// Rehearses the creation of a call, which is undone, and writes as much as a call into a row of its own. The rehearsal
/// comes by the pages that the next call will be written to, so it finds damage there; the row needs room, and a disk
/// that takes it. `now` is in milliseconds since the Unix epoch.
///
/// # Errors
/// When SQLite fails. Then the transaction is to be undone.
pub fn write(db: &Connection, now: i64) -> Result<(), StoreError> {
    execute(db, "SAVEPOINT rehearsal")?;
    rehearse(db, now)?;
    execute(db, "ROLLBACK TO rehearsal")?;
    execute(db, "RELEASE rehearsal")?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO probe (only, at, filling) VALUES (1, ?1, zeroblob(?2))",
    )?
    .execute((now, FILLING))?;
    Ok(())
}

/// Without a mini-program there is nobody who could call.
fn rehearse(db: &Connection, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type,
            reminder, created_at, rings_until, idempotency_key, fingerprint, state)
         SELECT app_id || 'WmpfVoip' || :now, app_id, '', '', '', '', '', '', :now, :now, '', x'', 'ringing'
         FROM apps LIMIT 1",
    )?
    .execute(named_params! { ":now": now })?;
    Ok(())
}
