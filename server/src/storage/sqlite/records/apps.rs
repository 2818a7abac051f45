//! Mini-programs as rows.

use rusqlite::{Connection, OptionalExtension};

use super::{MAX_COUNTED, Rows};
use crate::domain::records::{
    Page, RecordId, RecordKey, TokenKey, WholeService, app::AppBody, app::AppKey,
};
use crate::storage::sqlite::{look_ups, sweep};

impl Rows for AppKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<AppBody>> {
        let app = look_ups::app(db, &self.app_id)?;
        Ok(app.map(|app| AppBody { approved: app.approved, minutes_left: app.minutes_left }))
    }

    /// An app that was deleted, while there are still rows of it.
    fn conflict(&self, db: &Connection) -> rusqlite::Result<Option<RecordId>> {
        Ok(sweep::is_doomed(db, &self.app_id)?.then(|| self.id()))
    }

    fn write(&self, db: &Connection, body: &AppBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO apps (app_id, token_key, approved, minutes_left)
            VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET approved = ?3, minutes_left = ?4";
        // The new key is not used if the app exists already.
        let params = (&self.app_id, new_token_key(), body.approved, body.minutes_left);
        db.prepare_cached(SQL)?.execute(params)?;
        Ok(())
    }

    fn in_the_way(&self, db: &Connection) -> rusqlite::Result<Vec<(u32, &'static str)>> {
        const SQL: &str = "SELECT
            (SELECT count(*) FROM (SELECT 1 FROM devices WHERE app_id = ?1 LIMIT ?2)),
            (SELECT count(*) FROM (SELECT 1 FROM users WHERE app_id = ?1 LIMIT ?2)),
            (SELECT count(*) FROM (SELECT 1 FROM payment_users WHERE app_id = ?1 LIMIT ?2))";
        db.query_row(SQL, (&self.app_id, MAX_COUNTED), |row| {
            Ok(vec![
                (row.get(0)?, "devices"),
                (row.get(1)?, "users"),
                (row.get(2)?, "face-payment users"),
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
        const SQL: &str = "SELECT app_id, approved, minutes_left FROM apps
            WHERE app_id > ?1 AND NOT deleted ORDER BY app_id LIMIT ?2";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&page.after, page.limit), |row| {
            let body = AppBody { approved: row.get(1)?, minutes_left: row.get(2)? };
            Ok((AppKey { app_id: row.get(0)? }, body))
        })?;
        rows.collect()
    }

    fn token_key(&self, db: &Connection) -> rusqlite::Result<Option<TokenKey>> {
        let app_id = self.app_id.clone();
        Ok(Some(TokenKey { key: token_key(db, &app_id)?, app_id }))
    }
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
