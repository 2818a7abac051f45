//! The demo's records in memory, for unit tests.

use rusqlite::Connection;
use wmpf_voip::call::{Device, Side};
use wmpf_voip_calls::failure::Failure;
use wmpf_voip_calls::operation::{Context, Operation};
use wmpf_voip_calls::presence::Presence;

use super::connection::compile_once;
use super::schema::MIGRATIONS;
use super::store::DEMO;
use super::{facts, look_ups, writes};
use crate::domain::clock::Clock;
use crate::domain::tokens::Keyring;

/// The demo's records in a new database, and the keys that sign their tokens.
pub fn seeded() -> (Connection, Keyring) {
    let db = Connection::open_in_memory().unwrap();
    compile_once(&db).unwrap();
    for migration in MIGRATIONS {
        db.execute_batch(migration).unwrap();
    }
    db.execute_batch(DEMO).unwrap();
    let keys = Keyring::new(Clock::default(), look_ups::token_keys(&db).unwrap());
    (db, keys)
}

/// Does an operation at the time `now`, in milliseconds since the Unix epoch, with nobody connected.
pub fn decide<O: Operation>(db: &Connection, operation: &O, now: i64) -> Result<O::Done, Failure> {
    let facts = facts::read(db, &operation.wants(), now).unwrap();
    let context = Context { presence: &Nobody, now, wall: now, started_at: now };
    let decision = operation.decide(facts, &context)?;
    for write in &decision.writes {
        writes::write(db, write, now).unwrap();
    }
    Ok(decision.done)
}

struct Nobody;

impl Presence for Nobody {
    fn has_socket(&self, _: &str, _: Side, _: &Device) -> bool {
        false
    }

    fn is_connected(&self, _: &str, _: Side) -> bool {
        false
    }

    fn connected_device(&self, _: &str, _: Side) -> Option<String> {
        None
    }

    fn last_seen(&self, _: &str, _: Side) -> Option<i64> {
        None
    }

    fn has_free_socket(&self, _: &str, _: Side) -> bool {
        true
    }
}
