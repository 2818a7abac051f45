//! The users of mini-programs.

use std::fmt;

use axum::http::StatusCode;
use clap::Args;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::apps::AppKey;
use super::fields::{Body, Fields, Page, Problems, check_app_id, check_open_id};
use super::record::{Key, Record};
use crate::http::failure::Failure;
use crate::storage::sqlite::look_ups;

/// Names a user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct UserKey {
    /// The appId.
    pub app_id: String,
    /// The openId, 28 characters. It is one user's in one mini-program.
    pub open_id: String,
}

/// What is known of a user.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct UserBody {
    /// Whether the user has granted scope.voip, which businessType 0 and 3 need.
    #[arg(long)]
    pub scope_voip: bool,
}

record! {
    /// A WeChat user in one mini-program.
    User(UserKey, UserBody), "a user" in AppKey,
    "/v1/admin/apps/{appId}/users", "/v1/admin/apps/{appId}/users/{openId}",
    deleting: "With the authorisations that the user gave, and as everybody's contact."
}

impl fmt::Display for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {} of app {}", self.open_id, self.app_id)
    }
}

impl Key for UserKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "users", &self.open_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_open_id(problems, &self.open_id);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(User::find(db, self)?.is_some())
    }
}

impl Body for UserBody {
    fn read(fields: &mut Fields) -> Option<UserBody> {
        Some(UserBody { scope_voip: fields.boolean("scopeVoip")? })
    }
}

impl Record for User {
    type Key = UserKey;
    type Body = UserBody;
    type Of = AppKey;

    fn find(db: &Connection, key: &UserKey) -> rusqlite::Result<Option<UserBody>> {
        let user = look_ups::user(db, &key.open_id)?.filter(|user| user.app_id == key.app_id);
        Ok(user.map(|user| UserBody { scope_voip: user.scope_voip }))
    }

    fn write(db: &Connection, key: &UserKey, body: &UserBody) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO users (open_id, app_id, scope_voip) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET scope_voip = ?3";
        AppKey { app_id: key.app_id.clone() }.require(db)?;
        if let Some(user) = look_ups::user(db, &key.open_id)?
            && user.app_id != key.app_id
        {
            let text = format!(
                "the openId {} is a user's of app {}: a person has another openId in each mini-program",
                key.open_id, user.app_id
            );
            return Err(Failure::Http(StatusCode::CONFLICT, text));
        }
        db.prepare_cached(SQL)?.execute((&key.open_id, &key.app_id, body.scope_voip))?;
        Ok(())
    }

    fn delete(db: &Connection, key: &UserKey) -> Result<(), Failure> {
        db.execute("DELETE FROM authorisations WHERE open_id = ?1", [&key.open_id])?;
        db.execute("DELETE FROM contacts WHERE open_id = ?1", [&key.open_id])?;
        db.execute("DELETE FROM users WHERE open_id = ?1", [&key.open_id])?;
        Ok(())
    }

    fn list(
        db: &Connection,
        of: &AppKey,
        page: &Page,
    ) -> rusqlite::Result<Vec<(UserKey, UserBody)>> {
        const SQL: &str = "SELECT open_id, scope_voip FROM users
            WHERE app_id = ?1 AND open_id > ?2 ORDER BY open_id LIMIT ?3";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&of.app_id, &page.after, page.limit), |row| {
            let key = UserKey { app_id: of.app_id.clone(), open_id: row.get(0)? };
            Ok((key, UserBody { scope_voip: row.get(1)? }))
        })?;
        rows.collect()
    }
}
