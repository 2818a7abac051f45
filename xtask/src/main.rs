//! `cargo xtask <command>`: everything that a developer of this repository runs.
//!
//! Each command does its own set-up, and says what it does and how long each step took. If something is missing that
//! it cannot install itself, it says in one sentence what to install.

mod audit;
mod bench;
mod build;
mod ci;
mod compatibility;
mod demo;
mod document;
mod drill;
mod errors;
mod fuzz;
mod gallery;
mod lint;
mod manifest;
mod npm;
mod package;
mod packages;
mod prerequisites;
mod reproducible;
mod side_by_side;
mod sizes;
mod step;
mod table;
mod test;
mod values;
mod wasm;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use xshell::Shell;

/// Builds, tests, checks and shows this repository
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_version_flag = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build everything, start the service on 127.0.0.1 and print the demo page's address
    Demo,
    /// Run the tests; what each of them needs is built first
    Test(test::Options),
    /// Check the format, the lints on both targets, the types of JavaScript and the documentation of the code
    Lint,
    /// Format Rust and JavaScript
    Format,
    /// Look for inputs that break the parsers, 12 s for each target
    Fuzz(fuzz::Options),
    /// Build the npm package into pkg/ and the demo page with it into target/site/, and print the sizes
    Build,
    /// Pack the npm package and the crate into target/package and check what would be published
    Package(package::Options),
    /// Install the large tools of other projects that `test --all` needs from npm
    Tools,
    /// Run all that a change has to pass, independent parts side by side
    Ci,
    /// Run the service under load, faults and attack, and look whether it holds; the drills take minutes
    Drill(drill::Options),
    /// Check the licences, sources and known weaknesses of the crates that are used
    Audit,
    /// Measure calls and sizes against baselines in the same run
    Bench,
    /// Build the package and record its sizes in xtask/sizes.md (test checks that they are current)
    Sizes,
    /// Write the tables of the documentation from the code (test checks that they are current)
    Docs,
}

fn main() -> ExitCode {
    let CommandLine { command } = CommandLine::parse();
    match run(&command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> anyhow::Result<()> {
    let shell = Shell::new()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = root.parent().context("the repository's root is this package's parent")?;
    shell.change_dir(root);
    match command {
        Command::Demo => demo::run(&shell),
        Command::Test(options) => test::run(&shell, options),
        Command::Lint => lint::run(&shell),
        Command::Format => lint::write_format(&shell),
        Command::Fuzz(options) => fuzz::run(&shell, options),
        Command::Build => {
            build::site(&shell)?;
            build::install(&shell)?;
            sizes::print(&shell, Path::new("pkg"))
        }
        Command::Package(options) => package::run(&shell, options),
        Command::Tools => test::install_tools(&shell),
        Command::Ci => ci::run(&shell),
        Command::Drill(options) => drill::run(&shell, options),
        Command::Audit => audit::run(&shell),
        Command::Bench => bench::run(&shell),
        Command::Sizes => sizes::record(&shell),
        Command::Docs => document::write(&shell),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    /// The kind of the error with which these arguments are refused, and its text.
    fn refused(arguments: &[&str]) -> (ErrorKind, String) {
        let all = ["cargo xtask"].iter().chain(arguments);
        let error = CommandLine::try_parse_from(all).unwrap_err();
        (error.kind(), error.to_string())
    }

    #[test]
    fn the_commands_are_well_formed() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_can_be_asked_for_help() {
        assert_eq!(refused(&["--help"]).0, ErrorKind::DisplayHelp);
        for command in CommandLine::command().get_subcommands() {
            let (kind, help) = refused(&[command.get_name(), "--help"]);
            assert_eq!(kind, ErrorKind::DisplayHelp);
            assert!(help.contains(&format!("Usage: cargo xtask {}", command.get_name())), "{help}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, named) in [
            (&["tset"][..], "tset"),
            (&["package", "--halp"], "--halp"),
            (&["build", "pkg"], "pkg"),
            (&["test", "pages"], "pages"),
        ] {
            let (_, told) = refused(arguments);
            assert!(told.contains(named), "{told}");
        }
    }
}
