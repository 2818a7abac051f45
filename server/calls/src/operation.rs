//! An operation: the facts that it wants, what it decides on them, and what is written then.

use wmpf_voip::authorisation::AuthorisedDevice;
use wmpf_voip::outcome::Room;
use wmpf_voip::secret::Secret;

use crate::call_record::CallRecord;
use crate::event::Event;
use crate::failure::Failure;
use crate::party::Party;
use crate::presence::Presence;
use crate::records::{Records, RecordsWanted};
use crate::sides::Sides;

/// Something that is done with the stored calls and records. A storage engine reads the facts and writes the changes
/// in one transaction. It starts again if somebody else has changed one of the calls in the meantime.
pub trait Operation: Send + 'static {
    /// The result of the operation.
    type Done: Send + 'static;

    /// Names the facts that the operation wants.
    fn wants(&self) -> Wants;

    /// Decides on the facts what is written and what the result is.
    ///
    /// # Errors
    /// When the operation cannot be done. Nothing is written then.
    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Self::Done>, Failure>;
}

/// What an operation has decided.
pub struct Decision<T> {
    /// The writes, in the order in which they are to be done.
    pub writes: Vec<Write>,
    /// The result, which is valid once the writes are done.
    pub done: T,
}

/// What an operation is told besides the stored facts.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Tells who is connected now.
    pub presence: &'a dyn Presence,
    /// The time by the service's own clock, in milliseconds since the Unix epoch. It never goes back.
    pub now: i64,
    /// The time by the machine's clock, in milliseconds since the Unix epoch, for what is a date or is compared with other
    /// machines' clocks.
    pub wall: i64,
    /// When the service was started, in milliseconds since the Unix epoch. Nobody could have a socket before.
    pub started_at: i64,
}

/// The facts that an operation wants. What is left out is not read.
#[derive(Debug, Default)]
pub struct Wants {
    /// The records of a mini-program, its devices and users.
    pub records: Option<RecordsWanted>,
    /// What this party has created with this idempotency key.
    pub creation: Option<(Party, String)>,
    /// The call of this room.
    pub call: Option<String>,
    /// The calls in which this party is.
    pub engaged: Option<Party>,
    /// The newest call that rings and by which the second party calls the first.
    pub ringing_back: Option<(Party, Party)>,
    /// How many calls ring that this caller makes, and how many for this listener.
    pub ringing: Option<Sides<Party>>,
    /// Whether a creation of this party has met the call of this room.
    pub met: Option<(Party, String)>,
    /// The session key of this user, which signs `wx.joinVoIPChat`.
    pub session_key: Option<Party>,
    /// Whether this user has used the snTicket of which this is a hash.
    pub used_ticket: Option<(Party, Vec<u8>)>,
    /// The devices that this user has ever authorised.
    pub authorised_devices: Option<Party>,
    /// The reminders of the calls that ring for this party. If there are too many, only the newest are given.
    pub reminders: Option<Party>,
    /// The calls that are not over, as many of them as are read at once, and when the service was last known to run.
    pub under_way: Option<CallsUnderWay>,
}

/// Some of the calls that are not over.
#[derive(Debug, Clone, Copy)]
pub enum CallsUnderWay {
    /// The oldest ones.
    First,
    /// Those that come after this place.
    After(Place),
}

/// A place among the calls that are not over. What its numbers mean, the storage engine knows that has made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(pub i64, pub i64);

/// The facts that an operation wanted.
#[derive(Default)]
pub struct Facts {
    /// The records of a mini-program, its devices and users.
    pub records: Option<Records>,
    /// What the party has created with the idempotency key, if anything.
    pub creation: Option<Earlier>,
    /// All calls that the wants are about, each once, oldest first.
    pub calls: Vec<CallRecord>,
    /// Where the next calls that are not over begin, if more of them were wanted than are read at once.
    pub next: Option<Place>,
    /// The room ids of the calls in which the party is.
    pub engaged: Vec<String>,
    /// The room id of the newest call that rings and by which the second party calls the first.
    pub ringing_back: Option<String>,
    /// The calls that ring for which the caller and the listener were asked.
    pub ringing: Sides<RingingCalls>,
    /// Whether a creation of the party has met the call.
    pub has_met: bool,
    /// The session key of the user, which signs `wx.joinVoIPChat`; present if the operator has told the service.
    pub session_key: Option<Secret<String>>,
    /// Whether the user has used the snTicket before.
    pub is_ticket_used: bool,
    /// The devices that the user has ever authorised, in the order of their SNs.
    pub authorised_devices: Vec<AuthorisedDevice>,
    /// The reminders of the calls that ring for the party, oldest first.
    pub reminders: Vec<Reminding>,
    /// When the service was last known to run, in milliseconds since the Unix epoch; 0 if it never ran.
    pub heartbeat: i64,
}

/// How many calls ring that one party makes, or for one party.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RingingCalls {
    /// How many.
    pub count: u32,
    /// When the first of them stops ringing at the latest, in milliseconds since the Unix epoch; 0 if none rings.
    pub first_until: i64,
}

/// What an idempotency key was used for before.
#[derive(Debug)]
pub enum Earlier {
    /// A creation with this key has created a call or met one.
    Answered(Answered),
    /// The key was cancelled before its creation arrived.
    Cancelled,
}

/// The answer to an earlier creation.
#[derive(Debug)]
pub struct Answered {
    /// The room of the call.
    pub room: Room,
    /// A hash of the request. It tells this request from another one that was sent with the same key.
    pub fingerprint: Vec<u8>,
    /// Whether the caller has given the creation up.
    pub is_cancelled: bool,
    /// Whether the creation has met the call of the other party, instead of creating one.
    pub has_met: bool,
}

/// The reminder of a call that rings.
#[derive(Debug)]
pub struct Reminding {
    /// The room id of the call.
    pub room_id: String,
    /// The reminder to the listener as it is sent, as JSON.
    pub message: String,
}

/// A change of what is stored.
#[derive(Debug)]
pub enum Write {
    /// Stores a new call. With it, the engine also deletes a few calls that nobody needs any more.
    Create(Box<NewCall>),
    /// Stores what has changed in a call, if the stored version is still the one that was read.
    Save(Box<CallRecord>),
    /// Notes that a party is in the call of this room.
    Engage(Party, String),
    /// Notes that a party is no longer in the call of this room.
    Disengage(Party, String),
    /// Takes minutes from the balance of a mini-program.
    Bill {
        /// The appId of the mini-program.
        app_id: String,
        /// How many minutes. Fewer than none are given back.
        minutes: i64,
    },
    /// Notes that a creation has met a call.
    Meet(Box<Meeting>),
    /// Notes that the party has given up a creation that has met a call.
    GiveUpMeeting(Party, MeetingId),
    /// Cancels an idempotency key of the party whose creation has not arrived, so that the creation will be refused.
    CancelKey(Party, String),
    /// Queues a message to a mini-program's own backend, if its operator has chosen this type of messages.
    Tell(Box<Event>),
    /// Notes that a user authorises a device. An unknown user is added to the records. A device that was authorised
    /// before keeps its name.
    Authorise {
        /// The user who authorises the device.
        user: Party,
        /// The SN of the device.
        sn: String,
        /// The name of the device, used if it was not authorised before.
        device_name: String,
    },
    /// Notes that a user has used the snTicket of which this is a hash. With it, the engine also forgets a few that have
    /// long expired.
    UseTicket(Party, Vec<u8>),
    /// Withdraws a user's authorisation of a device, if there is one.
    Withdraw {
        /// The user who withdraws the authorisation.
        user: Party,
        /// The SN of the device.
        sn: String,
    },
}

/// A call that is to be stored.
#[derive(Debug)]
pub struct NewCall {
    /// The call.
    pub record: CallRecord,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    pub rings_until: i64,
    /// The idempotency key of the request, by which a repetition finds the call.
    pub idempotency_key: Option<String>,
    /// A hash of the request. It tells this request from another one that was sent with the same key.
    pub fingerprint: Vec<u8>,
}

/// A creation that has met a call and is to be stored.
#[derive(Debug)]
pub struct Meeting {
    /// The room id of the call that the creation has met.
    pub room_id: String,
    /// Until when that call rings now, in milliseconds since the Unix epoch.
    pub rings_until: i64,
    /// Whether the camera of that call's caller is off when the call begins.
    pub is_caller_camera_off: bool,
    /// Whether the camera of that call's listener is off when the call begins.
    pub is_listener_camera_off: bool,
    /// The party that wanted to create a call.
    pub caller: Party,
    /// The idempotency key of the request, by which a repetition finds the call.
    pub idempotency_key: Option<String>,
    /// A hash of the request. It tells this request from another one that was sent with the same key.
    pub fingerprint: Vec<u8>,
}

/// What identifies a creation that has met a call.
#[derive(Debug)]
pub enum MeetingId {
    /// The idempotency key of the creation.
    Key(String),
    /// The room id of the call that the creation has met.
    Call(String),
}
