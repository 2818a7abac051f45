//! The models of devices.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip_calls::preview::preview;

use crate::domain::limits::AppId;

/// Names a model.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ModelKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The modelId, 1 to 128 characters.
    #[schema(value_type = Name)]
    #[param(value_type = Name, inline)]
    pub model_id: String,
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct ModelBody {
    /// Its name, 1 to 128 characters. A device is shown as the name that its user gave it and this one.
    #[arg(long)]
    #[schema(value_type = Name)]
    pub name: String,
}

impl fmt::Display for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model {} of app {}", preview(&self.model_id), self.app_id)
    }
}
