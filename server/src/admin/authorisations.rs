//! Which user has authorised which device (`wx.requestDeviceVoIP`).

use wmpf_voip::authorisation::Status;

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id, check_open_id, check_text};
use super::problems::Problems;
use crate::domain::records::authorisation::{AuthorisationBody, AuthorisationKey};
use crate::domain::records::device::DeviceKey;
use crate::domain::records::user::UserKey;
use crate::domain::records::{RecordId, RecordKey};

record! {
    /// A user's permission to call and be called by a device, which businessType 1 and 2 need.
    Authorisation(AuthorisationKey, AuthorisationBody), "an authorisation" in DeviceKey,
    "/v1/admin/apps/{appId}/devices/{sn}/authorisations",
    "/v1/admin/apps/{appId}/devices/{sn}/authorisations/{openId}",
    deleting: "The user has never authorised the device, as far as the service knows: the next grant names it anew. \
        Nothing else goes with it."
}

impl Key for AuthorisationKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "devices", &self.sn, "authorisations", &self.open_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "sn", &self.sn);
        check_open_id(problems, &self.open_id);
    }

    fn requires(&self, _: &AuthorisationBody) -> Vec<RecordId> {
        let AuthorisationKey { app_id, sn, open_id } = self.clone();
        let device = DeviceKey { app_id: app_id.clone(), sn };
        vec![device.id(), UserKey { app_id, open_id }.id()]
    }
}

impl Body for AuthorisationBody {
    fn read(fields: &mut Fields) -> Option<AuthorisationBody> {
        let device_name = fields.text("deviceName");
        let status = fields.optional_number("status", 0, 1);
        let status = match status? {
            Some(0) => Status::NotAuthorised,
            Some(_) | None => Status::Authorised,
        };
        Some(AuthorisationBody { device_name: device_name?, status })
    }
}
