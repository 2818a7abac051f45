//! The records that the operator administers, as rows.

pub mod apps;
mod authorisations;
mod contacts;
mod devices;
mod models;
mod payment_users;
pub mod token_keys;
mod users;
pub mod webhooks;

use rusqlite::Connection;

use wmpf_voip_calls::party::Party;

use crate::domain::records::{Page, RecordId, RecordKey, Tokens};

/// Up to how many records are counted that are in the way of another one, so that nobody waits for the counting.
pub const MAX_COUNTED: u32 = 1000;

/// A kind of record that is stored as rows.
pub trait Rows: RecordKey {
    /// Whether the record is a person's, of whom nothing is to be left once it was deleted.
    const IS_PERSON: bool = false;

    /// Reads the record. `None` if there is none.
    ///
    /// # Errors
    /// When SQLite fails.
    fn find(&self, db: &Connection) -> rusqlite::Result<Option<Self::Body>>;

    /// Whether the record exists.
    ///
    /// # Errors
    /// When SQLite fails.
    fn exists(&self, db: &Connection) -> rusqlite::Result<bool> {
        Ok(self.find(db)?.is_some())
    }

    /// The record that exists and cannot exist beside this one, if there is one.
    ///
    /// # Errors
    /// When SQLite fails.
    fn conflict(&self, _: &Connection) -> rusqlite::Result<Option<RecordId>> {
        Ok(None)
    }

    /// Creates the record, or changes it.
    ///
    /// # Errors
    /// When SQLite fails.
    fn write(&self, db: &Connection, body: &Self::Body) -> rusqlite::Result<()>;

    /// How many other records have to be deleted before this one, by kind. No more than [`MAX_COUNTED`] are counted.
    ///
    /// # Errors
    /// When SQLite fails.
    fn in_the_way(&self, _: &Connection) -> rusqlite::Result<Vec<(u32, &'static str)>> {
        Ok(Vec::new())
    }

    /// Deletes at most `most` of the records that have no meaning without this one. Gives how many there were; fewer than
    /// `most` were the last ones.
    ///
    /// # Errors
    /// When SQLite fails.
    fn delete_some_of_it(&self, _: &Connection, _most: u32) -> rusqlite::Result<u32> {
        Ok(0)
    }

    /// Deletes the record, once there are no records that have no meaning without it.
    ///
    /// # Errors
    /// When SQLite fails.
    fn delete(&self, db: &Connection) -> rusqlite::Result<()>;

    /// A page of the records that belong to `of`, in the order of their ids.
    ///
    /// # Errors
    /// When SQLite fails.
    fn list(
        db: &Connection,
        of: &Self::Parent,
        page: &Page,
    ) -> rusqlite::Result<Vec<(Self, Self::Body)>>;

    /// Whoever has the session tokens of this record, if it is somebody's.
    fn party(&self) -> Option<Party> {
        None
    }

    /// The keys that now sign the tokens of an app, if a change of this record can have changed them.
    ///
    /// # Errors
    /// When SQLite fails.
    fn token_keys(&self, _: &Connection) -> rusqlite::Result<Option<Tokens>> {
        Ok(None)
    }
}

/// Whether a record exists, whatever its kind.
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
        RecordId::TokenKey(key) => Ok(token_keys::find(db, key)?.is_some()),
    }
}

/// How many rows a statement has removed that was allowed to remove so many at most.
pub fn removed(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
