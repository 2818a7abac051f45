//! Checks that who updates only the package, or only the service, can go on: those of an earlier commit, built here,
//! against those of now.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::packages::NATIVE;
use crate::step::step;

/// The commit whose package and service count as version 0.1: the last one before the service got its limits, its own
/// clock and the schema 9 of its data file. Set it anew when something breaks on purpose, and say so in the CHANGELOG.
const EARLIER: &str = "4709d0280c4776e87d789ee9c402a71abe06ee8f";

/// Where it is built. It is inside of the repository, so that its tests find the repository's tools.
const TREE: &str = "target/compatibility";

/// The tests of the package that are about a service, too.
const TESTS: [&str; 3] = [
    "tests/package/calling/service.test.mjs",
    "tests/package/call/life.test.mjs",
    "tests/package/call/crossing.test.mjs",
];

/// Builds the earlier ones, and tests each with the other of now, by the tests of the package's own commit.
pub fn check(shell: &Shell) -> anyhow::Result<()> {
    let root = shell.current_dir();
    let tree = root.join(TREE);
    step("build the package and the service of version 0.1", || build(shell, &tree))?;
    step("test the package of now with the service of 0.1", || test(shell, &program(&tree)))?;
    let _tree = shell.push_dir(&tree);
    step("test the package of 0.1 with the service of now", || test(shell, &program(&root)))
}

fn build(shell: &Shell, tree: &Path) -> anyhow::Result<()> {
    if !shell.path_exists(tree.join(".git")) {
        cmd!(shell, "git clone --quiet --no-checkout --shared . {tree}").run()?;
    }
    let _tree = shell.push_dir(tree);
    cmd!(shell, "git checkout --quiet --detach {EARLIER}")
        .run()
        .context("the history is needed: fetch it with `git fetch --unshallow`")?;
    cmd!(shell, "cargo build --locked {NATIVE...} --bins").run()?;
    if shell.path_exists("pkg/package.json") {
        return Ok(());
    }
    Ok(cmd!(shell, "cargo xtask build").run()?)
}

fn program(root: &Path) -> PathBuf {
    root.join(format!("target/debug/wmpf-voip-server{}", std::env::consts::EXE_SUFFIX))
}

fn test(shell: &Shell, service: &Path) -> anyhow::Result<()> {
    let _service = shell.push_env("WMPF_VOIP_SERVER", service);
    Ok(cmd!(shell, "node --test --test-reporter=spec --test-concurrency=1 {TESTS...}").run()?)
}
