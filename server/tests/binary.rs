//! The real program: signals, sudden death, logs, and its command for operators.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::common;

use common::backend::{Backend, Does, SECRET};
use common::program::{PROGRAM, Program, UNLIMITED};
use common::{ADMIN_KEY, soon};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::sync::mpsc;

#[tokio::test]
async fn what_was_acknowledged_survives_sudden_death() {
    const CALLS: usize = 300;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut program = Program::start(&data, &UNLIMITED).await;
    let demo = program.api.demo().await;
    let (token, request) = (demo.device("token").to_owned(), demo.device_to_phone());

    let (sender, mut acknowledgements) = mpsc::unbounded_channel();
    for number in 0..CALLS {
        let key = format!("key-{number}");
        let call = program.api.call(&token, &request).header("Idempotency-Key", &key);
        let sender = sender.clone();
        tokio::spawn(async move {
            // Those that the program takes to its grave fail, and promise nothing.
            if let Ok(response) = call.send().await
                && let Ok(room) = response.json::<Value>().await
            {
                sender.send((room, key)).unwrap();
            }
        });
    }
    drop(sender);
    let mut acknowledged = Vec::new();
    while let Some(acknowledgement) = soon(acknowledgements.recv()).await {
        acknowledged.push(acknowledgement);
        if acknowledged.len() == CALLS / 10 {
            program.child.start_kill().unwrap();
        }
    }
    assert!(!soon(program.child.wait()).await.unwrap().success());

    let program = Program::start(&data, &[]).await;
    for (room, key) in acknowledged {
        let again = program.api.place_with_key(&token, &request, &key).await;
        assert_eq!(again, (200, room), "also: the demo's keys outlive the process");
    }
}

/// What callDevice with isCloud takes.
fn cloud_call(payload: &str) -> Value {
    json!({"roomType": "voice", "sn": "DEMO-DOORBELL-01", "modelId": "DEMO_MODEL_DOORBELL",
        "chargeType": "duration", "isCloud": true, "payload": payload})
}

#[tokio::test]
async fn the_webhook_of_an_acknowledged_call_survives_sudden_death() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut program = Program::start(&data, &[]).await;
    // It takes each request and answers none, until it is another one.
    let silent = Backend::start(&[Does::Hang; 20]).await;
    let address = silent.url.split('/').nth(2).unwrap().to_owned();
    let put = format!("webhook put wxde00000000000001 --url {}", silent.url);
    let webhook = program.admin_json(&put).await;
    let secret = webhook["secret"].as_str().unwrap();
    let demo = program.api.demo().await;
    let mut rooms = Vec::new();
    for number in 0..10 {
        let call = cloud_call(&number.to_string());
        let (status, room) = program.api.post("/v1/device-calls", demo.phone("token"), &call).await;
        assert_eq!(status, 201);
        rooms.push(room["roomId"].as_str().unwrap().to_owned());
    }
    program.child.start_kill().unwrap();
    assert!(!soon(program.child.wait()).await.unwrap().success());
    drop(silent);

    let mut backend = Backend::start_after(&address).await;
    let _program = Program::start(&data, &[]).await;
    let mut told = Vec::new();
    for _ in &rooms {
        let received = backend.next().await;
        assert!(received.is_signed(secret));
        told.push(received.json()["data"]["roomId"].as_str().unwrap().to_owned());
    }
    told.sort();
    rooms.sort();
    assert_eq!(told, rooms, "each once");
}

/// Linux only: other systems have stores of their own, which a test must not change.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_webhook_by_https_has_to_have_a_certificate_that_the_system_trusts() {
    let dir = tempfile::tempdir().unwrap();
    let backend = common::tls::TlsBackend::start();
    let trusted = dir.path().join("trusted.pem");
    std::fs::write(&trusted, &backend.authority).unwrap();
    for trusts in [false, true] {
        let data = dir.path().join(format!("{trusts}.sqlite"));
        let mut command = Command::new(PROGRAM);
        if trusts {
            command.env("SSL_CERT_FILE", &trusted);
        }
        let debug = ["--log", "debug"];
        let mut program = Program::spawn(command, "127.0.0.1:0", &data, &debug).await;
        let put = format!("webhook put wxde00000000000001 --url {}", backend.url);
        program.admin(&put).await;
        let demo = program.api.demo().await;
        let call = cloud_call("over TLS");
        let (status, _) = program.api.post("/v1/device-calls", demo.phone("token"), &call).await;
        assert_eq!(status, 201);
        let said = if trusts { "the webhook was told" } else { "the webhook could not be told" };
        let log = program.has_logged(said).await;
        assert!(trusts || log.contains("invalid peer certificate: UnknownIssuer"), "{log}");
    }
    let received = backend.received();
    assert_eq!(received.len(), 1, "nothing but to whom it trusts");
    assert!(received[0].starts_with("POST /hook HTTP/1.1\r\n"), "{}", received[0]);
    assert!(received[0].contains("over TLS"), "{}", received[0]);
}

#[tokio::test]
async fn what_a_webhook_carries_is_never_logged() {
    const PAYLOAD: &str = "a-payload-that-may-be-a-secret-Zq7";
    const IN_URL: &str = "a-token-in-the-address-Zq7";
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &["--log", "trace"]).await;
    let mut backend = Backend::start(&[Does::Answer(500), Does::Answer(400)]).await;
    let secret_file = dir.path().join("secret");
    std::fs::write(&secret_file, format!("{SECRET}\n")).unwrap();
    let url = format!("{}&token={IN_URL}", backend.url);
    let put = format!("webhook put wxde00000000000001 --url {url}");
    let made = program.admin_json(&put).await;
    let with_file = format!("{put} --secret-file {}", secret_file.display());
    let shown = json!({"appId": "wxde00000000000001", "url": url, "events": ["device.called"]});
    assert_eq!(program.admin_json(&with_file).await, shown);
    let weak = program.api.admin(
        "PUT",
        "apps/wxde00000000000001/webhook",
        json!({"url": url, "secret": "whsec_weak-Zq7"}),
    );
    assert_eq!(weak.await.0, 400);

    let demo = program.api.demo().await;
    for _ in 0..2 {
        let (status, _) =
            program.api.post("/v1/device-calls", demo.phone("token"), &cloud_call(PAYLOAD)).await;
        assert_eq!(status, 201);
        let (first, second) = (backend.next().await, backend.waiting());
        assert!(first.is_signed(SECRET) && second == 0);
        backend.next_if_within(std::time::Duration::from_secs(2)).await;
    }
    assert_eq!(program.admin("webhook delete wxde00000000000001").await, "");
    let (_, log) = program.end("-TERM").await;
    for said in [
        "the operator created the webhook of app wxde00000000000001",
        "the operator changed the webhook of app wxde00000000000001",
        "the operator deleted the webhook of app wxde00000000000001",
        "the webhook could not be told yet",
        "the webhook refused to be told",
        "it answered 500",
        "the webhook was told",
    ] {
        assert!(log.contains(said), "{said}");
    }
    let made = made["secret"].as_str().unwrap();
    for secret in [made, SECRET] {
        assert!(!log.contains(secret.strip_prefix("whsec_").unwrap()), "a secret");
    }
    for text in [PAYLOAD, IN_URL, "weak-Zq7"] {
        let line = log.lines().find(|line| line.contains(text));
        assert_eq!(line, None, "a line of the log with {text}");
    }
    // The client would log what it sends byte by byte.
    let line = log.lines().find(|line| line.contains("\"ureq"));
    assert_eq!(line, None);
}

#[tokio::test]
async fn calls_go_on_after_sudden_death() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut program = Program::start(&data, &[]).await;
    let demo = program.api.demo().await;
    let (device, phone) = (demo.device("token"), demo.phone("token"));
    let join = || json!({"type": "join"});
    let ended = ["hangUpVoip", "endVoip", "finishVoip"];

    // Four calls: one rings, one waits for its caller, two are on. They are all placed before the first answer, or
    // the listener would be busy.
    let mut rooms = Vec::new();
    for _ in 0..4 {
        let (status, room) = program.api.place(device, &demo.device_to_phone()).await;
        assert_eq!(status, 201);
        rooms.push(room["roomId"].as_str().unwrap().to_owned());
    }
    let [rings, waits, on, left] = &rooms[..] else { panic!("four") };
    let mut sockets = Vec::new();
    for room in &rooms {
        let mut caller = program.api.open_call(device, room, "device=tv").await;
        let mut listener = program.api.open_call(phone, room, "device=phone").await;
        if room != rings {
            assert_eq!(listener.signal(join()).await, "done");
            assert_eq!(listener.event().await["eventName"], "hangOnVoip");
        }
        if room == on || room == left {
            assert_eq!(caller.signal(join()).await, "done");
            assert_eq!(listener.event().await["eventName"], "startVoip");
        }
        sockets.push((caller, listener));
    }
    program.child.start_kill().unwrap();
    soon(program.child.wait()).await.unwrap();

    let program = Program::start(&data, &[]).await;
    let open = async |room: &str, caller_heard: u32, listener_heard: u32| {
        let caller = format!("device=tv&after={caller_heard}");
        let listener = format!("device=phone&after={listener_heard}");
        (
            program.api.open_call(device, room, &caller).await,
            program.api.open_call(phone, room, &listener).await,
        )
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (_, mut lonely) = open(left, 0, 2).await;
    let (mut caller, mut listener) = open(on, 1, 2).await;
    assert_eq!(caller.event().await["eventName"], "startVoip");
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    assert_eq!(listener.rest().await, (names(&ended), 1000));
    assert_eq!(caller.rest().await, (names(&ended), 1000));

    for (room, heard, joins, all) in
        [(waits, 1, false, vec!["startVoip"]), (rings, 0, true, vec!["hangOnVoip", "startVoip"])]
    {
        let (mut caller, mut listener) = open(room, 0, heard).await;
        assert_eq!(caller.signal(join()).await, "done");
        if joins {
            assert_eq!(listener.signal(join()).await, "done");
        }
        // It is heard by the caller, too, before it hangs up.
        while caller.event().await["eventName"] != "startVoip" {}
        assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
        assert_eq!(listener.rest().await, (names(&[&all[..], &ended[..]].concat()), 1000));
    }

    // The caller of the last one does not return: 15 seconds after the start it is over.
    let aborted = ["abortVoip", "endVoip", "finishVoip"];
    assert_eq!(lonely.rest().await, (names(&aborted), 1000));
}

/// A limit on the length of its files stands for a full disk: a test that runs as root can fill no other.
/// Linux only, because there another process can set and lift it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_costs_calls_and_nothing_else() {
    const MOST_CALLS: usize = 200;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let program = Program::start_with_limited_files(&data, &[]).await;
    let api = &program.api;
    let demo = api.demo().await;
    let (token, request) = (demo.device("token"), demo.device_to_phone());

    program.limit("fsize", "500000").await;
    let mut acknowledged = Vec::new();
    let refused = loop {
        let key = format!("key-{}", acknowledged.len());
        let (status, answer) = api.place_with_key(token, &request, &key).await;
        if status != 201 {
            assert_eq!(status, 500);
            break answer;
        }
        acknowledged.push((key, answer));
        assert!(acknowledged.len() < MOST_CALLS, "there is always space");
    };
    assert!(!acknowledged.is_empty());
    let text = "the room service failed; its log says why. Try again";
    assert_eq!(refused, json!({"errcode": 5, "errmsg": text}));

    // What needs no space works.
    let (key, room) = &acknowledged[0];
    assert_eq!(api.place_with_key(token, &request, key).await, (200, room.clone()));
    let call = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
    assert_eq!(common::answer(api.http("GET", &call).bearer_auth(token)).await.0, 200);
    for path in ["/readyz", "/healthz"] {
        let (status, health) = api.get(path).await;
        assert_eq!((status, &health["status"]), (503, &json!("unavailable")), "{path}");
        assert_eq!(health["reason"], "the data file cannot be written; the log says why");
    }
    assert_eq!(api.get("/livez").await.0, 200, "another start would not help");
    let mut phone = api.listen(demo.phone("token")).await;
    for (_, room) in &acknowledged {
        assert_eq!(phone.next().await["roomId"], room["roomId"]);
    }
    // One without a key is smaller, and may fit.
    let refused = format!("key-{}", acknowledged.len());
    assert_eq!(api.place_with_key(token, &request, &refused).await.0, 500, "still full");

    program.limit("fsize", "unlimited").await;
    soon(async { while api.get("/readyz").await.0 != 200 {} }).await;
    let key = format!("key-{}", acknowledged.len());
    let (status, room) = api.place_with_key(token, &request, &key).await;
    assert_eq!(status, 201, "the refused one was not stored: {room}");
    assert_eq!(phone.next().await["roomId"], room["roomId"], "nor was anybody told of it");
    acknowledged.push((key, room));

    let (_, log) = program.end("-TERM").await;
    let reported = log.lines().filter(|line| line.contains("not ready")).count();
    assert_eq!(reported, 1, "once, however often somebody asks");
    assert!(log.contains("ready again"));
    let failed = log.lines().find(|line| line.contains("a request failed")).unwrap();
    assert!(failed.contains("the data file: disk I/O error"), "{failed}");
    let program = Program::start(&data, &[]).await;
    for (key, room) in acknowledged {
        assert_eq!(program.api.place_with_key(token, &request, &key).await, (200, room));
    }
}

#[tokio::test]
async fn a_signal_ends_it_gracefully() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
        let mut half_a_head = TcpStream::connect(&program.api.address).await.unwrap();
        half_a_head.write_all(b"GET / HTTP/1.1\r\nHost").await.unwrap();
        let demo = program.api.demo().await;
        let _open_socket = program.api.listen(demo.phone("token")).await;
        let (status, log) = program.end(signal).await;
        assert_eq!(status.code(), Some(0), "{signal}: {log}");
        assert!(log.contains("stopped") && !log.contains("unfinished"), "{signal}: {log}");
    }
}

#[tokio::test]
async fn no_token_is_ever_logged() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &["--log", "trace"]).await;
    let (api, demo) = (&program.api, program.api.demo().await);
    let mut phone = api.listen(demo.phone("token")).await;
    let (status, room) = api.place(demo.device("token"), &demo.device_to_phone()).await;
    assert_eq!(status, 201);
    phone.next().await;
    for scenario in demo.0["gallery"].as_array().unwrap() {
        api.place(scenario["token"].as_str().unwrap(), &scenario["request"]).await;
    }
    let (user, ticket) = (demo.phone("token"), demo.device("pushToken"));
    let (sn, model_id) = (demo.device("id"), demo.device("modelId"));
    let call = json!({"roomType": "voice", "sn": sn, "modelId": model_id, "nickName": "n",
        "chargeType": "duration", "pushToken": ticket});
    assert_eq!(api.post("/v1/wmpf-calls", user, &call).await, (200, room.clone()), "they meet");
    api.give_up(demo.device("token"), &room).await;
    assert_eq!(api.post("/v1/wmpf-calls", user, &call).await.0, 201);
    let consent = json!({"sn": sn, "modelId": model_id, "deviceName": "d", "snTicket": ticket});
    assert_eq!(api.post("/v1/authorisations", user, &consent).await.0, 403);
    let token = demo.device("token");
    api.get(&format!("/v1/calls?token={token}")).await;
    let broken = format!("{{\"voipToken\":\"{token}\",,");
    let broken = api.http("POST", "/v1/calls").bearer_auth(token).body(broken);
    common::answer(broken.header("content-type", "application/json")).await;
    // What the media says is nobody else's business: it holds the addresses of both, and keys.
    let (_, room) = api.place(token, &demo.device_to_phone()).await;
    let room_id = room["roomId"].as_str().unwrap();
    let mut caller = api.open_call(token, room_id, &format!("device=tv&token={token}")).await;
    let mut listener = api.open_call(user, room_id, "device=phone").await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    caller.say(json!({"type": "relay", "payload": "a-secret-of-the-media"})).await;
    assert_eq!(listener.next_of("relay").await["payload"], "a-secret-of-the-media");
    caller.say(json!({"type": "relay", "payload": 7, "id": "a-secret-of-the-media"})).await;
    caller.next_of("refused").await;
    let tokens = demo.tokens();

    let (_, log) = program.end("-TERM").await;
    let line = log.lines().find(|line| line.contains("a-secret-of-the-media"));
    assert_eq!(line, None, "a line of the log with what was relayed");
    assert!(log.contains("\"status\":201") && log.contains("\"code\":13"), "there is a log");
    assert!(tokens.len() > 20);
    for token in tokens {
        let signature = token.rsplit('.').next().unwrap();
        let line = log.lines().find(|line| line.contains(signature));
        assert_eq!(line, None, "a line of the log with a token");
    }
}

#[tokio::test]
async fn the_line_of_a_call_says_whose_it_is_and_which() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    let demo = program.api.demo().await;
    let (_, room) = program.api.place(demo.device("token"), &demo.device_to_phone()).await;
    let (_, log) = program.end("-TERM").await;
    let created = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["fields"]["status"] == 201)
        .unwrap();
    assert_eq!(created["span"]["room_id"], room["roomId"], "{created}");
    assert_eq!(created["span"]["app_id"], demo.0["appId"], "{created}");
    assert!(created["fields"]["latency_us"].is_u64(), "{created}");
}

#[tokio::test]
async fn the_demo_warns_where_others_can_reach_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    for (address, warns) in [("127.0.0.1:0", false), ("[::1]:0", false), ("0.0.0.0:0", true)] {
        let (_, log) = Program::start_on(address, &data, &[]).await.end("-TERM").await;
        assert_eq!(log.contains("WARN") && log.contains("anybody"), warns, "{address}: {log}");
    }
}

#[tokio::test]
async fn a_data_file_that_cannot_be_used_is_an_error_and_not_a_panic() {
    let dir = tempfile::tempdir().unwrap();
    let output =
        Command::new(PROGRAM).args(["--listen", "127.0.0.1:0", "--data"]).arg(dir.path()).output();
    let output = soon(output).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("the data file") && !log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn a_data_file_has_one_service_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let link = dir.path().join("link.sqlite");
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let mut program = Program::start(&data, &[]).await;
    for data in [&data, &link] {
        let output =
            Command::new(PROGRAM).args(["--listen", "127.0.0.1:0", "--data"]).arg(data).output();
        let output = soon(output).await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains("another service uses it"), "{log}");
    }
    let readers = rusqlite::Connection::open(&data).unwrap();
    let apps: i64 = readers.query_row("SELECT count(*) FROM apps", [], |row| row.get(0)).unwrap();
    assert!(apps > 0, "it can be looked into");

    program.child.start_kill().unwrap();
    soon(program.child.wait()).await.unwrap();
    Program::start(&data, &[]).await;
}

#[tokio::test]
async fn a_weak_admin_key_is_refused_and_no_key_is_ever_shown() {
    const WEAK: &str = "weak-Zq7";
    let dir = tempfile::tempdir().unwrap();
    for (argument, key, code) in [("--demo", WEAK, 1), ("--help", ADMIN_KEY, 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_wmpf-voip-server"))
            .args(["--listen", "127.0.0.1:0", argument, "--data"])
            .arg(dir.path().join("data.sqlite"))
            .env("WMPF_VOIP_ADMIN_KEY", key)
            .output();
        let output = soon(output).await.unwrap();
        assert_eq!(output.status.code(), Some(code));
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("openssl rand -hex 32"), "{said}");
        assert!(!said.contains(key), "{said}");
    }
}

const USER: &str = "oStranger-000000000000000001";

#[tokio::test]
async fn the_command_leads_from_nothing_to_a_call() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    let app = program.admin_json("app put wx1 --approved --minutes 5").await;
    assert_eq!(
        app,
        json!({"appId": "wx1", "owner": null, "approved": true, "minutesLeft": 5, "overdraft": 0})
    );
    program.admin("model put wx1 M1 --name Doorbell").await;
    let device = "device put wx1 SN-1 --model M1 --registered-by sdk --license-expires-at";
    let device = program.admin_json(&format!("{device} 2100-01-01T00:00:00Z")).await;
    assert_eq!(device["licenseExpiresAt"], 4_102_444_800_000_i64);
    program.admin(&format!("user put wx1 {USER}")).await;
    program.admin(&format!("authorisation put wx1 SN-1 {USER} --name 前门")).await;

    let phone = program.admin(&format!("token session wx1 --role phone --id {USER} --raw")).await;
    let mut phone = program.api.listen(phone.trim()).await;
    let session = program.admin("token session wx1 --role device --id SN-1 --raw").await;
    let ticket = program.admin_json("token device wx1 --id SN-1 --expires-in 60").await;
    let mut request = json!({
        "roomType": "video",
        "businessType": 1,
        "caller": {"id": "SN-1"},
        "listener": {"id": USER},
        "voipToken": ticket["token"],
    });
    let (status, room) = program.api.place(session.trim(), &request).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("duration")), "{room}");
    assert_eq!(phone.next().await["callerName"], "前门 Doorbell");

    let device = "device put wx1 SN-1 --model M1 --registered-by wmpf --license-expires-at";
    program.admin(&format!("{device} 2100-01-01T00:00:00Z")).await;
    request["voipToken"] = "".into();
    let (status, room) = program.api.place(session.trim(), &request).await;
    assert_eq!((status, &room["chargeType"]), (201, &json!("license")), "{room}");
    phone.next().await;

    program.admin(&format!("authorisation put wx1 SN-1 {USER} --name 前门 --status 0")).await;
    let (status, refusal) = program.api.place(session.trim(), &request).await;
    assert_eq!((status, &refusal["errcode"]), (403, &json!(9)), "{refusal}");
    let wrong = format!("authorisation put wx1 SN-1 {USER} --name 前门 --status 2");
    let (code, said) = program.failing(Some(ADMIN_KEY), &wrong).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("expected 1 (authorised) or 0 (withdrawn or refused)"), "{said}");
}

#[tokio::test]
async fn the_command_reaches_every_record() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    let cases = [
        ("app", "", "wx1", "--minutes 5 --owner Acme", json!({"approved": false, "owner": "Acme"})),
        ("model", "wx1", "M/1", "--name Doorbell", json!({"name": "Doorbell"})),
        (
            "device",
            "wx1",
            "号",
            "--model M/1 --registered-by wmpf",
            json!({"licenseExpiresAt": null}),
        ),
        ("user", "wx1", USER, "--scope-voip", json!({"scopeVoip": true})),
        (
            "authorisation",
            "wx1 号",
            USER,
            "--name n --status 0",
            json!({"deviceName": "n", "status": 0}),
        ),
        ("payment-user", "wx1", "u?1", "--license-expires-at 7", json!({"licenseExpiresAt": 7})),
        ("contact", "wx1 u?1", USER, "", json!({"userId": "u?1", "openId": USER})),
    ];
    let line = |noun: &str, verb: &str, rest: &[&str]| {
        let words = [noun, verb].into_iter().chain(rest.iter().copied());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    for (noun, of, id, body, says) in &cases {
        let record = program.admin_json(&line(noun, "put", &[of, id, body])).await;
        for (name, value) in says.as_object().unwrap() {
            assert_eq!(record[name], *value, "{noun}");
        }
        assert_eq!(program.admin_json(&line(noun, "get", &[of, id])).await, record);
        let all = program.admin_json(&line(noun, "list", &[of, "--limit 1000"])).await;
        assert!(all["items"].as_array().unwrap().contains(&record), "{noun}");
    }
    let page = program.admin_json("app list --limit 1 --after wx1").await;
    assert_eq!(page["next"], "wxde00000000000001", "the first of the demo's, and more: {page}");
    assert_eq!(program.admin_json("minutes add wx1 3").await, json!({"minutesLeft": 8}));
    let put = program.admin_json("webhook put wx1 --url http://localhost:1/a?b=c").await;
    let (webhook, secret) =
        (json!({"appId": "wx1", "url": put["url"], "events": ["device.called"]}), &put["secret"]);
    assert!(secret.as_str().unwrap().starts_with("whsec_"), "{put}");
    assert_eq!(program.admin_json("webhook put wx1 --url http://localhost:1/a?b=c").await, webhook);
    assert_eq!(program.admin_json("webhook get wx1").await, webhook, "without its secret");
    assert_eq!(program.admin("webhook delete wx1").await, "");
    let (_, said) = program.failing(Some(ADMIN_KEY), "webhook get wx1").await;
    assert!(said.contains("app wx1 has no webhook"), "{said}");
    program.admin("webhook put wx1 --url http://localhost:1/a?b=c").await;
    let key = program.admin_json("token-key put wx1 k/2").await;
    assert_eq!(key["tokenKey"].as_str().unwrap().len(), 43, "{key}");
    let keys = program.admin_json("token-key list wx1").await;
    assert_eq!(keys["items"][0]["keyId"], "k/2", "the newest");
    assert!(!keys.to_string().contains("tokenKey"), "{keys}");
    assert_eq!(program.admin("token-key delete wx1 first").await, "");
    let (_, said) = program.failing(Some(ADMIN_KEY), "token-key delete wx1 k/2").await;
    assert!(said.contains("is the only one that the app has"), "{said}");
    for (noun, of, id, ..) in cases[2..].iter().rev().chain(cases[..2].iter().rev()) {
        assert_eq!(program.admin(&line(noun, "delete", &[of, id])).await, "", "{noun}");
        let (code, _) = program.failing(Some(ADMIN_KEY), &line(noun, "get", &[of, id])).await;
        assert_eq!(code, Some(1), "{noun}");
    }
}

#[tokio::test]
async fn the_command_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    let key_file = dir.path().join("key");
    std::fs::write(&key_file, format!("{ADMIN_KEY}\n")).unwrap();
    let with_file = format!("--key-file {} app list", key_file.display());
    assert_eq!(program.command(None, &with_file).await.status.code(), Some(0));

    let other_key = "k".repeat(32);
    for (key, arguments, code, words) in [
        (None, "app list", 1, "set WMPF_VOIP_ADMIN_KEY"),
        (Some("short"), "app list", 1, "at least 32"),
        (Some(other_key.as_str()), "app list", 1, "the admin key is wrong"),
        (None, "--key-file /nothing/there app list", 1, "/nothing/there"),
        (
            Some(ADMIN_KEY),
            "--server http://127.0.0.1:1 app list",
            1,
            "is the service running there?",
        ),
        (
            Some(ADMIN_KEY),
            "--server http://user:s3cret@127.0.0.1:1 app list",
            1,
            "without a user name and a password",
        ),
        (Some(ADMIN_KEY), "app get wx9", 1, "error: there is no app wx9"),
        // Each ends with an argument, or has one in it, that is empty.
        (
            Some(ADMIN_KEY),
            "app get ",
            1,
            "APP_ID: expected 1 to 64 visible ASCII characters, got an empty string",
        ),
        (Some(ADMIN_KEY), "model delete wx1 ", 1, "MODEL_ID: expected a string of 1 to 128"),
        (Some(ADMIN_KEY), "device list ", 1, "APP_ID: expected"),
        (Some(ADMIN_KEY), "device get wx1 ", 1, "SN: expected a string of 1 to 128"),
        (Some(ADMIN_KEY), "payment-user get wx1 ", 1, "USER_ID: expected a string of 1 to 128"),
        (Some(ADMIN_KEY), "token-key delete wx1 ", 1, "KEY_ID: expected"),
        (Some(ADMIN_KEY), "user delete  oStranger-000000000000000001", 1, "APP_ID: expected"),
        (Some(ADMIN_KEY), "app put wx1 --overdraft -- -1", 2, "'-1'"),
        (
            Some(ADMIN_KEY),
            "app put wx1 --overdraft=-1",
            1,
            "error: --overdraft: expected a whole number",
        ),
        (
            Some(ADMIN_KEY),
            "app put wx1 --overdraft -1",
            1,
            "error: --overdraft: expected a whole number",
        ),
        (Some(ADMIN_KEY), "minutes add wx9 -5", 1, "there is no app wx9"),
        (
            Some(ADMIN_KEY),
            "minutes add wx1 -2000000000",
            1,
            "error: MINUTES: expected a whole number",
        ),
        (
            Some(ADMIN_KEY),
            "token push wx1 --id SN --expires-in -1",
            1,
            "error: --expires-in: expected a whole number",
        ),
        (Some(ADMIN_KEY), "device put wx1 SN --model M --registered-by me", 2, "sdk, wmpf"),
        (Some(ADMIN_KEY), "webhook put  --url http://localhost/", 1, "APP_ID: expected"),
        (Some(ADMIN_KEY), "webhook put wx9 --url http://localhost/", 1, "there is no app wx9"),
        (
            Some(ADMIN_KEY),
            "webhook put wx9 --url http://s3cret@a/",
            1,
            "--url: expected an https:// URL",
        ),
        (
            Some(ADMIN_KEY),
            "webhook put wx9 --url http://localhost/ --secret-file /nothing/there",
            1,
            "--secret-file /nothing/there",
        ),
        (Some(ADMIN_KEY), "nothing", 2, "nothing"),
    ] {
        let (got, said) = program.failing(key, arguments).await;
        assert_eq!(got, Some(code), "{arguments}: {said}");
        assert!(said.contains(words), "{arguments}: {said}");
        for secret in [&other_key, ADMIN_KEY, "s3cret"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}

#[tokio::test]
async fn what_the_operator_does_is_logged_without_a_key_or_a_token() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &["--log", "trace"]).await;
    let other_key = "a-wrong-key-that-is-also-32-long";
    program.admin("app put wx1 --minutes 5").await;
    program.admin("app put wx1 --minutes 6").await;
    program.admin("model put wx1 M1 --name Doorbell").await;
    program.admin("device put wx1 SN-1 --model M1 --registered-by sdk").await;
    let token = program.admin("token push wx1 --id SN-1 --raw").await;
    let key = program.admin_json("token-key put wx1 k").await;
    program.admin("token-key delete wx1 first").await;
    program.admin("device delete wx1 SN-1").await;
    program.failing(Some(other_key), "app list").await;
    let (_, log) = program.end("-TERM").await;
    for said in [
        "the operator created app wx1",
        "the operator changed app wx1",
        "the operator issued a token (push) for 'SN-1' of app wx1",
        "the operator created token key 'k' of app wx1",
        "the operator deleted token key 'first' of app wx1",
        "the operator deleted device 'SN-1' of app wx1",
    ] {
        let event = log.lines().find(|line| line.contains(said)).expect(said);
        assert!(event.contains("INFO"), "{event}");
    }
    for secret in [
        ADMIN_KEY,
        other_key,
        token.trim().rsplit('.').next().unwrap(),
        key["tokenKey"].as_str().unwrap(),
    ] {
        assert!(secret.len() >= 32, "{secret}");
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a line of the log with a secret");
    }
}
