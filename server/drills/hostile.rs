//! Thousands of connections that never say who they are: silent ones, and heads, bodies and handshakes that do not end.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::QUIET;
use crate::common::program::Program;
use crate::figures::open_files;
use crate::others::Others;
use crate::report::Report;

/// How many connect at the same time.
const AT_ONCE: usize = 64;
/// How many come from one address: as many as the service lets it have.
const OF_ADDRESS: usize = 1000;
/// What all of them together may add, in kilobytes.
const MOST_KB: u64 = 300_000;

pub(crate) async fn run(report: &mut Report, connections: usize) {
    // This process needs as many files as the service.
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &QUIET).await;
    Others::for_calls(&program.api, "warm", 200).await.call().await;
    let resting = Others::for_calls(&program.api, "rest", 200).await;
    let attacked = Others::for_calls(&program.api, "attacked", 800).await;
    let rest = resting.call().await;
    let before = program.memory_kb();

    let address: SocketAddr = program.api.address.parse().unwrap();
    let others = tokio::spawn(attacked.call());
    let mut attack = JoinSet::new();
    for lane in 0..AT_ONCE {
        attack.spawn(async move {
            let mut open = Vec::new();
            for number in (lane..connections).step_by(AT_ONCE) {
                open.extend(attack_once(address, number).await);
            }
            open
        });
    }
    let (mut most, mut clients) = (before, Vec::new());
    loop {
        tokio::select! {
            ended = attack.join_next() => match ended {
                Some(opened) => clients.extend(opened.unwrap()),
                None => break,
            },
            () = sleep(Duration::from_millis(20)) => {}
        }
        most = most.max(program.memory_kb());
    }
    let calls = others.await.unwrap();
    most = most.max(program.memory_kb());
    report.say(format!(
        "{} of {connections} connections were made; the service now has {} open files",
        clients.len(),
        open_files(&program)
    ));
    report.check(clients.len() * 10 >= connections * 9, "most of them were taken by the system");
    let grown = most.saturating_sub(before);
    report.check(
        grown <= MOST_KB,
        format!("memory: {before} kB before, {most} kB at most, {grown} kB more (limit {MOST_KB})"),
    );
    report.none(
        &calls.refused,
        format!("of {} calls of others meanwhile, those that failed", calls.times.len()),
    );
    report.say(format!(
        "p99 of another party's create: {:.1} ms at rest, {:.1} ms",
        rest.p99_ms(),
        calls.p99_ms()
    ));
    drop(clients);
    let (status, _) = program.end("-TERM").await;
    report.check(status.success(), "it stops as asked");
}

/// Opens one connection and sends what it is to send of it. None if it was refused.
async fn attack_once(address: SocketAddr, number: usize) -> Option<TcpStream> {
    let from = Ipv4Addr::new(127, 0, 1, u8::try_from(1 + number / OF_ADDRESS).ok()?);
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::new(IpAddr::V4(from), 0)).ok()?;
    let mut client = timeout(Duration::from_secs(5), socket.connect(address)).await.ok()?.ok()?;
    let sent = match number % 5 {
        0 => String::new(),
        1 => "GET / HTTP/1.1\r\nHost: a\r\nX: a".to_owned(),
        2 => format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "x".repeat(390_000)),
        3 => {
            let head = "POST /v1/calls HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\n";
            let body = "x".repeat(170_000);
            format!("{head}Content-Type: application/json\r\nContent-Length: 180000\r\n\r\n{body}")
        }
        _ => {
            "GET /v1/reminders HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                .to_owned()
        }
    };
    // Whatever is refused before all of it is sent.
    let _ = timeout(Duration::from_millis(200), client.write_all(sent.as_bytes())).await;
    Some(client)
}
