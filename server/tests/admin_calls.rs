//! Calls, as their operator sees and ends them.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::TestServer;
use common::ringing::Ringing;
use serde_json::{Value, json};

const CALLS: &str = "apps/wxde00000000000001/calls";

async fn ask(server: &TestServer, method: &str, path: &str) -> (u16, Value) {
    server.api.admin(method, path, Value::Null).await
}

#[tokio::test]
async fn a_call_is_seen_from_its_ringing_to_its_bill() {
    let ringing = Ringing::start().await;
    let one = format!("{CALLS}/{}", ringing.room_id);
    let (status, call) = ask(&ringing.server, "GET", &one).await;
    assert_eq!(status, 200, "{call}");
    assert_eq!(
        (&call["state"], &call["end"], &call["events"]),
        (&json!("ringing"), &Value::Null, &json!([]))
    );
    assert_eq!(call["caller"]["role"], "device");
    assert_eq!(call["caller"]["name"], "前门 Video Doorbell");
    assert_eq!(call["listener"]["id"], ringing.demo.phone("id"));

    let (mut caller, _listener) = ringing.talking().await;
    ringing.server.clock.advance(61_000);
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let (_, call) = ask(&ringing.server, "GET", &one).await;
    let end = json!({"how": "hungUp", "by": "caller", "keepTime": 61, "billed": 61, "minutes": 2});
    assert_eq!((&call["state"], &call["end"]), (&json!("ended"), &end));
    let told = call["events"].as_array().unwrap();
    let names = |side: &str| -> Vec<&str> {
        let of_side = told.iter().filter(|event| event["to"] == side);
        of_side.map(|event| event["eventName"].as_str().unwrap()).collect()
    };
    let ends = ["hangUpVoip", "endVoip", "finishVoip"];
    assert_eq!(names("caller"), [&["joinedRoomByCaller", "startVoip"], &ends[..]].concat());
    assert_eq!(names("listener"), [&["hangOnVoip", "startVoip"], &ends[..]].concat());
    let at = |index: usize| told[index]["at"].as_i64().unwrap();
    assert!(at(told.len() - 1) - at(0) >= 61_000, "{call}");
}

#[tokio::test]
async fn calls_come_in_pages_the_newest_first_and_those_of_other_apps_do_not() {
    let mut ringing = Ringing::start().await;
    let mut rooms = vec![ringing.room_id.clone()];
    for _ in 0..4 {
        ringing.server.clock.advance(1);
        ringing.place().await;
        rooms.insert(0, ringing.room_id.clone());
    }
    let token = ringing.demo.device("token");
    ringing.server.api.give_up(token, &json!({"roomId": rooms[1]})).await;
    let read = async |query: String| -> (Vec<String>, Option<String>) {
        let (status, page) = ask(&ringing.server, "GET", &format!("{CALLS}{query}")).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap();
        let ids = items.iter().map(|call| call["roomId"].as_str().unwrap().to_owned()).collect();
        (ids, page["next"].as_str().map(str::to_owned))
    };
    assert_eq!(read(String::new()).await, (rooms.clone(), None));
    let (first, next) = read("?limit=2".into()).await;
    assert_eq!((&first[..], next.as_deref()), (&rooms[..2], Some(&*rooms[1])));
    let (second, _) = read(format!("?limit=2&after={}", next.unwrap())).await;
    assert_eq!(second, rooms[2..4]);
    let (live, _) = read("?live=true".into()).await;
    assert_eq!(live, [&rooms[..1], &rooms[2..]].concat());
    let (first_live, _) = read("?live=true&limit=1".into()).await;
    assert_eq!(first_live, rooms[..1]);

    let others = "apps/wxde00000000000004/calls";
    let (_, page) = ask(&ringing.server, "GET", others).await;
    assert_eq!(page, json!({"items": []}));
    let (status, refusal) =
        ask(&ringing.server, "GET", &format!("{others}/{}", ringing.room_id)).await;
    assert_eq!((status, &refusal["errcode"]), (404, &json!(1)));
    assert_eq!(ask(&ringing.server, "GET", "apps/wx-none/calls").await.0, 404);
    assert_eq!(ask(&ringing.server, "GET", &format!("{CALLS}?limit=0")).await.0, 400);
}

#[tokio::test]
async fn an_operator_ends_a_call_that_rings_and_one_that_talks() {
    let ringing = Ringing::start().await;
    let mut caller = ringing.caller("device=tv").await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    let one = format!("{CALLS}/{}", ringing.room_id);
    assert_eq!(ask(&ringing.server, "DELETE", &one).await, (204, Value::Null));
    let (names, code) = caller.rest().await;
    let ended = ["joinedRoomByCaller", "cancelVoip", "endVoip", "finishVoip"];
    let ended = ended.map(String::from).to_vec();
    assert_eq!((names, code), (ended, 1000));
    assert_eq!(ask(&ringing.server, "DELETE", &one).await.0, 204, "it is over already");

    let ringing = Ringing::start().await;
    let (mut caller, mut listener) = ringing.talking().await;
    let one = format!("{CALLS}/{}", ringing.room_id);
    assert_eq!(ask(&ringing.server, "DELETE", &one).await.0, 204);
    for (socket, origin) in [(&mut caller, "forceFromApp"), (&mut listener, "other")] {
        let event = socket.event().await;
        assert_eq!(
            (&event["eventName"], &event["data"]["origin"]),
            (&json!("hangUpVoip"), &json!(origin))
        );
    }
    let (status, _) = ask(&ringing.server, "DELETE", &format!("{CALLS}/none")).await;
    assert_eq!(status, 404);
}

#[cfg(unix)]
#[tokio::test]
async fn the_command_shows_calls_and_ends_one() {
    use common::program::Program;

    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    let demo = program.api.demo().await;
    let (_, room) = program.api.place(demo.device("token"), &demo.device_to_phone()).await;
    let room_id = room["roomId"].as_str().unwrap();
    let app = "wxde00000000000001";
    let live = program.admin_json(&format!("call list {app} --live --limit 5")).await;
    assert_eq!(live["items"][0]["roomId"], room_id, "{live}");
    let call = program.admin_json(&format!("call get {app} {room_id}")).await;
    assert_eq!(call["state"], "ringing");
    assert_eq!(program.admin(&format!("call end {app} {room_id}")).await, "");
    assert_eq!(program.admin_json(&format!("call list {app} --live")).await, json!({"items": []}));
    let all = program.admin_json(&format!("call list {app}")).await;
    assert_eq!(all["items"][0]["end"]["how"], "cancelled", "{all}");
    let (code, said) =
        program.failing(Some(common::ADMIN_KEY), &format!("call get {app} none")).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no call"), "{said}");
}
