//! Whom a face-payment user may call.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip_calls::preview::preview;

use crate::domain::limits::{AppId, OpenId};

/// Names a contact.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ContactKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The face-payment user's user_id.
    #[schema(value_type = Name)]
    #[param(value_type = Name, inline)]
    pub user_id: String,
    /// The openId of the user to be called.
    #[schema(value_type = OpenId)]
    #[param(value_type = OpenId, inline)]
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
