//! `/v1/calls`: a host creates a call, reads it, reports signals of its party, or gives the call up.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use rand::Rng;
use serde::Serialize;
use tracing::Span;
use utoipa::ToSchema;
use wmpf_voip::call::{Device, Side};
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::socket::schema::NameOfDevice;
use wmpf_voip::protocol::socket::{
    CallMessage, CallView, PartySignal, RawPartyMessage, SignalReply,
};
use wmpf_voip::protocol::{IDEMPOTENCY_KEY_HEADER, Refusal};
use wmpf_voip::request::{RawRequest, Request};
use wmpf_voip::schema::{VISIBLE_ASCII, string};
use wmpf_voip::schema_of_rules;
use wmpf_voip::value::Object;

use wmpf_voip_calls::checks::Asked;
use wmpf_voip_calls::creation::{Create, Creation, Crossed, ROOM_ENDS};
use wmpf_voip_calls::driver::{GiveUp, GiveUpByKey, Report, View};
use wmpf_voip_calls::party::Party;

use crate::app::App;
use crate::http::call_query::CallQuery;
use crate::http::failure::Failure;
use crate::http::openapi;
use crate::http::session::Session;

/// The most characters that an `Idempotency-Key` may have.
const MAX_KEY_LENGTH: usize = 128;

/// The header `Idempotency-Key`, by which a repeated request is recognised.
pub struct IdempotencyKey(pub Option<String>);

schema_of_rules!(for IdempotencyKey: string(1, MAX_KEY_LENGTH).pattern(Some(VISIBLE_ASCII)),
    "Names a creation: visible ASCII characters.");

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
/// If the listener's own call of this caller rings, no room is made: once every check is passed, the answer is that call, in
/// which this party is the listener. Its page is to answer at once.
///
/// What is wrong is looked for in this order, and the first that is found is the answer: the session
/// token (5), the request (1004, or 1001 if only the voipToken is wrong), the Idempotency-Key of another
/// call (1004) or of one that the caller has cancelled (1008), the mini-program's capability (12), the
/// device (2) or the face-payment user (3), the voipToken (13, 14 or 4) and its modelId (17), the user's
/// openId (20 if it is an id of the caller's kind, 7 malformed, 20 unknown, 19 of another mini-program of the same owner, 20
/// not the session's), the authorisation (9) or scope.voip and contact (8, 9), billing (24, 23 or 15).
#[utoipa::path(
    post,
    path = "/v1/calls",
    operation_id = "createCall",
    security(("session" = [])),
    params((
        "Idempotency-Key" = inline(Option<IdempotencyKey>), Header,
        description = "Names this call, 1 to 128 visible ASCII characters. The caller's repeated request with the same key and body gets the same room, until a day after it has rung; without a key each request is a call of its own."
    )),
    request_body = RawRequest,
    responses(
        (status = 201, description = "The call exists and is on disk", body = Room),
        (status = 200, description = "The call that this Idempotency-Key has created before, or the listener's own call of this caller, which rings", body = Room),
        (status = 400, description = "1001, 1004: the request is wrong, problems lists every field; 7: the openId is malformed", body = Refusal),
        (status = 402, description = "15, 23, 24: neither minutes nor a license", body = Refusal),
        (status = 403, description = "4, 8, 9, 12, 13, 14, 17, 19: not allowed", body = Refusal),
        (status = 404, description = "2, 3, 20: the caller or the listener is not known", body = Refusal),
        (status = 409, description = "1004: the Idempotency-Key belongs to another call; 1008: the caller has cancelled this one", body = Refusal),
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

/// Creates the call and tells everybody who has to hear of it, or finds the call that a request with the same key has
/// created.
pub(crate) async fn place(
    app: &App,
    session: Party,
    request: Request,
    asked: Asked,
    key: Option<String>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let began = Instant::now();
    app.rates.creation(&session)?;
    let create = Create {
        session,
        request,
        asked,
        idempotency_key: key,
        limits: app.ringing,
        tickets: app.keys.clone(),
        room_end: rand::rng().random_range(0..ROOM_ENDS),
    };
    let (live, metrics) = (app.live.clone(), app.metrics.clone());
    let creation = app.store.decide_then(create, move |creation| match creation {
        Creation::New(created) => {
            live.pass_on_all(&created.overdue);
            live.begin(&created.change);
            if let Some(notice) = &created.notice {
                live.remind(notice);
                metrics.rang(began.elapsed());
            }
        }
        Creation::Crossed(crossed) => {
            let Crossed { met, overdue } = crossed.as_ref();
            live.pass_on_all(overdue);
            live.pass_on(&met.change);
            if met.is_camera_off {
                live.calls.tell(&met.room.room_id, Side::Caller, &CallMessage::CameraOff);
            }
        }
        Creation::Repeated(_) => {}
    });
    let (status, room) = match creation.await? {
        Creation::New(created) => (StatusCode::CREATED, created.room),
        Creation::Crossed(crossed) => (StatusCode::OK, crossed.met.room),
        Creation::Repeated(room) => (StatusCode::OK, room),
    };
    // For the log of requests.
    Span::current().record("room_id", &room.room_id);
    Ok((status, Json(room)))
}

/// Shows a call
///
/// To either of its two parties: how far it is, and what this side has heard of it so far.
#[utoipa::path(
    get,
    path = "/v1/calls/{roomId}",
    operation_id = "showCall",
    security(("session" = [])),
    params(("roomId" = String, Path, description = "The call")),
    responses(
        (status = 200, description = "The call, as this party sees it", body = CallView),
        (status = 400, description = "1004: the path is not UTF-8", body = Refusal),
        (status = 404, description = "1: there is no such call of this party", body = Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn show(
    State(app): State<Arc<App>>,
    Session(party): Session,
    room_id: Result<Path<String>, PathRejection>,
) -> Result<Json<CallView>, Failure> {
    let Path(room_id) = room_id?;
    let live = app.live.clone();
    let viewed =
        app.store.decide_then(View { party, room_id }, move |(_, change)| live.pass_on(change));
    let (view, _) = viewed.await?;
    Ok(Json(view))
}

/// Reports a signal of a party
///
/// What the party would say on the socket of the call, for whoever has none. It has to say something every 15
/// seconds, once it is in the call: `join` again will do.
#[utoipa::path(
    post,
    path = "/v1/calls/{roomId}/signals",
    operation_id = "signalCall",
    security(("session" = [])),
    params(("roomId" = String, Path, description = "The call")),
    request_body = CallSignal,
    responses(
        (status = 200, description = "What became of it", body = Answer),
        (status = 400, description = "1004: the signal is wrong, problems lists every field", body = Refusal),
        (status = 404, description = "1: there is no such call of this party", body = Refusal),
        openapi::SessionRefusals,
        openapi::BodyRefusals,
    )
)]
pub async fn signal(
    State(app): State<Arc<App>>,
    Session(party): Session,
    room_id: Result<Path<String>, PathRejection>,
    body: Result<Json<Object<RawPartyMessage>>, JsonRejection>,
) -> Result<Json<Answer>, Failure> {
    let Path(room_id) = room_id?;
    let Json(body) = body?;
    let (signal, device) = body.signal()?;
    let report = Report { party, room_id, signal, device: Device::from(device) };
    let live = app.live.clone();
    let reported = app.store.decide_then(report, move |(_, change)| live.pass_on(change));
    let (reply, _) = reported.await?;
    Ok(Json(Answer { reply }))
}

/// What a party reports.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it is only described; the core reads it")]
struct CallSignal {
    /// What has happened on the side of the party.
    #[serde(flatten)]
    signal: PartySignal,
    /// The name that the device has chosen for itself.
    #[schema(value_type = NameOfDevice)]
    device: String,
}

/// The answer to a signal.
#[derive(Serialize, ToSchema)]
#[schema(as = SignalAnswer)]
pub struct Answer {
    /// What the signal has done.
    reply: SignalReply,
}

/// Gives a call up
///
/// For its caller, at any time: the call is cancelled, or hung up if both are in it. One that has ended is left as
/// it is. A party whose own call has met this one ends it only once it is in it, and before takes back its own.
#[utoipa::path(
    delete,
    path = "/v1/calls/{roomId}",
    operation_id = "cancelCall",
    security(("session" = [])),
    params(
        ("roomId" = String, Path, description = "The call"),
        ("device" = inline(Option<NameOfDevice>), Query, description = "Which of the caller's devices gives it up; if none is named, the one that is in the call"),
    ),
    responses(
        (status = 204, description = "The call is over"),
        (status = 400, description = "1004: the path is not UTF-8, or the device's name is malformed", body = Refusal),
        (status = 404, description = "1: this party has made no such call, or another one of its devices is in it", body = Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn cancel(
    State(app): State<Arc<App>>,
    Session(caller): Session,
    room_id: Result<Path<String>, PathRejection>,
    query: Result<Query<CallQuery>, QueryRejection>,
) -> Result<StatusCode, Failure> {
    let Path(room_id) = room_id?;
    let Query(query) = query?;
    let device = query.optional_device()?;
    let live = app.live.clone();
    let give_up = GiveUp { caller, room_id, device };
    app.store.decide_then(give_up, move |change| live.pass_on(change)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a call up whose answer was lost
///
/// For a caller that does not know the roomId. The call that the key has created ends; if the key has
/// not arrived yet, its creation will be refused with 1008, and nobody rings. A call of the other party's that the creation
/// has met goes on.
#[utoipa::path(
    delete,
    path = "/v1/calls",
    operation_id = "cancelCallByKey",
    security(("session" = [])),
    params(("Idempotency-Key" = inline(IdempotencyKey), Header, description = "The key of the creation")),
    responses(
        (status = 204, description = "The call is over, or will not begin"),
        (status = 400, description = "1004: the Idempotency-Key is missing or wrong", body = Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn cancel_by_key(
    State(app): State<Arc<App>>,
    Session(caller): Session,
    IdempotencyKey(key): IdempotencyKey,
) -> Result<StatusCode, Failure> {
    let key = key.ok_or_else(|| wrong_key("nothing"))?;
    let live = app.live.clone();
    let give_up = GiveUpByKey { caller, key };
    app.store.decide_then(give_up, move |change| live.pass_on_all(change.as_slice())).await?;
    Ok(StatusCode::NO_CONTENT)
}
