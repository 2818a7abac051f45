//! What drives the calls: each signal, each socket and each deadline is one turn of a call in the store, and what
//! it changes is passed on afterwards.

use rusqlite::Connection;
use wmpf_voip::call::{Chosen, Device, How, Reply, Side, Signal, State};
use wmpf_voip::code::Code;
use wmpf_voip::protocol::socket::{CallMessage, CallView, OpenedCall, PartySignal, SignalReply};

use crate::calls::creation;
use crate::calls::crossings;
use crate::calls::turn::{Arriving, Change, Turn};
use crate::domain::clock::Clock;
use crate::domain::failure::Failure;
use crate::domain::party::Party;
use crate::domain::sides::Sides;
use crate::http::call_query::Arrival;
use crate::live::calls::LiveCalls;
use crate::live::listeners::Listeners;
use crate::media::ice::IceServers;
use crate::media::voip_chat;
use crate::storage::call_record::{Record, no_such_call};
use crate::storage::engaged;

/// What the turns of all calls need.
#[derive(Clone)]
pub struct Driver {
    /// The calls that are not over.
    pub live: LiveCalls,
    /// Those who wait for calls.
    pub listeners: Listeners,
    /// The time.
    pub clock: Clock,
    /// What ends of calls find each other by.
    pub ice: IceServers,
    /// When the service was started.
    pub started_at: i64,
}

/// A socket that is to open.
pub struct Opening {
    /// Whose it is.
    pub side: Side,
    /// What it begins with.
    pub messages: Vec<CallMessage>,
    /// Whether there is more to come.
    pub goes_on: bool,
    /// What it was told of the other side's socket.
    pub peer_connected: bool,
    /// What its opening has changed.
    pub change: Change,
}

impl Driver {
    /// Starts with no call and no ICE servers.
    #[must_use]
    pub fn new(clock: Clock) -> Driver {
        let started_at = clock.now_ms();
        Driver {
            live: LiveCalls::default(),
            listeners: Listeners::default(),
            clock,
            ice: IceServers::default(),
            started_at,
        }
    }

    fn begin(&self, record: Record, arriving: Option<&Arriving<'_>>) -> Turn {
        Turn::begin(record, &self.live, arriving, self.clock.now_ms(), self.started_at)
    }

    /// Passes on what a turn has changed.
    pub fn follow(&self, change: &Change) {
        self.live.follow(change);
        if let Some(notice) = &change.notice {
            self.listeners.tell(notice);
        }
    }

    /// A party reports something.
    ///
    /// # Errors
    /// When it has no such call, or the store fails.
    pub fn signal(
        &self,
        db: &Connection,
        party: &Party,
        room_id: &str,
        signal: PartySignal,
        device: &Device,
    ) -> Result<(SignalReply, Change), Failure> {
        let (record, side) = Record::of_party(db, party, room_id)?;
        let mut turn = self.begin(record, None);
        let now = self.clock.now_ms().unsigned_abs();
        let speaker = turn.record.call.device(side);
        let reply = match signal.of(side, speaker, device.clone(), now) {
            Some(signal) => SignalReply::from(&turn.take(signal, Some((side, device)), &self.live)),
            None if turn.record.call.state() == State::Ended => SignalReply::Ended,
            None => SignalReply::NoEffect,
        };
        let (_, change) = turn.end(db)?;
        Ok((reply, change))
    }

    /// A page says what its user has chosen.
    ///
    /// # Errors
    /// When its party has no such call, or the store fails.
    pub fn choose(
        &self,
        db: &Connection,
        party: &Party,
        room_id: &str,
        device: &Device,
        chosen: Chosen,
    ) -> Result<Change, Failure> {
        let (record, side) = Record::of_party(db, party, room_id)?;
        let mut turn = self.begin(record, None);
        turn.record.call.choose(side, device, chosen);
        turn.end(db).map(|(_, change)| change)
    }

    /// The caller gives the call up. Without a device, that of its device that is in the call does so. Whose own call has
    /// met this one does the same once it is in it; before, this one is only the other party's.
    ///
    /// # Errors
    /// When it has made no such call, another one of its devices is in the call, or the store fails.
    pub fn give_up(
        &self,
        db: &Connection,
        caller: &Party,
        room_id: &str,
        device: Option<String>,
    ) -> Result<Change, Failure> {
        let (record, side) = Record::of_party(db, caller, room_id)?;
        if side == Side::Listener && !crossings::give_up(db, caller, room_id, self.clock.now_ms())?
        {
            return Err(no_such_call(room_id));
        }
        let mut turn = self.begin(record, None);
        if side == Side::Listener && turn.record.call.device(side).is_none() {
            return turn.end(db).map(|(_, change)| change);
        }
        let device = device
            .or_else(|| turn.record.call.device(side).map(str::to_owned))
            .or_else(|| self.live.device(room_id, side))
            // Nobody is there to hear how it ends.
            .unwrap_or_else(|| "-".into());
        let signal = Signal::HangUp { side, device: device.into(), how: How::Manual };
        match turn.take(signal, None, &self.live) {
            Reply::Elsewhere { .. } => Err(Failure::refused(
                Code::RoomId,
                "device: another device of yours is in this call: leave the device out, or end it there",
            )),
            Reply::Done | Reply::Already | Reply::NoEffect | Reply::Ended(_) => {
                turn.end(db).map(|(_, change)| change)
            }
        }
    }

    /// The caller gives up the call that it has created with a key, or will create. There is nothing to change if it
    /// has not, or an earlier version has made that call.
    ///
    /// # Errors
    /// When the store fails.
    pub fn cancel_by_key(
        &self,
        db: &Connection,
        caller: &Party,
        key: &str,
    ) -> Result<Option<Change>, Failure> {
        match creation::cancel_key(db, caller, key, self.clock.now_ms())? {
            Some(room_id) if Record::find(db, &room_id)?.is_some() => {
                self.give_up(db, caller, &room_id, None).map(Some)
            }
            Some(_) | None => Ok(None),
        }
    }

    /// The listener of a call has called its caller meanwhile. Nothing comes of it if the call does not ring.
    ///
    /// # Errors
    /// When the store fails.
    pub fn cross(
        &self,
        db: &Connection,
        room_id: &str,
    ) -> Result<Option<(Record, Change)>, Failure> {
        let Some(record) = Record::find(db, room_id)? else { return Ok(None) };
        let mut turn = self.begin(record, None);
        if turn.record.call.state() != State::Ringing {
            return Ok(None);
        }
        turn.cross();
        turn.end(db).map(Some)
    }

    /// The listener of a new call is in another one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn busy(&self, db: &Connection, room_id: &str) -> Result<Change, Failure> {
        let record = Record::find(db, room_id)?.ok_or_else(|| no_such_call(room_id))?;
        let mut turn = self.begin(record, None);
        let _ = turn.take(Signal::Busy, None, &self.live);
        turn.end(db).map(|(_, change)| change)
    }

    /// A page opens a socket.
    ///
    /// # Errors
    /// When this party has no such call, or has too many sockets, or the store fails.
    pub fn open(
        &self,
        db: &Connection,
        party: &Party,
        room_id: &str,
        Arrival { device, takes, after }: &Arrival,
    ) -> Result<Opening, Failure> {
        let (record, side) = Record::of_party(db, party, room_id)?;
        if !self.live.has_room(room_id, side) {
            return Err(Failure::TooManySockets);
        }
        let turn = self.begin(record, Some(&Arriving { side, device, takes: *takes }));
        let (record, change) = turn.end(db)?;
        let peer_connected = self.live.is_connected(room_id, side.other());
        let state = record.call.state();
        let now = self.clock.now_ms();
        let elsewhere = record.call.speaker(side).and_then(|speaker| speaker.keeps_out(device));
        let messages = if let Some(elsewhere) = elsewhere {
            // A page that hears of a call that is on would go back into it.
            vec![CallMessage::from(elsewhere)]
        } else {
            // For a call that is over nobody needs a way, or should get what opens one.
            let (ice_servers, voip_chat) = if state == State::Ended {
                (Vec::new(), None)
            } else {
                let voip_chat = voip_chat::of_party(db, party, room_id, now)?;
                (self.ice.of_room(room_id, now), voip_chat)
            };
            let opened = CallMessage::Call(Box::new(OpenedCall {
                call: record.joined(side)?,
                state,
                joined: record.call.has_joined(side),
                chosen: record.call.chosen(side),
                peer_connected,
                ice_servers,
                voip_chat,
            }));
            let events = record.events_after(side, *after, now).into_iter().map(CallMessage::Event);
            std::iter::once(opened).chain(events).collect()
        };
        let goes_on = elsewhere.is_none() && state != State::Ended;
        Ok(Opening { side, messages, goes_on, peer_connected, change })
    }

    /// The call as a party sees it.
    ///
    /// # Errors
    /// When it has no such call, or the store fails.
    pub fn view(
        &self,
        db: &Connection,
        party: &Party,
        room_id: &str,
    ) -> Result<(CallView, Change), Failure> {
        let (record, side) = Record::of_party(db, party, room_id)?;
        let (record, change) = self.begin(record, None).end(db)?;
        let view = CallView {
            call: record.joined(side)?,
            state: record.call.state(),
            events: record.events_after(side, 0, self.clock.now_ms()),
        };
        Ok((view, change))
    }

    /// Does what is due in a call; none if it is not there any more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn catch_up(&self, db: &Connection, room_id: &str) -> Result<Option<Change>, Failure> {
        let Some(record) = Record::find(db, room_id)? else { return Ok(None) };
        let (_, change) = self.begin(record, None).end(db)?;
        Ok(Some(change))
    }

    /// Does what is due in the calls that a party is in: some may be over. Gives a change for each.
    ///
    /// # Errors
    /// When the store fails.
    pub fn catch_up_with(&self, db: &Connection, party: &Party) -> Result<Vec<Change>, Failure> {
        let rooms = engaged::rooms(db, party)?;
        let caught_up = rooms.iter().map(|room_id| self.catch_up(db, room_id));
        caught_up.filter_map(Result::transpose).collect()
    }

    /// Goes on with the calls that were not over when the service stopped. Until `heartbeat` it was certainly
    /// running, and whoever had a socket then is billed until then unless it comes back.
    ///
    /// # Errors
    /// When the store fails.
    pub fn resume(&self, db: &Connection, heartbeat: i64) -> Result<Vec<Change>, Failure> {
        let mut changes = Vec::new();
        for mut record in Record::under_way(db)? {
            let away_since = Sides::new(|side| {
                record.call.device(side)?;
                Some(record.away_since.of(side).unwrap_or(heartbeat))
            });
            if away_since != record.away_since {
                record.away_since = away_since;
                record.save(db, self.clock.now_ms())?;
            }
            changes.push(self.begin(record, None).end(db)?.1);
        }
        Ok(changes)
    }
}
