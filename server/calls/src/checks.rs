//! Whether a call may be made: every check of the contract, each on the stored record itself.
//!
//! The order is fixed, so that a request with several faults always gets the same answer. These checks come before
//! this module: the session token (5), for callWMPF and callDevice that the session is not a device's (1007), the
//! request itself (1004; 1001 or 22 if nothing else is wrong) and its idempotency key (1004 if it belongs to another
//! call, 1008 if it was cancelled). This module checks
//!
//! 1. the mini-program's capability (12)
//! 2. the device (2), or the face-payment user (3)
//! 3. the voipToken (13, 14 or 4) and the modelId in it (17); for callWMPF also the modelId of the request (17), for
//!    callDevice only that one
//! 4. the user's openId: it is an id of the calling kind (20), malformed (7), unknown or of another owner's
//!    mini-program (20), of another mini-program of the same owner (19), or, for businessType 2, not that of the
//!    session (20). For callWMPF and callDevice it is the session's openId, which need not be in the records (7, 19)
//! 5. the authorisation (9), or scope and contact (8, 9); none for callWMPF. For callDevice with isCloud, the
//!    webhook (1004)
//! 6. billing: the license (24, 23) or minutes (15). Only a device that was registered through WMPF can be billed by
//!    its license
//!
//! A request in which caller and listener are swapped is told so, with the code of an unknown id (2, 3 or 20) and
//! never with that of a malformed one (7).

mod billing;
mod device;
mod ticket;
mod user;

use wmpf_voip::code::Code;
use wmpf_voip::device_call::DeviceCall;
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::{BusinessType, MiniprogramState, Party as RequestParty, Request};
use wmpf_voip::wmpf_call::WmpfCall;

pub(crate) use device::{same_model, unknown_device};
pub(crate) use user::users_own_open_id;
pub use user::{OPEN_ID_LENGTH, is_open_id};

use billing::no_license;
use ticket::PUSH_TOKEN;

use crate::failure::Failure;
use crate::party::{Party, Role};
use crate::preview::preview;
use crate::records::{Device, MiniProgram, Records, RecordsWanted};
use crate::ticket::Tickets;

/// The name that is shown for a user without a name, as WeChat shows it.
const NAMELESS_USER: &str = "微信用户";

/// The permit to make a call: all checks have passed.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit {
    /// The party that calls: the party of the session.
    pub caller: Party,
    /// The name that the listener sees.
    pub caller_name: String,
    /// The party that is called.
    pub listener: Party,
    /// The name that the caller sees.
    pub listener_name: String,
    /// Whether the call is billed by the minute or by license.
    pub charge_type: ChargeType,
}

/// The function of the plugin that asked for the call, and what was passed to it besides the fields of the
/// [`Request`].
#[derive(Debug)]
pub enum Asked {
    /// The function initByCaller, which has no other fields.
    InitByCaller,
    /// The function callWMPF, with all of its fields.
    CallWmpf(WmpfCall),
    /// The function callDevice, with all of its fields.
    CallDevice(DeviceCall),
}

/// The records that the checks of a call look at. An id that does not have the form of an openId where one belongs is
/// also looked up as the id of a device or a face-payment user, because caller and listener may be swapped.
#[must_use]
pub fn wanted(session: &Party, request: &Request, asked: &Asked) -> RecordsWanted {
    let (caller, listener) = (&request.caller.id, &request.listener.id);
    let app_id = session.app_id.clone();
    let swapped = (!is_open_id(listener)).then(|| listener.clone());
    match (asked, request.business_type) {
        (Asked::CallWmpf(call), _) => RecordsWanted {
            app_id,
            devices: vec![call.sn.clone()],
            users: vec![session.id.clone()],
            ..RecordsWanted::default()
        },
        (Asked::CallDevice(call), _) => RecordsWanted {
            app_id,
            devices: vec![call.sn.clone()],
            users: vec![session.id.clone()],
            webhook: call.is_cloud,
            ..RecordsWanted::default()
        },
        (Asked::InitByCaller, BusinessType::DeviceToPhone) => RecordsWanted {
            app_id,
            devices: [session.id.clone()].into_iter().chain(swapped).collect(),
            users: vec![listener.clone()],
            authorisations: vec![(session.id.clone(), listener.clone())],
            ..RecordsWanted::default()
        },
        (Asked::InitByCaller, BusinessType::PhoneToDevice) => RecordsWanted {
            app_id,
            devices: vec![listener.clone()],
            users: vec![caller.clone()],
            authorisations: vec![(listener.clone(), caller.clone())],
            ..RecordsWanted::default()
        },
        (Asked::InitByCaller, BusinessType::PaymentByDuration | BusinessType::PaymentByLicense) => {
            RecordsWanted {
                app_id,
                users: vec![listener.clone()],
                payment_users: [caller.clone()].into_iter().chain(swapped).collect(),
                contacts: vec![(caller.clone(), listener.clone())],
                ..RecordsWanted::default()
            }
        }
    }
}

/// The party that is called.
#[must_use]
pub fn listener(session: &Party, request: &Request, asked: &Asked) -> Party {
    let role = match (asked, request.business_type) {
        (Asked::CallWmpf(_) | Asked::CallDevice(_), _)
        | (Asked::InitByCaller, BusinessType::PhoneToDevice) => Role::Device,
        (
            Asked::InitByCaller,
            BusinessType::DeviceToPhone
            | BusinessType::PaymentByDuration
            | BusinessType::PaymentByLicense,
        ) => Role::Phone,
    };
    Party { app_id: session.app_id.clone(), role, id: request.listener.id.clone() }
}

/// Everything that the checks of a call look at.
pub struct Checks<'a> {
    /// The records that [`wanted`] names.
    pub records: &'a Records,
    /// Checks the tickets and reads what they say.
    pub tickets: &'a dyn Tickets,
    /// The party that asks: the party of the session.
    pub session: &'a Party,
    /// The request, which has passed the checks that need no records.
    pub request: &'a Request,
    /// The function of the plugin that was called, with its own fields.
    pub asked: &'a Asked,
    /// The time, in milliseconds since the Unix epoch.
    pub wall: i64,
}

impl<'a> Checks<'a> {
    /// Runs all checks in their order.
    ///
    /// # Errors
    /// The failure of the first check that does not pass.
    pub fn run(&self) -> Result<Permit, Failure> {
        let app = self.capability()?;
        match (self.asked, self.request.business_type) {
            (Asked::CallWmpf(call), _) => self.call_wmpf(app, call),
            (Asked::CallDevice(call), _) => self.call_device(app, call),
            (Asked::InitByCaller, BusinessType::DeviceToPhone) => self.device_to_phone(app),
            (Asked::InitByCaller, BusinessType::PhoneToDevice) => self.phone_to_device(app),
            (
                Asked::InitByCaller,
                BusinessType::PaymentByDuration | BusinessType::PaymentByLicense,
            ) => self.payment(app),
        }
    }

    fn device_to_phone(&self, app: &MiniProgram) -> Result<Permit, Failure> {
        let Request { listener, .. } = self.request;
        let sn = &self.session.id;
        let device = self.calling_device()?;
        self.device_token(device)?;
        self.open_id("listener.id", &listener.id)?;
        let device_name = self.authorised("listener.id", &listener.id, sn)?;
        let charge_type = match device.billable_license() {
            Some(expires_at) => self.by_license(expires_at, "the device", sn)?,
            None => self.by_duration(app)?,
        };
        Ok(self.permit(
            charge_type,
            shown_device_name(device_name, device),
            shown_user_name(listener, NAMELESS_USER),
        ))
    }

    fn phone_to_device(&self, app: &MiniProgram) -> Result<Permit, Failure> {
        let Request { caller, listener, .. } = self.request;
        let device = self.called_device()?;
        self.push_token(device)?;
        self.open_id("caller.id", &caller.id)?;
        self.calling_user()?;
        let device_name = self.authorised("caller.id", &caller.id, &listener.id)?;
        let charge_type = self.by_duration(app)?;
        Ok(self.permit(
            charge_type,
            shown_user_name(caller, NAMELESS_USER),
            shown_device_name(device_name, device),
        ))
    }

    fn payment(&self, app: &MiniProgram) -> Result<Permit, Failure> {
        let Request { caller, listener, business_type, .. } = self.request;
        let license_expires_at = self.payment_user()?;
        self.payment_token()?;
        self.open_id("listener.id", &listener.id)?;
        self.scope_and_contact()?;
        let charge_type = match business_type {
            BusinessType::PaymentByLicense => {
                let whose = "the device of user_id";
                let expires_at = license_expires_at
                    .ok_or_else(|| no_license(whose, &caller.id, "use businessType 0"))?;
                self.by_license(expires_at, whose, &caller.id)?
            }
            BusinessType::PaymentByDuration
            | BusinessType::DeviceToPhone
            | BusinessType::PhoneToDevice => self.by_duration(app)?,
        };
        Ok(self.permit(
            charge_type,
            shown_user_name(caller, &caller.id),
            shown_user_name(listener, NAMELESS_USER),
        ))
    }

    fn call_wmpf(&self, app: &MiniProgram, call: &WmpfCall) -> Result<Permit, Failure> {
        let WmpfCall { sn, push_token, .. } = call;
        let device = self.device_of(sn)?;
        self.device_ticket(&PUSH_TOKEN, "pushToken", push_token.expose(), sn, device)?;
        same_model("modelId", sn, &call.model_id, &device.model_id)?;
        users_own_open_id(self.records, self.session)?;
        let charge_type = self.as_asked(app, call.charge_type, device, sn)?;
        let device_name = passed_device_name(call.device_name.as_deref(), device);
        Ok(self.permit(charge_type, call.nick_name.clone(), device_name))
    }

    fn call_device(&self, app: &MiniProgram, call: &DeviceCall) -> Result<Permit, Failure> {
        let sn = &call.sn;
        let device = self.device_of(sn)?;
        same_model("modelId", sn, &call.model_id, &device.model_id)?;
        users_own_open_id(self.records, self.session)?;
        if call.is_cloud {
            self.webhook()?;
        }
        let charge_type = self.as_asked(app, call.charge_type, device, sn)?;
        let caller_name = shown_user_name(&self.request.caller, NAMELESS_USER);
        let device_name = passed_device_name(call.device_name.as_deref(), device);
        Ok(self.permit(charge_type, caller_name, device_name))
    }

    fn permit(
        &self,
        charge_type: ChargeType,
        caller_name: String,
        listener_name: String,
    ) -> Permit {
        Permit {
            caller: self.session.clone(),
            caller_name,
            listener: listener(self.session, self.request, self.asked),
            listener_name,
            charge_type,
        }
    }

    fn capability(&self) -> Result<&'a MiniProgram, Failure> {
        let app_id = &self.session.app_id;
        let not_usable = |why: &str| {
            Failure::refused(
                Code::CapabilityNotApproved,
                format!("the audio/video capability of {} {why}", preview(app_id)),
            )
        };
        let Some(app) = &self.records.app else {
            return Err(not_usable("was withdrawn: register the mini-program again"));
        };
        match self.request.miniprogram_state {
            MiniprogramState::Formal if !app.approved => Err(not_usable(match self.asked {
                Asked::CallWmpf(_) => {
                    "is not approved yet: pass envVersion 'develop' or 'trial' until it is"
                }
                Asked::CallDevice(_) => {
                    "is not approved yet, and callDevice has no envVersion: have it approved first"
                }
                Asked::InitByCaller => {
                    "is not approved yet: pass miniprogramState 'developer' or 'trial' until it is"
                }
            })),
            MiniprogramState::Formal | MiniprogramState::Trial | MiniprogramState::Developer => {
                Ok(app)
            }
        }
    }
}

/// The name that is shown for a device that was authorised: the one that the user gave it, followed by the model's
/// name. A name that was passed with the request is not used.
fn shown_device_name(authorised_name: &str, device: &Device) -> String {
    format!("{authorised_name} {}", device.model_name).trim().to_owned()
}

/// The name that is shown for a device in a call that needs no authorisation: the name that was passed, or the model's
/// name.
fn passed_device_name(passed: Option<&str>, device: &Device) -> String {
    passed.filter(|name| !name.is_empty()).unwrap_or(&device.model_name).to_owned()
}

fn shown_user_name(party: &RequestParty, otherwise: &str) -> String {
    party.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(otherwise).to_owned()
}
