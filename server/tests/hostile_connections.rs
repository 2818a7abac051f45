//! The real program among clients that want to see it fall: half a head, nothing read, no file descriptors left.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::common::hostile::{LARGE, large_file, narrow};
use crate::common::program::{PROGRAM, Program};
use crate::common::{Api, soon};

async fn creates_a_call(api: &Api) {
    let demo = api.demo().await;
    let created = api.call(demo.device("token"), &demo.device_to_phone()).send().await.unwrap();
    assert_eq!(created.status(), 201);
}

#[tokio::test]
async fn heads_that_never_end_take_little_memory() {
    const CLIENTS: usize = 800;
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    creates_a_call(&program.api).await;
    let before = program.memory_kb();
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "x".repeat(390_000));
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = TcpStream::connect(&program.api.address).await.unwrap();
        // It is refused before all of it is sent.
        let _ = timeout(Duration::from_millis(200), client.write_all(head.as_bytes())).await;
        clients.push(client);
    }
    let grown = program.memory_kb().saturating_sub(before);
    assert!(grown < 100_000, "{CLIENTS} heads take {grown} kB");
    let mut answer = String::new();
    // What the service has not read makes the system end the connection with a reset.
    let _ = soon(clients[0].read_to_string(&mut answer)).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer:?}");
    creates_a_call(&program.api).await;
}

#[tokio::test]
async fn those_who_never_read_silence_nobody_and_delay_no_end() {
    let dir = tempfile::tempdir().unwrap();
    let (www, request) = large_file();
    let flags = ["--www", www.path().to_str().unwrap()];
    let program = Program::start_with_files(256, &dir.path().join("data.sqlite"), &flags).await;
    let mut clients = Vec::new();
    for _ in 0..300 {
        let mut client = narrow(&program.api.address).await;
        // It may have been disconnected to make room.
        let _ = client.write_all(request).await;
        clients.push(client);
    }
    soon(creates_a_call(&program.api)).await;
    let (status, log) = program.end("-TERM").await;
    assert!(status.success());
    assert!(!log.contains("unfinished"), "{log}");
}

/// The head of a request with a body of this length, which is longer than the service takes.
fn long(length: usize) -> String {
    format!(
        "POST /v1/calls HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn who_sends_too_much_hears_so_after_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    let token = program.api.demo().await.device("token").to_owned();
    for authorised in [true, false] {
        let head = long(1_000_000);
        let head = match authorised {
            true => head.replace("host: a", &format!("host: a\r\nauthorization: Bearer {token}")),
            false => head,
        };
        let mut client = TcpStream::connect(&program.api.address).await.unwrap();
        client.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..100 {
            // Some clients read nothing before they have sent all.
            client.write_all(&[b' '; 10_000]).await.unwrap();
            sleep(Duration::from_millis(2)).await;
        }
        let mut answer = [0; 12];
        soon(client.read_exact(&mut answer)).await.unwrap();
        let expected = if authorised { b"HTTP/1.1 413" } else { b"HTTP/1.1 401" };
        assert_eq!(&answer, expected);
    }
}

#[tokio::test]
async fn nobody_is_listened_to_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    // One sends nothing more, and the other one more than is thrown away.
    let mut silent = TcpStream::connect(&program.api.address).await.unwrap();
    silent.write_all(long(1_000_000).as_bytes()).await.unwrap();
    let mut answer = String::new();
    let closed = timeout(Duration::from_secs(10), silent.read_to_string(&mut answer)).await;
    assert!(closed.is_ok() && answer.starts_with("HTTP/1.1 401"), "{answer}");

    let mut endless = TcpStream::connect(&program.api.address).await.unwrap();
    endless.write_all(long(1_000_000_000).as_bytes()).await.unwrap();
    let mut sent = 0;
    while endless.write_all(&[b' '; 10_000]).await.is_ok() {
        sent += 10_000;
        assert!(sent < 100_000_000, "it is still read");
    }
}

#[tokio::test]
async fn whoever_never_reads_is_disconnected() {
    let dir = tempfile::tempdir().unwrap();
    let (www, request) = large_file();
    let flags = ["--write-timeout", "1", "--www", www.path().to_str().unwrap()];
    let program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    let mut client = narrow(&program.api.address).await;
    client.write_all(request).await.unwrap();
    sleep(Duration::from_secs(4)).await;
    let mut read = Vec::new();
    // The connection ends, in whichever way.
    let _ = soon(client.read_to_end(&mut read)).await;
    assert!((read.len() as u64) < LARGE, "all was written to a client that did not read");
}

#[tokio::test]
async fn that_nothing_can_be_accepted_is_logged_once_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    creates_a_call(&program.api).await;
    program.limit("nofile", "3").await;
    let mut waiting = TcpStream::connect(&program.api.address).await.unwrap();
    waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    program.has_logged("connections cannot be accepted").await;
    sleep(Duration::from_secs(1)).await;
    program.limit("nofile", "1024").await;
    let mut first = [0; 12];
    soon(waiting.read_exact(&mut first)).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let (_, log) = program.end("-TERM").await;
    assert_eq!(log.matches("connections cannot be accepted").count(), 1, "{log}");
}

#[tokio::test]
async fn more_connections_than_files_are_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let flags = "--listen 127.0.0.1:0 --max-connections 5000 --data";
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -n 256; exec \"$0\" {flags} \"$1\""), PROGRAM])
        .arg(dir.path().join("data.sqlite"))
        .output();
    let output = soon(output).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("--max-connections 5000: expected at most 192"), "{log}");
}
