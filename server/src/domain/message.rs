//! A message to a mini-program's own backend, and what has become of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::event_type::EventType;

/// A message that waits to be sent, and where it is to be sent now.
pub struct Message {
    /// Its number in the store.
    pub number: i64,
    /// The id of the message, sent as the header `webhook-id`.
    pub webhook_id: String,
    /// Its type.
    pub kind: EventType,
    /// The room id of the call that it is about, if it is about one.
    pub room_id: Option<String>,
    /// The body as it is sent, as JSON.
    pub body: String,
    /// Where the message is sent. `None` if the operator has deleted the webhook.
    pub target: Option<Target>,
    /// How often it was sent.
    pub tries: u32,
    /// How many tries have failed since it was last queued.
    pub failures: u32,
    /// For one that is tried again only as long as its call rings: until when that is, in milliseconds since the Unix epoch;
    /// 0 if it rings no longer.
    pub rings_until: Option<i64>,
    /// When it was to be tried, in milliseconds since the Unix epoch. `None` if another one about the same call comes first.
    pub next_try_at: Option<i64>,
}

/// A webhook: where messages are sent, and how they are signed.
pub struct Target {
    /// The URL of the webhook.
    pub url: String,
    /// The secret that signs the messages.
    pub secret: Secret<Vec<u8>>,
}

/// What has become of a message to a mini-program's own backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryOutcome)]
pub enum Outcome {
    /// It is still to be sent.
    Waiting,
    /// It has arrived.
    Delivered,
    /// The backend has refused it, or there was no webhook any more.
    Refused,
    /// It has not arrived in all the time that it was tried.
    GivenUp,
    /// It was not needed any more.
    Settled,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 5] = [
        Outcome::Waiting,
        Outcome::Delivered,
        Outcome::Refused,
        Outcome::GivenUp,
        Outcome::Settled,
    ];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Waiting => "waiting",
            Outcome::Delivered => "delivered",
            Outcome::Refused => "refused",
            Outcome::GivenUp => "givenUp",
            Outcome::Settled => "settled",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = String;

    fn from_str(text: &str) -> Result<Outcome, String> {
        let found = Outcome::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| {
            let words = Outcome::ALL.map(|one| format!("'{one}'"));
            format!("expected {}", words.join(" or "))
        })
    }
}

/// What was done with a message that waited to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Whether it was sent; otherwise it was found that it need not be.
    pub is_try: bool,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it has not arrived, if it has not.
    pub error: Option<String>,
    /// What follows.
    pub then: Then,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The message is tried again at this time, in milliseconds since the Unix epoch.
    TryAgain(i64),
    /// The message is done with.
    Done(Outcome),
}

/// A message in the log of deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub struct Delivery {
    /// The id of the message, which comes with it as the header webhook-id.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// The call that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_id: Option<String>,
    /// When that happened of which it tells, in milliseconds since the Unix epoch.
    pub at: i64,
    /// What has become of it.
    pub outcome: Outcome,
    /// How often it was sent.
    pub tries: u32,
    /// The HTTP status of the last answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why it has not arrived with the last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it is tried next, in milliseconds since the Unix epoch. Left out: it is done with, or waits for one about the same
    /// call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<i64>,
}

/// Which messages of the log are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveriesWanted {
    /// Only those of this type.
    pub kind: Option<EventType>,
    /// Only those of which this has become.
    pub outcome: Option<Outcome>,
    /// Only those before the one with this number.
    pub before: Option<i64>,
    /// How many at most; the newest are given.
    pub limit: u32,
}
