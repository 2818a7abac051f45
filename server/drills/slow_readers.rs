//! Clients that never read what they have asked for: more than there are open files.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::QUIET;
use crate::common::hostile::large_file;
use crate::common::program::Program;
use crate::figures::open_files;
use crate::others::Others;
use crate::report::Report;

const FILES: u32 = 256;
const CLIENTS: usize = 300;
/// `--write-timeout`, in seconds.
const TIMEOUT: u64 = 3;
/// What the system's timers and a loaded machine add to it.
const SLACK: Duration = Duration::from_secs(10);

pub(crate) async fn run(report: &mut Report) {
    let dir = tempfile::tempdir().unwrap();
    let (www, request) = large_file();
    let timeout_flag = TIMEOUT.to_string();
    let flags = ["--www", www.path().to_str().unwrap(), "--write-timeout", &timeout_flag];
    let flags = [&QUIET[..], &flags].concat();
    let program = Program::start_with_files(FILES, &dir.path().join("data.sqlite"), &flags).await;
    let others = Others::for_calls(&program.api, "others", 200).await;
    let before = open_files(&program);

    let clients = connect(&program, request).await;
    let held = open_files(&program);
    report.check(
        held > before + 50,
        format!("{CLIENTS} clients that do not read: {before} files open before, {held} now"),
    );
    let calls = others.call().await;
    report.none(
        &calls.refused,
        format!("of {} calls beside them, those that failed", calls.times.len()),
    );
    report.say(format!("p99 of these calls: {:.1} ms", calls.p99_ms()));

    let start = Instant::now();
    let ended = async {
        // Those of the others are kept alive.
        while open_files(&program) > before + 8 {
            sleep(Duration::from_millis(100)).await;
        }
    };
    let gone = timeout(Duration::from_secs(TIMEOUT) + SLACK, ended).await.is_ok();
    report.check(
        gone,
        format!(
            "with --write-timeout {TIMEOUT} their connections end: {} files open after {:.1} s",
            open_files(&program),
            start.elapsed().as_secs_f64()
        ),
    );
    drop(clients);

    let clients = connect(&program, request).await;
    let start = Instant::now();
    let (status, log) = program.end("-TERM").await;
    report.check(
        status.success() && !log.contains("unfinished"),
        format!(
            "SIGTERM ends it beside {} of them in {:.1} s",
            clients.len(),
            start.elapsed().as_secs_f64()
        ),
    );
}

async fn connect(program: &Program, request: &[u8]) -> Vec<TcpStream> {
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        if let Ok(mut client) = TcpStream::connect(&program.api.address).await {
            // It may have been disconnected to make room.
            let _ = client.write_all(request).await;
            clients.push(client);
        }
    }
    clients
}
