//! The types of the messages to a mini-program's own backend.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The type of a message to a mini-program's own backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventType {
    /// Somebody calls a device by callDevice with isCloud.
    #[serde(rename = "device.called")]
    DeviceCalled,
    /// A call rings.
    #[serde(rename = "call.ringing")]
    CallRinging,
    /// The listener has taken a call.
    #[serde(rename = "call.answered")]
    CallAnswered,
    /// A call is over.
    #[serde(rename = "call.ended")]
    CallEnded,
    /// A user lets a device call and be called, or no longer does.
    #[serde(rename = "authorisation.changed")]
    AuthorisationChanged,
}

impl EventType {
    /// All of them.
    pub const ALL: [EventType; 5] = [
        EventType::DeviceCalled,
        EventType::CallRinging,
        EventType::CallAnswered,
        EventType::CallEnded,
        EventType::AuthorisationChanged,
    ];

    /// Those that a backend is told whose operator has not chosen any.
    pub const DEFAULT: [EventType; 1] = [EventType::DeviceCalled];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            EventType::DeviceCalled => "device.called",
            EventType::CallRinging => "call.ringing",
            EventType::CallAnswered => "call.answered",
            EventType::CallEnded => "call.ended",
            EventType::AuthorisationChanged => "authorisation.changed",
        }
    }

    /// Whether it helps only as long as its call rings, so that nothing is tried again after that.
    #[must_use]
    pub const fn is_about_ringing(self) -> bool {
        match self {
            EventType::DeviceCalled | EventType::CallRinging => true,
            EventType::CallAnswered | EventType::CallEnded | EventType::AuthorisationChanged => {
                false
            }
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventType {
    type Err = String;

    fn from_str(text: &str) -> Result<EventType, String> {
        let found = EventType::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| {
            let words = EventType::ALL.map(|one| format!("'{one}'"));
            format!("expected {}", words.join(" or "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_one_word_in_json_and_elsewhere() {
        for one in EventType::ALL {
            assert_eq!(serde_json::to_value(one).unwrap(), one.as_str());
            assert_eq!(one.as_str().parse(), Ok(one));
        }
        let wrong = "call.rang".parse::<EventType>().unwrap_err();
        assert!(wrong.starts_with("expected 'device.called' or 'call.ringing' or "), "{wrong}");
    }
}
