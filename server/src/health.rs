//! `GET /healthz`: whether the service can do its work.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::service::App;
use crate::store::StoreError;

/// What a probe learns.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `unavailable`
    status: &'static str,
    /// The service's version.
    version: &'static str,
}

/// Tells whether the service works
///
/// Asks the store, which every call needs.
#[utoipa::path(
    get,
    path = "/healthz",
    responses(
        (status = 200, description = "It works", body = Health),
        (status = 503, description = "The store does not answer", body = Health),
    )
)]
pub async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    let asked = app.store.run(|db| {
        db.query_row("SELECT count(*) FROM apps", [], |_| Ok(())).map_err(StoreError::from)
    });
    let (status, word) = match asked.await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    (status, Json(Health { status: word, version: env!("CARGO_PKG_VERSION") }))
}
