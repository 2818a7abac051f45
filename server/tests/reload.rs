//! What the real program reads anew: at SIGHUP, and when files change.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::fs;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::common::program::Program;
use crate::common::soon;
use crate::common::tls::Pair;

#[tokio::test]
async fn a_new_certificate_is_taken_up_and_a_broken_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let pair = Pair::new(dir.path());
    let mut program = Program::start(&dir.path().join("data.sqlite"), &pair.flags()).await;
    let address = program.api.address.clone();
    let mut connected = soon(pair.connect(&address)).await.unwrap();

    pair.renew();
    assert!(soon(pair.connect(&address)).await.is_err(), "not yet");
    program.signal("-HUP").await;
    program.has_logged("the TLS certificate was read anew").await;
    soon(pair.connect(&address)).await.unwrap();

    let whole = fs::read(&pair.certificate).unwrap();
    fs::write(&pair.certificate, "").unwrap();
    program.signal("-HUP").await;
    let log = program.has_logged("the one of before stays").await;
    assert!(log.contains("got no certificate"), "{log}");
    fs::write(&pair.certificate, whole).unwrap();
    soon(pair.connect(&address)).await.unwrap();

    // Whoever was connected before all of this still is.
    connected.write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    soon(connected.read_exact(&mut first)).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
}

#[tokio::test]
async fn a_new_certificate_is_taken_up_without_a_signal() {
    let dir = tempfile::tempdir().unwrap();
    let pair = Pair::new(dir.path());
    let mut program = Program::start(&dir.path().join("data.sqlite"), &pair.flags()).await;
    pair.renew();
    program.has_logged("the TLS certificate was read anew").await;
    soon(pair.connect(&program.api.address)).await.unwrap();
}

#[tokio::test]
async fn the_keys_of_operators_are_taken_up_and_broken_ones_are_not() {
    let [alice, bob] = ["a", "b"].map(|letter| letter.repeat(32));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("keys");
    fs::write(&file, format!("alice {alice}\n")).unwrap();
    let flags = ["--admin-keys-file", file.to_str().unwrap()];
    let mut program = Program::start_without_key(&dir.path().join("data.sqlite"), &flags).await;
    let may = async |program: &Program, key: &str| {
        program.command(Some(key), "app list").await.status.success()
    };
    assert!(may(&program, &alice).await && !may(&program, &bob).await);

    fs::write(&file, format!("bob {bob}\n")).unwrap();
    program.signal("-HUP").await;
    program.has_logged("the admin keys were read anew").await;
    assert!(!may(&program, &alice).await && may(&program, &bob).await);

    fs::write(&file, "bob short\n").unwrap();
    program.signal("-HUP").await;
    let log = program.has_logged("those of before stay").await;
    assert!(log.contains("line 1: the admin key: expected at least 32"), "{log}");
    assert!(may(&program, &bob).await);
}

#[tokio::test]
async fn a_service_without_files_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = Program::start(&dir.path().join("data.sqlite"), &[]).await;
    program.signal("-HUP").await;
    program.has_logged("there is no file to read anew").await;
    assert_eq!(program.api.get("/livez").await.0, 200);
}

#[tokio::test]
async fn the_log_filter_is_taken_up_and_a_broken_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("service.toml");
    fs::write(&file, "log = \"info\"\n").unwrap();
    let flags = ["--config", file.to_str().unwrap()];
    let mut program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    assert_eq!(program.api.get("/livez").await.0, 200);
    fs::write(&file, "log = \"info,wmpf_voip_server=debug\"\n").unwrap();
    program.signal("-HUP").await;
    let log = program.has_logged("the log filter was read anew").await;
    assert!(!log.contains("/livez"), "a probe that is content is no news: {log}");
    assert_eq!(program.api.get("/livez").await.0, 200);
    program.has_logged("/livez").await;

    fs::write(&file, "log = \"=\"\n").unwrap();
    program.signal("-HUP").await;
    let log = program.has_logged("the one of before stays").await;
    assert!(log.contains("service.toml"), "{log}");
    assert_eq!(program.api.get("/readyz").await.0, 200);
    program.has_logged("/readyz").await;
}
