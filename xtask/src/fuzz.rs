//! Coverage-guided fuzzing of the parsers of foreign input, on a stable toolchain.
//!
//! cargo-fuzz needs a nightly toolchain for its memory sanitizers. The core has no `unsafe`, so this does the rest: it
//! compiles the targets with LLVM's coverage counters, and runs libFuzzer.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use xshell::{Shell, cmd};

use crate::prerequisites;
use crate::step::step;

/// The compiler flags that count the executed edges and show libFuzzer the operands of comparisons.
const COVERAGE: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
];

/// The options for libFuzzer if the command line has none: a bounded run, with inputs that are longer than the longest
/// string of a field.
const OPTIONS: [&str; 6] = [
    "-max_total_time=12",
    "-timeout=5",
    "-max_len=8192",
    "-dict=fuzz/words.dict",
    "-print_final_stats=1",
    "-print_funcs=0",
];

/// The directory for the build, the collected inputs, and the inputs that break a property.
const TARGET_DIR: &str = "target/fuzz";

#[derive(Debug, Args)]
pub struct Options {
    /// Only these targets, of those in fuzz/fuzz_targets/
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// libFuzzer's own options, such as -max_total_time=600, or 0 to go on without end
    #[arg(last = true, value_name = "OPTION")]
    options: Vec<String>,
}

/// Fuzzes the named targets, or all of them.
pub fn run(shell: &Shell, Options { targets: names, options }: &Options) -> anyhow::Result<()> {
    let all = targets(shell)?;
    for name in names {
        ensure!(all.contains(name), "there is no fuzz target {name:?}, only {}", all.join(", "));
    }
    let programs = step("compile the fuzz targets", || compile(shell))?;
    for target in if names.is_empty() { &all } else { names } {
        step(&format!("fuzz {target}"), || fuzz(shell, &programs, target, options))?;
    }
    Ok(())
}

fn targets(shell: &Shell) -> anyhow::Result<Vec<String>> {
    let files = shell.read_dir("fuzz/fuzz_targets")?;
    Ok(files
        .iter()
        .filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()))
        .collect())
}

/// Compiles the targets and gives the directory of their programs.
fn compile(shell: &Shell) -> anyhow::Result<PathBuf> {
    prerequisites::cpp_compiler()?;
    // With a named target, the flags do not apply to build scripts and procedural macros.
    let host = cmd!(shell, "rustc --print host-tuple").quiet().read()?;
    let _flags = shell.push_env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"));
    cmd!(
        shell,
        "cargo build --release --package wmpf-voip-fuzz --features libfuzzer --bins
         --target {host} --target-dir {TARGET_DIR}"
    )
    .run()?;
    Ok(shell.current_dir().join(TARGET_DIR).join(host).join("release"))
}

fn fuzz(shell: &Shell, programs: &Path, target: &str, options: &[String]) -> anyhow::Result<()> {
    let collected = format!("{TARGET_DIR}/corpus/{target}");
    let artifacts = format!("{TARGET_DIR}/artifacts/{target}");
    shell.create_dir(&collected)?;
    shell.create_dir(&artifacts)?;

    let mut command = Command::new(programs.join(target));
    command
        .current_dir(shell.current_dir())
        .args(OPTIONS)
        .arg(format!("-artifact_prefix={artifacts}/"))
        .args(options);
    // libFuzzer takes either files to run or folders to start from; it writes new inputs into the first folder.
    if options.iter().all(|option| option.starts_with('-')) {
        command.args([&collected, &format!("fuzz/corpus/{target}")]);
    }
    let (status, Seen { first_coverage, coverage, executions }) = watch(command)?;
    if !status.success() {
        bail!(
            "{target}: libFuzzer ended with {status}. If it found an input, that is in {artifacts}/; \
             move it to fuzz/corpus/{target}/ under a name that says what it is, and \
             `cargo test --package wmpf-voip-fuzz` fails until the bug is gone"
        );
    }
    // The options can ask for something other than a search.
    if coverage > 0 {
        println!(
            "{target}: nothing found in {executions} executions, \
             coverage grew from {first_coverage} to {coverage}"
        );
    }
    Ok(())
}

/// The figures of a run.
#[derive(Default)]
struct Seen {
    first_coverage: u64,
    coverage: u64,
    executions: u64,
}

/// Prints libFuzzer's output, without its line for each new input and without the dictionary that it recommends.
fn watch(mut command: Command) -> anyhow::Result<(ExitStatus, Seen)> {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("the fuzz target could not be started")?;
    let output = child.stderr.take().context("its output is a pipe")?;
    let mut seen = Seen::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(coverage) = number_after(&words, "cov:") {
            if seen.first_coverage == 0 {
                seen.first_coverage = coverage;
            }
            seen.coverage = coverage;
        }
        if let Some(executions) = number_after(&words, "stat::number_of_executed_units:") {
            seen.executions = executions;
        }
        let is_detail = matches!(words.get(1), Some(&("NEW" | "REDUCE")))
            || line.starts_with('"')
            || line.starts_with("######");
        if !is_detail {
            eprintln!("{line}");
        }
    }
    Ok((child.wait()?, seen))
}

fn number_after(words: &[&str], name: &str) -> Option<u64> {
    let at = words.iter().position(|word| *word == name)?;
    words.get(at + 1)?.parse().ok()
}
