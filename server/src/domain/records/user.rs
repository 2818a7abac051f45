//! The users of mini-programs.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::limits::{AppId, OpenId};

/// Names a user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct UserKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The openId, 28 characters. Each mini-program has its own.
    #[schema(value_type = OpenId)]
    #[param(value_type = OpenId, inline)]
    pub open_id: String,
}

/// What is known of a user.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct UserBody {
    /// Whether the user has granted scope.voip, which businessType 0 and 3 need.
    #[arg(long)]
    pub scope_voip: bool,
}

impl fmt::Display for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {} of app {}", self.open_id, self.app_id)
    }
}
