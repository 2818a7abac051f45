//! The messages that are still to be sent. They are in the data file: a call and the message about it are stored in
//! one transaction, so neither is stored without the other, whenever the service dies.

use rusqlite::{Connection, OptionalExtension};
use wmpf_voip::secret::Secret;

use crate::domain::message::{Delivery, Message, Target};

/// How many messages are read at once.
const AT_ONCE: u32 = 256;

/// The first messages that wait to be sent about rooms after this one, in the order of the rooms' ids, which is that of time
/// in each app.
///
/// # Errors
/// When SQLite fails.
pub fn after(db: &Connection, room_id: &str) -> rusqlite::Result<Vec<Delivery>> {
    let mut statement = db.prepare_cached(
        "SELECT app_id, room_id FROM outbox JOIN calls USING (room_id)
         WHERE room_id > ?1 ORDER BY room_id LIMIT ?2",
    )?;
    let rows = statement.query_map((room_id, AT_ONCE), |row| {
        Ok(Delivery { app_id: row.get(0)?, room_id: row.get(1)? })
    })?;
    rows.collect()
}

/// The message about a call, if it still waits to be sent.
///
/// # Errors
/// When SQLite fails.
pub fn find(db: &Connection, room_id: &str) -> rusqlite::Result<Option<Message>> {
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

/// Deletes the message about a call.
///
/// # Errors
/// When SQLite fails.
pub fn remove(db: &Connection, room_id: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM outbox WHERE room_id = ?1")?.execute([room_id])?;
    Ok(())
}
