//! The log of what was sent to a mini-program's own backend.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use clap::Args;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::schema::integer;
use wmpf_voip::schema_of_rules;
use wmpf_voip_calls::event_type::EventType;
use wmpf_voip_calls::preview::preview;

use super::fields::{At, PageLength, in_range, page_length};
use super::record::{List, next_page, not_found};
use super::webhook::no_webhook;
use super::{Refused, Shared};
use crate::domain::limits::MAX_SAFE_INTEGER;
use crate::domain::message::{DeliveriesWanted, Delivery, Outcome};
use crate::domain::records::app::AppKey;
use crate::http::failure::Failure;
use crate::storage::Resent;

/// Which deliveries to give.
#[derive(Debug, Default, Deserialize, IntoParams, Args)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// Only messages of this type.
    #[serde(rename = "type")]
    #[param(rename = "type", value_type = Option<EventType>)]
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<EventType>,
    /// Only those of which this has become.
    #[param(value_type = Option<Outcome>)]
    #[arg(long, value_name = "OUTCOME")]
    pub outcome: Option<Outcome>,
    /// How many to give at most.
    #[param(value_type = Option<PageLength>, inline)]
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u32>,
    /// Gives those before this one: what the page before has as its next.
    #[param(value_type = Option<DeliveryNumber>, inline)]
    #[arg(long, value_name = "NUMBER")]
    pub after: Option<i64>,
}

schema_of_rules! {
    /// The number of a delivery.
    DeliveryNumber: integer(0, MAX_SAFE_INTEGER);
}

/// The routes of the log.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(resend))
}

/// Lists what was sent to an app's webhook
///
/// The newest first: what is still to be sent, and what was done with in the last days. Neither the bodies nor what was
/// answered.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/webhook/deliveries",
    operation_id = "listDeliveries",
    security(("admin" = [])),
    params(AppKey, DeliveriesQuery),
    responses((status = 200, description = "A page of them", body = List<Delivery>), Refused)
)]
async fn list(
    State(app): State<Shared>,
    At(key): At<AppKey>,
    query: Result<Query<DeliveriesQuery>, QueryRejection>,
) -> Result<Json<List<Delivery>>, Failure> {
    let Query(DeliveriesQuery { kind, outcome, limit, after: before }) = query?;
    let limit = page_length(limit)?;
    before.map_or(Ok(()), |number| in_range("after", number, 0, MAX_SAFE_INTEGER))?;
    let wanted = DeliveriesWanted { kind, outcome, before, limit: limit + 1 };
    let found = app.store.deliveries(key.clone(), wanted).await?;
    let mut found = found.ok_or_else(|| not_found(&key))?;
    let next = next_page(&mut found, limit, |(number, _)| number.to_string());
    Ok(Json(List { items: found.into_iter().map(|(_, delivery)| delivery).collect(), next }))
}

/// Sends a message to an app's webhook again
///
/// With the same id, to the place where the webhook is now, and as often as it takes, whatever has become of it before.
#[utoipa::path(
    post,
    path = "/v1/admin/apps/{appId}/webhook/deliveries/{id}/resend",
    operation_id = "resendDelivery",
    security(("admin" = [])),
    params(AppKey, ("id" = String, Path, description = "The id of the message")),
    responses((status = 202, description = "It waits to be sent", body = Delivery), Refused)
)]
async fn resend(
    State(app): State<Shared>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<(StatusCode, Json<Delivery>), Failure> {
    let Path((app_id, id)) = path?;
    let key = AppKey { app_id };
    let gone = |text: String| Err(Failure::Http(StatusCode::NOT_FOUND, text));
    match app.store.resend(key.clone(), id.clone()).await? {
        Resent::Queued(delivery) => {
            tracing::info!(webhook_id = %delivery.id, "the operator sends a message of {key} again");
            Ok((StatusCode::ACCEPTED, Json(delivery)))
        }
        Resent::NoMessage => gone(format!(
            "the log of {key} has no message {}: it keeps them for some days",
            preview(&id)
        )),
        Resent::NoWebhook => Err(no_webhook(&key)),
        Resent::NoApp => Err(not_found(&key)),
    }
}
