//! What the service counts and measures, for Prometheus.
//!
//! Labels are words of the contract and of this program: never an appId, a room, a device or a user, of which there are
//! too many for a time series each. What happened in one call, the log says.

mod families;

use std::time::Duration;

use prometheus::{IntGauge, TextEncoder};
use wmpf_voip::code::Code;
use wmpf_voip_calls::event_type::EventType;
use wmpf_voip_calls::milestone::Milestone;
use wmpf_voip_calls::transition::Change;

use crate::domain::limit::Limit;
use crate::domain::message::Outcome;
use families::Families;

/// The media type of the text that the metrics are.
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// The labels of reminders: whether the listener had a socket.
const CONNECTED: &str = "connected";
const ABSENT: &str = "absent";

/// What the service counts and measures.
pub struct Metrics {
    families: Families,
}

/// What is the case while the metrics are read.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Whether what a request writes now would be on disk.
    pub is_ready: bool,
    /// The calls that ring.
    pub ringing: usize,
    /// The calls that were answered, in which not both sides are yet.
    pub waiting: usize,
    /// The calls in which both sides are.
    pub talking: usize,
    /// The open sockets of calls.
    pub call_sockets: usize,
    /// The open sockets for reminders.
    pub reminder_sockets: usize,
    /// The requests that wait for the store.
    pub store_queue: usize,
    /// The messages to backends that wait to be sent. `None` if the store cannot say.
    pub webhook_queue: Option<usize>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let families = Families::new();
        // Of a counter that begins at 1, Prometheus does not see that it has grown.
        for limit in Limit::ALL {
            families.limits_hit.with_label_values(&[limit.as_str()]);
        }
        let outcomes = Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Waiting);
        for outcome in outcomes {
            for kind in EventType::ALL {
                families.webhooks.with_label_values(&[kind.as_str(), outcome.as_str()]);
            }
        }
        for listener in [CONNECTED, ABSENT] {
            families.reminders.with_label_values(&[listener]);
        }
        Metrics { families }
    }
}

impl Metrics {
    /// Counts what a call was brought to.
    pub(crate) fn passed(&self, change: &Change) {
        let families = &self.families;
        if change.milestones.is_empty() {
            return;
        }
        let business_type = u8::from(change.business_type).to_string();
        for milestone in &change.milestones {
            match milestone {
                Milestone::Rang => {
                    let labels = [business_type.as_str(), change.charge_type.as_str()];
                    families.calls_created.with_label_values(&labels).inc();
                }
                Milestone::Answered { after_ms } => families.answer.observe(seconds(*after_ms)),
                Milestone::Began { after_ms } => families.begin.observe(seconds(*after_ms)),
                Milestone::Ended { ending, talked_seconds, minutes } => {
                    let labels = [business_type.as_str(), ending.as_str()];
                    families.calls_ended.with_label_values(&labels).inc();
                    if *talked_seconds > 0 {
                        families.talk.observe(*talked_seconds as f64);
                    }
                    families.minutes.inc_by(u64::try_from(*minutes).unwrap_or(0));
                }
            }
        }
    }

    /// Measures how long it took from the arrival of a request until the listener of its call was reminded.
    pub(crate) fn rang(&self, after: Duration) {
        self.families.ring.observe(after.as_secs_f64());
    }

    /// Counts a reminder, and whether a socket of the listener was open for it.
    pub(crate) fn reminded(&self, is_heard: bool) {
        let listener = if is_heard { CONNECTED } else { ABSENT };
        self.families.reminders.with_label_values(&[listener]).inc();
    }

    /// Counts and measures an answered request. `path` is the route's, not the request's.
    pub(crate) fn answered(
        &self,
        method: &str,
        path: &str,
        status: u16,
        code: Option<Code>,
        took: Duration,
    ) {
        let families = &self.families;
        families.requests.with_label_values(&[method, path]).observe(took.as_secs_f64());
        let status = status.to_string();
        families.answers.with_label_values(&[method, path, &status]).inc();
        if let Some(code) = code {
            let errcode = u16::from(code).to_string();
            families.refusals.with_label_values(&[method, path, &errcode]).inc();
        }
    }

    /// Counts that a limit has held somebody up.
    pub(crate) fn limited(&self, limit: Limit) {
        self.families.limits_hit.with_label_values(&[limit.as_str()]).inc();
    }

    /// Counts and measures a commit of the store, or the failure of one.
    pub(crate) fn committed(&self, requests: usize, took: Duration, is_done: bool) {
        let families = &self.families;
        if is_done {
            families.commit_size.observe(requests as f64);
            families.commit.observe(took.as_secs_f64());
        } else {
            families.commit_failures.inc();
        }
    }

    /// Counts a message to a backend that is done with.
    pub(crate) fn webhook(&self, kind: EventType, outcome: Outcome) {
        self.families.webhooks.with_label_values(&[kind.as_str(), outcome.as_str()]).inc();
    }

    /// The gauge of the open connections.
    pub(crate) fn connections(&self) -> &IntGauge {
        &self.families.connections
    }

    /// Writes everything in Prometheus' text format.
    ///
    /// # Errors
    /// When the format cannot hold it.
    pub(crate) fn text(&self, sample: Sample) -> Result<String, prometheus::Error> {
        let Families { ready, calls, sockets, store_queue, webhook_queue, .. } = &self.families;
        let set =
            |gauge: &IntGauge, value: usize| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        ready.set(i64::from(sample.is_ready));
        set(&calls.with_label_values(&["ringing"]), sample.ringing);
        set(&calls.with_label_values(&["waiting"]), sample.waiting);
        set(&calls.with_label_values(&["talking"]), sample.talking);
        set(&sockets.with_label_values(&["call"]), sample.call_sockets);
        set(&sockets.with_label_values(&["reminders"]), sample.reminder_sockets);
        set(store_queue, sample.store_queue);
        if let Some(waiting) = sample.webhook_queue {
            set(webhook_queue, waiting);
        }
        TextEncoder::new().encode_to_string(&self.families.registry.gather())
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Sample = Sample {
        is_ready: true,
        ringing: 0,
        waiting: 0,
        talking: 0,
        call_sockets: 0,
        reminder_sockets: 0,
        store_queue: 0,
        webhook_queue: None,
    };

    #[test]
    fn what_is_counted_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.limited(Limit::Calls);
        metrics.committed(3, Duration::from_millis(2), true);
        metrics.committed(3, Duration::from_millis(2), false);
        metrics.webhook(EventType::CallEnded, Outcome::GivenUp);
        metrics.answered("POST", "/v1/calls", 402, Some(Code::Arrears), Duration::from_millis(1));
        metrics.reminded(false);
        let text = metrics.text(Sample { ringing: 2, ..NOTHING }).unwrap();
        for line in [
            "wmpf_voip_limits_hit_total{limit=\"max-calls-per-minute\"} 1",
            "wmpf_voip_commit_requests_sum 3",
            "wmpf_voip_commit_failures_total 1",
            "wmpf_voip_webhooks_total{outcome=\"givenUp\",type=\"call.ended\"} 1",
            "wmpf_voip_refusals_total{errcode=\"15\",method=\"POST\",path=\"/v1/calls\"} 1",
            "wmpf_voip_answers_total{method=\"POST\",path=\"/v1/calls\",status=\"402\"} 1",
            "wmpf_voip_reminders_total{listener=\"absent\"} 1",
            "wmpf_voip_calls{state=\"ringing\"} 2",
            "wmpf_voip_ready 1",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is not in {text}");
        }
    }

    #[test]
    fn the_text_has_the_processs_own_figures() {
        let text = Metrics::default().text(NOTHING).unwrap();
        let of_process = text.contains("process_resident_memory_bytes");
        assert_eq!(of_process, cfg!(target_os = "linux"), "{text}");
    }
}
