//! Whom a face-payment user may call.

use std::fmt;

use clap::Args;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fields::{Body, Fields, Page, Problems, check_app_id, check_open_id, check_text};
use super::payment_users::PaymentUserKey;
use super::record::{Key, Record};
use super::users::UserKey;
use crate::http::failure::Failure;
use crate::storage::sqlite::look_ups;
use wmpf_voip_calls::preview::preview;

/// Names a contact.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ContactKey {
    /// The appId.
    pub app_id: String,
    /// The face-payment user's user_id.
    pub user_id: String,
    /// The openId of the user to be called.
    pub open_id: String,
}

/// That it is there is all that a contact says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
pub struct ContactBody {}

record! {
    /// A user whom a face-payment user may call, which businessType 0 and 3 need.
    Contact(ContactKey, ContactBody), "a contact" in PaymentUserKey,
    "/v1/admin/apps/{appId}/payment-users/{userId}/contacts",
    "/v1/admin/apps/{appId}/payment-users/{userId}/contacts/{openId}",
    deleting: "Nothing else goes with it."
}

impl fmt::Display for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ContactKey { app_id, user_id, open_id } = self;
        write!(f, "contact {open_id} of face-payment user {} of app {app_id}", preview(user_id))
    }
}

impl Key for ContactKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "payment-users", &self.user_id, "contacts", &self.open_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "userId", &self.user_id);
        check_open_id(problems, &self.open_id);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        look_ups::is_contact(db, &self.app_id, &self.user_id, &self.open_id)
    }
}

impl Body for ContactBody {
    fn read(_: &mut Fields) -> Option<ContactBody> {
        Some(ContactBody {})
    }
}

impl Record for Contact {
    type Key = ContactKey;
    type Body = ContactBody;
    type Of = PaymentUserKey;

    fn find(db: &Connection, key: &ContactKey) -> rusqlite::Result<Option<ContactBody>> {
        Ok(key.exists(db)?.then_some(ContactBody {}))
    }

    fn write(db: &Connection, key: &ContactKey, _: &ContactBody) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO contacts (app_id, user_id, open_id) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING";
        let ContactKey { app_id, user_id, open_id } = key;
        PaymentUserKey { app_id: app_id.clone(), user_id: user_id.clone() }.require(db)?;
        UserKey { app_id: app_id.clone(), open_id: open_id.clone() }.require(db)?;
        db.prepare_cached(SQL)?.execute([app_id, user_id, open_id])?;
        Ok(())
    }

    fn delete(db: &Connection, key: &ContactKey) -> Result<(), Failure> {
        db.execute(
            "DELETE FROM contacts WHERE app_id = ?1 AND user_id = ?2 AND open_id = ?3",
            [&key.app_id, &key.user_id, &key.open_id],
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
