//! The records of calls: found, given in a file, kept for as long as is set, and gone with a person.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::TestServer;
use common::ringing::Ringing;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use wmpf_voip_server::domain::retention::Retention;

const APP: &str = "apps/wxde00000000000001";

async fn get(server: &TestServer, path: &str) -> (u16, Value) {
    server.api.admin("GET", &format!("{APP}/{path}"), Value::Null).await
}

/// The file with the records, and its type.
async fn export(server: &TestServer, query: &str) -> (String, String) {
    let path = format!("/v1/admin/{APP}/call-records?{query}");
    let response =
        server.api.http("GET", &path).bearer_auth(common::ADMIN_KEY).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    let kind = header("content-type");
    assert!(header("content-disposition").starts_with("attachment; filename=\"call-records."));
    (kind, response.text().await.unwrap())
}

/// A call that was talked in for 61 s, one that was given up, and one that rings, the newest last.
async fn three_calls() -> (Ringing, Vec<String>) {
    let mut ringing = Ringing::start().await;
    let mut rooms = vec![ringing.room_id.clone()];
    let (mut caller, _listener) = ringing.talking().await;
    ringing.server.clock.advance(61_000);
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    ringing.place().await;
    rooms.push(ringing.room_id.clone());
    let token = ringing.demo.device("token");
    ringing.server.api.give_up(token, &json!({"roomId": ringing.room_id})).await;
    ringing.server.clock.advance(1_000);
    ringing.place().await;
    rooms.push(ringing.room_id.clone());
    (ringing, rooms)
}

#[tokio::test]
async fn calls_are_found_by_time_party_and_ending() {
    let (ringing, rooms) = three_calls().await;
    let server = &ringing.server;
    let found = async |query: &str| -> Vec<usize> {
        let (status, page) = get(server, &format!("calls?{query}")).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap();
        let place = |call: &Value| rooms.iter().position(|room| call["roomId"] == **room).unwrap();
        items.iter().map(place).collect()
    };
    assert_eq!(found("").await, [2, 1, 0]);
    assert_eq!(found("how=hungUp").await, [0]);
    assert_eq!(found("how=cancelled&live=false").await, [1]);
    assert_eq!(found("how=hungUp,cancelled,busy").await, [1, 0]);
    assert_eq!(found("how=busy").await, [0; 0]);
    let (_, all) = get(server, "calls").await;
    let at = |index: usize| all["items"][index]["createdAt"].as_i64().unwrap();
    assert_eq!(found(&format!("since={}", at(1))).await, [2, 1]);
    assert_eq!(found(&format!("until={}", at(1))).await, [0]);
    assert_eq!(found(&format!("since={}&until={}", at(1), at(1) + 1)).await, [1]);
    let phone = ringing.demo.phone("id");
    assert_eq!(found(&format!("party={phone}")).await, [2, 1, 0]);
    assert_eq!(found(&format!("party={}&how=hungUp", ringing.demo.device("id"))).await, [0]);
    assert_eq!(found("party=nobody").await, [0; 0]);
    assert_eq!(found(&format!("live=true&since={}", at(0))).await, [2]);
    assert_eq!(found(&format!("live=true&until={}", at(0))).await, [0; 0]);

    let (status, refusal) = get(server, "calls?how=boredom").await;
    assert_eq!(status, 400);
    let expected = "how: expected words such as joinFailed,aborted of cancelled, rejected, busy, unanswered, hungUp, timeLimit, minutes, joinFailed, \
                    aborted, got 'boredom'";
    assert!(refusal["errmsg"].as_str().unwrap().starts_with(expected), "{refusal}");
    assert_eq!(get(server, "calls?since=yesterday").await.0, 400);
    let (status, refusal) = get(server, "calls?until=-1").await;
    assert_eq!(status, 400);
    assert!(
        refusal["errmsg"].as_str().unwrap().starts_with("until: expected a number from 0 to"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_page_of_calls_that_match_seldom_ends_early_and_leads_on() {
    let (ringing, rooms) = three_calls().await;
    let copy = "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type,
            reminder, created_at, rings_until, fingerprint, state, call, ending)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)
        SELECT room_id || i, app_id, caller_role, caller_id, listener_role, listener_id, charge_type,
            reminder, created_at, rings_until, fingerprint, state, call, ending FROM calls JOIN n WHERE room_id = ?1";
    assert_eq!(ringing.server.records().execute(copy, [&rooms[1]]), Ok(4500));
    let mut after = String::new();
    let mut pages = Vec::new();
    loop {
        let (_, page) = get(&ringing.server, &format!("calls?how=hungUp{after}")).await;
        pages.push(page["items"].as_array().unwrap().len());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(pages, [0, 0, 1]);
    let (_, text) = export(&ringing.server, "format=jsonl").await;
    assert_eq!(text.lines().count(), 4502);
    let (_, text) = export(&ringing.server, "format=jsonl&how=hungUp").await;
    assert_eq!(text.lines().count(), 1);
}

#[tokio::test]
async fn the_records_are_given_as_lines_of_json_and_as_a_table() {
    let (ringing, rooms) = three_calls().await;
    // What somebody has called himself.
    let evil = r#"=HYPERLINK("http://evil.example","click")"#;
    let rename = "UPDATE calls SET call = json_set(call, '$.about.callerName', ?1) WHERE ending = 'cancelled'";
    assert_eq!(ringing.server.records().execute(rename, [evil]), Ok(1));
    let (kind, text) = export(&ringing.server, "format=jsonl").await;
    assert_eq!(kind, "application/x-ndjson");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "what rings is no record yet");
    assert_eq!(
        (&lines[0]["roomId"], &lines[0]["caller"]["name"]),
        (&json!(rooms[1]), &json!(evil))
    );
    let end = json!({"how": "hungUp", "by": "caller", "keepTime": 61, "billed": 61, "minutes": 2});
    assert_eq!((&lines[1]["roomId"], &lines[1]["end"]), (&json!(rooms[0]), &end));

    let (kind, text) = export(&ringing.server, "format=csv").await;
    assert_eq!(kind, "text/csv; charset=utf-8; header=present");
    let text = text.strip_prefix('\u{feff}').unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "roomId,createdAt,businessType,roomType,chargeType,callerRole,callerId,callerName,listenerRole,listenerId,\
         listenerName,how,by,reason,errCode,keepTime,billed,minutes"
    );
    assert!(
        lines[1].contains(
            r#",DEMO-DOORBELL-01,"'=HYPERLINK(""http://evil.example"",""click"")",phone,"#
        ),
        "{text}"
    );
    assert!(lines[1].ends_with(",cancelled,caller,,,0,0,0"), "{text}");
    assert!(lines[2].starts_with(&format!("{},20", rooms[0])), "{text}");
    assert!(lines[2].ends_with(",hungUp,caller,,,61,61,2"), "{text}");
    assert_eq!(lines[3..], [""]);

    let (_, none) = export(&ringing.server, "format=csv&party=nobody").await;
    assert_eq!(none.lines().count(), 1, "the names of the columns");
    let (status, refusal) = get(&ringing.server, "call-records").await;
    assert_eq!(status, 400, "{refusal}");
    let (status, _) = get(&ringing.server, "call-records?format=xml").await;
    assert_eq!(status, 400);
    let others = "apps/wx-none/call-records?format=csv";
    assert_eq!(ringing.server.api.admin("GET", others, Value::Null).await.0, 404);
}

/// Waits until there are so many rows.
async fn until_there_are(server: &TestServer, what: &str, count: u32) {
    let swept = async {
        while server.look_up::<u32>(&format!("SELECT count(*) FROM {what}")) != count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), swept).await.unwrap();
}

#[tokio::test]
async fn a_call_is_kept_for_as_long_as_is_set() {
    const AGED: &str =
        "UPDATE calls SET created_at = created_at - ?1, rings_until = rings_until - ?1";
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let (ringing, rooms) = three_calls().await;
    let token = ringing.demo.device("token").to_owned();
    ringing.server.api.give_up(&token, &json!({"roomId": rooms[2]})).await;
    let server =
        ringing.server.restart_after(|db| assert_eq!(db.execute(AGED, [29 * DAY]), Ok(3))).await;
    assert_eq!(get(&server, &format!("calls/{}", rooms[0])).await.0, 200, "the default is 30 days");
    let server =
        server.restart_after(|db| assert_eq!(db.execute(AGED, [DAY + 600_000]), Ok(3))).await;
    until_there_are(&server, "calls", 0).await;
}

#[tokio::test]
async fn a_shorter_time_can_be_set() {
    let server =
        TestServer::start_with(|config| config.retention = Retention::default().calls(1).audit(1))
            .await;
    let demo = server.api.demo().await;
    let (_, room) = server.api.place(demo.device("token"), &demo.device_to_phone()).await;
    server.api.give_up(demo.device("token"), &json!({"roomId": room["roomId"]})).await;
    server.clock.advance(24 * 60 * 60 * 1000 + 61_000);
    until_there_are(&server, "calls", 0).await;
}

#[tokio::test]
async fn nothing_is_left_of_a_user_who_was_deleted() {
    let (ringing, rooms) = three_calls().await;
    let server = &ringing.server;
    let user = ringing.demo.phone("id");
    let path = format!("{APP}/users/{user}");
    assert_eq!(server.api.admin("PUT", &path, json!({"scopeVoip": true})).await.0, 200);
    let audit = async || server.api.admin("GET", "audit", Value::Null).await.1.to_string();
    assert!(audit().await.contains(user));
    assert_eq!(server.api.admin("DELETE", &path, Value::Null).await.0, 204);
    // One rings, and can still be ended.
    until_there_are(server, "calls", 1).await;
    assert_eq!(get(server, &format!("calls/{}", rooms[2])).await.0, 200);
    server.clock.advance(60_000);
    until_there_are(server, "calls WHERE state <> 'ended'", 0).await;
    // The next look is a minute later.
    server.clock.advance(60_000);
    until_there_are(server, "calls", 0).await;
    let left = audit().await;
    assert!(!left.contains(user), "{left}");
    assert!(left.contains("/users/-"), "{left}");
    let tables = "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name <> 'deleted_parties'";
    for table in server.look_up::<String>(tables).split(',') {
        let mut text = String::new();
        let db = server.records();
        let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            (0..columns).for_each(|column| text += &format!("{:?} ", row.get_ref(column).unwrap()));
        }
        let bytes = format!("{:?}", user.as_bytes());
        assert!(!text.contains(bytes.trim_matches(['[', ']'])), "{table}: {text}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_command_finds_calls_and_prints_their_records() {
    use common::program::Program;

    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &["--retain-calls", "7"]).await;
    let demo = program.api.demo().await;
    let (_, room) = program.api.place(demo.device("token"), &demo.device_to_phone()).await;
    let room_id = room["roomId"].as_str().unwrap();
    let app = "wxde00000000000001";
    program.admin(&format!("call end {app} {room_id}")).await;
    let found = program
        .admin_json(&format!("call list {app} --how cancelled --since 2020-01-01T00:00:00Z"))
        .await;
    assert_eq!(found["items"][0]["roomId"], room_id, "{found}");
    let party = demo.phone("id");
    let none = program
        .admin_json(&format!("call list {app} --party {party} --until 2020-01-01T00:00:00Z"))
        .await;
    assert_eq!(none, json!({"items": []}));
    let lines = program.admin(&format!("call export {app} --format jsonl --party {party}")).await;
    let record: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(record["end"]["how"], "cancelled");
    let table = program.admin(&format!("call export {app} --format csv")).await;
    assert!(table.contains(",cancelled,caller,"), "{table}");
    let key = Some(common::ADMIN_KEY);
    let (code, said) = program.failing(key, "call export wx-none --format csv").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no app"), "{said}");
    for how in ["boredom", "", "busy,", ",busy"] {
        let (_, said) = program.failing(key, &format!("call list {app} --how={how}")).await;
        assert!(said.contains("cancelled, rejected"), "{how}: {said}");
    }
}
