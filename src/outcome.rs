//! What a call of `initByCaller` resolves with.

use serde::{Deserialize, Serialize};

/// How a call is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChargeType {
    /// By the minute.
    Duration,
    /// By the device's license.
    License,
}

impl ChargeType {
    /// The documented word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ChargeType::Duration => "duration",
            ChargeType::License => "license",
        }
    }
}

/// A call that exists: the service has stored it and reminds the listener.
///
/// It is the body of the service's answer too; in JavaScript `groupId`, which equals `roomId`, and `isSuccess` stand
/// beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// The id of the call's room. It is opaque, and not empty.
    pub room_id: String,
    /// How it is billed.
    pub charge_type: ChargeType,
}
