//! Mixed load for minutes: calls from ringing to their bill over sockets, keys that are sent again, documents, and some
//! who have no business here.

mod load;

use std::sync::Arc;
use std::time::{Duration, Instant};

use load::{Counts, call_again_and_again, stray};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::QUIET;
use crate::common::program::{Program, UNLIMITED};
use crate::figures::{open_files, wal, wal_bytes};
use crate::pairs::register;
use crate::report::Report;

/// How many devices call at the same time, each its own user.
const PAIRS: usize = 24;
/// What is there from then on is not a start any more.
const WARM_UP: Duration = Duration::from_secs(30);
/// By how much the memory may grow after that, in kilobytes: caches fill, but nothing that a call leaves stays.
const MOST_KB: u64 = 64_000;
/// The longest write-ahead log, in bytes. It is moved into the data file every 4 MB, as soon as nobody reads.
const MOST_WAL: u64 = 32_000_000;

pub(crate) async fn run(report: &mut Report, minutes: u64) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let program = Program::start(&data, &[&QUIET[..], &UNLIMITED[..]].concat()).await;
    let pairs = register(&program.api, "soak", PAIRS).await;
    let files_before = open_files(&program);

    let counts = Arc::new(Counts::default());
    let end = Instant::now() + Duration::from_secs(60 * minutes).max(2 * WARM_UP);
    let mut load = JoinSet::new();
    for pair in pairs {
        load.spawn(call_again_and_again(program.api.clone(), pair, end, counts.clone()));
    }
    load.spawn(stray(program.api.clone(), end, counts.clone()));
    sleep(WARM_UP).await;
    let (start_kb, mut most_wal) = (program.memory_kb(), 0);
    let mut said_at = Instant::now();
    while Instant::now() < end {
        sleep(Duration::from_secs(1)).await;
        most_wal = most_wal.max(wal_bytes(&data));
        if said_at.elapsed() >= Duration::from_secs(60) {
            said_at = Instant::now();
            report.say(format!("{counts}; {} kB of memory", program.memory_kb()));
        }
    }
    while load.join_next().await.is_some() {}
    let end_kb = program.memory_kb();

    report.none(&counts.wrong(), format!("{counts}; errors"));
    report.check(counts.calls() > 10, "there were calls");
    let grown = end_kb.saturating_sub(start_kb);
    report.check(
        grown <= MOST_KB,
        format!("memory: {start_kb} kB after {} s, {end_kb} kB at the end, {grown} kB more (limit {MOST_KB})", WARM_UP.as_secs()),
    );
    // Connections that are kept alive by the clients of this drill.
    sleep(Duration::from_secs(3)).await;
    let files = open_files(&program);
    report.check(
        files <= files_before + 2 * PAIRS,
        format!("open files: {files_before} before, {files} after"),
    );
    report.check(
        most_wal <= MOST_WAL,
        format!("the write-ahead log had {most_wal} bytes at most (limit {MOST_WAL})"),
    );
    let (status, _) = program.end("-TERM").await;
    let bytes = std::fs::metadata(&data).unwrap().len();
    report.check(
        status.success() && !wal(&data).exists(),
        format!("it stops as asked, with a data file of {bytes} bytes"),
    );
}
