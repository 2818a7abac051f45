//! Measures a call and the package, against baselines in the same run.
//!
//! The figures are printed and never asserted: machines differ and are noisy, ratios less so.

use xshell::{Shell, cmd};

use crate::step::step;
use crate::{build, wasm};

/// Builds the package and the baselines, then measures.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    build::package(shell)?;
    let out = shell.current_dir().join("target/bench");
    shell.create_dir(&out)?;
    // The glue is an ES module, and Node asks the nearest package what its files are.
    shell.write_file(out.join("package.json"), r#"{"type":"module"}"#)?;
    step("compile the floor of the benchmark", || wasm::build(shell, "bench-floor", &out))?;

    step("measure", || Ok(cmd!(shell, "node tests/bench/bench.mjs").run()?))
}
