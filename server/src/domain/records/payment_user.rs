//! The users of the face-payment system.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip_calls::preview::preview;

use super::{TIME_HELP, time_argument};
use crate::domain::limits::{AppId, Time};

/// Names a face-payment user.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct PaymentUserKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The user_id, 1 to 128 characters.
    #[schema(value_type = Name)]
    #[param(value_type = Name, inline)]
    pub user_id: String,
}

/// What is known of a face-payment user.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct PaymentUserBody {
    /// Until when the license of the user's device is valid, in milliseconds since the Unix epoch; null if
    /// it has none.
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = TIME_HELP)]
    #[schema(value_type = Option<Time>)]
    pub license_expires_at: Option<i64>,
}

impl fmt::Display for PaymentUserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "face-payment user {} of app {}", preview(&self.user_id), self.app_id)
    }
}
