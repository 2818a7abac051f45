//! Where a mini-program's own backend is told of calls.
//!
//! It is not part of the app's record, because that is written whole: whoever changed the app's minutes would
//! have to know the secret.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::secret::Secret;

use super::apps::AppKey;
use super::fields::{At, Body, Fields, Valid};
use super::record::Key;
use super::{Refused, Shared};
use crate::domain::failure::Failure;
use crate::webhooks::{
    EXPECTED_SECRET, EXPECTED_URL, is_url, new_secret, read_secret, write_secret,
};

/// Where messages go, and what signs them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookBody {
    /// An https URL; http only to the service's own machine.
    #[schema(max_length = 2048)]
    pub url: String,
    /// 'whsec_' and the base64 of 32 to 64 bytes. Left out, it stays as it is, and a new webhook gets a new one.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret<String>>,
}

impl Body for WebhookBody {
    fn read(fields: &mut Fields) -> Option<WebhookBody> {
        let url = fields.read("url", EXPECTED_URL, |text| is_url(text).then(|| text.to_owned()));
        let secret = fields.optional("secret", EXPECTED_SECRET, |text| {
            read_secret(text).map(|_| Secret::new(text.to_owned()))
        });
        Some(WebhookBody { url: url?, secret: secret? })
    }
}

/// A webhook as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Webhook {
    /// The mini-program.
    app_id: String,
    /// Where messages go.
    url: String,
    /// Only in the answer to the request that made it, and never again.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Secret<String>>,
}

/// The routes of an app's webhook.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(put, get, delete))
}

fn find(db: &Connection, app_id: &str) -> rusqlite::Result<Option<(String, Vec<u8>)>> {
    const SQL: &str = "SELECT url, secret FROM webhooks WHERE app_id = ?1";
    db.query_row(SQL, [app_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

fn none(key: &AppKey) -> Failure {
    let text = format!("{key} has no webhook: set one first");
    Failure::Http(StatusCode::NOT_FOUND, text)
}

/// Sets or changes an app's webhook
///
/// The app's own backend is told there of each call by callDevice with isCloud. Messages are signed as the Standard
/// Webhooks specification says. What waits to be sent goes to the new place.
#[utoipa::path(
    put,
    path = "/v1/admin/apps/{appId}/webhook",
    operation_id = "putWebhook",
    security(("admin" = [])),
    params(AppKey),
    request_body = WebhookBody,
    responses(
        (status = 201, description = "It was created; secret is there if the body had none", body = Webhook),
        (status = 200, description = "It was changed", body = Webhook),
        Refused,
    )
)]
async fn put(
    State(app): State<Shared>,
    At(key): At<AppKey>,
    Valid(WebhookBody { url, secret }): Valid<WebhookBody>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<Webhook>), Failure> {
    let passed = secret.and_then(|secret| read_secret(secret.expose()));
    let written = app.store.run(move |db| {
        key.require(db)?;
        let there = find(db, &key.app_id)?.map(|(_, secret)| secret);
        let is_new = there.is_none();
        let made = (passed.is_none() && is_new).then(new_secret);
        let secret = passed.or(there).or_else(|| made.clone());
        const SQL: &str = "INSERT INTO webhooks (app_id, url, secret) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET url = ?2, secret = ?3";
        db.execute(SQL, (&key.app_id, &url, secret))?;
        Ok::<_, Failure>((key, url, is_new, made))
    });
    let (key, url, is_new, made) = written.await?;
    let (status, done) =
        if is_new { (StatusCode::CREATED, "created") } else { (StatusCode::OK, "changed") };
    tracing::info!("the operator {done} the webhook of {key}");
    let secret = made.map(|secret| write_secret(&secret));
    let webhook = Webhook { app_id: key.app_id, url, secret };
    Ok((status, [(CACHE_CONTROL, "no-store")], Json(webhook)))
}

/// Reads an app's webhook
///
/// Without its secret.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/webhook",
    operation_id = "getWebhook",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 200, description = "It is there", body = Webhook), Refused)
)]
async fn get(State(app): State<Shared>, At(key): At<AppKey>) -> Result<Json<Webhook>, Failure> {
    let read = app.store.run(move |db| {
        key.require(db)?;
        let (url, _) = find(db, &key.app_id)?.ok_or_else(|| none(&key))?;
        Ok::<_, Failure>(Webhook { app_id: key.app_id, url, secret: None })
    });
    read.await.map(Json)
}

/// Deletes an app's webhook
///
/// With its secret. What waits to be sent is not sent any more.
#[utoipa::path(
    delete,
    path = "/v1/admin/apps/{appId}/webhook",
    operation_id = "deleteWebhook",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 204, description = "It was deleted"), Refused)
)]
async fn delete(State(app): State<Shared>, At(key): At<AppKey>) -> Result<StatusCode, Failure> {
    let deleted = app.store.run(move |db| {
        key.require(db)?;
        match db.execute("DELETE FROM webhooks WHERE app_id = ?1", [&key.app_id])? {
            0 => Err(none(&key)),
            _ => Ok(key),
        }
    });
    let key = deleted.await?;
    tracing::info!("the operator deleted the webhook of {key}");
    Ok(StatusCode::NO_CONTENT)
}
