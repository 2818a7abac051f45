//! The operator's API: the records that the service knows, and tokens for them.
//!
//! The API exists only if the service has an admin key. Every kind of record has a file that says what its key and its
//! body are, and what has to be there before it; [`record`] has what all kinds have in common.

// This module comes first, for its macro.
#[macro_use]
pub mod record;

pub mod apps;
pub mod audit;
pub mod authorisations;
pub mod call_records;
pub mod calls;
pub mod contacts;
pub mod deliveries;
pub mod devices;
pub mod fields;
mod guard;
pub mod issue;
pub mod keys;
pub mod minutes;
pub mod models;
pub(crate) mod page;
pub mod payment_users;
pub mod problems;
mod schemas;
mod session_key;
mod token_keys;
pub mod users;
pub mod webhook;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Document};
use utoipa::{IntoResponses, Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use wmpf_voip::protocol::Refusal;

use crate::app::App;
use crate::domain::admin_key::CurrentKeys;
use crate::http::failure::Failure;

/// What the handlers share, as axum keeps it.
type Shared = Arc<App>;

/// What these routes add to the OpenAPI document.
#[derive(OpenApi)]
#[openapi(modifiers(&OperatorsKey))]
struct AdminDoc;

struct OperatorsKey;

impl Modify for OperatorsKey {
    fn modify(&self, document: &mut Document) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.description = Some("The key that the service was started with".into());
        document
            .components
            .get_or_insert_with(Components::new)
            .add_security_scheme("admin", SecurityScheme::Http(scheme));
    }
}

/// The routes below `/v1/admin/`, for requests that carry a key.
pub(crate) fn router(app: Shared, keys: CurrentKeys) -> OpenApiRouter<Shared> {
    let mut router = OpenApiRouter::with_openapi(AdminDoc::openapi())
        .merge(apps::routes())
        .merge(token_keys::routes())
        .merge(webhook::routes())
        .merge(deliveries::routes())
        .merge(minutes::routes())
        .merge(issue::routes())
        .merge(models::routes())
        .merge(devices::routes())
        .merge(authorisations::routes())
        .merge(users::routes())
        .merge(session_key::routes())
        .merge(payment_users::routes())
        .merge(contacts::routes())
        .merge(calls::routes())
        .merge(call_records::routes())
        .merge(audit::routes())
        .layer(from_fn_with_state((app, keys), guard::require));
    schemas::close_bodies(router.get_openapi_mut());
    router
}

/// What every route may answer instead.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it is only described")]
enum Refused {
    /// 1004: an id or the body is wrong, problems lists every field
    #[response(status = 400)]
    Wrong(Refusal),
    /// 5: the admin key is missing or wrong
    #[response(status = 401)]
    NoKey(Refusal),
    /// 1004: what the path or the body names does not exist
    #[response(status = 404)]
    NotThere(Refusal),
    /// 1004: other records are in the way, and errmsg names them
    #[response(status = 409)]
    InTheWay(Refusal),
    /// 1004: the body is too long
    #[response(status = 413)]
    TooLong(Refusal),
    /// 1004: the body's type is not application/json
    #[response(status = 415)]
    OtherType(Refusal),
    /// 5: too many wrong keys from this address
    #[response(status = 429)]
    TooOften(Refusal),
    /// 5: the service failed, and its log says why
    #[response(status = 500)]
    Failed(Refusal),
    /// 5: the service did not finish in time
    #[response(status = 503)]
    TooLate(Refusal),
}

/// The answer to a request for `/v1/admin/` if the service has no admin key.
pub(crate) async fn without_key() -> Failure {
    Failure::Http(
        StatusCode::NOT_FOUND,
        "the service was started without an admin key, so it cannot be administered: \
         start it with one in WMPF_VOIP_ADMIN_KEY"
            .into(),
    )
}

/// The answer to the same, and to a request for the page, where the operator's API has an address of its own. It does not say
/// which, because anybody may ask.
pub(crate) async fn elsewhere() -> Failure {
    Failure::Http(
        StatusCode::NOT_FOUND,
        "the operator's API and page are not at this address: \
         they are at the one that the service was started with as --admin-listen, and its log says which"
            .into(),
    )
}
