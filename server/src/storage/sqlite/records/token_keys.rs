//! The keys that sign tokens, as rows.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::domain::records::Tokens;
use crate::domain::records::token_key::{FIRST_KEY, TokenKeyBody, TokenKeyKey};
use crate::domain::signing_key::SigningKey;

/// The length of a key, in bytes.
const LENGTH: usize = 32;

fn new_key() -> [u8; LENGTH] {
    rand::random()
}

fn body(row: &Row<'_>, index: usize) -> rusqlite::Result<TokenKeyBody> {
    Ok(TokenKeyBody { created_at: row.get(index)? })
}

/// What is known of a key. `None` if there is no such key.
///
/// # Errors
/// When SQLite fails.
pub fn find(db: &Connection, key: &TokenKeyKey) -> rusqlite::Result<Option<TokenKeyBody>> {
    const SQL: &str = "SELECT created_at FROM token_keys WHERE app_id = ?1 AND key_id = ?2";
    db.query_row(SQL, [&key.app_id, &key.key_id], |row| body(row, 0)).optional()
}

/// The keys of a mini-program, the newest first.
///
/// # Errors
/// When SQLite fails.
pub fn list(db: &Connection, app_id: &str) -> rusqlite::Result<Vec<(TokenKeyKey, TokenKeyBody)>> {
    const SQL: &str =
        "SELECT key_id, created_at FROM token_keys WHERE app_id = ?1 ORDER BY number DESC";
    let mut statement = db.prepare_cached(SQL)?;
    let rows = statement.query_map([app_id], |row| {
        Ok((TokenKeyKey { app_id: app_id.to_owned(), key_id: row.get(0)? }, body(row, 1)?))
    })?;
    rows.collect()
}

/// Makes a key, and gives it.
///
/// # Errors
/// When SQLite fails, or there is a key with this name.
pub fn make(db: &Connection, key: &TokenKeyKey) -> rusqlite::Result<Vec<u8>> {
    const SQL: &str = "INSERT INTO token_keys (app_id, key_id, key, created_at)
        VALUES (?1, ?2, ?3, CAST(unixepoch('subsec') * 1000 AS INTEGER))";
    let made = new_key();
    db.prepare_cached(SQL)?.execute((&key.app_id, &key.key_id, made))?;
    Ok(made.to_vec())
}

/// Makes the first key of a mini-program, if it has none.
///
/// # Errors
/// When SQLite fails.
pub fn make_first(db: &Connection, app_id: &str) -> rusqlite::Result<()> {
    if list(db, app_id)?.is_empty() {
        make(db, &TokenKeyKey { app_id: app_id.to_owned(), key_id: FIRST_KEY.into() })?;
    }
    Ok(())
}

/// Deletes a key.
///
/// # Errors
/// When SQLite fails.
pub fn delete(db: &Connection, key: &TokenKeyKey) -> rusqlite::Result<()> {
    const SQL: &str = "DELETE FROM token_keys WHERE app_id = ?1 AND key_id = ?2";
    db.execute(SQL, [&key.app_id, &key.key_id])?;
    Ok(())
}

/// The keys that sign the tokens of a mini-program. There are none if there is no such mini-program.
///
/// # Errors
/// When SQLite fails.
pub fn tokens(db: &Connection, app_id: &str) -> rusqlite::Result<Tokens> {
    const SQL: &str = "SELECT number, key FROM token_keys JOIN apps USING (app_id)
        WHERE app_id = ?1 AND NOT deleted";
    let mut statement = db.prepare_cached(SQL)?;
    let rows =
        statement.query_map([app_id], |row| Ok(SigningKey::new(row.get(0)?, row.get(1)?)))?;
    Ok(Tokens::Keys { app_id: app_id.to_owned(), keys: rows.collect::<rusqlite::Result<_>>()? })
}
