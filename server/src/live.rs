//! Who is connected to this process, and when something is due.

pub mod calls;
pub(crate) mod deadlines;
pub mod listeners;

use wmpf_voip_calls::transition::Change;

use crate::domain::clock::Clock;
use crate::live::calls::LiveCalls;
use crate::live::listeners::Listeners;

/// Who is connected, and the clock by which something is due.
#[derive(Clone)]
pub struct Live {
    /// The calls that are not over.
    pub calls: LiveCalls,
    /// Those who wait for calls.
    pub listeners: Listeners,
    /// The time.
    pub clock: Clock,
}

impl Live {
    /// Starts with nobody.
    #[must_use]
    pub fn new(clock: Clock) -> Live {
        Live { calls: LiveCalls::default(), listeners: Listeners::default(), clock }
    }

    /// Passes on what has changed in a call.
    pub fn pass_on(&self, change: &Change) {
        self.calls.follow(change);
        if let Some(notice) = &change.notice {
            self.listeners.tell(notice);
        }
    }

    /// Passes on what has changed in several calls.
    pub fn pass_on_all(&self, changes: &[Change]) {
        changes.iter().for_each(|change| self.pass_on(change));
    }

    /// Gives up every socket of this mini-program, because its tokens are no longer valid.
    pub fn close_sockets_of(&self, app_id: &str) {
        self.listeners.close_sockets_of(app_id);
        self.calls.close_sockets_of(app_id);
    }
}
