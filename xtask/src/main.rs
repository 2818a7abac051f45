//! `cargo xtask <command>`: everything that a developer of this repository runs.
//!
//! Each command does its own set-up and says what it does and how long each step took. What it cannot
//! install itself ends in one sentence that says what to install.

mod bench;
mod build;
mod demo;
mod document;
mod errors;
mod fuzz;
mod gallery;
mod manifest;
mod npm;
mod package;
mod prerequisites;
mod reproducible;
mod sizes;
mod step;
mod test;
mod values;
mod wasm;

use std::process::ExitCode;

use anyhow::Context as _;
use xshell::Shell;

const USAGE: &str = "\
Usage: cargo xtask <command>

Commands:
  demo   build everything, start the service on 127.0.0.1 and print the demo page's address
  test   run every test: core, wasm in Node and Chromium, packed package, hosts of mini-programs, service,
         demo page; test --all runs those, too, that need other projects' large tools: WeChat's, test runners
  fuzz   look for inputs that break the parsers, 20 s for each target; fuzz <target> for one of them,
         -- <options> for libFuzzer's own (-max_total_time=0 has no end)
  build  build the npm package into pkg/ and print its sizes
  package
         pack the npm package and the crate into target/package and check what would be published;
         --offline does without the registry, --allow-dirty packs what is not committed, too
  bench  measure calls and sizes against baselines in the same run
  sizes  build the package and record its sizes in xtask/sizes.md (test checks that they are current)
  docs   write the tables of the documentation from the code (test checks that they are current)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let shell = Shell::new()?;
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = root.parent().context("the repository's root is this package's parent")?;
    shell.change_dir(root);
    let help = ["help", "--help", "-h"];
    // Also after a command; what stands further back may be meant for the program that it runs.
    if arguments.iter().take(2).any(|argument| help.contains(&argument.as_str())) {
        println!("{USAGE}");
        return Ok(());
    }
    match arguments.first().map(String::as_str) {
        Some("demo") => demo::run(&shell),
        Some("test") => test::run(&shell, &arguments[1..]),
        Some("fuzz") => fuzz::run(&shell, &arguments[1..]),
        Some("build") => build::run(&shell),
        Some("package") => package::run(&shell, &arguments[1..]),
        Some("bench") => bench::run(&shell),
        Some("sizes") => sizes::record(&shell),
        Some("docs") => document::write(&shell),
        Some(other) => anyhow::bail!("there is no command {other:?}\n\n{USAGE}"),
        None => anyhow::bail!("which command?\n\n{USAGE}"),
    }
}

#[cfg(test)]
mod tests {
    fn run(arguments: &[&str]) -> Result<(), String> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.into()).collect();
        super::run(&arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn every_command_can_be_asked_for_help() {
        assert_eq!(run(&["--help"]), Ok(()));
        assert_eq!(run(&["package", "--help"]), Ok(()));
        assert!(run(&["package", "--halp"]).unwrap_err().starts_with("package takes"));
    }
}
