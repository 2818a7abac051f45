//! Somebody sets the machine's clock while there are calls.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::ringing::Ringing;
use common::{TestServer, soon};
use serde_json::json;

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn a_call_rings_for_a_minute_whatever_the_machines_clock_says() {
    for step in [HOUR, -HOUR] {
        let ringing = Ringing::start().await;
        let mut caller = ringing.caller("device=tv").await;
        assert_eq!(caller.next().await.unwrap()["state"], "ringing");
        ringing.server.clock.set_wall(step);
        ringing.server.clock.advance(50_000);
        let (_, view) = ringing.view(ringing.demo.phone("token")).await;
        assert_eq!(view["state"], "ringing", "{step}");
        ringing.server.clock.advance(10_000);
        let timeout = caller.event().await;
        assert_eq!(timeout["eventName"], "timeout", "{step}");
        assert!(timeout["ageMs"].as_i64().unwrap() < 20_000, "{timeout}");
    }
}

#[tokio::test]
async fn a_bill_is_about_the_time_that_has_passed() {
    for step in [HOUR, -HOUR] {
        let ringing = Ringing::start().await;
        let minutes = "SELECT minutes_left FROM apps WHERE app_id = 'wxde00000000000001'";
        let before: i64 = ringing.server.look_up(minutes);
        let (mut caller, mut listener) = ringing.talking().await;
        ringing.server.clock.set_wall(step);
        ringing.server.clock.advance(9_000);
        assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
        while listener.event().await["eventName"] != "finishVoip" {}
        let billed: i64 = ringing.server.look_up("SELECT billed FROM calls");
        assert!((9..20).contains(&billed), "{step}: {billed}");
        assert_eq!(ringing.server.look_up::<i64>(minutes), before - 1, "{step}");
    }
}

#[tokio::test]
async fn a_time_limit_and_the_patience_with_who_is_away_are_kept() {
    for step in [HOUR, -HOUR] {
        let ringing = Ringing::start_with(|call| call["timeLimit"] = 30.into()).await;
        let (mut caller, _listener) = ringing.talking().await;
        ringing.server.clock.set_wall(step);
        ringing.server.clock.advance(30_000);
        let end = caller.event().await;
        assert_eq!(
            (&end["eventName"], &end["data"]["origin"]),
            (&json!("hangUpVoip"), &json!("timeLimit"))
        );

        let ringing = Ringing::start().await;
        let (mut caller, listener) = ringing.talking().await;
        drop(listener);
        ringing.listener_is_missed().await;
        ringing.server.clock.set_wall(step);
        ringing.server.clock.advance(15_000);
        assert_eq!(soon(caller.event()).await["eventName"], "abortVoip", "{step}");
    }
}

#[tokio::test]
async fn what_others_compare_with_their_clocks_is_told_by_the_machines() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    server.clock.set_wall(HOUR);
    let wall = server.clock.wall_ms();
    let (status, _) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!(status, 201);
    let rings_until = phone.next().await["ringsUntil"].as_i64().unwrap();
    assert!((wall + 60_000..wall + 80_000).contains(&rings_until), "{rings_until}");

    // The tokens of the demo count for 12 hours.
    assert_eq!(server.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
    server.clock.set_wall(12 * HOUR);
    assert_eq!(server.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 401);
    server.clock.set_wall(-13 * HOUR);
    assert_eq!(server.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
}
