//! The user: the openId (7, 20, 19), the authorisation (9), scope.voip and the contact (8, 9), and the webhook (1004).

use wmpf_voip::authorisation::Status;
use wmpf_voip::code::Code;
use wmpf_voip::request::{BusinessType, Request};

use super::Checks;
use crate::failure::Failure;
use crate::party::{Party, Role};
use crate::preview::preview;
use crate::records::{Authorisation, Records, User};

/// How many characters an openId has.
pub const OPEN_ID_LENGTH: usize = 28;

impl<'a> Checks<'a> {
    pub(super) fn open_id(&self, path: &str, open_id: &str) -> Result<(), Failure> {
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
        match self.records.users.get(open_id)? {
            None => Err(Failure::refused(
                Code::OpenIdUnknown,
                format!(
                    "{path}: no user has the openId {}: check where it comes from",
                    preview(open_id)
                ),
            )),
            Some(User::OfTheSameOwner) => Err(foreign_open_id(path, open_id, app_id)),
            Some(User::Own { .. }) => Ok(()),
        }
    }

    /// What kind of id is in the place of the called user's openId, if it is one of the calling kind. A device that is
    /// registered through WMPF may write anything into caller.id, so the listener can be the only place where a swap
    /// shows.
    fn callers_kind(&self, id: &str) -> Result<Option<&'static str>, Failure> {
        let (known, kind) = match self.request.business_type {
            BusinessType::DeviceToPhone => (self.records.devices.get(id)?.is_some(), "a device SN"),
            BusinessType::PaymentByDuration | BusinessType::PaymentByLicense => {
                (self.records.payment_users.get(id)?.is_some(), "a face-payment user_id")
            }
            // The SN of the called device was checked before, and an openId in its place was refused there.
            BusinessType::PhoneToDevice => return Ok(None),
        };
        Ok(known.then_some(kind))
    }

    /// For businessType 2: checks that the calling user is the one of the session token.
    pub(super) fn calling_user(&self) -> Result<(), Failure> {
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

    /// For businessType 1 and 2: checks the user's authorisation of the device. Gives the name that the user has given
    /// the device.
    pub(super) fn authorised(
        &self,
        path: &str,
        open_id: &str,
        sn: &str,
    ) -> Result<&'a str, Failure> {
        let authorisation =
            self.records.authorisations.get(&(sn.to_owned(), open_id.to_owned()))?;
        let (has, advice) = match authorisation {
            Some(Authorisation { device_name, status: Status::Authorised }) => {
                return Ok(device_name);
            }
            Some(Authorisation { status: Status::NotAuthorised, .. }) => (
                "has withdrawn the authorisation of",
                "let the user allow it again in the mini-program's settings (wx.openSetting)",
            ),
            None => ("has not authorised", "let the user confirm wx.requestDeviceVoIP for it"),
        };
        let (user, device) = (preview(open_id), preview(sn));
        let text = format!("{path}: the user {user} {has} the device {device}: {advice}");
        Err(Failure::refused(Code::NotAuthorised, text))
    }

    /// For businessType 0 and 3: checks that the called user has granted `scope.voip` and is a contact of the caller.
    pub(super) fn scope_and_contact(&self) -> Result<(), Failure> {
        let Request { caller, listener, .. } = self.request;
        let granted = match self.records.users.get(&listener.id)? {
            Some(User::Own { scope_voip }) => *scope_voip,
            Some(User::OfTheSameOwner) | None => false,
        };
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
        if self.records.contacts.get(&(caller.id.clone(), listener.id.clone()))?.is_some() {
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

    /// For callDevice with isCloud: checks that there is a webhook. Without one nobody would hear of the call, and the
    /// caller would wait for a device that does not ring.
    pub(super) fn webhook(&self) -> Result<(), Failure> {
        let app_id = &self.session.app_id;
        if self.records.has_webhook {
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
}

/// Checks that the user of a session has an openId of its mini-program. The session token vouches for the user, who
/// need not be in the records.
pub(crate) fn users_own_open_id(records: &Records, user: &Party) -> Result<(), Failure> {
    const PATH: &str = "session token";
    if !is_open_id(&user.id) {
        return Err(malformed_open_id(PATH, &user.id));
    }
    match records.users.get(&user.id)? {
        Some(User::OfTheSameOwner) => Err(foreign_open_id(PATH, &user.id, &user.app_id)),
        Some(User::Own { .. }) | None => Ok(()),
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

/// Whether `text` has the form of an openId. The openId need not be known.
#[must_use]
pub fn is_open_id(text: &str) -> bool {
    text.len() == OPEN_ID_LENGTH
        && text.starts_with('o')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}
