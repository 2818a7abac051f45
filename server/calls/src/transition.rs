//! A transition: one step in the life of a call, inside a transaction. Something happens to the call, and what follows
//! from it is written.
//!
//! What was due by the clock comes first, each at its own time, so that a timer that fires late changes nothing.
//!
//! A device that speaks for a side and has no socket is waited for. It may be reloading its page, its network may
//! be changing, or the service was restarted; or its newest page was closed, and an older one can take the call back.

use wmpf_voip::call::{CONNECTION_LOST, Call, Device, How, Reply, Side, Signal, State};
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::protocol::socket::NumberedEvent;
use wmpf_voip::protocol::{Cancelled, ServiceMessage};
use wmpf_voip::request::BusinessType;

use crate::billing::{self, MINUTE_MS};
use crate::call_record::CallRecord;
use crate::failure::Failure;
use crate::milestone::{self, Milestone};
use crate::operation::{Context, Write};
use crate::party::Party;
use crate::presence::Presence;
use crate::sides::Sides;

/// How long a device that speaks for its side may be without a socket before the call ends, in milliseconds.
pub const GRACE_MS: i64 = 15_000;

/// How long the module's pages try to reconnect before they end the call by themselves, in milliseconds. It is
/// `LOST_AFTER_MS` of `pkg-template/service/call-socket.js`.
pub const PAGES_RETURN_WITHIN_MS: i64 = 30_000;

/// What a transition has changed, for the devices that are connected.
pub struct Change {
    /// The room id of the call.
    pub room_id: String,
    /// The appId of its mini-program.
    pub app_id: String,
    /// The new events, each with the side that is told it.
    pub new_events: Vec<(Side, NumberedEvent)>,
    /// For each side, the device that speaks for it, and the page of that device that has the call.
    pub speakers: Sides<Option<Device>>,
    /// For each side, whether the device that speaks for it had a socket when the transition read who is connected.
    pub was_connected: Sides<bool>,
    /// The state of the call after the transition.
    pub state: State,
    /// When something is due in the call, in milliseconds since the Unix epoch. `None` if nothing is due by the clock.
    pub due: Option<i64>,
    /// The notice to the listener's reminder sockets, if the call rings no longer.
    pub notice: Option<Notice>,
    /// The kind of call: which kind of host calls which.
    pub business_type: BusinessType,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// What the transition has brought the call to, in its order.
    pub milestones: Vec<Milestone>,
}

/// A notice that a call rings for a listener, or no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The party whose reminder sockets get the notice.
    pub listener: Party,
    /// The room id of the call.
    pub room_id: String,
    /// Whether the call rings; otherwise it rings no longer.
    pub rings: bool,
    /// The message to the listener as it is sent, as JSON.
    pub message: String,
}

/// A page that is opening a socket.
pub struct Arriving<'a> {
    /// The side of the call for which the page comes.
    pub side: Side,
    /// The device and its page.
    pub device: &'a Device,
    /// Whether the page takes the call from another page of the same device.
    pub takes: bool,
}

impl Arriving<'_> {
    /// Whether `speaker` is present because this page arrives.
    fn brings(&self, side: Side, speaker: &Device) -> bool {
        let is_out = speaker.keeps_out(self.device).is_some();
        self.side == side && speaker.name == self.device.name && (self.takes || !is_out)
    }
}

/// A call during one transition.
pub struct Transition<'a> {
    /// The call as it has become so far.
    pub record: CallRecord,
    /// How many minutes its mini-program can still pay.
    credit: i64,
    presence: &'a dyn Presence,
    now: i64,
    /// When the service was started, in milliseconds since the Unix epoch. Nobody could have a socket before.
    started_at: i64,
    was_connected: Sides<bool>,
    before: Before,
}

/// What a call was like before the transition.
struct Before {
    call: Call,
    paid_minutes: i64,
    heard: usize,
    away_since: Sides<Option<i64>>,
}

impl<'a> Transition<'a> {
    /// Begins a transition and does what was due by now. `credit` is how many minutes the mini-program can still pay, and
    /// `arriving` the page that opens a socket, if the transition is about one.
    #[must_use]
    pub fn begin(
        record: CallRecord,
        credit: i64,
        context: &Context<'a>,
        arriving: Option<&Arriving<'_>>,
    ) -> Transition<'a> {
        let Context { presence, now, started_at, .. } = *context;
        let before = Before {
            call: record.call.clone(),
            paid_minutes: record.paid_minutes,
            heard: record.heard.len(),
            away_since: record.away_since.clone(),
        };
        let mut transition = Transition {
            record,
            credit,
            presence,
            now,
            started_at,
            was_connected: Sides::default(),
            before,
        };
        transition.note_presence(arriving);
        transition.catch_up();
        if let Some(arriving) = arriving {
            transition.arrive(arriving);
        }
        transition
    }

    /// Begins a transition and takes it that the sides have been away since the given times, in milliseconds since the
    /// Unix epoch, whatever is stored. Does what was due by now.
    #[must_use]
    pub fn begin_away_since(
        record: CallRecord,
        credit: i64,
        away_since: Sides<Option<i64>>,
        context: &Context<'a>,
    ) -> Transition<'a> {
        let stored = record.away_since.clone();
        let record = CallRecord { away_since, ..record };
        let mut transition = Transition::begin(record, credit, context, None);
        transition.before.away_since = stored;
        transition
    }

    fn arrive(&mut self, Arriving { side, device, takes }: &Arriving<'_>) {
        let side = *side;
        let before = self.record.call.speaker(side);
        self.record.call.arrive(side, device, *takes);
        if self.record.call.speaker(side) != before {
            // The page that was seen has lost the call to the one that arrives.
            *self.was_connected.of_mut(side) = false;
        }
    }

    /// Notes for each side whether the device that speaks for it is connected, and since when it is not.
    fn note_presence(&mut self, arriving: Option<&Arriving<'_>>) {
        let Transition { record, presence, now, was_connected, .. } = self;
        if record.call.state() == State::Ended {
            return;
        }
        for side in Side::BOTH {
            let Some(speaker) = record.call.speaker(side) else { continue };
            *was_connected.of_mut(side) = presence.has_socket(&record.room_id, side, &speaker);
            let arrives = arriving.is_some_and(|arriving| arriving.brings(side, &speaker));
            let is_there = *was_connected.of(side) || arrives;
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
                // After a restart both sides may be given up at the same time. The call then ends for the side that
                // left first.
                .min_by_key(|(at, side)| (*at, *self.record.away_since.of(*side)));
            let end = [deadline, absence.map(|(at, _)| at)].into_iter().flatten().min();
            if let Some(at) = self.next_minute()
                && at <= self.now
                && end.is_none_or(|end| at < end)
            {
                self.begin_minute(at);
                continue;
            }
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

    /// When the next minute of the call is to be paid, in milliseconds since the Unix epoch. `None` if none is.
    fn next_minute(&self) -> Option<i64> {
        match self.record.charge_type {
            ChargeType::License => None,
            ChargeType::Duration => {
                let since = self.record.call.talking_since()?;
                let paid = self.record.paid_minutes.saturating_mul(MINUTE_MS);
                Some(i64::try_from(since).unwrap_or(i64::MAX).saturating_add(paid))
            }
        }
    }

    /// Pays the minute that begins `at` this time, in milliseconds since the Unix epoch, or ends the call.
    fn begin_minute(&mut self, at: i64) {
        if self.credit > 0 {
            self.credit -= 1;
            self.record.paid_minutes += 1;
        } else {
            let events = self.record.call.run_out(at.unsigned_abs());
            self.record.hear(events, at);
        }
    }

    /// When something happens to the call unless somebody acts before, in milliseconds since the Unix epoch.
    pub(crate) fn deadline(&self) -> Option<i64> {
        self.record.call.deadline().map(|at| i64::try_from(at).unwrap_or(i64::MAX))
    }

    /// When the service stops waiting for the device of a side that is away, in milliseconds since the Unix epoch.
    /// `None` if the device is not away.
    fn given_up_at(&self, side: Side) -> Option<i64> {
        if self.record.call.state() == State::Ended {
            return None;
        }
        let since = (*self.record.away_since.of(side))?;
        if self.started_at.saturating_sub(since) > PAGES_RETURN_WITHIN_MS {
            // The device's page has ended the call by itself, and its party may be in another call. It was then, and
            // not when the service was back: a time limit in between was never reached.
            return Some(since.saturating_add(PAGES_RETURN_WITHIN_MS));
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

    /// Notes that the listener has called the caller while this call rings, so that it rings long enough for the
    /// listener to join.
    pub fn cross(&mut self) {
        self.record.call.cross(self.now.unsigned_abs());
    }

    /// Applies a signal. `from` is the side and the device that sent it, if a device did; a device without a socket is
    /// then present at this moment only.
    pub fn take(&mut self, signal: Signal, from: Option<(Side, &Device)>) -> Reply {
        let step = self.record.call.apply(signal, self.now.unsigned_abs());
        self.record.hear(step.events, self.now);
        // The first minute begins as soon as both sides are in the room.
        self.catch_up();
        if let Some((side, device)) = from
            && let Some(speaker) = self.record.call.speaker(side)
            && speaker.keeps_out(device).is_none()
            && self.record.call.state() != State::Ended
        {
            let is_there = self.presence.has_socket(&self.record.room_id, side, &speaker);
            *self.record.away_since.of_mut(side) = (!is_there).then_some(self.now);
            *self.was_connected.of_mut(side) = is_there;
        }
        step.reply
    }

    /// Hangs up for a side: with its device of this name, or else the one that is in the call, or one that is connected.
    pub fn hang_up(&mut self, side: Side, device: Option<String>, how: How) -> Reply {
        let Transition { record, presence, .. } = self;
        let device = device
            .or_else(|| record.call.device(side).map(str::to_owned))
            .or_else(|| presence.connected_device(&record.room_id, side))
            // No device is connected that could hear how the call ends.
            .unwrap_or_else(|| "-".into());
        self.take(Signal::HangUp { side, device: device.into(), how }, None)
    }

    /// Ends the transition. Gives the call as it is now, what has changed for the devices that are connected, and what
    /// is to be written.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn end(mut self) -> Result<(CallRecord, Change, Vec<Write>), Failure> {
        self.settle();
        let writes = self.writes();
        let Transition { record, now, before, .. } = &self;
        let (was, state) = (before.call.state(), record.call.state());
        let new_events = record.events_from(before.heard, *now);
        let speakers = Sides::new(|side| record.call.speaker(side));
        let due = [
            self.deadline(),
            self.next_minute(),
            self.given_up_at(Side::Caller),
            self.given_up_at(Side::Listener),
        ];
        let stopped_ringing = record.reminds && was == State::Ringing && state != State::Ringing;
        let change = Change {
            room_id: record.room_id.clone(),
            app_id: record.parties.caller.app_id.clone(),
            new_events,
            speakers,
            was_connected: self.was_connected.clone(),
            state,
            due: due.into_iter().flatten().min(),
            notice: if stopped_ringing { Some(rings_no_more(record)?) } else { None },
            business_type: record.call.about().business_type,
            charge_type: record.charge_type,
            milestones: milestone::passed(&before.call, record, *now),
        };
        Ok((self.record, change, writes))
    }

    /// Ends the transition of a call that is not stored yet. The call is stored whole, so there are no other writes.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn end_of_new(self) -> Result<(CallRecord, Change), Failure> {
        let (mut record, mut change, _) = self.end()?;
        record.version = 0;
        change.milestones.insert(0, Milestone::Rang);
        Ok((record, change))
    }

    fn writes(&mut self) -> Vec<Write> {
        let Transition { record, before, .. } = self;
        let is_same = before.call == record.call
            && before.away_since == record.away_since
            && before.paid_minutes == record.paid_minutes;
        if is_same {
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
        let minutes = record.paid_minutes.saturating_sub(before.paid_minutes);
        if minutes != 0 {
            let app_id = record.parties.caller.app_id.clone();
            writes.push(Write::Bill { app_id, minutes });
        }
        writes
    }

    /// Has a call that has ended now have paid what is billed: a side that was lost is billed only until it was last seen.
    fn settle(&mut self) {
        let Transition { record, before, .. } = self;
        if before.call.state() != State::Ended
            && let Some(end) = record.call.end()
        {
            record.paid_minutes = billing::minutes(record.charge_type, end);
        }
    }
}

fn rings_no_more(record: &CallRecord) -> Result<Notice, Failure> {
    let room_id = record.room_id.clone();
    let message = ServiceMessage::Cancelled(Cancelled { room_id: room_id.clone() });
    let message = serde_json::to_string(&message)?;
    Ok(Notice { listener: record.parties.listener.clone(), room_id, rings: false, message })
}
