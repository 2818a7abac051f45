//! What tells a file from every other one of this machine, by whichever name it is reached.

#[cfg(unix)]
use std::fs;
use std::path::Path;

/// What tells a file from every other one of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    number: u64,
}

impl FileId {
    /// What identifies the file at `path`. `None` if there is none, and on systems where a path says nothing of it.
    ///
    /// It only looks: to open and close the data file would free the locks that SQLite has on it.
    #[cfg(unix)]
    #[must_use]
    pub fn of(path: &Path) -> Option<FileId> {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path).ok()?;
        Some(FileId { device: file.dev(), number: file.ino() })
    }

    /// Windows lets nobody delete or replace a file that SQLite has open.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(_: &Path) -> Option<FileId> {
        None
    }
}
