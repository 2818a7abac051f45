//! Which end of a call somebody is.

use serde::{Deserialize, Serialize};

/// One of the two kinds of hosts that call each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Hardware that runs WMPF; its id is an SN, or the user_id of a face-payment user.
    Device,
    /// A WeChat client; its id is an openId.
    Phone,
}

impl Role {
    /// Both of them.
    pub const ALL: [Role; 2] = [Role::Device, Role::Phone];

    /// The word for it in options, in tokens and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Device => "device",
            Role::Phone => "phone",
        }
    }
}
