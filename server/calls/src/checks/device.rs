//! The device (2) and the face-payment user (3).

use wmpf_voip::code::Code;

use super::Checks;
use super::user::is_open_id;
use crate::failure::Failure;
use crate::party::{Party, Role};
use crate::preview::preview;
use crate::records::Device;

impl<'a> Checks<'a> {
    /// For businessType 1: the device that calls. The session token says which device it is, because a device that is
    /// registered through WMPF may write anything into caller.id.
    pub(super) fn calling_device(&self) -> Result<&'a Device, Failure> {
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
        let registered = self.records.devices.get(sn)?;
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

    /// For businessType 2: the device that is called.
    pub(super) fn called_device(&self) -> Result<&'a Device, Failure> {
        let sn = &self.request.listener.id;
        match self.records.devices.get(sn)? {
            Some(device) => Ok(device),
            None if is_open_id(sn) => Err(swapped_for_sn("listener.id")),
            None => Err(unknown_device("listener.id", sn, &self.session.app_id)),
        }
    }

    /// For callWMPF and callDevice: the device that is called.
    pub(super) fn device_of(&self, sn: &str) -> Result<&'a Device, Failure> {
        let app_id = &self.session.app_id;
        self.records.devices.get(sn)?.ok_or_else(|| unknown_device("sn", sn, app_id))
    }

    /// For businessType 0 and 3: the face-payment user who calls. Gives until when the license of the user's device is
    /// valid, in milliseconds since the Unix epoch.
    pub(super) fn payment_user(&self) -> Result<Option<i64>, Failure> {
        let user_id = &self.request.caller.id;
        let wrong = |text: String| Err(Failure::refused(Code::VoipId, text));
        let Party { role, id, .. } = self.session;
        match self.records.payment_users.get(user_id)? {
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

/// Checks that the device is registered with the modelId that was passed.
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
