//! The npm tools that this repository builds and tests with, installed from its own lock file.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::step::step;

/// The copy of the lock file from which the tools were installed.
const STAMP: &str = "node_modules/.wmpf-voip-lock";

/// Installs the tools of the repository's root, unless those of the current lock file are installed.
pub fn install(shell: &Shell) -> anyhow::Result<()> {
    install_in(shell, Path::new("."))
}

/// Installs the tools of a folder that has a lock file of its own. They are too large to be installed with the others.
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

/// Runs npm with these arguments.
pub fn run(shell: &Shell, arguments: &[&str]) -> anyhow::Result<()> {
    // On Windows npm is a script that has to be run by its full file name.
    let npm = which::which("npm").context("install npm, which comes with Node.js")?;
    Ok(cmd!(shell, "{npm} {arguments...}").run()?)
}

/// The JavaScript file of a tool, which `node` can run on every system.
pub fn tool(path: &str) -> PathBuf {
    // The path is absolute, so it is the same from every directory.
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../node_modules")).join(path)
}
