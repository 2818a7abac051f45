//! Models of devices as rows.

use rusqlite::{Connection, OptionalExtension};

use super::{MAX_COUNTED, Rows};
use crate::domain::records::{Page, app::AppKey, model::ModelBody, model::ModelKey};

impl Rows for ModelKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<ModelBody>> {
        db.prepare_cached("SELECT name FROM models WHERE app_id = ?1 AND model_id = ?2")?
            .query_row([&self.app_id, &self.model_id], |row| Ok(ModelBody { name: row.get(0)? }))
            .optional()
    }

    fn write(&self, db: &Connection, body: &ModelBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO models (app_id, model_id, name) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET name = ?3";
        db.prepare_cached(SQL)?.execute((&self.app_id, &self.model_id, &body.name))?;
        Ok(())
    }

    fn in_the_way(&self, db: &Connection) -> rusqlite::Result<Vec<(u32, &'static str)>> {
        const SQL: &str = "SELECT count(*) FROM (
            SELECT 1 FROM devices WHERE app_id = ?1 AND model_id = ?2 LIMIT ?3)";
        let params = (&self.app_id, &self.model_id, MAX_COUNTED);
        let devices = db.query_row(SQL, params, |row| row.get(0))?;
        Ok(vec![(devices, "devices")])
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        const SQL: &str = "DELETE FROM models WHERE app_id = ?1 AND model_id = ?2";
        db.execute(SQL, [&self.app_id, &self.model_id])?;
        Ok(())
    }

    fn list(
        db: &Connection,
        of: &AppKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(ModelKey, ModelBody)>> {
        const SQL: &str = "SELECT model_id, name FROM models
            WHERE app_id = ?1 AND model_id > ?2 ORDER BY model_id LIMIT ?3";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&of.app_id, &page.after, page.limit), |row| {
            let key = ModelKey { app_id: of.app_id.clone(), model_id: row.get(0)? };
            Ok((key, ModelBody { name: row.get(1)? }))
        })?;
        rows.collect()
    }
}
