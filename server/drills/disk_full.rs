//! The disk is full, and has space again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::QUIET;
use crate::common::answer;
use crate::common::program::Program;
use crate::pairs::{Pair, register};
use crate::report::Report;

/// More calls than there is ever space for.
const MOST_CALLS: usize = 2000;

/// What is left of the space at first, in bytes.
const LEFT: u64 = 300_000;

/// What can be full: a file system in memory, or, where none may be mounted, a limit on the length of files.
enum Disk {
    Tmpfs(PathBuf),
    Limit,
}

impl Disk {
    async fn mount(folder: &Path) -> Disk {
        let options = ["-t", "tmpfs", "-o", "size=16m", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(folder).output().await;
        match mounted {
            Ok(output) if output.status.success() => Disk::Tmpfs(folder.to_owned()),
            Ok(_) | Err(_) => Disk::Limit,
        }
    }

    async fn start(&self, data: &Path) -> Program {
        match self {
            Disk::Tmpfs(_) => Program::start(data, &QUIET).await,
            Disk::Limit => Program::start_with_limited_files(data, &QUIET).await,
        }
    }

    /// Leaves space for some calls.
    async fn fill(&self, program: &Program) {
        match self {
            Disk::Tmpfs(folder) => {
                let mut filling = File::create(folder.join("filling")).unwrap();
                // Until it is full.
                while filling.write_all(&[0; 4096]).is_ok() {}
                let length = filling.metadata().unwrap().len();
                filling.set_len(length - LEFT).unwrap();
            }
            Disk::Limit => program.limit("fsize", "300000").await,
        }
    }

    async fn free(&self, program: &Program) {
        match self {
            Disk::Tmpfs(folder) => fs::remove_file(folder.join("filling")).unwrap(),
            Disk::Limit => program.limit("fsize", "unlimited").await,
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Disk::Tmpfs(folder) = self {
            let unmounted = std::process::Command::new("umount").arg(&*folder).status();
            assert!(unmounted.unwrap().success(), "{} is still mounted", folder.display());
        }
    }
}

pub(crate) async fn run(report: &mut Report) {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::mount(dir.path()).await;
    report.say(match &disk {
        Disk::Tmpfs(_) => "the disk is a tmpfs of 16 MB",
        Disk::Limit => {
            "no tmpfs may be mounted here: a limit on the length of files stands for a full disk"
        }
    });
    let data = dir.path().join("data.sqlite");
    let mut program = disk.start(&data).await;
    let api = program.api.clone();
    let pair = register(&api, "disk", 1).await.remove(0);
    let place = async |number: usize| {
        let (key, request) = (number.to_string(), pair.request(&number.to_string()));
        api.place_with_key(&pair.device, &request, &key).await
    };

    let mut acknowledged = Vec::new();
    for round in 1..=2 {
        disk.fill(&program).await;
        let first = acknowledged.len();
        let mut refused = None;
        while refused.is_none() && acknowledged.len() < MOST_CALLS {
            match place(acknowledged.len()).await {
                (201, room) => {
                    acknowledged.push(room);
                }
                answer => refused = Some(answer),
            }
        }
        let (status, body) = refused.unwrap_or_default();
        report.check(
            status == 500 && body["errcode"] == 5,
            format!(
                "round {round}: after {} calls more it says {status} {body}",
                acknowledged.len() - first
            ),
        );
        let reason = comes_to(&program, 503).await;
        report.check(reason.is_some(), format!("/readyz says 503: {}", reason.unwrap_or_default()));
        let (status, _) = api.get("/livez").await;
        report.check(status == 200, format!("/livez says {status}"));
        report.none(
            &missing(&program, &pair, &acknowledged).await,
            "acknowledged calls that are not there",
        );

        disk.free(&program).await;
        report.check(comes_to(&program, 200).await.is_some(), "with space, it is ready again");
        let (status, room) = place(acknowledged.len()).await;
        report.check(status == 201, format!("the call that was refused is made: {status}"));
        acknowledged.push(room);
        // They ring no longer, so that the next round meets no limit of calls that ring.
        for room in &acknowledged {
            pair.give_up(&api, room).await;
        }
    }

    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();
    let program = disk.start(&data).await;
    report.none(
        &missing(&program, &pair, &acknowledged).await,
        format!(
            "of {} acknowledged calls, those that are not there after kill -9",
            acknowledged.len()
        ),
    );
    let (status, _) = program.end("-TERM").await;
    report.check(status.success(), "it stops as asked");
}

/// The acknowledged calls that are not there.
async fn missing(program: &Program, pair: &Pair, acknowledged: &[Value]) -> Vec<String> {
    let mut missing = Vec::new();
    for room in acknowledged {
        let path = format!("/v1/calls/{}", room["roomId"].as_str().unwrap());
        let (status, view) = answer(program.api.http("GET", &path).bearer_auth(&pair.device)).await;
        if status != 200 {
            missing.push(format!("{room}: {status} {view}"));
        }
    }
    missing
}

/// Waits until `/readyz` says this, because an answer counts for a second; gives its reason.
async fn comes_to(program: &Program, expected: u16) -> Option<Value> {
    let says = async {
        loop {
            let (status, health) = program.api.get("/readyz").await;
            if status == expected {
                return health["reason"].clone();
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(10), says).await.ok()
}
