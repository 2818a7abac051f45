//! Registered devices.

use std::fmt;

use clap::{Args, ValueEnum};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::apps::AppKey;
use super::fields::{
    Body, Fields, Page, Problems, TIME_HELP, check_app_id, check_text, time_argument,
};
use super::models::ModelKey;
use super::payment_users::PaymentUserKey;
use super::record::{Key, Record, one_device};
use crate::http::failure::Failure;
use crate::storage::sqlite::look_ups;
use wmpf_voip_calls::preview::preview;

/// Names a device.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct DeviceKey {
    /// The appId.
    pub app_id: String,
    /// The SN, 1 to 128 characters.
    pub sn: String,
}

/// How a device was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum RegisteredBy {
    /// With the authentication SDK: it passes a deviceToken, and its calls are never billed by license.
    Sdk,
    /// Through WMPF, or by the SDK of a device that runs no mini-program: it passes none.
    Wmpf,
}

impl RegisteredBy {
    /// The word for it in bodies and in the store.
    fn as_str(self) -> &'static str {
        match self {
            RegisteredBy::Sdk => "sdk",
            RegisteredBy::Wmpf => "wmpf",
        }
    }
}

/// What is known of a device.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct DeviceBody {
    /// The modelId of a known model.
    #[arg(long = "model", value_name = "MODEL_ID")]
    pub model_id: String,
    /// How it was registered.
    #[arg(long)]
    pub registered_by: RegisteredBy,
    /// Until when its license is valid, in milliseconds since the Unix epoch; null if it has none. Without effect if
    /// the device was registered with the SDK.
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = TIME_HELP)]
    pub license_expires_at: Option<i64>,
}

record! {
    /// A registered device.
    Device(DeviceKey, DeviceBody), "a device" in AppKey,
    "/v1/admin/apps/{appId}/devices", "/v1/admin/apps/{appId}/devices/{sn}",
    deleting: "With its authorisations."
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {} of app {}", preview(&self.sn), self.app_id)
    }
}

impl Key for DeviceKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "devices", &self.sn]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "sn", &self.sn);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(Device::find(db, self)?.is_some())
    }
}

impl Body for DeviceBody {
    fn read(fields: &mut Fields) -> Option<DeviceBody> {
        let model_id = fields.text("modelId");
        let registered_by = fields.word(
            "registeredBy",
            &[RegisteredBy::Sdk, RegisteredBy::Wmpf],
            RegisteredBy::as_str,
        );
        let license_expires_at = fields.time("licenseExpiresAt");
        Some(DeviceBody {
            model_id: model_id?,
            registered_by: registered_by?,
            license_expires_at: license_expires_at?,
        })
    }
}

impl Record for Device {
    type Key = DeviceKey;
    type Body = DeviceBody;
    type Of = AppKey;

    fn find(db: &Connection, key: &DeviceKey) -> rusqlite::Result<Option<DeviceBody>> {
        let device = look_ups::device(db, &key.app_id, &key.sn)?;
        Ok(device.map(|device| DeviceBody {
            model_id: device.model_id,
            registered_by: registered_by(device.through_wmpf),
            license_expires_at: device.license_expires_at,
        }))
    }

    fn write(db: &Connection, key: &DeviceKey, body: &DeviceBody) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO devices
                (app_id, sn, model_id, registered_by, license_expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET model_id = ?3, registered_by = ?4, license_expires_at = ?5";
        AppKey { app_id: key.app_id.clone() }.require(db)?;
        ModelKey { model_id: body.model_id.clone() }.require(db)?;
        let other = PaymentUserKey { app_id: key.app_id.clone(), user_id: key.sn.clone() };
        one_device(db, &key.sn, &other)?;
        db.prepare_cached(SQL)?.execute((
            &key.app_id,
            &key.sn,
            &body.model_id,
            body.registered_by.as_str(),
            body.license_expires_at,
        ))?;
        Ok(())
    }

    fn delete(db: &Connection, key: &DeviceKey) -> Result<(), Failure> {
        let params = [&key.app_id, &key.sn];
        db.execute("DELETE FROM authorisations WHERE app_id = ?1 AND sn = ?2", params)?;
        db.execute("DELETE FROM devices WHERE app_id = ?1 AND sn = ?2", params)?;
        Ok(())
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
