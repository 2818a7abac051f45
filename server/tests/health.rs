//! What happens to the data file of a service that runs, and what its health says of it.
// Windows lets nobody delete or replace a file that is open.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use common::program::Program;
use common::soon;
use rusqlite::Connection;
use serde_json::Value;

/// A program on a new data file, which is ready.
async fn ready() -> (tempfile::TempDir, PathBuf, Program) {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let program = Program::start(&data, &[]).await;
    assert_eq!(program.api.get("/readyz").await.0, 200);
    (dir, data, program)
}

/// Why it is not ready, once it is not: an answer counts for a second.
async fn reason(program: &Program) -> Value {
    let unready = async {
        loop {
            let (status, health) = program.api.get("/readyz").await;
            if status == 503 {
                return health["reason"].clone();
            }
        }
    };
    let reason = soon(unready).await;
    assert_eq!(program.api.get("/livez").await.0, 200);
    reason
}

const MOVED: &str = "the data file was deleted or replaced while the service uses it";

#[tokio::test]
async fn a_data_file_that_was_deleted_or_replaced_is_noticed() {
    let (_dir, data, mut program) = ready().await;
    fs::remove_file(&data).unwrap();
    assert_eq!(reason(&program).await, MOVED);
    program.has_logged("put the file back, or stop the service").await;

    let (_dir, data, program) = ready().await;
    let copy = data.with_extension("copy");
    fs::copy(&data, &copy).unwrap();
    fs::rename(&copy, &data).unwrap();
    assert_eq!(reason(&program).await, MOVED);

    let (_dir, data, program) = ready().await;
    fs::remove_file(data.with_extension("sqlite-wal")).unwrap();
    assert_eq!(reason(&program).await, MOVED, "what was written last was in it");
}

#[tokio::test]
async fn a_data_file_that_is_moved_away_and_back_is_ready_again() {
    let (_dir, data, program) = ready().await;
    let away = data.with_extension("away");
    fs::rename(&data, &away).unwrap();
    assert_eq!(reason(&program).await, MOVED);
    fs::rename(&away, &data).unwrap();
    soon(async { while program.api.get("/readyz").await.0 != 200 {} }).await;
}

/// Overwrites a page of what `name` names.
fn overwrite(data: &Path, name: &str) {
    let db = Connection::open(data).unwrap();
    let page: u32 = db
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0))
        .unwrap();
    let size: u32 = db.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    drop(db);
    let file = fs::OpenOptions::new().write(true).open(data).unwrap();
    file.write_all_at(&vec![0x5a; size as usize], u64::from((page - 1) * size)).unwrap();
}

#[tokio::test]
async fn a_page_that_was_overwritten_is_noticed_before_a_call_is_lost_to_it() {
    for name in ["calls_by_listener", "calls_by_idempotency_key"] {
        let (_dir, data, program) = ready().await;
        assert!(program.end("-TERM").await.0.success());
        overwrite(&data, name);
        let program = Program::start(&data, &[]).await;
        assert_eq!(reason(&program).await, "the data file is damaged", "{name}");
    }
}

#[tokio::test]
async fn damage_that_a_request_has_come_across_is_not_forgotten() {
    let (_dir, data, program) = ready().await;
    assert!(program.end("-TERM").await.0.success());
    overwrite(&data, "webhooks");
    let program = Program::start(&data, &[]).await;
    let webhook = "apps/wxde00000000000001/webhook";
    assert_eq!(program.api.get("/readyz").await.0, 200, "nobody has come across it");
    let (status, _) = program.api.admin("GET", webhook, Value::Null).await;
    assert_eq!(status, 500);
    assert_eq!(reason(&program).await, "the data file is damaged");
}
