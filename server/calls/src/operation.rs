//! An operation: which facts it wants, what it decides on them, and what is written then.

use wmpf_voip::authorisation::AuthorisedDevice;
use wmpf_voip::outcome::Room;
use wmpf_voip::secret::Secret;

use crate::call_record::CallRecord;
use crate::failure::Failure;
use crate::party::Party;
use crate::presence::Presence;
use crate::records::{Records, RecordsWanted};

/// Something that is done with what is stored. Whoever does it reads the facts and writes the changes in one transaction,
/// and begins anew if one of the calls has been changed by somebody else meanwhile.
pub trait Operation: Send + 'static {
    /// What it comes to.
    type Done: Send + 'static;

    /// Which facts it wants.
    fn wants(&self) -> Wants;

    /// Decides.
    ///
    /// # Errors
    /// When it cannot be done; then nothing is written.
    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Self::Done>, Failure>;
}

/// What an operation has decided.
pub struct Decision<T> {
    /// What is to be written, in this order.
    pub writes: Vec<Write>,
    /// What it comes to, once that is written.
    pub done: T,
}

/// What is known beside what is stored.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Who is connected.
    pub presence: &'a dyn Presence,
    /// The time, in milliseconds since the Unix epoch.
    pub now: i64,
    /// When the service was started: nobody could have a socket before.
    pub started_at: i64,
}

/// Which facts an operation wants. What it leaves out is not read.
#[derive(Debug, Default)]
pub struct Wants {
    /// Records of a mini-program, its devices and users.
    pub records: Option<RecordsWanted>,
    /// What this caller has created with this idempotency key.
    pub creation: Option<(Party, String)>,
    /// This call.
    pub call: Option<String>,
    /// The calls that this party is in.
    pub engaged: Option<Party>,
    /// The newest call that rings by which the second party calls the first.
    pub ringing_back: Option<(Party, Party)>,
    /// Whether a creation of this party has met this call: the party, and the call.
    pub met: Option<(Party, String)>,
    /// What signs `wx.joinVoIPChat` for this user.
    pub session_key: Option<Party>,
    /// The devices that this user has authorised, now or once.
    pub authorised_devices: Option<Party>,
    /// The reminders of the calls that ring for this party, of too many the newest.
    pub reminders: Option<Party>,
    /// Every call that is not over, and when the service was last known to run.
    pub under_way: bool,
}

/// The facts that were wanted.
#[derive(Default)]
pub struct Facts {
    /// Records of a mini-program, its devices and users.
    pub records: Option<Records>,
    /// What was created with the idempotency key.
    pub creation: Option<Earlier>,
    /// All calls that any of the wants is about, each once, oldest first.
    pub calls: Vec<CallRecord>,
    /// Those of them that the party is in.
    pub engaged: Vec<String>,
    /// The one that rings back.
    pub ringing_back: Option<String>,
    /// Whether a creation of the party has met the call.
    pub has_met: bool,
    /// What signs `wx.joinVoIPChat`, if the operator has told it.
    pub session_key: Option<Secret<String>>,
    /// The devices that the user has authorised, by SN.
    pub authorised_devices: Vec<AuthorisedDevice>,
    /// The reminders that ring, oldest first.
    pub reminders: Vec<Reminding>,
    /// When the service was last known to run; 0 if it never was.
    pub heartbeat: i64,
}

/// What was done with an idempotency key before.
#[derive(Debug)]
pub enum Earlier {
    /// It has created a call, or the creation has met one.
    Answered(Answered),
    /// It was cancelled before its creation arrived.
    Cancelled,
}

/// What a creation was answered with.
#[derive(Debug)]
pub struct Answered {
    /// The call.
    pub room: Room,
    /// What tells the request from another one under the same key.
    pub fingerprint: Vec<u8>,
    /// Whether its caller has given it up.
    pub is_cancelled: bool,
    /// Whether the call is the other party's, which the creation has met.
    pub has_met: bool,
}

/// The reminder of a call that rings.
#[derive(Debug)]
pub struct Reminding {
    /// The call.
    pub room_id: String,
    /// The message to the listener, as it is sent.
    pub message: String,
}

/// What is written.
#[derive(Debug)]
pub enum Write {
    /// A new call. A few that nobody needs any more are forgotten with it.
    Create(Box<NewCall>),
    /// What has changed in a call, if it has still the version with which it was read.
    Save(Box<CallRecord>),
    /// A party is in a call.
    Engage(Party, String),
    /// A party is in this call no more.
    Disengage(Party, String),
    /// Minutes of a mini-program are used up; if more than there are, none are left.
    Bill {
        /// The mini-program.
        app_id: String,
        /// How many.
        minutes: i64,
    },
    /// A creation has met a call.
    Meet(Box<Meeting>),
    /// A creation that has met a call is given up.
    GiveUpMeeting(Party, MeetingId),
    /// A key whose creation has not arrived is not answered any more.
    CancelKey(Party, String),
    /// A mini-program's own backend is to be told of a call.
    Tell {
        /// The call.
        room_id: String,
        /// Names the message.
        webhook_id: String,
        /// The message, as it is sent.
        body: String,
    },
    /// A user authorises a device. A user who is not known yet becomes known, and a device that was authorised before
    /// keeps its name.
    Authorise {
        /// The user.
        user: Party,
        /// The device.
        sn: String,
        /// Its name, for the first time.
        device_name: String,
    },
    /// A user withdraws the authorisation of a device, if there is one.
    Withdraw {
        /// The user.
        user: Party,
        /// The device.
        sn: String,
    },
}

/// A call that is to be stored.
#[derive(Debug)]
pub struct NewCall {
    /// The call.
    pub record: CallRecord,
    /// When it was created.
    pub created_at: i64,
    /// Until when it rings.
    pub rings_until: i64,
    /// The key by which a repetition finds it.
    pub idempotency_key: Option<String>,
    /// What tells its request from another one under the same key.
    pub fingerprint: Vec<u8>,
}

/// A creation that has met a call.
#[derive(Debug)]
pub struct Meeting {
    /// The call that it has met, with its cameras as they are now.
    pub room_id: String,
    /// Until when that rings now.
    pub rings_until: i64,
    /// Whether that call's caller begins with the camera off.
    pub is_caller_camera_off: bool,
    /// Whether its listener does.
    pub is_listener_camera_off: bool,
    /// Who wanted to call.
    pub caller: Party,
    /// The key by which a repetition finds it.
    pub idempotency_key: Option<String>,
    /// What tells its request from another one under the same key.
    pub fingerprint: Vec<u8>,
}

/// By what a creation that has met a call is found.
#[derive(Debug)]
pub enum MeetingId {
    /// Its idempotency key.
    Key(String),
    /// The call that it has met.
    Call(String),
}
