//! Several operators, each with a key of its own, and the record of who has changed what.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{ADMIN_KEY, TestServer, answer, status};
use serde_json::{Value, json};
use wmpf_voip_server::domain::address::TrustedProxies;
use wmpf_voip_server::domain::admin_key::AdminKeys;

const ALICE: &str = "the-key-of-alice-has-some-32-characters";
const BOB: &str = "the-key-of-bob-has-some-32-characters-too";

async fn server() -> TestServer {
    TestServer::start_with(|config| {
        config.admin_keys = AdminKeys::read(&format!("alice {ALICE}\nbob {BOB}")).unwrap();
        config.proxies = TrustedProxies::new(vec!["127.0.0.1".parse().unwrap()]);
    })
    .await
}

#[tokio::test]
async fn who_has_changed_what_and_from_where_is_noted() {
    let server = server().await;
    let started = server.clock.wall_ms();
    let ask = async |key: &str, method: &str, path: &str, body: Value| {
        let request = server.api.http(method, path).bearer_auth(key);
        let request = request.header("X-Forwarded-For", "198.51.100.7");
        status(if body.is_null() { request } else { request.json(&body) }).await
    };
    let app = "/v1/admin/apps/wx1";
    let body = json!({"approved": true, "minutesLeft": 10});
    assert_eq!(ask(ALICE, "PUT", app, body.clone()).await, 201);
    assert_eq!(ask(BOB, "POST", &format!("{app}/minutes"), json!({"add": 1})).await, 200);
    // Whoever only reads, is refused or has no key changes nothing.
    assert_eq!(ask(BOB, "GET", app, Value::Null).await, 200);
    assert_eq!(ask(BOB, "PUT", app, json!({"approved": 7})).await, 400);
    assert_eq!(ask(ADMIN_KEY, "DELETE", app, Value::Null).await, 401);
    let token = json!({"kind": "session", "role": "device", "id": "SN-1"});
    ask(ALICE, "POST", &format!("{app}/tokens"), token).await;
    assert_eq!(ask(BOB, "DELETE", app, Value::Null).await, 204);

    let audit = async |query: &str| {
        let path = format!("/v1/admin/audit{query}");
        answer(server.api.http("GET", &path).bearer_auth(ALICE)).await
    };
    let (status, list) = audit("").await;
    assert_eq!(status, 200, "{list}");
    let items = list["items"].as_array().unwrap();
    let said: Vec<[&str; 4]> = items
        .iter()
        .map(|item| ["key", "address", "method", "path"].map(|name| item[name].as_str().unwrap()))
        .filter(|[.., path]| !path.ends_with("/tokens"))
        .collect();
    let address = "198.51.100.7";
    let minutes = format!("{app}/minutes");
    assert_eq!(
        said,
        [
            ["bob", address, "DELETE", app],
            ["bob", address, "POST", &minutes],
            ["alice", address, "PUT", app],
        ]
    );
    assert!(items.iter().all(|item| item["at"].as_i64().unwrap() >= started), "{list}");
    assert_eq!(items.last().unwrap()["status"], 201);
    for secret in [ALICE, BOB, "eyJ"] {
        assert!(!list.to_string().contains(secret), "{list}");
    }

    let (_, first) = audit("?limit=1").await;
    assert_eq!(first["items"][0], items[0]);
    let next = first["next"].as_str().unwrap();
    let (_, second) = audit(&format!("?limit=1&after={next}")).await;
    assert_eq!(second["items"][0], items[1]);
    let (status, refusal) = audit("?after=yesterday").await;
    assert_eq!((status, &refusal["errcode"]), (400, &json!(1004)));

    let server = server.restart().await;
    assert_eq!(server.count("audit") as usize, items.len(), "a restart forgets nothing");
}

#[cfg(unix)]
mod program {
    use super::*;
    use common::program::{PROGRAM, Program};

    #[tokio::test]
    async fn the_keys_of_a_file_and_that_of_the_variable_all_count() {
        let dir = tempfile::tempdir().unwrap();
        let (data, keys) = (dir.path().join("data.sqlite"), dir.path().join("keys"));
        std::fs::write(&keys, format!("# operators\nalice {ALICE}\nbob {BOB}\n")).unwrap();
        let flags = ["--admin-keys-file", keys.to_str().unwrap()];
        let program = Program::start(&data, &flags).await;
        for key in [ALICE, BOB, ADMIN_KEY] {
            let command = "app put wx1 --minutes 1 --approved";
            let output = program.command(Some(key), command).await;
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let list = program.admin_json("audit --limit 2").await;
        let names: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["key"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["admin", "bob"]);
        let (status, log) = program.end("-TERM").await;
        assert!(status.success());
        // Each change once, with who has made it and from where.
        for (key, said) in [("alice", "created"), ("bob", "changed"), ("admin", "changed")] {
            let of_key = format!("\"key\":\"{key}\"");
            let lines: Vec<&str> = log
                .lines()
                .filter(|line| line.contains("the operator") && line.contains(&of_key))
                .collect();
            assert_eq!(lines.len(), 1, "{log}");
            assert!(lines[0].contains(&format!("the operator {said} app wx1")), "{lines:?}");
            assert!(lines[0].contains("\"address\":\"127.0.0.1\""), "{lines:?}");
        }
        assert!(!log.contains(ALICE), "{log}");
    }

    #[test]
    fn a_file_without_usable_keys_is_refused_without_showing_any() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        for (text, said) in [
            (format!("{ALICE}\n"), "line 1: expected a name and a key"),
            (String::new(), "got none"),
            (format!("admin {ALICE}\n"), "line 1: 'admin' is the name of the key of --admin-key"),
            (
                format!("bob {BOB}\nalice {ALICE}\n"),
                "--admin-keys-file has the same one for 'alice'",
            ),
        ] {
            std::fs::write(&keys, text).unwrap();
            let output = std::process::Command::new(PROGRAM)
                .env("WMPF_VOIP_ADMIN_KEY", ALICE)
                .args(["--listen", "127.0.0.1:0", "--admin-keys-file"])
                .arg(&keys)
                .arg("--data")
                .arg(dir.path().join("data.sqlite"))
                .output()
                .unwrap();
            let log = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success() && log.contains(said), "{log}");
            assert!(log.contains("--admin-keys-file") && !log.contains(ALICE), "{log}");
        }
    }
}
