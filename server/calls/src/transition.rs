//! One step in the life of a call, inside a transaction: something happens to it, and what follows is written.
//!
//! What is due by the clock comes first, each at its own time, so that a timer that fires late changes nothing.
//!
//! A device that speaks for a side and has no socket is waited for. It may be reloading its page, its network may
//! be changing, or the service was restarted; or its newest page was closed, and an older one can take the call back.

use wmpf_voip::call::{CONNECTION_LOST, Call, Device, Reply, Side, Signal, State};
use wmpf_voip::protocol::socket::NumberedEvent;
use wmpf_voip::protocol::{Cancelled, ServiceMessage};

use crate::billing;
use crate::call_record::CallRecord;
use crate::failure::Failure;
use crate::operation::{Context, Write};
use crate::party::Party;
use crate::presence::Presence;
use crate::sides::Sides;

/// How long a device that speaks for its side may be without a socket, in milliseconds.
pub const GRACE_MS: i64 = 15_000;

/// How long the module's pages try to come back before they end the call by themselves, in milliseconds: what
/// `LOST_AFTER_MS` says in `pkg-template/service/call-socket.js`.
pub const PAGES_RETURN_WITHIN_MS: i64 = 30_000;

/// What a transition has changed, for those who are connected.
pub struct Change {
    /// The call.
    pub room_id: String,
    /// Its mini-program.
    pub app_id: String,
    /// What is new for the sides.
    pub told: Vec<(Side, NumberedEvent)>,
    /// The devices that speak for the sides, and the pages of them that have the call.
    pub speakers: Sides<Option<Device>>,
    /// Whether the device that speaks for a side had a socket when the transition looked.
    pub seen: Sides<bool>,
    /// How far the call is.
    pub state: State,
    /// When something happens to the call unless somebody does something before.
    pub due: Option<i64>,
    /// For the listener's devices, if it no longer rings.
    pub notice: Option<Notice>,
}

/// That a call rings for somebody, or no longer does.
#[derive(Debug, Clone)]
pub struct Notice {
    /// For whom.
    pub listener: Party,
    /// The call.
    pub room_id: String,
    /// Whether it rings.
    pub rings: bool,
    /// The message to the listener, as it is sent.
    pub message: String,
}

/// A page that opens a socket.
pub struct Arriving<'a> {
    /// Whose it is.
    pub side: Side,
    /// Of which device.
    pub device: &'a Device,
    /// Whether it takes the call from another page of this device.
    pub takes: bool,
}

impl Arriving<'_> {
    /// Whether who speaks for a side is there by this.
    fn brings(&self, side: Side, speaker: &Device) -> bool {
        let is_out = speaker.keeps_out(self.device).is_some();
        self.side == side && speaker.name == self.device.name && (self.takes || !is_out)
    }
}

/// A call while something happens to it.
pub struct Transition<'a> {
    /// The call.
    pub record: CallRecord,
    presence: &'a dyn Presence,
    now: i64,
    /// When the service was started: nobody could have a socket before.
    started_at: i64,
    seen: Sides<bool>,
    before: Before,
}

/// What a call was like before.
struct Before {
    call: Call,
    heard: usize,
    away_since: Sides<Option<i64>>,
}

impl<'a> Transition<'a> {
    /// Begins with what is due.
    #[must_use]
    pub fn begin(
        record: CallRecord,
        context: &Context<'a>,
        arriving: Option<&Arriving<'_>>,
    ) -> Transition<'a> {
        let Context { presence, now, started_at } = *context;
        let before = Before {
            call: record.call.clone(),
            heard: record.heard.len(),
            away_since: record.away_since.clone(),
        };
        // As with every time from before: the clock may have been set back since.
        let started_at = started_at.min(now);
        let mut transition =
            Transition { record, presence, now, started_at, seen: Sides::default(), before };
        transition.note_presence(arriving);
        transition.catch_up();
        if let Some(arriving) = arriving {
            transition.arrive(arriving);
        }
        transition
    }

    /// Begins with what is due when its sides have been away since these times, whatever is stored.
    #[must_use]
    pub fn begin_again(
        record: CallRecord,
        away_since: Sides<Option<i64>>,
        context: &Context<'a>,
    ) -> Transition<'a> {
        let stored = record.away_since.clone();
        let mut transition = Transition::begin(CallRecord { away_since, ..record }, context, None);
        transition.before.away_since = stored;
        transition
    }

    fn arrive(&mut self, Arriving { side, device, takes }: &Arriving<'_>) {
        let side = *side;
        let before = self.record.call.speaker(side);
        self.record.call.arrive(side, device, *takes);
        if self.record.call.speaker(side) != before {
            // Whoever was seen is out of the call.
            *self.seen.of_mut(side) = false;
        }
    }

    /// Notes which of the speaking devices are there.
    fn note_presence(&mut self, arriving: Option<&Arriving<'_>>) {
        let Transition { record, presence, now, seen, .. } = self;
        if record.call.state() == State::Ended {
            return;
        }
        for side in Side::BOTH {
            let Some(speaker) = record.call.speaker(side) else { continue };
            *seen.of_mut(side) = presence.has_socket(&record.room_id, side, &speaker);
            let arrives = arriving.is_some_and(|arriving| arriving.brings(side, &speaker));
            let is_there = *seen.of(side) || arrives;
            let away_since = record.away_since.of_mut(side);
            *away_since = match (is_there, *away_since) {
                (true, _) => None,
                (false, None) => {
                    let seen = presence.last_seen(&record.room_id, side);
                    Some(seen.map_or(*now, |seen| seen.min(*now)))
                }
                (false, Some(since)) => Some(since.min(*now)),
            };
        }
    }

    fn catch_up(&mut self) {
        loop {
            let deadline = self.deadline();
            let absence = Side::BOTH
                .into_iter()
                .filter_map(|side| Some((self.given_up_at(side)?, side)))
                // After a restart both may be given up at the same time: the call has broken at who left first.
                .min_by_key(|(at, side)| (*at, *self.record.away_since.of(*side)));
            match (deadline, absence) {
                (Some(at), absence)
                    if at <= self.now && absence.is_none_or(|(gone, _)| at <= gone) =>
                {
                    let events = self.record.call.elapse(at.unsigned_abs());
                    self.record.hear(events, at);
                }
                (_, Some((at, side))) if at <= self.now => self.gone(side, at),
                (None | Some(_), None | Some(_)) => return,
            }
        }
    }

    fn deadline(&self) -> Option<i64> {
        self.record.call.deadline().map(|at| i64::try_from(at).unwrap_or(i64::MAX))
    }

    /// When a device that is away is no longer waited for.
    fn given_up_at(&self, side: Side) -> Option<i64> {
        if self.record.call.state() == State::Ended {
            return None;
        }
        let since = (*self.record.away_since.of(side))?;
        if self.started_at.saturating_sub(since) > PAGES_RETURN_WITHIN_MS {
            // Its page has ended the call, and its party can be in another one.
            return Some(self.started_at);
        }
        Some(since.max(self.started_at).saturating_add(GRACE_MS))
    }

    fn gone(&mut self, side: Side, at: i64) {
        let since = self.record.away_since.of_mut(side).take();
        let (Some(since), Some(device)) = (since, self.record.call.device(side)) else { return };
        let signal = Signal::Gone {
            side,
            device: device.into(),
            last_seen_ms: since.unsigned_abs(),
            reason: CONNECTION_LOST.into(),
        };
        let step = self.record.call.apply(signal, at.unsigned_abs());
        self.record.hear(step.events, at);
    }

    /// The listener has called the caller while this call rings.
    pub fn cross(&mut self) {
        self.record.call.cross(self.now.unsigned_abs());
    }

    /// Takes a signal, of `side`'s `device` if it is one of a device. Without a socket it is there at this moment.
    pub fn take(&mut self, signal: Signal, from: Option<(Side, &Device)>) -> Reply {
        let step = self.record.call.apply(signal, self.now.unsigned_abs());
        self.record.hear(step.events, self.now);
        if let Some((side, device)) = from
            && let Some(speaker) = self.record.call.speaker(side)
            && speaker.keeps_out(device).is_none()
            && self.record.call.state() != State::Ended
        {
            let is_there = self.presence.has_socket(&self.record.room_id, side, &speaker);
            *self.record.away_since.of_mut(side) = (!is_there).then_some(self.now);
            *self.seen.of_mut(side) = is_there;
        }
        step.reply
    }

    /// Gives the call as it is now, what has changed for those who are connected, and what is to be written.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn end(mut self) -> Result<(CallRecord, Change, Vec<Write>), Failure> {
        let writes = self.writes();
        let Transition { record, now, before, .. } = &self;
        let (was, state) = (before.call.state(), record.call.state());
        let told = record.events_from(before.heard, *now);
        let speakers = Sides::new(|side| record.call.speaker(side));
        let due =
            [self.deadline(), self.given_up_at(Side::Caller), self.given_up_at(Side::Listener)];
        let stopped_ringing = record.reminds && was == State::Ringing && state != State::Ringing;
        let change = Change {
            room_id: record.room_id.clone(),
            app_id: record.parties.caller.app_id.clone(),
            told,
            speakers,
            seen: self.seen.clone(),
            state,
            due: due.into_iter().flatten().min(),
            notice: if stopped_ringing { Some(rings_no_more(record)?) } else { None },
        };
        Ok((self.record, change, writes))
    }

    /// The same for a call that is not stored yet, and will be as it is now.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn end_of_new(self) -> Result<(CallRecord, Change), Failure> {
        let (mut record, change, _) = self.end()?;
        record.version = 0;
        Ok((record, change))
    }

    fn writes(&mut self) -> Vec<Write> {
        let Transition { record, before, .. } = self;
        if before.call == record.call && before.away_since == record.away_since {
            return Vec::new();
        }
        let mut writes = vec![Write::Save(Box::new(record.clone()))];
        record.version += 1;
        let (was_over, is_over) =
            (before.call.state() == State::Ended, record.call.state() == State::Ended);
        for side in Side::BOTH {
            let was_in = !was_over && before.call.device(side).is_some();
            let is_in = !is_over && record.call.device(side).is_some();
            let (party, room_id) = (record.parties.of(side), &record.room_id);
            if is_in && !was_in {
                writes.push(Write::Engage(party.clone(), room_id.clone()));
            }
            if was_in && !is_in {
                writes.push(Write::Disengage(party.clone(), room_id.clone()));
            }
        }
        if let Some(end) = record.call.end().filter(|_| !was_over) {
            let minutes = billing::minutes(record.by_duration, end);
            if minutes > 0 {
                let app_id = record.parties.caller.app_id.clone();
                writes.push(Write::Bill { app_id, minutes });
            }
        }
        writes
    }
}

fn rings_no_more(record: &CallRecord) -> Result<Notice, Failure> {
    let room_id = record.room_id.clone();
    let message = ServiceMessage::Cancelled(Cancelled { room_id: room_id.clone() });
    let message = serde_json::to_string(&message)?;
    Ok(Notice { listener: record.parties.listener.clone(), room_id, rings: false, message })
}
