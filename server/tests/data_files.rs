//! The data file of the real program: whole after each stop, and refused where it cannot be right.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::fs;
use std::path::{Path, PathBuf};

use common::program::{PROGRAM, Program, UNLIMITED};
use common::soon;
use rusqlite::Connection;
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::mpsc;

/// The file beside the data file that has this after its name.
fn beside(data: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", data.display()))
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Starts the program with this data file, which it refuses, and gives what it says.
async fn refused(data: &Path) -> String {
    let output =
        Command::new(PROGRAM).args(["--listen", "127.0.0.1:0", "--data"]).arg(data).output();
    let output = soon(output).await.unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    log
}

#[tokio::test]
async fn after_every_stop_under_load_the_data_file_is_whole_by_itself() {
    const STOPS: usize = 20;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut acknowledged = Vec::new();
    for stop in 0..STOPS {
        let program = Program::start(&data, &UNLIMITED).await;
        // Every second time somebody looks into the file.
        let reader = (stop % 2 == 1).then(|| Connection::open(&data).unwrap());
        if let Some(reader) = &reader {
            reader.query_row("SELECT count(*) FROM apps", [], |_| Ok(())).unwrap();
        }
        let demo = program.api.demo().await;
        let (sender, mut rooms) = mpsc::unbounded_channel();
        for _ in 0..8 {
            let (api, sender) = (program.api.clone(), sender.clone());
            let (token, request) = (demo.device("token").to_owned(), demo.device_to_phone());
            tokio::spawn(async move {
                // Until the program has stopped.
                while let Ok(response) = api.call(&token, &request).send().await
                    && let Ok(room) = response.json::<Value>().await
                    && let Some(room_id) = room["roomId"].as_str()
                    && sender.send(room_id.to_owned()).is_ok()
                {}
            });
        }
        drop(sender);
        for _ in 0..10 + stop {
            acknowledged.push(soon(rooms.recv()).await.unwrap());
        }
        let (status, log) = program.end("-TERM").await;
        assert!(status.success(), "{log}");
        while let Some(room_id) = soon(rooms.recv()).await {
            acknowledged.push(room_id);
        }
        assert_eq!(length(&beside(&data, "-wal")), 0, "stop {stop}: {log}");
        assert!(reader.is_some() || !beside(&data, "-wal").exists());

        let copy = dir.path().join("copy.sqlite");
        fs::copy(&data, &copy).unwrap();
        let copy = Connection::open(&copy).unwrap();
        for room_id in &acknowledged {
            let mut stored = copy.prepare_cached("SELECT 1 FROM calls WHERE room_id = ?1").unwrap();
            assert!(stored.exists([room_id]).unwrap(), "stop {stop}: {room_id}");
        }
    }
}

#[tokio::test]
async fn a_stop_says_where_the_data_file_is_not_whole() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let program = Program::start(&data, &[]).await;
    let reader = Connection::open(&data).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM calls").unwrap();
    let demo = program.api.demo().await;
    assert_eq!(program.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
    let (status, log) = program.end("-TERM").await;
    assert!(status.success());
    assert!(log.contains("somebody else reads the data file"), "{log}");
    assert!(length(&beside(&data, "-wal")) > 0);
}

#[tokio::test]
async fn a_file_that_is_not_a_services_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("notes.txt");
    fs::write(&text, "What I have to do tomorrow: ".repeat(100)).unwrap();
    let other = dir.path().join("photos.sqlite");
    let db = Connection::open(&other).unwrap();
    db.execute_batch("CREATE TABLE photos (name TEXT); PRAGMA user_version = 3").unwrap();
    drop(db);
    let named = dir.path().join("map.sqlite");
    let db = Connection::open(&named).unwrap();
    db.execute_batch("CREATE TABLE tiles (x INTEGER); PRAGMA application_id = 0x47504B47").unwrap();
    drop(db);
    for (file, why) in [
        (&text, "it is no SQLite file"),
        (&other, "it is a SQLite file with other tables"),
        (&named, "it is a SQLite file of another program"),
    ] {
        let before = fs::read(file).unwrap();
        let log = refused(file).await;
        assert!(log.contains(why) && log.contains("choose another file with --data"), "{log}");
        assert_eq!(fs::read(file).unwrap(), before);
        assert!(!beside(file, "-wal").exists());
    }
}

#[tokio::test]
async fn a_data_file_that_was_emptied_is_refused_until_somebody_says_that_it_may_be_empty() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let (wal, lock) = (beside(&data, "-wal"), beside(&data, "-lock"));
    fs::write(&data, "").unwrap();
    let mut program = Program::start(&data, &[]).await;
    program.child.start_kill().unwrap();
    soon(program.child.wait()).await.unwrap();
    let (written, size) = (fs::read(&data).unwrap(), length(&wal));
    assert!(size > 0 && !written.is_empty());

    fs::write(&data, "").unwrap();
    let log = refused(&data).await;
    assert!(
        log.contains("data.sqlite-wal beside it says that it was not: put back a copy"),
        "{log}"
    );
    fs::remove_file(&data).unwrap();
    let log = refused(&data).await;
    assert!(log.contains("data.sqlite-wal beside it"), "{log}");
    assert_eq!(length(&wal), size, "it is still there");
    assert!(!data.exists());
    fs::write(&data, written).unwrap();
    assert!(Program::start(&data, &[]).await.end("-TERM").await.0.success(), "a copy was put back");

    fs::write(&data, "").unwrap();
    let log = refused(&data).await;
    assert!(log.contains("data.sqlite-lock beside it says that it was not"), "{log}");
    fs::remove_file(lock).unwrap();
    Program::start(&data, &[]).await;
}

/// Linux only, where a file can be locked whatever its name is.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_data_file_that_is_in_use_is_refused_by_every_name() {
    let dir = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir_in(dir.path()).unwrap();
    let data = dir.path().join("data.sqlite");
    let program = Program::start(&data, &[]).await;
    let (hard, soft) = (elsewhere.path().join("hard"), elsewhere.path().join("soft"));
    fs::hard_link(&data, &hard).unwrap();
    std::os::unix::fs::symlink(&hard, &soft).unwrap();
    for name in [&hard, &soft] {
        let log = refused(name).await;
        assert!(log.contains("another service uses it by another name"), "{log}");
        assert!(log.contains("stop that one, or choose another file with --data"), "{log}");
    }
    // Others may still read it, and what the refused ones have left does not disturb.
    let demo = program.api.demo().await;
    assert_eq!(program.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
    let reader = Connection::open(&data).unwrap();
    let calls: u32 = reader.query_row("SELECT count(*) FROM calls", [], |row| row.get(0)).unwrap();
    assert_eq!(calls, 1);
    assert!(program.end("-TERM").await.0.success());
    assert!(Program::start(&hard, &[]).await.end("-TERM").await.0.success(), "it is free");
}
