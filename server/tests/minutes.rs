//! Minutes: calls at the same time do not use the same ones, and a call for which none is left ends.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::ringing::Ringing;
use common::{CallSocket, TestServer};
use serde_json::{Value, json};

const APP: &str = "wxde00000000000001";

/// The balance of the demo's app.
fn left(server: &TestServer) -> i64 {
    server.look_up(&format!("SELECT minutes_left FROM apps WHERE app_id = '{APP}'"))
}

/// A service whose app has so many minutes and so much of an overdraft.
async fn with_minutes(minutes: i64, overdraft: i64) -> TestServer {
    let server = TestServer::start().await;
    server.change(&format!(
        "UPDATE apps SET minutes_left = {minutes}, overdraft = {overdraft} WHERE app_id = '{APP}'"
    ));
    server
}

/// A second pair of the demo, whose call is on beside that of the first.
async fn second_talk(server: &TestServer) -> (CallSocket, CallSocket) {
    let (_, demo) = server.api.get("/v1/demo").await;
    let (device, phone) = (&demo["others"]["device"], &demo["others"]["phone"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let request = json!({
        "roomType": "voice", "businessType": 1,
        "caller": {"id": device["id"]}, "listener": {"id": phone["id"]},
        "voipToken": device["deviceToken"],
    });
    let (status, room) = server.api.place(&text(&device["token"]), &request).await;
    assert_eq!(status, 201, "{room}");
    let room_id = text(&room["roomId"]);
    let mut caller = server.api.open_call(&text(&device["token"]), &room_id, "device=tv2").await;
    let mut listener = server.api.open_call(&text(&phone["token"]), &room_id, "device=p2").await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    (caller, listener)
}

/// Hears that the call ends because there are no minutes, and gives how long it was.
async fn out_of_minutes(socket: &mut CallSocket) -> u64 {
    loop {
        let event = socket.event().await;
        if event["eventName"] == "hangUpVoip" {
            assert_eq!(event["data"]["origin"], "timeLimit");
            assert_eq!(event["data"]["status"], "endByCaller");
            return event["data"]["keepTime"].as_u64().unwrap();
        }
        assert_ne!(event["eventName"], "endVoip", "it says how it ends");
    }
}

#[tokio::test]
async fn two_talks_do_not_share_a_minute() {
    let ringing = Ringing::on(with_minutes(3, 0).await, |_| {}).await;
    let (mut caller, mut listener) = ringing.talking().await;
    ringing.server.clock.advance(1_000);
    let (mut caller2, mut listener2) = second_talk(&ringing.server).await;
    assert_eq!(left(&ringing.server), 1, "each has paid its first minute");
    // The first of the two gets the last minute.
    ringing.server.clock.advance(59_500);
    let is_paid = async {
        while left(&ringing.server) > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    common::soon(is_paid).await;
    ringing.server.clock.advance(19_500);
    assert_eq!(out_of_minutes(&mut caller2).await, 60);
    assert_eq!(out_of_minutes(&mut listener2).await, 60);
    assert_eq!(left(&ringing.server), 0);
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    while listener.event().await["eventName"] != "finishVoip" {}
    assert_eq!(left(&ringing.server), 0, "2 minutes for 80 s, and 1 for 60 s");
    let how = "SELECT count(*) FROM calls WHERE call LIKE '%\"ending\":\"minutes\"%'";
    assert_eq!(ringing.server.look_up::<i64>(how), 1, "its record says why");
}

#[tokio::test]
async fn a_call_whose_minutes_were_used_while_it_rang_ends_as_soon_as_it_begins() {
    let ringing = Ringing::on(with_minutes(1, 0).await, |_| {}).await;
    ringing.server.change("UPDATE apps SET minutes_left = 0");
    let mut caller = ringing.caller("device=tv").await;
    let mut listener = ringing.listener("device=phone").await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    assert_eq!(out_of_minutes(&mut caller).await, 0);
    assert_eq!(out_of_minutes(&mut listener).await, 0);
    assert_eq!(left(&ringing.server), 0);
}

#[tokio::test]
async fn an_overdraft_is_used_before_a_call_ends() {
    let ringing = Ringing::on(with_minutes(1, 2).await, |_| {}).await;
    let (mut caller, _listener) = ringing.talking().await;
    ringing.server.clock.advance(300_000);
    assert_eq!(out_of_minutes(&mut caller).await, 180);
    assert_eq!(left(&ringing.server), -2);
    let (status, refusal) = ringing
        .server
        .api
        .place(ringing.demo.device("token"), &ringing.demo.device_to_phone())
        .await;
    assert_eq!((status, &refusal["errcode"]), (402, &json!(15)), "{refusal}");
}

#[tokio::test]
async fn what_was_paid_and_is_not_billed_is_given_back() {
    let ringing = Ringing::on(with_minutes(10, 0).await, |_| {}).await;
    let (caller, listener) = ringing.talking().await;
    ringing.server.clock.advance(55_000);
    drop((caller, listener));
    ringing.listener_is_missed().await;
    // It is waited for over the end of the minute, which is paid meanwhile.
    ringing.server.clock.advance(14_000);
    let (_, view) = ringing.view(ringing.demo.phone("token")).await;
    assert_eq!(view["state"], "talking");
    assert_eq!(left(&ringing.server), 8);
    ringing.server.clock.advance(5_000);
    let (_, view) = ringing.view(ringing.demo.phone("token")).await;
    assert_eq!(view["state"], "ended");
    assert_eq!(left(&ringing.server), 9, "nobody was there in the second minute");
}

#[tokio::test]
async fn calls_of_one_app_that_go_on_together_do_not_share_a_minute_either() {
    let ringing = Ringing::on(with_minutes(3, 0).await, |_| {}).await;
    let (_caller, _listener) = ringing.talking().await;
    let (_caller2, _listener2) = second_talk(&ringing.server).await;
    assert_eq!(left(&ringing.server), 1);
    // After the restart both are gone on with in one operation, in which one minute is left.
    let clock = ringing.server.clock.clone();
    let server = ringing.server.restart_after(|_| clock.advance(14_000)).await;
    server.clock.advance(15_000);
    let settled = async {
        while server.look_up::<i64>("SELECT count(*) FROM calls WHERE state <> 'ended'") > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    common::soon(settled).await;
    assert!(left(&server) >= 0, "{}", left(&server));
}

#[tokio::test]
async fn writing_an_app_leaves_its_balance_as_it_is() {
    let server = TestServer::start().await;
    let put = |body: Value| server.api.admin("PUT", "apps/wx-new", body);
    let (status, app) = put(json!({"approved": true, "minutesLeft": 100})).await;
    assert_eq!((status, &app["minutesLeft"], &app["overdraft"]), (201, &json!(100), &json!(0)));
    let (status, app) = put(json!({"approved": true, "minutesLeft": 7, "overdraft": 5})).await;
    assert_eq!((status, &app["minutesLeft"], &app["overdraft"]), (200, &json!(100), &json!(5)));
    let add = |add: i64| server.api.admin("POST", "apps/wx-new/minutes", json!({"add": add}));
    assert_eq!(add(-105).await, (200, json!({"minutesLeft": -5})));
    let (status, refusal) = add(-1).await;
    assert_eq!(status, 409, "{refusal}");
    assert_eq!(add(5).await, (200, json!({"minutesLeft": 0})));
}
