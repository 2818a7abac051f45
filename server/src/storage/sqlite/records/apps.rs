//! Mini-programs as rows.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{MAX_COUNTED, Rows, token_keys};
use crate::domain::records::{
    Page, RecordId, RecordKey, Tokens, WholeService, app::AppBody, app::AppKey,
};
use crate::storage::sqlite::sweep;

impl Rows for AppKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<AppBody>> {
        const SQL: &str = "SELECT owner, approved, minutes_left, overdraft FROM apps WHERE app_id = ?1 AND NOT deleted";
        db.prepare_cached(SQL)?.query_row([&self.app_id], |row| body(row, 0)).optional()
    }

    /// An app that was deleted, while there are still rows of it.
    fn conflict(&self, db: &Connection) -> rusqlite::Result<Option<RecordId>> {
        Ok(sweep::is_doomed(db, &self.app_id)?.then(|| self.id()))
    }

    /// Calls use up the minutes of an app that exists, and an operator adds some: writing it leaves them as they are.
    fn write(&self, db: &Connection, body: &AppBody) -> rusqlite::Result<()> {
        const SQL: &str =
            "INSERT INTO apps (app_id, owner, approved, minutes_left, overdraft) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET owner = ?2, approved = ?3, overdraft = ?5";
        let AppBody { owner, approved, minutes_left, overdraft } = body;
        let params = (&self.app_id, owner, approved, minutes_left, overdraft);
        db.prepare_cached(SQL)?.execute(params)?;
        token_keys::make_first(db, &self.app_id)
    }

    fn in_the_way(&self, db: &Connection) -> rusqlite::Result<Vec<(u32, &'static str)>> {
        const SQL: &str = "SELECT
            (SELECT count(*) FROM (SELECT 1 FROM models WHERE app_id = ?1 LIMIT ?2)),
            (SELECT count(*) FROM (SELECT 1 FROM devices WHERE app_id = ?1 LIMIT ?2)),
            (SELECT count(*) FROM (SELECT 1 FROM users WHERE app_id = ?1 LIMIT ?2)),
            (SELECT count(*) FROM (SELECT 1 FROM payment_users WHERE app_id = ?1 LIMIT ?2))";
        db.query_row(SQL, (&self.app_id, MAX_COUNTED), |row| {
            Ok(vec![
                (row.get(0)?, "models"),
                (row.get(1)?, "devices"),
                (row.get(2)?, "users"),
                (row.get(3)?, "face-payment users"),
            ])
        })
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute("DELETE FROM webhooks WHERE app_id = ?1", [&self.app_id])?;
        db.execute("UPDATE apps SET deleted = 1 WHERE app_id = ?1", [&self.app_id])?;
        // What has few rows is gone with this.
        sweep::step_of(db, &self.app_id)
    }

    fn list(
        db: &Connection,
        _: &WholeService,
        page: &Page,
    ) -> rusqlite::Result<Vec<(AppKey, AppBody)>> {
        const SQL: &str = "SELECT app_id, owner, approved, minutes_left, overdraft FROM apps
            WHERE app_id > ?1 AND NOT deleted ORDER BY app_id LIMIT ?2";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&page.after, page.limit), |row| {
            Ok((AppKey { app_id: row.get(0)? }, body(row, 1)?))
        })?;
        rows.collect()
    }

    fn token_keys(&self, db: &Connection) -> rusqlite::Result<Option<Tokens>> {
        Ok(Some(token_keys::tokens(db, &self.app_id)?))
    }
}

/// The body of an app in a row whose columns from `first` on are the owner, whether it is approved, its minutes and its overdraft.
fn body(row: &Row<'_>, first: usize) -> rusqlite::Result<AppBody> {
    Ok(AppBody {
        owner: row.get(first)?,
        approved: row.get(first + 1)?,
        minutes_left: row.get(first + 2)?,
        overdraft: row.get(first + 3)?,
    })
}
