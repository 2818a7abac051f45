//! `POST /v1/calls`: a host creates a call.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use tracing::Span;
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::IDEMPOTENCY_KEY_HEADER;
use wmpf_voip::request::{RawRequest, Request};
use wmpf_voip::value::Object;

use crate::checks::Checks;
use crate::clock::now_ms;
use crate::failure::Failure;
use crate::openapi;
use crate::party::Party;
use crate::rooms::{self, Creation};
use crate::service::App;
use crate::session::Session;

/// The longest `Idempotency-Key`.
const MAX_KEY_LENGTH: usize = 128;

/// Makes a repeated request the same request.
pub struct IdempotencyKey(Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, Failure> {
        let Some(key) = parts.headers.get(IDEMPOTENCY_KEY_HEADER) else {
            return Ok(IdempotencyKey(None));
        };
        match key.to_str() {
            Ok(key)
                if (1..=MAX_KEY_LENGTH).contains(&key.len())
                    && key.bytes().all(|byte| byte.is_ascii_graphic()) =>
            {
                Ok(IdempotencyKey(Some(key.to_owned())))
            }
            Ok(_) | Err(_) => Err(Failure::Http(
                StatusCode::BAD_REQUEST,
                format!(
                    "{IDEMPOTENCY_KEY_HEADER}: expected 1 to {MAX_KEY_LENGTH} visible ASCII characters"
                ),
            )),
        }
    }
}

/// Creates a call
///
/// Makes a room and reminds the listener. The body is exactly the req of initByCaller.
#[utoipa::path(
    post,
    path = "/v1/calls",
    security(("session" = [])),
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "Names this call, 1 to 128 visible ASCII characters. The caller's repeated request with the same key and body gets the same room, until a day after it has rung; without a key each request is a call of its own."
    )),
    request_body = openapi::CallRequest,
    responses(
        (status = 201, description = "The call exists and is on disk", body = openapi::Room),
        (status = 200, description = "The call that this Idempotency-Key has created before", body = openapi::Room),
        (status = 400, description = "1001, 1004: the request is wrong, problems lists every field; 7: the openId is malformed", body = openapi::Refusal),
        (status = 401, description = "5: the session token is missing, forged or expired", body = openapi::Refusal),
        (status = 402, description = "15, 23, 24: neither minutes nor a license", body = openapi::Refusal),
        (status = 403, description = "4, 8, 9, 12, 13, 14, 17, 19: not allowed", body = openapi::Refusal),
        (status = 404, description = "2, 3, 20: the caller or the listener is not known", body = openapi::Refusal),
        (status = 409, description = "1004: the Idempotency-Key belongs to another call", body = openapi::Refusal),
        (status = 413, description = "1004: the body is too long", body = openapi::Refusal),
        (status = 415, description = "1004: the body's type is not application/json", body = openapi::Refusal),
        (status = 500, description = "5: the service failed, and its log says why", body = openapi::Refusal),
        (status = 503, description = "5: the service did not finish in time", body = openapi::Refusal),
    )
)]
pub async fn create(
    State(app): State<Arc<App>>,
    Session(caller): Session,
    IdempotencyKey(key): IdempotencyKey,
    body: Result<Json<Object<RawRequest>>, JsonRejection>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let Json(body) = body?;
    let request = body.validate()?;
    // A task of its own: a caller that hangs up after the commit must not take the reminder with it.
    let creation = tokio::spawn(create_and_remind(app, caller, request, key));
    let (status, room) = creation.await??;
    // For the log of requests.
    Span::current().record("room_id", &room.room_id);
    Ok((status, room))
}

async fn create_and_remind(
    app: Arc<App>,
    session: Party,
    request: Request,
    key: Option<String>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let keys = app.keys.clone();
    let creation = app.store.run(move |db| {
        let (keys, session, request) = (&keys, &session, &request);
        rooms::create(&Checks { db, keys, session, request, now: now_ms() }, key.as_deref())
    });
    match creation.await? {
        Creation::New(room, ringing) => {
            app.listeners.remind(&ringing);
            Ok((StatusCode::CREATED, Json(room)))
        }
        Creation::Repeated(room) => Ok((StatusCode::OK, Json(room))),
    }
}
