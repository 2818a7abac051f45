//! The checks that read the code without running it: rustfmt, clippy natively and for wasm, and rustdoc.

use xshell::{Shell, cmd};

use crate::step::step;

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

/// Runs every check, the quickest first. The first failure ends the run.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    format(shell)?;
    code(shell)
}

/// Checks that the code is formatted.
pub fn format(shell: &Shell) -> anyhow::Result<()> {
    step("check the format", || Ok(cmd!(shell, "cargo fmt --all --check").run()?))
}

/// Runs clippy and rustdoc.
pub fn code(shell: &Shell) -> anyhow::Result<()> {
    step("lint, natively", || {
        Ok(cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
    })?;
    step("lint, for wasm", || {
        // The rules of calls are also meant for the package's own fake service, so they have to compile for wasm.
        let packages =
            ["--package", "wmpf-voip", "--package", "wmpf-voip-calls", "--package", "bench-floor"];
        Ok(cmd!(shell, "cargo clippy {packages...} --all-targets {WASM...} -- -D warnings")
            .run()?)
    })?;
    let _flags = shell.push_env("RUSTDOCFLAGS", "-D warnings");
    step("make the documentation, natively", || {
        // There are no examples, but with `--examples` cargo uses the features that the tests need, with which clippy
        // has checked all dependencies of these packages already.
        let which = ["--workspace", "--lib", "--bins", "--examples"];
        Ok(cmd!(shell, "cargo doc {which...} --no-deps --document-private-items").run()?)
    })?;
    step("make the documentation, for wasm", || {
        Ok(cmd!(shell, "cargo doc --package wmpf-voip --no-deps {WASM...}").run()?)
    })
}
