//! Who somebody is: one side of a call, as its session token says.

pub use wmpf_voip::role::Role;

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
