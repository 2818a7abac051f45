//! Requests that have been checked and may be sent.

use std::borrow::Cow;

use percent_encoding::utf8_percent_encode;
use serde::Serialize;

use crate::authorisation::{BindContactQuery, RawBindContactQuery};
use crate::call::How;
use crate::client::Api;
use crate::code::Code;
use crate::config::{Config, RawConfig};
use crate::device_call::RawDeviceCall;
use crate::error::VoipError;
use crate::form::{Checked, Entry};
use crate::json;
use crate::line::{Hold, Line};
use crate::problem::Problems;
use crate::protocol::{CALLS_PATH, DEVICE_CALLS_PATH, IOT_BIND_CONTACTS_PATH, WMPF_CALLS_PATH};
use crate::query::COMPONENT;
use crate::request::{MiniprogramState, RawRequest, Request};
use crate::role::Role;
use crate::text::concat;
use crate::value::Object;
use crate::wmpf_call::RawWmpfCall;

/// What is asked for, as it came.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is made, moved once and taken apart; on wasm32 none is large"
)]
pub enum Raw {
    /// By `initByCaller`.
    Call(Object<RawRequest>),
    /// By `callWMPF`.
    WmpfCall(Object<RawWmpfCall>),
    /// By `callDevice`.
    DeviceCall(Object<RawDeviceCall>),
    /// By `getIotBindContactList`.
    Contacts(Object<RawBindContactQuery>),
}

/// A request that may be sent, and the line that it holds until it is answered, if it makes a call.
#[derive(Debug)]
pub struct Prepared {
    pub(super) api: Api,
    pub(super) kind: Kind,
    pub(super) path: Cow<'static, str>,
    pub(super) body: Body,
    pub(super) _hold: Option<Hold>,
}

impl Prepared {
    /// The API that asks.
    #[must_use]
    pub fn api(&self) -> Api {
        self.api
    }
}

/// What a request is for, which says how its answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Creation,
    Contacts,
    IsOver,
    Signal,
}

#[derive(Debug)]
pub(super) enum Body {
    None,
    Written(String),
    /// A deviceToken may have to be fetched for it.
    Request(Box<Request>),
}

/// Checks what `configure` was given.
///
/// # Errors
/// What `api` throws: everything that is wrong.
pub fn configure<Cause>(api: Api, raw: RawConfig) -> Result<Config, VoipError<Cause>> {
    raw.validate().map_err(|problems| wrong(api, &problems))
}

/// Checks a request, and takes the line for one that makes a call.
///
/// # Errors
/// What is thrown: everything that is wrong with the request, else that it is made on the wrong host, else that another
/// call is starting.
pub fn prepare<Cause>(
    config: &Config,
    line: &Line,
    raw: Raw,
) -> Result<Prepared, VoipError<Cause>> {
    let (api, path, body) = match raw {
        Raw::Call(raw) => {
            let api = Api::InitByCaller;
            let mut request = raw.validate().map_err(|problems| wrong(api, &problems))?;
            is_this_host(config, api, request.business_type.caller_role())?;
            if config.released {
                request.miniprogram_state = MiniprogramState::Formal;
            }
            (api, CALLS_PATH, Body::Request(Box::new(request)))
        }
        Raw::WmpfCall(raw) => {
            let api = Api::CallWmpf;
            let mut call = raw.check().map_err(|problems| wrong(api, &problems))?;
            is_this_host(config, api, Some(Role::Phone))?;
            if config.released {
                call.set("envVersion", "release");
            }
            (api, WMPF_CALLS_PATH, Body::Written(written(api, &call)?))
        }
        Raw::DeviceCall(raw) => {
            let api = Api::CallDevice;
            let call = raw.check().map_err(|problems| wrong(api, &problems))?;
            is_this_host(config, api, Some(Role::Phone))?;
            (api, DEVICE_CALLS_PATH, Body::Written(written(api, &call)?))
        }
        Raw::Contacts(raw) => {
            let api = Api::GetIotBindContactList;
            let BindContactQuery { sn, model_id, openid_list } =
                raw.validate().map_err(|problems| wrong(api, &problems))?;
            let query = Checked(vec![
                ("sn", Entry::Text(sn)),
                ("model_id", Entry::Text(model_id)),
                ("openid_list", Entry::Texts(openid_list)),
            ]);
            let (path, body) =
                (IOT_BIND_CONTACTS_PATH.into(), Body::Written(written(api, &query)?));
            return Ok(Prepared { api, kind: Kind::Contacts, path, body, _hold: None });
        }
    };
    let hold = line.take().ok_or_else(|| {
        let reason = "another call is starting: wait until its promise has settled";
        VoipError::plugin(Code::Busy, api.name(), reason)
    })?;
    Ok(Prepared { api, kind: Kind::Creation, path: path.into(), body, _hold: Some(hold) })
}

/// The request by which a call ends that has no page, and no socket therefore: a
/// [`HangUp`](crate::protocol::socket::PartySignal::HangUp) that says whose device sends it.
///
/// # Errors
/// The signal cannot be written as JSON.
pub fn hang_up<Cause>(
    room_id: &str,
    how: How,
    device: &str,
    placed: bool,
) -> Result<Prepared, VoipError<Cause>> {
    let api = Api::ForceHangUpVoip;
    let path = concat(&[CALLS_PATH, "/", &encoded(room_id), "/signals"]).into();
    let signal = Checked(vec![
        ("type", Entry::Text("hangUp".into())),
        ("how", Entry::Text(how.as_str().into())),
        ("device", Entry::Text(device.into())),
        ("placed", Entry::Flag(placed)),
    ]);
    let body = Body::Written(written(api, &signal)?);
    Ok(Prepared { api, kind: Kind::Signal, path, body, _hold: None })
}

/// The request that asks whether a call is over.
#[must_use]
pub fn is_over(room_id: &str) -> Prepared {
    let path = concat(&[CALLS_PATH, "/", &encoded(room_id)]).into();
    Prepared { api: Api::OpenCall, kind: Kind::IsOver, path, body: Body::None, _hold: None }
}

fn encoded(room_id: &str) -> String {
    utf8_percent_encode(room_id, COMPONENT).collect()
}

/// Serialising these types cannot fail today. A type that can must not end in a trap.
pub(super) fn written<Cause>(api: Api, body: &impl Serialize) -> Result<String, VoipError<Cause>> {
    json::written(body).ok_or_else(|| {
        VoipError::plugin(Code::Parameter, api.name(), "the request cannot be written as JSON")
    })
}

#[inline(never)]
fn wrong<Cause>(api: Api, problems: &Problems) -> VoipError<Cause> {
    VoipError::plugin(problems.code(), api.name(), &problems.message())
}

/// Whether a call that is made by a `caller` may be made on this host.
#[inline(never)]
fn is_this_host<Cause>(
    config: &Config,
    api: Api,
    caller: Option<Role>,
) -> Result<(), VoipError<Cause>> {
    let (code, reason) = match (caller, config.role) {
        (Some(Role::Device), Some(Role::Phone)) => (
            Code::DeviceOnly,
            "a call of businessType 1 is made by the device, and this host is a phone: call from the device, or \
             use businessType 2",
        ),
        (Some(Role::Phone), Some(Role::Device)) if api == Api::InitByCaller => (
            Code::PhoneOnly,
            "a call of businessType 2 is made by the phone, and this host is a device: call from the phone, or \
             use businessType 1",
        ),
        (Some(Role::Phone), Some(Role::Device)) => (
            Code::PhoneOnly,
            "a call to a device is made in the WeChat client, and configure.role says 'device'",
        ),
        (Some(Role::Device), Some(Role::Device))
        | (Some(Role::Phone), Some(Role::Phone))
        | (Some(_), None)
        | (None, _) => return Ok(()),
    };
    Err(VoipError::plugin(code, api.name(), reason))
}
