//! The calls that one operation works on. Each call is taken out, has its transitions, and is put back together with
//! what is to be written.

use wmpf_voip::call::{Side, State};

use crate::call_record::{CallRecord, no_such_call};
use crate::event::Event;
use crate::failure::Failure;
use crate::operation::{Context, Decision, Write};
use crate::party::Party;
use crate::sides::Sides;
use crate::transition::{Arriving, Change, Transition};

/// The calls that an operation has read, and the writes that it has decided on so far.
pub struct UnitOfWork<'a> {
    /// What the operation is told besides the stored facts.
    pub context: Context<'a>,
    calls: Vec<CallRecord>,
    writes: Vec<Write>,
}

impl<'a> UnitOfWork<'a> {
    /// Begins with the calls as they were read.
    #[must_use]
    pub fn new(calls: Vec<CallRecord>, context: &Context<'a>) -> UnitOfWork<'a> {
        UnitOfWork { context: *context, calls, writes: Vec::new() }
    }

    /// The call `room_id`, and the side on which `party` is.
    ///
    /// # Errors
    /// When this party has no such call.
    pub fn of_party(&self, party: &Party, room_id: &str) -> Result<(CallRecord, Side), Failure> {
        let record = self.find(room_id).ok_or_else(|| no_such_call(room_id))?;
        let side = record.side_of(party)?;
        Ok((record.clone(), side))
    }

    /// The call `room_id`, whoever its parties are.
    #[must_use]
    pub fn find(&self, room_id: &str) -> Option<&CallRecord> {
        self.calls.iter().find(|record| record.room_id == room_id)
    }

    /// Begins a transition of a call. `arriving` is the page that opens a socket, if the transition is about one.
    #[must_use]
    pub fn begin(&self, record: CallRecord, arriving: Option<&Arriving<'_>>) -> Transition<'a> {
        let credit = self.credit(&record);
        Transition::begin(record, credit, &self.context, arriving)
    }

    /// Begins a transition of a call and takes it that its sides have been away since the given times, in milliseconds
    /// since the Unix epoch, whatever is stored.
    #[must_use]
    pub fn begin_away_since(
        &self,
        record: CallRecord,
        away_since: Sides<Option<i64>>,
    ) -> Transition<'a> {
        let credit = self.credit(&record);
        Transition::begin_away_since(record, credit, away_since, &self.context)
    }

    /// How many minutes the call's mini-program can still pay: what it could when the call was read, without what was decided
    /// since.
    fn credit(&self, record: &CallRecord) -> i64 {
        let app = &record.parties.caller.app_id;
        let billed = self.writes.iter().map(|write| {
            if let Write::Bill { app_id, minutes } = write
                && app_id == app
            {
                *minutes
            } else {
                0
            }
        });
        record.credit.saturating_sub(billed.sum::<i64>())
    }

    /// Ends a transition. Gives the call as it is after it, and what has changed.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn end(&mut self, transition: Transition<'_>) -> Result<(CallRecord, Change), Failure> {
        let (record, change, writes) = transition.end()?;
        self.writes.extend(writes);
        self.tell(&record, &change)?;
        match self.calls.iter_mut().find(|other| other.room_id == record.room_id) {
            Some(place) => place.clone_from(&record),
            None => self.calls.push(record.clone()),
        }
        Ok((record, change))
    }

    /// Has the mini-program's own backend told what a transition has brought a call to.
    ///
    /// # Errors
    /// When the stored reminder is not valid JSON, or the time cannot be written as a date.
    pub fn tell(&mut self, record: &CallRecord, change: &Change) -> Result<(), Failure> {
        for milestone in &change.milestones {
            let Context { now, wall, .. } = self.context;
            let event = Event::of_call(record, milestone, now, wall)?;
            self.writes.extend(event.map(|event| Write::Tell(Box::new(event))));
        }
        Ok(())
    }

    /// Does whatever is due in a call by now. `None` if there is no such call.
    ///
    /// # Errors
    /// When a message cannot be written as JSON.
    pub fn catch_up(&mut self, room_id: &str) -> Result<Option<Change>, Failure> {
        let Some(record) = self.find(room_id).cloned() else { return Ok(None) };
        let transition = self.begin(record, None);
        self.end(transition).map(|(_, change)| Some(change))
    }

    /// Whether a party is in one of these calls: it is on a side for which a device speaks.
    #[must_use]
    pub fn is_engaged(&self, party: &Party) -> bool {
        self.calls.iter().any(|record| {
            record.call.state() != State::Ended
                && record.side_of(party).is_ok_and(|side| record.call.device(side).is_some())
        })
    }

    /// Adds a write to the decision.
    pub fn write(&mut self, write: Write) {
        self.writes.push(write);
    }

    /// Ends the operation with the result `done` and all writes so far.
    pub fn done<T>(self, done: T) -> Decision<T> {
        Decision { writes: self.writes, done }
    }
}
