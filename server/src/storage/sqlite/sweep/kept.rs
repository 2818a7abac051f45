//! Removing what was kept for long enough.

use std::time::Duration;

use rusqlite::Connection;
use wmpf_voip_calls::creation::RETENTION_MS;

use super::calls::{self, AT_ONCE};
use crate::domain::retention::Retention;
use crate::storage::sqlite::messages;
use crate::storage::sqlite::records::removed;

/// Removes a few of the oldest rows that need not be kept at the time `now`, in milliseconds since the Unix epoch. Gives
/// whether there may be more.
///
/// # Errors
/// When SQLite fails.
pub fn step(db: &Connection, now: i64, retention: &Retention) -> rusqlite::Result<bool> {
    let before =
        |kept: Duration| now.saturating_sub(i64::try_from(kept.as_millis()).unwrap_or(i64::MAX));
    let mut left = calls::remove(db, &old_calls(db, before(retention.calls))?, AT_ONCE)?;
    left -= messages::forget(db, before(retention.webhooks), left)?;
    // All of these are numbered in the order of time. A used ticket is remembered for far longer than it counts, in case
    // the machine's clock is set back.
    for (sql, before) in [
        (
            "DELETE FROM cancelled_keys WHERE cancelled_at < ?1
             AND rowid IN (SELECT rowid FROM cancelled_keys ORDER BY rowid LIMIT ?2)",
            now.saturating_sub(RETENTION_MS),
        ),
        (
            "DELETE FROM used_tickets WHERE used_at < ?1
             AND rowid IN (SELECT rowid FROM used_tickets ORDER BY rowid LIMIT ?2)",
            now.saturating_sub(RETENTION_MS),
        ),
        (
            "DELETE FROM audit WHERE at < ?1 AND id IN (SELECT id FROM audit ORDER BY id LIMIT ?2)",
            before(retention.audit),
        ),
    ] {
        if left == 0 {
            return Ok(true);
        }
        left -= removed(db.prepare_cached(sql)?.execute((before, left))?);
    }
    Ok(left == 0)
}

/// A few of the oldest calls that are over and stopped ringing before this time. Rows are numbered in the order of their
/// creation, and all calls ring for the same time, so no index is needed to find them. Calls that are not over after such a
/// long time are few, and are skipped.
fn old_calls(db: &Connection, before: i64) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare_cached(
        "SELECT room_id, rings_until FROM calls WHERE state = 'ended' OR created_at >= ?1
         ORDER BY rowid LIMIT ?2",
    )?;
    let mut rows = statement.query((before, AT_ONCE))?;
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(1)? >= before {
            break;
        }
        rooms.push(row.get(0)?);
    }
    Ok(rooms)
}
