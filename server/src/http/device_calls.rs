//! `POST /v1/device-calls`: a phone calls a device by callDevice.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use wmpf_voip::device_call::{DeviceCall, RawDeviceCall};
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::Refusal;
use wmpf_voip::value::Object;

use crate::app::App;
use crate::http::calls::{IdempotencyKey, place};
use crate::http::failure::Failure;
use crate::http::openapi;
use crate::http::session::UserSession;
use wmpf_voip_calls::checks::Asked;

/// Creates a call of a phone to a device that runs no mini-program
///
/// Makes a room and reminds nobody: the device hears of the call through its manufacturer's own channel and opens the
/// call with its session. With isCloud, the mini-program's webhook is told of the call. The body is exactly what
/// callDevice takes. It needs no authorisation of the device by the user. If the device's own call of this user rings,
/// the answer is that call, as for /v1/calls, and the webhook is told nothing.
///
/// What is wrong is looked for in this order, and the first that is found is the answer: the session
/// token (5), a device's session token (1007), the request (1004, or 22 if only chargeType is wrong), the
/// Idempotency-Key of another call (1004) or of one that the caller has cancelled (1008), the
/// mini-program's capability (12), the device (2), the modelId of the request (17), the session's openId (7
/// malformed, 19 of another mini-program of the same owner), for isCloud the webhook (1004), billing (24, 23 or 15).
#[utoipa::path(
    post,
    path = "/v1/device-calls",
    operation_id = "createDeviceCall",
    security(("session" = [])),
    params((
        "Idempotency-Key" = inline(Option<IdempotencyKey>), Header,
        description = "As for /v1/calls; a key names one call, whichever route created it."
    )),
    request_body = DeviceCall,
    responses(
        (status = 201, description = "The call exists and is on disk, and so is what the webhook is told", body = Room),
        (status = 200, description = "The call that this Idempotency-Key has created before, or the device's own call of this user, which rings", body = Room),
        (status = 400, description = "1004: the request is wrong, problems lists every field, or there is no webhook for isCloud; 22: only chargeType is wrong; 7: the session's openId is malformed", body = Refusal),
        (status = 402, description = "15, 23, 24: no minutes, or no license", body = Refusal),
        (status = 403, description = "1007: a device's session token; 12, 17, 19: not allowed", body = Refusal),
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
    body: Result<Json<Object<RawDeviceCall>>, JsonRejection>,
) -> Result<(StatusCode, Json<Room>), Failure> {
    let Json(body) = body?;
    let call = body.validate()?;
    let request = call.request(&user.id);
    place(&app, user, request, Asked::CallDevice(call), key).await
}
