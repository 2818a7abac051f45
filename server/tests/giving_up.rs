//! Looking at a call, and giving it up.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{Api, Demo, TestServer, answer, soon, status};
use serde_json::{Value, json};

async fn show(api: &Api, token: &str, room_id: &str) -> (u16, Value) {
    answer(api.http("GET", &format!("/v1/calls/{room_id}")).bearer_auth(token)).await
}

/// The listener takes the call.
async fn answers(api: &Api, token: &str, room_id: &str) -> (u16, Value) {
    let signal = json!({"type": "answer", "device": "phone"});
    api.post(&format!("/v1/calls/{room_id}/signals"), token, &signal).await
}

async fn cancel(api: &Api, token: &str, room_id: &str) -> u16 {
    status(api.http("DELETE", &format!("/v1/calls/{room_id}")).bearer_auth(token)).await
}

async fn cancel_by_key(api: &Api, token: &str, key: &str) -> u16 {
    let request = api.http("DELETE", "/v1/calls").bearer_auth(token);
    status(request.header("Idempotency-Key", key)).await
}

/// A new call of the device.
async fn place(api: &Api, demo: &Demo) -> String {
    let (status, room) = api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!(status, 201, "{room}");
    room["roomId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn either_party_sees_the_call() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut request = demo.device_to_phone();
    request["timeLimit"] = 90.5.into();
    request["listener"]["cameraStatus"] = 1.into();
    let (_, room) = server.api.place(demo.device("token"), &request).await;
    let room_id = room["roomId"].as_str().unwrap();
    for (token, is_caller) in
        [(demo.phone("token"), false), (demo.device("token"), true), (demo.phone("token"), false)]
    {
        let seen = json!({
            "roomId": room_id,
            "groupId": room_id,
            "roomType": "video",
            "businessType": 1,
            "isCaller": is_caller,
            "callerId": demo.device("id"),
            "callerName": "前门 Video Doorbell",
            "callerCameraStatus": 0,
            "listenerId": demo.phone("id"),
            "listenerName": "Alice",
            "listenerCameraStatus": 1,
            "chargeType": "duration",
            "timeLimit": 90.5,
            "state": "ringing",
            "events": [],
        });
        assert_eq!(show(&server.api, token, room_id).await, (200, seen));
    }

    server.api.give_up(demo.device("token"), &room).await;
    let (_, room) = server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
    let room_id = room["roomId"].as_str().unwrap();
    let (status, seen) = show(&server.api, demo.device("token"), room_id).await;
    assert_eq!((status, &seen["isCaller"], &seen["timeLimit"]), (200, &json!(false), &Value::Null));
}

#[tokio::test]
async fn whose_call_it_is_not_does_not_learn_whether_there_is_one() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let phone = demo.phone("token");
    let stranger = demo.0["gallery"]
        .as_array()
        .unwrap()
        .iter()
        .find(|scenario| scenario["errCode"] == 4)
        .map(|scenario| scenario["token"].as_str().unwrap())
        .unwrap();
    let room_id = place(&server.api, &demo).await;
    let nothing = "wxde00000000000001WmpfVoip0000000000000000000000000";

    let mut refusals = Vec::new();
    for (token, room_id) in [(phone, nothing), (stranger, &room_id)] {
        let (status, shown) = show(&server.api, token, room_id).await;
        assert_eq!(status, 404);
        let (status, signalled) = answers(&server.api, token, room_id).await;
        assert_eq!(status, 404);
        let mut socket = server.api.open_call(token, room_id, "device=phone").await;
        let mut refused = socket.next().await.unwrap();
        assert_eq!(refused["type"], "refused");
        assert_eq!(socket.next().await, Err(1008));
        refused.as_object_mut().unwrap().remove("type");
        for refusal in [shown, signalled, refused] {
            assert_eq!(refusal["errcode"], 1, "{refusal}");
            // What is shown of the id has a limit.
            let start: String = room_id.chars().take(40).collect();
            refusals.push(refusal["errmsg"].as_str().unwrap().replace(&start, "ID"));
        }
    }
    refusals.dedup();
    let text = "roomId: there is no call 'ID…' of yours, or it was long ago: \
                use the roomId of the last successful call";
    assert_eq!(refusals, [text]);
    assert_eq!(show(&server.api, phone, &room_id).await.1["state"], "ringing");

    let (status, refusal) = show(&server.api, "not-a-token", &room_id).await;
    assert_eq!((status, &refusal["errcode"]), (401, &json!(5)));
    let (status, refusal) = show(&server.api, phone, "%ff").await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)));
}

#[tokio::test]
async fn a_call_that_its_caller_gives_up_rings_no_more() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (device, phone) = (demo.device("token"), demo.phone("token"));
    let mut listening = server.api.listen(phone).await;
    let given_up = place(&server.api, &demo).await;
    assert_eq!(listening.next().await["roomId"], *given_up);

    for token in [phone, "not-a-token"] {
        assert!(matches!(cancel(&server.api, token, &given_up).await, 401 | 404));
    }
    assert_eq!(cancel(&server.api, device, "nothing").await, 404);
    assert_eq!(cancel(&server.api, device, &given_up).await, 204);
    assert_eq!(listening.next().await, json!({"type": "cancelled", "roomId": given_up}));
    assert_eq!(cancel(&server.api, device, &given_up).await, 204, "it is over, as was asked");

    let next = place(&server.api, &demo).await;
    assert_eq!(listening.next().await["roomId"], *next, "nothing was told twice");
    let mut late = server.api.listen(phone).await;
    assert_eq!(late.next().await["roomId"], *next, "of the other it is not reminded");

    server.clock.advance(60_000);
    assert_eq!(late.next().await, json!({"type": "cancelled", "roomId": next}));
    assert_eq!(cancel(&server.api, device, &next).await, 204, "also if it has rung out");
    let view = show(&server.api, device, &next).await.1;
    assert_eq!(view["events"][0]["eventName"], "timeout", "which it stays");
}

#[tokio::test]
async fn an_answered_call_is_not_reminded_of_again() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let answered = place(&server.api, &demo).await;
    let join = json!({"type": "join", "device": "tv"});
    let path = format!("/v1/calls/{answered}/signals");
    assert_eq!(server.api.post(&path, demo.device("token"), &join).await.1["reply"], "done");
    let mut phone = server.api.listen(demo.phone("token")).await;
    assert_eq!(phone.next().await["roomId"], *answered, "the caller's joining answers nothing");
    assert_eq!(answers(&server.api, demo.phone("token"), &answered).await.1["reply"], "done");
    assert_eq!(phone.next().await, json!({"type": "cancelled", "roomId": answered}));
    assert_eq!(cancel(&server.api, demo.device("token"), &answered).await, 204);
    let next = place(&server.api, &demo).await;
    let mut late = server.api.listen(demo.phone("token")).await;
    assert_eq!(late.next().await["roomId"], *next);
}

#[tokio::test]
async fn a_caller_gives_up_after_the_answer_too() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (device, phone) = (demo.device("token"), demo.phone("token"));
    let room_id = place(&server.api, &demo).await;
    let mut listener = server.api.open_call(phone, &room_id, "device=phone").await;
    let mut caller = server.api.open_call(device, &room_id, "device=tv").await;
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    let other = server.api.http("DELETE", &format!("/v1/calls/{room_id}?device=other"));
    let (code, refusal) = answer(other.bearer_auth(device)).await;
    assert_eq!((code, &refusal["errcode"]), (404, &json!(1)), "another device is in the call");
    let wrong = server.api.http("DELETE", &format!("/v1/calls/{room_id}?device="));
    let (code, refusal) = answer(wrong.bearer_auth(device)).await;
    assert_eq!((code, &refusal["problems"][0]["path"]), (400, &json!("device")));
    assert_eq!(show(&server.api, device, &room_id).await.1["state"], "talking");

    assert_eq!(cancel(&server.api, device, &room_id).await, 204);
    let heard = ["joinedRoomByCaller", "startVoip", "hangUpVoip", "endVoip", "finishVoip"];
    assert_eq!(caller.rest().await, (heard.map(str::to_owned).to_vec(), 1000));
    let hung_up = &show(&server.api, phone, &room_id).await.1["events"][2];
    assert_eq!(hung_up["eventName"], "hangUpVoip", "{hung_up}");
    assert_eq!(hung_up["data"]["origin"], "other");
}

#[tokio::test]
async fn a_caller_that_has_not_joined_hears_of_its_own_cancelling() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let room_id = place(&server.api, &demo).await;
    let mut caller = server.api.open_call(demo.device("token"), &room_id, "device=tv").await;
    assert_eq!(caller.next().await.unwrap()["type"], "call");
    assert_eq!(cancel(&server.api, demo.device("token"), &room_id).await, 204);
    let cancelled = caller.event().await;
    assert_eq!(cancelled["data"], json!({"status": "manual"}));
}

#[tokio::test]
async fn a_caller_that_lost_the_answer_cancels_by_its_key() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (token, request) = (demo.device("token"), demo.device_to_phone());
    let mut phone = server.api.listen(demo.phone("token")).await;

    let (_, room) = server.api.place_with_key(token, &request, "arrived").await;
    assert_eq!(phone.next().await["roomId"], room["roomId"]);
    assert_eq!(cancel_by_key(&server.api, token, "arrived").await, 204);
    let cancelled = json!({"type": "cancelled", "roomId": room["roomId"]});
    assert_eq!(phone.next().await, cancelled);

    assert_eq!(cancel_by_key(&server.api, token, "late").await, 204);
    assert_eq!(cancel_by_key(&server.api, token, "late").await, 204);
    for key in ["late", "arrived"] {
        let (status, refusal) = server.api.place_with_key(token, &request, key).await;
        assert_eq!((status, &refusal["errcode"]), (409, &json!(1008)), "{key}: {refusal}");
    }
    let server = server.restart().await;
    let (status, _) = server.api.place_with_key(token, &request, "late").await;
    assert_eq!(status, 409, "it is on disk");

    let (phones, call) = (demo.phone("token"), demo.phone_to_device());
    let (status, own) = server.api.place_with_key(phones, &call, "late").await;
    assert_eq!(status, 201, "a key is one party's own");
    server.api.give_up(phones, &own).await;
    let next = place(&server.api, &demo).await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    assert_eq!(phone.next().await["roomId"], *next, "nobody rang for the others");
}

#[tokio::test]
async fn a_key_is_needed_to_cancel_by_it() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let without = server.api.http("DELETE", "/v1/calls").bearer_auth(demo.device("token"));
    let (status, refusal) = answer(without).await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)));
    let text = "idempotency-key: expected 1 to 128 visible ASCII characters, got nothing";
    assert_eq!(refusal["errmsg"], text);
    assert_eq!(cancel_by_key(&server.api, demo.device("token"), "two words").await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_call_is_never_told_before_its_beginning() {
    const CALLS: usize = 100;
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut phone = server.api.listen(demo.phone("token")).await;
    for number in 0..CALLS {
        let (token, key) = (demo.device("token"), format!("key-{number}"));
        let request = demo.device_to_phone();
        let create = server.api.place_with_key(token, &request, &key);
        let cancel = cancel_by_key(&server.api, token, &key);
        let ((status, room), cancelled) = tokio::join!(create, cancel);
        assert_eq!(cancelled, 204);
        if status == 201 {
            let room_id = &room["roomId"];
            assert_eq!(phone.next().await["roomId"], *room_id);
            assert_eq!(phone.next().await, json!({"type": "cancelled", "roomId": room_id}));
        } else {
            assert_eq!((status, &room["errcode"]), (409, &json!(1008)));
        }
    }
    let last = soon(place(&server.api, &demo)).await;
    assert_eq!(phone.next().await["roomId"], *last);
}
