//! Who somebody is: one side of a call, as its session token says.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which end of a call a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Hardware; its id is an SN, or the user_id of a face-payment user.
    Device,
    /// A WeChat user; its id is an openId.
    Phone,
}

impl Role {
    /// The word for it in tokens and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Device => "device",
            Role::Phone => "phone",
        }
    }
}

/// Somebody who can call or be called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Party {
    /// The mini-program.
    pub app_id: String,
    /// Which end of a call.
    pub role: Role,
    /// An SN, a user_id or an openId.
    pub id: String,
}
