//! `/v1/calls`: a host creates a call, joins it, or gives it up.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use rusqlite::Connection;
use tracing::Span;
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::{IDEMPOTENCY_KEY_HEADER, JoinedCall};
use wmpf_voip::request::{RawRequest, Request};
use wmpf_voip::value::Object;

use crate::checks::{Asked, Checks};
use crate::clock::now_ms;
use crate::failure::Failure;
use crate::openapi;
use crate::party::Party;
use crate::rooms::{self, Creation, Notice, Told};
use crate::service::App;
use crate::session::Session;

/// The longest `Idempotency-Key`.
const MAX_KEY_LENGTH: usize = 128;

/// Makes a repeated request the same request.
pub struct IdempotencyKey(pub Option<String>);

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
            Ok(_) | Err(_) => Err(wrong_key("something else")),
        }
    }
}

fn wrong_key(got: &str) -> Failure {
    Failure::Http(
        StatusCode::BAD_REQUEST,
        format!(
            "{IDEMPOTENCY_KEY_HEADER}: expected 1 to {MAX_KEY_LENGTH} visible ASCII characters, got {got}"
        ),
    )
}

/// Creates a call
///
/// Makes a room and reminds the listener. The body is exactly the req of initByCaller.
///
/// What is wrong is looked for in this order, and the first that is found is the answer: the session
/// token (5), the request (1004, or 1001 if only the voipToken is wrong), the Idempotency-Key of another
/// call (1004) or of one that the caller has cancelled (1008), the mini-program's capability (12), the
/// device (2) or the face-payment user (3), the voipToken (13, 14 or 4) and its modelId (17), the user's
/// openId (20 if it is an id of the caller's kind, 7 malformed, 20 unknown, 19 of another mini-program, 20
/// not the session's), the authorisation (9) or scope.voip and contact (8, 9), billing (24, 23 or 15).
#[utoipa::path(
    post,
    path = "/v1/calls",
    operation_id = "createCall",
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
        (status = 402, description = "15, 23, 24: neither minutes nor a license", body = openapi::Refusal),
        (status = 403, description = "4, 8, 9, 12, 13, 14, 17, 19: not allowed", body = openapi::Refusal),
        (status = 404, description = "2, 3, 20: the caller or the listener is not known", body = openapi::Refusal),
        (status = 409, description = "1004: the Idempotency-Key belongs to another call; 1008: the caller has cancelled this one", body = openapi::Refusal),
        openapi::SessionRefusals,
        openapi::BodyRefusals,
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
    place(&app, caller, request, Asked::InitByCaller, key).await
}

/// Creates the call and tells whoever has to hear of it, or finds the call that the key has created.
pub(crate) async fn place(
    app: &App,
    session: Party,
    request: Request,
    asked: Asked,
    key: Option<String>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let (keys, listeners, webhooks) =
        (app.keys.clone(), app.listeners.clone(), app.webhooks.clone());
    let creation = app.store.run_then(
        move |db| {
            let (keys, session, request, asked) = (&keys, &session, &request, &asked);
            let checks = Checks { db, keys, session, request, asked, now: now_ms() };
            rooms::create(&checks, key.as_deref())
        },
        move |creation| match creation {
            Creation::New(_, Told::Listener(notice)) => listeners.tell(notice),
            Creation::New(_, Told::Backend(delivery)) => webhooks.deliver(delivery.clone()),
            Creation::New(_, Told::Nobody) | Creation::Repeated(_) => {}
        },
    );
    let (status, room) = match creation.await? {
        Creation::New(room, _) => (StatusCode::CREATED, room),
        Creation::Repeated(room) => (StatusCode::OK, room),
    };
    // For the log of requests.
    Span::current().record("room_id", &room.room_id);
    Ok((status, Json(room)))
}

/// Joins a call
///
/// For either of its two parties, as often as they like. A call can be joined while it rings, for 60
/// seconds, and after that if the listener has joined in time.
#[utoipa::path(
    post,
    path = "/v1/calls/{roomId}/join",
    operation_id = "joinCall",
    security(("session" = [])),
    params(("roomId" = String, Path, description = "The call")),
    responses(
        (status = 200, description = "The call, as this party sees it", body = openapi::JoinedCall),
        (status = 400, description = "1004: the path is not UTF-8", body = openapi::Refusal),
        (status = 404, description = "1: there is no such call of this party, or it has ended", body = openapi::Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn join(
    State(app): State<Arc<App>>,
    Session(party): Session,
    room_id: Result<Path<String>, PathRejection>,
) -> Result<Json<JoinedCall>, Failure> {
    let Path(room_id) = room_id?;
    app.store.run(move |db| rooms::join(db, &party, &room_id, now_ms())).await.map(Json)
}

/// Gives a call up
///
/// For its caller. The call ends, and the listener is told that it no longer rings. One that has ended
/// is left as it is.
#[utoipa::path(
    delete,
    path = "/v1/calls/{roomId}",
    operation_id = "cancelCall",
    security(("session" = [])),
    params(("roomId" = String, Path, description = "The call")),
    responses(
        (status = 204, description = "The call is over"),
        (status = 400, description = "1004: the path is not UTF-8", body = openapi::Refusal),
        (status = 404, description = "1: this party has made no such call", body = openapi::Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Session(caller): Session,
    room_id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Failure> {
    let Path(room_id) = room_id?;
    end(&app, move |db| rooms::cancel(db, &caller, &room_id, now_ms())).await
}

/// Gives a call up whose answer was lost
///
/// For a caller that does not know the roomId. The call that the key has created ends; if the key has
/// not arrived yet, its creation will be refused with 1008, and nobody rings.
#[utoipa::path(
    delete,
    path = "/v1/calls",
    operation_id = "cancelCallByKey",
    security(("session" = [])),
    params(("Idempotency-Key" = String, Header, description = "The key of the creation")),
    responses(
        (status = 204, description = "The call is over, or will not begin"),
        (status = 400, description = "1004: the Idempotency-Key is missing or wrong", body = openapi::Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn cancel_by_key(
    State(app): State<Arc<App>>,
    Session(caller): Session,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<StatusCode, Failure> {
    let key = key.ok_or_else(|| wrong_key("nothing"))?;
    end(&app, move |db| rooms::cancel_by_key(db, &caller, &key, now_ms())).await
}

async fn end(
    app: &App,
    work: impl FnOnce(&Connection) -> Result<Option<Notice>, Failure> + Send + 'static,
) -> Result<StatusCode, Failure> {
    let listeners = app.listeners.clone();
    let tell = move |notice: &Option<Notice>| {
        if let Some(notice) = notice {
            listeners.tell(notice);
        }
    };
    app.store.run_then(work, tell).await?;
    Ok(StatusCode::NO_CONTENT)
}
