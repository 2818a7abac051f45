//! Registered devices.

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id, check_text};
use super::problems::Problems;
use crate::domain::records::app::AppKey;
use crate::domain::records::device::{DeviceBody, DeviceKey, RegisteredBy};
use crate::domain::records::model::ModelKey;
use crate::domain::records::{RecordId, RecordKey};

record! {
    /// A registered device.
    Device(DeviceKey, DeviceBody), "a device" in AppKey,
    "/v1/admin/apps/{appId}/devices", "/v1/admin/apps/{appId}/devices/{sn}",
    deleting: "With its authorisations."
}

impl Key for DeviceKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "devices", &self.sn]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "sn", &self.sn);
    }

    fn requires(&self, body: &DeviceBody) -> Vec<RecordId> {
        let app_id = self.app_id.clone();
        let model = ModelKey { app_id: app_id.clone(), model_id: body.model_id.clone() };
        vec![AppKey { app_id }.id(), model.id()]
    }
}

impl Body for DeviceBody {
    fn read(fields: &mut Fields) -> Option<DeviceBody> {
        let model_id = fields.text("modelId");
        let registered_by = fields.word(
            "registeredBy",
            &[RegisteredBy::Sdk, RegisteredBy::Wmpf],
            RegisteredBy::as_str,
        );
        let license_expires_at = fields.time("licenseExpiresAt");
        Some(DeviceBody {
            model_id: model_id?,
            registered_by: registered_by?,
            license_expires_at: license_expires_at?,
        })
    }
}
