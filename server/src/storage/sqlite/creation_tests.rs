//! What is kept of calls and of cancelled keys.

use std::sync::Arc;

use rand::Rng;
use rusqlite::Connection;
use serde_json::json;
use wmpf_voip::request::{RawRequest, Request};
use wmpf_voip::value::Object;
use wmpf_voip_calls::checks::Asked;
use wmpf_voip_calls::creation::{
    Create, Creation, MAX_CANCELLED_KEYS, MAX_RINGING, ROOM_ENDS, RingingLimits,
};
use wmpf_voip_calls::driver::GiveUpByKey;
use wmpf_voip_calls::operation::{Earlier, Wants};
use wmpf_voip_calls::party::{Party, Role};

use super::calls;
use super::facts::{self, reminders};
use super::seeded::{decide, seeded};
use crate::domain::clock::Clock;
use crate::domain::tokens::Keyring;
use crate::storage::StoreError;

/// A device that needs no token and its user.
struct World {
    db: Connection,
    keys: Arc<Keyring>,
    session: Party,
    request: Request,
}

impl World {
    fn new() -> World {
        let (db, keys) = seeded();
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
        World { db, keys: Arc::new(keys), session, request: raw.validate().unwrap() }
    }

    /// The room, and whether it is a new one.
    fn create(&self, key: Option<&str>, now: i64) -> (String, bool) {
        let create = Create {
            limits: RingingLimits::default(),
            session: self.session.clone(),
            request: self.request.clone(),
            asked: Asked::InitByCaller,
            idempotency_key: key.map(str::to_owned),
            tickets: self.keys.clone(),
            room_end: rand::rng().random_range(0..ROOM_ENDS),
        };
        match decide(&self.db, &create, now).unwrap() {
            Creation::New(created) => (created.room.room_id, true),
            Creation::Crossed(crossed) => (crossed.met.room.room_id, false),
            Creation::Repeated(room) => (room.room_id, false),
        }
    }

    fn cancel_key(&self, caller: &Party, key: &str, now: i64) {
        let give_up = GiveUpByKey { caller: caller.clone(), key: key.into() };
        assert!(decide(&self.db, &give_up, now).unwrap().is_none());
    }
}

#[test]
fn of_too_many_ringing_calls_the_newest_are_told_oldest_first() {
    let world = World::new();
    let start = Clock::default().wall_ms();
    let listener =
        Party { role: Role::Phone, id: world.request.listener.id.clone(), ..world.session.clone() };
    let rooms: Vec<String> = (0..MAX_RINGING + 3).map(|_| world.create(None, start).0).collect();
    let ringing = reminders(&world.db, &listener, start).unwrap();
    let told: Vec<&String> = ringing.iter().map(|call| &call.room_id).collect();
    assert_eq!(told, rooms.iter().skip(3).collect::<Vec<_>>());
}

#[test]
fn of_too_many_cancelled_keys_of_a_caller_the_newest_are_remembered() {
    let world = World::new();
    let start = Clock::default().wall_ms();
    let other = Party { id: "DEMO-PANEL-01".into(), ..world.session.clone() };
    let cancel = |party: &Party, key: &str| {
        world.cancel_key(party, key, start);
    };
    cancel(&other, "0");
    for key in 0..MAX_CANCELLED_KEYS + 3 {
        cancel(&world.session, &key.to_string());
    }
    let remembered = |party: &Party, key: &str| {
        let wants = Wants { creation: Some((party.clone(), key.into())), ..Wants::default() };
        let facts = facts::read(&world.db, &wants, start).unwrap();
        matches!(facts.creation, Some(Earlier::Cancelled))
    };
    for key in 0..MAX_CANCELLED_KEYS + 3 {
        assert_eq!(remembered(&world.session, &key.to_string()), key >= 3, "{key}");
    }
    assert!(remembered(&other, "0"), "another caller's");
}

#[test]
fn a_call_is_saved_only_over_the_version_that_was_read() {
    let world = World::new();
    let now = Clock::default().wall_ms();
    let (room_id, _) = world.create(None, now);
    let read = || calls::find(&world.db, &room_id).unwrap().unwrap();
    let (first, second) = (read(), read());
    assert!(calls::save(&world.db, &first, now).is_ok());
    assert!(matches!(calls::save(&world.db, &second, now), Err(StoreError::Changed)));
    assert_eq!(read().version, first.version + 1);
    assert!(calls::save(&world.db, &read(), now).is_ok());
}
