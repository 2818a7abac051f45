//! Calls: creating one, and finding those that still ring.
//!
//! A call is created inside one transaction: a repetition is recognised by its key, the checks look at
//! the records, the row is inserted. A repetition is answered before the checks, because the first
//! request has passed them, and the caller only lost the answer.

use rand::Rng;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip::protocol::{RING_MS, Reminder, ServiceMessage};
use wmpf_voip::query::listener_path;
use wmpf_voip::request::Request;

use crate::checks::{Checks, Permit};
use crate::failure::Failure;
use crate::party::Party;

/// How long a call is remembered after it has rung. An idempotency key has to outlive every retry of its
/// request, also by a host that was switched off over night.
const RETENTION_MS: i64 = 24 * 60 * 60 * 1000;

/// How many calls that are no longer needed may go with each new one: more than one, so that they become
/// fewer, and so few that no caller waits for it.
const FORGOTTEN_PER_CALL: u32 = 2;

/// How many ringing calls a listener that connects is told of, the newest: nobody chooses among more,
/// and with the longest names and queries they are some megabytes.
pub const MAX_RINGING: u32 = 64;

/// What a request to create a call came to.
pub enum Creation {
    /// A new call, whose listener has to be reminded.
    New(Room, Ringing),
    /// The call that this request created earlier.
    Repeated(Room),
}

/// A call that rings for somebody.
#[derive(Debug, Clone)]
pub struct Ringing {
    /// For whom.
    pub listener: Party,
    /// The call.
    pub room_id: String,
    /// The message to the listener, as it is sent.
    pub message: String,
}

/// Creates the call, or finds the one that the same request has created.
///
/// # Errors
/// When a check fails, the key was used for another request, or the store fails.
pub fn create(checks: &Checks<'_>, idempotency_key: Option<&str>) -> Result<Creation, Failure> {
    let Checks { db, session, request, now, .. } = *checks;
    let fingerprint = Sha256::digest(serde_json::to_vec(request)?).to_vec();
    if let Some(key) = idempotency_key
        && let Some((room, first)) = find(db, session, key)?
    {
        return if first == fingerprint {
            Ok(Creation::Repeated(room))
        } else {
            Err(Failure::KeyReused)
        };
    }

    let permit = checks.run()?;
    let room = Room { room_id: room_id(&session.app_id, now), charge_type: permit.charge_type };
    let rings_until = now.saturating_add_unsigned(RING_MS);
    let message = ServiceMessage::Reminder(reminder(request, &permit, &room, rings_until));
    let message = serde_json::to_string(&message)?;
    db.prepare_cached(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id,
            charge_type, reminder, created_at, rings_until, idempotency_key, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute((
        &room.room_id,
        &session.app_id,
        permit.caller.role.as_str(),
        &permit.caller.id,
        permit.listener.role.as_str(),
        &permit.listener.id,
        room.charge_type.as_str(),
        &message,
        now,
        rings_until,
        idempotency_key,
        fingerprint,
    ))?;
    forget(db, now)?;
    let ringing = Ringing { listener: permit.listener, room_id: room.room_id.clone(), message };
    Ok(Creation::New(room, ringing))
}

/// Deletes a few of the oldest calls, if nobody needs them any more. Without new calls there is no growth,
/// so this is part of creating one. Rows are numbered in the order of their creation, and all ring for
/// the same time, so no index is needed to find them.
fn forget(db: &Connection, now: i64) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM calls WHERE rings_until < ?1
         AND rowid IN (SELECT rowid FROM calls ORDER BY rowid LIMIT ?2)",
    )?
    .execute((now.saturating_sub(RETENTION_MS), FORGOTTEN_PER_CALL))
}

/// The calls that ring for `listener`, oldest first; of too many the newest.
///
/// # Errors
/// When the store fails.
pub fn ringing(db: &Connection, listener: &Party, now: i64) -> rusqlite::Result<Vec<Ringing>> {
    let mut statement = db.prepare_cached(
        "SELECT room_id, reminder FROM calls
         WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND rings_until > ?4
         ORDER BY rings_until DESC, rowid DESC LIMIT ?5",
    )?;
    let params = (&listener.app_id, listener.role.as_str(), &listener.id, now, MAX_RINGING);
    let rows = statement.query_map(params, |row| {
        Ok(Ringing { listener: listener.clone(), room_id: row.get(0)?, message: row.get(1)? })
    })?;
    let mut newest_first = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    newest_first.reverse();
    Ok(newest_first)
}

fn find(db: &Connection, caller: &Party, key: &str) -> rusqlite::Result<Option<(Room, Vec<u8>)>> {
    db.prepare_cached(
        "SELECT room_id, charge_type = 'license', fingerprint FROM calls
         WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4",
    )?
    .query_row((&caller.app_id, caller.role.as_str(), &caller.id, key), |row| {
        let charge_type = if row.get(1)? { ChargeType::License } else { ChargeType::Duration };
        Ok((Room { room_id: row.get(0)?, charge_type }, row.get(2)?))
    })
    .optional()
}

/// Opaque to everybody, but ordered by time, and with an end that cannot be guessed.
fn room_id(app_id: &str, now: i64) -> String {
    let end = rand::rng().random_range(0..1_000_000_000_000_u64);
    format!("{app_id}WmpfVoip{now:013}{end:012}")
}

fn reminder(request: &Request, permit: &Permit, room: &Room, rings_until: i64) -> Reminder {
    Reminder {
        room_id: room.room_id.clone(),
        group_id: room.room_id.clone(),
        room_type: request.room_type,
        business_type: request.business_type,
        caller_id: permit.caller.id.clone(),
        caller_name: permit.caller_name.clone(),
        listener_id: permit.listener.id.clone(),
        listener_name: permit.listener_name.clone(),
        miniprogram_state: request.miniprogram_state,
        charge_type: permit.charge_type,
        path: listener_path(request, &room.room_id, &permit.caller_name),
        rings_until: rings_until.unsigned_abs(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wmpf_voip::request::RawRequest;
    use wmpf_voip::value::Object;

    use super::*;
    use crate::clock::now_ms;
    use crate::demo;
    use crate::party::Role;
    use crate::tokens::Keyring;

    /// A device that needs no token and its user.
    struct World {
        db: Connection,
        keys: Keyring,
        session: Party,
        request: Request,
    }

    impl World {
        fn new() -> World {
            let (db, keys) = demo::seeded();
            let session = Party {
                app_id: "wxde00000000000001".into(),
                role: Role::Device,
                id: "DEMO-TV-01".into(),
            };
            let raw: Object<RawRequest> = serde_json::from_value(json!({
                "roomType": "voice", "businessType": 1, "caller": {"id": "DEMO-TV-01"},
                "listener": {"id": "oDemo-Alice-0000000000000000"},
            }))
            .unwrap();
            World { db, keys, session, request: raw.validate().unwrap() }
        }

        /// The room, and whether it is a new one.
        fn create(&self, key: Option<&str>, now: i64) -> (String, bool) {
            let World { db, keys, session, request } = self;
            match create(&Checks { db, keys, session, request, now }, key).unwrap() {
                Creation::New(room, _) => (room.room_id, true),
                Creation::Repeated(room) => (room.room_id, false),
            }
        }

        fn count(&self) -> u32 {
            self.db.query_row("SELECT count(*) FROM calls", [], |row| row.get(0)).unwrap()
        }
    }

    #[test]
    fn a_call_is_forgotten_when_its_key_can_no_longer_be_repeated() {
        let world = World::new();
        let start = now_ms();
        let (first, _) = world.create(Some("key"), start);
        for _ in 1..5 {
            world.create(None, start);
        }
        let end = start.saturating_add_unsigned(RING_MS) + RETENTION_MS;
        world.create(None, end);
        assert_eq!(world.create(Some("key"), end), (first.clone(), false), "still known");
        assert_eq!(world.count(), 6, "nothing is forgotten yet");
        for left in [5, 4, 4, 5] {
            let (_, new) = world.create(None, end + 1);
            assert!(new);
            assert_eq!(world.count(), left);
        }
        let (again, new) = world.create(Some("key"), end + 1);
        assert!(new && again != first);
    }

    #[test]
    fn of_too_many_ringing_calls_the_newest_are_told_oldest_first() {
        let world = World::new();
        let start = now_ms();
        let listener = Party {
            role: Role::Phone,
            id: world.request.listener.id.clone(),
            ..world.session.clone()
        };
        let rooms: Vec<String> =
            (0..MAX_RINGING + 3).map(|_| world.create(None, start).0).collect();
        let ringing = ringing(&world.db, &listener, start).unwrap();
        let told: Vec<&String> = ringing.iter().map(|call| &call.room_id).collect();
        assert_eq!(told, rooms.iter().skip(3).collect::<Vec<_>>());
    }

    #[test]
    fn room_ids_are_ordered_by_time_and_never_the_same() {
        let first = room_id("wxa", 1_700_000_000_000);
        assert!(first.starts_with("wxaWmpfVoip1700000000000"), "{first}");
        assert_eq!(first.len(), "wxaWmpfVoip".len() + 13 + 12);
        assert_ne!(first, room_id("wxa", 1_700_000_000_000));
        assert!(first < room_id("wxa", 1_700_000_000_001));
    }
}
