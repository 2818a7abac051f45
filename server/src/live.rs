//! What this process alone knows: who is connected to it, and when something is due in its calls.

pub mod calls;
pub(crate) mod deadlines;
pub mod listeners;

use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::transition::Change;

use crate::domain::clock::Clock;
use crate::live::calls::LiveCalls;
use crate::live::listeners::Listeners;

/// The connections of this process, and its clock.
#[derive(Clone)]
pub struct Live {
    /// The calls that are not over, with their sockets.
    pub calls: LiveCalls,
    /// The parties that wait for calls, with their reminder sockets.
    pub listeners: Listeners,
    /// The clock of the service.
    pub clock: Clock,
}

impl Live {
    /// Starts without any connections.
    #[must_use]
    pub fn new(clock: Clock) -> Live {
        Live { calls: LiveCalls::default(), listeners: Listeners::default(), clock }
    }

    /// Passes a change of a call on to the sockets of the call, and to the listener's reminder sockets.
    pub fn pass_on(&self, change: &Change) {
        self.calls.follow(change);
        if let Some(notice) = &change.notice {
            self.listeners.tell(notice);
        }
    }

    /// Passes on the changes of several calls.
    pub fn pass_on_all(&self, changes: &[Change]) {
        changes.iter().for_each(|change| self.pass_on(change));
    }

    /// Gives up every socket whose token was signed by one of these keys, which count no more.
    pub fn close_sockets_of_keys(&self, numbers: &[i64]) {
        if !numbers.is_empty() {
            self.listeners.close_sockets_of_keys(numbers);
            self.calls.close_sockets_of_keys(numbers);
        }
    }

    /// Gives up every socket of this party, because its tokens are no longer valid.
    pub fn close_sockets_of_party(&self, party: &Party) {
        self.listeners.close_sockets_of_party(party);
        self.calls.close_sockets_of_party(party);
    }
}
