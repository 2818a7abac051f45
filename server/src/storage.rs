//! What is stored: a storage engine reads the facts of an operation, lets it decide, and writes what it has decided, all in
//! one transaction.

pub mod sqlite;

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::records::RecordId;

/// Why the store could not do its part.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The engine failed.
    #[error("the data file: {0}")]
    Engine(Arc<dyn Error + Send + Sync>),
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
    #[error("the data file has schema version {found}, and this program knows only {known}")]
    TooNew {
        /// That of the file.
        found: u16,
        /// The newest that this program knows.
        known: u16,
    },
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

/// What became of writing a record.
#[derive(Debug)]
pub enum Put {
    /// It is new.
    Created,
    /// It took the place of what was there.
    Changed,
    /// What it refers to is not there.
    Missing(RecordId),
    /// It cannot be there beside this one.
    Conflict(RecordId),
}

/// What became of deleting a record.
#[derive(Debug)]
pub enum Deleted {
    /// It is not there any more.
    Done,
    /// It was not there.
    Missing,
    /// So many records of these kinds are in the way.
    InTheWay(Vec<(u32, &'static str)>),
}

/// What became of adding minutes.
#[derive(Debug)]
pub enum Added {
    /// So many are there now.
    Left(i64),
    /// There is no such mini-program.
    Missing,
    /// There would be more than anybody can have.
    TooMany,
}

/// What became of setting a webhook.
#[derive(Debug)]
pub enum WebhookSet {
    /// It is new; with the secret that was made for it.
    Created(Option<Vec<u8>>),
    /// It was changed.
    Changed,
    /// There is no such mini-program.
    Missing,
}

/// What is known of a webhook.
#[derive(Debug)]
pub enum WebhookFound {
    /// Where messages go.
    At(String),
    /// The mini-program has none.
    None,
    /// There is no such mini-program.
    NoApp,
}
