//! The storage engine that keeps everything in a SQLite file.

mod administration;
mod calls;
pub mod facts;
pub mod look_ups;
mod outbox;
pub mod records;
pub mod store;
pub mod writes;

use std::sync::Arc;

use crate::storage::StoreError;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Engine(Arc::new(error))
    }
}

#[cfg(test)]
mod checks_tests;
#[cfg(test)]
mod creation_tests;
#[cfg(test)]
mod seeded;
