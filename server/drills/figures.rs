//! What is measured.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::common::program::Program;

/// The open files of the service's process.
pub(crate) fn open_files(program: &Program) -> usize {
    let pid = program.child.id().unwrap();
    std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}

/// The length of the write-ahead log of a data file, in bytes.
pub(crate) fn wal_bytes(data: &Path) -> u64 {
    std::fs::metadata(wal(data)).map_or(0, |wal| wal.len())
}

/// The write-ahead log of a data file.
pub(crate) fn wal(data: &Path) -> PathBuf {
    data.with_extension("sqlite-wal")
}

/// The value below which so many percent of these times are, in milliseconds.
pub(crate) fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[at].as_secs_f64() * 1000.0
}
