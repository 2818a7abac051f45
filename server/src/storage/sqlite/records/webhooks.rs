//! Webhooks as rows.

use rusqlite::{Connection, OptionalExtension};

/// The URL of a mini-program's webhook, and the secret that signs its messages.
///
/// # Errors
/// When SQLite fails.
pub fn find(db: &Connection, app_id: &str) -> rusqlite::Result<Option<(String, Vec<u8>)>> {
    const SQL: &str = "SELECT url, secret FROM webhooks WHERE app_id = ?1";
    db.query_row(SQL, [app_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// Sets the URL and the secret of a mini-program's webhook.
///
/// # Errors
/// When SQLite fails.
pub fn write(db: &Connection, app_id: &str, url: &str, secret: &[u8]) -> rusqlite::Result<()> {
    const SQL: &str = "INSERT INTO webhooks (app_id, url, secret) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET url = ?2, secret = ?3";
    db.execute(SQL, (app_id, url, secret))?;
    Ok(())
}

/// Deletes the webhook of a mini-program, if there is one.
///
/// # Errors
/// When SQLite fails.
pub fn delete(db: &Connection, app_id: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM webhooks WHERE app_id = ?1", [app_id])?;
    Ok(())
}
