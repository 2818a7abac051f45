//! The milestones of a call, for whoever keeps the service's log, its metrics or its accounts.

use wmpf_voip::call::{Call, Ending, State};

use crate::call_record::CallRecord;

/// What a transition has brought a call to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Milestone {
    /// It rings: the call is new.
    Rang,
    /// The listener has taken it.
    Answered {
        /// How long it has rung, in milliseconds.
        after_ms: i64,
    },
    /// Both sides are in the room.
    Began {
        /// How long ago it began to ring, in milliseconds.
        after_ms: i64,
    },
    /// It is over.
    Ended {
        /// How it ended.
        ending: Ending,
        /// How long both sides were in the room, in whole seconds.
        talked_seconds: u64,
        /// How many minutes are billed; 0 for a call that is billed by license.
        minutes: i64,
    },
}

/// The milestones between the call as it was `before` and as the record has it at `now`, in milliseconds since the Unix
/// epoch, in their order. A call that is over has paid what is billed.
pub(crate) fn passed(before: &Call, record: &CallRecord, now: i64) -> Vec<Milestone> {
    let after_ms = now.saturating_sub(record.created_at).max(0);
    let (was, is) = (before.state(), record.call.state());
    let mut passed = Vec::new();
    if was == State::Ringing && matches!(is, State::Waiting | State::Talking) {
        passed.push(Milestone::Answered { after_ms });
    }
    if matches!(was, State::Ringing | State::Waiting) && is == State::Talking {
        passed.push(Milestone::Began { after_ms });
    }
    if was != State::Ended
        && let Some(end) = record.call.end()
    {
        passed.push(Milestone::Ended {
            ending: end.ending.clone(),
            talked_seconds: end.keep_time,
            minutes: record.paid_minutes,
        });
    }
    passed
}
