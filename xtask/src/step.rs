//! Says which step runs and how long it took.

use std::time::Instant;

/// Runs one step under a heading.
pub fn step<T>(what: &str, run: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("\n== {what}");
    let started = Instant::now();
    let result = run();
    let how = if result.is_ok() { "done" } else { "FAILED" };
    println!("== {what}: {how} in {:.1} s", started.elapsed().as_secs_f64());
    result
}
