//! The life of a call to each of its ends, over the sockets of its two sides.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::ringing::{Ringing, names};
use common::{CallSocket, TestServer};
use serde_json::{Value, json};
use wmpf_voip::protocol::socket::{PartySignal, SignalReply};
use wmpf_voip_calls::driver::Report;
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_server::live::calls::Sizes;

/// What comes after the event that says how the call ended.
const LAST: [&str; 2] = ["endVoip", "finishVoip"];

/// Hears how the call ends: the data of each event but the last two, by name, and then the end of the socket.
async fn ending(socket: &mut CallSocket) -> Vec<(String, Value)> {
    let mut heard = Vec::new();
    loop {
        let event = socket.event().await;
        let name = event["eventName"].as_str().unwrap().to_owned();
        if name == LAST[0] {
            break;
        }
        heard.push((name, event["data"].clone()));
    }
    assert_eq!(socket.rest().await, (vec![LAST[1].to_owned()], 1000));
    heard
}

fn heard<const N: usize>(events: [(&str, Value); N]) -> Vec<(String, Value)> {
    events.map(|(name, data)| (name.to_owned(), data)).to_vec()
}

/// The words for who ends a call by hand.
const HOW: [&str; 3] = ["manual", "unloadCallPage", "forceFromApp"];

#[tokio::test]
async fn a_call_is_answered_and_hung_up() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    let opened = caller.next().await.unwrap();
    assert_eq!(opened["type"], "call");
    assert_eq!(opened["state"], "ringing");
    assert_eq!((&opened["isCaller"], &opened["peerConnected"]), (&json!(true), &json!(false)));
    let mut listener = ringing.listener("device=phone&after=0").await;
    assert_eq!(listener.next().await.unwrap()["peerConnected"], true);
    assert_eq!(caller.next().await.unwrap(), json!({"type": "peer", "connected": true}));

    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    let joined = caller.event().await;
    assert_eq!((&joined["seq"], &joined["eventName"]), (&json!(1), &json!("joinedRoomByCaller")));
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.event().await["eventName"], "hangOnVoip");
    assert_eq!(listener.event().await["eventName"], "startVoip");
    assert_eq!(caller.event().await["eventName"], "startVoip");

    ringing.server.clock.advance(61_000);
    caller.say(json!({"type": "hangUp", "how": "manual", "id": 1})).await;
    let summary = |is_caller: bool| {
        json!({"keepTime": 61, "callerName": "前门 Video Doorbell", "listenerName": "Alice",
            "roomType": "video", "isCaller": is_caller, "businessType": 1})
    };
    for (socket, is_caller) in [(&mut caller, true), (&mut listener, false)] {
        assert_eq!(socket.event().await["eventName"], "hangUpVoip");
        assert_eq!(socket.event().await["data"], summary(is_caller));
        let bill = socket.event().await;
        assert_eq!(bill["eventName"], "finishVoip");
        assert_eq!(bill["data"], json!({"keepTime": 61}));
        assert_eq!(socket.next().await, Err(1000));
    }

    let (status, view) = ringing.view(ringing.demo.phone("token")).await;
    assert_eq!((status, &view["state"]), (200, &json!("ended")));
    let all = ["hangOnVoip", "startVoip", "hangUpVoip", "endVoip", "finishVoip"];
    assert_eq!(names(&view["events"]), all);
}

#[tokio::test]
async fn an_unanswered_call_ends_when_it_has_rung() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    let mut listener = ringing.listener("device=phone").await;
    ringing.server.clock.advance(59_000);
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    ringing.server.clock.advance(1_000);
    let joined = ("joinedRoomByCaller", json!({}));
    let timeout = ("timeout", json!({}));
    assert_eq!(ending(&mut caller).await, heard([joined, timeout.clone()]));
    assert_eq!(ending(&mut listener).await, heard([timeout]));

    let mut again = ringing.caller("device=tv&after=1").await;
    assert_eq!(again.next().await.unwrap()["state"], "ended");
    let rest = ["timeout", "endVoip", "finishVoip"].map(str::to_owned);
    assert_eq!(again.rest().await, (rest.to_vec(), 1000));
    let mut late = ringing.caller("device=tv&after=4").await;
    assert_eq!(late.rest().await, (vec![], 1000));
}

#[tokio::test]
async fn a_caller_cancels() {
    for how in HOW {
        let ringing = Ringing::start().await;
        let mut reminders = ringing.server.api.listen(ringing.demo.phone("token")).await;
        assert_eq!(reminders.next().await["type"], "reminder");
        let mut caller = ringing.caller("device=tv").await;
        let mut listener = ringing.listener("device=phone").await;
        assert_eq!(caller.signal(json!({"type": "hangUp", "how": how})).await, "done");
        let seen = |status: &str| heard([("cancelVoip", json!({"status": status}))]);
        assert_eq!(ending(&mut caller).await, seen(how));
        assert_eq!(ending(&mut listener).await, seen("other"));
        let cancelled = json!({"type": "cancelled", "roomId": ringing.room_id});
        assert_eq!(reminders.next().await, cancelled);
    }
}

#[tokio::test]
async fn a_listener_rejects_before_and_after_answering() {
    for (how, answers) in HOW.into_iter().flat_map(|how| [(how, false), (how, true)]) {
        let ringing = Ringing::start().await;
        let mut reminders = ringing.server.api.listen(ringing.demo.phone("token")).await;
        assert_eq!(reminders.next().await["type"], "reminder");
        let mut caller = ringing.caller("device=tv").await;
        let mut listener = ringing.listener("device=phone").await;
        if answers {
            assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
            assert_eq!(listener.event().await["eventName"], "hangOnVoip");
        }
        let cancelled = json!({"type": "cancelled", "roomId": ringing.room_id});
        assert_eq!(listener.signal(json!({"type": "hangUp", "how": how})).await, "done");
        let seen = |status: &str| heard([("rejectVoip", json!({"status": status}))]);
        assert_eq!(ending(&mut caller).await, seen("other"));
        assert_eq!(ending(&mut listener).await, seen(how));
        assert_eq!(reminders.next().await, cancelled);
    }
}

#[tokio::test]
async fn a_caller_of_somebody_who_is_in_a_call_hears_busy() {
    let ringing = Ringing::start().await;
    let (api, demo) = (&ringing.server.api, &ringing.demo);
    let place = async || {
        let (status, room) = api.place(demo.device("token"), &demo.device_to_phone()).await;
        assert_eq!(status, 201);
        room["roomId"].as_str().unwrap().to_owned()
    };
    let (mut first, mut listener) = ringing.talking().await;
    let mut reminders = api.listen(demo.phone("token")).await;
    let second = place().await;
    let mut caller = api.open_call(demo.device("token"), &second, "device=tv2").await;
    assert_eq!(ending(&mut caller).await, heard([("busy", json!({}))]));
    let mut phone = api.open_call(demo.phone("token"), &second, "device=phone").await;
    assert_eq!(ending(&mut phone).await, [], "the listener hears only that it is over");

    // Who called it is in a call as well.
    let (status, room) = api.place(demo.phone("token"), &demo.phone_to_device()).await;
    assert_eq!(status, 201);
    let third = room["roomId"].as_str().unwrap();
    let mut phone = api.open_call(demo.phone("token"), third, "device=phone").await;
    assert_eq!(ending(&mut phone).await, heard([("busy", json!({}))]));

    assert_eq!(listener.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    ending(&mut first).await;
    let next = place().await;
    assert_eq!(reminders.next().await["roomId"], *next, "of the second nobody was reminded");

    // A listener may know more than the service does.
    let mut caller = api.open_call(demo.device("token"), &next, "device=tv").await;
    let mut listener = api.open_call(demo.phone("token"), &next, "device=phone").await;
    assert_eq!(listener.signal(json!({"type": "busy"})).await, "done");
    assert_eq!(ending(&mut caller).await, heard([("busy", json!({}))]));
    assert_eq!(reminders.next().await, json!({"type": "cancelled", "roomId": next}));
}

#[tokio::test]
async fn an_answered_call_is_given_up_when_a_side_does_not_come() {
    for (joins, reason) in
        [("listener", "listener waitOtherToJoin timeout"), ("caller", "listener join timeout")]
    {
        let ringing = Ringing::start().await;
        let mut caller = ringing.caller("device=tv").await;
        let mut listener = ringing.listener("device=phone").await;
        assert_eq!(listener.signal(json!({"type": "answer"})).await, "done");
        let joining = if joins == "caller" { &mut caller } else { &mut listener };
        assert_eq!(joining.signal(json!({"type": "join"})).await, "done");
        let state = ringing.view(ringing.demo.phone("token")).await.1["state"].clone();
        assert_eq!(state, "waiting");
        ringing.server.clock.advance(20_000);
        let abort = |status: &str, reason: &str| {
            let data = json!({"keepTime": 0, "status": status, "error": {"errMsg": reason}});
            ("abortVoip".to_owned(), data)
        };
        let heard = ending(&mut listener).await;
        assert_eq!(*heard.last().unwrap(), abort("abortByListener", reason));
        let heard = ending(&mut caller).await;
        assert_eq!(*heard.last().unwrap(), abort("unknown", "room status is abort"));
    }
}

#[tokio::test]
async fn a_side_that_cannot_enter_the_room_ends_the_call() {
    for (side, event, status) in [
        ("caller", "joinFailCaller", "abortByCaller"),
        ("listener", "joinFailListener", "abortByListener"),
    ] {
        let ringing = Ringing::start().await;
        let mut caller = ringing.caller("device=tv").await;
        let mut listener = ringing.listener("device=phone").await;
        let (fails, other) = match side {
            "caller" => (&mut caller, &mut listener),
            _ => (&mut listener, &mut caller),
        };
        let failed = json!({"type": "joinFailed", "reason": "no Blue Yeti", "errCode": 2007});
        assert_eq!(fails.signal(failed).await, "done");
        let abort = |status: &str, reason: &str| json!({"keepTime": 0, "status": status, "error": {"errMsg": reason}});
        let why = json!({"errMsg": "no Blue Yeti", "message": "no Blue Yeti"});
        let own = heard([(event, why), ("abortVoip", abort(status, "no Blue Yeti"))]);
        assert_eq!(ending(fails).await, own);
        let told = abort("unknown", "the other side cannot use its microphone");
        let others = heard([("abortVoip", told)]);
        assert_eq!(ending(other).await, others);
    }
}

#[tokio::test]
async fn either_side_hangs_up() {
    for (by_caller, how) in HOW.into_iter().flat_map(|how| [(true, how), (false, how)]) {
        let ringing = Ringing::start().await;
        let (mut caller, mut listener) = ringing.talking().await;
        ringing.server.clock.advance(2_000);
        let (by, other, status) = match by_caller {
            true => (&mut caller, &mut listener, "endByCaller"),
            false => (&mut listener, &mut caller, "endByListener"),
        };
        assert_eq!(by.signal(json!({"type": "hangUp", "how": how})).await, "done");
        let hung_up = |origin: &str| {
            heard([("hangUpVoip", json!({"keepTime": 2, "status": status, "origin": origin}))])
        };
        assert_eq!(ending(by).await, hung_up(how));
        assert_eq!(ending(other).await, hung_up("other"));
    }
}

#[tokio::test]
async fn a_call_lasts_as_long_as_it_may() {
    let ringing = Ringing::start_with(|request| request["timeLimit"] = 90.5.into()).await;
    let (mut caller, mut listener) = ringing.talking().await;
    ringing.server.clock.advance(90_000);
    assert_eq!(ringing.view(ringing.demo.phone("token")).await.1["state"], "talking");
    ringing.server.clock.advance(500);
    let data = json!({"keepTime": 90, "status": "endByCaller", "origin": "timeLimit"});
    let over = heard([("hangUpVoip", data)]);
    assert_eq!(ending(&mut caller).await, over);
    assert_eq!(ending(&mut listener).await, over);
}

#[tokio::test]
async fn a_host_interrupts_the_call() {
    let ringing = Ringing::start().await;
    let (mut caller, mut listener) = ringing.talking().await;
    let abort = json!({"type": "abort", "reason": "a phone call came"});
    assert_eq!(listener.signal(abort).await, "done");
    let aborted = |status: &str, reason: &str| {
        let data = json!({"keepTime": 0, "status": status, "error": {"errMsg": reason}});
        heard([("abortVoip", data)])
    };
    assert_eq!(ending(&mut listener).await, aborted("abortByListener", "a phone call came"));
    assert_eq!(ending(&mut caller).await, aborted("unknown", "room status is abort"));
}

#[tokio::test]
async fn who_vanishes_is_waited_for_and_billed_until_then() {
    let ringing = Ringing::start().await;
    let clock = &ringing.server.clock;
    let (mut caller, mut listener) = ringing.talking().await;
    clock.advance(10_000);
    // It is heard of for the last time.
    caller.say(json!({"type": "relay", "payload": "p"})).await;
    assert_eq!(listener.next_of("relay").await["payload"], "p");
    drop(caller);
    assert_eq!(listener.next_of("peer").await["connected"], false);
    clock.advance(14_000);
    assert_eq!(ringing.view(ringing.demo.phone("token")).await.1["state"], "talking");
    clock.advance(1_000);
    let error = json!({"errMsg": "room status is abort"});
    let event = listener.event().await;
    assert_eq!(event["eventName"], "abortVoip");
    assert_eq!(event["data"], json!({"keepTime": 25, "status": "unknown", "error": error}));
    assert_eq!(listener.event().await["data"]["keepTime"], 25);
    assert_eq!(listener.event().await["data"]["keepTime"], 10, "nobody pays for the waiting");
    let mut back = ringing.caller("device=tv&after=2").await;
    let error = json!({"errMsg": "call interrupted due to native reason"});
    let aborted = json!({"keepTime": 25, "status": "abortByCaller", "error": error});
    assert_eq!(back.event().await["data"], aborted);
}

#[tokio::test]
async fn who_returns_in_time_goes_on() {
    let ringing = Ringing::start().await;
    let clock = &ringing.server.clock;
    let (caller, mut listener) = ringing.talking().await;
    drop(caller);
    assert_eq!(listener.next_of("peer").await["connected"], false);
    clock.advance(14_000);
    let mut caller = ringing.caller("device=tv&after=2").await;
    assert_eq!(caller.next().await.unwrap()["state"], "talking");
    assert_eq!(listener.next_of("peer").await["connected"], true);
    clock.advance(60_000);
    assert_eq!(listener.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let data = json!({"keepTime": 74, "status": "endByListener", "origin": "other"});
    assert_eq!(ending(&mut caller).await, heard([("hangUpVoip", data)]), "and nothing twice");
}

#[tokio::test]
async fn the_grace_begins_when_the_socket_ends() {
    let ringing = Ringing::start().await;
    let (mut caller, listener) = ringing.talking().await;
    ringing.server.clock.advance(4_000);
    // Without a word.
    drop(listener);
    ringing.listener_is_missed().await;
    ringing.server.clock.advance(14_000);
    assert_eq!(ringing.view(ringing.demo.device("token")).await.1["state"], "talking");
    ringing.server.clock.advance(1_000);
    ending(&mut caller).await;
    assert_eq!(ringing.server.look_up::<i64>("SELECT billed FROM calls"), 4);
}

#[tokio::test]
async fn whom_nothing_comes_from_is_missed_since_it_was_last_heard() {
    let running = TestServer::with_running_clock().await;
    let ringing = Ringing::on(running, |_| {}).await;
    // It never reads, and so answers no ping.
    let (mut caller, _listener) = ringing.talking().await;
    assert_eq!(caller.next_of("peer").await["connected"], false);
    ringing.listener_is_missed().await;
    let since: i64 = ringing.server.look_up("SELECT listener_away_since FROM calls");
    let silent_for = ringing.server.clock.now_ms() - since;
    assert!(silent_for >= 5_000, "{silent_for}");
}

#[tokio::test]
async fn who_has_no_socket_says_something_in_time() {
    let ringing = Ringing::start().await;
    let device = ringing.demo.device("token");
    let join = |device: &str| json!({"type": "join", "device": device});
    assert_eq!(ringing.signal(device, join("tv")).await, (200, json!({"reply": "done"})));
    let mut listener = ringing.listener("device=phone").await;
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    for _ in 0..3 {
        ringing.server.clock.advance(14_000);
        assert_eq!(ringing.signal(device, join("tv")).await.1["reply"], "already");
    }
    // Nobody looks at the call meanwhile.
    ringing.server.clock.advance(15_000);
    listener.event().await;
    while listener.event().await["eventName"] != "finishVoip" {}
    let (_, view) = ringing.view(device).await;
    assert_eq!(names(&view["events"])[2..], ["abortVoip", "endVoip", "finishVoip"]);
    assert_eq!(view["events"][4]["data"]["keepTime"], 42);
    assert_eq!(ringing.signal(device, join("tv")).await.1["reply"], "ended");
}

#[tokio::test]
async fn whose_socket_closes_while_it_claims_its_side_by_a_request_is_missed() {
    let ringing = Ringing::start().await;
    let Ringing { server, demo, room_id } = &ringing;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    let listener = ringing.listener("device=phone").await;
    assert_eq!(caller.next_of("peer").await["connected"], true);
    let phone = demo.phone("id").to_owned();
    let phone = Party { app_id: "wxde00000000000001".into(), role: Role::Phone, id: phone };
    let (reply, change) = server.decide(&Report {
        party: phone,
        room_id: room_id.clone(),
        signal: PartySignal::Join,
        device: "phone".into(),
    });
    assert_eq!(reply, SignalReply::Done);
    drop(listener);
    assert_eq!(caller.next_of("peer").await["connected"], false);
    // Only now is what the request has changed on disk.
    server.live.pass_on(&change);
    assert_eq!(caller.event().await["eventName"], "startVoip");
    ringing.listener_is_missed().await;
    server.clock.advance(15_000);
    assert_eq!(caller.event().await["eventName"], "abortVoip");
}

#[tokio::test]
async fn late_and_repeated_signals_change_nothing() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    let mut listener = ringing.listener("device=phone").await;
    for (by_caller, signal, reply) in [
        (true, json!({"type": "answer"}), "noEffect"),
        (true, json!({"type": "busy"}), "noEffect"),
        (true, json!({"type": "join"}), "done"),
        (true, json!({"type": "join"}), "already"),
        (false, json!({"type": "answer"}), "done"),
        (false, json!({"type": "answer"}), "already"),
        (false, json!({"type": "busy"}), "noEffect"),
        (false, json!({"type": "join"}), "done"),
        (false, json!({"type": "join"}), "already"),
        (false, json!({"type": "answer"}), "already"),
    ] {
        let socket = if by_caller { &mut caller } else { &mut listener };
        assert_eq!(socket.signal(signal.clone()).await, reply, "{signal}");
    }
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    ending(&mut listener).await;
    for signal in [
        json!({"type": "answer", "device": "phone"}),
        json!({"type": "hangUp", "how": "manual", "device": "other"}),
        json!({"type": "busy", "device": "phone"}),
    ] {
        let (status, answer) = ringing.signal(ringing.demo.phone("token"), signal).await;
        assert_eq!((status, answer), (200, json!({"reply": "ended"})));
    }
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    let all = ["joinedRoomByCaller", "startVoip", "hangUpVoip", "endVoip", "finishVoip"];
    assert_eq!(names(&view["events"]), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_phones_that_answer_at_once_one_is_in_the_call() {
    for _ in 0..20 {
        let ringing = Ringing::start().await;
        let mut caller = ringing.caller("device=tv").await;
        assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
        let mut phones =
            [ringing.listener("device=phone-1").await, ringing.listener("device=phone-2").await];
        for phone in &mut phones {
            assert_eq!(phone.next().await.unwrap()["type"], "call");
        }
        let [first, second] = &mut phones;
        let answer = || json!({"type": "join", "id": 1});
        tokio::join!(first.say(answer()), second.say(answer()));
        let mut in_call = 0;
        for (index, phone) in phones.iter_mut().enumerate() {
            // The reply of the one that lost may come before or not at all.
            let mut message = phone.next().await.unwrap();
            if message["reply"] == "elsewhere" {
                message = phone.next().await.unwrap();
            }
            if message["type"] == "elsewhere" {
                assert_eq!(phone.next().await, Err(1000));
                let again = format!("device=phone-{}", index + 1);
                let mut again = ringing.listener(&again).await;
                // And nothing of a call that is on, into which its page would go back.
                assert_eq!(again.next().await.unwrap(), json!({"type": "elsewhere"}));
                assert_eq!(again.next().await, Err(1000));
            } else {
                assert_eq!(message["reply"], "done");
                assert_eq!(phone.event().await["eventName"], "hangOnVoip");
                assert_eq!(phone.event().await["eventName"], "startVoip");
                in_call += 1;
            }
        }
        assert_eq!(in_call, 1);
    }
}

#[tokio::test]
async fn begun_minutes_are_billed_once_and_never_below_none() {
    let minutes = "SELECT minutes_left FROM apps WHERE app_id = 'wxde00000000000001'";
    for (by_license, left, seconds, after) in
        [(false, 100, 60, 99), (false, 100, 61, 98), (false, 9, 500, 0), (true, 100, 61, 100)]
    {
        let server = common::TestServer::start().await;
        server.change(&format!("UPDATE apps SET minutes_left = {left}"));
        // That of a device that was registered with the SDK has no effect.
        server.change("UPDATE devices SET license_expires_at = 4102444800000");
        if by_license {
            server.change("UPDATE devices SET registered_by = 'wmpf'");
        }
        let ringing = Ringing::on(server, |request| {
            if by_license {
                request["voipToken"] = Value::Null;
            }
        })
        .await;
        let (mut caller, mut listener) = ringing.talking().await;
        ringing.server.clock.advance(seconds * 1000);
        assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
        ending(&mut listener).await;
        // Whatever comes afterwards.
        ringing.view(ringing.demo.phone("token")).await;
        let late = json!({"type": "hangUp", "how": "manual", "device": "phone"});
        assert_eq!(ringing.signal(ringing.demo.phone("token"), late).await.1["reply"], "ended");
        assert_eq!(ringing.server.look_up::<i64>(minutes), after, "{seconds} s of {left}");
        assert_eq!(ringing.server.look_up::<i64>("SELECT billed FROM calls"), seconds);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_two_hundred_calls() {
    let server = common::TestServer::start().await;
    let demo = server.api.demo().await;
    let mut ringing = Ringing { server, demo, room_id: String::new() };
    for number in 0..200 {
        ringing.place().await;
        match number % 5 {
            0 => {
                let (mut caller, mut listener) = ringing.talking().await;
                assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
                ending(&mut listener).await;
            }
            1 => {
                let (caller, mut listener) = ringing.talking().await;
                drop(caller);
                listener.next_of("peer").await;
                ringing.server.clock.advance(15_000);
                ending(&mut listener).await;
            }
            2 => {
                let mut caller = ringing.caller("device=tv").await;
                ringing.server.clock.advance(60_000);
                ending(&mut caller).await;
            }
            3 => {
                let hang_up = json!({"type": "hangUp", "how": "manual", "device": "tv"});
                let done = (200, json!({"reply": "done"}));
                assert_eq!(ringing.signal(ringing.demo.device("token"), hang_up).await, done);
            }
            _ => {
                let listening = ringing.server.api.listen(ringing.demo.phone("token")).await;
                let listener = ringing.listener("device=phone").await;
                drop((listening, listener));
                ringing.server.clock.advance(60_000);
            }
        }
    }
    let live = ringing.server.live.clone();
    let nothing = Sizes { calls: 0, ringing: 0, talking: 0, timers: 0, sockets: 0 };
    let settled = async {
        while live.calls.sizes() != nothing || live.listeners.count() != 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let settled = tokio::time::timeout(std::time::Duration::from_secs(10), settled).await;
    assert!(settled.is_ok(), "{:?}, {}", live.calls.sizes(), live.listeners.count());
    assert_eq!(ringing.server.look_up::<i64>("SELECT count(*) FROM engaged"), 0);
    let on = "SELECT count(*) FROM calls WHERE state <> 'ended' OR billed IS NULL";
    assert_eq!(ringing.server.look_up::<i64>(on), 0);
    // Sockets and connections hold a place that a stop waits for.
    ringing.server.stop().await;
}
