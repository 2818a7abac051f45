//! The real program with `--config`, and with secrets in files.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use tokio::process::Command;

use crate::common::program::{PROGRAM, Program};
use crate::common::{ADMIN_KEY, soon};

/// What the program says that does not start with these flags.
async fn refused(flags: &[&str]) -> String {
    let mut command = Command::new(PROGRAM);
    command.args(["--listen", "127.0.0.1:0"]).args(flags).env_remove("WMPF_VOIP_ADMIN_KEY");
    let output = soon(command.output()).await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{flags:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn a_service_is_started_with_a_file_and_a_flag_wins_over_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    let www = tempfile::tempdir().unwrap();
    fs::write(www.path().join("a.txt"), "a page").unwrap();
    fs::write(
        &file,
        format!(
            "# listen and data are said by flags.\nlisten = '192.0.2.1:1'\ndata = '/nothing/there'\n\
             www = '{}'\nadmin-key = '{ADMIN_KEY}'\nmax-connections = 100\ntrusted-proxy = ['10.0.0.0/8']\n",
            www.path().display()
        ),
    )
    .unwrap();
    let flags = ["--config", text(&file)];
    let program = Program::start_without_key(&dir.path().join("data.sqlite"), &flags).await;
    let page = soon(program.api.http("GET", "/a.txt").send()).await.unwrap();
    assert_eq!(soon(page.text()).await.unwrap(), "a page");
    assert!(program.admin("app list").await.contains("wxde00000000000001"));
    let (_, log) = program.end("-TERM").await;
    assert!(!log.contains(ADMIN_KEY), "{log}");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_before_anything_else() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    let flags = ["--config", text(&file), "--data", "/nothing/there/data.sqlite"];
    assert!(refused(&flags).await.contains("No such file"), "there is no file");
    for (content, said) in [
        (
            "max-conections = 1",
            "max-conections: there is no such flag; is 'max-connections' meant?",
        ),
        ("admin-key = [\"s3cret\"]", "admin-key: expected a string, got a value of type array"),
        ("admin-key = s3cret", "line 1: "),
        ("max-connections = 0", "max-connections: got '0'"),
    ] {
        fs::write(&file, content).unwrap();
        let said_of_it = refused(&flags).await;
        let begins = format!("error: --config {}: {said}", file.display());
        assert!(said_of_it.starts_with(&begins), "{said_of_it}");
        assert!(!said_of_it.contains("s3cret"), "{said_of_it}");
    }
}

#[tokio::test]
async fn secrets_are_read_from_files() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let (key, turn) = (dir.path().join("key"), dir.path().join("turn"));
    fs::write(&key, format!("{ADMIN_KEY}\n")).unwrap();
    fs::write(&turn, "a-turn-secret-Zq7\n").unwrap();
    let flags = ["--admin-key-file", text(&key), "--turn-url", "turn:127.0.0.1:3478"];
    let with_turn = [&flags[..], &["--turn-secret-file", text(&turn)]].concat();
    let program = Program::start_without_key(&data, &with_turn).await;
    assert!(program.admin("app list").await.contains("wxde00000000000001"));
    let (_, log) = program.end("-TERM").await;
    assert!(!log.contains(ADMIN_KEY) && !log.contains("Zq7"), "{log}");

    let data = ["--data", text(&data)];
    let log = refused(&[&flags[..], &data].concat()).await;
    assert!(log.contains("--turn-url needs the secret"), "it stands in the file alone: {log}");
    let both = ["--turn-secret", "other-Zq7"];
    let log = refused(&[&with_turn[..], &data, &both].concat()).await;
    assert!(log.contains("--turn-secret and --turn-secret-file: expected one of the two"), "{log}");
    let both = ["--admin-key", ADMIN_KEY];
    let log = refused(&[&with_turn[..], &data, &both].concat()).await;
    assert!(log.contains("--admin-key and --admin-key-file: expected one of the two"), "{log}");
    assert!(!log.contains(ADMIN_KEY) && !log.contains("Zq7"), "{log}");
    fs::write(&key, "short-Zq7").unwrap();
    let log = refused(&[&with_turn[..], &data].concat()).await;
    assert!(log.contains("--admin-key-file ") && log.contains("at least 32"), "{log}");
    assert!(!log.contains("Zq7"), "{log}");
}
