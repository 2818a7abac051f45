//! Lets only requests with the operator's key administer the service.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::domain::admin_key::AdminKey;
use crate::http::connections;
use crate::http::failure::Failure;
use crate::http::session::{bearer, client};

/// Refuses a request without the key, before its body is read.
pub(super) async fn require(
    State((app, key)): State<(Arc<App>, AdminKey)>,
    request: Request,
    next: Next,
) -> Response {
    let address = client(&app, request.extensions(), request.headers());
    if let Some(Err(barred)) = address.map(|address| app.rates.may_try_key(address)) {
        return Failure::from(barred).into_response();
    }
    match bearer(request.headers()) {
        Some(passed) if key.is(passed) => {
            connections::authenticated(request.extensions());
            next.run(request).await
        }
        passed => {
            let failure = Failure::AdminKey(if passed.is_some() { "wrong" } else { "missing" });
            let too_often = address.and_then(|address| app.rates.wrong_key(address).err());
            too_often.map_or(failure, Failure::from).into_response()
        }
    }
}
