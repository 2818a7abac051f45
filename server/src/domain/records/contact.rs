//! Whom a face-payment user may call.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip_calls::preview::preview;

/// Names a contact.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ContactKey {
    /// The appId.
    pub app_id: String,
    /// The face-payment user's user_id.
    pub user_id: String,
    /// The openId of the user to be called.
    pub open_id: String,
}

/// That it is there is all that a contact says.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
pub struct ContactBody {}

impl fmt::Display for ContactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ContactKey { app_id, user_id, open_id } = self;
        write!(f, "contact {open_id} of face-payment user {} of app {app_id}", preview(user_id))
    }
}
