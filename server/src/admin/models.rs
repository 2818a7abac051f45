//! The models of devices.

use super::fields::{Body, Fields};
use super::keys::{Key, check_text};
use super::problems::Problems;
use crate::domain::records::WholeService;
use crate::domain::records::model::{ModelBody, ModelKey};

record! {
    /// A model of devices, of every mini-program.
    Model(ModelKey, ModelBody), "a model" in WholeService,
    "/v1/admin/models", "/v1/admin/models/{modelId}",
    deleting: "Refused with 409 while there are devices of it."
}

impl Key for ModelKey {
    fn path(&self) -> Vec<&str> {
        vec!["models", &self.model_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_text(problems, "modelId", &self.model_id);
    }
}

impl Body for ModelBody {
    fn read(fields: &mut Fields) -> Option<ModelBody> {
        Some(ModelBody { name: fields.text("name")? })
    }
}
