//! Lets only requests with the operator's key administer the service.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::domain::admin_key::AdminKey;
use crate::http::connections;
use crate::http::failure::Failure;
use crate::http::session::bearer;

/// Refuses a request without the key, before its body is read.
pub(super) async fn require(State(key): State<AdminKey>, request: Request, next: Next) -> Response {
    match bearer(request.headers()) {
        Some(passed) if key.is(passed) => {
            connections::authenticated(request.extensions());
            next.run(request).await
        }
        Some(_) => Failure::AdminKey("wrong").into_response(),
        None => Failure::AdminKey("missing").into_response(),
    }
}
