//! The audit record of the operator's API.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use clap::Args;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::schema::Uint32;

use super::fields::{PageLength, page_length};
use super::record::{List, next_page};
use super::{Refused, Shared};
use crate::domain::audit::AuditEntry;
use crate::http::failure::Failure;

/// Which part of the audit record to give.
#[derive(Debug, Default, Deserialize, IntoParams, Args)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// How many changes to give at most.
    #[param(value_type = Option<PageLength>, inline)]
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u32>,
    /// Gives the changes before this one: what the page before has as its next.
    #[param(value_type = Option<Uint32>, inline)]
    #[arg(long, value_name = "NUMBER")]
    pub after: Option<u32>,
}

/// The route of the audit record.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Lists who has changed what
///
/// Every request of an admin key that has changed something or issued a token, the newest first. The newest 100,000 are
/// kept.
#[utoipa::path(
    get,
    path = "/v1/admin/audit",
    operation_id = "listAudit",
    security(("admin" = [])),
    params(AuditQuery),
    responses((status = 200, description = "A page of them", body = List<AuditEntry>), Refused)
)]
async fn list(
    State(app): State<Shared>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Json<List<AuditEntry>>, Failure> {
    let Query(AuditQuery { limit, after }) = query?;
    let limit = page_length(limit)?;
    let mut notes = app.store.notes(after.map_or(i64::MAX, i64::from), limit + 1).await?;
    let next = next_page(&mut notes, limit, |(id, _)| id.to_string());
    Ok(Json(List { items: notes.into_iter().map(|(_, entry)| entry).collect(), next }))
}
