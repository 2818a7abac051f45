//! The models of devices.

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id, check_text};
use super::problems::Problems;
use crate::domain::records::app::AppKey;
use crate::domain::records::model::{ModelBody, ModelKey};
use crate::domain::records::{RecordId, RecordKey};

record! {
    /// A model of devices of one mini-program.
    Model(ModelKey, ModelBody), "a model" in AppKey,
    "/v1/admin/apps/{appId}/models", "/v1/admin/apps/{appId}/models/{modelId}",
    deleting: "Refused with 409 while there are devices of it."
}

impl Key for ModelKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "models", &self.model_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "modelId", &self.model_id);
    }

    fn requires(&self, _: &ModelBody) -> Vec<RecordId> {
        vec![AppKey { app_id: self.app_id.clone() }.id()]
    }
}

impl Body for ModelBody {
    fn read(fields: &mut Fields) -> Option<ModelBody> {
        Some(ModelBody { name: fields.text("name")? })
    }
}
