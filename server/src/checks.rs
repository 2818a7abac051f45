//! Whether a call may be made: every check of the contract, each against a real record.
//!
//! The order is fixed, so that a request with several faults always gets the same answer: the session
//! and the parameters (before this module), the mini-program's capability (12), the device (2) or the
//! face-payment user (3), the voipToken (13, 14, 4, 17), the user's openId (7, 20, 19), the
//! authorisation (9) or scope and contact (8, 9), billing (15, 23, 24).

use rusqlite::Connection;
use wmpf_voip::code::Code;
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::{BusinessType, MiniprogramState, Party as RequestParty, Request};

use crate::failure::Failure;
use crate::party::{Party, Role};
use crate::records::{self, App, Device};
use crate::tokens::{Keyring, Ticket};

/// How many characters an openId has.
const OPEN_ID_LENGTH: usize = 28;

/// Shown for a user without a name; it is what WeChat itself shows.
const NAMELESS_USER: &str = "微信用户";

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
        match self.request.business_type {
            BusinessType::DeviceToPhone => self.device_to_phone(&app),
            BusinessType::PhoneToDevice => self.phone_to_device(&app),
            BusinessType::PaymentByDuration | BusinessType::PaymentByLicense => self.payment(&app),
        }
    }

    fn device_to_phone(&self, app: &App) -> Result<Permit, Failure> {
        let Request { listener, .. } = self.request;
        let sn = &self.session.id;
        let device = self.calling_device()?;
        self.device_token(&device)?;
        self.open_id("listener.id", &listener.id)?;
        let device_name = self.authorised("listener.id", &listener.id, sn)?;
        let charge_type = match device.license_expires_at {
            Some(expires_at) if expires_at > self.now => ChargeType::License,
            Some(_) => return Err(license_expired(&format!("the device '{sn}'"))),
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
        let charge_type = match (business_type, license_expires_at) {
            (BusinessType::PaymentByLicense, Some(expires_at)) if expires_at > self.now => {
                ChargeType::License
            }
            (BusinessType::PaymentByLicense, Some(_)) => {
                return Err(license_expired(&format!("the device of user_id '{}'", caller.id)));
            }
            (BusinessType::PaymentByLicense, None) => {
                return Err(Failure::refused(
                    Code::NoLicense,
                    format!(
                        "the device of user_id '{}' has no active license: activate one, or use businessType 0",
                        caller.id
                    ),
                ));
            }
            (
                BusinessType::PaymentByDuration
                | BusinessType::DeviceToPhone
                | BusinessType::PhoneToDevice,
                _,
            ) => self.by_duration(app)?,
        };
        Ok(self.permit(
            charge_type,
            shown_user_name(caller, &caller.id),
            Role::Phone,
            shown_user_name(listener, NAMELESS_USER),
        ))
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
                format!("the audio/video capability of '{app_id}' {why}"),
            )
        };
        let Some(app) = records::app(self.db, app_id)? else {
            return Err(not_usable("was withdrawn: register the mini-program again"));
        };
        match self.request.miniprogram_state {
            MiniprogramState::Formal if !app.approved => Err(not_usable(
                "is not approved yet: pass miniprogramState 'developer' or 'trial' until it is",
            )),
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
        let registered = records::device(self.db, &self.session.app_id, sn)?;
        match registered {
            Some(device) if device.through_wmpf || passed == sn => Ok(device),
            Some(_) | None if is_open_id(passed) => Err(swapped_for_sn("caller.id")),
            Some(_) => Err(Failure::refused(
                Code::DeviceId,
                format!(
                    "caller.id: expected '{sn}', the SN of the session token, got '{passed}': \
                     a device calls with its own SN"
                ),
            )),
            None => Err(self.unknown_device("caller.id", sn)),
        }
    }

    /// businessType 2.
    fn called_device(&self) -> Result<Device, Failure> {
        let sn = &self.request.listener.id;
        match records::device(self.db, &self.session.app_id, sn)? {
            Some(device) => Ok(device),
            None if is_open_id(sn) => Err(swapped_for_sn("listener.id")),
            None => Err(self.unknown_device("listener.id", sn)),
        }
    }

    fn unknown_device(&self, path: &str, sn: &str) -> Failure {
        let app_id = &self.session.app_id;
        Failure::refused(
            Code::DeviceId,
            format!(
                "{path}: no device with the SN '{sn}' is registered for '{app_id}': \
                 register it, or correct the SN"
            ),
        )
    }

    /// businessType 0 and 3. Gives the license of the user's device.
    fn payment_user(&self) -> Result<Option<i64>, Failure> {
        let user_id = &self.request.caller.id;
        let wrong = |text: String| Err(Failure::refused(Code::VoipId, text));
        if is_open_id(user_id) {
            return wrong(
                "caller.id: expected a face-payment user_id, got an openId; \
                 caller and listener may be swapped"
                    .into(),
            );
        }
        let Some(user) = records::payment_user(self.db, &self.session.app_id, user_id)? else {
            return wrong(format!(
                "caller.id: the face-payment system knows no user_id '{user_id}': \
                 pass the user_id that it returned"
            ));
        };
        if self.session.role != Role::Device || self.session.id != *user_id {
            return wrong(format!(
                "caller.id: the session token is not that of user_id '{user_id}': \
                 use the session token that was issued for it"
            ));
        }
        Ok(user.license_expires_at)
    }

    // --- The voipToken (13, 14, 4, 17) ---

    fn device_token(&self, device: &Device) -> Result<(), Failure> {
        let wrong = |text: String| Err(Failure::refused(Code::DeviceToken, text));
        match (&self.request.voip_token, device.through_wmpf) {
            (None, true) => Ok(()),
            (Some(_), true) => wrong(format!(
                "voipToken: the device '{}' is registered through WMPF and must not pass one: leave it out",
                self.session.id
            )),
            (None, false) => wrong(format!(
                "voipToken: the device '{}' is registered with the SDK and needs its deviceToken: \
                 fetch one before each call",
                self.session.id
            )),
            (Some(token), false) => {
                self.device_ticket(Ticket::Device, token.expose(), &self.session.id, device)
            }
        }
    }

    fn push_token(&self, device: &Device) -> Result<(), Failure> {
        // A valid request of this businessType has a token; the empty one would not verify.
        let token = self.request.voip_token.as_ref().map_or("", |token| token.expose());
        self.device_ticket(Ticket::Push, token, &self.request.listener.id, device)
    }

    fn device_ticket(
        &self,
        kind: Ticket,
        token: &str,
        sn: &str,
        device: &Device,
    ) -> Result<(), Failure> {
        let (code, name) = match kind {
            Ticket::Device => (Code::DeviceToken, "deviceToken"),
            Ticket::Push => (Code::PushToken, "pushToken"),
            Ticket::Payment => (Code::PaymentToken, "voip_token"),
        };
        let holder = self.keys.ticket(&self.session.app_id, kind, token).map_err(|error| {
            let text = format!(
                "voipToken: the {name} {error}: fetch a new one on the device before each call"
            );
            Failure::refused(code, text)
        })?;
        if holder.subject != sn {
            return Err(Failure::refused(
                code,
                format!(
                    "voipToken: the {name} belongs to the device '{}', not to '{sn}': \
                     fetch one on this device",
                    holder.subject
                ),
            ));
        }
        match holder.model_id {
            Some(model_id) if model_id == device.model_id => Ok(()),
            other => Err(Failure::refused(
                Code::TokenModel,
                format!(
                    "voipToken: the {name} was issued for the modelId '{}', and '{sn}' is registered \
                     with '{}': request it with the latter",
                    other.unwrap_or_default(),
                    device.model_id
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
            Err(wrong(format!("belongs to user_id '{}', not to '{user_id}'", holder.subject)))
        }
    }

    // --- The user's openId (7, 20, 19) ---

    fn open_id(&self, path: &str, open_id: &str) -> Result<(), Failure> {
        let app_id = &self.session.app_id;
        if !is_open_id(open_id) {
            let is_device = records::device(self.db, app_id, open_id)?.is_some();
            let text = if is_device {
                format!(
                    "{path}: expected an openId, got a device SN; caller and listener may be swapped"
                )
            } else {
                format!(
                    "{path}: '{open_id}' is not an openId, which has {OPEN_ID_LENGTH} characters and \
                     begins with 'o': pass the one that code2Session returned"
                )
            };
            return Err(Failure::refused(Code::OpenIdFormat, text));
        }
        match records::user(self.db, open_id)? {
            None => Err(Failure::refused(
                Code::OpenIdUnknown,
                format!("{path}: no user has the openId '{open_id}': check where it comes from"),
            )),
            Some(user) if user.app_id != *app_id => Err(Failure::refused(
                Code::OpenIdApp,
                format!(
                    "{path}: the openId '{open_id}' belongs to another mini-program than '{app_id}': \
                     pass the openId that the user has in this one"
                ),
            )),
            Some(_) => Ok(()),
        }
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
                "caller.id: the session token is not that of the openId '{passed}': \
                 a user calls with the own openId and session token"
            ),
        ))
    }

    // --- Authorisation (9; 8) ---

    /// businessType 1 and 2. Gives the name of the device that the user has chosen.
    fn authorised(&self, path: &str, open_id: &str, sn: &str) -> Result<String, Failure> {
        let name = records::authorised_name(self.db, &self.session.app_id, sn, open_id)?;
        name.ok_or_else(|| {
            Failure::refused(
                Code::NotAuthorised,
                format!(
                    "{path}: the user '{open_id}' has not authorised the device '{sn}': \
                     let the user confirm wx.requestDeviceVoIP for it"
                ),
            )
        })
    }

    /// businessType 0 and 3.
    fn scope_and_contact(&self) -> Result<(), Failure> {
        let Request { caller, listener, .. } = self.request;
        let granted = records::user(self.db, &listener.id)?.is_some_and(|user| user.scope_voip);
        if !granted {
            return Err(Failure::refused(
                Code::VoipScope,
                format!(
                    "listener.id: the user '{}' has not granted scope.voip: \
                     let the user grant it in the mini-program (wx.authorize)",
                    listener.id
                ),
            ));
        }
        if records::is_contact(self.db, &self.session.app_id, &caller.id, &listener.id)? {
            Ok(())
        } else {
            Err(Failure::refused(
                Code::NotAuthorised,
                format!(
                    "listener.id: the user '{}' is not a contact of user_id '{}': add the contact first",
                    listener.id, caller.id
                ),
            ))
        }
    }

    // --- Billing (15) ---

    fn by_duration(&self, app: &App) -> Result<ChargeType, Failure> {
        if app.minutes_left > 0 {
            return Ok(ChargeType::Duration);
        }
        Err(Failure::refused(
            Code::Arrears,
            format!("no minutes are left for '{}': buy some", self.session.app_id),
        ))
    }
}

fn license_expired(whose: &str) -> Failure {
    Failure::refused(Code::LicenseExpired, format!("the license of {whose} has expired: renew it"))
}

fn swapped_for_sn(path: &str) -> Failure {
    Failure::refused(
        Code::DeviceId,
        format!("{path}: expected a device SN, got an openId; caller and listener may be swapped"),
    )
}

fn is_open_id(text: &str) -> bool {
    text.len() == OPEN_ID_LENGTH
        && text.starts_with('o')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A device is always shown as the user named it, with its model; a name that was passed is not used.
fn shown_device_name(authorised_name: &str, device: &Device) -> String {
    format!("{authorised_name} {}", device.model_name).trim().to_owned()
}

fn shown_user_name(party: &RequestParty, otherwise: &str) -> String {
    party.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(otherwise).to_owned()
}
