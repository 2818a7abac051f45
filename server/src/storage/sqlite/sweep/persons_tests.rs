//! What is left of a person whose record was deleted: nothing.

use rusqlite::{Connection, params};
use wmpf_voip_calls::party::{Party, Role};

use super::persons::step;
use crate::storage::sqlite::seeded::seeded;
use crate::storage::sqlite::sweep;
use crate::storage::sqlite::{deleted_parties, deleted_persons};

const APP: &str = "wxde00000000000001";
const GONE: &str = "o-gone";
const DELETED_AT: i64 = 1000;

fn call(db: &Connection, state: &str, caller: (&str, &str), listener: (&str, &str), at: i64) {
    db.execute(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type, reminder,
            created_at, rings_until, fingerprint, state)
         SELECT count(*), ?1, ?2, ?3, ?4, ?5, 'license', '{}', ?6, ?6, x'', ?7 FROM calls",
        params![APP, caller.0, caller.1, listener.0, listener.1, at, state],
    )
    .unwrap();
}

/// An entry of the audit record.
fn noted(db: &Connection, app_id: &str, open_id: &str, path: &str) {
    let sql = "INSERT INTO audit (at, key, method, path, status, app_id, open_id)
        VALUES (1, 'k', 'PUT', ?1, 200, ?2, ?3)";
    db.execute(sql, [path, app_id, open_id]).unwrap();
}

fn count(db: &Connection, what: &str) -> u32 {
    db.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
}

fn add(db: &Connection, role: Role, id: &str) {
    let party = Party { app_id: APP.into(), role, id: id.into() };
    deleted_parties::add(db, &party).unwrap();
    deleted_persons::add(db, &party, DELETED_AT).unwrap();
}

#[test]
fn nothing_is_left_of_a_person_and_all_of_others() {
    let (db, _) = seeded();
    let (device, gone, stays) = (("device", "d"), ("phone", GONE), ("phone", "o-stays"));
    call(&db, "ended", device, gone, 1);
    call(&db, "ended", gone, device, 2);
    call(&db, "talking", device, gone, 3);
    call(&db, "ended", device, stays, 4);
    // An SN that is the same is another party; and a person may have come back.
    call(&db, "ended", ("device", GONE), stays, 5);
    call(&db, "ended", device, gone, DELETED_AT + 1);
    for id in [GONE, "o-stays"] {
        db.execute("INSERT INTO cancelled_keys VALUES (?1, 'phone', ?2, 'key', 1)", [APP, id])
            .unwrap();
        db.execute("INSERT INTO used_tickets VALUES (?1, ?2, x'00', 1)", [APP, id]).unwrap();
        let message = "INSERT INTO messages (webhook_id, app_id, type, subject, open_id, device_id, body, happened_at, while_rings)
            VALUES (?2, ?1, 'authorisation.changed', 's', ?2, 'd', '{}', 1, 0)";
        db.execute(message, [APP, id]).unwrap();
        for (app_id, path) in [
            (APP, format!("/v1/admin/apps/{APP}/users/{id}")),
            (APP, format!("/v1/admin/apps/{APP}/devices/{id}/authorisations/{id}")),
            ("wx-other", format!("/v1/admin/apps/wx-other/users/{id}")),
        ] {
            noted(&db, app_id, id, &path);
        }
    }
    add(&db, Role::Phone, GONE);
    let again = format!("/v1/admin/apps/{APP}/users/{GONE}");
    noted(&db, APP, GONE, &again);
    assert!(!step(&db).unwrap());
    let of_gone = format!(
        "calls WHERE 'phone' IN (caller_role, listener_role) AND '{GONE}' IN (caller_id, listener_id)"
    );
    assert_eq!(
        count(&db, &format!("{of_gone} AND caller_role || listener_role <> 'devicedevice'")),
        3
    );
    assert_eq!(count(&db, "deleted_persons"), 1, "a call goes on");

    db.execute("UPDATE calls SET state = 'ended'", []).unwrap();
    assert!(!step(&db).unwrap());
    assert_eq!(count(&db, "deleted_persons"), 0);
    assert_eq!(count(&db, "calls"), 3, "of others, and a later one");
    for table in ["cancelled_keys", "used_tickets", "messages"] {
        assert_eq!(count(&db, table), 1, "{table}");
    }
    let paths: Vec<String> = {
        let mut statement = db.prepare("SELECT path FROM audit ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let expected = [
        format!("/v1/admin/apps/{APP}/users/-"),
        format!("/v1/admin/apps/{APP}/devices/{GONE}/authorisations/-"),
        format!("/v1/admin/apps/wx-other/users/{GONE}"),
    ];
    assert_eq!(paths[..3], expected);
    assert!(paths[3..6].iter().all(|path| path.contains("o-stays")), "{paths:?}");
    assert_eq!(paths[6..], [again], "it came back");
}

#[test]
fn much_that_names_a_person_is_hidden_in_steps() {
    let (db, _) = seeded();
    (0..600).for_each(|_| noted(&db, APP, GONE, &format!("/v1/admin/apps/{APP}/users/{GONE}")));
    add(&db, Role::Phone, GONE);
    let mut steps = 1;
    loop {
        let before = db.total_changes();
        let more = step(&db).unwrap();
        // And the row that says so.
        assert!(db.total_changes() - before <= 257);
        if !more {
            break;
        }
        steps += 1;
    }
    assert_eq!(
        (steps, count(&db, "audit WHERE open_id IS NULL AND path LIKE '%/users/-'")),
        (3, 600)
    );
}

#[test]
fn an_app_that_is_deleted_hides_all_of_its_persons() {
    const EMPTY: &str = "wxde00000000000004";
    let (db, _) = seeded();
    db.execute("DELETE FROM users WHERE app_id = ?1", [EMPTY]).unwrap();
    let path = |app_id: &str| format!("/v1/admin/apps/{app_id}/users/{GONE}");
    (0..300).for_each(|_| noted(&db, EMPTY, GONE, &path(EMPTY)));
    noted(&db, APP, GONE, &path(APP));
    for _ in 0..2 {
        sweep::step_of(&db, EMPTY).unwrap();
    }
    assert_eq!(count(&db, &format!("apps WHERE app_id = '{EMPTY}'")), 0);
    assert_eq!(count(&db, &format!("audit WHERE path LIKE '%{GONE}'")), 1, "another app's");
}

#[test]
fn a_person_with_many_calls_and_many_persons_are_gone_in_steps() {
    let (db, _) = seeded();
    for at in 0..600 {
        call(&db, "ended", ("device", "USER-1"), ("phone", "o-stays"), at);
    }
    add(&db, Role::Device, "USER-1");
    (0..300).for_each(|number| add(&db, Role::Phone, &format!("o{number}")));
    let mut steps = 1;
    loop {
        let before = db.total_changes();
        let more = step(&db).unwrap();
        // And a row for each person that is gone.
        assert!(db.total_changes() - before <= 512);
        if !more {
            break;
        }
        steps += 1;
    }
    assert!(steps > 3, "{steps}");
    assert_eq!((count(&db, "calls"), count(&db, "deleted_persons")), (0, 0));
}
