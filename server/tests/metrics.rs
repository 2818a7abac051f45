//! What Prometheus reads, and what the log says of a call.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::ringing::Ringing;
use common::{TestServer, soon, status};
use serde_json::{Value, json};

/// The metrics, as text.
async fn read(server: &TestServer) -> String {
    let response = soon(server.metrics.http("GET", "/metrics").send()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4");
    soon(response.text()).await.unwrap()
}

/// The value of one time series; 0 where there is none yet.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

#[tokio::test]
async fn a_call_is_counted_from_its_creation_to_its_bill() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let mut listening = server.api.listen(demo.phone("token")).await;
    let ringing = Ringing::on(server, |_| {}).await;
    assert_eq!(listening.next().await["roomId"], ringing.room_id.as_str());

    let text = read(&ringing.server).await;
    for (series, expected) in [
        ("wmpf_voip_ready", 1.0),
        ("wmpf_voip_calls{state=\"ringing\"}", 1.0),
        ("wmpf_voip_calls{state=\"talking\"}", 0.0),
        ("wmpf_voip_calls_created_total{business_type=\"1\",charge_type=\"duration\"}", 1.0),
        ("wmpf_voip_ring_seconds_count", 1.0),
        ("wmpf_voip_reminders_total{listener=\"connected\"}", 1.0),
        ("wmpf_voip_sockets{kind=\"reminders\"}", 1.0),
        ("wmpf_voip_answers_total{method=\"POST\",path=\"/v1/calls\",status=\"201\"}", 1.0),
    ] {
        assert_eq!(value(&text, series), expected, "{series} in {text}");
    }
    assert!(value(&text, "wmpf_voip_commit_requests_sum") > 0.0, "{text}");
    assert!(value(&text, "wmpf_voip_connections") >= 1.0, "{text}");

    let (mut caller, listener) = ringing.talking().await;
    let text = read(&ringing.server).await;
    assert_eq!(value(&text, "wmpf_voip_calls{state=\"talking\"}"), 1.0);
    assert_eq!(value(&text, "wmpf_voip_sockets{kind=\"call\"}"), 2.0);
    assert_eq!(value(&text, "wmpf_voip_answer_seconds_count"), 1.0);
    assert_eq!(value(&text, "wmpf_voip_begin_seconds_count"), 1.0);

    ringing.server.clock.advance(61_000);
    caller.say(json!({"type": "hangUp", "how": "manual", "id": 1})).await;
    caller.rest().await;
    let text = read(&ringing.server).await;
    let ended = "wmpf_voip_calls_ended_total{business_type=\"1\",outcome=\"hungUp\"}";
    assert_eq!(value(&text, ended), 1.0, "{text}");
    assert_eq!(value(&text, "wmpf_voip_talk_seconds_sum"), 61.0);
    assert_eq!(value(&text, "wmpf_voip_calls{state=\"talking\"}"), 0.0);
    drop(listener);
}

#[tokio::test]
async fn nobody_hears_a_call_and_it_is_counted_so_when_its_time_is_over() {
    let ringing = Ringing::start().await;
    ringing.server.clock.advance(60_000);
    let (_, view) = ringing.view(ringing.demo.device("token")).await;
    assert_eq!(view["state"], "ended");
    let text = read(&ringing.server).await;
    let ended = "wmpf_voip_calls_ended_total{business_type=\"1\",outcome=\"unanswered\"}";
    assert_eq!(value(&text, ended), 1.0, "{text}");
    assert_eq!(value(&text, "wmpf_voip_reminders_total{listener=\"absent\"}"), 1.0);
    assert_eq!(value(&text, "wmpf_voip_answer_seconds_count"), 0.0);
}

#[tokio::test]
async fn minutes_refusals_and_limits_are_counted() {
    let limits = |config: &mut wmpf_voip_server::config::Config| {
        config.ringing.of_caller = Some(1);
        config.rates.calls = std::num::NonZeroU32::new(9);
    };
    let server = TestServer::start_with(limits).await;
    let demo = server.api.demo().await;
    let mut request = demo.phone_to_device();
    request["voipToken"] = json!("wrong");
    assert_eq!(server.api.place(demo.phone("token"), &request).await.0, 403);
    let by_phone = demo.phone_to_device();
    let (created, room) = server.api.place(demo.phone("token"), &by_phone).await;
    assert_eq!(created, 201);
    assert_eq!(server.api.place(demo.phone("token"), &by_phone).await.0, 429);
    assert_eq!(server.api.place(demo.phone("token"), &by_phone).await.0, 429);
    let ringing = Ringing { server, demo, room_id: room["roomId"].as_str().unwrap().to_owned() };
    let server = &ringing.server;
    let mut answering =
        server.api.open_call(ringing.demo.device("token"), &ringing.room_id, "device=tv").await;
    let mut calling =
        server.api.open_call(ringing.demo.phone("token"), &ringing.room_id, "device=phone").await;
    for (socket, signal) in [(&mut calling, "join"), (&mut answering, "join")] {
        assert_eq!(socket.signal(json!({"type": signal})).await, "done");
    }
    server.clock.advance(61_000);
    calling.say(json!({"type": "hangUp", "how": "manual", "id": 1})).await;
    calling.rest().await;

    let text = read(server).await;
    for (series, expected) in [
        ("wmpf_voip_refusals_total{errcode=\"14\",method=\"POST\",path=\"/v1/calls\"}", 1.0),
        ("wmpf_voip_refusals_total{errcode=\"5\",method=\"POST\",path=\"/v1/calls\"}", 2.0),
        ("wmpf_voip_limits_hit_total{limit=\"max-ringing-per-caller\"}", 1.0),
        ("wmpf_voip_limits_hit_total{limit=\"max-calls-per-minute\"}", 1.0),
    ] {
        assert_eq!(value(&text, series), expected, "{series} in {text}");
    }
    let billed: f64 = value(&text, "wmpf_voip_billed_minutes_total");
    let (_, app) = server.api.admin("GET", "apps/wxde00000000000001", Value::Null).await;
    let (charge, minutes) = (room["chargeType"].as_str().unwrap(), &app["minutesLeft"]);
    assert_eq!(billed, if charge == "duration" { 2.0 } else { 0.0 }, "{minutes}");
}

#[tokio::test]
async fn metrics_have_an_address_of_their_own_and_labels_that_nobody_makes_up() {
    let server = TestServer::start().await;
    assert_eq!(status(server.api.http("GET", "/metrics")).await, 404, "not for everybody");
    assert_eq!(status(server.metrics.http("GET", "/v1/demo")).await, 404, "and nothing else there");
    assert_eq!(status(server.api.http("BREW", "/v1/calls")).await, 405);
    assert_eq!(status(server.api.http("GET", "/made/up")).await, 404);
    let text = read(&server).await;
    assert!(!text.contains("BREW") && !text.contains("/made/up"), "{text}");
    let other = "wmpf_voip_answers_total{method=\"GET\",path=\"other\",status=\"404\"}";
    assert!(value(&text, other) >= 2.0, "{text}");
}

#[cfg(unix)]
mod logs {
    use super::*;
    use crate::common::program::Program;

    /// The lines of a log whose message is this.
    fn lines(log: &str, message: &str) -> Vec<Value> {
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["fields"]["message"] == message).collect()
    }

    #[tokio::test]
    async fn each_step_of_a_call_is_a_line_with_the_request_that_has_led_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
        let demo = program.api.demo().await;
        let token = demo.device("token").to_owned();
        let response = soon(program.api.call(&token, &demo.device_to_phone()).send()).await;
        let response = response.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let room: Value = soon(response.json()).await.unwrap();
        program.api.give_up(&token, &room).await;
        let refused = program.api.http("GET", "/v1/calls/none").bearer_auth(&token);
        let refused: Value = soon(soon(refused.send()).await.unwrap().json()).await.unwrap();

        let (_, log) = program.end("-TERM").await;
        let rang = &lines(&log, "a call rings")[0];
        assert_eq!(rang["fields"]["room_id"], room["roomId"]);
        assert_eq!(rang["fields"]["charge_type"], "duration");
        assert_eq!(rang["span"]["request_id"], id.as_str(), "{rang}");
        assert_eq!(rang["span"]["client"], "127.0.0.1");
        let ended = &lines(&log, "a call has ended")[0];
        assert_eq!(ended["fields"]["how"], "cancelled");
        assert_ne!(ended["span"]["request_id"], id.as_str(), "another request has done that");
        let said = refused["errmsg"].as_str().unwrap();
        let (_, refused_id) = said.rsplit_once(" rid: ").unwrap();
        let answered = lines(&log, "answered");
        let line = answered.iter().find(|line| line["span"]["request_id"] == refused_id);
        assert_eq!(line.unwrap()["fields"]["code"], 1, "the client's error leads to its line");
        assert!(!log.contains(&token), "no secret is logged");
    }
}
