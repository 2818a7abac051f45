//! The real program where it speaks TLS itself.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::common::hostile::{LARGE, large_file, narrow};
use crate::common::program::{PROGRAM, Program};
use crate::common::tls::Pair;
use crate::common::{ADMIN_KEY, Demo, soon};

/// The answer to a request over a connection of its own, as text.
async fn ask(pair: &Pair, address: &str, what: &str, token: &str, body: &str) -> String {
    let mut stream = soon(pair.connect(address)).await.unwrap();
    let length = body.len();
    let request = format!(
        "{what} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // It ends as TLS wants it: otherwise this is an error.
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test]
async fn a_call_rings_over_tls() {
    let dir = tempfile::tempdir().unwrap();
    let pair = Pair::new(dir.path());
    let program = Program::start(&dir.path().join("data.sqlite"), &pair.flags()).await;
    let address = &program.api.address;
    let demo = ask(&pair, address, "GET /v1/demo", "", "").await;
    let demo: Value = serde_json::from_str(demo.split_once("\r\n\r\n").unwrap().1).unwrap();
    let demo = Demo(demo);

    let mut request = "wss://localhost/v1/reminders".into_client_request().unwrap();
    let offered = format!("wmpf-voip.v1, {}", demo.phone("token")).parse().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", offered);
    let stream = soon(pair.connect(address)).await.unwrap();
    let (mut socket, _) = soon(client_async(request, stream)).await.unwrap();

    let body = demo.device_to_phone().to_string();
    let answer = ask(&pair, address, "POST /v1/calls", demo.device("token"), &body).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let reminder = loop {
        let message = soon(socket.next()).await.unwrap().unwrap();
        if let Ok(text) = message.to_text()
            && text.contains("roomId")
        {
            break text.to_owned();
        }
    };
    let reminder: Value = serde_json::from_str(&reminder).unwrap();
    assert!(answer.contains(reminder["roomId"].as_str().unwrap()), "{reminder}");
    drop(socket);
    let (status, log) = program.end("-TERM").await;
    assert!(status.success() && !log.contains("unfinished"), "{log}");
}

#[tokio::test]
async fn the_operators_command_speaks_https_to_whom_it_trusts() {
    let dir = tempfile::tempdir().unwrap();
    let pair = Pair::new(dir.path());
    let program = Program::start(&dir.path().join("data.sqlite"), &pair.flags()).await;
    let port = program.api.address.rsplit_once(':').unwrap().1;
    let server = format!("--server https://localhost:{port}");
    let ca = format!("--ca {}", pair.certificate);
    let list = program.admin(&format!("{server} {ca} app list")).await;
    assert!(list.contains("wxde00000000000001"), "{list}");

    let no_certificate = format!("--ca {}", pair.key);
    for (arguments, said) in [
        (format!("{server} app list"), "invalid peer certificate"),
        (format!("--server https://127.0.0.1:{port} {ca} app list"), "not valid for name"),
        (format!("{server} {no_certificate} app list"), "expected certificates as PEM, got none"),
        (format!("{server} --ca /nothing/there app list"), "--ca /nothing/there"),
        (
            format!("--server http://localhost:{port} {ca} app list"),
            "--ca: expected a --server with https://",
        ),
        (format!("--server http://localhost:{port} app list"), "error: http://localhost"),
        (
            format!("--server ftp://localhost:{port} app list"),
            "--server: expected https://host:port",
        ),
    ] {
        let (code, text) = program.failing(Some(ADMIN_KEY), &arguments).await;
        assert_eq!(code, Some(1), "{arguments}");
        assert!(text.contains(said), "{arguments}: {text}");
        assert!(!text.contains(ADMIN_KEY), "{text}");
    }
}

#[tokio::test]
async fn what_does_not_belong_together_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let (pair, other) = (Pair::new(dir.path()), Pair::new(other.path()));
    for (flags, said) in [
        (vec!["--tls-cert", &pair.certificate], "expected both or none, got --tls-cert alone"),
        (vec!["--tls-key", &pair.key], "expected both or none, got --tls-key alone"),
        (
            vec!["--tls-cert", &pair.certificate, "--tls-key", &other.key],
            "the key is not that of the first certificate",
        ),
    ] {
        let data = dir.path().join("data.sqlite");
        let output = Command::new(PROGRAM)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(&flags)
            .output();
        let output = soon(output).await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{flags:?}");
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains(said), "{log}");
    }
}

#[tokio::test]
async fn handshakes_that_never_end_make_room_and_take_little_memory() {
    const CLIENTS: usize = 400;
    let dir = tempfile::tempdir().unwrap();
    let pair = Pair::new(dir.path());
    let flags = [&pair.flags()[..], &["--max-unauthenticated", "400"]].concat();
    let program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    let address = &program.api.address;
    ask(&pair, address, "GET /livez", "", "").await;
    let before = program.memory_kb();
    // A ClientHello of 60,000 bytes, of which the end is missing.
    let record = |content: &[u8]| [&[22, 3, 1, 0x40, 0][..], content].concat();
    let mut first = vec![1, 0, 0xea, 0x60, 3, 3];
    first.resize(0x4000, 0);
    let hello = [record(&first), record(&[0; 0x4000]), record(&[0; 0x4000])].concat();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = TcpStream::connect(address).await.unwrap();
        let _ = timeout(Duration::from_millis(200), client.write_all(&hello)).await;
        clients.push(client);
    }
    let grown = program.memory_kb().saturating_sub(before);
    assert!(grown < 100_000, "{CLIENTS} handshakes take {grown} kB");

    // One more takes the place of the oldest.
    let answer = ask(&pair, address, "GET /livez", "", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let ended = soon(clients[0].read(&mut [0; 100])).await;
    assert!(matches!(ended, Ok(0) | Err(_)), "the oldest is still connected");
}

#[tokio::test]
async fn whoever_never_reads_is_disconnected_with_tls_too() {
    let dir = tempfile::tempdir().unwrap();
    let (www, request) = large_file();
    let pair = Pair::new(dir.path());
    let more = ["--write-timeout", "1", "--www", www.path().to_str().unwrap()];
    let flags = [&pair.flags()[..], &more].concat();
    let program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    let stream = narrow(&program.api.address).await;
    let mut client = soon(pair.over(stream)).await.unwrap();
    client.write_all(request).await.unwrap();
    sleep(Duration::from_secs(4)).await;
    let mut read = Vec::new();
    // The connection ends, in whichever way.
    let _ = soon(client.read_to_end(&mut read)).await;
    assert!((read.len() as u64) < LARGE, "all was written to a client that did not read");
}
