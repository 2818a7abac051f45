//! What a change has to pass: formatting, lints on both targets, documentation, every test, the packages that would be
//! published, and a short search for inputs that break a parser.

use xshell::Shell;

use crate::step::step;
use crate::test;
use crate::{lint, prerequisites};

/// Runs all of it; the first failure ends it.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    step("all that a change has to pass", || {
        prerequisites::cpp_compiler()?;
        // The quickest to fail is the first.
        lint::format(shell)?;
        let mut lanes = test::build_all(shell, true)?;
        // What is not committed would be missing in what is published, and is refused.
        lanes.computes.extend(["lint", "package --no-build", "fuzz"]);
        lanes.run(shell)
    })
}
