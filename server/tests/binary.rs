//! The real program: signals, sudden death, logs.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use common::{Api, soon};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::mpsc;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wmpf-voip-server");

struct Program {
    api: Api,
    child: Child,
    log: BufReader<ChildStderr>,
    /// What it logged until it listened.
    first_lines: String,
}

impl Program {
    async fn start(data: &Path, more: &[&str]) -> Program {
        Program::start_on("127.0.0.1:0", data, more).await
    }

    async fn start_on(address: &str, data: &Path, more: &[&str]) -> Program {
        Program::spawn(Command::new(PROGRAM), address, data, more).await
    }

    async fn spawn(mut command: Command, address: &str, data: &Path, more: &[&str]) -> Program {
        let mut child = command
            .args(["--listen", address, "--demo", "--log-format", "json", "--data"])
            .arg(data)
            .args(more)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut first_lines = String::new();
        let address = loop {
            let start = first_lines.len();
            assert_ne!(soon(log.read_line(&mut first_lines)).await.unwrap(), 0, "it ended");
            let event: Value = serde_json::from_str(&first_lines[start..]).unwrap();
            if event["fields"]["message"] == "listening" {
                break event["fields"]["address"].as_str().unwrap().to_owned();
            }
        };
        Program { api: Api::new(&address), child, log, first_lines }
    }

    /// Asks it to end; gives its status and its log.
    async fn end(mut self, signal: &str) -> (ExitStatus, String) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().await.unwrap();
        assert!(sent.success());
        let mut log = self.first_lines;
        soon(self.log.read_to_string(&mut log)).await.unwrap();
        (soon(self.child.wait()).await.unwrap(), log)
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_sudden_death() {
    const CALLS: usize = 300;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut program = Program::start(&data, &[]).await;
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

/// A limit on the length of its files stands for a full disk: a test that runs as root can fill no other.
/// Linux only, because there another process can set and lift it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_costs_calls_and_nothing_else() {
    const MOST_CALLS: usize = 200;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut shell = Command::new("sh");
    // The signal that comes with the limit would kill it; a full disk sends none.
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", PROGRAM]);
    let program = Program::spawn(shell, "127.0.0.1:0", &data, &[]).await;
    let pid = program.child.id().unwrap().to_string();
    let limit = async |bytes: &str| {
        let soft_limit = format!("--fsize={bytes}:");
        let set = Command::new("prlimit").args(["--pid", &pid, &soft_limit]).status().await;
        assert!(set.unwrap().success());
    };
    let api = &program.api;
    let demo = api.demo().await;
    let (token, request) = (demo.device("token"), demo.device_to_phone());

    limit("300000").await;
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
    let join = format!("/v1/calls/{}/join", room["roomId"].as_str().unwrap());
    assert_eq!(common::answer(api.http("POST", &join).bearer_auth(token)).await.0, 200);
    assert_eq!(api.get("/healthz").await.0, 200);
    let mut phone = api.listen(demo.phone("token")).await;
    for (_, room) in &acknowledged {
        assert_eq!(phone.next().await["roomId"], room["roomId"]);
    }
    assert_eq!(api.place(token, &request).await.0, 500, "still full");

    limit("unlimited").await;
    let key = format!("key-{}", acknowledged.len());
    let (status, room) = api.place_with_key(token, &request, &key).await;
    assert_eq!(status, 201, "the refused one was not stored: {room}");
    assert_eq!(phone.next().await["roomId"], room["roomId"], "nor was anybody told of it");
    acknowledged.push((key, room));

    let (_, log) = program.end("-TERM").await;
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
    assert_eq!(api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
    phone.next().await;
    for scenario in demo.0["gallery"].as_array().unwrap() {
        api.place(scenario["token"].as_str().unwrap(), &scenario["request"]).await;
    }
    let (user, ticket) = (demo.phone("token"), demo.device("pushToken"));
    let (sn, model_id) = (demo.device("id"), demo.device("modelId"));
    let call = json!({"roomType": "voice", "sn": sn, "modelId": model_id, "nickName": "n",
        "pushToken": ticket});
    assert_eq!(api.post("/v1/wmpf-calls", user, &call).await.0, 201);
    let consent = json!({"sn": sn, "modelId": model_id, "deviceName": "d", "snTicket": ticket});
    assert_eq!(api.post("/v1/authorisations", user, &consent).await.0, 403);
    let token = demo.device("token");
    api.get(&format!("/v1/calls?token={token}")).await;
    let broken = format!("{{\"voipToken\":\"{token}\",,");
    let broken = api.http("POST", "/v1/calls").bearer_auth(token).body(broken);
    common::answer(broken.header("content-type", "application/json")).await;
    let tokens = demo.tokens();

    let (_, log) = program.end("-TERM").await;
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
