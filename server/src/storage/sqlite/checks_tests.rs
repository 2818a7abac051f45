//! The checks of the rules, over the demo's records as they are read from SQLite.

use rusqlite::Connection;
use serde_json::{Value, json};
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::RawRequest;
use wmpf_voip::value::Object;
use wmpf_voip_calls::checks::{Asked, Checks, Permit, is_open_id, wanted};
use wmpf_voip_calls::failure::Failure;
use wmpf_voip_calls::operation::Wants;
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_calls::ticket::{Ticket, TicketHolder};

use super::facts;
use super::seeded::seeded;
use crate::domain::clock::Clock;
use crate::domain::tokens::Keyring;

const APP: &str = "wxde00000000000001";
const DOORBELL: &str = "DEMO-DOORBELL-01";
const DOORBELL_MODEL: &str = "DEMO_MODEL_DOORBELL";
const PANEL_MODEL: &str = "DEMO_MODEL_PANEL";
const ALICE: &str = "oDemo-Alice-0000000000000000";
const STUDENT: &str = "demo-student";

struct World {
    db: Connection,
    keys: Keyring,
}

impl World {
    fn new() -> World {
        let (db, keys) = seeded();
        World { db, keys }
    }

    fn ticket(&self, app_id: &str, kind: Ticket, subject: &str, model: Option<&str>) -> String {
        let holder = TicketHolder { subject: subject.into(), model_id: model.map(str::to_owned) };
        self.keys.issue_ticket(app_id, kind, holder, Clock::default().wall_ms() + 60_000).unwrap()
    }

    fn check(&self, session: &Party, request: &Value) -> Result<Permit, (u16, String)> {
        let raw: Object<RawRequest> = serde_json::from_value(request.clone()).unwrap();
        let request = raw.validate().unwrap();
        let (asked, wall) = (Asked::InitByCaller, Clock::default().wall_ms());
        let records = Some(wanted(session, &request, &asked));
        let wants = Wants { records, ..Wants::default() };
        let records = facts::read(&self.db, &wants, wall).unwrap().records.unwrap();
        let (records, request, asked) = (&records, &request, &asked);
        let checks = Checks { records, tickets: &self.keys, session, request, asked, wall };
        checks.run().map_err(|failure| {
            let Failure::Refused(refusal) = failure else { panic!("{failure}") };
            (refusal.errcode.into(), refusal.errmsg)
        })
    }

    fn code(&self, session: &Party, request: &Value) -> u16 {
        self.check(session, request).map_or_else(|(code, _)| code, |_| 0)
    }
}

fn device(id: &str) -> Party {
    Party { app_id: APP.into(), role: Role::Device, id: id.into() }
}

fn phone(id: &str) -> Party {
    Party { app_id: APP.into(), role: Role::Phone, id: id.into() }
}

fn call(business_type: u8, caller: &str, listener: &str, token: Option<&str>) -> Value {
    json!({
        "roomType": "voice",
        "businessType": business_type,
        "caller": {"id": caller, "name": "passed for the caller"},
        "listener": {"id": listener, "name": "passed for the listener"},
        "voipToken": token,
    })
}

#[test]
fn device_to_phone_is_checked_in_this_order() {
    let world = World::new();
    let app = "wxde00000000000003";
    world
        .db
        .execute_batch(
            "UPDATE apps SET approved = 0 WHERE app_id = 'wxde00000000000003';
             INSERT INTO users (open_id, app_id, scope_voip) VALUES ('oTest-Stranger-0000000000000', 'wxde00000000000003', 0);",
        )
        .unwrap();
    let mut session = Party { app_id: app.into(), ..device("DEMO-NOBODY") };
    let mut request = call(1, "DEMO-NOBODY", "alice", None);
    assert_eq!(world.code(&session, &request), 12);
    request["miniprogramState"] = "trial".into();
    assert_eq!(world.code(&session, &request), 2);
    session.id = "DEMO-PANEL-03".into();
    request["caller"]["id"] = "DEMO-PANEL-03".into();
    assert_eq!(world.code(&session, &request), 13);
    let ticket =
        |model| Value::from(world.ticket(app, Ticket::Device, "DEMO-PANEL-03", Some(model)));
    request["voipToken"] = ticket(DOORBELL_MODEL);
    assert_eq!(world.code(&session, &request), 17);
    request["voipToken"] = ticket(PANEL_MODEL);
    for (open_id, code) in [
        ("alice", 7),
        ("oDemo-Nobody-000000000000000", 20),
        ("oDemo-OtherApp-0000000000000", 19),
        ("oTest-Stranger-0000000000000", 9),
        ("oDemo-NoMinutes-000000000000", 15),
    ] {
        request["listener"]["id"] = open_id.into();
        assert_eq!(world.code(&session, &request), code, "{open_id}");
    }
    world.db.execute("UPDATE apps SET minutes_left = 1 WHERE app_id = ?1", [app]).unwrap();
    assert_eq!(world.code(&session, &request), 0);
}

#[test]
fn whether_another_app_has_an_open_id_is_told_to_apps_of_its_owner_only() {
    let world = World::new();
    let others = "oDemo-OtherApp-0000000000000";
    let session = device("DEMO-TV-01");
    let answer = |open_id: &str| {
        let (code, text) =
            world.check(&session, &call(1, "DEMO-TV-01", open_id, None)).unwrap_err();
        (code, text.replace(open_id, "…"))
    };
    let unknown = answer("oDemo-Nobody-000000000000000");
    assert_eq!(unknown.0, 20);
    for (owners, expected) in [
        ("UPDATE apps SET owner = 'one'", 19),
        ("UPDATE apps SET owner = 'another' WHERE app_id = 'wxde00000000000004'", 20),
        ("UPDATE apps SET owner = NULL WHERE app_id = 'wxde00000000000004'", 20),
        ("UPDATE apps SET owner = NULL", 20),
    ] {
        world.db.execute_batch(owners).unwrap();
        let told = answer(others);
        assert_eq!(told.0, expected, "{owners}");
        assert!(
            expected == 19 || told == unknown,
            "no difference to a user whom nobody knows: {told:?}"
        );
    }
    // Whoever else has an openId, an app's own user is its user.
    world
        .db
        .execute_batch(&format!(
            "UPDATE apps SET owner = 'one';
             INSERT INTO users (app_id, open_id, scope_voip) VALUES ('wxde00000000000004', '{ALICE}', 0), ('{APP}', '{others}', 0);"
        ))
        .unwrap();
    assert_eq!(answer(others).0, 9);
    assert_eq!(world.code(&session, &call(1, "DEMO-TV-01", ALICE, None)), 0);
}

#[test]
fn a_face_payment_call_is_checked_in_this_order() {
    let world = World::new();
    let mut request = call(3, "demo-nobody", "alice", Some("x"));
    assert_eq!(world.code(&device("demo-nobody"), &request), 3);
    request["caller"]["id"] = "demo-student-expired".into();
    assert_eq!(world.code(&device(STUDENT), &request), 3, "a session of another user_id");
    let session = device("demo-student-expired");
    assert_eq!(world.code(&session, &request), 4);
    request["voipToken"] = world.ticket(APP, Ticket::Payment, STUDENT, None).into();
    assert_eq!(world.code(&session, &request), 4, "a token of another user_id");
    request["voipToken"] = world.ticket(APP, Ticket::Payment, "demo-student-expired", None).into();
    for (open_id, code) in [
        ("alice", 7),
        ("oDemo-Nobody-000000000000000", 20),
        ("oDemo-OtherApp-0000000000000", 19),
        ("oDemo-NoScope-00000000000000", 8),
        ("oDemo-NoContact-000000000000", 9),
        (ALICE, 23),
    ] {
        request["listener"]["id"] = open_id.into();
        assert_eq!(world.code(&session, &request), code, "{open_id}");
    }
    request["businessType"] = 0.into();
    let permit = world.check(&session, &request).unwrap();
    assert_eq!(permit.charge_type, ChargeType::Duration, "the license does not matter");
    assert_eq!(permit.caller_name, "passed for the caller");
    assert_eq!(permit.listener_name, "passed for the listener");
}

#[test]
fn phone_to_device_is_checked_in_this_order() {
    let world = World::new();
    let alice = phone(ALICE);
    let push = |model| world.ticket(APP, Ticket::Push, DOORBELL, Some(model));
    assert_eq!(world.code(&alice, &call(2, "alice", "DEMO-NOBODY", Some("x"))), 2);
    assert_eq!(world.code(&alice, &call(2, "alice", DOORBELL, Some("x"))), 14);
    let other = world.ticket(APP, Ticket::Push, "DEMO-TV-01", Some(DOORBELL_MODEL));
    assert_eq!(world.code(&alice, &call(2, "alice", DOORBELL, Some(&other))), 14);
    let wrong_model = push(PANEL_MODEL);
    assert_eq!(world.code(&alice, &call(2, "alice", DOORBELL, Some(&wrong_model))), 17);
    let token = push(DOORBELL_MODEL);
    for (open_id, code) in [
        ("alice", 7),
        ("oDemo-Nobody-000000000000000", 20),
        ("oDemo-OtherApp-0000000000000", 19),
        ("oDemo-Withdrew-0000000000000", 20), // not the session's
        (ALICE, 0),
    ] {
        let request = call(2, open_id, DOORBELL, Some(&token));
        assert_eq!(world.code(&alice, &request), code, "{open_id}");
    }
    let withdrew = "oDemo-Withdrew-0000000000000";
    let request = call(2, withdrew, DOORBELL, Some(&token));
    assert_eq!(world.code(&phone(withdrew), &request), 9);
    let request = call(2, ALICE, DOORBELL, Some(&token));
    assert_eq!(world.code(&device(ALICE), &request), 20, "a device's session");
    let permit = world.check(&alice, &request).unwrap();
    assert_eq!(permit.charge_type, ChargeType::Duration, "never by the device's license");
    assert_eq!(permit.caller_name, "passed for the caller");
    assert_eq!(permit.listener_name, "前门 Video Doorbell");
    assert_eq!(permit.listener, device(DOORBELL));
    world.db.execute("UPDATE apps SET minutes_left = 0", []).unwrap();
    assert_eq!(world.code(&alice, &request), 15);
}

#[test]
fn swapped_parties_are_recognised() {
    let world = World::new();
    let wmpf = device("DEMO-TV-01");
    let payment = world.ticket(APP, Ticket::Payment, STUDENT, None);
    for (session, request, expected) in [
        (device(DOORBELL), call(1, ALICE, DOORBELL, None), 2),
        (phone(ALICE), call(2, DOORBELL, ALICE, Some("x")), 2),
        (device(STUDENT), call(0, ALICE, STUDENT, Some(&payment)), 3),
        (device(STUDENT), call(3, ALICE, STUDENT, Some(&payment)), 3),
        // Its caller.id is replaced, so the fault shows in the listener.
        (wmpf.clone(), call(1, ALICE, DOORBELL, None), 20),
        (wmpf, call(1, "anything", "DEMO-TV-01", None), 20),
        (device(STUDENT), call(0, STUDENT, STUDENT, Some(&payment)), 20),
        (device(STUDENT), call(3, STUDENT, "demo-student-expired", Some(&payment)), 20),
    ] {
        let (code, text) = world.check(&session, &request).unwrap_err();
        assert_eq!(code, expected, "{text}");
        assert!(text.ends_with("caller and listener may be swapped"), "{text}");
    }
}

#[test]
fn a_user_id_that_looks_like_an_open_id_is_none() {
    let world = World::new();
    let user_id = "oTest-Student-00000000000000";
    assert!(is_open_id(user_id));
    world
        .db
        .execute_batch(&format!(
            "INSERT INTO payment_users VALUES ('{APP}', '{user_id}', NULL);
             INSERT INTO contacts VALUES ('{APP}', '{user_id}', '{ALICE}');"
        ))
        .unwrap();
    let token = world.ticket(APP, Ticket::Payment, user_id, None);
    let request = call(0, user_id, ALICE, Some(&token));
    assert_eq!(world.code(&device(user_id), &request), 0);
    let (code, text) = world.check(&device(STUDENT), &request).unwrap_err();
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("the session token is not that of"), "{text}");
}

#[test]
fn what_is_nobodys_id_is_malformed_and_not_swapped() {
    let world = World::new();
    let payment = world.ticket(APP, Ticket::Payment, STUDENT, None);
    let push = world.ticket(APP, Ticket::Push, DOORBELL, Some(DOORBELL_MODEL));
    for (session, request) in [
        (device("DEMO-TV-01"), call(1, "anything", "alice", None)),
        (device("DEMO-TV-01"), call(1, "anything", "DEMO-PANEL-02", None)), // another app's
        (device("DEMO-TV-01"), call(1, "anything", STUDENT, None)),
        (device(STUDENT), call(0, STUDENT, DOORBELL, Some(&payment))),
        (phone(ALICE), call(2, DOORBELL, DOORBELL, Some(&push))),
    ] {
        let (code, text) = world.check(&session, &request).unwrap_err();
        assert_eq!(code, 7, "{text}");
        assert!(!text.contains("swapped"), "{text}");
    }
}

#[test]
fn a_device_calls_as_itself() {
    let world = World::new();
    let token = world.ticket(APP, Ticket::Device, DOORBELL, Some(DOORBELL_MODEL));
    let request = call(1, DOORBELL, ALICE, Some(&token));
    world.db.execute("UPDATE devices SET license_expires_at = 4102444800000", []).unwrap();
    let permit = world.check(&device(DOORBELL), &request).unwrap();
    assert_eq!(permit.charge_type, ChargeType::Duration, "registered with the SDK");
    assert_eq!(permit.caller_name, "前门 Video Doorbell", "whatever was passed");
    assert_eq!(permit.listener_name, "passed for the listener");
    assert_eq!(permit.listener, phone(ALICE));

    assert_eq!(world.code(&phone(ALICE), &request), 2, "a phone's session");
    assert_eq!(world.code(&device("DEMO-PANEL-01"), &request), 2, "another device's session");
    let other = Party { app_id: "wxde00000000000004".into(), ..device(DOORBELL) };
    assert_eq!(world.code(&other, &request), 2, "the same SN in another mini-program");
}

#[test]
fn a_device_registered_through_wmpf_needs_no_id_and_no_token() {
    let world = World::new();
    let permit = world.check(&device("DEMO-TV-01"), &call(1, "anything", ALICE, None)).unwrap();
    assert_eq!(permit.caller, device("DEMO-TV-01"));
    assert_eq!(permit.charge_type, ChargeType::Duration, "it has no license");
    let licensed = world.check(&device("DEMO-TV-02"), &call(1, "anything", ALICE, None));
    assert_eq!(licensed.unwrap().charge_type, ChargeType::License);
    let expired = call(1, "anything", ALICE, None);
    assert_eq!(world.code(&device("DEMO-TV-EXPIRED"), &expired), 23);
    let token = world.ticket(APP, Ticket::Device, "DEMO-TV-01", Some("DEMO_MODEL_TV"));
    let request = call(1, "anything", ALICE, Some(&token));
    assert_eq!(world.code(&device("DEMO-TV-01"), &request), 13, "even a valid one");
}

#[test]
fn the_token_that_a_host_fetched_has_to_be_its_devices() {
    let world = World::new();
    let tv = device("DEMO-TV-01");
    let fetched = |sn, model| world.ticket(APP, Ticket::Device, sn, Some(model));
    let with = |token: String| {
        let mut request = call(1, "anything", ALICE, None);
        request["deviceToken"] = token.into();
        request
    };
    world.check(&tv, &with(fetched("DEMO-TV-01", "DEMO_MODEL_TV"))).unwrap();
    let refusal = |token| world.check(&tv, &with(token)).unwrap_err().1;
    assert_eq!(
        refusal("forged".into()),
        "deviceToken: the deviceToken is not a token of this service: \
         fetch a new one on the device before each call"
    );
    let another = fetched(DOORBELL, DOORBELL_MODEL);
    assert!(refusal(another.clone()).contains("belongs to the device"));
    assert_eq!(world.code(&tv, &with(another)), 13);
    assert_eq!(world.code(&tv, &with(fetched("DEMO-TV-01", DOORBELL_MODEL))), 17);

    let mut doorbell = call(1, DOORBELL, ALICE, None);
    doorbell["deviceToken"] = fetched(DOORBELL, DOORBELL_MODEL).into();
    assert_eq!(
        world.code(&device(DOORBELL), &doorbell),
        13,
        "registered with the SDK, it passes its own"
    );
}

#[test]
fn the_device_token_has_to_be_this_devices() {
    let world = World::new();
    let session = device(DOORBELL);
    let others = world.ticket(APP, Ticket::Device, "DEMO-PANEL-01", Some(DOORBELL_MODEL));
    let elsewhere =
        world.ticket("wxde00000000000004", Ticket::Device, DOORBELL, Some(DOORBELL_MODEL));
    let of_no_model = world.ticket(APP, Ticket::Device, DOORBELL, None);
    for (token, code) in [(&others, 13), (&elsewhere, 13), (&of_no_model, 17)] {
        let (got, text) =
            world.check(&session, &call(1, DOORBELL, ALICE, Some(token))).unwrap_err();
        assert_eq!(got, code, "{text}");
        assert!(!text.contains("eyJ"), "{text}");
    }
}

#[test]
fn users_without_a_name_get_one() {
    let world = World::new();
    let token = world.ticket(APP, Ticket::Payment, STUDENT, None);
    let mut request = call(3, STUDENT, ALICE, Some(&token));
    request["caller"]["name"] = "".into();
    request["listener"]["name"] = Value::Null;
    let permit = world.check(&device(STUDENT), &request).unwrap();
    assert_eq!((permit.caller_name.as_str(), permit.listener_name.as_str()), (STUDENT, "微信用户"));
    assert_eq!(permit.charge_type, ChargeType::License);
}

#[test]
fn however_long_the_ids_the_text_is_short() {
    let world = World::new();
    // A ticket with a longer one would itself be too long.
    let long = "k".repeat(1200);
    let long = long.as_str();
    world
        .db
        .execute_batch(&format!(
            "INSERT INTO devices VALUES ('{APP}', '{long}', '{DOORBELL_MODEL}', 'sdk', NULL);
             INSERT INTO payment_users VALUES ('{APP}', '{long}', 1);
             INSERT INTO users (open_id, app_id, scope_voip) VALUES ('oTest-Nobodys-00000000000000', '{APP}', 1);"
        ))
        .unwrap();
    let ticket = |kind, subject: &str| world.ticket(APP, kind, subject, Some(long));
    let good = |kind| world.ticket(APP, kind, long, Some(DOORBELL_MODEL));
    let unknown = "号".repeat(4096);
    let unknown = unknown.as_str();
    let nobodys = "oTest-Nobodys-00000000000000";
    let own = device(long);
    for (session, business_type, caller, listener, token, expected) in [
        (&device(unknown), 1, unknown, ALICE, None, 2),
        (&own, 1, unknown, ALICE, None, 2),
        (&own, 1, long, ALICE, None, 13),
        (&own, 1, long, ALICE, Some(ticket(Ticket::Device, "SN")), 13),
        (&own, 1, long, ALICE, Some(ticket(Ticket::Device, long)), 17),
        (&own, 1, long, unknown, Some(good(Ticket::Device)), 7),
        (&own, 1, long, nobodys, Some(good(Ticket::Device)), 9),
        (&phone(unknown), 2, ALICE, unknown, Some(String::from("x")), 2),
        (&phone(ALICE), 2, ALICE, long, Some(ticket(Ticket::Push, "SN")), 14),
        (&phone(ALICE), 2, ALICE, long, Some(ticket(Ticket::Push, long)), 17),
        (&phone(unknown), 2, unknown, long, Some(good(Ticket::Push)), 7),
        (&phone(unknown), 2, ALICE, long, Some(good(Ticket::Push)), 20),
        (&phone(ALICE), 2, ALICE, long, Some(good(Ticket::Push)), 9),
        (&device(unknown), 0, unknown, ALICE, Some(String::from("x")), 3),
        (&device(unknown), 3, long, ALICE, Some(String::from("x")), 3),
        (&own, 0, long, ALICE, Some(ticket(Ticket::Payment, "id")), 4),
        (&own, 0, long, unknown, Some(good(Ticket::Payment)), 7),
        (&own, 3, long, nobodys, Some(good(Ticket::Payment)), 9),
    ] {
        let request = call(business_type, caller, listener, token.as_deref());
        let (code, text) = world.check(session, &request).unwrap_err();
        assert_eq!(code, expected, "{text}");
        assert!(text.chars().count() < 1000, "{} characters: {text}", text.chars().count());
    }
}

#[test]
fn what_an_open_id_looks_like() {
    assert!(is_open_id(ALICE));
    for text in ["", "o", "xDemo-Alice-0000000000000000", "oDemo Alice 0000000000000000"] {
        assert!(!is_open_id(text), "{text}");
    }
    assert!(!is_open_id(&format!("{ALICE}0")));
}
