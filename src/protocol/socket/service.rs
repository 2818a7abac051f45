//! What the service sends on the socket of a call, and answers to whoever asks for the call without one.

use serde::{Deserialize, Serialize};

use crate::call::{Chosen, Elsewhere, Event, Reply, State};
use crate::protocol::{Heartbeat, JoinedCall, Refusal};
use crate::secret::Secret;

/// A message of the service on the socket of a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CallMessage {
    /// The call. It is the first message of each connection, and comes again when its TURN credentials are new.
    Call(Box<OpenedCall>),
    /// An event that this side hears.
    Event(NumberedEvent),
    /// The reply to a signal.
    Reply {
        /// The number that the party has given the signal.
        id: u32,
        /// The reply.
        reply: SignalReply,
    },
    /// Another device speaks for this side, or another page of this device has the call. The service closes the socket
    /// of this page, which is out of the call.
    #[cfg_attr(feature = "openapi", schema(rename_all = "camelCase"))]
    Elsewhere {
        /// Whether this page can take the call back, because it is in another page of the same device.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        can_take: bool,
    },
    /// The listener has itself called this side, the caller, with a request that leaves the caller's camera off.
    CameraOff,
    /// The other side has connected or disconnected.
    Peer {
        /// Whether the other side has an open socket.
        connected: bool,
    },
    /// A text from the media of the other side.
    Relay {
        /// The text, as it was sent.
        payload: String,
    },
    /// The call cannot be joined, or a message was wrong. The service closes the socket.
    Refused(Refusal),
    /// The connection is alive.
    Heartbeat(Heartbeat),
}

impl From<Elsewhere> for CallMessage {
    fn from(elsewhere: Elsewhere) -> CallMessage {
        let can_take = match elsewhere {
            Elsewhere::Device => false,
            Elsewhere::Page => true,
        };
        CallMessage::Elsewhere { can_take }
    }
}

/// What a page is told of the call when it opens its socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenedCall {
    /// The call, as this side sees it.
    #[serde(flatten)]
    pub call: JoinedCall,
    /// The state of the call.
    pub state: State,
    /// Whether this side is in the room already, so that the page comes back to a call in which the other side may be
    /// listening.
    #[serde(default)]
    pub joined: bool,
    /// What this side's user has chosen last, if a page has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Chosen>,
    /// Whether the other side has an open socket.
    pub peer_connected: bool,
    /// The STUN and TURN servers by which the two sides connect to each other. TURN servers are told from the answer on,
    /// with credentials that are valid for ten minutes at most.
    pub ice_servers: Vec<IceServer>,
    /// The data for `wx.joinVoIPChat`, if the service has this user's session_key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voip_chat: Option<VoipChat>,
}

/// The answer to `GET /v1/calls/{roomId}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallView {
    /// The call, as this side sees it.
    #[serde(flatten)]
    pub call: JoinedCall,
    /// The state of the call.
    pub state: State,
    /// The events that this side has heard, oldest first.
    pub events: Vec<NumberedEvent>,
}

/// An event with its number among the events of this side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", schema(as = CallEvent))]
pub struct NumberedEvent {
    /// The number of the event; the first is 1.
    pub seq: u32,
    /// How long ago the event happened, in milliseconds. By it, a page that comes late counts the call from its
    /// `startVoip`.
    pub age_ms: u64,
    /// The event: its `eventName` and `data`.
    #[serde(flatten)]
    pub event: Event,
}

/// The reply to a signal. How the call ended is told by its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum SignalReply {
    /// The signal took effect.
    Done,
    /// The signal changed nothing, because it was so already.
    Already,
    /// The signal means nothing in this state of the call.
    NoEffect,
    /// Another device speaks for this side, or another page of this device has the call.
    Elsewhere,
    /// The call is over.
    Ended,
}

impl From<&Reply> for SignalReply {
    fn from(reply: &Reply) -> SignalReply {
        match reply {
            Reply::Done => SignalReply::Done,
            Reply::Already => SignalReply::Already,
            Reply::NoEffect => SignalReply::NoEffect,
            Reply::Elsewhere { .. } => SignalReply::Elsewhere,
            Reply::Ended(_) => SignalReply::Ended,
        }
    }
}

/// A STUN or TURN server, in the form that an `RTCPeerConnection` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct IceServer {
    /// The addresses: `stun:host[:port]` or `turn:host[:port][?transport=..]`.
    pub urls: Vec<String>,
    /// Only for a TURN server: until when the credential is valid, in seconds since the Unix epoch, and for which
    /// room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Only for a TURN server: the password that belongs to `username`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub credential: Option<Secret<String>>,
}

/// The data that the service signs for `wx.joinVoIPChat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VoipChat {
    /// The id of the call, the same as `groupId` of the call.
    pub group_id: String,
    /// A random text that is used once.
    pub nonce_str: String,
    /// When the data were signed, in seconds since the Unix epoch.
    pub time_stamp: u64,
    /// The signature, made with the user's session_key.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub signature: Secret<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::Origin;

    #[test]
    fn who_is_out_of_a_call_is_told_whether_it_can_take_it_back() {
        for (elsewhere, json) in [
            (Elsewhere::Device, json!({"type": "elsewhere"})),
            (Elsewhere::Page, json!({"type": "elsewhere", "canTake": true})),
        ] {
            let message = CallMessage::from(elsewhere);
            assert_eq!(serde_json::to_value(&message).unwrap(), json);
            assert_eq!(serde_json::from_value::<CallMessage>(json).unwrap(), message);
        }
    }

    #[test]
    fn an_event_says_its_number_and_its_age() {
        let event = Event::CancelVoip { status: Origin::Other };
        let message = CallMessage::Event(NumberedEvent { seq: 3, age_ms: 20, event });
        let json = serde_json::to_value(&message).unwrap();
        let expected = json!({
            "type": "event", "seq": 3, "ageMs": 20,
            "eventName": "cancelVoip", "data": {"status": "other"},
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<CallMessage>(json).unwrap(), message);
    }
}
