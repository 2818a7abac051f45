//! Billing: the license (24, 23) or minutes (15).

use wmpf_voip::code::Code;
use wmpf_voip::outcome::ChargeType;

use super::Checks;
use crate::failure::Failure;
use crate::preview::preview;
use crate::records::{Device, MiniProgram};

impl Checks<'_> {
    /// For callWMPF and callDevice: checks the way of billing that the request asks for.
    pub(super) fn as_asked(
        &self,
        app: &MiniProgram,
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

    pub(super) fn by_license(
        &self,
        expires_at: i64,
        whose: &str,
        id: &str,
    ) -> Result<ChargeType, Failure> {
        if expires_at > self.wall {
            return Ok(ChargeType::License);
        }
        Err(Failure::refused(
            Code::LicenseExpired,
            format!("the license of {whose} {} has expired: renew it", preview(id)),
        ))
    }

    pub(super) fn by_duration(&self, app: &MiniProgram) -> Result<ChargeType, Failure> {
        if app.minutes_left.saturating_add(app.overdraft) > 0 {
            return Ok(ChargeType::Duration);
        }
        Err(Failure::refused(
            Code::Arrears,
            format!("no minutes are left for {}: buy some", preview(&self.session.app_id)),
        ))
    }
}

pub(super) fn no_license(whose: &str, id: &str, otherwise: &str) -> Failure {
    Failure::refused(
        Code::NoLicense,
        format!("{whose} {} has no active license: activate one, or {otherwise}", preview(id)),
    )
}
