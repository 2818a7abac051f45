//! What reads the code without running it: rustfmt, clippy natively and for wasm, and rustdoc.

use xshell::{Shell, cmd};

use crate::step::step;

const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

/// Every check; the first complaint ends it. The quickest is the first.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    format(shell)?;
    code(shell)
}

/// Whether the code is formatted.
pub fn format(shell: &Shell) -> anyhow::Result<()> {
    step("check the format", || Ok(cmd!(shell, "cargo fmt --all --check").run()?))
}

/// The lints and the documentation.
pub fn code(shell: &Shell) -> anyhow::Result<()> {
    step("lint, natively", || {
        Ok(cmd!(shell, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
    })?;
    step("lint, for wasm", || {
        // The rules of calls are for the package's own fake service, too, so they have to compile there.
        let packages =
            ["--package", "wmpf-voip", "--package", "wmpf-voip-calls", "--package", "bench-floor"];
        Ok(cmd!(shell, "cargo clippy {packages...} --all-targets {WASM...} -- -D warnings")
            .run()?)
    })?;
    let _flags = shell.push_env("RUSTDOCFLAGS", "-D warnings");
    step("make the documentation, natively", || {
        // There are no examples. But for examples cargo takes the features that tests want, with which the lints have
        // checked all that these packages depend on.
        let which = ["--workspace", "--lib", "--bins", "--examples"];
        Ok(cmd!(shell, "cargo doc {which...} --no-deps --document-private-items").run()?)
    })?;
    step("make the documentation, for wasm", || {
        Ok(cmd!(shell, "cargo doc --package wmpf-voip --no-deps {WASM...}").run()?)
    })
}
