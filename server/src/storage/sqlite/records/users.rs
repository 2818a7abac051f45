//! Users as rows.

use rusqlite::Connection;
use wmpf_voip_calls::party::{Party, Role};

use super::Rows;
use crate::domain::records::{Page, RecordId, app::AppKey, user::UserBody, user::UserKey};
use crate::storage::sqlite::look_ups;

impl Rows for UserKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<UserBody>> {
        let user = look_ups::user(db, &self.open_id)?.filter(|user| user.app_id == self.app_id);
        Ok(user.map(|user| UserBody { scope_voip: user.scope_voip }))
    }

    fn write(&self, db: &Connection, body: &UserBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO users (open_id, app_id, scope_voip) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET scope_voip = ?3";
        db.prepare_cached(SQL)?.execute((&self.open_id, &self.app_id, body.scope_voip))?;
        Ok(())
    }

    fn conflict(&self, db: &Connection) -> rusqlite::Result<Option<RecordId>> {
        let user = look_ups::user(db, &self.open_id)?.filter(|user| user.app_id != self.app_id);
        let open_id = self.open_id.clone();
        Ok(user.map(|user| RecordId::User(UserKey { app_id: user.app_id, open_id })))
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute("DELETE FROM authorisations WHERE open_id = ?1", [&self.open_id])?;
        db.execute("DELETE FROM contacts WHERE open_id = ?1", [&self.open_id])?;
        db.execute("DELETE FROM users WHERE open_id = ?1", [&self.open_id])?;
        Ok(())
    }

    fn party(&self) -> Option<Party> {
        let (app_id, id) = (self.app_id.clone(), self.open_id.clone());
        Some(Party { app_id, role: Role::Phone, id })
    }

    fn list(
        db: &Connection,
        of: &AppKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(UserKey, UserBody)>> {
        const SQL: &str = "SELECT open_id, scope_voip FROM users
            WHERE app_id = ?1 AND open_id > ?2 ORDER BY open_id LIMIT ?3";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&of.app_id, &page.after, page.limit), |row| {
            let key = UserKey { app_id: of.app_id.clone(), open_id: row.get(0)? };
            Ok((key, UserBody { scope_voip: row.get(1)? }))
        })?;
        rows.collect()
    }
}
