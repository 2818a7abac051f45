//! Runs commands of xtask side by side, and prints the output of each of them in one piece.
//!
//! A lane is a list of commands that run one after the other. One lane mostly computes; the other one mostly waits for
//! browsers and clocks. The lane that computes has the lower priority, so that no test is late because of it. A lane that
//! has nothing left helps the one that has the most.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use xshell::Shell;

/// The directory for the output of the commands while they run.
const OUTPUT: &str = "target/output";

/// How often a line says which commands run.
const INTERVAL: Duration = Duration::from_secs(15);

/// How many characters of a command's own last line such a line repeats.
const LINE: usize = 80;

/// Commands that run one after the other.
pub struct Lane<'a> {
    /// The commands, each as it is typed after `cargo xtask`.
    commands: &'a [&'a str],
    gives_way: bool,
}

/// A command that was started.
struct Job<'a> {
    command: &'a str,
    output: PathBuf,
    started: Instant,
}

enum News<'a> {
    Started(Job<'a>),
    Ended(&'a str, anyhow::Result<()>),
}

/// Runs the lanes. When a command has failed, no other is started, but those that run are waited for.
pub fn run(shell: &Shell, lanes: &[Lane]) -> anyhow::Result<()> {
    let root = shell.current_dir();
    let folder = shell.create_dir(OUTPUT)?;
    let has_failed = AtomicBool::new(false);
    let left = Left::new(lanes);
    let (tell, news) = mpsc::channel();
    std::thread::scope(|scope| {
        for number in 0..lanes.len() {
            let (tell, root, folder, has_failed) = (tell.clone(), &root, &folder, &has_failed);
            let left = &left;
            let commands = std::iter::from_fn(move || left.next(number));
            scope.spawn(move || run_lane(commands, root, folder, has_failed, &tell));
        }
        drop(tell);
        let mut jobs: Vec<Job> = Vec::new();
        let mut outcome = Ok(());
        loop {
            match news.recv_timeout(INTERVAL) {
                Ok(News::Started(job)) => {
                    println!("\n== cargo xtask {}: started", job.command);
                    jobs.push(job);
                }
                Ok(News::Ended(command, result)) => {
                    let index = jobs.iter().position(|job| job.command == command);
                    if let Some(job) = index.map(|index| jobs.swap_remove(index)) {
                        job.show(result.is_ok());
                    }
                    outcome = outcome.and(result);
                }
                Err(RecvTimeoutError::Timeout) => jobs.iter().for_each(Job::show_progress),
                Err(RecvTimeoutError::Disconnected) => return outcome,
            }
        }
    })
}

/// The commands that no lane has begun.
struct Left<'a>(Mutex<Vec<VecDeque<Command<'a>>>>);

/// A command, as it is typed after `cargo xtask`, and whether it gives way to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Command<'a> {
    text: &'a str,
    gives_way: bool,
}

impl<'a> Left<'a> {
    fn new(lanes: &[Lane<'a>]) -> Left<'a> {
        let commands = |&Lane { commands, gives_way }| {
            commands.iter().map(|&text| Command { text, gives_way }).collect()
        };
        Left(Mutex::new(lanes.iter().map(commands).collect()))
    }

    /// The next command for the lane of this number: its own first one, else the last one of whoever has the most.
    fn next(&self, number: usize) -> Option<Command<'a>> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = left.get_mut(number).and_then(VecDeque::pop_front);
        own.or_else(|| left.iter_mut().max_by_key(|commands| commands.len())?.pop_back())
    }
}

fn run_lane<'a>(
    commands: impl Iterator<Item = Command<'a>>,
    root: &Path,
    folder: &Path,
    has_failed: &AtomicBool,
    tell: &Sender<News<'a>>,
) {
    for command in commands {
        if has_failed.load(Ordering::Relaxed) {
            return;
        }
        let Command { text, gives_way } = command;
        let output = folder.join(format!("{}.txt", text.replace([' ', '/'], "_")));
        let job = Job { command: text, output: output.clone(), started: Instant::now() };
        // The receiver exists until every lane has ended.
        let _ = tell.send(News::Started(job));
        let result = run_command(text, root, &output, gives_way);
        has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
        let _ = tell.send(News::Ended(text, result));
    }
}

fn run_command(command: &str, root: &Path, output: &Path, gives_way: bool) -> anyhow::Result<()> {
    let this = std::env::current_exe()?;
    // Windows has no such program; there the priority stays as it is.
    let mut process = match which::which("nice").ok().filter(|_| gives_way) {
        Some(nice) => {
            let mut process = process::Command::new(nice);
            process.args(["-n", "10"]).arg(this);
            process
        }
        None => process::Command::new(this),
    };
    let file = File::create(output)?;
    process.current_dir(root).args(command.split(' ')).stdout(file.try_clone()?).stderr(file);
    let status = process.status().context("xtask could not be started again")?;
    ensure!(status.success(), "`cargo xtask {command}` failed, see what it printed above");
    Ok(())
}

impl<'a> Lane<'a> {
    pub fn new(commands: &'a [&'a str]) -> Lane<'a> {
        Lane { gives_way: false, commands }
    }

    /// Makes a lane whose commands run with a lower priority than the other lane.
    pub fn giving_way(commands: &'a [&'a str]) -> Lane<'a> {
        Lane { gives_way: true, commands }
    }
}

impl Job<'_> {
    fn text(&self) -> String {
        let bytes = fs::read(&self.output).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn took(&self) -> String {
        format!("{:.0} s", self.started.elapsed().as_secs_f64())
    }

    /// Prints the whole output of the command.
    fn show(&self, is_success: bool) {
        let how = if is_success { "done" } else { "FAILED" };
        let Job { command, .. } = self;
        println!("\n== cargo xtask {command}: {how} in {}. It printed:", self.took());
        println!("{}", self.text().trim_end());
    }

    /// Prints a line that says how long the command has run, and its last line of output.
    fn show_progress(&self) {
        let text = self.text();
        let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        let line: String = last.trim().chars().take(LINE).collect();
        println!("   {} after {}: {line}", self.command, self.took());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs lanes with the tests' own program in place of xtask. Gives the outcome, and the names of the output files.
    fn outcome(lanes: &[Lane]) -> (Result<(), String>, Vec<String>) {
        let shell = Shell::new().unwrap();
        let folder = shell.create_temp_dir().unwrap();
        shell.change_dir(folder.path());
        let result = run(&shell, lanes).map_err(|error| error.to_string());
        let files = shell.read_dir(OUTPUT).unwrap();
        let name = |file: &PathBuf| file.file_name().unwrap().to_string_lossy().into_owned();
        (result, files.iter().map(name).collect())
    }

    #[test]
    fn every_command_of_every_lane_runs() {
        let lanes = [Lane::new(&["--list", "--list --ignored"]), Lane::giving_way(&["--help"])];
        let (result, outputs) = outcome(&lanes);
        assert_eq!(result, Ok(()));
        assert_eq!(outputs, ["--help.txt", "--list.txt", "--list_--ignored.txt"]);
    }

    #[test]
    fn a_lane_without_commands_takes_the_last_ones_of_the_longest() {
        let lanes = [Lane::giving_way(&["a"]), Lane::new(&["b", "c", "d"]), Lane::new(&["e", "f"])];
        let left = Left::new(&lanes);
        let next = |number| left.next(number).map(|command| (command.text, command.gives_way));
        assert_eq!([next(0), next(0)], [Some(("a", true)), Some(("d", false))]);
        assert_eq!([next(2), next(2)], [Some(("e", false)), Some(("f", false))]);
        assert_eq!([next(2), next(1), next(1)], [Some(("c", false)), Some(("b", false)), None]);
    }

    #[test]
    fn what_failed_is_named_and_nothing_is_started_after_it() {
        let (result, outputs) = outcome(&[Lane::giving_way(&["--halp", "--list"])]);
        assert!(result.unwrap_err().starts_with("`cargo xtask --halp` failed"));
        assert_eq!(outputs, ["--halp.txt"]);
    }
}
