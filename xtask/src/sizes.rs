//! How large the package is. The figures are those of the tools with which it is bundled, so a script
//! takes them.

use std::path::Path;

use xshell::{Shell, cmd};

use crate::build;
use crate::step::step;

/// Builds the package and records its sizes.
pub fn record(shell: &Shell) -> anyhow::Result<()> {
    let pkg = build::package(shell)?;
    measure(shell, &pkg, &["--record"])
}

/// Prints them.
pub fn print(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    measure(shell, pkg, &[])
}

/// Refuses others than those that are recorded.
pub fn check(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    step("compare the package's sizes with those that are recorded", || {
        measure(shell, pkg, &["--check"])
    })
}

fn measure(shell: &Shell, pkg: &Path, options: &[&str]) -> anyhow::Result<()> {
    Ok(cmd!(shell, "node xtask/sizes.mjs {pkg} {options...}").quiet().run()?)
}
