//! Contacts of face-payment users as rows.

use rusqlite::Connection;

use super::Rows;
use crate::domain::records::{
    Page, contact::ContactBody, contact::ContactKey, payment_user::PaymentUserKey,
};
use crate::storage::sqlite::look_ups;

impl Rows for ContactKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<ContactBody>> {
        let ContactKey { app_id, user_id, open_id } = self;
        let is_there = look_ups::is_contact(db, app_id, user_id, open_id)?;
        Ok(is_there.then_some(ContactBody {}))
    }

    fn write(&self, db: &Connection, _: &ContactBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO contacts (app_id, user_id, open_id) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING";
        let ContactKey { app_id, user_id, open_id } = self;
        db.prepare_cached(SQL)?.execute([app_id, user_id, open_id])?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute(
            "DELETE FROM contacts WHERE app_id = ?1 AND user_id = ?2 AND open_id = ?3",
            [&self.app_id, &self.user_id, &self.open_id],
        )?;
        Ok(())
    }

    fn list(
        db: &Connection,
        of: &PaymentUserKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(ContactKey, ContactBody)>> {
        const SQL: &str = "SELECT open_id FROM contacts
            WHERE app_id = ?1 AND user_id = ?2 AND open_id > ?3 ORDER BY open_id LIMIT ?4";
        let mut statement = db.prepare_cached(SQL)?;
        let params = (&of.app_id, &of.user_id, &page.after, page.limit);
        let rows = statement.query_map(params, |row| {
            let PaymentUserKey { app_id, user_id } = of.clone();
            Ok((ContactKey { app_id, user_id, open_id: row.get(0)? }, ContactBody {}))
        })?;
        rows.collect()
    }
}
