//! The demo: the page, the package and the service, from nothing to an address.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::build;
use crate::step::step;
use crate::test::NATIVE;

/// Where the service listens unless its own environment variable says otherwise.
const LISTEN: (&str, &str) = ("WMPF_VOIP_LISTEN", "127.0.0.1:8787");

/// Builds everything and becomes the service.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    let www = build::site(shell)?;
    let service = service(shell)?;
    let address = std::env::var(LISTEN.0).unwrap_or_else(|_| LISTEN.1.to_owned());
    println!("\n== start the service: the demo page is http://{address}/ (Ctrl-C ends it)");
    let mut command = Command::new(service);
    command
        .current_dir(shell.current_dir())
        .args(["--demo", "--listen", &address, "--data", "target/demo.sqlite", "--www"])
        .arg(www);
    become_process(command)
}

/// Compiles the service and gives its program.
fn service(shell: &Shell) -> anyhow::Result<PathBuf> {
    step("compile the room service", || {
        // There are no examples. But for examples cargo takes the features that tests want, and so the tests do not
        // compile all of it again.
        Ok(cmd!(shell, "cargo build {NATIVE...} --bins --examples").run()?)
    })?;
    let name = format!("wmpf-voip-server{}", std::env::consts::EXE_SUFFIX);
    Ok(shell.current_dir().join("target/debug").join(name))
}

/// Signals that are meant for this command then reach the service.
#[cfg(unix)]
fn become_process(mut command: Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).context("the service could not be started")
}

#[cfg(not(unix))]
fn become_process(mut command: Command) -> anyhow::Result<()> {
    let status = command.status().context("the service could not be started")?;
    anyhow::ensure!(status.success(), "the service ended with {status}");
    Ok(())
}
