//! The demo: builds the page, the package and the service, and runs them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::build;
use crate::packages::NATIVE;
use crate::step::step;

/// The variable with the service's address, and the address that is used if it is not set.
const LISTEN: (&str, &str) = ("WMPF_VOIP_LISTEN", "127.0.0.1:8787");

/// Builds everything and replaces this process by the service.
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

/// Compiles the service and gives the path of its program.
fn service(shell: &Shell) -> anyhow::Result<PathBuf> {
    step("compile the room service", || {
        // There are no examples, but with `--examples` cargo uses the features that the tests need, so that the tests
        // do not compile everything again.
        Ok(cmd!(shell, "cargo build {NATIVE...} --bins --examples").run()?)
    })?;
    let name = format!("wmpf-voip-server{}", std::env::consts::EXE_SUFFIX);
    Ok(shell.current_dir().join("target/debug").join(name))
}

/// Replaces this process, so that signals to this command reach the service.
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
