//! A message to a mini-program's own backend.

use wmpf_voip::secret::Secret;

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The mini-program.
    pub app_id: String,
    /// The call that it is about.
    pub room_id: String,
}

/// A message, and where it goes now.
pub struct Message {
    /// Names the message.
    pub webhook_id: String,
    /// As it is sent.
    pub body: String,
    /// There is none if the operator has deleted the webhook.
    pub target: Option<Target>,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    pub rings_until: i64,
    /// Whether the call was answered or has ended.
    pub settled: bool,
}

/// A webhook.
pub struct Target {
    /// Where it is.
    pub url: String,
    /// Signs what is sent.
    pub secret: Secret<Vec<u8>>,
}
