//! `/v1/authorisations` and `/v1/iot-bind-contacts`: a user authorises devices, and who has done so.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use wmpf_voip::authorisation::{
    AuthorisedDevice, AuthorisedDevices, BindContactList, BindContactQuery, Consent,
    RawBindContactQuery, RawConsent,
};
use wmpf_voip::protocol::Refusal;
use wmpf_voip::value::Object;

use crate::app::App;
use crate::http::failure::Failure;
use crate::http::openapi;
use crate::http::session::{Session, UserSession};
use wmpf_voip_calls::consent::{
    Authorise, Authorised, AuthorisedDevicesOf, BindContacts, WithdrawAuthorisation,
};

/// Authorises a device
///
/// What the user confirms in wx.requestDeviceVoIP: the device may call this user and be called. Where it was
/// authorised before, it keeps the name that it was given then.
#[utoipa::path(
    post,
    path = "/v1/authorisations",
    operation_id = "authoriseDevice",
    security(("session" = [])),
    request_body = Consent,
    responses(
        (status = 201, description = "The device is authorised", body = AuthorisedDevice),
        (status = 200, description = "It was authorised before, and has the name that it was given first", body = AuthorisedDevice),
        (status = 400, description = "1004: the request is wrong, problems lists every field; 7: the session's openId is malformed", body = Refusal),
        (status = 403, description = "1004: the snTicket is forged, has expired, or was used before for what was withdrawn; 17: of another modelId; 19: the session's openId belongs to another mini-program of the same owner; 1007: a device's session token", body = Refusal),
        (status = 404, description = "2: the device is not known, or the snTicket is another device's", body = Refusal),
        openapi::SessionRefusals,
        openapi::BodyRefusals,
    )
)]
pub async fn authorise(
    State(app): State<Arc<App>>,
    UserSession(user): UserSession,
    body: Result<Json<Object<RawConsent>>, JsonRejection>,
) -> Result<(StatusCode, Json<AuthorisedDevice>), Failure> {
    let Json(body) = body?;
    let consent = body.validate()?;
    let authorise = Authorise { user, consent, tickets: app.keys.clone() };
    Ok(match app.store.decide(authorise).await? {
        Authorised::New(device) => (StatusCode::CREATED, Json(device)),
        Authorised::Again(device) => (StatusCode::OK, Json(device)),
    })
}

/// Lists the devices that the user has authorised
///
/// In the order of their SNs, as wx.getDeviceVoIPList does: also those whose authorisation was withdrawn, with
/// the status 0.
#[utoipa::path(
    get,
    path = "/v1/authorisations",
    operation_id = "listAuthorisedDevices",
    security(("session" = [])),
    responses(
        (status = 200, description = "The devices", body = AuthorisedDevices),
        (status = 403, description = "1007: a device's session token", body = Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn list(
    State(app): State<Arc<App>>,
    UserSession(user): UserSession,
) -> Result<Json<AuthorisedDevices>, Failure> {
    let items = app.store.decide(AuthorisedDevicesOf { user }).await?;
    Ok(Json(AuthorisedDevices { items }))
}

/// Withdraws the authorisation of a device
///
/// From now on calls between the two fail with 9. What was withdrawn stays in the user's list, with the status 0.
#[utoipa::path(
    delete,
    path = "/v1/authorisations/{sn}",
    operation_id = "withdrawAuthorisation",
    security(("session" = [])),
    params(("sn" = String, Path, description = "The device")),
    responses(
        (status = 204, description = "The device is not authorised, or is no longer"),
        (status = 400, description = "1004: the path is not UTF-8", body = Refusal),
        (status = 403, description = "1007: a device's session token", body = Refusal),
        openapi::SessionRefusals,
    )
)]
pub async fn withdraw(
    State(app): State<Arc<App>>,
    UserSession(user): UserSession,
    sn: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Failure> {
    let Path(sn) = sn?;
    app.store.decide(WithdrawAuthorisation { user, sn }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells which users have authorised a device
///
/// What getIotBindContactList asks. A device asks about itself and up to 100 users, a user about their own
/// openId.
#[utoipa::path(
    post,
    path = "/v1/iot-bind-contacts",
    operation_id = "getIotBindContactList",
    security(("session" = [])),
    request_body = BindContactQuery,
    responses(
        (status = 200, description = "An answer for each user, in the order of the question", body = BindContactList),
        (status = 400, description = "1004: the request is wrong, problems lists every field", body = Refusal),
        (status = 403, description = "17: the device is of another model", body = Refusal),
        (status = 404, description = "2: the device is not known, or is not the one that asks; 20: an openId is not that of the user who asks", body = Refusal),
        openapi::SessionRefusals,
        openapi::BodyRefusals,
    )
)]
pub async fn bind_contacts(
    State(app): State<Arc<App>>,
    Session(session): Session,
    body: Result<Json<Object<RawBindContactQuery>>, JsonRejection>,
) -> Result<Json<BindContactList>, Failure> {
    let Json(body) = body?;
    let query = body.validate()?;
    Ok(Json(app.store.decide(BindContacts { session, query }).await?))
}
