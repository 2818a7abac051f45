//! The models of devices.

use std::fmt;

use clap::Args;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fields::{Body, Fields, Page, Problems, check_text};
use super::record::{Key, Record, Service, in_the_way};
use crate::http::failure::Failure;
use wmpf_voip_calls::preview::preview;

/// Names a model.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ModelKey {
    /// The modelId, 1 to 128 characters.
    pub model_id: String,
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct ModelBody {
    /// Its name, 1 to 128 characters. A device is shown as the name that its user gave it and this one.
    #[arg(long)]
    pub name: String,
}

record! {
    /// A model of devices, of every mini-program.
    Model(ModelKey, ModelBody), "a model" in Service,
    "/v1/admin/models", "/v1/admin/models/{modelId}",
    deleting: "Refused with 409 while there are devices of it."
}

impl fmt::Display for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model {}", preview(&self.model_id))
    }
}

impl Key for ModelKey {
    fn path(&self) -> Vec<&str> {
        vec!["models", &self.model_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_text(problems, "modelId", &self.model_id);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(Model::find(db, self)?.is_some())
    }
}

impl Body for ModelBody {
    fn read(fields: &mut Fields) -> Option<ModelBody> {
        Some(ModelBody { name: fields.text("name")? })
    }
}

impl Record for Model {
    type Key = ModelKey;
    type Body = ModelBody;
    type Of = Service;

    fn find(db: &Connection, key: &ModelKey) -> rusqlite::Result<Option<ModelBody>> {
        db.prepare_cached("SELECT name FROM models WHERE model_id = ?1")?
            .query_row([&key.model_id], |row| Ok(ModelBody { name: row.get(0)? }))
            .optional()
    }

    fn write(db: &Connection, key: &ModelKey, body: &ModelBody) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO models (model_id, name) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET name = ?2";
        db.prepare_cached(SQL)?.execute((&key.model_id, &body.name))?;
        Ok(())
    }

    fn delete(db: &Connection, key: &ModelKey) -> Result<(), Failure> {
        const SQL: &str = "SELECT count(*) FROM devices WHERE model_id = ?1";
        let devices = db.query_row(SQL, [&key.model_id], |row| row.get(0))?;
        in_the_way(key, &[(devices, "devices")])?;
        db.execute("DELETE FROM models WHERE model_id = ?1", [&key.model_id])?;
        Ok(())
    }

    fn list(
        db: &Connection,
        _: &Service,
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
