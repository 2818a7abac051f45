//! Mini-programs, and the keys that sign their tokens.

use std::fmt;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::secret::Secret;

use super::fields::{At, Body, Fields, Page, Problems, check_app_id};
use super::record::{Key, Record, Service, TokenKey, change, in_the_way};
use super::{Refused, Shared};
use crate::domain::failure::Failure;
use crate::storage::look_ups;

/// The most minutes that anybody can have: JavaScript counts no further.
pub(super) const MAX_MINUTES: i64 = (1 << 53) - 1;

/// How many bytes a key has that signs tokens.
const TOKEN_KEY_LENGTH: usize = 32;

/// Names a mini-program.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AppKey {
    /// The appId, 1 to 64 visible ASCII characters.
    pub app_id: String,
}

/// What a mini-program may do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct AppBody {
    /// Whether the platform has approved its audio/video capability.
    #[arg(long)]
    pub approved: bool,
    /// How many minutes are paid for.
    #[schema(minimum = 0)]
    #[arg(long = "minutes", allow_negative_numbers = true, value_name = "MINUTES")]
    pub minutes_left: i64,
}

record! {
    /// A mini-program.
    App(AppKey, AppBody), "a mini-program" in Service,
    "/v1/admin/apps", "/v1/admin/apps/{appId}",
    deleting: "With its calls, its webhook and its key: its tokens are no longer valid. Refused with 409 while it has devices, users or face-payment users."
}

impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "app {}", self.app_id)
    }
}

impl Key for AppKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
    }

    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(App::find(db, self)?.is_some())
    }
}

impl Body for AppBody {
    fn read(fields: &mut Fields) -> Option<AppBody> {
        let approved = fields.boolean("approved");
        let minutes_left = fields.number("minutesLeft", 0, MAX_MINUTES);
        Some(AppBody { approved: approved?, minutes_left: minutes_left? })
    }
}

impl Record for App {
    type Key = AppKey;
    type Body = AppBody;
    type Of = Service;

    fn find(db: &Connection, key: &AppKey) -> rusqlite::Result<Option<AppBody>> {
        let app = look_ups::app(db, &key.app_id)?;
        Ok(app.map(|app| AppBody { approved: app.approved, minutes_left: app.minutes_left }))
    }

    fn write(db: &Connection, key: &AppKey, body: &AppBody) -> Result<(), Failure> {
        const SQL: &str = "INSERT INTO apps (app_id, token_key, approved, minutes_left)
            VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET approved = ?3, minutes_left = ?4";
        // The second one is lost where the app is already there.
        let params = (&key.app_id, new_token_key(), body.approved, body.minutes_left);
        db.prepare_cached(SQL)?.execute(params)?;
        Ok(())
    }

    fn delete(db: &Connection, key: &AppKey) -> Result<(), Failure> {
        const SQL: &str = "SELECT (SELECT count(*) FROM devices WHERE app_id = ?1),
            (SELECT count(*) FROM users WHERE app_id = ?1),
            (SELECT count(*) FROM payment_users WHERE app_id = ?1)";
        let (devices, users, payment_users) =
            db.query_row(SQL, [&key.app_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let counts =
            [(devices, "devices"), (users, "users"), (payment_users, "face-payment users")];
        in_the_way(key, &counts)?;
        db.execute("DELETE FROM calls WHERE app_id = ?1", [&key.app_id])?;
        db.execute("DELETE FROM engaged WHERE app_id = ?1", [&key.app_id])?;
        db.execute("DELETE FROM cancelled_keys WHERE app_id = ?1", [&key.app_id])?;
        db.execute("DELETE FROM webhooks WHERE app_id = ?1", [&key.app_id])?;
        db.execute("DELETE FROM apps WHERE app_id = ?1", [&key.app_id])?;
        Ok(())
    }

    fn list(db: &Connection, _: &Service, page: &Page) -> rusqlite::Result<Vec<(AppKey, AppBody)>> {
        const SQL: &str = "SELECT app_id, approved, minutes_left FROM apps
            WHERE app_id > ?1 ORDER BY app_id LIMIT ?2";
        let mut statement = db.prepare_cached(SQL)?;
        let rows = statement.query_map((&page.after, page.limit), |row| {
            let body = AppBody { approved: row.get(1)?, minutes_left: row.get(2)? };
            Ok((AppKey { app_id: row.get(0)? }, body))
        })?;
        rows.collect()
    }

    fn token_key(db: &Connection, key: &AppKey) -> rusqlite::Result<Option<TokenKey>> {
        let app_id = key.app_id.clone();
        Ok(Some(TokenKey { key: token_key(db, &app_id)?, app_id }))
    }
}

fn new_token_key() -> [u8; TOKEN_KEY_LENGTH] {
    rand::random()
}

fn token_key(db: &Connection, app_id: &str) -> rusqlite::Result<Option<Vec<u8>>> {
    db.query_row("SELECT token_key FROM apps WHERE app_id = ?1", [app_id], |row| row.get(0))
        .optional()
}

/// The routes of the key that signs an app's tokens.
pub(super) fn key_routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(get_token_key, rotate_token_key))
}

/// The key that signs an app's tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShownTokenKey {
    /// base64url, without padding.
    #[schema(value_type = String)]
    token_key: Secret<String>,
}

/// Shows the key that signs an app's tokens
///
/// For a backend that signs tokens itself. Whoever has this key can be any party of the app.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/token-key",
    operation_id = "getTokenKey",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 200, description = "The key", body = ShownTokenKey), Refused)
)]
async fn get_token_key(
    State(app): State<Shared>,
    At(key): At<AppKey>,
) -> Result<([(HeaderName, &'static str); 1], Json<ShownTokenKey>), Failure> {
    let (key, token_key) = app
        .store
        .run(move |db| match token_key(db, &key.app_id)? {
            Some(token_key) => Ok((key, token_key)),
            None => Err(key.not_found()),
        })
        .await?;
    tracing::info!("the operator read the token key of {key}");
    let token_key = Secret::new(URL_SAFE_NO_PAD.encode(token_key));
    Ok(([(CACHE_CONTROL, "no-store")], Json(ShownTokenKey { token_key })))
}

/// Makes a new key for an app's tokens
///
/// Every token that was signed with the old one becomes invalid at once, and open sockets are closed.
#[utoipa::path(
    post,
    path = "/v1/admin/apps/{appId}/token-key",
    operation_id = "rotateTokenKey",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 204, description = "There is a new key"), Refused)
)]
async fn rotate_token_key(
    State(app): State<Shared>,
    At(key): At<AppKey>,
) -> Result<StatusCode, Failure> {
    let rotated = change::<App, _>(&app, key, |db, key| {
        key.require(db)?;
        let params = (&key.app_id, new_token_key());
        db.execute("UPDATE apps SET token_key = ?2 WHERE app_id = ?1", params)?;
        Ok(())
    });
    let (key, ()) = rotated.await?;
    tracing::info!("the operator changed the token key of {key}");
    Ok(StatusCode::NO_CONTENT)
}
