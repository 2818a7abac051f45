//! The schema of the data file: whether a file has it, and bringing it up to date.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::storage::StoreError;

/// The SQL that makes each schema version out of the one before, oldest first.
pub(super) const MIGRATIONS: [&str; 17] = [
    include_str!("schema.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
    include_str!("schema-7.sql"),
    include_str!("schema-8.sql"),
    include_str!("schema-9.sql"),
    include_str!("schema-10.sql"),
    include_str!("schema-11.sql"),
    include_str!("schema-12.sql"),
    include_str!("schema-13.sql"),
    include_str!("schema-14.sql"),
    include_str!("schema-15.sql"),
    include_str!("schema-16.sql"),
    include_str!("schema-17.sql"),
];

/// The schema version of a file to which all migrations were applied.
pub(super) const SCHEMA_VERSION: u16 = MIGRATIONS.len() as u16;

/// What says in the head of a SQLite file that it is a data file of this service: "wmpv" in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x776d_7076;

/// Tables that a data file has since the first version, which did not say in its head what it is.
const FIRST_TABLES: &str =
    "'apps', 'models', 'devices', 'users', 'authorisations', 'payment_users', 'contacts', 'calls'";
const FIRST_TABLES_COUNT: u32 = 8;

/// Whether the file that is open is new, or a data file of this service. It is only read.
///
/// # Errors
/// When it is another file, or SQLite fails.
pub(super) fn check(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let not_ours = |why| Err(StoreError::NotOurs(path.to_owned(), why));
    let id: i32 = match db.pragma_query_value(None, "application_id", |row| row.get(0)) {
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return not_ours("it is no SQLite file");
        }
        other => other?,
    };
    let version: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let (all, first): (u32, u32) = db.query_row(
        &format!(
            "SELECT count(*), count(*) FILTER (WHERE type = 'table' AND name IN ({FIRST_TABLES}))
             FROM sqlite_schema"
        ),
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    match (id, version) {
        (APPLICATION_ID, _) => Ok(()),
        (0, 0) if all == 0 => Ok(()),
        (0, 1..) if first == FIRST_TABLES_COUNT => Ok(()),
        (0, _) => not_ours("it is a SQLite file with other tables"),
        (_, _) => not_ours("it is a SQLite file of another program"),
    }
}

/// Applies the migrations that the file lacks. Nothing is changed if one fails.
///
/// # Errors
/// When a newer version has written the file, or SQLite fails.
pub(super) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u16 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let missing = MIGRATIONS
        .get(usize::from(version)..)
        .ok_or(StoreError::TooNew { found: version, known: SCHEMA_VERSION })?;
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    Ok(transaction.commit()?)
}
