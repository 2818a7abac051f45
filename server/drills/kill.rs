//! kill -9, again and again, under load: whatever was acknowledged is there after the restart, once.

mod books;
mod life;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use books::Books;
use life::{Line, live, look_after};
use rand::Rng;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::QUIET;
use crate::common::program::{Program, UNLIMITED};
use crate::common::soon;
use crate::pairs::register;
use crate::report::Report;

/// How many devices call at the same time.
const PAIRS: usize = 16;
/// So many kills take long enough for some calls to cost something.
const MANY: u32 = 50;
/// How long the program lives under load, in milliseconds.
const LIFE_MS: std::ops::Range<u64> = 150..700;

pub(crate) async fn run(report: &mut Report, kills: u32) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let flags = [&QUIET[..], &UNLIMITED[..]].concat();
    let mut program = Program::start(&data, &flags).await;
    let pairs = register(&program.api, "kill", PAIRS).await;
    let pairs = pairs.into_iter().enumerate();
    let mut lines: Vec<Line> = pairs.map(|(i, pair)| Line::new(pair, i % 4 == 0)).collect();
    let mut books = Books::default();
    let (mut wrong, mut slowest) = (Vec::new(), Duration::ZERO);

    for kill in 1..=kills {
        let mut living = JoinSet::new();
        for line in lines.drain(..) {
            living.spawn(live(program.api.clone(), line, kill));
        }
        let life = rand::rng().random_range(LIFE_MS);
        sleep(Duration::from_millis(life)).await;
        program.child.start_kill().unwrap();
        soon(program.child.wait()).await.unwrap();
        lines = living.join_all().await;

        let start = Instant::now();
        program = Program::start(&data, &flags).await;
        slowest = slowest.max(start.elapsed());
        let mut looking = JoinSet::new();
        for line in lines.drain(..) {
            looking.spawn(look_after(program.api.clone(), line));
        }
        lines = looking.join_all().await;
        for line in &mut lines {
            books.enter(&mut line.made);
            line.forget();
            wrong.append(&mut line.wrong);
        }
        books.compare(&data);
        if kill % 25 == 0 || kill == kills {
            report.say(format!("{kill} kills: {}", books.counts));
        }
    }

    let counts = &books.counts;
    report.none(&wrong, "answers that were wrong");
    report.none(
        &books.lost,
        format!("of {} acknowledged calls, those that were lost", counts.acknowledged),
    );
    report.none(&books.twice, "calls that are there twice, or that nobody has made");
    report.none(
        &books.bills,
        format!(
            "restarts after which the {} minutes billed are not those of the calls",
            books.billed
        ),
    );
    report.check(
        counts.signals > u64::from(kills),
        format!("{} acknowledged signals were looked for", counts.signals),
    );
    report.check(
        counts.repeated > u64::from(kills),
        format!("{} keys were sent again and answered alike", counts.repeated),
    );
    report.check(books.billed > 0 || kills < MANY, "some calls were billed");
    let rooms: HashSet<_> = books.rooms.values().collect();
    report.check(
        rooms.len() == books.rooms.len(),
        format!("{} rooms, and no two are the same", rooms.len()),
    );
    report.say(format!("the slowest start took {} ms", slowest.as_millis()));
    let (status, _) = program.end("-TERM").await;
    report.check(
        status.success() && !crate::figures::wal(&data).exists(),
        "it stops as asked, and the data file is whole",
    );
}
