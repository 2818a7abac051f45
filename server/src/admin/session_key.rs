//! The session_key of a user. It changes with each login of the user, so it is not part of the record. It can be set,
//! but not read.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::secret::Secret;

use super::fields::{At, Body, Fields, Valid};
use super::record::not_found;
use super::{Refused, Shared};
use crate::app::App;
use crate::domain::records::user::UserKey;
use crate::http::failure::Failure;
use crate::media::voip_chat::{SESSION_KEY, SessionKey, is_session_key};

/// The user's session_key.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct SessionKeyBody {
    /// The session_key as code2session gives it: base64 of 16 bytes.
    #[schema(value_type = SessionKey, write_only)]
    session_key: Secret<String>,
}

impl Body for SessionKeyBody {
    fn read(fields: &mut Fields) -> Option<SessionKeyBody> {
        let read = |text: &str| is_session_key(text).then(|| Secret::new(text.to_owned()));
        let session_key = fields.read("sessionKey", SESSION_KEY, read)?;
        Some(SessionKeyBody { session_key })
    }
}

/// The routes of the session_key.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(put, delete))
}

/// Sets the session_key of a user
///
/// The service signs with it what wx.joinVoIPChat takes. It is never shown. WeChat gives another one with a login
/// of the user: set it then.
#[utoipa::path(
    put,
    path = "/v1/admin/apps/{appId}/users/{openId}/session-key",
    operation_id = "putSessionKey",
    security(("admin" = [])),
    params(UserKey),
    request_body = SessionKeyBody,
    responses((status = 204, description = "It is set"), Refused)
)]
async fn put(
    State(app): State<Shared>,
    At(user): At<UserKey>,
    Valid(SessionKeyBody { session_key }): Valid<SessionKeyBody>,
) -> Result<StatusCode, Failure> {
    set(&app, user, Some(session_key)).await
}

/// Forgets the session_key of a user
#[utoipa::path(
    delete,
    path = "/v1/admin/apps/{appId}/users/{openId}/session-key",
    operation_id = "deleteSessionKey",
    security(("admin" = [])),
    params(UserKey),
    responses((status = 204, description = "There is none any more"), Refused)
)]
async fn delete(State(app): State<Shared>, At(user): At<UserKey>) -> Result<StatusCode, Failure> {
    set(&app, user, None).await
}

async fn set(app: &App, user: UserKey, key: Option<Secret<String>>) -> Result<StatusCode, Failure> {
    if app.store.set_session_key(user.clone(), key).await? {
        tracing::info!("the operator changed the session_key of {user}");
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(not_found(&user))
    }
}
