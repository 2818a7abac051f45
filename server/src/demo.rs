//! The demo: records to play with, and tokens for them.
//!
//! `--demo` adds mini-programs, devices and users in every state that the contract can tell apart, and serves
//! `/v1/demo`. That route hands tokens to everybody who asks, which is why the flag is off by default.

mod gallery;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::tokens::{IssueError, Keyring};
use crate::http::failure::Failure;
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_calls::ticket::{Ticket, TicketHolder};

use gallery::Scenario;

/// How long the demo's tokens are valid: as long as somebody may leave the page open.
const TOKEN_LIFETIME_MS: i64 = 12 * 60 * 60 * 1000;

const APP: &str = "wxde00000000000001";
const DOORBELL: &str = "DEMO-DOORBELL-01";
const DOORBELL_MODEL: &str = "DEMO_MODEL_DOORBELL";
const USER: &str = "oDemo-Alice-0000000000000000";
const TV: &str = "DEMO-TV-02";
const TV_MODEL: &str = "DEMO_MODEL_TV";
const OTHER_DOORBELL: &str = "DEMO-DOORBELL-02";
const OTHER_USER: &str = "oDemo-Bob-000000000000000000";

/// Everything that a demo page needs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Demo {
    /// The mini-program.
    app_id: &'static str,
    /// A pair that can call each other.
    handsets: Handsets,
    /// Another pair. Each of the four can call both of the other kind, so that calls meet.
    others: Handsets,
    /// A device that was registered through WMPF and has a license, so its calls pass no deviceToken and can be billed by
    /// license. The user of the first pair has authorised it.
    tv: DeviceHandset,
    /// A call for each error that the service can give.
    gallery: Vec<Scenario>,
}

/// A device and a phone whose user has authorised it.
#[derive(Serialize, ToSchema)]
struct Handsets {
    /// Registered with the SDK.
    device: DeviceHandset,
    /// The phone of its user.
    phone: PhoneHandset,
}

/// A device with all of its tokens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeviceHandset {
    /// The SN.
    id: &'static str,
    /// A name.
    name: &'static str,
    /// The model.
    model_id: &'static str,
    /// The session token.
    token: String,
    /// The deviceToken for a call from the device, if it has to pass one.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// The pushToken for a call to the device.
    push_token: String,
}

/// A user with a session token.
#[derive(Serialize, ToSchema)]
struct PhoneHandset {
    /// The openId.
    id: &'static str,
    /// A name.
    name: &'static str,
    /// The session token.
    token: String,
}

/// Hands out tokens for the demo
///
/// There with `--demo` only.
#[utoipa::path(
    get,
    path = "/v1/demo",
    operation_id = "demo",
    security(()),
    responses((status = 200, description = "Two pairs of handsets, a licensed device, and a gallery of errors", body = Demo))
)]
pub async fn tokens(
    State(app): State<Arc<App>>,
) -> Result<([(HeaderName, &'static str); 1], Json<Demo>), Failure> {
    let expires_at = app.live.clock.wall_ms() + TOKEN_LIFETIME_MS;
    let issuer = Issuer { keys: &app.keys, expires_at };
    let demo = Demo {
        app_id: APP,
        handsets: issuer.pair((DOORBELL, "门铃 Doorbell"), (USER, "Alice"))?,
        others: issuer.pair((OTHER_DOORBELL, "后门 Back Door"), (OTHER_USER, "Bob"))?,
        tv: issuer.device(TV, "书房电视 TV", TV_MODEL, None)?,
        gallery: gallery::scenarios(&issuer)?,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(demo)))
}

/// Issues the demo's tokens, which all expire at the same time.
#[derive(Clone, Copy)]
struct Issuer<'a> {
    keys: &'a Keyring,
    expires_at: i64,
}

impl Issuer<'_> {
    /// Issues the tokens of a doorbell and a user, each given by id and name.
    fn pair(
        &self,
        (sn, device_name): (&'static str, &'static str),
        (open_id, user_name): (&'static str, &'static str),
    ) -> Result<Handsets, IssueError> {
        let device_token = self.ticket(Ticket::Device, sn, Some(DOORBELL_MODEL))?;
        let device = self.device(sn, device_name, DOORBELL_MODEL, Some(device_token))?;
        let token = self.session(APP, Role::Phone, open_id)?;
        Ok(Handsets { device, phone: PhoneHandset { id: open_id, name: user_name, token } })
    }

    fn device(
        &self,
        sn: &'static str,
        name: &'static str,
        model_id: &'static str,
        device_token: Option<String>,
    ) -> Result<DeviceHandset, IssueError> {
        Ok(DeviceHandset {
            id: sn,
            name,
            model_id,
            token: self.session(APP, Role::Device, sn)?,
            device_token,
            push_token: self.ticket(Ticket::Push, sn, Some(model_id))?,
        })
    }

    fn session(&self, app_id: &str, role: Role, id: &str) -> Result<String, IssueError> {
        let party = Party { app_id: app_id.into(), role, id: id.into() };
        self.keys.issue_session(&party, self.expires_at)
    }

    fn ticket(
        &self,
        kind: Ticket,
        subject: &str,
        model: Option<&str>,
    ) -> Result<String, IssueError> {
        self.ticket_of(APP, kind, subject, model)
    }

    fn ticket_of(
        &self,
        app_id: &str,
        kind: Ticket,
        subject: &str,
        model: Option<&str>,
    ) -> Result<String, IssueError> {
        let holder = TicketHolder { subject: subject.into(), model_id: model.map(str::to_owned) };
        self.keys.issue_ticket(app_id, kind, holder, self.expires_at)
    }

    /// The same issuer, but all of its tokens have expired already.
    fn expired(self) -> Self {
        Issuer { expires_at: self.expires_at - TOKEN_LIFETIME_MS - 60_000, ..self }
    }
}
