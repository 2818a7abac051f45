//! Devices as rows.

use rusqlite::Connection;
use wmpf_voip_calls::party::{Party, Role};

use super::{Rows, removed};
use crate::domain::records::{
    Page, RecordId, RecordKey, app::AppKey, device::DeviceBody, device::DeviceKey,
    device::RegisteredBy, payment_user::PaymentUserKey,
};
use crate::storage::sqlite::look_ups;

impl Rows for DeviceKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<DeviceBody>> {
        let device = look_ups::device(db, &self.app_id, &self.sn)?;
        Ok(device.map(|device| DeviceBody {
            model_id: device.model_id,
            registered_by: registered_by(device.through_wmpf),
            license_expires_at: device.license_expires_at,
        }))
    }

    fn write(&self, db: &Connection, body: &DeviceBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO devices
                (app_id, sn, model_id, registered_by, license_expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET model_id = ?3, registered_by = ?4, license_expires_at = ?5";
        db.prepare_cached(SQL)?.execute((
            &self.app_id,
            &self.sn,
            &body.model_id,
            body.registered_by.as_str(),
            body.license_expires_at,
        ))?;
        Ok(())
    }

    /// The same id cannot be an SN and a user_id in one app, because a session token does not say which of them it is.
    fn conflict(&self, db: &Connection) -> rusqlite::Result<Option<RecordId>> {
        let other = PaymentUserKey { app_id: self.app_id.clone(), user_id: self.sn.clone() };
        Ok(other.exists(db)?.then(|| other.id()))
    }

    fn delete_some_of_it(&self, db: &Connection, most: u32) -> rusqlite::Result<u32> {
        const SQL: &str =
            "DELETE FROM authorisations WHERE app_id = ?1 AND sn = ?2 AND open_id IN (
            SELECT open_id FROM authorisations WHERE app_id = ?1 AND sn = ?2 LIMIT ?3)";
        Ok(removed(db.execute(SQL, (&self.app_id, &self.sn, most))?))
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        let params = [&self.app_id, &self.sn];
        db.execute("DELETE FROM devices WHERE app_id = ?1 AND sn = ?2", params)?;
        Ok(())
    }

    fn party(&self) -> Option<Party> {
        let (app_id, id) = (self.app_id.clone(), self.sn.clone());
        Some(Party { app_id, role: Role::Device, id })
    }

    fn list(
        db: &Connection,
        of: &AppKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(DeviceKey, DeviceBody)>> {
        const SQL: &str =
            "SELECT sn, model_id, registered_by = 'wmpf', license_expires_at FROM devices
            WHERE app_id = ?1 AND sn > ?2 ORDER BY sn LIMIT ?3";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&of.app_id, &page.after, page.limit), |row| {
            let body = DeviceBody {
                model_id: row.get(1)?,
                registered_by: registered_by(row.get(2)?),
                license_expires_at: row.get(3)?,
            };
            Ok((DeviceKey { app_id: of.app_id.clone(), sn: row.get(0)? }, body))
        })?;
        rows.collect()
    }
}

const fn registered_by(through_wmpf: bool) -> RegisteredBy {
    if through_wmpf { RegisteredBy::Wmpf } else { RegisteredBy::Sdk }
}
