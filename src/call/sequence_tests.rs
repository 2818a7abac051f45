//! Generated lives of calls: whatever happens in whatever order, a call ends once, and both sides agree how.
//! `PROPTEST_CASES` sets how many lives each test tries.

// The generator asks the system for its seed, which is not possible on wasm32-unknown-unknown.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use super::table_tests::{ending, state};
use super::tests::{START, ringing};
use super::*;

/// One thing that happens to a call.
#[derive(Debug, Clone)]
enum Incident {
    Signal(Signal),
    /// A page opens its socket. The boolean says whether it takes the call.
    Arrive(Side, Device, bool),
    Choose(Side, Device, Chosen),
    /// A timer fires, too early, in time or too late.
    Timer,
    /// The service restarts and reads the call that it has stored.
    Restart,
}

/// Each side has two devices, so that half of the signals come from the wrong one, and each device has two pages.
fn device() -> impl Strategy<Value = Device> {
    let name = prop_oneof![3 => Just("a"), 1 => Just("b")];
    let page = prop_oneof![2 => Just(None), 3 => Just(Some("p")), 1 => Just(Some("q"))];
    (name, page)
        .prop_map(|(name, page)| Device { name: name.to_owned(), page: page.map(str::to_owned) })
}

fn chosen() -> impl Strategy<Value = Chosen> {
    (any::<bool>(), any::<bool>()).prop_map(|(muted, camera)| Chosen { muted, camera })
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Caller), Just(Side::Listener)]
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![Just(How::Manual), Just(How::UnloadCallPage), Just(How::ForceFromApp)]
}

fn seen() -> impl Strategy<Value = u64> {
    prop_oneof![4 => START..START + 400_000, 1 => any::<u64>()]
}

/// The signals. Those that end every call are rarer, or few calls would start.
fn signal() -> impl Strategy<Value = Signal> {
    let reason = || "[a-z]{0,8}";
    prop_oneof![
        6 => device().prop_map(|device| Signal::Answer { device }),
        1 => Just(Signal::Busy),
        12 => (side(), device()).prop_map(|(side, device)| Signal::Join { side, device }),
        1 => (side(), device(), reason(), option::of(2000_u32..2110)).prop_map(
            |(side, device, reason, err_code)| Signal::JoinFailed { side, device, reason, err_code }
        ),
        2 => (side(), device(), how())
            .prop_map(|(side, device, how)| Signal::HangUp { side, device, how }),
        2 => (side(), device(), seen(), reason()).prop_map(|(side, device, last_seen_ms, reason)| {
            Signal::Gone { side, device, last_seen_ms, reason }
        }),
    ]
}

/// How much later the next incident happens, in milliseconds: often at the same time, often at a deadline or just
/// beside it.
fn later() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => Just(0),
        4 => 0..5_000_u64,
        1 => prop_oneof![Just(JOIN_MS), Just(RING_MS), Just(30_000)],
        1 => prop_oneof![Just(JOIN_MS - 1), Just(RING_MS - 1), Just(29_999)],
        1 => 0..200_000_u64,
    ]
}

fn incident() -> impl Strategy<Value = Incident> {
    prop_oneof![
        6 => signal().prop_map(Incident::Signal),
        1 => (side(), device(), any::<bool>())
            .prop_map(|(side, device, takes)| Incident::Arrive(side, device, takes)),
        1 => (side(), device(), chosen())
            .prop_map(|(side, device, chosen)| Incident::Choose(side, device, chosen)),
        1 => Just(Incident::Timer),
        1 => Just(Incident::Restart),
    ]
}

fn time_limit() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), Just(Some(30.0)), Just(Some(29.9999999)), (0.001..90.0).prop_map(Some)]
}

/// The incidents of a life. Half of the calls start before anything else happens.
fn incidents() -> impl Strategy<Value = Vec<(u64, Incident)>> {
    let join = |side| Incident::Signal(Signal::Join { side, device: "a".into() });
    let start = vec![(1_234, join(Side::Caller)), (15_000, join(Side::Listener))];
    let start = prop_oneof![Just(Vec::new()), Just(start)];
    (start, vec((later(), incident()), 0..24)).prop_map(|(start, more)| [start, more].concat())
}

/// A call and what was seen of it.
struct Life {
    call: Call,
    now: u64,
    heard: Vec<(u64, Addressed)>,
    replies: Vec<Reply>,
}

impl Life {
    fn new(time_limit: Option<f64>) -> Life {
        Life { call: ringing(time_limit), now: START, heard: Vec::new(), replies: Vec::new() }
    }

    fn hear(&mut self, events: Vec<Addressed>) {
        self.heard.extend(events.into_iter().map(|event| (self.now, event)));
    }

    fn live(&mut self, later: u64, incident: &Incident) {
        self.now += later;
        match incident {
            Incident::Signal(signal) => {
                let step = self.call.apply(signal.clone(), self.now);
                self.replies.push(step.reply);
                self.hear(step.events);
            }
            Incident::Arrive(side, device, takes) => {
                self.live(0, &Incident::Timer);
                self.call.arrive(*side, device, *takes);
            }
            Incident::Choose(side, device, chosen) => {
                self.live(0, &Incident::Timer);
                self.call.choose(*side, device, *chosen);
            }
            Incident::Timer => {
                let events = self.call.elapse(self.now);
                self.hear(events);
            }
            Incident::Restart => {
                let stored = serde_json::to_string(&self.call).unwrap();
                self.call = serde_json::from_str(&stored).unwrap();
            }
        }
        // Panics if the call is in a state that must not exist.
        state(&self.call);
    }

    /// Lives as with a service whose timers fire in time.
    fn live_punctually(&mut self, later: u64, incident: &Incident) {
        let then = self.now + later;
        if let Some(deadline) = self.call.deadline()
            && (self.now..=then).contains(&deadline)
        {
            self.live(deadline - self.now, &Incident::Timer);
        }
        self.live(then - self.now, incident);
    }

    fn of(&self, side: Side) -> Vec<&Event> {
        self.heard
            .iter()
            .filter(|(_, heard)| heard.to == side)
            .map(|(_, heard)| &heard.event)
            .collect()
    }

    /// When the call started, in milliseconds since the Unix epoch.
    fn started(&self) -> Option<u64> {
        let start = |(_, heard): &&(u64, Addressed)| heard.event == Event::StartVoip {};
        self.heard.iter().find(start).map(|(at, _)| *at)
    }

    /// The events that each side has heard.
    fn told(&self) -> [Vec<&Event>; 2] {
        Side::BOTH.map(|side| self.of(side))
    }
}

fn lived(time_limit: Option<f64>, incidents: &[(u64, Incident)]) -> Life {
    let mut life = Life::new(time_limit);
    for (later, incident) in incidents {
        life.live(*later, incident);
    }
    life
}

/// Lives as [`lived`] does; then everybody leaves, so that the call is over.
fn lived_to_its_end(time_limit: Option<f64>, incidents: &[(u64, Incident)]) -> Life {
    let mut life = lived(time_limit, incidents);
    let device = life.call.device(Side::Caller).unwrap_or("a").into();
    let how = How::UnloadCallPage;
    life.live(1, &Incident::Signal(Signal::HangUp { side: Side::Caller, device, how }));
    life
}

/// The kind of an event in the life of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Progress,
    JoinFailed,
    Ending,
    End,
    Finish,
}

const fn kind(event: &Event) -> Kind {
    match event {
        Event::StartVoip {}
        | Event::HangOnVoip {}
        | Event::JoinedRoomByCaller {}
        | Event::Calling { .. } => Kind::Progress,
        Event::JoinFailCaller(_) | Event::JoinFailListener(_) => Kind::JoinFailed,
        Event::AbortVoip { .. }
        | Event::CancelVoip { .. }
        | Event::RejectVoip { .. }
        | Event::HangUpVoip { .. }
        | Event::Busy {}
        | Event::Timeout {} => Kind::Ending,
        Event::EndVoip { .. } => Kind::End,
        Event::FinishVoip { .. } => Kind::Finish,
    }
}

/// The side that alone may hear an event, or [`None`] if both may.
fn only(event: &Event) -> Option<Side> {
    match event {
        Event::JoinedRoomByCaller {} | Event::JoinFailCaller(_) | Event::Busy {} => {
            Some(Side::Caller)
        }
        Event::HangOnVoip {} | Event::JoinFailListener(_) => Some(Side::Listener),
        Event::StartVoip {}
        | Event::AbortVoip { .. }
        | Event::CancelVoip { .. }
        | Event::RejectVoip { .. }
        | Event::HangUpVoip { .. }
        | Event::EndVoip { .. }
        | Event::Calling { .. }
        | Event::Timeout {}
        | Event::FinishVoip { .. } => None,
    }
}

/// Whether the ending events of the caller and of the listener tell the same end.
fn agree(caller: &Event, listener: Option<&Event>) -> bool {
    let own = |origin: &Origin| match origin {
        Origin::Manual | Origin::UnloadCallPage | Origin::ForceFromApp => true,
        Origin::Other | Origin::TimeLimit => false,
    };
    let of_the_other_side = |AbortError { err_msg }: &AbortError| {
        [OTHER_SIDE_ABORTED, OTHER_SIDE_HAS_NO_MICROPHONE].contains(&err_msg.as_str())
    };
    match caller {
        Event::Busy {} => listener.is_none(),
        Event::Timeout {} => listener == Some(caller),
        Event::CancelVoip { status } => {
            own(status) && listener == Some(&Event::CancelVoip { status: Origin::Other })
        }
        Event::RejectVoip { status } => {
            let Some(Event::RejectVoip { status: theirs }) = listener else { return false };
            *status == Origin::Other && own(theirs)
        }
        Event::HangUpVoip { keep_time, status, origin } => {
            let Some(Event::HangUpVoip { keep_time: same_time, status: same, origin: theirs }) =
                listener
            else {
                return false;
            };
            let by_one = match status {
                HangUpStatus::EndByCaller => own(origin) && *theirs == Origin::Other,
                HangUpStatus::EndByListener => *origin == Origin::Other && own(theirs),
            };
            let by_limit = *origin == Origin::TimeLimit && *theirs == Origin::TimeLimit;
            keep_time == same_time && status == same && (by_one || by_limit)
        }
        Event::AbortVoip { keep_time, status, error } => {
            let Some(Event::AbortVoip { keep_time: same_time, status: theirs, error: their_error }) =
                listener
            else {
                return false;
            };
            let by_caller = *status == AbortStatus::AbortByCaller
                && *theirs == AbortStatus::Unknown
                && of_the_other_side(their_error);
            let by_listener = *status == AbortStatus::Unknown
                && *theirs == AbortStatus::AbortByListener
                && of_the_other_side(error);
            keep_time == same_time && (by_caller || by_listener)
        }
        Event::StartVoip {}
        | Event::HangOnVoip {}
        | Event::EndVoip { .. }
        | Event::Calling { .. }
        | Event::JoinedRoomByCaller {}
        | Event::JoinFailCaller(_)
        | Event::JoinFailListener(_)
        | Event::FinishVoip { .. } => false,
    }
}

/// No file of failures is written beside the sources: a failing sequence is made a test by hand.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn each_side_hears_one_ending_then_the_summary_then_the_bill(
        time_limit in time_limit(), incidents in incidents(),
    ) {
        let life = lived_to_its_end(time_limit, &incidents);
        prop_assert!(life.call.end().is_some());
        for side in Side::BOTH {
            let heard = life.of(side);
            let own = heard.iter().all(|event| only(event).is_none_or(|only| only == side));
            prop_assert!(own, "{side:?} {heard:?}");
            for (at, event) in heard.iter().enumerate() {
                prop_assert!(!heard[..at].contains(event), "twice: {event:?}");
            }
            let kinds = heard.iter().map(|event| kind(event));
            let kinds: Vec<Kind> = kinds.skip_while(|kind| *kind == Kind::Progress).collect();
            let busy = life.call.end().is_some_and(|end| end.ending == Ending::Busy);
            let expected: &[&[Kind]] = match side {
                Side::Listener if busy => &[&[Kind::End, Kind::Finish]],
                Side::Caller | Side::Listener => &[
                    &[Kind::Ending, Kind::End, Kind::Finish],
                    &[Kind::JoinFailed, Kind::Ending, Kind::End, Kind::Finish],
                ],
            };
            prop_assert!(expected.contains(&kinds.as_slice()), "{side:?} {heard:?}");
        }
    }

    #[test]
    fn both_sides_agree_on_the_end(time_limit in time_limit(), incidents in incidents()) {
        let life = lived_to_its_end(time_limit, &incidents);
        let [caller, listener] = life.told();
        let is_ending = |event: &&&Event| kind(event) == Kind::Ending;
        let caller_end = caller.iter().find(is_ending).unwrap();
        let listener_end = listener.iter().find(is_ending).copied();
        prop_assert!(agree(caller_end, listener_end), "{caller_end:?} {listener_end:?}");
        let times = |heard: &[&Event]| -> Vec<(Kind, u64)> {
            heard.iter().filter_map(|event| match event {
                Event::EndVoip { keep_time, .. } | Event::FinishVoip { keep_time }
                | Event::HangUpVoip { keep_time, .. } | Event::AbortVoip { keep_time, .. }
                | Event::Calling { keep_time } => Some((kind(event), *keep_time)),
                Event::StartVoip {} | Event::HangOnVoip {} | Event::CancelVoip { .. }
                | Event::RejectVoip { .. } | Event::Busy {} | Event::Timeout {}
                | Event::JoinedRoomByCaller {} | Event::JoinFailCaller(_)
                | Event::JoinFailListener(_) => None,
            }).collect()
        };
        prop_assert_eq!(times(&caller), times(&listener));
        let started = |heard: &[&Event]| heard.iter().any(|event| **event == Event::StartVoip {});
        prop_assert_eq!(started(&caller), started(&listener));
    }

    #[test]
    fn only_the_time_in_the_call_counts_and_no_more_of_it_is_billed(
        time_limit in time_limit(), incidents in incidents(),
    ) {
        let life = lived_to_its_end(time_limit, &incidents);
        let End { ending, keep_time, billed } = life.call.end().unwrap();
        prop_assert!(billed <= keep_time);
        let Some(started) = life.started() else {
            prop_assert_eq!((*keep_time, *billed), (0, 0));
            let hung_up = matches!(ending, Ending::HungUp { .. } | Ending::TimeLimit);
            prop_assert!(!hung_up, "{ending:?}");
            return Ok(());
        };
        let limit_ms = time_limit.map(|limit| (limit * 1000.0).round() as u64);
        let ended = life.heard.last().map(|(at, _)| *at).unwrap();
        match ending {
            Ending::TimeLimit => {
                let whole = limit_ms.unwrap() / 1000;
                prop_assert_eq!((*keep_time, *billed), (whole, whole));
                prop_assert!(ended - started >= limit_ms.unwrap());
            }
            Ending::HungUp { .. } => {
                prop_assert_eq!((*keep_time, *billed), ((ended - started) / 1000, *keep_time));
            }
            Ending::Aborted { .. } => prop_assert_eq!(*keep_time, (ended - started) / 1000),
            Ending::Cancelled { .. } | Ending::Rejected { .. } | Ending::Busy | Ending::Unanswered
            | Ending::JoinFailed { .. } | Ending::OutOfMinutes => {
                prop_assert!(false, "{ending:?} of a call that had started");
            }
        }
        if let Some(limit_ms) = limit_ms {
            prop_assert!(*keep_time <= limit_ms / 1000);
        }
    }

    #[test]
    fn it_starts_when_both_have_joined_and_the_listener_has_answered(
        time_limit in time_limit(), incidents in incidents(),
    ) {
        let life = lived(time_limit, &incidents);
        let of = |side, wanted: Event| life.of(side).contains(&&wanted);
        let joined = life.call.caller.joined && life.call.listener.joined;
        prop_assert_eq!(life.started().is_some(), joined);
        prop_assert_eq!(life.call.caller.joined, of(Side::Caller, Event::JoinedRoomByCaller {}));
        if life.call.listener.joined {
            let answered = of(Side::Listener, Event::HangOnVoip {});
            prop_assert!(answered, "{:?}", life.told());
        }
    }

    #[test]
    fn signals_that_come_twice_and_after_the_end_are_harmless(
        time_limit in time_limit(), incidents in incidents(),
    ) {
        let mut life = Life::new(time_limit);
        for (later, incident) in &incidents {
            let end = life.call.end().cloned();
            let before = life.call.clone();
            let heard = life.heard.len();
            life.live(*later, incident);
            if let Some(end) = end {
                prop_assert_eq!(&life.call, &before);
                prop_assert_eq!(life.heard.len(), heard);
                if let Incident::Signal(_) = incident {
                    prop_assert_eq!(life.replies.last(), Some(&Reply::Ended(end)));
                }
            }
            let (after, heard) = (life.call.clone(), life.heard.len());
            life.live(0, incident);
            prop_assert_eq!(&life.call, &after);
            prop_assert_eq!(life.heard.len(), heard);
            if let Incident::Signal(_) = incident {
                prop_assert_ne!(life.replies.last(), Some(&Reply::Done));
            }
        }
    }

    #[test]
    fn neither_a_restart_nor_a_late_timer_changes_anything(
        time_limit in time_limit(), incidents in incidents(),
    ) {
        let mut punctual = Life::new(time_limit);
        let mut lazy = Life::new(time_limit);
        let mut restarted = Life::new(time_limit);
        for (later, incident) in &incidents {
            punctual.live_punctually(*later, incident);
            match incident {
                Incident::Signal(_) | Incident::Arrive(..) | Incident::Choose(..) => {
                    lazy.live(*later, incident);
                }
                Incident::Timer | Incident::Restart => lazy.now += later,
            }
            restarted.live(*later, &Incident::Restart);
            restarted.live(0, incident);
        }
        let last = Incident::Timer;
        for life in [&mut punctual, &mut lazy, &mut restarted] {
            life.live_punctually(1_000_000, &last);
        }
        prop_assert_eq!(&punctual.call, &lazy.call);
        prop_assert_eq!(&punctual.call, &restarted.call);
        prop_assert_eq!(&punctual.replies, &lazy.replies);
        prop_assert_eq!(&punctual.replies, &restarted.replies);
        prop_assert_eq!(punctual.told(), lazy.told());
        prop_assert_eq!(punctual.told(), restarted.told());
    }

    #[test]
    fn a_call_that_does_not_talk_is_over_in_time(
        time_limit in time_limit(), incidents in incidents(),
    ) {
        let life = lived(time_limit, &incidents);
        let mut call = life.call;
        let limit = call.time_limit_ms;
        let late = life.now + RING_MS + 2 * JOIN_MS;
        let _ = call.elapse(late);
        if let Phase::Talking { since_ms } = call.phase {
            prop_assert!(limit.is_none_or(|limit| since_ms + limit > late));
        } else {
            prop_assert!(call.end().is_some());
            prop_assert_eq!(call.deadline(), None);
        }
    }

    /// A clock may be set to any time. The call may end by it, but nothing breaks.
    #[test]
    fn no_time_is_too_early_or_too_late(
        time_limit in time_limit(), happens in vec((any::<u64>(), incident()), 0..12),
    ) {
        let mut life = Life::new(time_limit);
        for (now, incident) in &happens {
            life.now = *now;
            life.live(0, incident);
        }
        if let Some(End { keep_time, billed, .. }) = life.call.end() {
            prop_assert!(billed <= keep_time);
        }
    }
}

/// The properties would also hold of calls that never begin, so this shows that they do.
#[test]
fn the_generated_calls_end_in_every_way() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..1_000 {
        let (time_limit, incidents) =
            (time_limit(), incidents()).new_tree(&mut runner).unwrap().current();
        let life = lived(time_limit, &incidents);
        let end = life.call.end().map_or_else(|| state(&life.call), |end| ending(&end.ending));
        seen.insert((end, life.started().is_some()));
    }
    let expected = [
        ("aborted", false),
        ("aborted", true),
        ("busy", false),
        ("cancelled", false),
        ("hung up", true),
        ("join failed", false),
        ("rejected", false),
        ("ringing", false),
        ("ringing c", false),
        ("talking", true),
        ("time limit", true),
        ("unanswered", false),
        ("waiting", false),
        ("waiting c", false),
        ("waiting l", false),
    ];
    assert_eq!(seen, BTreeSet::from(expected));
}
