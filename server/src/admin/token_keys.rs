//! The keys that sign the tokens of a mini-program.
//!
//! There can be several, so that a backend that signs tokens itself can go over to a new one while tokens of the old one still
//! count. A key is shown once: in the answer to the request that made it.

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

use super::fields::{At, Body, Fields, Valid};
use super::keys::{Key, check_app_id, check_text};
use super::problems::Problems;
use super::record::{follow, not_found};
use super::{Refused, Shared};
use crate::domain::records::app::AppKey;
use crate::domain::records::token_key::{MAX_TOKEN_KEYS, TokenKeyBody, TokenKeyKey};
use crate::http::failure::Failure;
use crate::storage::{TokenKeyDeleted, TokenKeyPut};

impl Key for TokenKeyKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "token-keys", &self.key_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "keyId", &self.key_id);
    }
}

/// The key itself is the service's to make: the path says all that there is to say.
#[derive(ToSchema)]
struct NewTokenKey {}

impl Body for NewTokenKey {
    fn read(_: &mut Fields) -> Option<NewTokenKey> {
        Some(NewTokenKey {})
    }
}

/// A key that signs tokens, as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenKey {
    #[serde(flatten)]
    key: TokenKeyKey,
    #[serde(flatten)]
    body: TokenKeyBody,
    /// The key itself, 32 bytes as base64url without padding. It is only in the answer to the request that made it.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    token_key: Option<Secret<String>>,
}

/// The keys that sign an app's tokens.
#[derive(Debug, Serialize, ToSchema)]
struct TokenKeys {
    /// The newest first, which signs what the service issues.
    items: Vec<TokenKey>,
}

/// The routes of the keys that sign tokens.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(put, delete)).routes(routes!(list))
}

/// Makes a key for an app's tokens
///
/// From now on the service signs with it what it issues. Tokens of the app's other keys stay valid. For a backend that signs
/// tokens itself: whoever has this key can be any party of the app. A key of this name that is already there stays, and
/// is not shown. An app has 8 keys at most.
#[utoipa::path(
    put,
    path = "/v1/admin/apps/{appId}/token-keys/{keyId}",
    operation_id = "putTokenKey",
    security(("admin" = [])),
    params(TokenKeyKey),
    request_body = NewTokenKey,
    responses(
        (status = 201, description = "It was made, and tokenKey is there", body = TokenKey),
        (status = 200, description = "It was there already", body = TokenKey),
        Refused,
    )
)]
async fn put(
    State(app): State<Shared>,
    At(key): At<TokenKeyKey>,
    Valid(NewTokenKey {}): Valid<NewTokenKey>,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1], Json<TokenKey>), Failure> {
    let (status, body, made) = match app.store.put_token_key(key.clone(), follow(&app)).await? {
        TokenKeyPut::Made(body, made) => (StatusCode::CREATED, body, Some(made)),
        TokenKeyPut::There(body) => (StatusCode::OK, body, None),
        TokenKeyPut::NoApp => return Err(not_found(&AppKey { app_id: key.app_id })),
        TokenKeyPut::TooMany => {
            let text = format!(
                "app {} has {MAX_TOKEN_KEYS} token keys already: delete one of them first",
                key.app_id
            );
            return Err(Failure::Http(StatusCode::CONFLICT, text));
        }
    };
    if made.is_some() {
        tracing::info!("the operator created {key}");
    }
    let token_key = made.map(|made| Secret::new(URL_SAFE_NO_PAD.encode(made)));
    Ok((status, [(CACHE_CONTROL, "no-store")], Json(TokenKey { key, body, token_key })))
}

/// Lists the keys of an app's tokens
///
/// By their names, the newest first, which signs. The keys themselves are not shown.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/token-keys",
    operation_id = "getTokenKeys",
    security(("admin" = [])),
    params(AppKey),
    responses((status = 200, description = "All of them", body = TokenKeys), Refused)
)]
async fn list(State(app): State<Shared>, At(key): At<AppKey>) -> Result<Json<TokenKeys>, Failure> {
    let keys = app.store.token_keys_of(key.clone()).await?.ok_or_else(|| not_found(&key))?;
    let shown = |(key, body)| TokenKey { key, body, token_key: None };
    Ok(Json(TokenKeys { items: keys.into_iter().map(shown).collect() }))
}

/// Deletes a key of an app's tokens
///
/// Every token that was signed with it becomes invalid at once, and the sockets that such tokens have opened are closed. The
/// only key of an app is not deleted (409).
#[utoipa::path(
    delete,
    path = "/v1/admin/apps/{appId}/token-keys/{keyId}",
    operation_id = "deleteTokenKey",
    security(("admin" = [])),
    params(TokenKeyKey),
    responses((status = 204, description = "It was deleted"), Refused)
)]
async fn delete(
    State(app): State<Shared>,
    At(key): At<TokenKeyKey>,
) -> Result<StatusCode, Failure> {
    match app.store.delete_token_key(key.clone(), follow(&app)).await? {
        TokenKeyDeleted::Done => {
            tracing::info!("the operator deleted {key}");
            Ok(StatusCode::NO_CONTENT)
        }
        TokenKeyDeleted::Missing => Err(not_found(&key)),
        TokenKeyDeleted::IsTheOnlyOne => {
            let text = format!("{key} is the only one that the app has: make another one first");
            Err(Failure::Http(StatusCode::CONFLICT, text))
        }
    }
}
