//! What this process alone knows: who is connected to it, and when something is due in its calls. It also notes in the log
//! and in the metrics what becomes of calls, once that is stored.

pub mod calls;
pub(crate) mod deadlines;
pub mod listeners;

use std::sync::Arc;

use wmpf_voip_calls::milestone::Milestone;
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::transition::{Change, Notice};

use crate::domain::clock::Clock;
use crate::live::calls::LiveCalls;
use crate::live::listeners::Listeners;
use crate::metrics::Metrics;

/// The connections of this process, and its clock.
#[derive(Clone)]
pub struct Live {
    /// The calls that are not over, with their sockets.
    pub calls: LiveCalls,
    /// The parties that wait for calls, with their reminder sockets.
    pub listeners: Listeners,
    /// The clock of the service.
    pub clock: Clock,
    metrics: Arc<Metrics>,
}

impl Live {
    /// Starts without any connections.
    #[must_use]
    pub fn new(clock: Clock, metrics: Arc<Metrics>) -> Live {
        Live { calls: LiveCalls::default(), listeners: Listeners::default(), clock, metrics }
    }

    /// Adds a call that this process did not know.
    pub fn begin(&self, change: &Change) {
        self.note(change);
        self.calls.begin(change);
    }

    /// Passes the notice of a new call on to the listener's reminder sockets.
    pub fn remind(&self, notice: &Notice) {
        let is_heard = self.listeners.tell(notice);
        self.metrics.reminded(is_heard);
    }

    /// Passes a change of a call on to the sockets of the call, and to the listener's reminder sockets.
    pub fn pass_on(&self, change: &Change) {
        self.note(change);
        self.calls.follow(change);
        if let Some(notice) = &change.notice {
            self.listeners.tell(notice);
        }
    }

    /// Passes on the changes of several calls.
    pub fn pass_on_all(&self, changes: &[Change]) {
        changes.iter().for_each(|change| self.pass_on(change));
    }

    /// Notes what a call was brought to.
    fn note(&self, change: &Change) {
        let Change { app_id, room_id, milestones, .. } = change;
        let business_type = u8::from(change.business_type);
        self.metrics.passed(change);
        for milestone in milestones {
            match milestone {
                Milestone::Rang => {
                    let charge_type = change.charge_type.as_str();
                    tracing::info!(%app_id, %room_id, business_type, charge_type, "a call rings");
                }
                Milestone::Answered { after_ms } => {
                    tracing::info!(%app_id, %room_id, business_type, after_ms, "a call was answered");
                }
                Milestone::Began { after_ms } => {
                    tracing::info!(%app_id, %room_id, business_type, after_ms, "a call has begun");
                }
                Milestone::Ended { ending, talked_seconds, minutes } => {
                    let how = ending.as_str();
                    tracing::info!(
                        %app_id, %room_id, business_type, how, talked_seconds, minutes, "a call has ended"
                    );
                }
            }
        }
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
