//! The audit record of the operator's API.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip_calls::preview::preview;

use super::fields::PageQuery;
use super::record::List;
use super::{Refused, Shared};
use crate::domain::audit::AuditEntry;
use crate::domain::records::Page;
use crate::http::failure::Failure;

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
    params(PageQuery),
    responses((status = 200, description = "A page of them", body = List<AuditEntry>), Refused)
)]
async fn list(State(app): State<Shared>, page: Page) -> Result<Json<List<AuditEntry>>, Failure> {
    let before = match page.after.as_str() {
        "" => i64::MAX,
        text => text.parse().map_err(|_| {
            let got = preview(text);
            let text = format!("after: expected what the page before has as its next, got {got}");
            Failure::Http(StatusCode::BAD_REQUEST, text)
        })?,
    };
    let length = page.limit as usize;
    // One more tells whether there is a next page.
    let mut notes = app.store.notes(before, page.limit + 1).await?;
    let more = notes.len() > length;
    notes.truncate(length);
    let next = notes.last().filter(|_| more).map(|(id, _)| id.to_string());
    Ok(Json(List { items: notes.into_iter().map(|(_, entry)| entry).collect(), next }))
}
