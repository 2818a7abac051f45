//! Which user has authorised which device (`wx.requestDeviceVoIP`).

use std::fmt;

use clap::Args;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::Status;

use super::devices::DeviceKey;
use super::fields::{Body, Fields, Page, Problems, check_app_id, check_open_id, check_text};
use super::record::{Key, Record};
use super::users::UserKey;
use crate::http::failure::Failure;
use crate::storage::sqlite::look_ups;
use wmpf_voip_calls::preview::preview;
use wmpf_voip_calls::records::Authorisation as Found;

/// Names an authorisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AuthorisationKey {
    /// The appId.
    pub app_id: String,
    /// The device's SN.
    pub sn: String,
    /// The user's openId.
    pub open_id: String,
}

/// What the user said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct AuthorisationBody {
    /// The name that the user gave the device, 1 to 128 characters.
    #[arg(long = "name", value_name = "NAME")]
    pub device_name: String,
    /// 1 authorised, 0 withdrawn or refused.
    #[arg(long, default_value = "1", value_parser = status_argument)]
    #[schema(value_type = u8, minimum = 0, maximum = 1, default = 1, required = false)]
    pub status: Status,
}

/// A status on the command line.
fn status_argument(text: &str) -> Result<Status, String> {
    let number = text.parse::<u8>().ok().and_then(|number| Status::try_from(number).ok());
    number.ok_or_else(|| "expected 1 (authorised) or 0 (withdrawn or refused)".into())
}

record! {
    /// A user's permission to call and be called by a device, which businessType 1 and 2 need.
    Authorisation(AuthorisationKey, AuthorisationBody), "an authorisation" in DeviceKey,
    "/v1/admin/apps/{appId}/devices/{sn}/authorisations",
    "/v1/admin/apps/{appId}/devices/{sn}/authorisations/{openId}",
    deleting: "The user has never authorised the device, as far as the service knows: the next grant names it anew. \
        Nothing else goes with it."
}

impl fmt::Display for AuthorisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AuthorisationKey { app_id, sn, open_id } = self;
        write!(f, "authorisation of device {} by user {open_id} of app {app_id}", preview(sn))
    }
}

impl Key for AuthorisationKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "devices", &self.sn, "authorisations", &self.open_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "sn", &self.sn);
        check_open_id(problems, &self.open_id);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(Authorisation::find(db, self)?.is_some())
    }
}

impl Body for AuthorisationBody {
    fn read(fields: &mut Fields) -> Option<AuthorisationBody> {
        let device_name = fields.text("deviceName");
        let status = fields.optional_number("status", 0, 1);
        let status = match status? {
            Some(0) => Status::NotAuthorised,
            Some(_) | None => Status::Authorised,
        };
        Some(AuthorisationBody { device_name: device_name?, status })
    }
}

impl Record for Authorisation {
    type Key = AuthorisationKey;
    type Body = AuthorisationBody;
    type Of = DeviceKey;

    fn find(
        db: &Connection,
        key: &AuthorisationKey,
    ) -> rusqlite::Result<Option<AuthorisationBody>> {
        let found = look_ups::authorisation(db, &key.app_id, &key.sn, &key.open_id)?;
        Ok(found.map(|Found { device_name, status }| AuthorisationBody { device_name, status }))
    }

    fn write(
        db: &Connection,
        key: &AuthorisationKey,
        body: &AuthorisationBody,
    ) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO authorisations (app_id, sn, open_id, device_name, status)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET device_name = ?4, status = ?5";
        let AuthorisationKey { app_id, sn, open_id } = key;
        DeviceKey { app_id: app_id.clone(), sn: sn.clone() }.require(db)?;
        UserKey { app_id: app_id.clone(), open_id: open_id.clone() }.require(db)?;
        let status = u8::from(body.status);
        db.prepare_cached(SQL)?.execute((app_id, sn, open_id, &body.device_name, status))?;
        Ok(())
    }

    fn delete(db: &Connection, key: &AuthorisationKey) -> Result<(), Failure> {
        db.execute(
            "DELETE FROM authorisations WHERE app_id = ?1 AND sn = ?2 AND open_id = ?3",
            [&key.app_id, &key.sn, &key.open_id],
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
