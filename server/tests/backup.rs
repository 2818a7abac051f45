//! `wmpf-voip-server backup`: a copy of a data file while a service writes to it.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::process::Command;

use crate::common::program::{PROGRAM, Program, UNLIMITED};
use crate::common::soon;

async fn back_up(data: &Path, copy: &Path) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("backup").arg(copy).env("WMPF_VOIP_DATA", data);
    soon(command.output()).await.unwrap()
}

/// What a backup that fails says.
async fn refused(data: &Path, copy: &Path) -> String {
    let output = back_up(data, copy).await;
    assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()));
    String::from_utf8(output.stderr).unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_copy_has_every_call_that_was_acknowledged_before_it_began() {
    let dir = tempfile::tempdir().unwrap();
    let copies = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let program = Program::start(&data, &UNLIMITED).await;
    let demo = program.api.demo().await;
    let (token, request) = (demo.device("token").to_owned(), demo.device_to_phone());
    let mut acknowledged = Vec::new();
    for number in 0..20 {
        let key = format!("before-{number}");
        let (status, room) = program.api.place_with_key(&token, &request, &key).await;
        assert_eq!(status, 201);
        acknowledged.push((key, room));
    }

    let is_copied = Arc::new(AtomicBool::new(false));
    let calling = tokio::spawn({
        let (api, is_copied) = (program.api.clone(), is_copied.clone());
        let (token, request) = (token.clone(), request.clone());
        async move {
            let mut count = 0;
            while !is_copied.load(Ordering::Relaxed) {
                let key = format!("meanwhile-{count}");
                assert_eq!(api.place_with_key(&token, &request, &key).await.0, 201);
                count += 1;
            }
            count
        }
    });
    let copy = copies.path().join("copy.sqlite");
    let output = back_up(&data, &copy).await;
    is_copied.store(true, Ordering::Relaxed);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""));
    let said = String::from_utf8(output.stdout).unwrap();
    let length = fs::metadata(&copy).unwrap().len();
    assert_eq!(said, format!("{}: {length} bytes\n", copy.display()));
    assert!(soon(calling).await.unwrap() > 0, "calls were made while it was copied");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(
        names(copies.path()),
        BTreeSet::from(["copy.sqlite".to_owned()]),
        "nothing beside it"
    );
    assert_eq!(program.api.get("/readyz").await.0, 200, "the service goes on");

    let restored = Program::start(&copy, &UNLIMITED).await;
    for (key, room) in acknowledged {
        assert_eq!(restored.api.place_with_key(&token, &request, &key).await, (200, room));
    }
}

#[tokio::test]
async fn nothing_is_overwritten_and_nothing_is_left_of_a_copy_that_failed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let path = |name: &str| dir.path().join(name);
    let (status, _) = Program::start(&data, &[]).await.end("-TERM").await;
    assert!(status.success());
    let there = names(dir.path());

    assert!(
        refused(&path("none.sqlite"), &path("copy"))
            .await
            .contains("name the one to copy with --data")
    );
    let before = fs::read(&data).unwrap();
    assert!(refused(&data, &data).await.contains("nothing is overwritten"));
    assert_eq!(fs::read(&data).unwrap(), before);
    assert!(refused(&data, &path("no/folder")).await.contains("No such file or directory"));
    assert_eq!(names(dir.path()), there);

    fs::write(path("text"), "no SQLite file, and long enough to have the head of one: ".repeat(20))
        .unwrap();
    assert!(refused(&path("text"), &path("copy")).await.contains("it is no SQLite file"));
    fs::write(path("empty"), "").unwrap();
    assert!(refused(&path("empty"), &path("copy")).await.contains("there is nothing in it"));
    assert!(!path("copy").exists());

    // Of a service that does not run, too, and without a trace beside its file.
    let output = back_up(&data, &path("copy")).await;
    assert!(output.status.success());
    let others = ["copy", "empty", "text"].map(str::to_owned);
    assert_eq!(names(dir.path()), there.into_iter().chain(others).collect());
}
