//! What a change has to pass: formatting, lints on both targets, documentation, every test, the packages that would be
//! published, and a short search for inputs that break a parser.

use xshell::Shell;

use crate::step::step;
use crate::test;
use crate::{lint, prerequisites};

/// Runs all checks. The first failure ends the run.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    step("all that a change has to pass", || {
        prerequisites::cpp_compiler()?;
        // The quickest check comes first.
        lint::format(shell)?;
        let mut lanes = test::build_all(shell, true)?;
        // Uncommitted files would be missing from the published packages, so packing refuses them.
        lanes.computes.extend(["lint", "package --no-build", "fuzz -- -max_total_time=5"]);
        lanes.run(shell)
    })
}
