//! Every signal in every state, and what it does.

use std::fmt::Write as _;

use super::tests::{PHONE, START, TV, ringing};
use super::*;

/// A column for each state; for each signal, a row for the device that speaks for its side, and one for another device
/// of that side. Where no device speaks for the side yet, both rows are the same.
///
/// A signal that took effect is shown by the new state or the ending, and by the events that do not end the call: `h`
/// is `hangOnVoip`, `j` is `joinedRoomByCaller`, `ss` is `startVoip` for both sides.
const TABLE: &str = "
                            ringing      ringing c    waiting      waiting c    waiting l    talking      ended
answer                      waiting h    waiting c h  already      already      already      already      over
 on another device          waiting h    waiting c h  elsewhere    elsewhere    elsewhere    elsewhere    over
busy                        busy         busy         nothing      nothing      nothing      nothing      over
join of the caller          ringing c j  already      waiting c j  already      talking jss  already      over
 on another device          ringing c j  elsewhere    waiting c j  elsewhere    talking jss  elsewhere    over
join of the listener        waiting l h  talking hss  waiting l    talking ss   already      already      over
 on another device          waiting l h  talking hss  elsewhere    elsewhere    elsewhere    elsewhere    over
join failed of the caller   join failed  aborted      join failed  aborted      join failed  aborted      over
 on another device          join failed  elsewhere    join failed  elsewhere    join failed  elsewhere    over
join failed of the listener join failed  join failed  join failed  join failed  aborted      aborted      over
 on another device          join failed  join failed  elsewhere    elsewhere    elsewhere    elsewhere    over
hang up of the caller       cancelled    cancelled    cancelled    cancelled    cancelled    hung up      over
 on another device          cancelled    elsewhere    cancelled    elsewhere    cancelled    elsewhere    over
hang up of the listener     rejected     rejected     rejected     rejected     rejected     hung up      over
 on another device          rejected     rejected     elsewhere    elsewhere    elsewhere    elsewhere    over
gone the caller             nothing      aborted      nothing      aborted      nothing      aborted      over
 on another device          nothing      elsewhere    nothing      elsewhere    nothing      elsewhere    over
gone the listener           nothing      nothing      aborted      aborted      aborted      aborted      over
 on another device          nothing      nothing      elsewhere    elsewhere    elsewhere    elsewhere    over
the deadline passes         unanswered   unanswered   aborted      aborted      aborted      time limit   nothing
";

/// The columns of the table, in the words of [`state`].
const COLUMNS: [&str; 7] =
    ["ringing", "ringing c", "waiting", "waiting c", "waiting l", "talking", "ended"];

/// Every signal, each from a device of the side that sends it.
fn signals(device: impl Fn(Side) -> Device) -> Vec<Signal> {
    let (side, how, reason, last_seen_ms) = (Side::Caller, How::Manual, "why".to_owned(), START);
    let mut signals = vec![Signal::Answer { device: device(Side::Listener) }];
    // A new signal has to be added here.
    while let Some(next) = match signals.last().unwrap().clone() {
        Signal::Answer { .. } => Some(Signal::Busy),
        Signal::Busy => Some(Signal::Join { side, device: device(side) }),
        Signal::Join { side: Side::Caller, .. } => {
            Some(Signal::Join { side: Side::Listener, device: device(Side::Listener) })
        }
        Signal::Join { side: Side::Listener, .. } => {
            let reason = reason.clone();
            Some(Signal::JoinFailed { side, device: device(side), reason, err_code: None })
        }
        Signal::JoinFailed { side: Side::Caller, reason, .. } => {
            let side = Side::Listener;
            Some(Signal::JoinFailed { side, device: device(side), reason, err_code: None })
        }
        Signal::JoinFailed { side: Side::Listener, .. } => {
            Some(Signal::HangUp { side, device: device(side), how })
        }
        Signal::HangUp { side: Side::Caller, .. } => {
            Some(Signal::HangUp { side: Side::Listener, device: device(Side::Listener), how })
        }
        Signal::HangUp { side: Side::Listener, .. } => {
            Some(Signal::Gone { side, device: device(side), last_seen_ms, reason: reason.clone() })
        }
        Signal::Gone { side: Side::Caller, reason, .. } => {
            let side = Side::Listener;
            Some(Signal::Gone { side, device: device(side), last_seen_ms, reason })
        }
        Signal::Gone { side: Side::Listener, .. } => None,
    } {
        signals.push(next);
    }
    signals
}

fn own(side: Side) -> Device {
    match side {
        Side::Caller => TV.into(),
        Side::Listener => PHONE.into(),
    }
}

fn another(side: Side) -> Device {
    (own(side).name + ", another").into()
}

fn row(signal: &Signal) -> String {
    match signal {
        Signal::Answer { .. } => "answer".into(),
        Signal::Busy => "busy".into(),
        Signal::Join { side, .. } => format!("join of the {}", word(*side)),
        Signal::JoinFailed { side, .. } => format!("join failed of the {}", word(*side)),
        Signal::HangUp { side, .. } => format!("hang up of the {}", word(*side)),
        Signal::Gone { side, .. } => format!("gone the {}", word(*side)),
    }
}

const fn word(side: Side) -> &'static str {
    match side {
        Side::Caller => "caller",
        Side::Listener => "listener",
    }
}

/// The state, with the sides that are in the room, `c` or `l`. Panics for a state that must not exist.
pub(super) fn state(call: &Call) -> &'static str {
    match (&call.phase, call.caller.joined, call.listener.joined) {
        (Phase::Ringing { .. }, false, false) => "ringing",
        (Phase::Ringing { .. }, true, false) => "ringing c",
        (Phase::Waiting { .. }, false, false) => "waiting",
        (Phase::Waiting { .. }, true, false) => "waiting c",
        (Phase::Waiting { .. }, false, true) => "waiting l",
        (Phase::Talking { .. }, true, true) => "talking",
        (Phase::Ended(_), true | false, true | false) => "ended",
        (Phase::Ringing { .. }, true | false, true)
        | (Phase::Waiting { .. }, true, true)
        | (Phase::Talking { .. }, false, true | false)
        | (Phase::Talking { .. }, true, false) => panic!("{call:?}"),
    }
}

/// A word for how a call ended.
pub(super) const fn ending(ending: &Ending) -> &'static str {
    match ending {
        Ending::Cancelled { .. } => "cancelled",
        Ending::Rejected { .. } => "rejected",
        Ending::Busy => "busy",
        Ending::Unanswered => "unanswered",
        Ending::HungUp { .. } => "hung up",
        Ending::TimeLimit => "time limit",
        Ending::OutOfMinutes => "out of minutes",
        Ending::JoinFailed { .. } => "join failed",
        Ending::Aborted { .. } => "aborted",
    }
}

/// The state of a call, or a word for how it ended.
fn outcome(call: &Call) -> &'static str {
    call.end().map_or_else(|| state(call), |end| ending(&end.ending))
}

/// What a signal does to a call, as a cell of the table.
fn cell(call: &Call, signal: Signal) -> String {
    let mut after = call.clone();
    let step = after.apply(signal, START);
    let word = match step.reply {
        Reply::Done => {
            let start = |to| Addressed { to, event: Event::StartVoip {} };
            let joined = Addressed { to: Side::Caller, event: Event::JoinedRoomByCaller {} };
            let [caller, listener] = Side::BOTH.map(start);
            let letters = [(HANG_ON, "h"), (joined, "j"), (caller, "s"), (listener, "s")];
            let mut word = outcome(&after).to_owned() + " ";
            for event in step.events {
                match letters.iter().find(|(known, _)| *known == event) {
                    Some((_, letter)) => word += letter,
                    None => assert!(after.end().is_some(), "{event:?}"),
                }
            }
            return word.trim_end().into();
        }
        Reply::Already => "already",
        Reply::NoEffect => "nothing",
        Reply::Elsewhere { .. } => "elsewhere",
        Reply::Ended(_) => "over",
    };
    assert_eq!((&after, step.events), (call, vec![]), "{word} changes nothing");
    word.into()
}

/// A call in each state that can be reached.
fn states() -> Vec<Call> {
    let mut states = vec![ringing(Some(60.0))];
    let mut seen = 0;
    while seen < states.len() {
        for signal in signals(own) {
            let mut call = states[seen].clone();
            let _ = call.apply(signal, START);
            if !states.iter().any(|known| state(known) == state(&call)) {
                states.push(call);
            }
        }
        seen += 1;
    }
    states.sort_by_key(|call| COLUMNS.iter().position(|column| *column == state(call)));
    states
}

#[test]
fn every_signal_in_every_state_does_what_the_table_says() {
    let states = states();
    let mut table = String::from("\n");
    let mut line = |name: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:13}")).collect();
        writeln!(table, "{}", format!("{name:28}{cells}").trim_end()).unwrap();
    };
    let each = |cell: &dyn Fn(&Call) -> String| states.iter().map(cell).collect();
    line("", each(&|call| state(call).into()));
    for (signal, elsewhere) in signals(own).into_iter().zip(signals(another)) {
        line(&row(&signal), each(&|call| cell(call, signal.clone())));
        if signal != elsewhere {
            line(" on another device", each(&|call| cell(call, elsewhere.clone())));
        }
    }
    line(
        "the deadline passes",
        each(&|call| {
            let mut after = call.clone();
            let _ = after.elapse(call.deadline().unwrap_or(u64::MAX));
            if after == *call { "nothing".into() } else { outcome(&after).into() }
        }),
    );
    assert!(table == TABLE, "{table}");
}

/// The same table, with another page of the side's device in place of another device.
#[test]
fn another_page_is_as_much_elsewhere_as_another_device() {
    let of = |page: &'static str| move |side| Device { page: Some(page.to_owned()), ..own(side) };
    for call in states() {
        let mut call = call;
        for side in Side::BOTH {
            call.arrive(side, &of("own")(side), true);
        }
        for (other_page, other_device) in signals(of("another")).into_iter().zip(signals(another)) {
            assert_eq!(cell(&call, other_page), cell(&call, other_device), "{call:?}");
        }
    }
}
