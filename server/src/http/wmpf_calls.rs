//! `POST /v1/wmpf-calls`: a phone calls a device by callWMPF.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::Refusal;
use wmpf_voip::value::Object;
use wmpf_voip::wmpf_call::{RawWmpfCall, WmpfCall};

use crate::app::App;
use crate::http::calls::{IdempotencyKey, place};
use crate::http::failure::Failure;
use crate::http::openapi;
use crate::http::session::UserSession;
use wmpf_voip_calls::checks::Asked;

/// Creates a call of a phone to a device
///
/// Makes a room and reminds the device. The body is exactly what callWMPF takes. It needs no
/// authorisation of the device by the user; the pushToken shows that the device wants to be called. If the device's own
/// call of this user rings, the answer is that call, as for /v1/calls.
///
/// What is wrong is looked for in this order, and the first that is found is the answer: the session
/// token (5), a device's session token (1007), the request (1004, or 22 if only chargeType is wrong), the
/// Idempotency-Key of another call (1004) or of one that the caller has cancelled (1008), the
/// mini-program's capability (12), the device (2), the pushToken (14) and its modelId (17), the modelId of
/// the request (17), the session's openId (7 malformed, 19 of another mini-program of the same owner), billing (24, 23 or
/// 15).
#[utoipa::path(
    post,
    path = "/v1/wmpf-calls",
    operation_id = "createWmpfCall",
    security(("session" = [])),
    params((
        "Idempotency-Key" = inline(Option<IdempotencyKey>), Header,
        description = "As for /v1/calls; a key names one call, whichever route created it."
    )),
    request_body = WmpfCall,
    responses(
        (status = 201, description = "The call exists and is on disk", body = Room),
        (status = 200, description = "The call that this Idempotency-Key has created before, or the device's own call of this user, which rings", body = Room),
        (status = 400, description = "1004: the request is wrong, problems lists every field; 22: only chargeType is; 7: the session's openId is malformed", body = Refusal),
        (status = 402, description = "15, 23, 24: no minutes, or no license", body = Refusal),
        (status = 403, description = "1007: a device's session token; 12, 14, 17, 19: not allowed", body = Refusal),
        (status = 404, description = "2: the device is not known", body = Refusal),
        (status = 409, description = "1004: the Idempotency-Key belongs to another call; 1008: the caller has cancelled this one", body = Refusal),
        openapi::SessionRefusals,
        openapi::BodyRefusals,
    )
)]
pub async fn create(
    State(app): State<Arc<App>>,
    UserSession(user): UserSession,
    IdempotencyKey(key): IdempotencyKey,
    body: Result<Json<Object<RawWmpfCall>>, JsonRejection>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let Json(body) = body?;
    let call = body.validate()?;
    let request = call.request(&user.id);
    place(&app, user, request, Asked::CallWmpf(call), key).await
}
