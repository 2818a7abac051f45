//! The storage engine that keeps everything in a SQLite file.

mod administration;
mod audit;
mod audit_record;
pub mod backup;
mod calls;
mod connection;
mod data_file;
mod deleted_parties;
mod deleted_persons;
pub mod facts;
pub mod look_ups;
mod messages;
mod outbox;
mod probe;
pub mod records;
mod schema;
pub mod store;
mod sweep;
pub mod writes;

use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::storage::StoreError;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full(Arc::new(error)),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Damaged(Arc::new(error))
            }
            Some(_) | None => StoreError::Engine(Arc::new(error)),
        }
    }
}

#[cfg(test)]
mod checks_tests;
#[cfg(test)]
mod creation_tests;
#[cfg(test)]
mod seeded;
#[cfg(test)]
mod statements_tests;
#[cfg(test)]
mod store_tests;
