//! Users' authorisations of devices as rows.

use rusqlite::Connection;

use super::Rows;
use crate::domain::records::{
    Page, authorisation::AuthorisationBody, authorisation::AuthorisationKey, device::DeviceKey,
};
use crate::storage::sqlite::look_ups;
use wmpf_voip_calls::records::Authorisation as Found;

impl Rows for AuthorisationKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<AuthorisationBody>> {
        let found = look_ups::authorisation(db, &self.app_id, &self.sn, &self.open_id)?;
        Ok(found.map(|Found { device_name, status }| AuthorisationBody { device_name, status }))
    }

    fn write(&self, db: &Connection, body: &AuthorisationBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO authorisations (app_id, sn, open_id, device_name, status)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET device_name = ?4, status = ?5";
        let AuthorisationKey { app_id, sn, open_id } = self;
        let status = u8::from(body.status);
        db.prepare_cached(SQL)?.execute((app_id, sn, open_id, &body.device_name, status))?;
        Ok(())
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute(
            "DELETE FROM authorisations WHERE app_id = ?1 AND sn = ?2 AND open_id = ?3",
            [&self.app_id, &self.sn, &self.open_id],
        )?;
        Ok(())
    }

    fn list(
        db: &Connection,
        of: &DeviceKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(AuthorisationKey, AuthorisationBody)>> {
        const SQL: &str = "SELECT open_id, device_name, status FROM authorisations
            WHERE app_id = ?1 AND sn = ?2 AND open_id > ?3 ORDER BY open_id LIMIT ?4";
        let mut statement = db.prepare_cached(SQL)?;
        let params = (&of.app_id, &of.sn, &page.after, page.limit);
        let rows = statement.query_map(params, |row| {
            let DeviceKey { app_id, sn } = of.clone();
            let body =
                AuthorisationBody { device_name: row.get(1)?, status: look_ups::status(row, 2)? };
            Ok((AuthorisationKey { app_id, sn, open_id: row.get(0)? }, body))
        })?;
        rows.collect()
    }
}
