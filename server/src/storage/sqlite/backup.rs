//! A copy of a data file, which a service may be using meanwhile.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::data_file::create_new_private;
use super::schema;
use crate::storage::StoreError;

/// How long to wait where somebody else has the data file locked, as a service that is just starting.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data file cannot be read.
    #[error(transparent)]
    Data(#[from] StoreError),
    /// There is no such data file.
    #[error("the data file {}: there is none; name the one to copy with --data or WMPF_VOIP_DATA", .0.display())]
    Missing(PathBuf),
    /// There is a file already where the copy would be.
    #[error("{}: there is such a file already, and nothing is overwritten: choose another name", .0.display())]
    There(PathBuf),
    /// The copy cannot be written.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    Write(PathBuf, io::Error),
    /// SQLite says of the copy that it is damaged, and so is the data file.
    #[error("the data file is damaged, and was not copied: {0}")]
    Damaged(String),
}

/// Copies all that was committed at one moment into a new file, which only this user can read, and checks it. It is on disk
/// when this returns; if it fails, there is none. Gives the length of the copy, in bytes.
///
/// # Errors
/// Why there is no copy.
pub fn back_up(data: &Path, copy: &Path) -> Result<u64, BackupError> {
    if !data.exists() {
        return Err(BackupError::Missing(data.to_owned()));
    }
    let write = |error: io::Error| BackupError::Write(copy.to_owned(), error);
    create_new_private(copy).map_err(|error| {
        let is_there = error.kind() == io::ErrorKind::AlreadyExists;
        if is_there { BackupError::There(copy.to_owned()) } else { write(error) }
    })?;
    let copied = fill(data, copy).and_then(|()| durable(copy).map_err(write));
    if copied.is_err() {
        // It was made here and is of no use. What went wrong before is what has to be said.
        let _ = fs::remove_file(copy);
    }
    copied
}

/// Writes the copy into an empty file.
fn fill(data: &Path, copy: &Path) -> Result<(), BackupError> {
    // Without links, because what SQLite keeps beside a file goes by its name; and no relative path reads like a URI.
    let data = data.canonicalize().map_err(|error| StoreError::File(Arc::new(error)))?;
    let copy = copy.canonicalize().map_err(|error| BackupError::Write(copy.to_owned(), error))?;
    copy_all(&data, &copy)?;
    let said = checked(&copy).map_err(StoreError::from)?;
    if said == "ok" { Ok(()) } else { Err(BackupError::Damaged(said)) }
}

fn copy_all(data: &Path, copy: &Path) -> Result<(), StoreError> {
    // It is only read, but a connection that may not write would leave its files beside that of a service that does not run.
    let connection = Connection::open_with_flags(data, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    schema::check(&connection, data)?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        return Err(StoreError::NotOurs(data.to_owned(), "there is nothing in it"));
    }
    connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
    Ok(())
}

/// What SQLite says of a file: `ok`, or the first thing that is wrong with it.
fn checked(copy: &Path) -> rusqlite::Result<String> {
    let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
}

/// Waits until the file and its name are on disk, which SQLite does not do for a copy. Gives the file's length.
fn durable(copy: &Path) -> io::Result<u64> {
    let file = File::open(copy)?;
    file.sync_all()?;
    #[cfg(unix)]
    if let Some(folder) = copy.canonicalize()?.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(file.metadata()?.len())
}
