//! Models of devices as rows.

use rusqlite::{Connection, OptionalExtension};

use super::{MAX_COUNTED, Rows};
use crate::domain::records::{Page, WholeService, model::ModelBody, model::ModelKey};

impl Rows for ModelKey {
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<ModelBody>> {
        db.prepare_cached("SELECT name FROM models WHERE model_id = ?1")?
            .query_row([&self.model_id], |row| Ok(ModelBody { name: row.get(0)? }))
            .optional()
    }

    fn write(&self, db: &Connection, body: &ModelBody) -> rusqlite::Result<()> {
        const SQL: &str = "INSERT INTO models (model_id, name) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET name = ?2";
        db.prepare_cached(SQL)?.execute((&self.model_id, &body.name))?;
        Ok(())
    }

    fn in_the_way(&self, db: &Connection) -> rusqlite::Result<Vec<(u32, &'static str)>> {
        const SQL: &str =
            "SELECT count(*) FROM (SELECT 1 FROM devices WHERE model_id = ?1 LIMIT ?2)";
        let params = (&self.model_id, MAX_COUNTED);
        let devices = db.query_row(SQL, params, |row| row.get(0))?;
        Ok(vec![(devices, "devices")])
    }

    fn delete(&self, db: &Connection) -> rusqlite::Result<()> {
        db.execute("DELETE FROM models WHERE model_id = ?1", [&self.model_id])?;
        Ok(())
    }

    fn list(
        db: &Connection,
        _: &WholeService,
        page: &Page,
    ) -> rusqlite::Result<Vec<(ModelKey, ModelBody)>> {
        const SQL: &str =
            "SELECT model_id, name FROM models WHERE model_id > ?1 ORDER BY model_id LIMIT ?2";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&page.after, page.limit), |row| {
            Ok((ModelKey { model_id: row.get(0)? }, ModelBody { name: row.get(1)? }))
        })?;
        rows.collect()
    }
}
