//! Mini-programs, and the keys that sign their tokens.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::limits::{AppId, MinutesLeft};

/// Names a mini-program.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AppKey {
    /// The appId, 1 to 64 visible ASCII characters.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
}

/// What a mini-program may do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct AppBody {
    /// Whether the platform has approved its audio/video capability.
    #[arg(long)]
    pub approved: bool,
    /// How many minutes are paid for.
    #[schema(minimum = 0)]
    #[arg(long = "minutes", allow_negative_numbers = true, value_name = "MINUTES")]
    #[schema(value_type = MinutesLeft)]
    pub minutes_left: i64,
}

impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "app {}", self.app_id)
    }
}
