//! The life of a call: signals and the passing of time go in, events for the two sides come out.
//!
//! [`Call`] is the state that the service keeps, one for each room, and it alone decides. It does nothing by itself:
//! it reads no clock, sets no timer and sends nothing. Whoever drives it
//!
//! - stores it; all its times are milliseconds since the Unix epoch, so it outlives a restart,
//! - passes the time with each signal, and calls [`Call::elapse`] at its [`Call::deadline`],
//! - delivers the events that come out.
//!
//! The two sides need no machine of their own: the caller and the listener hear the events that are addressed
//! to them, and each counts the seconds between with [`calling`].
//!
//! ```text
//!                answer              both are in the room
//!   Ringing ----------------> Waiting ----------------> Talking
//!      |  60 s: timeout          |  20 s: abortVoip        |  timeLimit: hangUpVoip
//!      |  cancel, reject, busy   |  cancel, reject         |  hang up
//!      |  join failed, gone      |  join failed, gone      |  gone
//!      +-------------------------+-------------------------+----> Ended
//! ```
//!
//! Rules without a mark are those of the plugin's public documentation. Where it is silent, `Decision:` says
//! what is done here.

mod abort_text;
mod device;
mod end;
mod event;
mod how;
#[cfg(test)]
mod sequence_tests;
mod side;
mod signal;
#[cfg(test)]
mod table_tests;

use serde::{Deserialize, Serialize};

pub use self::abort_text::{
    ABORT_TEXTS, AbortText, CALLER_DID_NOT_JOIN, CONNECTION_LOST, FLOAT_BALL_CLOSED, INCOMING_CALL,
    LISTENER_DID_NOT_JOIN, OTHER_SIDE_ABORTED, OTHER_SIDE_HAS_NO_MICROPHONE,
};
use self::device::Seat;
pub use self::device::{Chosen, Device, Elsewhere};
pub use self::end::{End, Ending};
use self::event::seconds;
pub use self::event::{
    AbortError, AbortStatus, Addressed, Event, HangUpStatus, JoinError, Origin, calling,
};
pub use self::how::How;
pub use self::side::Side;
pub use self::signal::{Reply, Signal};
use crate::protocol::RING_MS;
use crate::request::{BusinessType, RoomType};

/// How long a side may take to enter the room after the listener has answered, or after the listener has entered it,
/// in milliseconds.
pub const JOIN_MS: u64 = 20_000;

/// The event that tells the listener's page that it has taken the call.
const HANG_ON: Addressed = Addressed { to: Side::Listener, event: Event::HangOnVoip {} };

/// What `endVoip` tells of a call, and what does not change during it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The name to show for the caller.
    pub caller_name: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// The kind of media: voice or video.
    pub room_type: RoomType,
    /// The kind of call: which kind of host calls which.
    pub business_type: BusinessType,
}

/// One call, from its creation to its bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    about: About,
    time_limit_ms: Option<u64>,
    caller: Seat,
    listener: Seat,
    phase: Phase,
}

/// The phase of a call, with its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Phase {
    /// The listener has not answered. The call rings until this time, in milliseconds since the Unix epoch.
    Ringing { until_ms: u64 },
    /// The listener has answered, but not both sides are in the room. The call ends at this time, in milliseconds
    /// since the Unix epoch.
    Waiting { until_ms: u64 },
    /// Both sides are in the room since this time, in milliseconds since the Unix epoch.
    Talking { since_ms: u64 },
    /// The call is over.
    Ended(End),
}

/// The state of a call: its phase without the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", schema(as = CallState))]
pub enum State {
    /// The listener has not answered.
    Ringing,
    /// The listener has answered, but not both sides are in the room.
    Waiting,
    /// Both sides are in the room.
    Talking,
    /// The call is over.
    Ended,
}

impl State {
    /// The word for the state in messages and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Ringing => "ringing",
            State::Waiting => "waiting",
            State::Talking => "talking",
            State::Ended => "ended",
        }
    }

    /// Whether the listener has answered and the call goes on.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        match self {
            State::Waiting | State::Talking => true,
            State::Ringing | State::Ended => false,
        }
    }
}

/// The result of a signal.
#[must_use = "the events have to be delivered"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The reply to whoever sent the signal.
    pub reply: Reply,
    /// The events for the two sides; those of each side are in order. There may be events although the signal had no
    /// effect, because a deadline may have passed before it.
    pub events: Vec<Addressed>,
}

impl Call {
    /// Makes a call that begins to ring at `now_ms`. `time_limit` is that of a valid
    /// [`Request`](crate::request::Request), in seconds.
    #[must_use]
    pub fn new(about: About, time_limit: Option<f64>, now_ms: u64) -> Call {
        Call {
            about,
            // The cast saturates: a limit of more than some 500 million years is no limit.
            time_limit_ms: time_limit.map(|seconds| (seconds * 1000.0).round().max(1.0) as u64),
            caller: Seat::default(),
            listener: Seat::default(),
            phase: Phase::Ringing { until_ms: now_ms.saturating_add(RING_MS) },
        }
    }

    /// When [`elapse`](Call::elapse) has to be called, in milliseconds since the Unix epoch. `None` if the call needs
    /// no timer.
    #[must_use]
    pub fn deadline(&self) -> Option<u64> {
        match &self.phase {
            Phase::Ringing { until_ms } | Phase::Waiting { until_ms } => Some(*until_ms),
            Phase::Talking { since_ms } => {
                self.time_limit_ms.map(|limit| since_ms.saturating_add(limit))
            }
            Phase::Ended(_) => None,
        }
    }

    /// The state of the call.
    #[must_use]
    pub const fn state(&self) -> State {
        match &self.phase {
            Phase::Ringing { .. } => State::Ringing,
            Phase::Waiting { .. } => State::Waiting,
            Phase::Talking { .. } => State::Talking,
            Phase::Ended(_) => State::Ended,
        }
    }

    /// The end of the call. `None` while it is not over.
    #[must_use]
    pub fn end(&self) -> Option<&End> {
        match &self.phase {
            Phase::Ended(end) => Some(end),
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Talking { .. } => None,
        }
    }

    /// Since when both sides are in the room, in milliseconds since the Unix epoch. `None` before, and after the end.
    #[must_use]
    pub const fn talking_since(&self) -> Option<u64> {
        match &self.phase {
            Phase::Talking { since_ms } => Some(*since_ms),
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Ended(_) => None,
        }
    }

    /// Ends the call at `at_ms`, because its mini-program has no minute left for it. Nothing happens unless both sides are
    /// in the room.
    #[must_use = "the events have to be delivered"]
    pub fn run_out(&mut self, at_ms: u64) -> Vec<Addressed> {
        match &self.phase {
            Phase::Talking { .. } => self.finish(Ending::OutOfMinutes, at_ms, at_ms),
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Ended(_) => Vec::new(),
        }
    }

    /// The part of the call that does not change.
    #[must_use]
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// The name of the device that speaks for a side. `None` if no device does yet.
    #[must_use]
    pub fn device(&self, side: Side) -> Option<&str> {
        self.seat(side).device.as_deref()
    }

    /// Notes that the listener has itself called the caller while this call rings, and is about to join it. Decision:
    /// it has as long for that as a listener that has answered, even if the call would have stopped ringing before.
    pub fn cross(&mut self, now_ms: u64) {
        if let Phase::Ringing { until_ms } = &mut self.phase {
            *until_ms = (*until_ms).max(now_ms.saturating_add(JOIN_MS));
        }
    }

    /// Ends the call if its deadline has passed. It ends at the deadline, however late `now_ms` is.
    #[must_use = "the events have to be delivered"]
    pub fn elapse(&mut self, now_ms: u64) -> Vec<Addressed> {
        let Some(deadline) = self.deadline().filter(|deadline| *deadline <= now_ms) else {
            return Vec::new();
        };
        let ending = match &self.phase {
            Phase::Ringing { .. } => Ending::Unanswered,
            // Decision: the listener has waited, so it is the listener's side that gives up, even if it was the
            // listener itself that did not join.
            Phase::Waiting { .. } => {
                let joined = self.listener.joined;
                let reason = if joined { CALLER_DID_NOT_JOIN } else { LISTENER_DID_NOT_JOIN };
                Ending::Aborted { side: Side::Listener, reason: reason.into(), err_code: None }
            }
            Phase::Talking { .. } => Ending::TimeLimit,
            Phase::Ended(_) => return Vec::new(),
        };
        self.finish(ending, deadline, deadline)
    }

    /// Applies a signal. What should have happened by `now_ms` happens first, so a timer that fires late changes
    /// nothing.
    pub fn apply(&mut self, signal: Signal, now_ms: u64) -> Step {
        let mut events = self.elapse(now_ms);
        let (reply, more) = match &self.phase {
            Phase::Ended(end) => (Reply::Ended(end.clone()), Vec::new()),
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Talking { .. } => {
                self.take(signal, now_ms)
            }
        };
        events.extend(more);
        Step { reply, events }
    }

    /// Applies a signal while the call is not over.
    fn take(&mut self, signal: Signal, now_ms: u64) -> (Reply, Vec<Addressed>) {
        match signal {
            Signal::Busy => self.busy(now_ms),
            Signal::Answer { device } => match self.claim(Side::Listener, device) {
                Err(elsewhere) => (elsewhere, Vec::new()),
                Ok(()) => match self.phase {
                    Phase::Ringing { .. } => {
                        self.wait(now_ms);
                        (Reply::Done, vec![HANG_ON])
                    }
                    Phase::Waiting { .. } | Phase::Talking { .. } | Phase::Ended(_) => {
                        (Reply::Already, Vec::new())
                    }
                },
            },
            Signal::Join { side, device } => match self.claim(side, device) {
                Err(elsewhere) => (elsewhere, Vec::new()),
                Ok(()) if self.seat(side).joined => (Reply::Already, Vec::new()),
                Ok(()) => (Reply::Done, self.join(side, now_ms)),
            },
            Signal::JoinFailed { side, device, reason, err_code } => match self.claim(side, device)
            {
                Err(elsewhere) => (elsewhere, Vec::new()),
                Ok(()) => {
                    // Decision: a side that was in the room and cannot come back, such as a page that was loaded anew,
                    // has left it.
                    let ending = if self.seat(side).joined {
                        Ending::Aborted { side, reason, err_code }
                    } else {
                        Ending::JoinFailed { side, reason, err_code }
                    };
                    (Reply::Done, self.finish(ending, now_ms, now_ms))
                }
            },
            Signal::HangUp { side, device, how } => match self.claim(side, device) {
                Err(elsewhere) => (elsewhere, Vec::new()),
                Ok(()) => (Reply::Done, self.hang_up(side, how, now_ms)),
            },
            Signal::Gone { side, device, last_seen_ms, reason } => match self.speaker(side) {
                // Decision: a side that has not joined cannot be lost. A phone that only rings may go, because another
                // phone of the user may answer; a caller that never joins is ended by the deadline.
                None => (Reply::NoEffect, Vec::new()),
                Some(speaker) if speaker.keeps_out(&device).is_some() => {
                    (Reply::Elsewhere { device: speaker.name }, Vec::new())
                }
                Some(_) => {
                    let ending = Ending::Aborted { side, reason, err_code: None };
                    (Reply::Done, self.finish(ending, now_ms, last_seen_ms.min(now_ms)))
                }
            },
        }
    }

    /// Decision: a listener that is busy on one device is not rung on its other devices. A call that the listener has
    /// answered is not ended by it.
    fn busy(&mut self, now_ms: u64) -> (Reply, Vec<Addressed>) {
        match self.phase {
            Phase::Ringing { .. } => (Reply::Done, self.finish(Ending::Busy, now_ms, now_ms)),
            Phase::Waiting { .. } | Phase::Talking { .. } | Phase::Ended(_) => {
                (Reply::NoEffect, Vec::new())
            }
        }
    }

    /// Decision: a listener that has answered has 20 s to join. Once it has joined, the caller has 20 s.
    fn wait(&mut self, now_ms: u64) {
        self.phase = Phase::Waiting { until_ms: now_ms.saturating_add(JOIN_MS) };
    }

    fn join(&mut self, side: Side, now_ms: u64) -> Vec<Addressed> {
        self.seat_mut(side).joined = true;
        let mut events = Vec::new();
        match side {
            Side::Caller => {
                events.push(Addressed { to: side, event: Event::JoinedRoomByCaller {} });
            }
            // Decision: a listener that joins without having answered has thereby answered.
            Side::Listener => {
                if matches!(self.phase, Phase::Ringing { .. }) {
                    events.push(HANG_ON);
                }
                self.wait(now_ms);
            }
        }
        if self.caller.joined && self.listener.joined {
            self.phase = Phase::Talking { since_ms: now_ms };
            events.extend(Side::BOTH.map(|to| Addressed { to, event: Event::StartVoip {} }));
        }
        events
    }

    /// Decision: the call has not started before both sides are in the room. Until then the red button cancels or
    /// rejects, also after the listener has answered; `hangUpVoip` always follows a `startVoip`.
    fn hang_up(&mut self, by: Side, how: How, now_ms: u64) -> Vec<Addressed> {
        let ending = match (&self.phase, by) {
            (Phase::Talking { .. }, Side::Caller | Side::Listener) => Ending::HungUp { by, how },
            (Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Ended(_), Side::Caller) => {
                Ending::Cancelled { how }
            }
            (Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Ended(_), Side::Listener) => {
                Ending::Rejected { how }
            }
        };
        self.finish(ending, now_ms, now_ms)
    }

    /// Ends the call. Only the time from `startVoip` on is counted.
    ///
    /// Decision: the duration lasts until the end was known, because both pages have counted and shown it until then.
    /// The bill lasts only until a side that vanished was last seen, so nobody pays for the time in which the service
    /// has waited for it. A call that ends in another way while the service still waits is billed to its end.
    fn finish(&mut self, ending: Ending, ended_ms: u64, billed_until_ms: u64) -> Vec<Addressed> {
        let (keep_time, billed) = match &self.phase {
            Phase::Talking { since_ms } => {
                (seconds(*since_ms, ended_ms), seconds(*since_ms, billed_until_ms))
            }
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Ended(_) => (0, 0),
        };
        let end = End { ending, keep_time, billed };
        let told =
            |to| end.events(to, &self.about).into_iter().map(move |event| Addressed { to, event });
        let events = Side::BOTH.into_iter().flat_map(told).collect();
        self.phase = Phase::Ended(end);
        events
    }

    /// Checks that the device `by`, with the page that acts, speaks for its side. If none speaks yet, it does so from
    /// now on.
    fn claim(&mut self, side: Side, by: Device) -> Result<(), Reply> {
        self.seat_mut(side).claim(by).map_err(|speaker| Reply::Elsewhere { device: speaker.name })
    }

    const fn seat(&self, side: Side) -> &Seat {
        match side {
            Side::Caller => &self.caller,
            Side::Listener => &self.listener,
        }
    }

    const fn seat_mut(&mut self, side: Side) -> &mut Seat {
        match side {
            Side::Caller => &mut self.caller,
            Side::Listener => &mut self.listener,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    pub(super) const START: u64 = 1_800_000_000_000;
    pub(super) const TV: &str = "the TV";
    pub(super) const PHONE: &str = "the phone";
    const OTHER_PHONE: &str = "the user's other phone";

    /// A call that rings from [`START`] on.
    pub(super) fn ringing(time_limit: Option<f64>) -> Call {
        let about = About {
            caller_name: "Front door".into(),
            listener_name: "Alice".into(),
            room_type: RoomType::Video,
            business_type: BusinessType::DeviceToPhone,
        };
        Call::new(about, time_limit, START)
    }

    /// The device of a side that most tests use.
    fn device(side: Side) -> Device {
        match side {
            Side::Caller => TV.into(),
            Side::Listener => PHONE.into(),
        }
    }

    fn answer() -> Signal {
        Signal::Answer { device: PHONE.into() }
    }

    fn join(side: Side) -> Signal {
        Signal::Join { side, device: device(side) }
    }

    fn join_failed(side: Side, err_code: Option<u32>) -> Signal {
        let reason = "joinVoIPChat:fail -2".into();
        Signal::JoinFailed { side, device: device(side), reason, err_code }
    }

    fn hang_up(side: Side, how: How) -> Signal {
        Signal::HangUp { side, device: device(side), how }
    }

    fn gone(side: Side, last_seen_ms: u64) -> Signal {
        Signal::Gone { side, device: device(side), last_seen_ms, reason: CONNECTION_LOST.into() }
    }

    /// A call whose listener has answered at [`START`]; `caller` and `listener` say which sides have joined then.
    fn answered(caller: bool, listener: bool) -> Call {
        let mut call = ringing(None);
        done(&mut call, answer(), START);
        for (side, joins) in [(Side::Caller, caller), (Side::Listener, listener)] {
            if joins {
                done(&mut call, join(side), START);
            }
        }
        call
    }

    /// A call that has started at [`START`].
    fn talking(time_limit: Option<f64>) -> Call {
        let mut call =
            Call { time_limit_ms: ringing(time_limit).time_limit_ms, ..answered(true, false) };
        done(&mut call, join(Side::Listener), START);
        assert_eq!(call.phase, Phase::Talking { since_ms: START });
        call
    }

    fn done(call: &mut Call, signal: Signal, now_ms: u64) -> Vec<Addressed> {
        let step = call.apply(signal, now_ms);
        assert_eq!(step.reply, Reply::Done);
        step.events
    }

    /// The events of a side, as its page gets them.
    fn heard(events: &[Addressed], side: Side) -> Json {
        let own = events.iter().filter(|addressed| addressed.to == side);
        own.map(|addressed| serde_json::to_value(&addressed.event).unwrap()).collect()
    }

    fn named(name: &str, data: Json) -> Json {
        json!({"eventName": name, "data": data})
    }

    fn end_voip(side: Side, keep_time: u64) -> Json {
        let data = json!({"keepTime": keep_time, "callerName": "Front door", "listenerName": "Alice",
            "roomType": "video", "isCaller": side == Side::Caller, "businessType": 1});
        named("endVoip", data)
    }

    /// Asserts that the two sides hear these ending events, and then the events that end every call.
    fn assert_ends(
        events: &[Addressed],
        [caller, listener]: [Vec<Json>; 2],
        [keep_time, billed]: [u64; 2],
    ) {
        for (side, mut expected) in [(Side::Caller, caller), (Side::Listener, listener)] {
            expected.push(end_voip(side, keep_time));
            expected.push(named("finishVoip", json!({"keepTime": billed})));
            assert_eq!(heard(events, side), Json::Array(expected), "{side:?}");
        }
    }

    fn aborted(status: &str, keep_time: u64, why: &str) -> Vec<Json> {
        let data = json!({"keepTime": keep_time, "status": status, "error": {"errMsg": why}});
        vec![named("abortVoip", data)]
    }

    #[test]
    fn a_call_rings_is_answered_and_starts_when_both_are_in_the_room() {
        let mut call = ringing(None);
        let joined = done(&mut call, join(Side::Caller), START + 500);
        assert_eq!(heard(&joined, Side::Caller), json!([named("joinedRoomByCaller", json!({}))]));
        assert_eq!(heard(&joined, Side::Listener), json!([]));
        assert_eq!(call.deadline(), Some(START + 60_000), "it rings for 60 s");

        let answered = done(&mut call, answer(), START + 59_999);
        assert_eq!(heard(&answered, Side::Caller), json!([]));
        assert_eq!(heard(&answered, Side::Listener), json!([named("hangOnVoip", json!({}))]));
        assert_eq!(call.deadline(), Some(START + 79_999), "20 s to come");

        let started = done(&mut call, join(Side::Listener), START + 61_000);
        for side in Side::BOTH {
            assert_eq!(heard(&started, side), json!([named("startVoip", json!({}))]));
        }
        assert_eq!(call.deadline(), None, "there is no limit");
        assert_eq!(call.end(), None);
    }

    #[test]
    fn a_listener_that_joins_at_once_answers_by_it() {
        let mut call = ringing(None);
        let joined = done(&mut call, join(Side::Listener), START);
        assert_eq!(heard(&joined, Side::Listener), json!([named("hangOnVoip", json!({}))]));
        assert_eq!(call.apply(answer(), START + 1).reply, Reply::Already);
        let started = done(&mut call, join(Side::Caller), START + 2);
        let start = named("startVoip", json!({}));
        let expected = json!([named("joinedRoomByCaller", json!({})), start]);
        assert_eq!(heard(&started, Side::Caller), expected);
        assert_eq!(heard(&started, Side::Listener), json!([start]));
    }

    #[test]
    fn an_unanswered_call_ends_after_60_seconds() {
        let mut call = ringing(None);
        assert_eq!(call.elapse(START + 59_999), []);
        let timeout = vec![named("timeout", json!({}))];
        assert_ends(&call.elapse(START + 60_000), [timeout.clone(), timeout], [0, 0]);
    }

    #[test]
    fn a_listener_that_has_called_back_has_20_seconds_to_come() {
        for (crossed, deadline) in [(0, 60_000), (40_000, 60_000), (59_999, 79_999)] {
            let mut call = ringing(None);
            call.cross(START + crossed);
            assert_eq!(call.deadline(), Some(START + deadline), "{crossed}");
            assert_eq!(call.state(), State::Ringing);
        }
        for call in [answered(false, true), talking(None)] {
            let mut crossed = call.clone();
            crossed.cross(START + 50_000);
            assert_eq!(crossed, call, "it does not ring");
        }
    }

    #[test]
    fn a_listener_in_another_call_is_busy() {
        let mut call = ringing(None);
        let busy = vec![named("busy", json!({}))];
        assert_ends(&done(&mut call, Signal::Busy, START), [busy, vec![]], [0, 0]);
        let mut call = answered(false, false);
        assert_eq!(call.apply(Signal::Busy, START).reply, Reply::NoEffect);
    }

    /// The ways to end a call by hand, and their words.
    const HANDS: [(How, &str); 3] = [
        (How::Manual, "manual"),
        (How::UnloadCallPage, "unloadCallPage"),
        (How::ForceFromApp, "forceFromApp"),
    ];

    #[test]
    fn until_it_starts_a_caller_cancels_and_a_listener_rejects() {
        for (how, word) in HANDS {
            for mut call in [ringing(None), answered(false, true), answered(true, false)] {
                let said = |status| vec![named("cancelVoip", json!({"status": status}))];
                let events = done(&mut call, hang_up(Side::Caller, how), START + 5_000);
                assert_ends(&events, [said(word), said("other")], [0, 0]);
            }
            for mut call in [ringing(None), answered(false, true), answered(true, false)] {
                let said = |status| vec![named("rejectVoip", json!({"status": status}))];
                let events = done(&mut call, hang_up(Side::Listener, how), START + 5_000);
                assert_ends(&events, [said("other"), said(word)], [0, 0]);
            }
        }
    }

    #[test]
    fn after_it_has_started_either_side_hangs_up() {
        for (how, word) in HANDS {
            for (side, status) in [(Side::Caller, "endByCaller"), (Side::Listener, "endByListener")]
            {
                let said = |who| {
                    let origin = if who == side { word } else { "other" };
                    let data = json!({"keepTime": 65, "status": status, "origin": origin});
                    vec![named("hangUpVoip", data)]
                };
                let events = done(&mut talking(None), hang_up(side, how), START + 65_999);
                assert_ends(&events, Side::BOTH.map(said), [65, 65]);
            }
        }
    }

    #[test]
    fn a_time_limit_hangs_up_for_both() {
        let mut call = talking(Some(90.5));
        assert_eq!(call.deadline(), Some(START + 90_500));
        assert_eq!(call.elapse(START + 90_499), []);
        let data = json!({"keepTime": 90, "status": "endByCaller", "origin": "timeLimit"});
        let said = vec![named("hangUpVoip", data)];
        // The timer fires late, as after a restart of the service.
        assert_ends(&call.elapse(START + 500_000), [said.clone(), said], [90, 90]);
    }

    #[test]
    fn time_limits_of_any_size_have_a_deadline() {
        for (limit, deadline) in [
            (f64::MIN_POSITIVE, START + 1),
            (0.001, START + 1),
            (1.1, START + 1_100),
            (0.0014, START + 1),
            (0.0016, START + 2),
            (1e9, START + 1_000_000_000_000),
            (f64::MAX, u64::MAX),
        ] {
            assert_eq!(talking(Some(limit)).deadline(), Some(deadline), "{limit}");
        }
    }

    #[test]
    fn a_listener_in_the_room_waits_20_seconds_for_its_caller() {
        let mut call = answered(false, false);
        done(&mut call, join(Side::Listener), START + 19_000);
        assert_eq!(call.elapse(START + 38_999), []);
        let caller = aborted("unknown", 0, "room status is abort");
        let listener = aborted("abortByListener", 0, "listener waitOtherToJoin timeout");
        assert_ends(&call.elapse(START + 39_000), [caller, listener], [0, 0]);
    }

    #[test]
    fn a_listener_that_has_answered_has_20_seconds_to_come() {
        let mut call = answered(false, false);
        done(&mut call, join(Side::Caller), START + 19_000);
        assert_eq!(call.elapse(START + 19_999), []);
        let caller = aborted("unknown", 0, "room status is abort");
        let listener = aborted("abortByListener", 0, "listener join timeout");
        assert_ends(&call.elapse(START + 20_000), [caller, listener], [0, 0]);
    }

    #[test]
    fn a_side_that_cannot_join_hears_why_and_both_hear_that_it_is_over() {
        let error = json!({"errMsg": "joinVoIPChat:fail -2", "message": "joinVoIPChat:fail -2"});
        let unknown = || aborted("unknown", 0, "room status is abort");
        for mut call in [ringing(None), answered(false, false), answered(false, true)] {
            let events = done(&mut call, join_failed(Side::Caller, None), START);
            let mut caller = vec![named("joinFailCaller", error.clone())];
            caller.extend(aborted("abortByCaller", 0, "joinVoIPChat:fail -2"));
            assert_ends(&events, [caller, unknown()], [0, 0]);
        }
        for mut call in [ringing(None), answered(false, false), answered(true, false)] {
            let events = done(&mut call, join_failed(Side::Listener, None), START);
            let mut listener = vec![named("joinFailListener", error.clone())];
            listener.extend(aborted("abortByListener", 0, "joinVoIPChat:fail -2"));
            assert_ends(&events, [unknown(), listener], [0, 0]);
        }
    }

    #[test]
    fn the_other_side_hears_that_a_microphone_cannot_be_had_and_nothing_of_what_the_host_says() {
        let no_microphone = "the other side cannot use its microphone";
        for (err_code, told) in [
            (2007, no_microphone),
            (2102, no_microphone),
            (2103, no_microphone),
            (2003, "room status is abort"),
            (2009, "room status is abort"),
            (7, "room status is abort"),
            (u32::MAX, "room status is abort"),
        ] {
            // One that was in the room and cannot come back is no other case.
            for (mut call, talked) in [(answered(true, false), false), (talking(None), true)] {
                let now = START + 3_000;
                let events = done(&mut call, join_failed(Side::Listener, Some(err_code)), now);
                let keep_time = if talked { 3 } else { 0 };
                let others: Vec<_> =
                    events.iter().filter(|event| event.to == Side::Caller).collect();
                let expected = &aborted("unknown", keep_time, told)[0];
                assert_eq!(serde_json::to_value(&others[0].event).unwrap(), *expected);
                assert!(!format!("{others:?}").contains("joinVoIPChat"), "{others:?}");
                // It is the same for a side that hears it later, from what was stored.
                let stored: Call =
                    serde_json::from_str(&serde_json::to_string(&call).unwrap()).unwrap();
                assert_eq!(stored, call);
            }
        }
    }

    #[test]
    fn a_call_that_an_older_version_has_ended_is_read() {
        for ending in ["joinFailed", "aborted"] {
            let ended = json!({ending: {"side": "caller", "reason": "no camera"}});
            let ending: Ending = serde_json::from_value(ended.clone()).unwrap();
            assert_eq!(serde_json::to_value(ending).unwrap(), ended);
        }
    }

    #[test]
    fn who_vanishes_aborts_the_call_and_is_billed_until_it_was_last_seen() {
        let unknown = || aborted("unknown", 40, "room status is abort");
        let (seen, now) = (START + 25_000, START + 40_000);
        let events = done(&mut talking(None), gone(Side::Caller, seen), now);
        let caller = aborted("abortByCaller", 40, "call interrupted due to native reason");
        assert_ends(&events, [caller, unknown()], [40, 25]);
        let events = done(&mut talking(None), gone(Side::Listener, seen), now);
        let listener = aborted("abortByListener", 40, "call interrupted due to native reason");
        assert_ends(&events, [unknown(), listener.clone()], [40, 25]);

        for (seen, billed) in [(START - 1, 0), (now + 1_000, 40)] {
            let events = done(&mut talking(None), gone(Side::Listener, seen), now);
            assert_ends(&events, [unknown(), listener.clone()], [40, billed]);
        }
    }

    #[test]
    fn a_call_that_has_not_started_can_be_aborted_too() {
        let mut call = ringing(None);
        done(&mut call, join(Side::Caller), START);
        let events = done(&mut call, gone(Side::Caller, START), START + 9_000);
        let why = "call interrupted due to native reason";
        let unknown = || aborted("unknown", 0, "room status is abort");
        assert_ends(&events, [aborted("abortByCaller", 0, why), unknown()], [0, 0]);
        let events = done(&mut answered(true, false), gone(Side::Listener, START), START + 9_000);
        assert_ends(&events, [unknown(), aborted("abortByListener", 0, why)], [0, 0]);
    }

    #[test]
    fn who_has_not_come_cannot_be_lost() {
        for side in Side::BOTH {
            let mut call = ringing(None);
            let step = call.apply(gone(side, START), START);
            assert_eq!((step.reply, step.events), (Reply::NoEffect, vec![]), "{side:?}");
            assert_eq!(call, ringing(None));
        }
    }

    #[test]
    fn of_two_phones_that_answer_at_once_one_wins_and_the_other_is_told() {
        let signals: [fn(Device) -> Signal; 4] = [
            |device| Signal::Answer { device },
            |device| Signal::Join { side: Side::Listener, device },
            |device| Signal::HangUp { side: Side::Listener, device, how: How::Manual },
            |device| Signal::Gone {
                side: Side::Listener,
                device,
                last_seen_ms: START,
                reason: CONNECTION_LOST.into(),
            },
        ];
        for mut call in [answered(false, false), answered(true, false), talking(None)] {
            let before = call.clone();
            assert_eq!(call.device(Side::Listener), Some(PHONE));
            for signal in signals {
                let step = call.apply(signal(OTHER_PHONE.into()), START + 1);
                assert_eq!(step.reply, Reply::Elsewhere { device: PHONE.into() });
                assert_eq!(step.events, []);
            }
            assert_eq!(call, before);
        }
    }

    #[test]
    fn who_comes_after_the_end_is_told_how_it_came() {
        let mut call = ringing(None);
        let rejected =
            Signal::HangUp { side: Side::Listener, device: OTHER_PHONE.into(), how: How::Manual };
        done(&mut call, rejected, START);
        let end = End { ending: Ending::Rejected { how: How::Manual }, keep_time: 0, billed: 0 };
        assert_eq!(call.device(Side::Listener), Some(OTHER_PHONE));
        let step = call.apply(answer(), START + 1);
        assert_eq!((step.reply, step.events), (Reply::Ended(end), vec![]));
    }

    #[test]
    fn a_deadline_that_nobody_has_noticed_comes_before_the_signal() {
        let mut call = ringing(None);
        let step = call.apply(answer(), START + 60_000);
        let end = End { ending: Ending::Unanswered, keep_time: 0, billed: 0 };
        assert_eq!(step.reply, Reply::Ended(end));
        let timeout = vec![named("timeout", json!({}))];
        assert_ends(&step.events, [timeout.clone(), timeout], [0, 0]);
    }

    #[test]
    fn a_clock_that_is_set_back_takes_no_time_away() {
        let events = done(&mut talking(None), hang_up(Side::Caller, How::Manual), START - 5_000);
        assert_eq!(heard(&events, Side::Caller)[0]["data"]["keepTime"], 0);
        let events = done(&mut talking(None), gone(Side::Caller, 0), 0);
        assert_eq!(heard(&events, Side::Caller)[2]["data"]["keepTime"], 0);
    }

    #[test]
    fn calling_says_each_second_once() {
        let mut now = START + 5;
        let mut heard = Vec::new();
        for late in [3, 0, 999, 2_500, 0] {
            let (_, next) = calling(START, now);
            now = next + late;
            heard.push(serde_json::to_value(calling(START, now).0).unwrap());
        }
        let expected =
            [1, 2, 3, 6, 7].map(|seconds| named("calling", json!({"keepTime": seconds})));
        assert_eq!(heard, expected);
        assert_eq!(calling(START, START - 1), (Event::Calling { keep_time: 0 }, START + 1_000));
    }

    #[test]
    fn a_stored_call_is_read_by_the_next_version() {
        let about = json!({"callerName": "Front door", "listenerName": "Alice", "roomType": "video",
            "businessType": 1});
        let seat = |device: Option<&str>, joined| json!({"device": device, "joined": joined});
        let mut aborted = talking(Some(90.5));
        done(&mut aborted, gone(Side::Caller, START + 1_000), START + 9_000);
        let ending = json!({"aborted": {"side": "caller", "reason": CONNECTION_LOST}});
        let end = json!({"ending": ending, "keepTime": 9, "billed": 1});
        for (call, limit, caller, listener, phase) in [
            (
                ringing(None),
                json!(null),
                seat(None, false),
                seat(None, false),
                json!({"ringing": {"untilMs": START + 60_000}}),
            ),
            (
                answered(true, false),
                json!(null),
                seat(Some(TV), true),
                seat(Some(PHONE), false),
                json!({"waiting": {"untilMs": START + 20_000}}),
            ),
            (
                talking(Some(90.5)),
                json!(90_500),
                seat(Some(TV), true),
                seat(Some(PHONE), true),
                json!({"talking": {"sinceMs": START}}),
            ),
            (
                aborted,
                json!(90_500),
                seat(Some(TV), true),
                seat(Some(PHONE), true),
                json!({"ended": end}),
            ),
        ] {
            let stored = json!({"about": about, "timeLimitMs": limit, "caller": caller,
                "listener": listener, "phase": phase});
            assert_eq!(serde_json::to_value(&call).unwrap(), stored);
            assert_eq!(serde_json::from_value::<Call>(stored).unwrap(), call);
        }
    }
}
