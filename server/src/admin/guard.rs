//! Lets only requests with the operator's key administer the service.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Span;

use crate::app::App;
use crate::domain::admin_key::CurrentKeys;
use crate::domain::audit::AuditEntry;
use crate::http::connections;
use crate::http::failure::Failure;
use crate::http::session::{bearer, client};

/// Refuses a request without a key, before its body is read, and notes what one with a key has changed.
pub(super) async fn require(
    State((app, keys)): State<(Arc<App>, CurrentKeys)>,
    request: Request,
    next: Next,
) -> Response {
    let address = client(&app, request.extensions(), request.headers());
    if let Some(Err(barred)) = address.map(|address| app.rates.may_try_key(address)) {
        return Failure::from(barred).into_response();
    }
    let passed = bearer(request.headers());
    let keys = keys.now();
    let Some(key) = passed.and_then(|passed| keys.name_of(passed)) else {
        let failure = Failure::AdminKey(if passed.is_some() { "wrong" } else { "missing" });
        let too_often = address.and_then(|address| app.rates.wrong_key(address).err());
        return too_often.map_or(failure, Failure::from).into_response();
    };
    connections::authenticated(request.extensions());
    let span = Span::current();
    span.record("key", key);
    if let Some(address) = address {
        span.record("address", tracing::field::display(address));
    }
    let entry = AuditEntry {
        at: app.live.clock.wall_ms(),
        key: key.to_owned(),
        address: address.map(|address| address.to_string()),
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        status: 0,
    };
    let only_reads = request.method().is_safe();
    let response = next.run(request).await;
    if !only_reads && response.status().is_success() {
        note(&app, AuditEntry { status: response.status().as_u16(), ..entry }).await;
    }
    response
}

/// Notes a change before it is answered. It was made, whether it can be noted or not.
async fn note(app: &App, entry: AuditEntry) {
    if let Err(error) = app.store.note(entry).await {
        tracing::error!(%error, "a change by the operator could not be noted");
    }
}
