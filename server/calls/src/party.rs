//! A party: somebody who can call or be called, as the session token names them.

pub use wmpf_voip::role::Role;

/// A device, a WeChat user or a face-payment user of one mini-program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Party {
    /// The appId of the mini-program.
    pub app_id: String,
    /// The kind of host that the party uses: a device or a phone.
    pub role: Role,
    /// The id of the party: the SN of a device, the user_id of a face-payment user, or the openId of a WeChat user.
    pub id: String,
}
