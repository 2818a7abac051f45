//! Calls: creating one, finding those that still ring, and forgetting those that were.
//!
//! A call is created inside one transaction: a repetition is recognised by its key, the checks look at
//! the records, the row is inserted. A repetition is answered before the checks, because the first
//! request has passed them, and the caller only lost the answer.
//!
//! What happens to it from then on is a [turn](crate::calls::turn) each.

use rand::Rng;
use rusqlite::{Connection, OptionalExtension, named_params};
use sha2::{Digest, Sha256};
use wmpf_voip::call::{About, Call};
use wmpf_voip::code::Code;
use wmpf_voip::listener_path::listener_path;
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip::protocol::{RING_MS, Reminder, ServiceMessage};
use wmpf_voip::request::Request;

use crate::calls::checks::{Asked, Checks, Permit};
use crate::calls::crossings::{self, Crossing, Met};
use crate::calls::driver::Driver;
use crate::calls::turn::Change;
use crate::domain::failure::Failure;
use crate::domain::party::Party;
use crate::domain::sides::Sides;
use crate::storage::engaged;
use crate::webhooks::event::Event;
use crate::webhooks::outbox::{self, Delivery};

/// How long a call is remembered after it has rung. An idempotency key has to outlive every retry of its
/// request, also by a host that was switched off over night.
const RETENTION_MS: i64 = 24 * 60 * 60 * 1000;

/// How many calls that are no longer needed may go with each new one, and how many cancelled keys with
/// each new one of those: more than one, so that they become fewer, and so few that nobody waits for it.
const FORGOTTEN_AT_ONCE: u32 = 2;

/// How many keys of one caller are remembered that were cancelled before their creation, the newest. Nobody
/// gives up as many calls in a day by and by; whoever does it in a loop must not fill the disk.
const MAX_CANCELLED_KEYS: u32 = 100;

/// How many ringing calls a listener that connects is told of, the newest: nobody chooses among more,
/// and with the longest names and queries they are some megabytes.
pub const MAX_RINGING: u32 = 64;

/// What a request to create a call came to.
pub enum Creation {
    /// A new call.
    New(Box<Created>),
    /// None: the listener calls the caller, and its call rings. They meet in that one.
    Crossed(Box<Crossed>),
    /// The call that this request created or met earlier.
    Repeated(Room),
}

/// A new call.
pub struct Created {
    /// For the caller.
    pub room: Room,
    /// For whoever does not hear of it by `change`.
    pub told: Told,
    /// What has happened to it.
    pub change: Change,
    /// What was due before in the calls that its listener was in.
    pub overdue: Vec<Change>,
}

/// A call that a creation has met.
pub struct Crossed {
    /// The call.
    pub met: Met,
    /// What was due before in the calls that its caller was in.
    pub overdue: Vec<Change>,
}

/// Who has to be told of a new call.
pub enum Told {
    /// Its listener.
    Listener(Notice),
    /// The mini-program's own backend, which tells the listener.
    Backend(Delivery),
    /// The listener is busy, or hears of the call in a way of its own.
    Nobody,
}

/// That a call rings for somebody, or no longer does.
#[derive(Debug, Clone)]
pub struct Notice {
    /// For whom.
    pub listener: Party,
    /// The call.
    pub room_id: String,
    /// Whether it rings.
    pub rings: bool,
    /// The message to the listener, as it is sent.
    pub message: String,
}

/// Creates the call, or finds the one that the same request has created, or that it meets.
///
/// # Errors
/// When a check fails, the key was used for another request, the call was cancelled, or the store fails.
pub fn create(
    checks: &Checks<'_>,
    driver: &Driver,
    idempotency_key: Option<&str>,
) -> Result<Creation, Failure> {
    let Checks { db, session, request, asked, now, .. } = *checks;
    let sent = match asked {
        Asked::InitByCaller => serde_json::to_vec(request)?,
        Asked::CallWmpf(call) => serde_json::to_vec(call)?,
        Asked::CallDevice(call) => serde_json::to_vec(call)?,
    };
    let fingerprint = Sha256::digest(sent).to_vec();
    if let Some(key) = idempotency_key {
        match find(db, session, key)? {
            Some(earlier) if earlier.fingerprint != fingerprint => return Err(Failure::KeyReused),
            Some(earlier) if earlier.cancelled => return Err(cancelled()),
            Some(earlier) => return Ok(Creation::Repeated(earlier.room)),
            None if is_cancelled(db, session, key)? => return Err(cancelled()),
            None => {}
        }
    }

    let permit = checks.run()?;
    let overdue = driver.catch_up_with(db, &permit.listener)?;
    let fingerprint = fingerprint.as_slice();
    let crossing = Crossing { permit: &permit, request, idempotency_key, fingerprint, now };
    if let Some(met) = crossing.meet(db, driver)? {
        return Ok(Creation::Crossed(Box::new(Crossed { met, overdue })));
    }
    let room = Room { room_id: room_id(&session.app_id, now), charge_type: permit.charge_type };
    let about = About {
        caller_name: permit.caller_name.clone(),
        listener_name: permit.listener_name.clone(),
        room_type: request.room_type,
        business_type: request.business_type,
    };
    let call = Call::new(about, request.time_limit, now.unsigned_abs());
    let rings_until = now.saturating_add_unsigned(RING_MS);
    let message = ServiceMessage::Reminder(reminder(request, &permit, &room, rings_until));
    let message = serde_json::to_string(&message)?;
    let (reminds, event) = match asked {
        Asked::InitByCaller | Asked::CallWmpf(_) => (true, None),
        Asked::CallDevice(call) => (false, call.is_cloud.then_some(call)),
    };
    db.prepare_cached(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id,
            charge_type, reminder, created_at, rings_until, idempotency_key, fingerprint,
            time_limit, caller_camera_status, listener_camera_status, reminds, state, call)
         VALUES (:room_id, :app_id, :caller_role, :caller_id, :listener_role, :listener_id,
            :charge_type, :reminder, :created_at, :rings_until, :idempotency_key, :fingerprint,
            :time_limit, :caller_camera_status, :listener_camera_status, :reminds, :state, :call)",
    )?
    .execute(named_params! {
        ":room_id": &room.room_id,
        ":app_id": &session.app_id,
        ":caller_role": permit.caller.role.as_str(),
        ":caller_id": &permit.caller.id,
        ":listener_role": permit.listener.role.as_str(),
        ":listener_id": &permit.listener.id,
        ":charge_type": room.charge_type.as_str(),
        ":reminder": &message,
        ":created_at": now,
        ":rings_until": rings_until,
        ":idempotency_key": idempotency_key,
        ":fingerprint": fingerprint,
        ":time_limit": request.time_limit,
        ":caller_camera_status": u8::from(request.caller.camera_status),
        ":listener_camera_status": u8::from(request.listener.camera_status),
        ":reminds": reminds,
        ":state": call.state().as_str(),
        ":call": serde_json::to_string(&call)?,
    })?;
    forget(db, now)?;
    let room_id = room.room_id.clone();
    // Who was in no call is in none.
    if !overdue.is_empty() && engaged::is_engaged(db, &permit.listener)? {
        let change = driver.busy(db, &room_id)?;
        return Ok(Creation::New(Box::new(Created { room, told: Told::Nobody, change, overdue })));
    }
    let change = Change {
        room_id: room_id.clone(),
        app_id: session.app_id.clone(),
        told: Vec::new(),
        speakers: Sides::default(),
        seen: Sides::default(),
        state: call.state(),
        due: Some(rings_until),
        notice: None,
    };
    let told = match event {
        Some(call) => Told::Backend(outbox::add(db, &Event::new(call, &permit, &room, now)?)?),
        None if reminds => {
            Told::Listener(Notice { listener: permit.listener, room_id, rings: true, message })
        }
        None => Told::Nobody,
    };
    Ok(Creation::New(Box::new(Created { room, told, change, overdue })))
}

/// The call that the caller has created with this key. If there is none, it will not be created any more. One that the
/// creation has met is the other party's, and not ended by this: who does not know its room is not in it.
///
/// # Errors
/// When the store fails.
pub fn cancel_key(
    db: &Connection,
    caller: &Party,
    key: &str,
    now: i64,
) -> rusqlite::Result<Option<String>> {
    match find(db, caller, key)? {
        Some(Earlier { crossed: true, .. }) => {
            crossings::cancel_key(db, caller, key, now)?;
            return Ok(None);
        }
        Some(earlier) => return Ok(Some(earlier.room.room_id)),
        None => {}
    }
    db.prepare_cached(
        "INSERT OR IGNORE INTO cancelled_keys
            (app_id, caller_role, caller_id, idempotency_key, cancelled_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((&caller.app_id, caller.role.as_str(), &caller.id, key, now))?;
    db.prepare_cached(
        "DELETE FROM cancelled_keys WHERE cancelled_at < ?1
         AND rowid IN (SELECT rowid FROM cancelled_keys ORDER BY rowid LIMIT ?2)",
    )?
    .execute((now.saturating_sub(RETENTION_MS), FORGOTTEN_AT_ONCE))?;
    db.prepare_cached(
        "DELETE FROM cancelled_keys WHERE rowid IN (
            SELECT rowid FROM cancelled_keys
            WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3
            ORDER BY rowid DESC LIMIT -1 OFFSET ?4)",
    )?
    .execute((&caller.app_id, caller.role.as_str(), &caller.id, MAX_CANCELLED_KEYS))?;
    Ok(None)
}

fn cancelled() -> Failure {
    Failure::refused(
        Code::Interrupted,
        "the caller has cancelled this call: call again with a new idempotency-key",
    )
}

/// Deletes a few of the oldest calls that are over, if nobody needs them any more. Without new calls there is no
/// growth, so this is part of creating one. Rows are numbered in the order of their creation, and all ring for
/// the same time, so no index is needed to find them. Those that are still on after so long are few, and skipped by
/// the index of what is under way.
fn forget(db: &Connection, now: i64) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM calls WHERE rings_until < ?1 AND rowid IN (
            SELECT rowid FROM calls WHERE rowid NOT IN (
                SELECT rowid FROM calls WHERE state <> 'ended' AND created_at < ?1)
            ORDER BY rowid LIMIT ?2)",
    )?
    .execute((now.saturating_sub(RETENTION_MS), FORGOTTEN_AT_ONCE))
}

/// The calls that ring for `listener`, oldest first; of too many the newest.
///
/// # Errors
/// When the store fails.
pub fn ringing(db: &Connection, listener: &Party, now: i64) -> rusqlite::Result<Vec<Notice>> {
    let mut statement = db.prepare_cached(
        "SELECT room_id, reminder FROM calls
         WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND rings_until > ?4
            AND state = 'ringing' AND reminds
         ORDER BY rings_until DESC, rowid DESC LIMIT ?5",
    )?;
    let params = (&listener.app_id, listener.role.as_str(), &listener.id, now, MAX_RINGING);
    let rows = statement.query_map(params, |row| {
        let (room_id, message) = (row.get(0)?, row.get(1)?);
        Ok(Notice { listener: listener.clone(), room_id, rings: true, message })
    })?;
    let mut newest_first = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    newest_first.reverse();
    Ok(newest_first)
}

/// The call that was created with a key, or that the creation has met.
struct Earlier {
    room: Room,
    fingerprint: Vec<u8>,
    cancelled: bool,
    crossed: bool,
}

fn find(db: &Connection, caller: &Party, key: &str) -> rusqlite::Result<Option<Earlier>> {
    db.prepare_cached(
        "SELECT room_id, charge_type = 'license', fingerprint, cancelled_at IS NOT NULL, 0 FROM calls
         WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4
         UNION ALL
         SELECT room_id, calls.charge_type = 'license', crossings.fingerprint,
            crossings.cancelled_at IS NOT NULL, 1 FROM crossings JOIN calls USING (room_id)
         WHERE crossings.app_id = ?1 AND crossings.caller_role = ?2 AND crossings.caller_id = ?3
            AND crossings.idempotency_key = ?4",
    )?
    .query_row((&caller.app_id, caller.role.as_str(), &caller.id, key), |row| {
        let charge_type = if row.get(1)? { ChargeType::License } else { ChargeType::Duration };
        let room = Room { room_id: row.get(0)?, charge_type };
        let (fingerprint, cancelled, crossed) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(Earlier { room, fingerprint, cancelled, crossed })
    })
    .optional()
}

/// Whether the caller has given up a call that has not arrived yet.
fn is_cancelled(db: &Connection, caller: &Party, key: &str) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM cancelled_keys
         WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4",
    )?
    .exists((&caller.app_id, caller.role.as_str(), &caller.id, key))
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
    use crate::demo;
    use crate::domain::clock::{Clock, now_ms};
    use crate::domain::party::Role;
    use crate::domain::tokens::Keyring;

    /// A device that needs no token and its user.
    struct World {
        db: Connection,
        keys: Keyring,
        driver: Driver,
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
            World {
                db,
                keys,
                driver: Driver::new(Clock::default()),
                session,
                request: raw.validate().unwrap(),
            }
        }

        /// The room, and whether it is a new one.
        fn create(&self, key: Option<&str>, now: i64) -> (String, bool) {
            let World { db, keys, driver, session, request } = self;
            let checks = Checks { db, keys, session, request, asked: &Asked::InitByCaller, now };
            match create(&checks, driver, key).unwrap() {
                Creation::New(created) => (created.room.room_id, true),
                Creation::Crossed(crossed) => (crossed.met.room.room_id, false),
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
        world.db.execute("UPDATE calls SET state = 'ended'", []).unwrap();
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
    fn a_call_that_is_not_over_is_not_forgotten_and_in_nobodys_way() {
        let world = World::new();
        let start = now_ms();
        let (on, _) = world.create(Some("key"), start);
        for _ in 0..4 {
            world.create(None, start);
        }
        let ended = "UPDATE calls SET state = 'ended' WHERE room_id <> ?1";
        world.db.execute(ended, [&on]).unwrap();
        let end = start.saturating_add_unsigned(RING_MS) + RETENTION_MS;
        for left in [4, 3, 4] {
            world.create(None, end + 1);
            assert_eq!(world.count(), left);
        }
        assert_eq!(world.create(Some("key"), end + 1), (on, false));
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
    fn a_cancelled_key_is_forgotten_when_its_call_can_no_longer_arrive() {
        let world = World::new();
        let start = now_ms();
        let cancel = |key: &str, now| {
            assert!(cancel_key(&world.db, &world.session, key, now).unwrap().is_none());
        };
        let keys = || -> Vec<String> {
            let sql = "SELECT idempotency_key FROM cancelled_keys ORDER BY rowid";
            let mut statement = world.db.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        for key in ["1", "2", "3", "3"] {
            cancel(key, start);
        }
        cancel("4", start + RETENTION_MS);
        assert_eq!(keys(), ["1", "2", "3", "4"], "nothing is forgotten yet");
        cancel("5", start + RETENTION_MS + 1);
        assert_eq!(keys(), ["3", "4", "5"]);
        cancel("6", start + RETENTION_MS + 1);
        assert_eq!(keys(), ["4", "5", "6"]);
    }

    #[test]
    fn of_too_many_cancelled_keys_of_a_caller_the_newest_are_remembered() {
        let world = World::new();
        let start = now_ms();
        let other = Party { id: "DEMO-PANEL-01".into(), ..world.session.clone() };
        let cancel = |party: &Party, key: &str| {
            assert!(cancel_key(&world.db, party, key, start).unwrap().is_none());
        };
        cancel(&other, "0");
        for key in 0..MAX_CANCELLED_KEYS + 3 {
            cancel(&world.session, &key.to_string());
        }
        let remembered = |party: &Party, key: &str| is_cancelled(&world.db, party, key).unwrap();
        for key in 0..MAX_CANCELLED_KEYS + 3 {
            assert_eq!(remembered(&world.session, &key.to_string()), key >= 3, "{key}");
        }
        assert!(remembered(&other, "0"), "another caller's");
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
