//! The families of metrics: their names, their labels, and what they mean.

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry,
};

/// The bounds for what machines do, in seconds.
const QUICK: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0];

/// The bounds for how long people wait for each other, in seconds. A call rings for 60.
const WAIT: &[f64] = &[1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0, 80.0];

/// The bounds for how long people talk, in seconds.
const TALK: &[f64] = &[5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0];

/// The bounds for how many requests share a commit.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// All families, and the registry that knows them.
pub(super) struct Families {
    pub(super) registry: Registry,
    pub(super) ready: IntGauge,
    pub(super) calls: IntGaugeVec,
    pub(super) calls_created: IntCounterVec,
    pub(super) calls_ended: IntCounterVec,
    pub(super) ring: Histogram,
    pub(super) answer: Histogram,
    pub(super) begin: Histogram,
    pub(super) talk: Histogram,
    pub(super) minutes: IntCounter,
    pub(super) reminders: IntCounterVec,
    pub(super) sockets: IntGaugeVec,
    pub(super) connections: IntGauge,
    pub(super) requests: HistogramVec,
    pub(super) answers: IntCounterVec,
    pub(super) refusals: IntCounterVec,
    pub(super) limits_hit: IntCounterVec,
    pub(super) store_queue: IntGauge,
    pub(super) commit: Histogram,
    pub(super) commit_size: Histogram,
    pub(super) commit_failures: IntCounter,
    pub(super) webhooks: IntCounterVec,
    pub(super) webhook_queue: IntGauge,
}

impl Families {
    #[rustfmt::skip]
    pub(super) fn new() -> Families {
        let registry = Registry::new();
        let new = Registrar(&registry);
        let build = new.gauges("build_info", "1, with the version of the service.", &["version"]);
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        #[cfg(target_os = "linux")]
        new.register(prometheus::process_collector::ProcessCollector::for_self());
        Families {
            ready: new.gauge("ready", "1 if what a request writes now would be on disk, as /readyz says, else 0."),
            calls: new.gauges("calls", "Calls that are not over, by state: ringing, waiting (answered, and not both sides are in the room) or talking.", &["state"]),
            calls_created: new.counters("calls_created_total", "Calls that were created, by businessType and chargeType.", &["business_type", "charge_type"]),
            calls_ended: new.counters("calls_ended_total", "Calls that have ended, by businessType and how: cancelled, rejected, busy, unanswered, hungUp, timeLimit, minutes (none was left), joinFailed or aborted.", &["business_type", "outcome"]),
            ring: new.histogram("ring_seconds", "From the arrival of the request that creates a call until its listener was reminded.", QUICK),
            answer: new.histogram("answer_seconds", "How long calls have rung that were answered.", WAIT),
            begin: new.histogram("begin_seconds", "From the creation of calls until both sides were in the room.", WAIT),
            talk: new.histogram("talk_seconds", "How long both sides were in the room, of calls that have ended.", TALK),
            minutes: new.counter("billed_minutes_total", "Minutes that were billed."),
            reminders: new.counters("reminders_total", "Reminders of new calls, by whether a socket of the listener was connected or absent.", &["listener"]),
            sockets: new.gauges("sockets", "Open WebSockets: of a call, or for reminders.", &["kind"]),
            connections: new.gauge("connections", "Open connections, sockets included."),
            requests: new.histograms("request_seconds", "How long requests took, by method and route.", QUICK, &["method", "path"]),
            answers: new.counters("answers_total", "Answers, by method, route and HTTP status.", &["method", "path", "status"]),
            refusals: new.counters("refusals_total", "Refused requests, by method, route and errcode.", &["method", "path", "errcode"]),
            limits_hit: new.counters("limits_hit_total", "How often a limit has refused somebody or made somebody wait, by the name of its flag.", &["limit"]),
            store_queue: new.gauge("store_queue_length", "Requests that wait for the store."),
            commit: new.histogram("commit_seconds", "How long the store took for a commit, with all requests that share it.", QUICK),
            commit_size: new.histogram("commit_requests", "How many requests have shared a commit.", SIZES),
            commit_failures: new.counter("commit_failures_total", "Commits that have failed."),
            webhooks: new.counters("webhooks_total", "Messages to backends that are done with, by type and outcome: delivered, refused, givenUp (all tries have failed) or settled (it was not needed).", &["type", "outcome"]),
            webhook_queue: new.gauge("webhook_queue_length", "Messages to backends that wait to be sent, at most 100000."),
            registry,
        }
    }
}

/// Makes families and registers them.
struct Registrar<'a>(&'a Registry);

impl Registrar<'_> {
    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.add(IntCounter::with_opts(options(name, help)))
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.add(IntCounterVec::new(options(name, help), labels))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.add(IntGauge::with_opts(options(name, help)))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.add(IntGaugeVec::new(options(name, help), labels))
    }

    fn histogram(&self, name: &str, help: &str, bounds: &[f64]) -> Histogram {
        self.add(Histogram::with_opts(measured(name, help, bounds)))
    }

    fn histograms(&self, name: &str, help: &str, bounds: &[f64], labels: &[&str]) -> HistogramVec {
        self.add(HistogramVec::new(measured(name, help, bounds), labels))
    }

    #[expect(clippy::expect_used, reason = "the names are constants, and every test makes them")]
    fn add<Family: Collector + Clone + 'static>(
        &self,
        family: prometheus::Result<Family>,
    ) -> Family {
        let family = family.expect("the names and labels of a metric are valid");
        self.register(family.clone());
        family
    }

    #[expect(
        clippy::expect_used,
        reason = "the names are constants, and every test registers them"
    )]
    fn register(&self, collector: impl Collector + 'static) {
        self.0.register(Box::new(collector)).expect("each metric is registered once");
    }
}

fn options(name: &str, help: &str) -> Opts {
    Opts::new(format!("wmpf_voip_{name}"), help)
}

fn measured(name: &str, help: &str, bounds: &[f64]) -> HistogramOpts {
    HistogramOpts::from(options(name, help)).buckets(bounds.to_vec())
}
