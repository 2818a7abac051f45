//! The npm tools that this repository builds and tests with, installed from its own lock file.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::step::step;

/// Written beside the tools after they were installed: the lock file that they were installed from.
const STAMP: &str = "node_modules/.wmpf-voip-lock";

/// Installs the tools of the repository's root unless those of its current lock file are there.
pub fn install(shell: &Shell) -> anyhow::Result<()> {
    install_in(shell, Path::new("."))
}

/// Installs the tools of a folder that has a lock file of its own, which are too large to be installed for
/// everybody.
pub fn install_in(shell: &Shell, folder: &Path) -> anyhow::Result<()> {
    let _folder = shell.push_dir(folder);
    let lock = shell.read_file("package-lock.json")?;
    if shell.read_file(STAMP).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let what = match folder.to_str() {
        None | Some(".") => "install the npm tools".to_owned(),
        Some(folder) => format!("install the npm tools of {folder}"),
    };
    step(&what, || {
        run(shell, &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])?;
        Ok(shell.write_file(STAMP, &lock)?)
    })
}

/// Runs npm itself.
pub fn run(shell: &Shell, arguments: &[&str]) -> anyhow::Result<()> {
    // On Windows npm is a script that has to be named with its ending.
    let npm = which::which("npm").context("install npm, which comes with Node.js")?;
    Ok(cmd!(shell, "{npm} {arguments...}").run()?)
}

/// The JavaScript file behind a tool, to be run with `node` on every system alike.
pub fn tool(path: &str) -> PathBuf {
    // From wherever it is used.
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../node_modules")).join(path)
}
