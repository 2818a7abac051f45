//! The checks that read the code without running it: rustfmt, clippy natively and for wasm, and rustdoc; of JavaScript,
//! Biome and TypeScript's type checker. And what formats it.

use xshell::{Shell, cmd};

use crate::npm;
use crate::step::step;

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

/// Runs every check, the quickest first. The first failure ends the run.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    format(shell)?;
    code(shell)
}

/// Formats all code.
pub fn write_format(shell: &Shell) -> anyhow::Result<()> {
    npm::install(shell)?;
    step("format Rust", || Ok(cmd!(shell, "cargo fmt --all").run()?))?;
    step("format JavaScript", || biome(shell, &["format", "--write"]))
}

/// Checks that the code is formatted, and lints JavaScript, which is as quick.
pub fn format(shell: &Shell) -> anyhow::Result<()> {
    step("check the format of Rust", || Ok(cmd!(shell, "cargo fmt --all --check").run()?))?;
    npm::install(shell)?;
    step("check the format of JavaScript, and lint it", || {
        biome(shell, &["check", "--error-on-warnings"])
    })
}

fn biome(shell: &Shell, arguments: &[&str]) -> anyhow::Result<()> {
    let biome = npm::tool("@biomejs/biome/bin/biome");
    Ok(cmd!(shell, "node {biome} {arguments...}").run()?)
}

/// Checks the types of JavaScript, and runs clippy and rustdoc.
pub fn code(shell: &Shell) -> anyhow::Result<()> {
    step("check the types of JavaScript", || {
        let compiler = npm::tool("typescript/bin/tsc");
        Ok(cmd!(shell, "node {compiler} --build").run()?)
    })?;
    step("lint, natively", || {
        cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").run()?;
        // They are no target of a run of all tests, and there is no such run of them on Windows.
        if cfg!(unix) {
            cmd!(shell, "cargo clippy --workspace --test drills -- -D warnings").run()?;
        }
        Ok(())
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
