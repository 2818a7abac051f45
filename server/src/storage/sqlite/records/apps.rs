//! Mini-programs as rows.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{MAX_COUNTED, Rows};
use crate::domain::records::{
    Page, RecordId, RecordKey, TokenKey, WholeService, app::AppBody, app::AppKey,
};
use crate::storage::sqlite::sweep;

impl Rows for AppKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<AppBody>> {
        const SQL: &str =
            "SELECT owner, approved, minutes_left FROM apps WHERE app_id = ?1 AND NOT deleted";
        db.prepare_cached(SQL)?.query_row([&self.app_id], |row| body(row, 0)).optional()
    }

    /// An app that was deleted, while there are still rows of it.
    fn conflict(&self, db: &Connection) -> rusqlite::Result<Option<RecordId>> {
        Ok(sweep::is_doomed(db, &self.app_id)?.then(|| self.id()))
    }

    fn write(&self, db: &Connection, body: &AppBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO apps (app_id, token_key, owner, approved, minutes_left)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET owner = ?3, approved = ?4, minutes_left = ?5";
        // The new key is not used if the app exists already.
        let AppBody { owner, approved, minutes_left } = body;
        let params = (&self.app_id, new_token_key(), owner, approved, minutes_left);
        db.prepare_cached(SQL)?.execute(params)?;
        Ok(())
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
        const SQL: &str = "SELECT app_id, owner, approved, minutes_left FROM apps
            WHERE app_id > ?1 AND NOT deleted ORDER BY app_id LIMIT ?2";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&page.after, page.limit), |row| {
            Ok((AppKey { app_id: row.get(0)? }, body(row, 1)?))
        })?;
        rows.collect()
    }

    fn token_key(&self, db: &Connection) -> rusqlite::Result<Option<TokenKey>> {
        let app_id = self.app_id.clone();
        Ok(Some(TokenKey { key: token_key(db, &app_id)?, app_id }))
    }
}

/// The body of an app in a row whose columns from `first` on are the owner, whether it is approved, and its minutes.
fn body(row: &Row<'_>, first: usize) -> rusqlite::Result<AppBody> {
    Ok(AppBody {
        owner: row.get(first)?,
        approved: row.get(first + 1)?,
        minutes_left: row.get(first + 2)?,
    })
}

/// The length of a key that signs tokens, in bytes.
const TOKEN_KEY_LENGTH: usize = 32;

/// Makes a new key that signs tokens.
pub fn new_token_key() -> [u8; TOKEN_KEY_LENGTH] {
    rand::random()
}

/// The key that signs the tokens of a mini-program. `None` if there is no such mini-program.
///
/// # Errors
/// When SQLite fails.
pub fn token_key(db: &Connection, app_id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    const SQL: &str = "SELECT token_key FROM apps WHERE app_id = ?1 AND NOT deleted";
    db.query_row(SQL, [app_id], |row| row.get(0)).optional()
}
