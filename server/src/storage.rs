//! The storage room. A storage engine reads the facts of an operation, lets it decide, and writes what it has decided,
//! all in one transaction.

pub mod call_list;
pub mod readiness;
pub mod sqlite;
pub(crate) mod sweeper;

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use wmpf_voip_calls::event_type::EventType;

use crate::domain::message::Delivery;
use crate::domain::records::RecordId;
use crate::domain::records::token_key::TokenKeyBody;

/// Why the store has failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The engine failed.
    #[error("the data file: {0}")]
    Engine(Arc<dyn Error + Send + Sync>),
    /// The disk has no room.
    #[error("the data file: {0}: make room on its disk")]
    Full(Arc<dyn Error + Send + Sync>),
    /// The engine cannot read what stands in the data file.
    #[error("the data file is damaged: {0}: stop the service, and put back a copy of the file")]
    Damaged(Arc<dyn Error + Send + Sync>),
    /// Other work has found the data file damaged.
    #[error("the data file is damaged: stop the service, and put back a copy of the file")]
    WasDamaged,
    /// The data file, or the one beside it that belongs to it, was deleted or replaced.
    #[error(
        "{}: the file was deleted or replaced while the service uses it, and what is written now will be lost: \
         put the file back, or stop the service and put back a copy",
        .0.display()
    )]
    Moved(PathBuf),
    /// The data file cannot be created.
    #[error("the data file: {0}")]
    File(Arc<io::Error>),
    /// Another service uses the data file.
    #[error(
        "the data file {}: another service uses it; stop that one, or choose another file with --data or WMPF_VOIP_DATA",
        .0.display()
    )]
    InUse(PathBuf),
    /// Another service uses the data file, which it knows by another name.
    #[error(
        "the data file {}: another service uses it by another name, such as a hard link or a mount of it; stop that one, or \
         choose another file with --data or WMPF_VOIP_DATA. What SQLite keeps beside a file goes by its name, so use one name only",
        .0.display()
    )]
    InUseByAnotherName(PathBuf),
    /// The data file is not a service's.
    #[error(
        "the data file {path} is not one of this service: {why}; choose another file with --data or WMPF_VOIP_DATA",
        path = .0.display(), why = .1
    )]
    NotOurs(PathBuf, &'static str),
    /// The data file is empty or missing, and something beside it says that it had data.
    #[error(
        "the data file {} is empty, and {} beside it says that it was not: put back a copy of the data file, or delete \
         that one, too, to begin with nothing",
        data.display(), witness.display()
    )]
    Emptied {
        /// The data file.
        data: PathBuf,
        /// The file that says so.
        witness: PathBuf,
    },
    /// The data file does not have everything by itself, because somebody else reads it.
    #[error(
        "somebody else reads the data file, so that what was written last is still in the file beside it with -wal after its \
         name: keep the two together"
    )]
    NotWhole,
    /// The lock file, which keeps other services from the data file, cannot be created or locked.
    #[error("the lock file {path}: {error}", path = .0.display(), error = .1)]
    Lock(PathBuf, Arc<io::Error>),
    /// The data file was written by a newer version of this program.
    #[error("the data file has schema version {found}, and this program knows only {known}")]
    TooNew {
        /// The schema version of the file.
        found: u16,
        /// The newest schema version that this program knows.
        known: u16,
    },
    /// The store's thread could not be started.
    #[error("the store's thread: {0}")]
    Thread(Arc<io::Error>),
    /// The work panicked, which is a mistake in this program. Standard error says where.
    #[error("the work panicked")]
    Panicked,
    /// The store's thread has ended, or could not begin the transaction. The log says why.
    #[error("the store did not take the work")]
    Stopped,
    /// A stored call cannot be read, or a call cannot be written, as JSON.
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
    /// The rules forbid the operation.
    #[error(transparent)]
    Rules(#[from] wmpf_voip_calls::failure::Failure),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An error that may be the store's.
pub(crate) trait OfStore: From<StoreError> {
    /// The store's error, if it is that.
    fn of_store(&self) -> Option<&StoreError>;
}

impl OfStore for StoreError {
    fn of_store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl OfStore for Undone {
    fn of_store(&self) -> Option<&StoreError> {
        match self {
            Undone::Rules(_) => None,
            Undone::Store(error) => Some(error),
        }
    }
}

/// The result of writing a record.
#[derive(Debug)]
pub enum Put {
    /// The record is new.
    Created,
    /// The record has replaced an earlier one.
    Changed,
    /// The record refers to another one that is missing.
    Missing(RecordId),
    /// The record cannot exist beside another one.
    Conflict(RecordId),
}

/// The result of deleting a record.
#[derive(Debug)]
pub enum Deleted {
    /// The record was deleted.
    Done,
    /// There was no such record.
    Missing,
    /// Other records have to be deleted first: how many, and of which kind.
    InTheWay(Vec<(u32, &'static str)>),
}

/// The result of making a key that signs tokens.
#[derive(Debug)]
pub enum TokenKeyPut {
    /// The key is new: what is known of it, and the key itself.
    Made(TokenKeyBody, Vec<u8>),
    /// There is a key of this name already.
    There(TokenKeyBody),
    /// The mini-program has as many keys as it can have.
    TooMany,
    /// There is no such mini-program.
    NoApp,
}

/// The result of deleting a key that signs tokens.
#[derive(Debug)]
pub enum TokenKeyDeleted {
    /// The key was deleted.
    Done,
    /// There was no such key.
    Missing,
    /// The mini-program has no other key.
    IsTheOnlyOne,
}

/// The result of adding minutes.
#[derive(Debug)]
pub enum Added {
    /// The minutes that the mini-program has now.
    Left(i64),
    /// There is no such mini-program.
    Missing,
    /// The mini-program would have more minutes than the maximum.
    TooMany,
    /// The mini-program would have fewer minutes than its overdraft permits.
    TooFew,
}

/// A webhook, without what signs its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRecord {
    /// The URL to which messages are sent.
    pub url: String,
    /// The types of messages that are sent, in their order.
    pub events: Vec<EventType>,
}

/// The result of queueing a message again.
#[derive(Debug)]
pub enum Resent {
    /// It is queued; this is what the log says of it now.
    Queued(Delivery),
    /// There is no such message any more.
    NoMessage,
    /// The mini-program has no webhook.
    NoWebhook,
    /// There is no such mini-program.
    NoApp,
}

/// The result of setting a webhook.
#[derive(Debug)]
pub enum WebhookSet {
    /// The webhook is new. The secret is given if the service has made it.
    Created(WebhookRecord, Option<Vec<u8>>),
    /// The webhook was changed.
    Changed(WebhookRecord),
    /// There is no such mini-program.
    Missing,
}

/// The result of looking up a webhook.
#[derive(Debug)]
pub enum WebhookFound {
    /// The webhook.
    There(WebhookRecord),
    /// The mini-program has no webhook.
    None,
    /// There is no such mini-program.
    NoApp,
}
