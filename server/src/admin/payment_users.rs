//! The users of the face-payment system.

use std::fmt;

use clap::Args;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::apps::AppKey;
use super::devices::DeviceKey;
use super::fields::{
    Body, Fields, Page, Problems, TIME_HELP, check_app_id, check_text, time_argument,
};
use super::record::{Key, Record, one_device};
use crate::domain::failure::Failure;
use crate::domain::preview::preview;
use crate::storage::look_ups;

/// Names a face-payment user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct PaymentUserKey {
    /// The appId.
    pub app_id: String,
    /// The user_id, 1 to 128 characters.
    pub user_id: String,
}

/// What is known of a face-payment user.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct PaymentUserBody {
    /// Until when the license of the user's device is valid, in milliseconds since the Unix epoch; null if
    /// it has none.
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = TIME_HELP)]
    pub license_expires_at: Option<i64>,
}

record! {
    /// A user of the face-payment system.
    PaymentUser(PaymentUserKey, PaymentUserBody), "a face-payment user" in AppKey,
    "/v1/admin/apps/{appId}/payment-users", "/v1/admin/apps/{appId}/payment-users/{userId}",
    deleting: "With the user's contacts."
}

impl fmt::Display for PaymentUserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "face-payment user {} of app {}", preview(&self.user_id), self.app_id)
    }
}

impl Key for PaymentUserKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "payment-users", &self.user_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "userId", &self.user_id);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(PaymentUser::find(db, self)?.is_some())
    }
}

impl Body for PaymentUserBody {
    fn read(fields: &mut Fields) -> Option<PaymentUserBody> {
        Some(PaymentUserBody { license_expires_at: fields.time("licenseExpiresAt")? })
    }
}

impl Record for PaymentUser {
    type Key = PaymentUserKey;
    type Body = PaymentUserBody;
    type Of = AppKey;

    fn find(db: &Connection, key: &PaymentUserKey) -> rusqlite::Result<Option<PaymentUserBody>> {
        let user = look_ups::payment_user(db, &key.app_id, &key.user_id)?;
        Ok(user.map(|user| PaymentUserBody { license_expires_at: user.license_expires_at }))
    }

    fn write(db: &Connection, key: &PaymentUserKey, body: &PaymentUserBody) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO payment_users (app_id, user_id, license_expires_at)
            VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET license_expires_at = ?3";
        AppKey { app_id: key.app_id.clone() }.require(db)?;
        let other = DeviceKey { app_id: key.app_id.clone(), sn: key.user_id.clone() };
        one_device(db, &key.user_id, &other)?;
        db.prepare_cached(SQL)?.execute((&key.app_id, &key.user_id, body.license_expires_at))?;
        Ok(())
    }

    fn delete(db: &Connection, key: &PaymentUserKey) -> Result<(), Failure> {
        let params = [&key.app_id, &key.user_id];
        db.execute("DELETE FROM contacts WHERE app_id = ?1 AND user_id = ?2", params)?;
        db.execute("DELETE FROM payment_users WHERE app_id = ?1 AND user_id = ?2", params)?;
        Ok(())
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
