//! Users as rows.

use rusqlite::Connection;
use wmpf_voip_calls::party::{Party, Role};

use super::{Rows, removed};
use crate::domain::records::{Page, app::AppKey, user::UserBody, user::UserKey};
use crate::storage::sqlite::{look_ups, messages};

impl Rows for UserKey {
    const IS_PERSON: bool = true;

    fn find(&self, db: &Connection) -> rusqlite::Result<Option<UserBody>> {
        look_ups::own_user(db, &self.app_id, &self.open_id)
    }

    fn write(&self, db: &Connection, body: &UserBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO users (app_id, open_id, scope_voip) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET scope_voip = ?3";
        db.prepare_cached(SQL)?.execute((&self.app_id, &self.open_id, body.scope_voip))?;
        Ok(())
    }

    fn delete_some_of_it(&self, db: &Connection, most: u32) -> rusqlite::Result<u32> {
        // The unary plus has SQLite use the index by user, and not read the whole app.
        const AUTHORISATIONS: &str = "DELETE FROM authorisations
            WHERE app_id = ?1 AND open_id = ?2 AND sn IN (
                SELECT sn FROM authorisations WHERE +app_id = ?1 AND open_id = ?2 LIMIT ?3)";
        const CONTACTS: &str = "DELETE FROM contacts
            WHERE app_id = ?1 AND open_id = ?2 AND user_id IN (
                SELECT user_id FROM contacts WHERE +app_id = ?1 AND open_id = ?2 LIMIT ?3)";
        let some = removed(db.execute(AUTHORISATIONS, (&self.app_id, &self.open_id, most))?);
        let left = most - some.min(most);
        let more = some + removed(db.execute(CONTACTS, (&self.app_id, &self.open_id, left))?);
        let left = most - more.min(most);
        let person =
            Party { app_id: self.app_id.clone(), role: Role::Phone, id: self.open_id.clone() };
        Ok(more + messages::forget_person(db, &person, left)?)
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        let params = [&self.app_id, &self.open_id];
        db.execute("DELETE FROM users WHERE app_id = ?1 AND open_id = ?2", params)?;
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
