//! Removing what nobody needs any more, in small steps: what an app or a person has left behind that was deleted, and what
//! was kept for long enough.
//!
//! An app that its operator deletes is gone at once: it is marked as deleted, and nothing that is looked up finds it any
//! more. Its rows, which may be millions, go afterwards, a few with each step, so that the store has time for everybody else
//! in between. The mark is in the file, so a restart goes on with it.

mod calls;
mod kept;
#[cfg(test)]
mod kept_tests;
mod persons;
#[cfg(test)]
mod persons_tests;

use rusqlite::{Connection, OptionalExtension};

pub use calls::AT_ONCE;

use super::audit;
use super::records::removed;
use crate::domain::retention::Retention;

/// Whether an app is marked as deleted and has rows left.
///
/// # Errors
/// When SQLite fails.
pub fn is_doomed(db: &Connection, app_id: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM apps WHERE app_id = ?1 AND deleted")?.exists([app_id])
}

/// Removes a few rows at the time `now`, in milliseconds since the Unix epoch. Gives whether there may be more to remove now.
///
/// # Errors
/// When SQLite fails.
pub fn step(db: &Connection, now: i64, retention: &Retention) -> rusqlite::Result<bool> {
    // Each of them has its turn, however much there is of another one.
    let more = [apps(db)?, persons::step(db)?, kept::step(db, now, retention)?];
    Ok(more.contains(&true))
}

/// Removes a few rows of an app that was deleted. Gives whether there may be more.
fn apps(db: &Connection) -> rusqlite::Result<bool> {
    let doomed: Option<String> = db
        .prepare_cached("SELECT app_id FROM apps WHERE deleted LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    match doomed {
        Some(app_id) => {
            step_of(db, &app_id)?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Removes a few rows of this app, and the app itself with its last ones.
///
/// # Errors
/// When SQLite fails.
pub fn step_of(db: &Connection, app_id: &str) -> rusqlite::Result<()> {
    let rooms: Vec<String> = db
        .prepare_cached("SELECT room_id FROM calls WHERE app_id = ?1 LIMIT ?2")?
        .query_map((app_id, AT_ONCE), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    // Calls are the first, because as long as they go on, they make other rows.
    let mut left = calls::remove(db, &rooms, AT_ONCE)?;
    left -= audit::hide_all(db, app_id, left)?;
    for sql in [
        "DELETE FROM engaged WHERE app_id = ?1 AND (role, id, room_id) IN (
            SELECT role, id, room_id FROM engaged WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM cancelled_keys WHERE rowid IN (
            SELECT rowid FROM cancelled_keys WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM messages WHERE number IN (
            SELECT number FROM messages WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM used_tickets WHERE rowid IN (
            SELECT rowid FROM used_tickets WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM deleted_parties WHERE app_id = ?1 AND (role, id) IN (
            SELECT role, id FROM deleted_parties WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM deleted_persons WHERE app_id = ?1 AND (role, id) IN (
            SELECT role, id FROM deleted_persons WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM token_keys WHERE number IN (
            SELECT number FROM token_keys WHERE app_id = ?1 LIMIT ?2)",
        "DELETE FROM apps WHERE app_id = ?1 AND ?2 > 0",
    ] {
        if left == 0 {
            return Ok(());
        }
        left -= removed(db.prepare_cached(sql)?.execute((app_id, left))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sqlite::seeded::seeded;

    const APP: &str = "wxde00000000000004";

    /// An app with as many calls, each with a message, a crossing, and who is in it; and as many cancelled keys and used
    /// tickets.
    fn fill(db: &Connection, app_id: &str, calls: u32) {
        db.execute_batch(&format!(
            "CREATE TEMP TABLE IF NOT EXISTS numbers AS
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n;
             INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type, reminder,
                created_at, rings_until, fingerprint)
                SELECT '{app_id}' || i, '{app_id}', 'device', 'd', 'phone', 'p', 'license', '{{}}', i, i, x'' FROM numbers LIMIT {calls};
             INSERT INTO messages (webhook_id, app_id, type, room_id, subject, open_id, device_id, body, happened_at, while_rings)
                SELECT room_id, app_id, 'call.ended', room_id, room_id, 'p', 'd', '', 1, 0 FROM calls WHERE app_id = '{app_id}';
             INSERT INTO crossings (room_id, app_id, caller_role, caller_id, fingerprint)
                SELECT room_id, app_id, 'phone', 'p', x'' FROM calls WHERE app_id = '{app_id}';
             INSERT INTO engaged SELECT app_id, 'device', 'd', room_id FROM calls WHERE app_id = '{app_id}';
             INSERT INTO cancelled_keys
                SELECT app_id, 'device', 'd', room_id, 1 FROM calls WHERE app_id = '{app_id}';
             INSERT INTO used_tickets
                SELECT app_id, 'p', CAST(room_id AS BLOB), 1 FROM calls WHERE app_id = '{app_id}';"
        ))
        .unwrap();
    }

    fn rows_of(db: &Connection, app_id: &str) -> Vec<u32> {
        let tables =
            ["calls", "crossings", "engaged", "cancelled_keys", "messages", "used_tickets", "apps"];
        let count = |table| {
            let sql = format!("SELECT count(*) FROM {table} WHERE app_id = ?1");
            db.query_row(&sql, [app_id], |row| row.get(0)).unwrap()
        };
        tables.into_iter().map(count).collect()
    }

    #[test]
    fn no_step_touches_more_rows_than_it_may() {
        const CALLS: u32 = 10_000;
        let (db, _) = seeded();
        db.execute("DELETE FROM users WHERE app_id = ?1", [APP]).unwrap();
        fill(&db, APP, CALLS);
        fill(&db, "wxde00000000000001", 10);
        // One call has more that belongs to it than one step may touch.
        db.execute(
            "INSERT INTO crossings (room_id, app_id, caller_role, caller_id, fingerprint)
             SELECT ?1 || '5000', ?1, 'phone', 'p', x'' FROM numbers LIMIT 1000",
            [APP],
        )
        .unwrap();
        // And the app with its key.
        let all = u64::from(CALLS) * 6 + 1000 + 2;
        db.execute("UPDATE apps SET deleted = 1 WHERE app_id = ?1", [APP]).unwrap();
        let (mut touched, mut steps) = (0, 0);
        loop {
            // With the rows that SQLite deletes by itself, because they refer to others.
            let before = db.total_changes();
            let more = apps(&db).unwrap();
            let now = db.total_changes() - before;
            assert!(now <= u64::from(AT_ONCE), "{now} in step {steps}");
            if !more {
                break;
            }
            touched += now;
            steps += 1;
        }
        assert_eq!(touched, all, "each row once");
        assert!(steps <= all / u64::from(AT_ONCE / 2), "{steps} steps are as few as can be");
        assert_eq!(rows_of(&db, APP), [0; 7]);
        assert_eq!(
            rows_of(&db, "wxde00000000000001"),
            [10, 10, 10, 10, 10, 10, 1],
            "another app's stay"
        );
    }
}
