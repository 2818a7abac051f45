//! The sizes of the package. A script measures them, because it needs the tools that bundle the package.

use std::path::Path;

use xshell::{Shell, cmd};

use crate::build;
use crate::step::step;

/// Builds the package and records its sizes.
pub fn record(shell: &Shell) -> anyhow::Result<()> {
    let pkg = build::package(shell)?;
    measure(shell, &pkg, &["--record"])
}

/// Prints the sizes.
pub fn print(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    measure(shell, pkg, &[])
}

/// Fails if the sizes are not the recorded ones.
pub fn check(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    step("compare the package's sizes with those that are recorded", || {
        measure(shell, pkg, &["--check"])
    })
}

fn measure(shell: &Shell, pkg: &Path, options: &[&str]) -> anyhow::Result<()> {
    Ok(cmd!(shell, "node xtask/sizes.mjs {pkg} {options...}").quiet().run()?)
}
