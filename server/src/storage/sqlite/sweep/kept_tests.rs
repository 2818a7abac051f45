//! How long what is written down is kept.

use rusqlite::{Connection, params};

use super::kept::step;
use crate::domain::retention::Retention;
use crate::storage::sqlite::seeded::seeded;

const DAY: i64 = 24 * 60 * 60 * 1000;
const NOW: i64 = 400 * DAY;

/// A call in this state that stopped ringing at this time.
fn call(db: &Connection, room_id: &str, state: &str, rang_until: i64) {
    db.execute(
        "INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type, reminder,
            created_at, rings_until, fingerprint, state)
         VALUES (?1, 'wxde00000000000001', 'device', 'd', 'phone', 'p', 'license', '{}', ?3 - 60000, ?3, x'', ?2)",
        params![room_id, state, rang_until],
    )
    .unwrap();
}

fn all(db: &Connection, column: &str, table: &str) -> Vec<String> {
    let sql = format!("SELECT {column} FROM {table} ORDER BY rowid");
    let mut statement = db.prepare(&sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn calls_are_kept_for_as_long_as_is_set_and_longer_if_they_go_on() {
    let (db, _) = seeded();
    let retention = Retention::default().calls(30).audit(365);
    call(&db, "goes on", "talking", NOW - 40 * DAY);
    call(&db, "old", "ended", NOW - 30 * DAY - 1);
    call(&db, "just kept", "ended", NOW - 30 * DAY);
    call(&db, "rings", "ringing", NOW + 1);
    assert!(!step(&db, NOW, &retention).unwrap(), "there is no more to do");
    assert_eq!(all(&db, "room_id", "calls"), ["goes on", "just kept", "rings"]);
    step(&db, NOW + 1, &retention).unwrap();
    assert_eq!(all(&db, "room_id", "calls"), ["goes on", "rings"]);
    db.execute("UPDATE calls SET state = 'ended'", []).unwrap();
    step(&db, NOW + 1, &retention).unwrap();
    assert_eq!(all(&db, "room_id", "calls"), ["rings"]);
    step(&db, NOW + 2 + DAY, &Retention::default().calls(1).audit(365)).unwrap();
    assert!(all(&db, "room_id", "calls").is_empty());
}

#[test]
fn much_that_is_old_goes_in_steps() {
    let (db, _) = seeded();
    for number in 0..600 {
        call(&db, &format!("{number}"), "ended", number);
    }
    let mut steps = 1;
    loop {
        let before = db.total_changes();
        let more = step(&db, NOW, &Retention::default()).unwrap();
        assert!(db.total_changes() - before <= 256);
        if !more {
            break;
        }
        steps += 1;
    }
    assert_eq!((steps, all(&db, "room_id", "calls").len()), (3, 0));
}

#[test]
fn keys_and_tickets_are_kept_for_a_day_and_the_audit_record_for_as_long_as_is_set() {
    let (db, _) = seeded();
    for at in [NOW - 10 * DAY, NOW - DAY - 1, NOW - DAY, NOW] {
        let cancelled = "INSERT INTO cancelled_keys VALUES ('wx', 'device', 'd', ?1, ?1)";
        db.execute(cancelled, [at]).unwrap();
        let used = "INSERT INTO used_tickets VALUES ('wx', 'o', CAST(?1 AS BLOB), ?1)";
        db.execute(used, [at]).unwrap();
        let changed =
            "INSERT INTO audit (at, key, method, path, status) VALUES (?1, 'k', 'PUT', '/', 200)";
        db.execute(changed, [at]).unwrap();
    }
    assert!(!step(&db, NOW, &Retention::default().calls(1).audit(5)).unwrap());
    let times = |days: &[i64]| -> Vec<String> { days.iter().map(i64::to_string).collect() };
    let kept = times(&[NOW - DAY, NOW]);
    assert_eq!(all(&db, "CAST(cancelled_at AS TEXT)", "cancelled_keys"), kept);
    assert_eq!(all(&db, "CAST(used_at AS TEXT)", "used_tickets"), kept);
    let kept = times(&[NOW - DAY - 1, NOW - DAY, NOW]);
    assert_eq!(all(&db, "CAST(at AS TEXT)", "audit"), kept);
}
