//! Webhooks as rows.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};
use wmpf_voip_calls::event_type::EventType;

use crate::storage::WebhookRecord;

/// A mini-program's webhook, and the secret that signs its messages.
///
/// # Errors
/// When SQLite fails.
pub fn find(db: &Connection, app_id: &str) -> rusqlite::Result<Option<(WebhookRecord, Vec<u8>)>> {
    const SQL: &str = "SELECT events, url, secret FROM webhooks WHERE app_id = ?1";
    db.query_row(SQL, [app_id], |row| {
        Ok((WebhookRecord { events: read(row)?, url: row.get(1)? }, row.get(2)?))
    })
    .optional()
}

/// The types of messages that the webhook of a mini-program gets. `None` if it has none.
///
/// # Errors
/// When SQLite fails.
pub fn events(db: &Connection, app_id: &str) -> rusqlite::Result<Option<Vec<EventType>>> {
    db.prepare_cached("SELECT events FROM webhooks WHERE app_id = ?1")?
        .query_row([app_id], read)
        .optional()
}

/// Sets a mini-program's webhook, and the secret that signs its messages.
///
/// # Errors
/// When SQLite fails.
pub fn write(
    db: &Connection,
    app_id: &str,
    webhook: &WebhookRecord,
    secret: &[u8],
) -> rusqlite::Result<()> {
    const SQL: &str = "INSERT INTO webhooks (app_id, url, secret, events) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET url = ?2, secret = ?3, events = ?4";
    let words: Vec<&str> = webhook.events.iter().map(|one| one.as_str()).collect();
    db.execute(SQL, (app_id, &webhook.url, secret, words.join(" ")))?;
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

/// The types in the first column.
fn read(row: &Row<'_>) -> rusqlite::Result<Vec<EventType>> {
    let words: String = row.get(0)?;
    let events = words.split(' ').map(str::parse).collect::<Result<_, String>>();
    events.map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}
