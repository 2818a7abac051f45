//! Runs the room service under load, faults and attack. `server/drills/` has the drills; this builds them and the program.

use anyhow::ensure;
use clap::Args;
use xshell::{Shell, cmd};

use crate::packages::NATIVE;
use crate::prerequisites;
use crate::step::step;

#[derive(Debug, Args)]
pub struct Options {
    /// Drill the program that the tests have compiled, which is quicker to build and slower to run
    #[arg(long)]
    debug: bool,
    /// The names of drills, or all of them; --list says which there are, and --kills, --connections and --minutes how
    /// much they do
    #[arg(value_name = "NAME", trailing_var_arg = true, allow_hyphen_values = true)]
    drills: Vec<String>,
}

/// Builds the drills and the service, and runs them.
pub fn run(shell: &Shell, Options { debug, drills }: &Options) -> anyhow::Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "the drills run on Linux only: they set limits of the service's process and read what it has in memory"
    );
    prerequisites::faketime(shell)?;
    // With the packages and the profile of the tests, cargo has compiled nearly all of it already.
    let profile: &[&str] = if *debug { &[] } else { &["--release"] };
    let which = &[profile, &NATIVE, &["--test", "drills"]].concat();
    step("compile the service and its drills", || {
        Ok(cmd!(shell, "cargo test {which...} --no-run").run()?)
    })?;
    // What a drill says is enough, also where it panics.
    let drills = cmd!(shell, "cargo test --quiet {which...} -- {drills...}");
    Ok(drills.env("RUST_BACKTRACE", "0").run()?)
}
