//! Each statement is compiled once, however often it runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::{AuthContext, Authorization};
use serde_json::json;
use wmpf_voip::protocol::RING_MS;
use wmpf_voip::request::{RawRequest, Request};
use wmpf_voip::value::Object;
use wmpf_voip_calls::checks::Asked;
use wmpf_voip_calls::creation::{Create, Creation, RETENTION_MS, RingingLimits};
use wmpf_voip_calls::driver::GiveUp;
use wmpf_voip_calls::event_type::EventType;
use wmpf_voip_calls::operation::{CallsUnderWay, Meeting, MeetingId, Place, Wants, Write};
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_calls::records::RecordsWanted;
use wmpf_voip_calls::sides::Sides;

use super::connection::{Answer, Job, run_group};
use super::look_ups::{AUTHORISED_DEVICES, OF_THE_SAME_OWNER};
use super::records::webhooks;
use super::seeded::{decide, seeded};
use super::{calls, deleted_persons, facts, messages, probe, sweep, writes};
use crate::domain::message::{Attempt, DeliveriesWanted, Outcome, Then};
use crate::domain::retention::Retention;
use crate::domain::tokens::Keyring;
use crate::storage::WebhookRecord;

const APP: &str = "wxde00000000000001";
const TV: &str = "DEMO-TV-01";
const ALICE: &str = "oDemo-Alice-0000000000000000";
const OTHER_APPS: &str = "oDemo-OtherApp-0000000000000";

/// Counts what SQLite is about to compile from now on. It asks for each part of a statement.
fn count_compiled(db: &mut Connection) -> Arc<AtomicU32> {
    let compiled = Arc::new(AtomicU32::new(0));
    let counter = compiled.clone();
    let count = move |_: AuthContext<'_>| {
        counter.fetch_add(1, Ordering::Relaxed);
        Authorization::Allow
    };
    db.authorizer(Some(count)).unwrap();
    compiled
}

fn party(role: Role, id: &str) -> Party {
    Party { app_id: APP.into(), role, id: id.into() }
}

/// Creates a call with this idempotency key, and gives its room id.
fn create(db: &Connection, keys: &Arc<Keyring>, key: &str, now: i64) -> String {
    let raw: Object<RawRequest> = serde_json::from_value(json!({
        "roomType": "voice", "businessType": 1, "caller": {"id": TV}, "listener": {"id": ALICE},
    }))
    .unwrap();
    let request: Request = raw.validate().unwrap();
    let create = Create {
        session: party(Role::Device, TV),
        request,
        asked: Asked::InitByCaller,
        idempotency_key: Some(key.into()),
        tickets: keys.clone(),
        room_end: now.unsigned_abs(),
        limits: RingingLimits { of_caller: Some(8), of_listener: Some(8) },
    };
    match decide(db, &create, now).unwrap() {
        Creation::New(created) => created.room.room_id,
        Creation::Crossed(_) | Creation::Repeated(_) => panic!("{key} is new"),
    }
}

/// Everything that an operation can want.
fn wants(room_id: &str, key: &str, under_way: CallsUnderWay) -> Wants {
    let (tv, alice) = (party(Role::Device, TV), party(Role::Phone, ALICE));
    Wants {
        records: Some(RecordsWanted {
            app_id: APP.into(),
            devices: vec![TV.into()],
            users: vec![ALICE.into(), OTHER_APPS.into()],
            payment_users: vec![key.into()],
            authorisations: vec![(TV.into(), ALICE.into())],
            contacts: vec![(key.into(), ALICE.into())],
            webhook: true,
        }),
        creation: Some((tv.clone(), key.into())),
        call: Some(room_id.into()),
        engaged: Some(alice.clone()),
        ringing: Some(Sides { caller: tv.clone(), listener: alice.clone() }),
        ringing_back: Some((alice.clone(), tv.clone())),
        met: Some((alice.clone(), room_id.into())),
        session_key: Some(alice.clone()),
        used_ticket: Some((alice.clone(), key.as_bytes().to_vec())),
        authorised_devices: Some(alice.clone()),
        reminders: Some(alice),
        under_way: Some(under_way),
    }
}

/// Everything that is written beside calls themselves.
fn beside_calls(room_id: &str, key: &str, now: i64) -> Vec<Write> {
    let (tv, alice) = (party(Role::Device, TV), party(Role::Phone, ALICE));
    let meeting = Meeting {
        room_id: room_id.into(),
        rings_until: now,
        is_caller_camera_off: false,
        is_listener_camera_off: true,
        caller: alice.clone(),
        idempotency_key: Some(key.into()),
        fingerprint: Vec::new(),
    };
    let room_id = room_id.to_owned();
    vec![
        Write::Engage(tv.clone(), room_id.clone()),
        Write::Disengage(tv.clone(), room_id.clone()),
        Write::Bill { app_id: APP.into(), minutes: 1 },
        Write::Meet(Box::new(meeting)),
        Write::GiveUpMeeting(alice.clone(), MeetingId::Key(key.into())),
        Write::GiveUpMeeting(alice.clone(), MeetingId::Call(room_id.clone())),
        Write::CancelKey(tv, format!("cancelled-{key}")),
        Write::UseTicket(alice.clone(), key.as_bytes().to_vec()),
        Write::Withdraw { user: alice.clone(), sn: TV.into() },
        Write::Authorise { user: alice, sn: TV.into(), device_name: "TV".into() },
    ]
}

/// Sends all messages that wait, reads the log, sends one again, gives up what waits, and forgets everything.
fn send(db: &Connection, now: i64) {
    let done =
        |outcome| Attempt { is_try: true, status: None, error: None, then: Then::Done(outcome) };
    let mut sent = 0;
    while let Some((number, at)) = messages::to_try(db, APP, 8).unwrap().first() {
        assert!(messages::find(db, *number).unwrap().is_some());
        messages::note(db, *number, Some(*at), &done(Outcome::Delivered), now).unwrap();
        sent += 1;
    }
    assert_eq!(sent, 2, "it rang, and it is over");
    let wanted = DeliveriesWanted { limit: 8, ..DeliveriesWanted::default() };
    let log = messages::log(db, APP, &wanted).unwrap();
    assert!(messages::again(db, APP, &log[0].1.id, now).unwrap().is_some());
    assert_eq!(messages::count_waiting(db).unwrap(), 1);
    assert_eq!(messages::give_up(db, APP, 8, now).unwrap(), 1);
    assert_eq!(messages::forget(db, now + 1, 1).unwrap(), 1);
    for party in [party(Role::Phone, ALICE), party(Role::Device, TV)] {
        messages::forget_person(db, &party, 8).unwrap();
    }
}

/// Does once whatever the service does while it runs, each time with other values.
fn do_everything(db: &Connection, keys: &Arc<Keyring>, round: i64) {
    // Each time, what the time before has made is old enough to be deleted.
    let retention = Retention::default().calls(1).audit(1);
    let now = round * (RETENTION_MS + RING_MS as i64 + 1);
    let key = format!("key-{round}");
    let room_id = create(db, keys, &key, now);
    for under_way in [CallsUnderWay::First, CallsUnderWay::After(Place(now, round))] {
        facts::read(db, &wants(&room_id, &key, under_way), now).unwrap();
    }
    let give_up =
        GiveUp { caller: party(Role::Device, TV), room_id: room_id.clone(), device: None };
    decide(db, &give_up, now).unwrap();
    for write in beside_calls(&room_id, &key, now) {
        writes::write(db, &write, now).unwrap();
    }
    writes::beat(db, now, now).unwrap();
    probe::write(db, now).unwrap();
    send(db, now);
    deleted_persons::add(db, &party(Role::Phone, "o-deleted"), now).unwrap();
    assert!(!sweep::step(db, now, &retention).unwrap());
}

#[test]
fn a_statement_that_runs_again_is_not_compiled_again() {
    let (mut db, keys) = seeded();
    let events = EventType::ALL.to_vec();
    let webhook = WebhookRecord { url: "https://a".into(), events };
    webhooks::write(&db, APP, &webhook, &[0; 32]).unwrap();
    let keys = Arc::new(keys);
    let compiled = count_compiled(&mut db);
    for round in 1..=3 {
        do_everything(&db, &keys, round);
    }
    let before = compiled.swap(0, Ordering::Relaxed);
    assert!(before > 100, "{before} were counted when they were new");
    for round in 4..=6 {
        do_everything(&db, &keys, round);
        assert_eq!(compiled.load(Ordering::Relaxed), 0, "in round {round}");
    }
}

#[test]
fn what_is_asked_about_an_open_id_is_found_by_an_index() {
    let (db, _) = seeded();
    for (sql, index) in [
        (OF_THE_SAME_OWNER, "users_by_open_id (open_id=?)"),
        (AUTHORISED_DEVICES, "authorisations_by_user (open_id=? AND app_id=?)"),
    ] {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = plan.query_map([APP, OTHER_APPS], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{steps:?}");
        assert!(steps.iter().any(|step| step.contains(index)), "{steps:?}");
    }
}

#[test]
fn an_apps_calls_are_found_by_an_index_in_their_order() {
    let (db, _) = seeded();
    for (is_live, index) in
        [(true, "calls_on (app_id=? AND"), (false, "sqlite_autoindex_calls_1 (")]
    {
        let sql = calls::of_app_sql(is_live);
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = plan.query_map([APP, "z", "a"], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps[0].starts_with("SEARCH calls USING INDEX"), "{steps:?}");
        assert!(steps[0].contains(index), "{steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP")), "they are sorted: {steps:?}");
    }
}

#[test]
fn a_transaction_compiles_nothing_of_its_own() {
    let (mut db, _) = seeded();
    let compiled = count_compiled(&mut db);
    let run = || {
        let job = |stands: bool| -> Job { Box::new(move |_| (stands, Box::new(|_| ()) as Answer)) };
        let mut answers = Vec::new();
        run_group(&db, [true, false, true].map(job).into_iter(), &mut answers).unwrap();
        assert_eq!(answers.len(), 3);
    };
    run();
    assert!(compiled.swap(0, Ordering::Relaxed) > 0, "they are counted when they are new");
    run();
    assert_eq!(compiled.load(Ordering::Relaxed), 0);
}

#[test]
fn sqlite_allocates_without_a_lock() {
    let (db, _) = seeded();
    let sql = "SELECT sqlite_compileoption_used('DEFAULT_MEMSTATUS=0')";
    let is_used: bool = db.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(is_used, "compiled before .cargo/config.toml said so: cargo clean -p libsqlite3-sys");
}
