//! The messages to mini-programs' own backends: those that are still to be sent, and the log of those that were. They are in
//! the data file: what happens and the message about it are stored in one transaction, so neither is stored without the
//! other, whenever the service dies.
//!
//! Messages about one subject, such as a call, are sent in their order: only the first of them that waits has a time of its
//! next try, and the one after it gets one when it is done with.
//!
//! The log can be long, so where only those that wait are wanted, statements name the index that has no others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::event::Event;
use wmpf_voip_calls::event_type::EventType;
use wmpf_voip_calls::party::{Party, Role};

use super::deleted_parties;
use super::records::{removed, webhooks};
use crate::domain::message::{Attempt, DeliveriesWanted, Delivery, Message, Outcome, Target, Then};
use crate::storage::StoreError;

/// Up to how many messages that wait are counted, so that nobody waits for the counting.
const MAX_COUNTED: u32 = 100_000;

/// Queues the message about an event, if the mini-program's backend gets messages of this type. Gives whether it does. `now`
/// is in milliseconds since the Unix epoch.
///
/// # Errors
/// When SQLite fails, or the message cannot be written as JSON.
pub fn queue(db: &Connection, event: &Event, now: i64) -> Result<bool, StoreError> {
    let (app_id, kind) = (&event.app_id, event.kind());
    let Some(events) = webhooks::events(db, app_id)? else { return Ok(false) };
    if !events.contains(&kind) {
        return Ok(false);
    }
    let webhook_id = format!("msg_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 18]>()));
    let subject = match &event.room_id {
        Some(room_id) => room_id.clone(),
        None => format!("{} {}", event.open_id, event.device_id),
    };
    db.prepare_cached(
        "INSERT INTO messages (webhook_id, app_id, type, room_id, subject, open_id, device_id, body, happened_at,
            while_rings, next_try_at)
         VALUES (:webhook_id, :app_id, :type, :room_id, :subject, :open_id, :device_id, :body, :happened_at,
            :while_rings, CASE WHEN EXISTS (
                SELECT 1 FROM messages WHERE app_id = :app_id AND subject = :subject AND outcome = 'waiting'
            ) THEN NULL ELSE :now END)",
    )?
    .execute(named_params! {
        ":webhook_id": webhook_id,
        ":app_id": app_id,
        ":type": kind.as_str(),
        ":room_id": &event.room_id,
        ":subject": subject,
        ":open_id": &event.open_id,
        ":device_id": &event.device_id,
        ":body": event.message(&webhook_id)?,
        ":happened_at": event.at.as_millisecond(),
        ":while_rings": kind.is_about_ringing(),
        ":now": now,
    })?;
    Ok(true)
}

/// The appIds of all mini-programs whose backends messages wait for.
///
/// # Errors
/// When SQLite fails.
pub fn apps(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        db.prepare("SELECT DISTINCT app_id FROM messages WHERE next_try_at IS NOT NULL")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The messages of a mini-program that are to be tried first, each with its number and when it is, in milliseconds since the
/// Unix epoch: at most so many about calls that ring, which come first, and as many others.
///
/// # Errors
/// When SQLite fails.
pub fn to_try(db: &Connection, app_id: &str, most: u32) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut first = Vec::new();
    for while_rings in [true, false] {
        let mut statement = db.prepare_cached(
            "SELECT number, next_try_at FROM messages
             WHERE app_id = ?1 AND while_rings = ?2 AND next_try_at IS NOT NULL
             ORDER BY next_try_at LIMIT ?3",
        )?;
        let rows = statement
            .query_map((app_id, while_rings, most), |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            first.push(row?);
        }
    }
    Ok(first)
}

/// The message with this number, if it still waits to be sent.
///
/// # Errors
/// When SQLite fails.
pub fn find(db: &Connection, number: i64) -> rusqlite::Result<Option<Message>> {
    db.prepare_cached(
        "SELECT webhook_id, type, messages.room_id, body, tries, failures, while_rings,
            CASE WHEN state = 'ringing' THEN rings_until ELSE 0 END, url, secret, next_try_at
         FROM messages LEFT JOIN calls ON calls.room_id = messages.room_id
            LEFT JOIN webhooks ON webhooks.app_id = messages.app_id
         WHERE number = ?1 AND outcome = 'waiting'",
    )?
    .query_row([number], |row| {
        let url: Option<String> = row.get(8)?;
        let target = match url {
            Some(url) => Some(Target { url, secret: Secret::new(row.get(9)?) }),
            None => None,
        };
        let rings_until = row.get(7)?;
        Ok(Message {
            number,
            webhook_id: row.get(0)?,
            kind: word(row, 1)?,
            room_id: row.get(2)?,
            body: row.get(3)?,
            target,
            tries: row.get(4)?,
            failures: row.get(5)?,
            rings_until: if row.get(6)? { Some(rings_until) } else { None },
            next_try_at: row.get(10)?,
        })
    })
    .optional()
}

/// Notes what was done with a message, unless it was queued again meanwhile: then it is tried once more, and only an arrival
/// counts. What was given up meanwhile has arrived all the same, if it has. `was_at` is when it was to be tried when it was
/// read, and `now` the time, both in milliseconds since the Unix epoch.
///
/// # Errors
/// When SQLite fails.
pub fn note(
    db: &Connection,
    number: i64,
    was_at: Option<i64>,
    attempt: &Attempt,
    now: i64,
) -> rusqlite::Result<()> {
    let Attempt { is_try, status, error, then } = attempt;
    let (outcome, next_try_at, done_at) = match then {
        Then::TryAgain(at) => (Outcome::Waiting, Some(at), None),
        Then::Done(outcome) => (*outcome, None, Some(now)),
    };
    let noted: Option<(String, String)> = db
        .prepare_cached(
            "UPDATE messages SET outcome = ?2, tries = tries + ?3, failures = failures + 1, status = ?4, error = ?5,
                next_try_at = ?6, done_at = ?7
             WHERE number = ?1 AND (outcome = 'waiting' AND next_try_at IS ?8 OR ?2 = 'delivered')
             RETURNING app_id, subject",
        )?
        .query_row(
            (number, outcome.as_str(), is_try, status, error, next_try_at, done_at, was_at),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((app_id, subject)) = noted else { return Ok(()) };
    if done_at.is_some() {
        go_on(db, &app_id, &subject, now)?;
    }
    Ok(())
}

/// Lets the first message about a subject that waits be tried, unless it has a time already.
fn go_on(db: &Connection, app_id: &str, subject: &str, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE messages SET next_try_at = ?3 WHERE next_try_at IS NULL AND number = (
            SELECT min(number) FROM messages WHERE app_id = ?1 AND subject = ?2 AND outcome = 'waiting')",
    )?
    .execute((app_id, subject, now))?;
    Ok(())
}

/// Queues a message of the log again, whatever has become of it. Gives it as it is then, or `None` if there is none with this
/// id. It is tried as one that does not ring, because its operator wants it.
///
/// # Errors
/// When SQLite fails.
pub fn again(
    db: &Connection,
    app_id: &str,
    webhook_id: &str,
    now: i64,
) -> rusqlite::Result<Option<Delivery>> {
    let sql = format!(
        "UPDATE messages SET outcome = 'waiting', while_rings = 0, failures = 0, next_try_at = ?3, done_at = NULL
         WHERE app_id = ?1 AND webhook_id = ?2 RETURNING {COLUMNS}"
    );
    db.prepare_cached(&sql)?
        .query_row((app_id, webhook_id, now), |row| Ok(delivery(row)?.1))
        .optional()
}

/// Gives up some of the messages of a mini-program that wait, because its webhook was deleted. Gives how many they were.
///
/// # Errors
/// When SQLite fails.
pub fn give_up(db: &Connection, app_id: &str, most: u32, now: i64) -> rusqlite::Result<u32> {
    const WHY: &str = "the operator has deleted the webhook";
    let given_up = db
        .prepare_cached(
            "UPDATE messages SET outcome = 'givenUp', error = ?4, next_try_at = NULL, done_at = ?3
             WHERE number IN (
                SELECT number FROM messages INDEXED BY messages_waiting
                WHERE app_id = ?1 AND outcome = 'waiting' LIMIT ?2)",
        )?
        .execute((app_id, most, now, WHY))?;
    Ok(removed(given_up))
}

const COLUMNS: &str =
    "number, webhook_id, type, room_id, happened_at, outcome, tries, status, error, next_try_at";

/// A part of the log of a mini-program, the newest first, each with its number.
///
/// # Errors
/// When SQLite fails.
pub fn log(
    db: &Connection,
    app_id: &str,
    wanted: &DeliveriesWanted,
) -> rusqlite::Result<Vec<(i64, Delivery)>> {
    let DeliveriesWanted { kind, outcome, before, limit } = *wanted;
    let mut numbers: Vec<i64> = Vec::new();
    // Each type and outcome is a part of the index, so that those that are not wanted need not be read.
    for one in EventType::ALL.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
        for other in Outcome::ALL.into_iter().filter(|one| outcome.is_none_or(|is| is == *one)) {
            let mut statement = db.prepare_cached(
                "SELECT number FROM messages WHERE app_id = ?1 AND type = ?2 AND outcome = ?3 AND number < ?4
                 ORDER BY number DESC LIMIT ?5",
            )?;
            let before = before.unwrap_or(i64::MAX);
            let params = (app_id, one.as_str(), other.as_str(), before, limit);
            for number in statement.query_map(params, |row| row.get(0))? {
                numbers.push(number?);
            }
        }
    }
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let sql = format!("SELECT {COLUMNS} FROM messages WHERE number = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    numbers.into_iter().map(|number| statement.query_row([number], delivery)).collect()
}

/// Forgets some messages that were done with before this time, in milliseconds since the Unix epoch. Gives how many.
///
/// # Errors
/// When SQLite fails.
pub fn forget(db: &Connection, before: i64, most: u32) -> rusqlite::Result<u32> {
    let forgotten = db
        .prepare_cached(
            "DELETE FROM messages WHERE number IN (
                SELECT number FROM messages WHERE done_at < ?1 ORDER BY done_at LIMIT ?2)",
        )?
        .execute((before, most))?;
    Ok(removed(forgotten))
}

/// Forgets some messages that name this person, whose record was deleted. If there is one again, those that wait stay, which
/// may be about that one. Gives how many.
///
/// # Errors
/// When SQLite fails.
pub fn forget_person(db: &Connection, person: &Party, most: u32) -> rusqlite::Result<u32> {
    let sql = match person.role {
        Role::Phone => {
            "DELETE FROM messages WHERE number IN (
                SELECT number FROM messages WHERE app_id = ?1 AND open_id = ?2 AND (done_at IS NOT NULL OR ?4) LIMIT ?3)"
        }
        Role::Device => {
            "DELETE FROM messages WHERE number IN (
                SELECT number FROM messages WHERE app_id = ?1 AND device_id = ?2 AND (done_at IS NOT NULL OR ?4) LIMIT ?3)"
        }
    };
    let is_gone = deleted_parties::is_one(db, person)?;
    let params = (&person.app_id, &person.id, most, is_gone);
    Ok(removed(db.prepare_cached(sql)?.execute(params)?))
}

/// How many messages wait to be sent; no more than [`MAX_COUNTED`] are counted.
///
/// # Errors
/// When SQLite fails.
pub fn count_waiting(db: &Connection) -> rusqlite::Result<u32> {
    db.prepare_cached(
        "SELECT count(*) FROM (
            SELECT 1 FROM messages INDEXED BY messages_waiting WHERE outcome = 'waiting' LIMIT ?1)",
    )?
    .query_row([MAX_COUNTED], |row| row.get(0))
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<(i64, Delivery)> {
    let delivery = Delivery {
        id: row.get(1)?,
        kind: word(row, 2)?,
        room_id: row.get(3)?,
        at: row.get(4)?,
        outcome: word(row, 5)?,
        tries: row.get(6)?,
        status: row.get(7)?,
        error: row.get(8)?,
        next_try_at: row.get(9)?,
    };
    Ok((row.get(0)?, delivery))
}

/// A column that has one of a few words.
fn word<T: std::str::FromStr<Err = String>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: String| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}
