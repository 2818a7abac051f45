//! Mini-programs, and the keys that sign their tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::secret::Secret;

use super::fields::{At, Body, Fields};
use super::keys::{Key, check_app_id};
use super::problems::Problems;
use super::record::{follow, not_found};
use super::{Refused, Shared};
use crate::domain::limits::MAX_MINUTES;
use crate::domain::records::WholeService;
use crate::domain::records::app::{AppBody, AppKey};
use crate::http::failure::Failure;

record! {
    /// A mini-program.
    App(AppKey, AppBody), "a mini-program" in WholeService,
    "/v1/admin/apps", "/v1/admin/apps/{appId}",
    deleting: "With its calls, its webhook and its key: its tokens are no longer valid. Refused with 409 while it has models, devices, users or face-payment users."
}

impl Key for AppKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
    }
}

impl Body for AppBody {
    fn read(fields: &mut Fields) -> Option<AppBody> {
        let owner = fields.optional_text("owner");
        let approved = fields.boolean("approved");
        let minutes_left = fields.number("minutesLeft", 0, MAX_MINUTES);
        Some(AppBody { owner: owner?, approved: approved?, minutes_left: minutes_left? })
    }
}

/// The routes of the key that signs an app's tokens.
pub(super) fn key_routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(get_token_key, rotate_token_key))
}

/// The key that signs an app's tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShownTokenKey {
    /// base64url, without padding.
    #[schema(value_type = String)]
    token_key: Secret<String>,
}

/// Shows the key that signs an app's tokens
///
/// For a backend that signs tokens itself. Whoever has this key can be any party of the app.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/token-key",
    operation_id = "getTokenKey",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 200, description = "The key", body = ShownTokenKey), Refused)
)]
async fn get_token_key(
    State(app): State<Shared>,
    At(key): At<AppKey>,
) -> Result<([(HeaderName, &'static str); 1], Json<ShownTokenKey>), Failure> {
    let token_key =
        app.store.token_key(key.app_id.clone()).await?.ok_or_else(|| not_found(&key))?;
    tracing::info!("the operator read the token key of {key}");
    let token_key = Secret::new(URL_SAFE_NO_PAD.encode(token_key));
    Ok(([(CACHE_CONTROL, "no-store")], Json(ShownTokenKey { token_key })))
}

/// Makes a new key for an app's tokens
///
/// Every token that was signed with the old one becomes invalid at once, and open sockets are closed.
#[utoipa::path(
    post,
    path = "/v1/admin/apps/{appId}/token-key",
    operation_id = "rotateTokenKey",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 204, description = "There is a new key"), Refused)
)]
async fn rotate_token_key(
    State(app): State<Shared>,
    At(key): At<AppKey>,
) -> Result<StatusCode, Failure> {
    let follow = follow(&app);
    if !app.store.rotate_token_key(key.app_id.clone(), follow).await? {
        return Err(not_found(&key));
    }
    tracing::info!("the operator changed the token key of {key}");
    Ok(StatusCode::NO_CONTENT)
}
