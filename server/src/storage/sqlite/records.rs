//! The operator's records as rows.

pub mod apps;
mod authorisations;
mod contacts;
mod devices;
mod models;
mod payment_users;
mod users;
pub mod webhooks;

use rusqlite::Connection;

use crate::domain::records::{Page, RecordId, RecordKey, TokenKey};

/// A record that is stored as a row.
pub trait Rows: RecordKey {
    /// Reads it.
    ///
    /// # Errors
    /// When SQLite fails.
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<Self::Body>>;

    /// Whether there is such a record.
    ///
    /// # Errors
    /// When SQLite fails.
    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(self.find(db)?.is_some())
    }

    /// Another record that there cannot be beside this one.
    ///
    /// # Errors
    /// When SQLite fails.
    fn conflict(&self, _: &Connection) -> rusqlite::Result<Option<RecordId>> {
        Ok(None)
    }

    /// Creates or changes it.
    ///
    /// # Errors
    /// When SQLite fails.
    fn write(&self, db: &Connection, body: &Self::Body) -> rusqlite::Result<()>;

    /// How many records of which kinds are in the way of deleting it.
    ///
    /// # Errors
    /// When SQLite fails.
    fn in_the_way(&self, _: &Connection) -> rusqlite::Result<Vec<(u32, &'static str)>> {
        Ok(Vec::new())
    }

    /// Deletes it, and what has no meaning without it.
    ///
    /// # Errors
    /// When SQLite fails.
    fn delete(&self, db: &Connection) -> rusqlite::Result<()>;

    /// Those of `of`, in the order of their ids.
    ///
    /// # Errors
    /// When SQLite fails.
    fn list(
        db: &Connection,
        of: &Self::Of,
        page: &Page,
    ) -> rusqlite::Result<Vec<(Self, Self::Body)>>;

    /// The key that signs an app's tokens now, where a change of this record can be one of the key.
    ///
    /// # Errors
    /// When SQLite fails.
    fn token_key(&self, _: &Connection) -> rusqlite::Result<Option<TokenKey>> {
        Ok(None)
    }
}

/// Whether there is such a record, whatever its kind.
///
/// # Errors
/// When SQLite fails.
pub fn exists(db: &Connection, id: &RecordId) -> rusqlite::Result<bool> {
    match id {
        RecordId::WholeService => Ok(true),
        RecordId::App(key) => key.exists(db),
        RecordId::Model(key) => key.exists(db),
        RecordId::Device(key) => key.exists(db),
        RecordId::User(key) => key.exists(db),
        RecordId::Authorisation(key) => key.exists(db),
        RecordId::PaymentUser(key) => key.exists(db),
        RecordId::Contact(key) => key.exists(db),
    }
}
