//! Asks `cargo deny` about the crates that this repository is built from: licences, sources, bans and known weaknesses.
//!
//! It is no part of what a change has to pass: the tool takes minutes to compile, and an advisory of today says nothing
//! about a change.

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::step::step;

/// Installs the tool if it is missing, and checks. `deny.toml` has the rules.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    install(shell)?;
    step("check bans, licences and sources", || {
        Ok(cmd!(shell, "cargo deny --workspace --locked check bans licenses sources").run()?)
    })?;
    step("check for known weaknesses", || {
        if cmd!(shell, "cargo deny --locked fetch db").run().is_err() {
            println!(
                "the advisories could not be fetched, so nobody has looked for known weaknesses: run this again where \
                 https://github.com/rustsec/advisory-db can be reached"
            );
            return Ok(());
        }
        Ok(cmd!(shell, "cargo deny --workspace --locked check --disable-fetch advisories").run()?)
    })
}

fn install(shell: &Shell) -> anyhow::Result<()> {
    if which::which("cargo-deny").is_ok() {
        return Ok(());
    }
    step("install cargo-deny", || {
        // Outside of the repository, whose settings are for its own crates.
        let _folder = shell.push_dir(std::env::temp_dir());
        if cmd!(shell, "cargo install cargo-deny --locked").run().is_ok() {
            return Ok(());
        }
        // With the versions that it was released with it may not compile any more, or one was withdrawn.
        cmd!(shell, "cargo install cargo-deny")
            .run()
            .context("install cargo-deny: https://embarkstudios.github.io/cargo-deny/")
    })
}
