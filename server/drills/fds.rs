//! More clients than open files, and then no file at all.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::QUIET;
use crate::common::program::Program;
use crate::common::soon;
use crate::figures::open_files;
use crate::others::Others;
use crate::report::Report;

const FILES: u32 = 256;
const CLIENTS: usize = 1000;

pub(crate) async fn run(report: &mut Report) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut program = Program::start_with_files(FILES, &data, &QUIET).await;
    let others = Others::for_calls(&program.api, "others", 80).await;
    let after = Others::for_calls(&program.api, "after", 80).await;

    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        // The system takes some that the service does not.
        if let Ok(Ok(client)) =
            timeout(Duration::from_secs(2), TcpStream::connect(&program.api.address)).await
        {
            clients.push(client);
        }
    }
    let open = open_files(&program);
    report.check(
        open <= FILES as usize,
        format!("{} idle clients at a limit of {FILES} files: {open} are open", clients.len()),
    );
    let calls = others.call().await;
    let number = calls.times.len();
    report.none(&calls.refused, format!("of {number} calls beside them, those that failed"));
    drop(clients);

    program.limit("nofile", "3").await;
    let mut waiting = TcpStream::connect(&program.api.address).await.unwrap();
    waiting.write_all(b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    program.has_logged("connections cannot be accepted").await;
    sleep(Duration::from_secs(3)).await;
    program.limit("nofile", &FILES.to_string()).await;
    let mut first = [0; 12];
    let answered = soon(waiting.read_exact(&mut first)).await.is_ok();
    report.check(
        answered && &first == b"HTTP/1.1 200",
        "who came while there was no file is answered once there is one",
    );
    let calls = after.call().await;
    let number = calls.times.len();
    report.none(&calls.refused, format!("of {number} calls afterwards, those that failed"));
    let (status, log) = program.end("-TERM").await;
    let said = log.matches("connections cannot be accepted").count();
    report.check((1..=2).contains(&said), format!("the log says so, but rarely: {said} times"));
    report.check(status.success(), "it stops as asked");
}
