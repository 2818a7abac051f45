//! Users of the face-payment system as rows.

use rusqlite::Connection;
use wmpf_voip_calls::party::{Party, Role};

use super::{Rows, removed};
use crate::domain::records::{
    Page, RecordId, RecordKey, app::AppKey, device::DeviceKey, payment_user::PaymentUserBody,
    payment_user::PaymentUserKey,
};
use crate::storage::sqlite::{look_ups, messages};

impl Rows for PaymentUserKey {
    const IS_PERSON: bool = true;

    fn find(&self, db: &Connection) -> rusqlite::Result<Option<PaymentUserBody>> {
        let user = look_ups::payment_user(db, &self.app_id, &self.user_id)?;
        Ok(user.map(|user| PaymentUserBody { license_expires_at: user.license_expires_at }))
    }

    fn write(&self, db: &Connection, body: &PaymentUserBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO payment_users (app_id, user_id, license_expires_at)
            VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET license_expires_at = ?3";
        db.prepare_cached(SQL)?.execute((&self.app_id, &self.user_id, body.license_expires_at))?;
        Ok(())
    }

    /// The same id cannot be an SN and a user_id in one app, because a session token does not say which of them it is.
    fn conflict(&self, db: &Connection) -> rusqlite::Result<Option<RecordId>> {
        let other = DeviceKey { app_id: self.app_id.clone(), sn: self.user_id.clone() };
        Ok(other.exists(db)?.then(|| other.id()))
    }

    fn delete_some_of_it(&self, db: &Connection, most: u32) -> rusqlite::Result<u32> {
        const SQL: &str = "DELETE FROM contacts WHERE app_id = ?1 AND user_id = ?2 AND open_id IN (
            SELECT open_id FROM contacts WHERE app_id = ?1 AND user_id = ?2 LIMIT ?3)";
        let some = removed(db.execute(SQL, (&self.app_id, &self.user_id, most))?);
        let left = most - some.min(most);
        let person =
            Party { app_id: self.app_id.clone(), role: Role::Device, id: self.user_id.clone() };
        Ok(some + messages::forget_person(db, &person, left)?)
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        let params = [&self.app_id, &self.user_id];
        db.execute("DELETE FROM payment_users WHERE app_id = ?1 AND user_id = ?2", params)?;
        Ok(())
    }

    fn party(&self) -> Option<Party> {
        let (app_id, id) = (self.app_id.clone(), self.user_id.clone());
        Some(Party { app_id, role: Role::Device, id })
    }

    fn list(
        db: &Connection,
        of: &AppKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(PaymentUserKey, PaymentUserBody)>> {
        const SQL: &str = "SELECT user_id, license_expires_at FROM payment_users
            WHERE app_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&of.app_id, &page.after, page.limit), |row| {
            let key = PaymentUserKey { app_id: of.app_id.clone(), user_id: row.get(0)? };
            Ok((key, PaymentUserBody { license_expires_at: row.get(1)? }))
        })?;
        rows.collect()
    }
}
