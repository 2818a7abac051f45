//! Drills: the real program under load, faults and attack. `cargo xtask drill` builds the program and runs them.
//!
//! A drill prints what it does and what it finds, with counts; it fails when something did not hold. Figures of time are
//! printed and not asserted, because machines differ. They are no part of the tests, because they take minutes.
// A drill may panic like a test: that fails it. Clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clock;
// The tests need more of it than the drills do.
#[allow(dead_code)]
#[path = "../tests/common/mod.rs"]
mod common;
mod disk_full;
mod fds;
mod figures;
mod flood;
mod hostile;
mod kill;
mod others;
mod pairs;
mod report;
mod slow_readers;
mod soak;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use report::Report;

/// The flags of the service in a drill: its log says what goes wrong, but not each request.
const QUIET: [&str; 2] = ["--log", "info,wmpf_voip_server::router=warn"];

/// Runs drills against the room service
#[derive(Debug, Clone, Parser)]
#[command(bin_name = "cargo xtask drill", disable_version_flag = true)]
struct Options {
    /// Only these, in this order
    #[arg(value_name = "NAME")]
    drills: Vec<Drill>,
    /// Say which drills there are
    #[arg(long)]
    list: bool,
    /// How often `kill` kills
    #[arg(long, value_name = "NUMBER", default_value_t = 300)]
    kills: u32,
    /// How many connections `hostile` opens
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    connections: usize,
    /// How long `soak` goes on
    #[arg(long, default_value_t = 10)]
    minutes: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Drill {
    /// kill -9 under load; after each restart everything that was acknowledged is looked for
    Kill,
    /// The disk is full, and has space again
    DiskFull,
    /// The machine's clock is set by an hour, forth and back, while there are calls and while the service is away
    Clock,
    /// More clients than open files, and then no file at all
    Fds,
    /// Clients that never read what they have asked for
    SlowReaders,
    /// Thousands of connections that never say who they are
    Hostile,
    /// One party makes calls without a pause
    Flood,
    /// Mixed load for minutes
    Soak,
}

impl Drill {
    /// Its name and what it does.
    fn words(self) -> (String, String) {
        let value = self.to_possible_value().expect("none is hidden");
        (value.get_name().to_owned(), value.get_help().expect("each has a comment").to_string())
    }

    async fn run(self, options: Options) -> Report {
        let mut report = Report::default();
        match self {
            Drill::Kill => kill::run(&mut report, options.kills).await,
            Drill::DiskFull => disk_full::run(&mut report).await,
            Drill::Clock => clock::run(&mut report).await,
            Drill::Fds => fds::run(&mut report).await,
            Drill::SlowReaders => slow_readers::run(&mut report).await,
            Drill::Hostile => hostile::run(&mut report, options.connections).await,
            Drill::Flood => flood::run(&mut report).await,
            Drill::Soak => soak::run(&mut report, options.minutes).await,
        }
        report
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.list {
        for drill in Drill::value_variants() {
            let (name, does) = drill.words();
            println!("{name:13} {does}");
        }
        return ExitCode::SUCCESS;
    }
    let all = options.drills.is_empty();
    let drills = if all { Drill::value_variants() } else { &options.drills };
    let mut failed = Vec::new();
    for drill in drills {
        let (name, does) = drill.words();
        println!("\n{name}: {does}");
        let start = Instant::now();
        // A drill that panics has said why, and the others go on.
        let report = tokio::spawn(drill.run(options.clone())).await;
        let held = report.as_ref().is_ok_and(Report::held);
        let end = if held { "held" } else { "FAILED" };
        println!("{name}: {end} ({:.0} s)", start.elapsed().as_secs_f64());
        if !held {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\nwhat did not hold: {}", failed.join(", "));
    ExitCode::FAILURE
}
