//! Registered devices.

use std::fmt;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip_calls::preview::preview;

use super::{TIME_HELP, time_argument};
use crate::domain::limits::{AppId, Time};

/// Names a device.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct DeviceKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The SN, 1 to 128 characters.
    #[schema(value_type = Name)]
    #[param(value_type = Name, inline)]
    pub sn: String,
}

/// How a device was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum RegisteredBy {
    /// With the authentication SDK: it passes a deviceToken, and its calls are never billed by license.
    Sdk,
    /// Through WMPF, or by the SDK of a device that runs no mini-program: it passes none.
    Wmpf,
}

impl RegisteredBy {
    /// The word for it in bodies and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RegisteredBy::Sdk => "sdk",
            RegisteredBy::Wmpf => "wmpf",
        }
    }
}

/// What is known of a device.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct DeviceBody {
    /// The modelId of a model of the same app.
    #[arg(long = "model", value_name = "MODEL_ID")]
    #[schema(value_type = Name)]
    pub model_id: String,
    /// How it was registered.
    #[arg(long)]
    pub registered_by: RegisteredBy,
    /// Until when its license is valid, in milliseconds since the Unix epoch; null if it has none. Without effect if
    /// the device was registered with the SDK.
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = TIME_HELP)]
    #[schema(value_type = Option<Time>)]
    pub license_expires_at: Option<i64>,
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {} of app {}", preview(&self.sn), self.app_id)
    }
}
