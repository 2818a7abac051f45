//! The webhook by which a mini-program's own backend is told of calls and authorisations.
//!
//! It is not part of the app's record, because that is written whole: whoever changed the app's minutes would
//! have to know the secret.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::schema_of_rules;
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::event_type::EventType;

use super::fields::{At, Body, Fields, Valid};
use super::record::not_found;
use super::{Refused, Shared};
use crate::domain::records::app::AppKey;
use crate::http::failure::Failure;
use crate::storage::{WebhookFound, WebhookRecord, WebhookSet};
use crate::webhooks::{
    EXPECTED_SECRET, EXPECTED_URL, WebhookSecret, WebhookUrl, is_url, new_secret, read_secret,
    write_secret,
};

/// Where messages go, and what signs them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookBody {
    /// An https URL; http only to the service's own machine.
    #[schema(value_type = WebhookUrl)]
    pub url: String,
    /// 'whsec_' and the base64 of 32 to 64 bytes. Left out, it stays as it is, and a new webhook gets a new one.
    #[schema(value_type = Option<WebhookSecret>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret<String>>,
    /// The types of messages that it gets. Left out, it stays as it is, and a new webhook gets device.called.
    #[schema(value_type = Option<EventTypes>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventType>>,
}

schema_of_rules! {
    /// Types of messages.
    EventTypes: ArrayBuilder::new().items(Ref::from_schema_name("EventType")).min_items(Some(1));
}

impl Body for WebhookBody {
    fn read(fields: &mut Fields) -> Option<WebhookBody> {
        let url = fields.read("url", EXPECTED_URL, |text| is_url(text).then(|| text.to_owned()));
        let secret = fields.optional("secret", EXPECTED_SECRET, |text| {
            read_secret(text).map(|_| Secret::new(text.to_owned()))
        });
        let events = fields.optional_words("events", &EventType::ALL, EventType::as_str);
        Some(WebhookBody { url: url?, secret: secret?, events: events? })
    }
}

/// A webhook as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Webhook {
    /// The mini-program.
    app_id: String,
    /// The URL to which messages are sent.
    url: String,
    /// The types of messages that it gets.
    events: Vec<EventType>,
    /// The secret that signs the messages. It is only in the answer to the request that made it.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Secret<String>>,
}

/// The routes of an app's webhook.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(put, get, delete))
}

/// Gives the webhook that was found.
fn found(key: &AppKey, found: WebhookFound) -> Result<WebhookRecord, Failure> {
    match found {
        WebhookFound::There(webhook) => Ok(webhook),
        WebhookFound::None => Err(no_webhook(key)),
        WebhookFound::NoApp => Err(not_found(key)),
    }
}

/// The failure for a mini-program that has no webhook.
pub(super) fn no_webhook(key: &AppKey) -> Failure {
    let text = format!("{key} has no webhook: set one first");
    Failure::Http(StatusCode::NOT_FOUND, text)
}

/// Sets or changes an app's webhook
///
/// The app's own backend is told there of what events names: each call by callDevice with isCloud, the steps of every call,
/// changes of authorisations. Messages are signed as the Standard Webhooks specification says. What waits to be sent goes
/// to the new place.
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
    Valid(WebhookBody { url, secret, events }): Valid<WebhookBody>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<Webhook>), Failure> {
    let passed = secret.and_then(|secret| read_secret(secret.expose()));
    let set = app.store.put_webhook(key.clone(), url, passed, events, new_secret).await?;
    let (status, done, webhook, made) = match set {
        WebhookSet::Created(webhook, made) => (StatusCode::CREATED, "created", webhook, made),
        WebhookSet::Changed(webhook) => (StatusCode::OK, "changed", webhook, None),
        WebhookSet::Missing => return Err(not_found(&key)),
    };
    tracing::info!("the operator {done} the webhook of {key}");
    let secret = made.map(|secret| write_secret(&secret));
    let WebhookRecord { url, events } = webhook;
    let webhook = Webhook { app_id: key.app_id, url, events, secret };
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
    let WebhookRecord { url, events } = found(&key, app.store.webhook(key.clone()).await?)?;
    Ok(Json(Webhook { app_id: key.app_id, url, events, secret: None }))
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
    found(&key, app.store.delete_webhook(key.clone()).await?)?;
    tracing::info!("the operator deleted the webhook of {key}");
    Ok(StatusCode::NO_CONTENT)
}
