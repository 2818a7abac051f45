//! Two who call each other at about the same time meet in one call.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::{Answer, CallSocket, Demo, TestServer, answer, soon, status};
use serde_json::{Value, json};
use tokio::time::sleep;
use wmpf_voip_calls::party::Role;

/// One party's call of the other one: by which route, with whose token, and the body.
#[derive(Clone)]
struct Way {
    path: &'static str,
    token: String,
    request: Value,
}

impl Way {
    fn with(mut self, path: &str, value: Value) -> Way {
        let member = path.split('.').fold(&mut self.request, |object, name| &mut object[name]);
        *member = value;
        self
    }
}

/// The doorbell calls Alice.
fn by_device(demo: &Demo) -> Way {
    let token = demo.device("token").to_owned();
    Way { path: "/v1/calls", token, request: demo.device_to_phone() }
}

/// Alice calls the doorbell: by initByCaller, by callWMPF and by callDevice.
fn by_phone(demo: &Demo) -> [Way; 3] {
    let (sn, model) = (demo.device("id"), demo.device("modelId"));
    let wmpf = json!({"roomType": "video", "sn": sn, "modelId": model, "nickName": "Alice",
        "pushToken": demo.device("pushToken"), "chargeType": "duration"});
    let device = json!({"roomType": "video", "sn": sn, "modelId": model, "chargeType": "duration"});
    let mut own = demo.phone_to_device();
    own["roomType"] = json!("video");
    [("/v1/calls", own), ("/v1/wmpf-calls", wmpf), ("/v1/device-calls", device)]
        .map(|(path, request)| Way { path, token: demo.phone("token").to_owned(), request })
}

async fn start() -> (TestServer, Demo) {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    (server, demo)
}

async fn place(server: &TestServer, way: &Way) -> Answer {
    server.api.post(way.path, &way.token, &way.request).await
}

async fn place_with_key(server: &TestServer, way: &Way, key: &str) -> Answer {
    let sent = server.api.http("POST", way.path).bearer_auth(&way.token).json(&way.request);
    answer(sent.header("Idempotency-Key", key)).await
}

/// A call that rings, and its page.
async fn ring(server: &TestServer, way: &Way) -> (Value, CallSocket) {
    let (status, room) = place(server, way).await;
    assert_eq!(status, 201, "{room}");
    let mut socket = open(server, way, &room, "older").await;
    assert_eq!(socket.signal(json!({"type": "join"})).await, "done");
    assert_eq!(socket.event().await["eventName"], "joinedRoomByCaller");
    (room, socket)
}

async fn open(server: &TestServer, way: &Way, room: &Value, device: &str) -> CallSocket {
    let room_id = room["roomId"].as_str().unwrap();
    server.api.open_call(&way.token, room_id, &format!("device={device}")).await
}

async fn view(server: &TestServer, way: &Way, room: &Value) -> Value {
    let path = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
    answer(server.api.http("GET", &path).bearer_auth(&way.token)).await.1
}

async fn signal(server: &TestServer, way: &Way, room: &Value, signal: Value) -> Value {
    let path = format!("/v1/calls/{}/signals", room["roomId"].as_str().unwrap());
    server.api.post(&path, &way.token, &signal).await.1["reply"].clone()
}

async fn give_up(server: &TestServer, way: &Way, room: &Value, query: &str) -> u16 {
    let path = format!("/v1/calls/{}{query}", room["roomId"].as_str().unwrap());
    status(server.api.http("DELETE", &path).bearer_auth(&way.token)).await
}

async fn cancel_by_key(server: &TestServer, way: &Way, key: &str) -> u16 {
    let request = server.api.http("DELETE", "/v1/calls").bearer_auth(&way.token);
    status(request.header("Idempotency-Key", key)).await
}

/// What the page of the later call does: it enters the older one as its listener.
async fn enter(server: &TestServer, way: &Way, room: &Value) -> CallSocket {
    let mut socket = open(server, way, room, "later").await;
    let call = socket.next().await.unwrap();
    assert_eq!((&call["type"], &call["isCaller"]), (&json!("call"), &json!(false)), "{call}");
    assert_eq!(socket.signal(json!({"type": "answer"})).await, "done");
    assert_eq!(socket.signal(json!({"type": "join"})).await, "done");
    socket
}

async fn hang_up(older: &mut CallSocket, later: &mut CallSocket) {
    while older.event().await["eventName"] != "startVoip" {}
    while later.event().await["eventName"] != "startVoip" {}
    assert_eq!(later.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let heard = ["hangUpVoip", "endVoip", "finishVoip"].map(str::to_owned).to_vec();
    assert_eq!(older.rest().await, (heard.clone(), 1000));
    assert_eq!(later.rest().await, (heard, 1000));
}

#[tokio::test]
async fn the_later_call_is_answered_with_the_older_one_whoever_makes_it_and_how() {
    let (server, demo) = start().await;
    let mut rooms = 0;
    for phones in by_phone(&demo) {
        let device = by_device(&demo);
        for (older, later) in [(&device, &phones), (&phones, &device)] {
            for apart in [0, 1_000, 30_000, 58_000] {
                let (room, mut caller) = ring(&server, older).await;
                server.clock.advance(apart);
                let what = format!("{} {} {apart}", older.path, later.path);
                assert_eq!(place(&server, later).await, (200, room.clone()), "{what}");
                rooms += 1;
                assert_eq!(server.count("calls"), rooms, "{what}");
                // It takes its time for the page to open.
                server.clock.advance(1_500);
                let mut listener = enter(&server, later, &room).await;
                hang_up(&mut caller, &mut listener).await;
            }
        }
    }
    assert_eq!(server.count("engaged"), 0);
}

#[tokio::test]
async fn the_older_call_has_its_type_its_limit_and_its_bill() {
    let (server, demo) = start().await;
    let minutes = || server.look_up::<i64>("SELECT sum(minutes_left) FROM apps");
    // The TV has a license, and a phone that calls it pays by duration.
    let [phones, ..] = by_phone(&demo);
    let phones = phones
        .with("roomType", json!("voice"))
        .with("timeLimit", json!(90))
        .with("listener", json!({"id": demo.tv("id")}))
        .with("voipToken", json!(demo.tv("pushToken")));
    let device = Way { token: demo.tv("token").to_owned(), ..by_device(&demo) }
        .with("timeLimit", json!(30))
        .with("caller", json!({"id": demo.tv("id")}))
        .with("voipToken", Value::Null);
    for (older, later, kind, limit, cost) in
        [(&device, &phones, "video", 30.0, 0), (&phones, &device, "voice", 90.0, 1)]
    {
        let before = minutes();
        let (room, mut caller) = ring(&server, older).await;
        assert_eq!(place(&server, later).await, (200, room.clone()));
        let seen = view(&server, later, &room).await;
        assert_eq!((&seen["roomType"], &seen["timeLimit"]), (&json!(kind), &json!(limit)));
        let mut listener = enter(&server, later, &room).await;
        server.clock.advance(2_000);
        hang_up(&mut caller, &mut listener).await;
        assert_eq!(before - minutes(), cost, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_simultaneous_creations_one_makes_a_room_and_one_bill() {
    const ROUNDS: usize = 100;
    let (server, demo) = start().await;
    server.change("UPDATE apps SET minutes_left = 100000");
    let minutes = || server.look_up::<i64>("SELECT sum(minutes_left) FROM apps");
    let before = minutes();
    let mut by_duration = 0;
    for round in 0..ROUNDS {
        let device = by_device(&demo);
        let [phones, ..] = by_phone(&demo);
        let (first, second) = tokio::join!(place(&server, &device), place(&server, &phones));
        let (older, later) = match (first.0, second.0) {
            (201, 200) => (&device, &phones),
            (200, 201) => (&phones, &device),
            other => panic!("{round}: {other:?}"),
        };
        let room = first.1;
        assert_eq!(room, second.1, "{round}");
        // The pages may open in any order.
        let listener = enter(&server, later, &room);
        let caller = async {
            let mut caller = open(&server, older, &room, "older").await;
            assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
            caller
        };
        let (mut caller, mut listener) = tokio::join!(caller, listener);
        server.clock.advance(1_000);
        hang_up(&mut caller, &mut listener).await;
        by_duration += i64::from(room["chargeType"] == "duration");
    }
    assert_eq!(server.count("calls") as usize, ROUNDS);
    assert_eq!(before - minutes(), by_duration);
}

#[tokio::test]
async fn the_later_calls_key_names_the_older_call() {
    let (server, demo) = start().await;
    let (device, [phones, by_wmpf, _]) = (by_device(&demo), by_phone(&demo));
    let (room, mut caller) = ring(&server, &device).await;
    assert_eq!(place_with_key(&server, &phones, "k").await, (200, room.clone()));
    assert_eq!(place_with_key(&server, &phones, "k").await, (200, room.clone()));
    assert_eq!(server.count("crossings"), 1);
    for other in [phones.clone().with("roomType", json!("voice")), by_wmpf] {
        let (status, refusal) = place_with_key(&server, &other, "k").await;
        assert_eq!((status, &refusal["errcode"]), (409, &json!(1004)), "{refusal}");
    }
    let (status, own) = place_with_key(&server, &device, "k").await;
    assert_eq!(status, 201, "a key is one party's own");
    assert_ne!(own, room);
    assert_eq!(give_up(&server, &device, &own, "").await, 204);

    let mut listener = enter(&server, &phones, &room).await;
    hang_up(&mut caller, &mut listener).await;
    assert_eq!(place_with_key(&server, &phones, "k").await, (200, room.clone()), "it is over");
    let server = server.restart().await;
    assert_eq!(place_with_key(&server, &phones, "k").await, (200, room), "it is on disk");
    let (status, _) = place_with_key(&server, &phones, "k2").await;
    assert_eq!(status, 201, "another call");
}

#[tokio::test]
async fn giving_up_the_later_call_leaves_the_older_one_ringing() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    let (room, mut caller) = ring(&server, &device).await;
    assert_eq!(give_up(&server, &phones, &room, "").await, 404, "it has called nobody yet");

    assert_eq!(place_with_key(&server, &phones, "lost").await, (200, room.clone()));
    assert_eq!(cancel_by_key(&server, &phones, "lost").await, 204);
    assert_eq!(place_with_key(&server, &phones, "known").await, (200, room.clone()));
    assert_eq!(give_up(&server, &phones, &room, "").await, 204);
    for key in ["lost", "known"] {
        let (status, refusal) = place_with_key(&server, &phones, key).await;
        assert_eq!((status, &refusal["errcode"]), (409, &json!(1008)), "{key}: {refusal}");
    }
    assert_eq!(place(&server, &phones).await, (200, room.clone()));
    let placed = json!({"type": "hangUp", "how": "forceFromApp", "device": "d", "placed": true});
    assert_eq!(signal(&server, &phones, &room, placed.clone()).await, "noEffect");
    assert_eq!(view(&server, &phones, &room).await["state"], "ringing");

    // One of Alice's devices has taken it: the others give up only what they have placed.
    let mut listener = enter(&server, &phones, &room).await;
    assert_eq!(signal(&server, &phones, &room, placed.clone()).await, "noEffect");
    assert_eq!(give_up(&server, &phones, &room, "?device=d").await, 404);
    assert_eq!(cancel_by_key(&server, &phones, "lost").await, 204);
    assert_eq!(view(&server, &phones, &room).await["state"], "talking");
    assert_eq!(give_up(&server, &phones, &room, "?device=later").await, 204);
    let (heard, _) = caller.rest().await;
    assert_eq!(heard, ["startVoip", "hangUpVoip", "endVoip", "finishVoip"]);
    assert_eq!(listener.rest().await.0.last().unwrap(), "finishVoip");
    assert_eq!(give_up(&server, &phones, &room, "").await, 204, "it is over, as was asked");

    // By its page it is rejected as any call is, and that of its own it gives up as ever.
    let (room, mut caller) = ring(&server, &device).await;
    assert_eq!(place(&server, &phones).await, (200, room.clone()));
    let rejected = json!({"type": "hangUp", "how": "manual", "device": "d"});
    assert_eq!(signal(&server, &phones, &room, rejected).await, "done");
    assert_eq!(caller.rest().await.0[0], "rejectVoip");
    let (status, own) = place(&server, &phones).await;
    assert_eq!(status, 201);
    assert_eq!(signal(&server, &phones, &own, placed).await, "done");
}

#[tokio::test]
async fn a_camera_is_on_only_if_both_requests_allow_it_and_are_for_video() {
    let (server, demo) = start().await;
    let request = |kind: &str, own: u8, others: u8, way: &Way| {
        way.clone()
            .with("roomType", json!(kind))
            .with("caller.cameraStatus", json!(own))
            .with("listener.cameraStatus", json!(others))
    };
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    for (older, later, [own, others], told) in [
        (("video", 0, 0), ("video", 0, 0), [0, 0], false),
        (("video", 0, 0), ("video", 1, 0), [0, 1], false),
        (("video", 0, 0), ("video", 0, 1), [1, 0], true),
        (("video", 0, 1), ("video", 0, 0), [0, 1], false),
        (("video", 1, 0), ("video", 1, 1), [1, 1], false),
        (("video", 0, 0), ("voice", 0, 0), [1, 1], true),
    ] {
        let (room, mut caller) = ring(&server, &request(older.0, older.1, older.2, &device)).await;
        let what = format!("{older:?} {later:?}");
        let later = request(later.0, later.1, later.2, &phones);
        assert_eq!(place(&server, &later).await, (200, room.clone()));
        let seen = view(&server, &later, &room).await;
        let cameras = [&seen["callerCameraStatus"], &seen["listenerCameraStatus"]];
        assert_eq!(cameras, [own, others], "{what}");
        let mut listener = enter(&server, &later, &room).await;
        let mut off = 0;
        loop {
            let message = caller.next().await.unwrap();
            off += usize::from(message["type"] == "cameraOff");
            if message["eventName"] == "startVoip" {
                break;
            }
        }
        assert_eq!(off, usize::from(told), "{what}");
        assert_eq!(listener.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
        assert_eq!(caller.rest().await.1, 1000);
    }
}

#[tokio::test]
async fn only_the_device_that_answers_is_in_the_call_and_the_others_ring() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    let mut reminders = server.api.listen(&phones.token).await;
    let mut devices_reminders = server.api.listen(&device.token).await;
    let (room, mut caller) = ring(&server, &device).await;
    assert_eq!(reminders.next().await["roomId"], room["roomId"]);
    let mut other = open(&server, &phones, &room, "tablet").await;
    assert_eq!(other.next().await.unwrap()["state"], "ringing");
    assert_eq!(place(&server, &phones).await, (200, room.clone()));
    assert_eq!(view(&server, &phones, &room).await["state"], "ringing", "until it is answered");

    let mut listener = enter(&server, &phones, &room).await;
    assert_eq!(other.next_of("elsewhere").await, json!({"type": "elsewhere"}));
    let cancelled = json!({"type": "cancelled", "roomId": room["roomId"]});
    assert_eq!(reminders.next().await, cancelled);
    hang_up(&mut caller, &mut listener).await;
    let (_, next) = place(&server, &phones).await;
    assert_eq!(devices_reminders.next().await["roomId"], next["roomId"], "of the other it was not");
}

#[tokio::test]
async fn where_no_page_is_opened_for_the_later_call_the_older_one_rings_on() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    for (apart, rings_for) in [(10_000, 50_000), (59_000, 20_000)] {
        let (room, mut caller) = ring(&server, &device).await;
        server.clock.advance(apart);
        assert_eq!(place(&server, &phones).await, (200, room.clone()));
        server.clock.advance(rings_for - 1_000);
        assert_eq!(view(&server, &phones, &room).await["state"], "ringing");
        let mut reminded = server.api.listen(&phones.token).await;
        assert_eq!(reminded.next().await["roomId"], room["roomId"]);
        server.clock.advance(1_000);
        assert_eq!(caller.rest().await.0, ["timeout", "endVoip", "finishVoip"]);
    }
}

#[tokio::test]
async fn a_call_that_does_not_ring_any_more_is_not_met() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    let hang_up = json!({"type": "hangUp", "how": "manual", "device": "older"});
    for ending in ["cancelled", "rung out", "lost"] {
        let (room, socket) = ring(&server, &device).await;
        match ending {
            "cancelled" => {
                assert_eq!(signal(&server, &device, &room, hang_up.clone()).await, "done")
            }
            "rung out" => server.clock.advance(60_000),
            _ => {
                drop(socket);
                let missed = "SELECT count(*) FROM calls WHERE caller_away_since IS NOT NULL";
                while server.look_up::<u32>(missed) == 0 {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
                server.clock.advance(15_000);
            }
        }
        let (status, next) = place(&server, &phones).await;
        assert_eq!(status, 201, "{ending}");
        let state = &view(&server, &phones, &next).await["state"];
        assert_eq!(state, "ringing", "{ending}: and nobody is busy");
        assert_eq!(give_up(&server, &phones, &next, "").await, 204);
    }

    // Another device of hers has answered: both are in a call.
    for until in ["waiting", "talking"] {
        let (room, _caller) = ring(&server, &device).await;
        let mut tablet = open(&server, &phones, &room, "tablet").await;
        let kind = if until == "waiting" { "answer" } else { "join" };
        assert_eq!(tablet.signal(json!({"type": kind})).await, "done");
        assert_eq!(view(&server, &phones, &room).await["state"], until);
        let (status, next) = place(&server, &phones).await;
        assert_eq!(status, 201);
        let busy = view(&server, &phones, &next).await;
        assert_eq!(busy["events"][0]["eventName"], "busy", "{until}");
        assert_eq!(tablet.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    }
}

#[tokio::test]
async fn a_call_of_or_to_somebody_else_is_not_met() {
    const APP: &str = "wxde00000000000001";
    let (server, demo) = start().await;
    let (device, [phones, by_wmpf, _]) = (by_device(&demo), by_phone(&demo));
    // The doorbell calls Alice. Somebody else calls the doorbell, and Alice somebody else.
    let (_, mut caller) = ring(&server, &device).await;
    let bob = server.issuer().session(APP, Role::Phone, "oTest-Bob-000000000000000000");
    let (status, busy) = place(&server, &Way { token: bob, ..by_wmpf }).await;
    assert_eq!(status, 201);
    assert_eq!(server.count("crossings"), 0);
    let state =
        format!("SELECT state FROM calls WHERE room_id = {}", busy["roomId"]).replace('"', "'");
    assert_eq!(server.look_up::<String>(&state), "ended", "the doorbell is in its own call");
    let television = json!({"roomType": "video", "sn": "DEMO-TV-01", "modelId": "DEMO_MODEL_TV"});
    let others = Way { path: "/v1/device-calls", token: phones.token.clone(), request: television };
    let others = others.with("chargeType", json!("duration"));
    let (status, room) = place(&server, &others).await;
    assert_eq!(status, 201, "{room}");
    // Nor is her own, when she calls again.
    let (status, _) = place(&server, &others).await;
    assert_eq!(status, 201);
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
}

#[tokio::test]
async fn of_several_calls_the_newest_is_met() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    let (status, _) = place(&server, &device).await;
    assert_eq!(status, 201);
    server.clock.advance(10_000);
    let (status, newest) = place(&server, &device).await;
    assert_eq!(status, 201);
    assert_eq!(place(&server, &phones).await, (200, newest));
}

#[tokio::test]
async fn the_later_call_passes_every_check_first() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    let (room, _caller) = ring(&server, &device).await;
    for (wrong, code) in [
        (phones.clone().with("voipToken", json!("not-a-token")), 14),
        (phones.clone().with("listener.id", json!(demo.phone("id"))), 2),
        (phones.clone().with("timeLimit", json!(0)), 1004),
    ] {
        let (_, refusal) = place(&server, &wrong).await;
        assert_eq!(refusal["errcode"], code, "{refusal}");
    }
    server.change("UPDATE apps SET minutes_left = 0");
    assert_eq!(place(&server, &phones).await.1["errcode"], 15);
    assert_eq!(server.count("crossings"), 0);
    server.change("UPDATE apps SET minutes_left = 10");
    assert_eq!(place(&server, &phones).await, (200, room));
}

#[tokio::test]
async fn what_is_kept_of_the_later_call_goes_with_the_older_one() {
    let (server, demo) = start().await;
    let (device, [phones, ..]) = (by_device(&demo), by_phone(&demo));
    let (room, mut caller) = ring(&server, &device).await;
    assert_eq!(place(&server, &phones).await, (200, room));
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    assert_eq!((server.count("crossings"), server.count("calls")), (1, 1));
    server.clock.advance(31 * 24 * 60 * 60 * 1000);
    let gone = async {
        while (server.count("crossings"), server.count("calls")) != (0, 0) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    soon(gone).await;
}
