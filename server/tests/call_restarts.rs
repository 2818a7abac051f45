//! Calls that are not over when the service stops.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::ringing::{Ringing, names};
use common::soon;
use rusqlite::Connection;
use serde_json::json;
use tokio::time::sleep;
use wmpf_voip_calls::transition::PAGES_RETURN_WITHIN_MS;

impl Ringing {
    /// The service stops, as many milliseconds pass, and it starts again.
    async fn restart(self, ms: i64, change: impl FnOnce(&Connection)) -> Ringing {
        let Ringing { server, demo, room_id } = self;
        let clock = server.clock.clone();
        let server = server.restart_after(|db| {
            clock.advance(ms);
            change(db);
        });
        Ringing { server: server.await, demo, room_id }
    }
}

#[tokio::test]
async fn a_call_that_rang_out_meanwhile_ended_when_it_had() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.next().await.unwrap()["state"], "ringing");
    let ringing = ringing.restart(3_660_000, |_| {}).await;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.next().await.unwrap()["state"], "ended");
    let timeout = caller.event().await;
    assert_eq!(timeout["eventName"], "timeout");
    let ago = timeout["ageMs"].as_i64().unwrap();
    assert!((3_600_000..3_630_000).contains(&ago), "{ago}");
    assert_eq!(caller.rest().await, (["endVoip", "finishVoip"].map(str::to_owned).to_vec(), 1000));
}

#[tokio::test]
async fn what_the_store_could_not_take_in_time_happens_later_and_was_then() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.next().await.unwrap()["state"], "ringing");
    // It has to be read from all the time, or the service takes its device for gone.
    let told = tokio::spawn(async move { caller.event().await });
    let locked = ringing.server.lock_records();
    ringing.server.clock.advance(60_000);
    let (status, _) = ringing.view(ringing.demo.phone("token")).await;
    assert_eq!(status, 500, "the store was given up on");
    drop(locked);
    ringing.server.clock.advance(1_000);
    let timeout = told.await.unwrap();
    assert_eq!(timeout["eventName"], "timeout");
    assert!(timeout["ageMs"].as_i64().unwrap() >= 1_000, "{timeout}");
}

#[tokio::test]
async fn a_call_that_rings_goes_on_ringing() {
    let ringing = Ringing::start().await;
    let ringing = ringing.restart(30_000, |_| {}).await;
    let mut reminders = ringing.server.api.listen(ringing.demo.phone("token")).await;
    assert_eq!(reminders.next().await["roomId"], *ringing.room_id);
    let (mut caller, mut listener) = ringing.talking().await;
    assert_eq!(listener.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let ending = ["hangUpVoip", "endVoip", "finishVoip"].map(str::to_owned);
    assert_eq!(caller.rest().await, (ending.to_vec(), 1000));
}

#[tokio::test]
async fn who_returns_to_a_call_hears_every_event_once() {
    let ringing = Ringing::start().await;
    let (caller, listener) = ringing.talking().await;
    drop((caller, listener));
    let ringing = ringing.restart(20_000, |_| {}).await;
    ringing.server.clock.advance(14_000);
    let mut caller = ringing.caller("device=tv&after=1").await;
    let mut listener = ringing.listener("device=phone&after=0").await;
    assert_eq!(caller.next().await.unwrap()["state"], "talking");
    assert_eq!(caller.event().await["eventName"], "startVoip");
    ringing.server.clock.advance(60_000);
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let all = ["hangOnVoip", "startVoip", "hangUpVoip", "endVoip", "finishVoip"];
    assert_eq!(listener.rest().await, (all.map(str::to_owned).to_vec(), 1000));
}

#[tokio::test]
async fn nobody_pays_for_a_party_that_never_came_back() {
    let ringing = Ringing::start().await;
    let (mut caller, mut listener) = ringing.talking().await;
    ringing.server.clock.advance(100_000);
    // Both are heard of.
    caller.say(json!({"type": "relay", "payload": "p"})).await;
    listener.next_of("relay").await;
    listener.say(json!({"type": "relay", "payload": "p"})).await;
    caller.next_of("relay").await;
    // That it has run until now, the service has noted when it stops.
    let ringing = ringing
        .restart(20_000, |db| {
            // As if it had crashed.
            db.execute("UPDATE calls SET caller_away_since = NULL, listener_away_since = NULL", [])
                .unwrap();
        })
        .await;
    drop((caller, listener));
    let mut listener = ringing.listener("device=phone&after=2").await;
    assert_eq!(listener.next().await.unwrap()["state"], "talking");
    ringing.server.clock.advance(15_000);
    let ending = ["abortVoip", "endVoip", "finishVoip"].map(str::to_owned);
    assert_eq!(listener.rest().await, (ending.to_vec(), 1000));
    let billed: i64 = ringing.server.look_up("SELECT billed FROM calls");
    assert!((100..110).contains(&billed), "{billed}");
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    let keep_time = view["events"][3]["data"]["keepTime"].as_i64().unwrap();
    assert!((135..150).contains(&keep_time), "{keep_time}");
}

#[tokio::test]
async fn a_call_that_nobody_comes_back_to_has_broken_at_who_left_first() {
    let ringing = Ringing::start().await;
    let (mut caller, mut listener) = ringing.talking().await;
    ringing.server.clock.advance(2_000);
    listener.say(json!({"type": "relay", "payload": "p"})).await;
    caller.next_of("relay").await;
    drop(listener);
    ringing.listener_is_missed().await;
    ringing.server.clock.advance(13_000);
    assert_eq!(caller.signal(json!({"type": "join"})).await, "already", "it is still there");
    let ringing = ringing.restart(1_000, |_| {}).await;
    drop(caller);
    ringing.server.clock.advance(15_000);
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(names(&view["events"])[2..], ["abortVoip", "endVoip", "finishVoip"]);
    assert_eq!(view["events"][2]["data"]["status"], "unknown", "the other side broke");
    let billed: i64 = ringing.server.look_up("SELECT billed FROM calls");
    assert!((2..5).contains(&billed), "{billed}");
}

#[test]
fn the_service_knows_how_long_pages_try_to_return() {
    let page = include_str!("../../pkg-template/service/call-socket.js");
    let said = format!("const LOST_AFTER_MS = {PAGES_RETURN_WITHIN_MS};");
    assert!(page.contains(&said), "{said}");
}

#[tokio::test]
async fn a_call_that_its_pages_have_given_up_is_over_when_the_service_is_back() {
    let ringing = Ringing::start().await;
    let (mut caller, mut listener) = ringing.talking().await;
    ringing.server.clock.advance(100_000);
    for socket in [&mut caller, &mut listener] {
        assert_eq!(socket.signal(json!({"type": "join"})).await, "already", "it is still there");
    }
    let mut ringing = ringing.restart(PAGES_RETURN_WITHIN_MS + 1_000, |_| {}).await;
    assert_eq!(ringing.server.look_up::<i64>("SELECT count(*) FROM engaged"), 0);
    let billed: i64 = ringing.server.look_up("SELECT billed FROM calls");
    assert!((100..110).contains(&billed), "{billed}");
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(names(&view["events"])[2..], ["abortVoip", "endVoip", "finishVoip"]);
    ringing.place().await;
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(view["state"], "ringing", "nobody is busy");
}

#[tokio::test]
async fn nobody_comes_back_to_an_answered_call() {
    let ringing = Ringing::start().await;
    let mut listener = ringing.listener("device=phone").await;
    assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
    drop(listener);
    let ringing = ringing.restart(5_000, |_| {}).await;
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(view["state"], "waiting");
    // Of the 20 seconds to join there is as much left as of the 15 to come back.
    ringing.server.clock.advance(16_000);
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(view["state"], "ended");
    assert_eq!(names(&view["events"]), ["abortVoip", "endVoip", "finishVoip"]);
    assert_eq!(ringing.server.look_up::<i64>("SELECT count(*) FROM engaged"), 0);
}

/// What the machine's clock is set by while the service is down.
const HOUR: i64 = 3_600_000;

impl Ringing {
    /// The service stops, the machine's clock is set, and it starts again at once.
    async fn restart_at_another_time(self, step: i64, change: impl FnOnce(&Connection)) -> Ringing {
        let clock = self.server.clock.clone();
        let set = move |db: &Connection| {
            clock.set_wall(step);
            change(db);
        };
        self.restart(0, set).await
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_meanwhile_makes_nothing_ring_or_last_longer() {
    let ringing = Ringing::start().await.restart_at_another_time(-HOUR, |_| {}).await;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.next().await.unwrap()["state"], "ringing");
    ringing.server.clock.advance(60_000);
    assert_eq!(caller.event().await["eventName"], "timeout");

    for crashed in ["NULL", "caller_away_since"] {
        let ringing = Ringing::start().await;
        drop(ringing.talking().await);
        let forget =
            format!("UPDATE calls SET caller_away_since = {crashed}, listener_away_since = NULL");
        let change = |db: &Connection| assert_eq!(db.execute(&forget, []), Ok(1));
        let ringing = ringing.restart_at_another_time(-HOUR, change).await;
        ringing.server.clock.advance(15_000);
        let (_, view) = ringing.view(ringing.demo.device("token")).await;
        assert_eq!(view["state"], "ended", "{crashed}");
    }

    let limited = Ringing::start_with(|call| call["timeLimit"] = 100.into()).await;
    let (mut caller, mut listener) = limited.talking().await;
    limited.server.clock.advance(50_000);
    assert_eq!(caller.signal(json!({"type": "join"})).await, "already", "it is still there");
    assert_eq!(listener.signal(json!({"type": "join"})).await, "already");
    let limited = limited.restart_at_another_time(-HOUR, |_| {}).await;
    let mut caller = limited.caller("device=tv&after=2").await;
    let mut listener = limited.listener("device=phone").await;
    for socket in [&mut caller, &mut listener] {
        assert_eq!(socket.next_of("call").await["state"], "talking", "it is back");
    }
    limited.server.clock.advance(50_000);
    assert_eq!(caller.event().await["data"]["origin"], "timeLimit");
    assert_eq!(limited.server.look_up::<i64>("SELECT billed FROM calls"), 100);
}

#[tokio::test]
async fn a_clock_that_is_set_forward_meanwhile_bills_nobody_for_it() {
    let ringing = Ringing::start_with(|call| call["timeLimit"] = 600.into()).await;
    let (mut caller, mut listener) = ringing.talking().await;
    ringing.server.clock.advance(9_000);
    for socket in [&mut caller, &mut listener] {
        assert_eq!(socket.signal(json!({"type": "join"})).await, "already", "it is still there");
    }
    let ringing = ringing.restart_at_another_time(HOUR, |_| {}).await;
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(names(&view["events"])[2..], ["abortVoip", "endVoip", "finishVoip"]);
    let keep_time = view["events"][2]["data"]["keepTime"].as_i64().unwrap();
    assert!((39..45).contains(&keep_time), "its pages have ended it: {keep_time}");
    let billed: i64 = ringing.server.look_up("SELECT billed FROM calls");
    assert!((9..15).contains(&billed), "{billed}");
}

#[tokio::test]
async fn a_clock_that_was_set_before_a_restart_is_not_time_that_has_passed() {
    for step in [HOUR, -HOUR] {
        let ringing = Ringing::start().await;
        drop(ringing.talking().await);
        ringing.server.clock.set_wall(step);
        let ringing = ringing.restart(2_000, |_| {}).await;
        let mut caller = ringing.caller("device=tv&after=1").await;
        assert_eq!(caller.next().await.unwrap()["state"], "talking", "{step}");
        assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
        let billed: i64 = ringing.server.look_up("SELECT billed FROM calls");
        assert!((2..10).contains(&billed), "{step}: {billed}");
    }
}

#[tokio::test]
async fn that_the_service_runs_is_noted_by_both_clocks() {
    let ringing = Ringing::start().await;
    let both = "SELECT coalesce(max(at), 0) || ' ' || coalesce(max(wall), 0) FROM heartbeat";
    let heartbeat = || -> (i64, i64) {
        let noted: String = ringing.server.look_up(both);
        let (at, wall) = noted.split_once(' ').unwrap();
        (at.parse().unwrap(), wall.parse().unwrap())
    };
    let noted = async |until: &dyn Fn((i64, i64)) -> bool| {
        while !until(heartbeat()) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    soon(noted(&|(at, _)| at > 0)).await;
    let first = heartbeat();
    ringing.server.clock.set_wall(-HOUR);
    ringing.server.clock.advance(1);
    soon(noted(&|(at, wall)| at > first.0 && wall < first.1)).await;
}

#[tokio::test]
async fn a_call_that_cannot_be_read_keeps_nobody_from_the_next_one() {
    let ringing = Ringing::start().await;
    drop(ringing.talking().await);
    let spoil = "UPDATE calls SET call = '{\"state\":\"of another version\"}'";
    let mut ringing = ringing.restart(0, |db| assert_eq!(db.execute(spoil, []), Ok(1))).await;
    assert_eq!(ringing.server.look_up::<i64>("SELECT count(*) FROM engaged"), 0);
    ringing.place().await;
    ringing.talking().await;
}
