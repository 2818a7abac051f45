//! A mini-program's own backend is told of every step of every call and of authorisations, as its operator has chosen.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::backend::{Backend, Does, Received, SECRET};
use common::ringing::Ringing;
use common::{TestServer, soon, status};
use serde_json::{Value, json};
use wmpf_voip_calls::party::Role;
use wmpf_voip_calls::ticket::Ticket;
use wmpf_voip_server::domain::clock::Clock;

const APP: &str = "wxde00000000000001";
const DOORBELL: &str = "DEMO-DOORBELL-01";
const MODEL: &str = "DEMO_MODEL_DOORBELL";
const BOB: &str = "oTest-Bob-000000000000000000";
const OF_CALLS: [&str; 3] = ["call.ringing", "call.answered", "call.ended"];

/// A service whose backend does what the script says and gets these types of messages.
async fn start(events: &[&str], script: &[Does]) -> (TestServer, Backend) {
    let (server, backend) = tokio::join!(TestServer::with_running_clock(), Backend::start(script));
    choose(&server, &backend, events).await;
    (server, backend)
}

async fn choose(server: &TestServer, backend: &Backend, events: &[&str]) {
    let body = json!({"url": backend.url, "secret": SECRET, "events": events});
    let (status, webhook) = server.api.admin("PUT", &format!("apps/{APP}/webhook"), body).await;
    assert!([200, 201].contains(&status), "{webhook}");
    assert_eq!(webhook["events"], json!(events));
}

/// The next message, which a library has verified.
async fn next(backend: &mut Backend) -> Value {
    told(&backend.next().await)
}

fn told(received: &Received) -> Value {
    received.verify(SECRET).unwrap();
    let message = received.json();
    assert_eq!(message["id"], received.header("webhook-id"));
    message
}

/// Waits until nothing waits to be sent.
async fn all_sent(server: &TestServer) {
    let waiting = "SELECT count(*) FROM messages WHERE outcome = 'waiting'";
    soon(async {
        while server.look_up::<u32>(waiting) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn every_step_of_a_call_is_told_in_its_order_with_the_page_and_the_bill() {
    let (server, mut backend) = start(&OF_CALLS, &[]).await;
    let before = Clock::default().wall_ms();
    let ringing = Ringing::on(server, |_| {}).await;
    let mut reminders = ringing.server.api.listen(ringing.demo.phone("token")).await;
    let reminder = reminders.next().await;
    let (mut caller, _listener) = ringing.talking().await;
    ringing.server.clock.advance(61_000);
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let call = json!({
        "appId": APP, "roomId": ringing.room_id, "businessType": 1, "roomType": "video", "chargeType": "duration",
        "caller": {"role": "device", "id": DOORBELL, "name": reminder["callerName"]},
        "listener": {"role": "phone", "id": ringing.demo.phone("id"), "name": reminder["listenerName"]},
    });
    let with = |more: Value| {
        let mut data = call.clone();
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };

    let rang = next(&mut backend).await;
    assert_eq!(rang["type"], "call.ringing");
    let path = reminder["path"].as_str().unwrap();
    assert!(path.contains(&ringing.room_id), "{path}");
    assert_eq!(
        rang["data"],
        with(json!({
            "path": path, "miniprogramState": reminder["miniprogramState"], "ringsUntil": reminder["ringsUntil"],
        }))
    );
    let at = |message: &Value| -> i64 {
        message["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond()
    };
    assert!((before..=Clock::default().wall_ms()).contains(&at(&rang)), "{rang}");
    assert_eq!(at(&rang) + 60_000, rang["data"]["ringsUntil"].as_i64().unwrap());

    let answered = next(&mut backend).await;
    assert_eq!(answered["type"], "call.answered");
    let ring_ms = answered["data"]["ringMs"].as_i64().unwrap();
    assert!((0..60_000).contains(&ring_ms), "{ring_ms}");
    assert_eq!(answered["data"], with(json!({"ringMs": ring_ms})));
    assert!((ring_ms - (at(&answered) - at(&rang))).abs() < 50, "{answered}");

    let ended = next(&mut backend).await;
    assert_eq!(ended["type"], "call.ended");
    let end = json!({"how": "hungUp", "by": "caller", "keepTime": 61, "billed": 61, "minutes": 2});
    assert_eq!(ended["data"], with(json!({"end": end})));
    assert!(at(&ended) >= at(&answered) + 61_000, "{ended}");
    all_sent(&ringing.server).await;
    assert_eq!(backend.waiting(), 0, "each once");
}

#[tokio::test]
async fn a_call_ends_in_every_way_with_a_message_also_when_nobody_asks() {
    let (server, mut backend) = start(&["call.ended"], &[]).await;
    let mut ringing = Ringing::on(server, |_| {}).await;
    ringing.server.clock.advance(60_000);
    let unanswered = next(&mut backend).await;
    assert_eq!(unanswered["data"]["roomId"], ringing.room_id);
    let end = json!({"how": "unanswered", "keepTime": 0, "billed": 0, "minutes": 0});
    assert_eq!(unanswered["data"]["end"], end);

    ringing.place().await;
    let cancel = ringing.signal(
        ringing.demo.device("token"),
        json!({"type": "hangUp", "device": "tv", "how": "manual"}),
    );
    assert_eq!(cancel.await.0, 200);
    let cancelled = next(&mut backend).await;
    assert_eq!(cancelled["data"]["end"]["how"], "cancelled");
    assert_eq!(cancelled["data"]["end"]["by"], "caller");

    ringing.place().await;
    let path = format!("apps/{APP}/calls/{}", ringing.room_id);
    assert_eq!(ringing.server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(next(&mut backend).await["data"]["roomId"], ringing.room_id);
    all_sent(&ringing.server).await;
    assert_eq!(backend.waiting(), 0);
}

#[tokio::test]
async fn a_call_to_a_party_in_another_one_does_not_ring_and_ends() {
    let (server, mut backend) = start(&OF_CALLS, &[]).await;
    let mut ringing = Ringing::on(server, |_| {}).await;
    let _sockets = ringing.talking().await;
    for expected in ["call.ringing", "call.answered"] {
        assert_eq!(next(&mut backend).await["type"], expected);
    }
    ringing.place().await;
    let busy = next(&mut backend).await;
    assert_eq!(
        (&busy["type"], &busy["data"]["end"]["how"]),
        (&json!("call.ended"), &json!("busy"))
    );
    assert_eq!(busy["data"]["roomId"], ringing.room_id);
}

#[tokio::test]
async fn what_a_user_grants_and_takes_back_is_told_once_each() {
    let (server, mut backend) = start(&["authorisation.changed"], &[]).await;
    let (api, issuer) = (&server.api, server.issuer());
    let bob = issuer.session(APP, Role::Phone, BOB);
    let consent = |name: &str| {
        let ticket = issuer.ticket(APP, Ticket::Sn, DOORBELL, MODEL);
        json!({"sn": DOORBELL, "snTicket": ticket, "modelId": MODEL, "deviceName": name})
    };
    let withdraw = async || {
        let path = format!("/v1/authorisations/{DOORBELL}");
        assert_eq!(status(api.http("DELETE", &path).bearer_auth(&bob)).await, 204);
    };
    withdraw().await;
    let first = consent("大门");
    assert_eq!(api.post("/v1/authorisations", &bob, &first).await.0, 201);
    assert_eq!(api.post("/v1/authorisations", &bob, &first).await.0, 200, "a repetition");
    withdraw().await;
    withdraw().await;
    assert_eq!(api.post("/v1/authorisations", &bob, &consent("Gate")).await.0, 200);
    for status in [1, 0, 1] {
        let message = next(&mut backend).await;
        assert_eq!(message["type"], "authorisation.changed");
        let data = json!({
            "appId": APP, "openId": BOB, "sn": DOORBELL, "modelId": MODEL, "deviceName": "大门", "status": status,
        });
        assert_eq!(message["data"], data);
    }
    all_sent(&server).await;
    assert_eq!(backend.waiting(), 0);
}

#[tokio::test]
async fn a_backend_gets_what_its_operator_has_chosen_and_no_more() {
    let (server, mut backend) = start(&["call.ended"], &[]).await;
    let mut ringing = Ringing::on(server, |_| {}).await;
    let give_up = async |ringing: &Ringing| {
        let room = json!({"roomId": ringing.room_id});
        ringing.server.api.give_up(ringing.demo.device("token"), &room).await;
    };
    give_up(&ringing).await;
    assert_eq!(next(&mut backend).await["type"], "call.ended");
    // A change of the URL alone leaves the choice as it is.
    let path = format!("apps/{APP}/webhook");
    let (_, webhook) = ringing.server.api.admin("PUT", &path, json!({"url": backend.url})).await;
    assert_eq!(webhook["events"], json!(["call.ended"]));
    // The order and the words are those of the service.
    let both =
        json!({"url": backend.url, "events": ["call.ringing", "device.called", "call.ringing"]});
    let (_, webhook) = ringing.server.api.admin("PUT", &path, both).await;
    assert_eq!(webhook["events"], json!(["device.called", "call.ringing"]));
    ringing.place().await;
    give_up(&ringing).await;
    assert_eq!(next(&mut backend).await["type"], "call.ringing");
    all_sent(&ringing.server).await;
    assert_eq!(backend.waiting(), 0);

    // As it is when nothing was ever chosen, calls of other functions are not told.
    let (_, _) = ringing.server.api.admin("DELETE", &path, Value::Null).await;
    let (_, webhook) = ringing.server.api.admin("PUT", &path, json!({"url": backend.url})).await;
    assert_eq!(webhook["events"], json!(["device.called"]));
    let before = ringing.server.count("messages");
    ringing.place().await;
    give_up(&ringing).await;
    assert_eq!(ringing.server.count("messages"), before);
}

#[tokio::test]
async fn without_device_called_a_call_by_cloud_is_refused() {
    let (server, _backend) = start(&["call.ringing"], &[]).await;
    let token = server.issuer().session(APP, Role::Phone, BOB);
    let call = json!({
        "roomType": "voice", "sn": DOORBELL, "modelId": MODEL, "chargeType": "duration", "isCloud": true,
    });
    let (status, refusal) = server.api.post("/v1/device-calls", &token, &call).await;
    assert_eq!(
        (status, &refusal["errcode"]),
        (400, &json!(1004)),
        "nobody would be told: {refusal}"
    );
}

#[tokio::test]
async fn a_type_that_there_is_not_is_refused_with_what_was_expected_and_what_came() {
    let server = TestServer::with_running_clock().await;
    let path = format!("apps/{APP}/webhook");
    let types = "'device.called' or 'call.ringing' or 'call.answered' or 'call.ended' or 'authorisation.changed'";
    for (events, place, expected, got) in [
        (json!(["call.ended", "call.rang"]), "events[1]", types.to_owned(), "'call.rang'"),
        (json!(["call.ended", 7]), "events[1]", types.to_owned(), "7"),
        (json!([]), "events", format!("a list of one or more of {types}"), "an empty list"),
        (json!({}), "events", format!("a list of {types}"), "an object"),
        (json!("call.ended"), "events", format!("a list of {types}"), "'call.ended'"),
    ] {
        let body = json!({"url": "https://a/", "events": events});
        let (status, refusal) = server.api.admin("PUT", &path, body).await;
        assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)), "{events}");
        let problem = &refusal["problems"][0];
        assert_eq!(problem["path"], place, "{refusal}");
        assert_eq!(problem["expected"], expected, "{refusal}");
        assert!(problem["got"].as_str().unwrap().contains(got), "{refusal}");
    }
    assert_eq!(server.api.admin("GET", &path, Value::Null).await.0, 404, "nothing was set");
}

#[tokio::test]
async fn messages_about_one_call_keep_their_order_while_others_go_on() {
    let script = [Does::Answer(204), Does::Answer(503)];
    let (server, mut backend) = start(&OF_CALLS, &script).await;
    let mut ringing = Ringing::on(server, |_| {}).await;
    assert_eq!(next(&mut backend).await["type"], "call.ringing");
    let answer = json!({"type": "answer", "device": "p"});
    assert_eq!(ringing.signal(ringing.demo.phone("token"), answer).await.0, 200);
    let failed = next(&mut backend).await;
    assert_eq!(failed["type"], "call.answered");
    let hang_up = json!({"type": "hangUp", "device": "tv", "how": "manual"});
    assert_eq!(ringing.signal(ringing.demo.device("token"), hang_up).await.0, 200);
    let first = ringing.room_id.clone();

    ringing.place().await;
    let other = next(&mut backend).await;
    assert_eq!(
        (&other["type"], &other["data"]["roomId"]),
        (&json!("call.ringing"), &json!(ringing.room_id))
    );
    assert!(
        backend.next_if_within(Duration::from_millis(300)).await.is_none(),
        "the first call's end waits"
    );
    ringing.server.clock.advance(5_000);
    let again = next(&mut backend).await;
    assert_eq!(again, failed, "with the same id");
    let ended = next(&mut backend).await;
    assert_eq!((&ended["type"], &ended["data"]["roomId"]), (&json!("call.ended"), &json!(first)));
}

#[tokio::test]
async fn a_backend_is_told_that_it_rings_as_long_as_it_does() {
    let (server, mut backend) = start(&OF_CALLS, &[Does::Answer(500); 2]).await;
    let ringing = Ringing::on(server, |_| {}).await;
    let first = next(&mut backend).await;
    assert_eq!(next(&mut backend).await, first, "half a second later at most");
    let third = next(&mut backend).await;
    assert_eq!(third, first);
    all_sent(&ringing.server).await;

    let (server, mut backend) = start(&OF_CALLS, &[Does::Answer(500); 1]).await;
    let ringing = Ringing::on(server, |_| {}).await;
    assert_eq!(next(&mut backend).await["type"], "call.ringing");
    ringing
        .server
        .api
        .give_up(ringing.demo.device("token"), &json!({"roomId": ringing.room_id}))
        .await;
    let mut types = vec![next(&mut backend).await["type"].clone()];
    if types[0] == "call.ringing" {
        // It was just under way.
        types = vec![next(&mut backend).await["type"].clone()];
    }
    assert_eq!(types, ["call.ended"]);
    all_sent(&ringing.server).await;
    assert_eq!(backend.waiting(), 0);
}

#[cfg(unix)]
mod program {
    use super::*;
    use common::program::Program;
    use common::{Demo, answer};

    /// The program as an operator starts it, with a webhook for everything.
    async fn started(data: &std::path::Path, url: &str) -> (Program, Demo) {
        let program = Program::start(data, &[]).await;
        let secret = data.with_extension("secret");
        std::fs::write(&secret, SECRET).unwrap();
        let all = "device.called,call.ringing,call.answered,call.ended,authorisation.changed";
        let put = format!(
            "webhook put {APP} --url {url} --events {all} --secret-file {}",
            secret.display()
        );
        let webhook = program.admin_json(&put).await;
        assert_eq!(webhook["events"].as_array().unwrap().len(), 5, "{webhook}");
        let demo = program.api.demo().await;
        (program, demo)
    }

    #[tokio::test]
    async fn every_type_is_received_and_verified_by_a_library() {
        let dir = tempfile::tempdir().unwrap();
        let mut backend = Backend::start(&[]).await;
        let (program, demo) = started(&dir.path().join("data.sqlite"), &backend.url).await;
        let api = &program.api;
        let (tv, alice) = (demo.device("token"), demo.phone("token"));

        let call = json!({
            "roomType": "voice", "sn": DOORBELL, "modelId": MODEL, "chargeType": "duration", "isCloud": true,
        });
        let (status, room) = api.post("/v1/device-calls", alice, &call).await;
        assert_eq!(status, 201, "{room}");
        let signals = format!("/v1/calls/{}/signals", room["roomId"].as_str().unwrap());
        // A call that is answered at once needs no device.called.
        for (signal, told) in [
            (None, "device.called"),
            (None, "call.ringing"),
            (Some(json!({"type": "answer", "device": "tv"})), "call.answered"),
            (Some(json!({"type": "hangUp", "device": "tv", "how": "manual"})), "call.ended"),
        ] {
            if let Some(signal) = signal {
                let done = (200, json!({"reply": "done"}));
                assert_eq!(api.post(&signals, tv, &signal).await, done);
            }
            let message = next(&mut backend).await;
            assert_eq!(
                (&message["type"], &message["data"]["roomId"]),
                (&json!(told), &room["roomId"])
            );
        }
        let path = format!("/v1/authorisations/{DOORBELL}");
        assert_eq!(answer(api.http("DELETE", &path).bearer_auth(alice)).await.0, 204);
        let message = next(&mut backend).await;
        assert_eq!(
            (&message["type"], &message["data"]["status"]),
            (&json!("authorisation.changed"), &json!(0))
        );

        let mut forged = backend_message(&mut backend, &program, &demo).await;
        forged.body = forged.body.slice(1..);
        assert!(forged.verify(SECRET).is_err(), "the library finds what is forged");
    }

    /// One more message.
    async fn backend_message(backend: &mut Backend, program: &Program, demo: &Demo) -> Received {
        let (status, room) = program
            .api
            .place(
                demo.tv("token"),
                &json!({
                    "roomType": "voice", "businessType": 1,
                    "caller": {"id": demo.tv("id")}, "listener": {"id": demo.phone("id")},
                }),
            )
            .await;
        assert_eq!(status, 201, "{room}");
        backend.next().await
    }

    #[tokio::test]
    async fn a_kill_between_the_commit_and_the_delivery_loses_none_and_keeps_the_order() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data.sqlite");
        // It takes each request and answers none, until it is another one.
        let silent = Backend::start(&[Does::Hang; 20]).await;
        let address = silent.url.split('/').nth(2).unwrap().to_owned();
        let (mut program, demo) = started(&data, &silent.url).await;
        let mut rooms = Vec::new();
        for _ in 0..12 {
            let (status, room) =
                program.api.place(demo.device("token"), &demo.device_to_phone()).await;
            assert_eq!(status, 201, "{room}");
            program.api.give_up(demo.device("token"), &room).await;
            rooms.push(room["roomId"].as_str().unwrap().to_owned());
        }
        program.child.start_kill().unwrap();
        assert!(!soon(program.child.wait()).await.unwrap().success());
        drop(silent);

        let mut backend = Backend::start_after(&address).await;
        let _program = Program::start(&data, &[]).await;
        let mut told = std::collections::BTreeMap::<String, Vec<String>>::new();
        for _ in 0..2 * rooms.len() {
            let message = next(&mut backend).await;
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            told.entry(text(&message["data"]["roomId"])).or_default().push(text(&message["type"]));
        }
        assert_eq!(told.len(), rooms.len());
        for room in rooms {
            assert_eq!(told[&room], ["call.ringing", "call.ended"], "{room}");
        }
    }
}
