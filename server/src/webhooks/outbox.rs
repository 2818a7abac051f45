//! What is still to be sent, in the data file: a call and the message about it are one transaction, so neither
//! is without the other, whenever the service dies.

use rusqlite::{Connection, OptionalExtension};
use wmpf_voip::secret::Secret;

use super::event::Event;
use crate::domain::failure::Failure;

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The mini-program.
    pub(super) app_id: String,
    /// The call that it is about.
    pub(super) room_id: String,
}

/// A message, and where it goes now.
pub(super) struct Message {
    pub(super) webhook_id: String,
    pub(super) body: String,
    /// There is none if the operator has deleted the webhook.
    pub(super) target: Option<Target>,
    pub(super) rings_until: i64,
    /// Whether the call was answered or has ended.
    pub(super) settled: bool,
}

/// A webhook.
pub(super) struct Target {
    pub(super) url: String,
    pub(super) secret: Secret<Vec<u8>>,
}

/// Puts a message in.
///
/// # Errors
/// When it cannot be written as JSON, or the store fails.
pub(crate) fn add(db: &Connection, event: &Event<'_>) -> Result<Delivery, Failure> {
    db.prepare_cached("INSERT INTO outbox (room_id, webhook_id, body) VALUES (?1, ?2, ?3)")?
        .execute((event.data.room_id, &event.id, serde_json::to_string(event)?))?;
    let (app_id, room_id) = (event.data.app_id.to_owned(), event.data.room_id.to_owned());
    Ok(Delivery { app_id, room_id })
}

/// Everything that waits, oldest first.
///
/// # Errors
/// When the store fails.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Delivery>> {
    let mut statement = db.prepare(
        "SELECT app_id, room_id FROM outbox JOIN calls USING (room_id) ORDER BY created_at",
    )?;
    let rows = statement
        .query_map([], |row| Ok(Delivery { app_id: row.get(0)?, room_id: row.get(1)? }))?;
    rows.collect()
}

/// The message about a call, if it still waits.
pub(super) fn find(db: &Connection, room_id: &str) -> rusqlite::Result<Option<Message>> {
    db.prepare_cached(
        "SELECT webhook_id, body, rings_until,
            state <> 'ringing', url, secret
         FROM outbox JOIN calls USING (room_id) LEFT JOIN webhooks USING (app_id)
         WHERE room_id = ?1",
    )?
    .query_row([room_id], |row| {
        let url: Option<String> = row.get(4)?;
        let target = match url {
            Some(url) => Some(Target { url, secret: Secret::new(row.get(5)?) }),
            None => None,
        };
        Ok(Message {
            webhook_id: row.get(0)?,
            body: row.get(1)?,
            rings_until: row.get(2)?,
            settled: row.get(3)?,
            target,
        })
    })
    .optional()
}

/// Takes a message out.
pub(super) fn remove(db: &Connection, room_id: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM outbox WHERE room_id = ?1")?.execute([room_id])?;
    Ok(())
}
