//! A message to a mini-program's own backend.

use wmpf_voip::secret::Secret;

/// Names a message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The appId of the mini-program whose backend gets the message.
    pub app_id: String,
    /// The room id of the call that the message is about.
    pub room_id: String,
}

/// A message, and where it is to be sent now.
pub struct Message {
    /// The id of the message, sent as the header `webhook-id`.
    pub webhook_id: String,
    /// The body as it is sent, as JSON.
    pub body: String,
    /// Where the message is sent. `None` if the operator has deleted the webhook.
    pub target: Option<Target>,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    pub rings_until: i64,
    /// Whether the call was answered or has ended, so that the message would no longer help.
    pub settled: bool,
}

/// A webhook: where messages are sent, and how they are signed.
pub struct Target {
    /// The URL of the webhook.
    pub url: String,
    /// The secret that signs the messages.
    pub secret: Secret<Vec<u8>>,
}
