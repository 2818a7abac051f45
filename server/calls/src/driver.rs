//! The operations on a call: each signal, each socket and each deadline is one transition of it.

use wmpf_voip::call::{Chosen, Device, How, Reply, Side, State};
use wmpf_voip::code::Code;
use wmpf_voip::protocol::socket::{
    CallMessage, CallView, NumberedEvent, OpenedCall, PartySignal, SignalReply,
};
use wmpf_voip::secret::Secret;

use crate::call_record::{CallRecord, no_such_call};
use crate::failure::Failure;
use crate::operation::{
    Answered, CallsUnderWay, Context, Decision, Earlier, Facts, MeetingId, Operation, Place,
    Reminding, Wants, Write,
};
use crate::party::{Party, Role};
use crate::sides::Sides;
use crate::transition::{Arriving, Change, Transition};
use crate::unit_of_work::UnitOfWork;

/// A device of a party reports a signal, for example that it answers or hangs up.
pub struct Report {
    /// The party whose device it is.
    pub party: Party,
    /// The room id of the call.
    pub room_id: String,
    /// The signal.
    pub signal: PartySignal,
    /// The device that reports, and its page.
    pub device: Device,
}

impl Operation for Report {
    type Done = (SignalReply, Change);

    fn wants(&self) -> Wants {
        Wants { call: Some(self.room_id.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Self::Done>, Failure> {
        let Report { party, room_id, signal, device } = self;
        let mut work = UnitOfWork::new(facts.calls, context);
        let (record, side) = work.of_party(party, room_id)?;
        let mut transition = work.begin(record, None);
        let speaker = transition.record.call.device(side);
        let now = context.now.unsigned_abs();
        let reply = match signal.clone().of(side, speaker, device.clone(), now) {
            Some(signal) => SignalReply::from(&transition.take(signal, Some((side, device)))),
            None if transition.record.call.state() == State::Ended => SignalReply::Ended,
            None => SignalReply::NoEffect,
        };
        let (_, change) = work.end(transition)?;
        Ok(work.done((reply, change)))
    }
}

/// A page says whether its user has muted the microphone and turned on the camera.
pub struct Choose {
    /// The party whose page it is.
    pub party: Party,
    /// The room id of the call.
    pub room_id: String,
    /// The device and its page.
    pub device: Device,
    /// The user's choice.
    pub chosen: Chosen,
}

impl Operation for Choose {
    type Done = Change;

    fn wants(&self) -> Wants {
        Wants { call: Some(self.room_id.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Change>, Failure> {
        let Choose { party, room_id, device, chosen } = self;
        let mut work = UnitOfWork::new(facts.calls, context);
        let (record, side) = work.of_party(party, room_id)?;
        let mut transition = work.begin(record, None);
        transition.record.call.choose(side, device, *chosen);
        let (_, change) = work.end(transition)?;
        Ok(work.done(change))
    }
}

/// The party gives up a call that it has created. If its creation has met the call of the other party, that call is
/// ended only once a device of this party is in it; before, it is still only the other party's call, and goes on.
pub struct GiveUp {
    /// The party that gives the call up.
    pub caller: Party,
    /// The room id of the call.
    pub room_id: String,
    /// The name of the device that gives the call up. `None` stands for the party's device that is in the call.
    pub device: Option<String>,
}

impl Operation for GiveUp {
    type Done = Change;

    fn wants(&self) -> Wants {
        let GiveUp { caller, room_id, .. } = self;
        Wants {
            call: Some(room_id.clone()),
            met: Some((caller.clone(), room_id.clone())),
            ..Wants::default()
        }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Change>, Failure> {
        let GiveUp { caller, room_id, device } = self;
        let mut work = UnitOfWork::new(facts.calls, context);
        let (record, side) = work.of_party(caller, room_id)?;
        let transition = work.begin(record, None);
        let is_in = match side {
            Side::Caller => true,
            Side::Listener if facts.has_met => {
                let id = MeetingId::Call(room_id.clone());
                work.write(Write::GiveUpMeeting(caller.clone(), id));
                transition.record.call.device(side).is_some()
            }
            Side::Listener => return Err(no_such_call(room_id)),
        };
        let change = if is_in {
            give_up(&mut work, transition, side, device.clone())?
        } else {
            work.end(transition)?.1
        };
        Ok(work.done(change))
    }
}

fn give_up(
    work: &mut UnitOfWork<'_>,
    mut transition: Transition<'_>,
    side: Side,
    device: Option<String>,
) -> Result<Change, Failure> {
    match transition.hang_up(side, device, How::Manual) {
        Reply::Elsewhere { .. } => Err(Failure::refused(
            Code::RoomId,
            "device: another device of yours is in this call: leave the device out, or end it there",
        )),
        Reply::Done | Reply::Already | Reply::NoEffect | Reply::Ended(_) => {
            work.end(transition).map(|(_, change)| change)
        }
    }
}

/// The party gives up the call that it has created with an idempotency key, or will create with it: a creation with
/// this key is refused from then on. A call that an earlier version of the service has stored without its state
/// machine is left alone. A call that the creation has met is the other party's and goes on: a party that does not
/// know the room is not in it.
pub struct GiveUpByKey {
    /// The party that gives the call up.
    pub caller: Party,
    /// The idempotency key of the creation.
    pub key: String,
}

impl Operation for GiveUpByKey {
    type Done = Option<Change>;

    fn wants(&self) -> Wants {
        let creation = Some((self.caller.clone(), self.key.clone()));
        Wants { creation, ..Wants::default() }
    }

    fn decide(
        &self,
        facts: Facts,
        context: &Context<'_>,
    ) -> Result<Decision<Option<Change>>, Failure> {
        let GiveUpByKey { caller, key } = self;
        let mut work = UnitOfWork::new(facts.calls, context);
        let change = match facts.creation {
            Some(Earlier::Answered(Answered { has_met: true, .. })) => {
                work.write(Write::GiveUpMeeting(caller.clone(), MeetingId::Key(key.clone())));
                None
            }
            Some(Earlier::Answered(Answered { room, .. }))
                if work.find(&room.room_id).is_some() =>
            {
                let (record, side) = work.of_party(caller, &room.room_id)?;
                let transition = work.begin(record, None);
                Some(give_up(&mut work, transition, side, None)?)
            }
            Some(Earlier::Answered(_)) => None,
            Some(Earlier::Cancelled) | None => {
                work.write(Write::CancelKey(caller.clone(), key.clone()));
                None
            }
        };
        Ok(work.done(change))
    }
}

/// What a page says when it connects to the socket of a call.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The device and its page.
    pub device: Device,
    /// Whether the page takes the call from another page of the same device.
    pub takes: bool,
    /// The number of the last event that the page has heard.
    pub after: u32,
}

/// A page opens a socket of a call.
pub struct Open {
    /// The party whose page it is.
    pub party: Party,
    /// The room id of the call.
    pub room_id: String,
    /// What the page says when it connects.
    pub arrival: Arrival,
}

/// What is known of a socket when it opens.
pub struct Opening {
    /// The side of the call to which the socket belongs.
    pub side: Side,
    /// The first messages of the socket.
    pub begins: Begins,
    /// Whether the socket stays open after the first messages.
    pub goes_on: bool,
    /// Whether the page was told that the other side has a socket.
    pub peer_connected: bool,
    /// What the opening has changed in the call.
    pub change: Change,
    /// The session key of the user, which signs `wx.joinVoIPChat`; present if the operator has told the service.
    pub session_key: Option<Secret<String>>,
}

impl Opening {
    /// Whether the page was told of a call that the listener has answered.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        match &self.begins {
            Begins::With(opened, _) => opened.state.is_under_way(),
            Begins::Elsewhere(_) => false,
        }
    }
}

/// What a page is told of comes from its call, and from the session key of its user.
fn wants_of_page(party: &Party, room_id: &str) -> Wants {
    Wants {
        call: Some(room_id.to_owned()),
        session_key: match party.role {
            Role::Device => None,
            Role::Phone => Some(party.clone()),
        },
        ..Wants::default()
    }
}

/// The first messages of a socket.
pub enum Begins {
    /// The call, still without the ICE servers and the `wx.joinVoIPChat` data, and the events that the page has not
    /// heard yet.
    With(Box<OpenedCall>, Vec<NumberedEvent>),
    /// The message that another page or device has the call. A page that heard of a running call would join it again.
    Elsewhere(CallMessage),
}

impl Operation for Open {
    type Done = Opening;

    fn wants(&self) -> Wants {
        wants_of_page(&self.party, &self.room_id)
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Opening>, Failure> {
        let Open { party, room_id, arrival: Arrival { device, takes, after } } = self;
        let mut work = UnitOfWork::new(facts.calls, context);
        let (record, side) = work.of_party(party, room_id)?;
        if !context.presence.has_free_socket(room_id, side) {
            return Err(Failure::TooManySockets);
        }
        let transition = work.begin(record, Some(&Arriving { side, device, takes: *takes }));
        let (record, change) = work.end(transition)?;
        let peer_connected = context.presence.is_connected(room_id, side.other());
        let state = record.call.state();
        let elsewhere = record.call.speaker(side).and_then(|speaker| speaker.keeps_out(device));
        let goes_on = elsewhere.is_none() && state != State::Ended;
        let begins = match elsewhere {
            Some(elsewhere) => Begins::Elsewhere(CallMessage::from(elsewhere)),
            None => {
                let opened = described(&record, side, peer_connected)?;
                Begins::With(Box::new(opened), record.events_after(side, *after, context.now))
            }
        };
        let session_key = facts.session_key;
        Ok(work.done(Opening { side, begins, goes_on, peer_connected, change, session_key }))
    }
}

/// The call as a page with a socket is told of it, still without the ICE servers and the `wx.joinVoIPChat` data.
fn described(record: &CallRecord, side: Side, peer_connected: bool) -> Result<OpenedCall, Failure> {
    Ok(OpenedCall {
        call: record.joined(side)?,
        state: record.call.state(),
        joined: record.call.has_joined(side),
        chosen: record.call.chosen(side),
        peer_connected,
        ice_servers: Vec::new(),
        voip_chat: None,
    })
}

/// A page that has a socket of its call is told of the call again.
pub struct Describe {
    /// The party whose page it is.
    pub party: Party,
    /// The room id of the call.
    pub room_id: String,
}

/// A call that is described again.
pub struct Described {
    /// The call, still without the ICE servers and the `wx.joinVoIPChat` data.
    pub opened: Box<OpenedCall>,
    /// What was due in the call.
    pub change: Change,
    /// The session key of the user, as in [`Opening`].
    pub session_key: Option<Secret<String>>,
}

impl Operation for Describe {
    type Done = Described;

    fn wants(&self) -> Wants {
        wants_of_page(&self.party, &self.room_id)
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Self::Done>, Failure> {
        let mut work = UnitOfWork::new(facts.calls, context);
        let (record, side) = work.of_party(&self.party, &self.room_id)?;
        let transition = work.begin(record, None);
        let (record, change) = work.end(transition)?;
        let peer_connected = context.presence.is_connected(&self.room_id, side.other());
        let opened = Box::new(described(&record, side, peer_connected)?);
        let session_key = facts.session_key;
        Ok(work.done(Described { opened, change, session_key }))
    }
}

/// A party reads its call.
pub struct View {
    /// The party that asks.
    pub party: Party,
    /// The room id of the call.
    pub room_id: String,
}

impl Operation for View {
    type Done = (CallView, Change);

    fn wants(&self) -> Wants {
        Wants { call: Some(self.room_id.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Self::Done>, Failure> {
        let mut work = UnitOfWork::new(facts.calls, context);
        let (record, side) = work.of_party(&self.party, &self.room_id)?;
        let transition = work.begin(record, None);
        let (record, change) = work.end(transition)?;
        let view = CallView {
            call: record.joined(side)?,
            state: record.call.state(),
            events: record.events_after(side, 0, context.now),
        };
        Ok(work.done((view, change)))
    }
}

/// Does what is due in a call. Gives `None` if the call is not stored any more.
pub struct CatchUp {
    /// The room id of the call.
    pub room_id: String,
}

impl Operation for CatchUp {
    type Done = Option<Change>;

    fn wants(&self) -> Wants {
        Wants { call: Some(self.room_id.clone()), ..Wants::default() }
    }

    fn decide(
        &self,
        facts: Facts,
        context: &Context<'_>,
    ) -> Result<Decision<Option<Change>>, Failure> {
        let mut work = UnitOfWork::new(facts.calls, context);
        let change = work.catch_up(&self.room_id)?;
        Ok(work.done(change))
    }
}

/// Goes on with some of the calls that were not over when the service stopped. It certainly ran until its last heartbeat,
/// so a party that had a socket then, and does not come back, is billed until the heartbeat.
pub struct Resume(pub CallsUnderWay);

/// The calls with which the service goes on.
pub struct Resumed {
    /// What has changed in them.
    pub changes: Vec<Change>,
    /// Where the next ones begin. `None` if these were the last.
    pub next: Option<Place>,
}

impl Operation for Resume {
    type Done = Resumed;

    fn wants(&self) -> Wants {
        Wants { under_way: Some(self.0), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Resumed>, Failure> {
        let Facts { calls, heartbeat, next, .. } = facts;
        let mut work = UnitOfWork::new(Vec::new(), context);
        let mut changes = Vec::new();
        for record in calls {
            let away_since = Sides::new(|side| {
                record.call.device(side)?;
                Some(record.away_since.of(side).unwrap_or(heartbeat))
            });
            let transition = work.begin_away_since(record, away_since);
            changes.push(work.end(transition)?.1);
        }
        Ok(work.done(Resumed { changes, next }))
    }
}

/// Reads the reminders of the calls that ring for a listener, oldest first. If there are too many, only the newest are
/// given.
pub struct Ringing {
    /// The party that is called.
    pub listener: Party,
}

impl Operation for Ringing {
    type Done = Vec<Reminding>;

    fn wants(&self) -> Wants {
        Wants { reminders: Some(self.listener.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, _: &Context<'_>) -> Result<Decision<Self::Done>, Failure> {
        Ok(Decision { writes: Vec::new(), done: facts.reminders })
    }
}
