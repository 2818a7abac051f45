//! The operations by which an operator looks at a call, or ends one.

use wmpf_voip::call::{How, Side};

use crate::call_record::{CallRecord, no_such_call};
use crate::failure::Failure;
use crate::operation::{Context, Decision, Facts, Operation, Wants};
use crate::transition::Change;
use crate::unit_of_work::UnitOfWork;

/// An operator looks at a call of a mini-program.
pub struct Inspect {
    /// The appId of the mini-program.
    pub app_id: String,
    /// The room id of the call.
    pub room_id: String,
}

impl Operation for Inspect {
    type Done = (CallRecord, Change);

    fn wants(&self) -> Wants {
        Wants { call: Some(self.room_id.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Self::Done>, Failure> {
        let mut work = UnitOfWork::new(facts.calls, context);
        let record = of_app(&work, &self.app_id, &self.room_id)?;
        let transition = work.begin(record, None);
        let done = work.end(transition)?;
        Ok(work.done(done))
    }
}

/// An operator ends a call of a mini-program. Both sides hear the same as if its caller had ended it by `forceHangUpVoip`.
pub struct EndCall {
    /// The appId of the mini-program.
    pub app_id: String,
    /// The room id of the call.
    pub room_id: String,
}

impl Operation for EndCall {
    type Done = Change;

    fn wants(&self) -> Wants {
        Wants { call: Some(self.room_id.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Change>, Failure> {
        let mut work = UnitOfWork::new(facts.calls, context);
        let record = of_app(&work, &self.app_id, &self.room_id)?;
        let mut transition = work.begin(record, None);
        // One that is over already stays as it is.
        let _ = transition.hang_up(Side::Caller, None, How::ForceFromApp);
        let (_, change) = work.end(transition)?;
        Ok(work.done(change))
    }
}

/// The call of this room, if it is one of the mini-program.
fn of_app(work: &UnitOfWork<'_>, app_id: &str, room_id: &str) -> Result<CallRecord, Failure> {
    let found = work.find(room_id).filter(|record| record.parties.caller.app_id == app_id);
    found.cloned().ok_or_else(|| no_such_call(room_id))
}
