//! Adding minutes that were paid for, and taking back those that were added by mistake.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use clap::Args;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::schema::integer;
use wmpf_voip::schema_of_rules;

use super::fields::{At, Body, Fields, Valid};
use super::record::not_found;
use super::{Refused, Shared};
use crate::domain::limits::MAX_MINUTES;
use crate::domain::records::app::AppKey;
use crate::http::failure::Failure;
use crate::storage::Added;

/// The most minutes that one request can add or take away.
const MAX_ADDED: i64 = 1_000_000_000;

schema_of_rules! {
    /// A number of minutes.
    AddedMinutes: integer(-MAX_ADDED, MAX_ADDED);
}

/// How many minutes were paid for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
pub struct MinutesBody {
    /// How many to add; a negative number takes some away.
    #[schema(value_type = AddedMinutes)]
    #[arg(value_name = "MINUTES", allow_negative_numbers = true)]
    pub add: i64,
}

impl Body for MinutesBody {
    fn read(fields: &mut Fields) -> Option<MinutesBody> {
        Some(MinutesBody { add: fields.number("add", -MAX_ADDED, MAX_ADDED)? })
    }
}

/// How many minutes there are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Minutes {
    /// The minutes that are left, the added ones included.
    minutes_left: i64,
}

/// The route of the minutes.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(add))
}

/// Adds minutes to those that an app has
///
/// A negative number takes some away, as many as the overdraft permits. Each request adds: repeat one only if you know that it did not arrive.
#[utoipa::path(
    post,
    path = "/v1/admin/apps/{appId}/minutes",
    operation_id = "addMinutes",
    security(("admin" = [])),
    params(AppKey),
    request_body = MinutesBody,
    responses((status = 200, description = "They were added", body = Minutes), Refused)
)]
async fn add(
    State(app): State<Shared>,
    At(key): At<AppKey>,
    Valid(MinutesBody { add }): Valid<MinutesBody>,
) -> Result<Json<Minutes>, Failure> {
    let minutes_left = match app.store.add_minutes(key.clone(), add, MAX_MINUTES).await? {
        Added::Left(minutes_left) => minutes_left,
        Added::Missing => return Err(not_found(&key)),
        Added::TooFew => {
            let text = format!("{key} would have used more than its overdraft: take away fewer");
            return Err(Failure::Http(StatusCode::CONFLICT, text));
        }
        Added::TooMany => {
            let text = format!("{key} would have more than {MAX_MINUTES} minutes: add fewer");
            return Err(Failure::Http(StatusCode::CONFLICT, text));
        }
    };
    tracing::info!("the operator added {add} minutes to {key}");
    Ok(Json(Minutes { minutes_left }))
}
