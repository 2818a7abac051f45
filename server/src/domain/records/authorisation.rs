//! Which user has authorised which device (`wx.requestDeviceVoIP`).

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::Status;
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip_calls::preview::preview;

use crate::domain::limits::{AppId, OpenId};

/// Names an authorisation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AuthorisationKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The device's SN.
    #[schema(value_type = Name)]
    #[param(value_type = Name, inline)]
    pub sn: String,
    /// The user's openId.
    #[schema(value_type = OpenId)]
    #[param(value_type = OpenId, inline)]
    pub open_id: String,
}

/// What the user said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct AuthorisationBody {
    /// The name that the user gave the device, 1 to 128 characters.
    #[arg(long = "name", value_name = "NAME")]
    #[schema(value_type = Name)]
    pub device_name: String,
    /// 1 authorised, 0 withdrawn or refused.
    #[arg(long, default_value = "1", value_parser = status_argument)]
    #[schema(value_type = Option<Status>, default = Status::default, required = false)]
    pub status: Status,
}

/// A status on the command line.
fn status_argument(text: &str) -> Result<Status, String> {
    let number = text.parse::<u8>().ok().and_then(|number| Status::try_from(number).ok());
    number.ok_or_else(|| "expected 1 (authorised) or 0 (withdrawn or refused)".into())
}

impl fmt::Display for AuthorisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AuthorisationKey { app_id, sn, open_id } = self;
        write!(f, "authorisation of device {} by user {open_id} of app {app_id}", preview(sn))
    }
}
