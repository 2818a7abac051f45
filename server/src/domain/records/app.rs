//! Mini-programs.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::schema::Name;

use crate::domain::limits::{AppId, MinutesLeft, Overdraft};

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
    /// Who has it: a name, 1 to 128 characters; null if it stands alone. Only where two mini-programs have the same owner does
    /// one of them tell that an openId is one of the other's (19); of everybody else's it is not known (20).
    #[arg(long, value_name = "NAME")]
    #[schema(value_type = Option<Name>)]
    pub owner: Option<String>,
    /// Whether the platform has approved its audio/video capability.
    #[arg(long)]
    pub approved: bool,
    /// How many paid minutes are left; fewer than none where the overdraft was used. Only a new app begins with those that are
    /// passed: calls use them up, and adding minutes changes them.
    #[arg(
        long = "minutes",
        allow_negative_numbers = true,
        value_name = "MINUTES",
        default_value_t = 0
    )]
    #[schema(value_type = MinutesLeft, default = 0, required = false)]
    pub minutes_left: i64,
    /// How many minutes more it may use than are paid for.
    #[arg(long, allow_negative_numbers = true, value_name = "MINUTES", default_value_t = 0)]
    #[schema(value_type = Overdraft, default = 0, required = false)]
    pub overdraft: i64,
}

impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "app {}", self.app_id)
    }
}
