//! What is stored: a storage engine reads the facts of an operation, lets it decide, and writes what it has decided, all in
//! one transaction.

pub mod sqlite;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::storage::sqlite::store::SCHEMA_VERSION;

/// Why the store could not do its part.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the data file: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    /// The file cannot be created.
    #[error("the data file: {0}")]
    File(Arc<io::Error>),
    /// Another service has the file.
    #[error(
        "the data file {}: another service uses it; stop that one, or choose another file with --data or WMPF_VOIP_DATA",
        .0.display()
    )]
    InUse(PathBuf),
    /// The file that keeps other services away cannot be created or locked.
    #[error("the lock file {path}: {error}", path = .0.display(), error = .1)]
    Lock(PathBuf, Arc<io::Error>),
    /// A newer version of this program has written the file.
    #[error("the data file has schema version {0}, and this program knows only {SCHEMA_VERSION}")]
    TooNew(u16),
    /// The thread could not be started.
    #[error("the store's thread: {0}")]
    Thread(Arc<io::Error>),
    /// The work is wrong in itself; where is on standard error.
    #[error("the work panicked")]
    Panicked,
    /// The thread is gone, or could not begin; why is in the log.
    #[error("the store did not take the work")]
    Stopped,
    /// What is stored of a call cannot be read or written as JSON.
    #[error("a stored call: {0}")]
    Unreadable(Arc<serde_json::Error>),
    /// A call was changed by somebody else between reading and writing it.
    #[error("the call was changed meanwhile")]
    Changed,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Sqlite(Arc::new(error))
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> StoreError {
        StoreError::Unreadable(Arc::new(error))
    }
}

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// The rules forbid it.
    #[error(transparent)]
    Rules(#[from] wmpf_voip_calls::failure::Failure),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
