//! Whether a call may be made: every check of the contract, each against a real record.
//!
//! The order is fixed, so that a request with several faults always gets the same answer. Before this
//! module come the session token (5), for callWMPF and callDevice a device's session (1007), the request
//! itself (1004; 1001 or 22 if nothing else is wrong) and its idempotency key (1004 for another call's, 1008
//! for a cancelled call's). Here come
//!
//! 1. the mini-program's capability (12)
//! 2. the device (2), or the face-payment user (3)
//! 3. the voipToken (13, 14 or 4) and its modelId (17), for callWMPF also the request's (17); for callDevice
//!    only the latter
//! 4. the user's openId: of the caller's kind (20), malformed (7), unknown (20), of another mini-program
//!    (19), for businessType 2 not the session's (20). For callWMPF and callDevice it is the session's, and the
//!    records need not know it (7, 19)
//! 5. the authorisation (9), or scope and contact (8, 9); none for callWMPF. For callDevice with isCloud, the
//!    webhook (1004)
//! 6. billing: the license (24, 23) or minutes (15). Only a device that was registered through WMPF can be billed by
//!    its license
//!
//! Whoever swaps caller and listener is told so, with the code of an id that is not known (2, 3 or 20)
//! and never with that of a malformed one (7).

use rusqlite::Connection;
use wmpf_voip::authorisation::Status;
use wmpf_voip::code::Code;
use wmpf_voip::device_call::DeviceCall;
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::{BusinessType, MiniprogramState, Party as RequestParty, Request};
use wmpf_voip::wmpf_call::WmpfCall;

use crate::domain::failure::Failure;
use crate::domain::party::{Party, Role};
use crate::domain::preview::preview;
use crate::domain::tokens::{Keyring, Ticket};
use crate::storage::look_ups::{self, App, Authorisation, Device};

/// How many characters an openId has.
pub const OPEN_ID_LENGTH: usize = 28;

/// Shown for a user without a name; it is what WeChat itself shows.
const NAMELESS_USER: &str = "微信用户";

/// A ticket that a device fetches, and what a wrong one is.
struct DeviceTicket {
    kind: Ticket,
    code: Code,
    name: &'static str,
}

const DEVICE_TOKEN: DeviceTicket =
    DeviceTicket { kind: Ticket::Device, code: Code::DeviceToken, name: "deviceToken" };

const PUSH_TOKEN: DeviceTicket =
    DeviceTicket { kind: Ticket::Push, code: Code::PushToken, name: "pushToken" };

/// A call that may be made.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit {
    /// Who calls: the session's party.
    pub caller: Party,
    /// The name that the listener sees.
    pub caller_name: String,
    /// Who is called.
    pub listener: Party,
    /// The name that the caller sees.
    pub listener_name: String,
    /// How it is billed.
    pub charge_type: ChargeType,
}

/// By which function of the plugin a call was asked for, and what that says beside the [`Request`].
#[derive(Debug)]
pub enum Asked {
    /// initByCaller, which says nothing else.
    InitByCaller,
    /// callWMPF.
    CallWmpf(WmpfCall),
    /// callDevice.
    CallDevice(DeviceCall),
}

/// Everything that the checks look at.
pub struct Checks<'a> {
    /// The records, in the transaction that will store the call.
    pub db: &'a Connection,
    /// The keys of the tokens.
    pub keys: &'a Keyring,
    /// Who asks.
    pub session: &'a Party,
    /// What for; valid by itself.
    pub request: &'a Request,
    /// The same as it was asked.
    pub asked: &'a Asked,
    /// The time, in milliseconds.
    pub now: i64,
}

impl Checks<'_> {
    /// Runs all checks, in their order.
    ///
    /// # Errors
    /// The first that fails.
    pub fn run(&self) -> Result<Permit, Failure> {
        let app = self.capability()?;
        match (self.asked, self.request.business_type) {
            (Asked::CallWmpf(call), _) => self.call_wmpf(&app, call),
            (Asked::CallDevice(call), _) => self.call_device(&app, call),
            (Asked::InitByCaller, BusinessType::DeviceToPhone) => self.device_to_phone(&app),
            (Asked::InitByCaller, BusinessType::PhoneToDevice) => self.phone_to_device(&app),
            (
                Asked::InitByCaller,
                BusinessType::PaymentByDuration | BusinessType::PaymentByLicense,
            ) => self.payment(&app),
        }
    }

    fn device_to_phone(&self, app: &App) -> Result<Permit, Failure> {
        let Request { listener, .. } = self.request;
        let sn = &self.session.id;
        let device = self.calling_device()?;
        self.device_token(&device)?;
        self.open_id("listener.id", &listener.id)?;
        let device_name = self.authorised("listener.id", &listener.id, sn)?;
        let charge_type = match device.billable_license() {
            Some(expires_at) => self.by_license(expires_at, "the device", sn)?,
            None => self.by_duration(app)?,
        };
        Ok(self.permit(
            charge_type,
            shown_device_name(&device_name, &device),
            Role::Phone,
            shown_user_name(listener, NAMELESS_USER),
        ))
    }

    fn phone_to_device(&self, app: &App) -> Result<Permit, Failure> {
        let Request { caller, listener, .. } = self.request;
        let device = self.called_device()?;
        self.push_token(&device)?;
        self.open_id("caller.id", &caller.id)?;
        self.calling_user()?;
        let device_name = self.authorised("caller.id", &caller.id, &listener.id)?;
        let charge_type = self.by_duration(app)?;
        Ok(self.permit(
            charge_type,
            shown_user_name(caller, NAMELESS_USER),
            Role::Device,
            shown_device_name(&device_name, &device),
        ))
    }

    fn payment(&self, app: &App) -> Result<Permit, Failure> {
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
            Role::Phone,
            shown_user_name(listener, NAMELESS_USER),
        ))
    }

    fn call_wmpf(&self, app: &App, call: &WmpfCall) -> Result<Permit, Failure> {
        let WmpfCall { sn, push_token, .. } = call;
        let device = self.device_of(sn)?;
        self.device_ticket(&PUSH_TOKEN, "pushToken", push_token.expose(), sn, &device)?;
        same_model("modelId", sn, &call.model_id, &device.model_id)?;
        users_own_open_id(self.db, self.session)?;
        let charge_type = self.as_asked(app, call.charge_type, &device, sn)?;
        let device_name = passed_device_name(call.device_name.as_deref(), &device);
        Ok(self.permit(charge_type, call.nick_name.clone(), Role::Device, device_name))
    }

    fn call_device(&self, app: &App, call: &DeviceCall) -> Result<Permit, Failure> {
        let sn = &call.sn;
        let device = self.device_of(sn)?;
        same_model("modelId", sn, &call.model_id, &device.model_id)?;
        users_own_open_id(self.db, self.session)?;
        if call.is_cloud {
            self.webhook()?;
        }
        let charge_type = self.as_asked(app, call.charge_type, &device, sn)?;
        let caller_name = shown_user_name(&self.request.caller, NAMELESS_USER);
        let device_name = passed_device_name(call.device_name.as_deref(), &device);
        Ok(self.permit(charge_type, caller_name, Role::Device, device_name))
    }

    fn permit(
        &self,
        charge_type: ChargeType,
        caller_name: String,
        listener_role: Role,
        listener_name: String,
    ) -> Permit {
        let app_id = self.session.app_id.clone();
        let id = self.request.listener.id.clone();
        Permit {
            caller: self.session.clone(),
            caller_name,
            listener: Party { app_id, role: listener_role, id },
            listener_name,
            charge_type,
        }
    }

    fn capability(&self) -> Result<App, Failure> {
        let app_id = &self.session.app_id;
        let not_usable = |why: &str| {
            Failure::refused(
                Code::CapabilityNotApproved,
                format!("the audio/video capability of {} {why}", preview(app_id)),
            )
        };
        let Some(app) = look_ups::app(self.db, app_id)? else {
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

    // --- The device (2) and the face-payment user (3) ---

    /// businessType 1. The session says which device it is; a device that registered through WMPF may
    /// write anything into caller.id.
    fn calling_device(&self) -> Result<Device, Failure> {
        let passed = &self.request.caller.id;
        let sn = &self.session.id;
        match self.session.role {
            Role::Device => {}
            Role::Phone => {
                return Err(Failure::refused(
                    Code::DeviceId,
                    "businessType 1 is a call by a device, and the session token is a phone's: \
                     use the device's session token, or businessType 2",
                ));
            }
        }
        let registered = look_ups::device(self.db, &self.session.app_id, sn)?;
        match registered {
            Some(device) if device.through_wmpf || passed == sn => Ok(device),
            Some(_) | None if is_open_id(passed) => Err(swapped_for_sn("caller.id")),
            Some(_) => Err(Failure::refused(
                Code::DeviceId,
                format!(
                    "caller.id: expected {}, the SN of the session token, got {}: \
                     a device calls with its own SN",
                    preview(sn),
                    preview(passed)
                ),
            )),
            None => Err(unknown_device("caller.id", sn, &self.session.app_id)),
        }
    }

    /// businessType 2.
    fn called_device(&self) -> Result<Device, Failure> {
        let sn = &self.request.listener.id;
        match look_ups::device(self.db, &self.session.app_id, sn)? {
            Some(device) => Ok(device),
            None if is_open_id(sn) => Err(swapped_for_sn("listener.id")),
            None => Err(unknown_device("listener.id", sn, &self.session.app_id)),
        }
    }

    /// callWMPF and callDevice.
    fn device_of(&self, sn: &str) -> Result<Device, Failure> {
        let app_id = &self.session.app_id;
        look_ups::device(self.db, app_id, sn)?.ok_or_else(|| unknown_device("sn", sn, app_id))
    }

    /// businessType 0 and 3. Gives the license of the user's device.
    fn payment_user(&self) -> Result<Option<i64>, Failure> {
        let user_id = &self.request.caller.id;
        let wrong = |text: String| Err(Failure::refused(Code::VoipId, text));
        let Party { app_id, role, id } = self.session;
        match look_ups::payment_user(self.db, app_id, user_id)? {
            Some(user) if *role == Role::Device && id == user_id => Ok(user.license_expires_at),
            Some(_) => wrong(format!(
                "caller.id: the session token is not that of user_id {}: \
                 use the session token that was issued for it",
                preview(user_id)
            )),
            None if is_open_id(user_id) => wrong(
                "caller.id: expected a face-payment user_id, got an openId; \
                 caller and listener may be swapped"
                    .into(),
            ),
            None => wrong(format!(
                "caller.id: the face-payment system knows no user_id {}: \
                 pass the user_id that it returned",
                preview(user_id)
            )),
        }
    }

    // --- The voipToken (13, 14, 4, 17) ---

    fn device_token(&self, device: &Device) -> Result<(), Failure> {
        let wrong = |text: String| Err(Failure::refused(Code::DeviceToken, text));
        let sn = &self.session.id;
        match (&self.request.voip_token, device.through_wmpf) {
            // The session says which device it is. What its host fetched has to agree.
            (None, true) => match &self.request.device_token {
                Some(token) => {
                    self.device_ticket(&DEVICE_TOKEN, "deviceToken", token.expose(), sn, device)
                }
                None => Ok(()),
            },
            (Some(_), true) => wrong(format!(
                "voipToken: the device {} is registered through WMPF and must not pass one: leave it out",
                preview(sn)
            )),
            (None, false) => wrong(format!(
                "voipToken: the device {} is registered with the SDK and needs its deviceToken: \
                 fetch one before each call",
                preview(sn)
            )),
            (Some(token), false) => {
                self.device_ticket(&DEVICE_TOKEN, "voipToken", token.expose(), sn, device)
            }
        }
    }

    fn push_token(&self, device: &Device) -> Result<(), Failure> {
        // A valid request of this businessType has a token; the empty one would not verify.
        let token = self.request.voip_token.as_ref().map_or("", |token| token.expose());
        self.device_ticket(&PUSH_TOKEN, "voipToken", token, &self.request.listener.id, device)
    }

    fn device_ticket(
        &self,
        ticket: &DeviceTicket,
        path: &str,
        token: &str,
        sn: &str,
        device: &Device,
    ) -> Result<(), Failure> {
        let DeviceTicket { kind, code, name } = *ticket;
        let holder = self.keys.ticket(&self.session.app_id, kind, token).map_err(|error| {
            let text = format!(
                "{path}: the {name} {error}: fetch a new one on the device before each call"
            );
            Failure::refused(code, text)
        })?;
        if holder.subject != sn {
            return Err(Failure::refused(
                code,
                format!(
                    "{path}: the {name} belongs to the device {}, not to {}: \
                     fetch one on this device",
                    preview(&holder.subject),
                    preview(sn)
                ),
            ));
        }
        match holder.model_id {
            Some(model_id) if model_id == device.model_id => Ok(()),
            other => Err(Failure::refused(
                Code::TokenModel,
                format!(
                    "{path}: the {name} was issued for the modelId {}, and {} is registered \
                     with {}: request it with the latter",
                    preview(&other.unwrap_or_default()),
                    preview(sn),
                    preview(&device.model_id)
                ),
            )),
        }
    }

    fn payment_token(&self) -> Result<(), Failure> {
        let user_id = &self.request.caller.id;
        let token = self.request.voip_token.as_ref().map_or("", |token| token.expose());
        let wrong = |what: String| {
            let text =
                format!("voipToken: the voip_token {what}: fetch a new one for this user_id");
            Failure::refused(Code::PaymentToken, text)
        };
        let holder = self
            .keys
            .ticket(&self.session.app_id, Ticket::Payment, token)
            .map_err(|error| wrong(error.to_string()))?;
        if holder.subject == *user_id {
            Ok(())
        } else {
            Err(wrong(format!(
                "belongs to user_id {}, not to {}",
                preview(&holder.subject),
                preview(user_id)
            )))
        }
    }

    // --- The user's openId (7, 20, 19) ---

    fn open_id(&self, path: &str, open_id: &str) -> Result<(), Failure> {
        let app_id = &self.session.app_id;
        if !is_open_id(open_id) {
            if let Some(kind) = self.callers_kind(open_id)? {
                return Err(Failure::refused(
                    Code::OpenIdUnknown,
                    format!(
                        "{path}: expected an openId, got {kind}; caller and listener may be swapped"
                    ),
                ));
            }
            return Err(malformed_open_id(path, open_id));
        }
        match look_ups::user(self.db, open_id)? {
            None => Err(Failure::refused(
                Code::OpenIdUnknown,
                format!(
                    "{path}: no user has the openId {}: check where it comes from",
                    preview(open_id)
                ),
            )),
            Some(user) if user.app_id != *app_id => Err(foreign_open_id(path, open_id, app_id)),
            Some(_) => Ok(()),
        }
    }

    /// What `id` is, if it is not the called user's but of the kind that calls in this businessType. A
    /// device that registered through WMPF may write anything into caller.id, so the listener can be the
    /// only place where a swap shows.
    fn callers_kind(&self, id: &str) -> Result<Option<&'static str>, Failure> {
        let app_id = &self.session.app_id;
        let (known, kind) = match self.request.business_type {
            BusinessType::DeviceToPhone => {
                (look_ups::device(self.db, app_id, id)?.is_some(), "a device SN")
            }
            BusinessType::PaymentByDuration | BusinessType::PaymentByLicense => {
                (look_ups::payment_user(self.db, app_id, id)?.is_some(), "a face-payment user_id")
            }
            // The called device's SN was checked before; swapped, it would not have been one.
            BusinessType::PhoneToDevice => return Ok(None),
        };
        Ok(known.then_some(kind))
    }

    /// businessType 2.
    fn calling_user(&self) -> Result<(), Failure> {
        let passed = &self.request.caller.id;
        if self.session.role == Role::Phone && self.session.id == *passed {
            return Ok(());
        }
        Err(Failure::refused(
            Code::OpenIdUnknown,
            format!(
                "caller.id: the session token is not that of the openId {}: \
                 users call with their own openId and session token",
                preview(passed)
            ),
        ))
    }

    // --- Authorisation (9; 8) ---

    /// businessType 1 and 2. Gives the name of the device that the user has chosen.
    fn authorised(&self, path: &str, open_id: &str, sn: &str) -> Result<String, Failure> {
        let (user, device) = (preview(open_id), preview(sn));
        let text = match look_ups::authorisation(self.db, &self.session.app_id, sn, open_id)? {
            Some(Authorisation { device_name, status: Status::Authorised }) => {
                return Ok(device_name);
            }
            Some(Authorisation { status: Status::NotAuthorised, .. }) => format!(
                "{path}: the user {user} has withdrawn the authorisation of the device {device}: \
                 let the user allow it again in the mini-program's settings (wx.openSetting)"
            ),
            None => format!(
                "{path}: the user {user} has not authorised the device {device}: \
                 let the user confirm wx.requestDeviceVoIP for it"
            ),
        };
        Err(Failure::refused(Code::NotAuthorised, text))
    }

    /// businessType 0 and 3.
    fn scope_and_contact(&self) -> Result<(), Failure> {
        let Request { caller, listener, .. } = self.request;
        let granted = look_ups::user(self.db, &listener.id)?.is_some_and(|user| user.scope_voip);
        if !granted {
            return Err(Failure::refused(
                Code::VoipScope,
                format!(
                    "listener.id: the user {} has not granted scope.voip: \
                     let the user grant it in the mini-program (wx.authorize)",
                    preview(&listener.id)
                ),
            ));
        }
        if look_ups::is_contact(self.db, &self.session.app_id, &caller.id, &listener.id)? {
            Ok(())
        } else {
            Err(Failure::refused(
                Code::NotAuthorised,
                format!(
                    "listener.id: the user {} is not a contact of user_id {}: add the contact first",
                    preview(&listener.id),
                    preview(&caller.id)
                ),
            ))
        }
    }

    /// callDevice with isCloud. Nobody would hear of the call, and the caller would wait for a device that
    /// does not ring.
    fn webhook(&self) -> Result<(), Failure> {
        let app_id = &self.session.app_id;
        if look_ups::has_webhook(self.db, app_id)? {
            return Ok(());
        }
        Err(Failure::refused(
            Code::Parameter,
            format!(
                "isCloud: the mini-program {} has no webhook that could be told of the call: \
                 have the service's operator set one, or leave isCloud out",
                preview(app_id)
            ),
        ))
    }

    // --- Billing (15, 23, 24) ---

    /// callWMPF and callDevice say how.
    fn as_asked(
        &self,
        app: &App,
        charge_type: ChargeType,
        device: &Device,
        sn: &str,
    ) -> Result<ChargeType, Failure> {
        match charge_type {
            ChargeType::License if device.through_wmpf => {
                let expires_at = device
                    .billable_license()
                    .ok_or_else(|| no_license("the device", sn, "pass chargeType 'duration'"))?;
                self.by_license(expires_at, "the device", sn)
            }
            ChargeType::License => Err(Failure::refused(
                Code::NoLicense,
                format!(
                    "the device {} is registered with the authentication SDK and cannot be billed by license: \
                     pass chargeType 'duration'",
                    preview(sn)
                ),
            )),
            ChargeType::Duration => self.by_duration(app),
        }
    }

    fn by_license(&self, expires_at: i64, whose: &str, id: &str) -> Result<ChargeType, Failure> {
        if expires_at > self.now {
            return Ok(ChargeType::License);
        }
        Err(Failure::refused(
            Code::LicenseExpired,
            format!("the license of {whose} {} has expired: renew it", preview(id)),
        ))
    }

    fn by_duration(&self, app: &App) -> Result<ChargeType, Failure> {
        if app.minutes_left > 0 {
            return Ok(ChargeType::Duration);
        }
        Err(Failure::refused(
            Code::Arrears,
            format!("no minutes are left for {}: buy some", preview(&self.session.app_id)),
        ))
    }
}

fn no_license(whose: &str, id: &str, otherwise: &str) -> Failure {
    Failure::refused(
        Code::NoLicense,
        format!("{whose} {} has no active license: activate one, or {otherwise}", preview(id)),
    )
}

fn swapped_for_sn(path: &str) -> Failure {
    Failure::refused(
        Code::DeviceId,
        format!("{path}: expected a device SN, got an openId; caller and listener may be swapped"),
    )
}

pub(crate) fn unknown_device(path: &str, sn: &str, app_id: &str) -> Failure {
    Failure::refused(
        Code::DeviceId,
        format!(
            "{path}: no device with the SN {} is registered for {}: register it, or correct the SN",
            preview(sn),
            preview(app_id)
        ),
    )
}

/// That the device is of the model that somebody says.
pub(crate) fn same_model(
    path: &str,
    sn: &str,
    model_id: &str,
    registered: &str,
) -> Result<(), Failure> {
    if model_id == registered {
        return Ok(());
    }
    Err(Failure::refused(
        Code::TokenModel,
        format!(
            "{path}: {} is registered with the modelId {}, not with {}: use the former",
            preview(sn),
            preview(registered),
            preview(model_id)
        ),
    ))
}

/// That the user of a session has an openId of its mini-program. The session token vouches for it, so the
/// records need not know it.
pub(crate) fn users_own_open_id(db: &Connection, user: &Party) -> Result<(), Failure> {
    const PATH: &str = "session token";
    if !is_open_id(&user.id) {
        return Err(malformed_open_id(PATH, &user.id));
    }
    match look_ups::user(db, &user.id)? {
        Some(known) if known.app_id != user.app_id => {
            Err(foreign_open_id(PATH, &user.id, &user.app_id))
        }
        Some(_) | None => Ok(()),
    }
}

fn malformed_open_id(path: &str, open_id: &str) -> Failure {
    Failure::refused(
        Code::OpenIdFormat,
        format!(
            "{path}: {} is not an openId, which has {OPEN_ID_LENGTH} characters and \
             begins with 'o': pass the one that code2Session returned",
            preview(open_id)
        ),
    )
}

fn foreign_open_id(path: &str, open_id: &str, app_id: &str) -> Failure {
    Failure::refused(
        Code::OpenIdApp,
        format!(
            "{path}: the openId {} belongs to another mini-program than {}: \
             pass the openId that the user has in this one",
            preview(open_id),
            preview(app_id)
        ),
    )
}

/// Whether `text` looks like an openId; it need not be known.
#[must_use]
pub fn is_open_id(text: &str) -> bool {
    text.len() == OPEN_ID_LENGTH
        && text.starts_with('o')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A device is always shown as the user named it, with its model; a name that was passed is not used.
fn shown_device_name(authorised_name: &str, device: &Device) -> String {
    format!("{authorised_name} {}", device.model_name).trim().to_owned()
}

/// A device that a call without authorisation is for: the name that was passed, or the model's.
fn passed_device_name(passed: Option<&str>, device: &Device) -> String {
    passed.filter(|name| !name.is_empty()).unwrap_or(&device.model_name).to_owned()
}

fn shown_user_name(party: &RequestParty, otherwise: &str) -> String {
    party.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(otherwise).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use wmpf_voip::request::RawRequest;
    use wmpf_voip::value::Object;

    use super::*;
    use crate::demo;
    use crate::domain::clock::now_ms;
    use crate::domain::tokens::TicketHolder;

    const APP: &str = "wxde00000000000001";
    const DOORBELL: &str = "DEMO-DOORBELL-01";
    const DOORBELL_MODEL: &str = "DEMO_MODEL_DOORBELL";
    const PANEL_MODEL: &str = "DEMO_MODEL_PANEL";
    const ALICE: &str = "oDemo-Alice-0000000000000000";
    const STUDENT: &str = "demo-student";

    struct World {
        db: Connection,
        keys: Keyring,
    }

    impl World {
        fn new() -> World {
            let (db, keys) = demo::seeded();
            World { db, keys }
        }

        fn ticket(&self, app_id: &str, kind: Ticket, subject: &str, model: Option<&str>) -> String {
            let holder =
                TicketHolder { subject: subject.into(), model_id: model.map(str::to_owned) };
            self.keys.issue_ticket(app_id, kind, holder, now_ms() + 60_000).unwrap()
        }

        fn check(&self, session: &Party, request: &Value) -> Result<Permit, (u16, String)> {
            let raw: Object<RawRequest> = serde_json::from_value(request.clone()).unwrap();
            let request = raw.validate().unwrap();
            let (db, keys) = (&self.db, &self.keys);
            let now = now_ms();
            let checks =
                Checks { db, keys, session, request: &request, asked: &Asked::InitByCaller, now };
            checks.run().map_err(|failure| {
                let Failure::Refused(refusal) = failure else { panic!("{failure}") };
                (refusal.errcode.into(), refusal.errmsg)
            })
        }

        fn code(&self, session: &Party, request: &Value) -> u16 {
            self.check(session, request).map_or_else(|(code, _)| code, |_| 0)
        }
    }

    fn device(id: &str) -> Party {
        Party { app_id: APP.into(), role: Role::Device, id: id.into() }
    }

    fn phone(id: &str) -> Party {
        Party { app_id: APP.into(), role: Role::Phone, id: id.into() }
    }

    fn call(business_type: u8, caller: &str, listener: &str, token: Option<&str>) -> Value {
        json!({
            "roomType": "voice",
            "businessType": business_type,
            "caller": {"id": caller, "name": "passed for the caller"},
            "listener": {"id": listener, "name": "passed for the listener"},
            "voipToken": token,
        })
    }

    #[test]
    fn device_to_phone_is_checked_in_this_order() {
        let world = World::new();
        let app = "wxde00000000000003";
        world
            .db
            .execute_batch(
                "UPDATE apps SET approved = 0 WHERE app_id = 'wxde00000000000003';
                 INSERT INTO users (open_id, app_id, scope_voip) VALUES ('oTest-Stranger-0000000000000', 'wxde00000000000003', 0);",
            )
            .unwrap();
        let mut session = Party { app_id: app.into(), ..device("DEMO-NOBODY") };
        let mut request = call(1, "DEMO-NOBODY", "alice", None);
        assert_eq!(world.code(&session, &request), 12);
        request["miniprogramState"] = "trial".into();
        assert_eq!(world.code(&session, &request), 2);
        session.id = "DEMO-PANEL-03".into();
        request["caller"]["id"] = "DEMO-PANEL-03".into();
        assert_eq!(world.code(&session, &request), 13);
        let ticket =
            |model| Value::from(world.ticket(app, Ticket::Device, "DEMO-PANEL-03", Some(model)));
        request["voipToken"] = ticket(DOORBELL_MODEL);
        assert_eq!(world.code(&session, &request), 17);
        request["voipToken"] = ticket(PANEL_MODEL);
        for (open_id, code) in [
            ("alice", 7),
            ("oDemo-Nobody-000000000000000", 20),
            ("oDemo-OtherApp-0000000000000", 19),
            ("oTest-Stranger-0000000000000", 9),
            ("oDemo-NoMinutes-000000000000", 15),
        ] {
            request["listener"]["id"] = open_id.into();
            assert_eq!(world.code(&session, &request), code, "{open_id}");
        }
        world.db.execute("UPDATE apps SET minutes_left = 1 WHERE app_id = ?1", [app]).unwrap();
        assert_eq!(world.code(&session, &request), 0);
    }

    #[test]
    fn a_face_payment_call_is_checked_in_this_order() {
        let world = World::new();
        let mut request = call(3, "demo-nobody", "alice", Some("x"));
        assert_eq!(world.code(&device("demo-nobody"), &request), 3);
        request["caller"]["id"] = "demo-student-expired".into();
        assert_eq!(world.code(&device(STUDENT), &request), 3, "a session of another user_id");
        let session = device("demo-student-expired");
        assert_eq!(world.code(&session, &request), 4);
        request["voipToken"] = world.ticket(APP, Ticket::Payment, STUDENT, None).into();
        assert_eq!(world.code(&session, &request), 4, "a token of another user_id");
        request["voipToken"] =
            world.ticket(APP, Ticket::Payment, "demo-student-expired", None).into();
        for (open_id, code) in [
            ("alice", 7),
            ("oDemo-Nobody-000000000000000", 20),
            ("oDemo-OtherApp-0000000000000", 19),
            ("oDemo-NoScope-00000000000000", 8),
            ("oDemo-NoContact-000000000000", 9),
            (ALICE, 23),
        ] {
            request["listener"]["id"] = open_id.into();
            assert_eq!(world.code(&session, &request), code, "{open_id}");
        }
        request["businessType"] = 0.into();
        let permit = world.check(&session, &request).unwrap();
        assert_eq!(permit.charge_type, ChargeType::Duration, "the license does not matter");
        assert_eq!(permit.caller_name, "passed for the caller");
        assert_eq!(permit.listener_name, "passed for the listener");
    }

    #[test]
    fn phone_to_device_is_checked_in_this_order() {
        let world = World::new();
        let alice = phone(ALICE);
        let push = |model| world.ticket(APP, Ticket::Push, DOORBELL, Some(model));
        assert_eq!(world.code(&alice, &call(2, "alice", "DEMO-NOBODY", Some("x"))), 2);
        assert_eq!(world.code(&alice, &call(2, "alice", DOORBELL, Some("x"))), 14);
        let other = world.ticket(APP, Ticket::Push, "DEMO-TV-01", Some(DOORBELL_MODEL));
        assert_eq!(world.code(&alice, &call(2, "alice", DOORBELL, Some(&other))), 14);
        let wrong_model = push(PANEL_MODEL);
        assert_eq!(world.code(&alice, &call(2, "alice", DOORBELL, Some(&wrong_model))), 17);
        let token = push(DOORBELL_MODEL);
        for (open_id, code) in [
            ("alice", 7),
            ("oDemo-Nobody-000000000000000", 20),
            ("oDemo-OtherApp-0000000000000", 19),
            ("oDemo-Withdrew-0000000000000", 20), // not the session's
            (ALICE, 0),
        ] {
            let request = call(2, open_id, DOORBELL, Some(&token));
            assert_eq!(world.code(&alice, &request), code, "{open_id}");
        }
        let withdrew = "oDemo-Withdrew-0000000000000";
        let request = call(2, withdrew, DOORBELL, Some(&token));
        assert_eq!(world.code(&phone(withdrew), &request), 9);
        let request = call(2, ALICE, DOORBELL, Some(&token));
        assert_eq!(world.code(&device(ALICE), &request), 20, "a device's session");
        let permit = world.check(&alice, &request).unwrap();
        assert_eq!(permit.charge_type, ChargeType::Duration, "never by the device's license");
        assert_eq!(permit.caller_name, "passed for the caller");
        assert_eq!(permit.listener_name, "前门 Video Doorbell");
        assert_eq!(permit.listener, device(DOORBELL));
        world.db.execute("UPDATE apps SET minutes_left = 0", []).unwrap();
        assert_eq!(world.code(&alice, &request), 15);
    }

    #[test]
    fn swapped_parties_are_recognised() {
        let world = World::new();
        let wmpf = device("DEMO-TV-01");
        let payment = world.ticket(APP, Ticket::Payment, STUDENT, None);
        for (session, request, expected) in [
            (device(DOORBELL), call(1, ALICE, DOORBELL, None), 2),
            (phone(ALICE), call(2, DOORBELL, ALICE, Some("x")), 2),
            (device(STUDENT), call(0, ALICE, STUDENT, Some(&payment)), 3),
            (device(STUDENT), call(3, ALICE, STUDENT, Some(&payment)), 3),
            // Its caller.id is replaced, so the fault shows in the listener.
            (wmpf.clone(), call(1, ALICE, DOORBELL, None), 20),
            (wmpf, call(1, "anything", "DEMO-TV-01", None), 20),
            (device(STUDENT), call(0, STUDENT, STUDENT, Some(&payment)), 20),
            (device(STUDENT), call(3, STUDENT, "demo-student-expired", Some(&payment)), 20),
        ] {
            let (code, text) = world.check(&session, &request).unwrap_err();
            assert_eq!(code, expected, "{text}");
            assert!(text.ends_with("caller and listener may be swapped"), "{text}");
        }
    }

    #[test]
    fn a_user_id_that_looks_like_an_open_id_is_none() {
        let world = World::new();
        let user_id = "oTest-Student-00000000000000";
        assert!(is_open_id(user_id));
        world
            .db
            .execute_batch(&format!(
                "INSERT INTO payment_users VALUES ('{APP}', '{user_id}', NULL);
                 INSERT INTO contacts VALUES ('{APP}', '{user_id}', '{ALICE}');"
            ))
            .unwrap();
        let token = world.ticket(APP, Ticket::Payment, user_id, None);
        let request = call(0, user_id, ALICE, Some(&token));
        assert_eq!(world.code(&device(user_id), &request), 0);
        let (code, text) = world.check(&device(STUDENT), &request).unwrap_err();
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("the session token is not that of"), "{text}");
    }

    #[test]
    fn what_is_nobodys_id_is_malformed_and_not_swapped() {
        let world = World::new();
        let payment = world.ticket(APP, Ticket::Payment, STUDENT, None);
        let push = world.ticket(APP, Ticket::Push, DOORBELL, Some(DOORBELL_MODEL));
        for (session, request) in [
            (device("DEMO-TV-01"), call(1, "anything", "alice", None)),
            (device("DEMO-TV-01"), call(1, "anything", "DEMO-PANEL-02", None)), // another app's
            (device("DEMO-TV-01"), call(1, "anything", STUDENT, None)),
            (device(STUDENT), call(0, STUDENT, DOORBELL, Some(&payment))),
            (phone(ALICE), call(2, DOORBELL, DOORBELL, Some(&push))),
        ] {
            let (code, text) = world.check(&session, &request).unwrap_err();
            assert_eq!(code, 7, "{text}");
            assert!(!text.contains("swapped"), "{text}");
        }
    }

    #[test]
    fn a_device_calls_as_itself() {
        let world = World::new();
        let token = world.ticket(APP, Ticket::Device, DOORBELL, Some(DOORBELL_MODEL));
        let request = call(1, DOORBELL, ALICE, Some(&token));
        world.db.execute("UPDATE devices SET license_expires_at = 4102444800000", []).unwrap();
        let permit = world.check(&device(DOORBELL), &request).unwrap();
        assert_eq!(permit.charge_type, ChargeType::Duration, "registered with the SDK");
        assert_eq!(permit.caller_name, "前门 Video Doorbell", "whatever was passed");
        assert_eq!(permit.listener_name, "passed for the listener");
        assert_eq!(permit.listener, phone(ALICE));

        assert_eq!(world.code(&phone(ALICE), &request), 2, "a phone's session");
        assert_eq!(world.code(&device("DEMO-PANEL-01"), &request), 2, "another device's session");
        let other = Party { app_id: "wxde00000000000004".into(), ..device(DOORBELL) };
        assert_eq!(world.code(&other, &request), 2, "the same SN in another mini-program");
    }

    #[test]
    fn a_device_registered_through_wmpf_needs_no_id_and_no_token() {
        let world = World::new();
        let permit = world.check(&device("DEMO-TV-01"), &call(1, "anything", ALICE, None)).unwrap();
        assert_eq!(permit.caller, device("DEMO-TV-01"));
        assert_eq!(permit.charge_type, ChargeType::Duration, "it has no license");
        let licensed = world.check(&device("DEMO-TV-02"), &call(1, "anything", ALICE, None));
        assert_eq!(licensed.unwrap().charge_type, ChargeType::License);
        let expired = call(1, "anything", ALICE, None);
        assert_eq!(world.code(&device("DEMO-TV-EXPIRED"), &expired), 23);
        let token = world.ticket(APP, Ticket::Device, "DEMO-TV-01", Some("DEMO_MODEL_TV"));
        let request = call(1, "anything", ALICE, Some(&token));
        assert_eq!(world.code(&device("DEMO-TV-01"), &request), 13, "even a valid one");
    }

    #[test]
    fn the_token_that_a_host_fetched_has_to_be_its_devices() {
        let world = World::new();
        let tv = device("DEMO-TV-01");
        let fetched = |sn, model| world.ticket(APP, Ticket::Device, sn, Some(model));
        let with = |token: String| {
            let mut request = call(1, "anything", ALICE, None);
            request["deviceToken"] = token.into();
            request
        };
        world.check(&tv, &with(fetched("DEMO-TV-01", "DEMO_MODEL_TV"))).unwrap();
        let refusal = |token| world.check(&tv, &with(token)).unwrap_err().1;
        assert_eq!(
            refusal("forged".into()),
            "deviceToken: the deviceToken is not a token of this service: \
             fetch a new one on the device before each call"
        );
        let another = fetched(DOORBELL, DOORBELL_MODEL);
        assert!(refusal(another.clone()).contains("belongs to the device"));
        assert_eq!(world.code(&tv, &with(another)), 13);
        assert_eq!(world.code(&tv, &with(fetched("DEMO-TV-01", DOORBELL_MODEL))), 17);

        let mut doorbell = call(1, DOORBELL, ALICE, None);
        doorbell["deviceToken"] = fetched(DOORBELL, DOORBELL_MODEL).into();
        assert_eq!(
            world.code(&device(DOORBELL), &doorbell),
            13,
            "registered with the SDK, it passes its own"
        );
    }

    #[test]
    fn the_device_token_has_to_be_this_devices() {
        let world = World::new();
        let session = device(DOORBELL);
        let others = world.ticket(APP, Ticket::Device, "DEMO-PANEL-01", Some(DOORBELL_MODEL));
        let elsewhere =
            world.ticket("wxde00000000000004", Ticket::Device, DOORBELL, Some(DOORBELL_MODEL));
        let of_no_model = world.ticket(APP, Ticket::Device, DOORBELL, None);
        for (token, code) in [(&others, 13), (&elsewhere, 13), (&of_no_model, 17)] {
            let (got, text) =
                world.check(&session, &call(1, DOORBELL, ALICE, Some(token))).unwrap_err();
            assert_eq!(got, code, "{text}");
            assert!(!text.contains("eyJ"), "{text}");
        }
    }

    #[test]
    fn users_without_a_name_get_one() {
        let world = World::new();
        let token = world.ticket(APP, Ticket::Payment, STUDENT, None);
        let mut request = call(3, STUDENT, ALICE, Some(&token));
        request["caller"]["name"] = "".into();
        request["listener"]["name"] = Value::Null;
        let permit = world.check(&device(STUDENT), &request).unwrap();
        assert_eq!(
            (permit.caller_name.as_str(), permit.listener_name.as_str()),
            (STUDENT, "微信用户")
        );
        assert_eq!(permit.charge_type, ChargeType::License);
    }

    #[test]
    fn however_long_the_ids_the_text_is_short() {
        let world = World::new();
        // A ticket with a longer one would itself be too long.
        let long = "k".repeat(1200);
        let long = long.as_str();
        world
            .db
            .execute_batch(&format!(
                "INSERT INTO devices VALUES ('{APP}', '{long}', '{DOORBELL_MODEL}', 'sdk', NULL);
                 INSERT INTO payment_users VALUES ('{APP}', '{long}', 1);
                 INSERT INTO users (open_id, app_id, scope_voip) VALUES ('oTest-Nobodys-00000000000000', '{APP}', 1);"
            ))
            .unwrap();
        let ticket = |kind, subject: &str| world.ticket(APP, kind, subject, Some(long));
        let good = |kind| world.ticket(APP, kind, long, Some(DOORBELL_MODEL));
        let unknown = "号".repeat(4096);
        let unknown = unknown.as_str();
        let nobodys = "oTest-Nobodys-00000000000000";
        let own = device(long);
        for (session, business_type, caller, listener, token, expected) in [
            (&device(unknown), 1, unknown, ALICE, None, 2),
            (&own, 1, unknown, ALICE, None, 2),
            (&own, 1, long, ALICE, None, 13),
            (&own, 1, long, ALICE, Some(ticket(Ticket::Device, "SN")), 13),
            (&own, 1, long, ALICE, Some(ticket(Ticket::Device, long)), 17),
            (&own, 1, long, unknown, Some(good(Ticket::Device)), 7),
            (&own, 1, long, nobodys, Some(good(Ticket::Device)), 9),
            (&phone(unknown), 2, ALICE, unknown, Some(String::from("x")), 2),
            (&phone(ALICE), 2, ALICE, long, Some(ticket(Ticket::Push, "SN")), 14),
            (&phone(ALICE), 2, ALICE, long, Some(ticket(Ticket::Push, long)), 17),
            (&phone(unknown), 2, unknown, long, Some(good(Ticket::Push)), 7),
            (&phone(unknown), 2, ALICE, long, Some(good(Ticket::Push)), 20),
            (&phone(ALICE), 2, ALICE, long, Some(good(Ticket::Push)), 9),
            (&device(unknown), 0, unknown, ALICE, Some(String::from("x")), 3),
            (&device(unknown), 3, long, ALICE, Some(String::from("x")), 3),
            (&own, 0, long, ALICE, Some(ticket(Ticket::Payment, "id")), 4),
            (&own, 0, long, unknown, Some(good(Ticket::Payment)), 7),
            (&own, 3, long, nobodys, Some(good(Ticket::Payment)), 9),
        ] {
            let request = call(business_type, caller, listener, token.as_deref());
            let (code, text) = world.check(session, &request).unwrap_err();
            assert_eq!(code, expected, "{text}");
            assert!(text.chars().count() < 1000, "{} characters: {text}", text.chars().count());
        }
    }

    #[test]
    fn what_an_open_id_looks_like() {
        assert!(is_open_id(ALICE));
        for text in ["", "o", "xDemo-Alice-0000000000000000", "oDemo Alice 0000000000000000"] {
            assert!(!is_open_id(text), "{text}");
        }
        assert!(!is_open_id(&format!("{ALICE}0")));
    }
}
