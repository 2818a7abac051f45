//! How often who may ask, and what becomes of bursts that are permitted.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use common::ringing::Ringing;
use common::{ADMIN_KEY, TestServer, answer, soon, status};
use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use wmpf_voip_calls::creation::RingingLimits;

const PER_MINUTE: Option<NonZeroU32> = NonZeroU32::new(6);
const AT_ONCE: usize = 2;

/// The status, `retry-after` and the body of an answer.
async fn answered(request: RequestBuilder) -> (u16, Option<u64>, Value) {
    let response = soon(request.send()).await.unwrap();
    let retry_after = response.headers().get("retry-after");
    let seconds = retry_after.map(|value| value.to_str().unwrap().parse().unwrap());
    (response.status().as_u16(), seconds, soon(response.json()).await.unwrap())
}

#[tokio::test]
async fn a_party_that_calls_too_often_is_told_when_to_try_again() {
    let server = TestServer::start_with(|config| config.rates.calls = PER_MINUTE).await;
    let demo = server.api.demo().await;
    let (device, request) = (demo.device("token"), demo.device_to_phone());
    for _ in 0..AT_ONCE {
        let (status, room) = server.api.place(device, &request).await;
        assert_eq!(status, 201);
        server.api.give_up(device, &room).await;
    }
    let origin = "https://page.example";
    let refused = server.api.call(device, &request).header("Origin", origin).send();
    let refused = soon(refused).await.unwrap();
    assert_eq!(refused.headers()["access-control-expose-headers"], "retry-after,x-request-id");
    let (status, seconds, refusal) = answered(server.api.call(device, &request)).await;
    assert_eq!((status, &refusal["errcode"]), (429, &json!(5)));
    assert!((1..=10).contains(&seconds.unwrap()), "{seconds:?}");
    let said = refusal["errmsg"].as_str().unwrap();
    assert!(
        said.starts_with("this party makes more than 6 calls a minute: try again in "),
        "{said}"
    );
    assert_eq!(server.count("calls"), AT_ONCE as u32, "nothing is written");

    let (status, _) = server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
    assert_eq!(status, 201, "others have their own limit");
}

#[tokio::test]
async fn the_parties_of_a_mini_program_have_a_limit_together() {
    let server = TestServer::start_with(|config| config.rates.calls_of_app = PER_MINUTE).await;
    let demo = server.api.demo().await;
    let request = demo.device_to_phone();
    for _ in 0..AT_ONCE {
        assert_eq!(server.api.place(demo.device("token"), &request).await.0, 201);
    }
    let other = server.api.call(demo.phone("token"), &demo.phone_to_device());
    let (status, _, refusal) = answered(other).await;
    assert_eq!((status, &refusal["errcode"]), (429, &json!(5)));
    assert!(refusal["errmsg"].as_str().unwrap().starts_with("this mini-program"), "{refusal}");
}

#[tokio::test]
async fn only_so_many_calls_ring_of_a_caller_and_for_a_listener() {
    for (limits, said) in [
        (
            RingingLimits { of_caller: Some(2), of_listener: None },
            "2 calls of this caller ring already",
        ),
        (
            RingingLimits { of_caller: None, of_listener: Some(2) },
            "2 calls for this listener ring already",
        ),
    ] {
        let server = TestServer::start_with(|config| config.ringing = limits).await;
        let demo = server.api.demo().await;
        let (device, request) = (demo.device("token"), demo.device_to_phone());
        let (_, first) = server.api.place_with_key(device, &request, "first").await;
        server.clock.advance(20_000);
        assert_eq!(server.api.place(device, &request).await.0, 201);
        let (status, seconds, refusal) = answered(server.api.call(device, &request)).await;
        assert_eq!((status, &refusal["errcode"]), (429, &json!(5)));
        assert!((35..=40).contains(&seconds.unwrap()), "until the first is over: {seconds:?}");
        assert!(refusal["errmsg"].as_str().unwrap().starts_with(said), "{refusal}");

        let again = server.api.place_with_key(device, &request, "first").await;
        assert_eq!((again.0, &again.1), (200, &first), "a repetition rings no more than before");
        // Whoever is called calls back: the calls meet, and one rings less.
        let crossing = server.api.place(demo.phone("token"), &demo.phone_to_device()).await;
        assert_eq!(crossing.0, 200, "{}", crossing.1);
        server.api.give_up(device, &first).await;
        assert_eq!(server.api.place(device, &request).await.0, 201, "there is room again");
    }
}

#[tokio::test]
async fn an_address_without_tokens_is_slowed_down_and_whoever_has_one_is_not() {
    let server = TestServer::start_with(|config| config.rates.without_token = PER_MINUTE).await;
    let demo = server.api.demo().await;
    let request = demo.device_to_phone();
    for token in ["", "no.token.this"] {
        assert_eq!(server.api.place(token, &request).await.0, 401);
    }
    for token in ["", "no.token.this"] {
        let (status, seconds, refusal) = answered(server.api.call(token, &request)).await;
        assert_eq!((status, &refusal["errcode"]), (429, &json!(5)));
        assert!(seconds.is_some() && refusal["errmsg"].as_str().unwrap().contains("this address"));
    }
    assert_eq!(server.api.place(demo.device("token"), &request).await.0, 201);
}

#[tokio::test]
async fn whoever_guesses_the_admin_key_is_not_even_let_in_with_the_right_one() {
    let server = TestServer::start_with(|config| config.rates.without_token = PER_MINUTE).await;
    let with = |key| server.api.http("GET", "/v1/admin/apps").bearer_auth(key);
    for _ in 0..AT_ONCE {
        assert_eq!(status(with("a-guess")).await, 401);
        assert_eq!(status(with(ADMIN_KEY)).await, 200, "one mistake is no guessing");
    }
    assert_eq!(status(with("a-guess")).await, 429);
    let (status, seconds, refusal) = answered(with(ADMIN_KEY)).await;
    assert_eq!((status, &refusal["errcode"]), (429, &json!(5)));
    assert!((1..=10).contains(&seconds.unwrap()), "{seconds:?}");
}

#[tokio::test]
async fn a_trusted_proxy_says_whose_requests_it_passes_on() {
    for (trusted, expected) in [(true, 401), (false, 429)] {
        let server = TestServer::start_with(|config| {
            config.rates.without_token = NonZeroU32::new(3);
            let proxies = if trusted { vec!["127.0.0.0/8".parse().unwrap()] } else { Vec::new() };
            config.proxies = wmpf_voip_server::domain::address::TrustedProxies::new(proxies);
        })
        .await;
        let from = |address| {
            status(server.api.http("GET", "/v1/calls/r").header("X-Forwarded-For", address))
        };
        assert_eq!(from("198.51.100.7").await, 401);
        assert_eq!(from("198.51.100.7").await, 429);
        assert_eq!(from("198.51.100.8").await, expected, "trusted: {trusted}");
    }
}

#[tokio::test]
async fn a_party_that_connects_too_often_is_told_to_come_later() {
    let server = TestServer::start_with(|config| config.rates.requests = PER_MINUTE).await;
    let demo = server.api.demo().await;
    let phone = demo.phone("token");
    for _ in 0..AT_ONCE {
        let mut listener = server.api.listen(phone).await;
        listener.0.close(None).await.unwrap();
    }
    let (code, reason) = server.api.listen(phone).await.closed().await;
    assert_eq!(code, 1013);
    assert!(reason.starts_with("this party sends more than 6 requests a minute"), "{reason}");
    let mut socket = server.api.open_call(phone, "r", "device=d").await;
    assert_eq!(socket.rest().await, (Vec::new(), 1013), "it may come again");
}

#[tokio::test]
async fn a_burst_of_reminders_and_of_their_ends_reaches_an_attentive_listener() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let (device, request) = (demo.device("token"), demo.device_to_phone());
    let mut phone = server.api.listen(demo.phone("token")).await;
    // As long as somebody else writes, everything waits for one commit.
    let locked = server.lock_records();
    let calls = tokio::spawn({
        let (api, device, request) = (server.api.clone(), device.to_owned(), request.clone());
        async move { join_all((0..60).map(|_| api.place(&device, &request))).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    drop(locked);
    let rooms: BTreeSet<String> = soon(calls)
        .await
        .unwrap()
        .iter()
        .map(|(status, room)| {
            assert_eq!(*status, 201, "{room}");
            room["roomId"].as_str().unwrap().to_owned()
        })
        .collect();
    let mut told = Vec::new();
    while told.len() < rooms.len() {
        let message = phone.next().await;
        assert_eq!(message["type"], "reminder");
        told.push(message["roomId"].as_str().unwrap().to_owned());
    }
    assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), rooms, "each once");

    let locked = server.lock_records();
    let ends = tokio::spawn({
        let (api, device, rooms) = (server.api.clone(), device.to_owned(), rooms.clone());
        async move {
            let end = async |room: &String| {
                let path = format!("/v1/calls/{room}");
                status(api.http("DELETE", &path).bearer_auth(&device)).await
            };
            join_all(rooms.iter().map(end)).await
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    drop(locked);
    assert!(soon(ends).await.unwrap().iter().all(|status| *status == 204));
    let mut over = BTreeSet::new();
    while over.len() < rooms.len() {
        let message = phone.next().await;
        assert_eq!(message["type"], "cancelled", "{message}");
        assert!(over.insert(message["roomId"].as_str().unwrap().to_owned()), "twice: {message}");
    }
    assert_eq!(over, rooms);
}

#[tokio::test]
async fn a_burst_of_relays_reaches_a_page_that_reads_a_little_later() {
    let server = TestServer::start_with(|config| {
        config.rates.messages = NonZeroU32::new(60_000);
    })
    .await;
    let ringing = Ringing::on(server, |_| {}).await;
    let (mut caller, mut listener) = ringing.talking().await;
    // More than the network between the two holds, so that they wait in the service.
    let long = "x".repeat(16_000);
    const BURST: usize = 500;
    for number in 0..BURST {
        caller.say(json!({"type": "relay", "payload": format!("{number} {long}")})).await;
        listener.say(json!({"type": "relay", "payload": format!("{number} back")})).await;
    }
    for (socket, end) in [(&mut listener, long.as_str()), (&mut caller, "back")] {
        for number in 0..BURST {
            let payload = socket.next_of("relay").await["payload"].clone();
            assert_eq!(payload, format!("{number} {end}"));
        }
    }
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    assert_eq!(listener.rest().await.1, 1000, "nobody was closed for it");
    let (status, view) = answer(
        ringing
            .server
            .api
            .http("GET", &format!("/v1/calls/{}", ringing.room_id))
            .bearer_auth(ringing.demo.phone("token")),
    )
    .await;
    assert_eq!((status, &view["state"]), (200, &json!("ended")));
}

#[tokio::test]
async fn messages_that_come_too_fast_wait_and_are_not_lost() {
    let server = TestServer::start_with(|config| {
        // 100 at once, and 5 in a second.
        config.rates.messages = NonZeroU32::new(300);
    })
    .await;
    let ringing = Ringing::on(server, |_| {}).await;
    let (mut caller, mut listener) = ringing.talking().await;
    for number in 0..105 {
        caller.say(json!({"type": "relay", "payload": number.to_string()})).await;
    }
    for number in 0..105 {
        assert_eq!(listener.next_of("relay").await["payload"], number.to_string());
    }
}
