//! The store: what is on disk, what is undone, and which files it opens.

use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt;
use rusqlite::Connection;

use super::messages;
use super::records::webhooks;
use super::schema::{APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION};
use super::store::{Store, Surroundings};
use wmpf_voip_calls::event_type::EventType;

use crate::domain::clock::Clock;
use crate::domain::outgoing::Outgoing;
use crate::live::calls::LiveCalls;
use crate::storage::StoreError;

fn open(path: &Path) -> Result<Store, StoreError> {
    let presence = Arc::new(LiveCalls::default());
    Store::open(
        path,
        Surroundings {
            presence,
            clock: Clock::default(),
            metrics: Arc::default(),
            outgoing: Outgoing::default(),
        },
    )
}

const NEW_APP: &str = "INSERT INTO apps (app_id, approved, minutes_left) VALUES (?1, 1, 1)";

fn app(id: &'static str) -> impl FnOnce(&Connection) -> Result<(), StoreError> + Send {
    move |db| {
        db.execute(NEW_APP, [id])?;
        Ok(())
    }
}

async fn apps(store: &Store) -> Vec<String> {
    let query = |db: &Connection| -> Result<Vec<String>, StoreError> {
        let mut statement = db.prepare("SELECT app_id FROM apps ORDER BY 1")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    store.run(query).await.unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let store = open(&path).unwrap();
    store.run(app("wx1")).await.unwrap();
    drop(store);
    assert_eq!(apps(&open(&path).unwrap()).await, ["wx1"]);
}

#[test]
fn a_file_has_one_service_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let store = open(&path).unwrap();
    let roundabout = dir.path().join(".").join("store.sqlite");
    assert!(matches!(open(&roundabout), Err(StoreError::InUse(_))));
    drop(store);
    assert!(open(&roundabout).is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_keys() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("store.sqlite")).unwrap();
    store.run(app("wx1")).await.unwrap();
    for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "store.sqlite-lock"] {
        let mode = dir.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_failure_in_a_group_undoes_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("store.sqlite")).unwrap();
    let half_done = |db: &Connection| {
        db.execute(NEW_APP, ["wx3"])?;
        Err::<(), _>(StoreError::Panicked)
    };
    let (first, second, failed, third) = tokio::join!(
        store.run(app("wx1")),
        store.run(app("wx1")),
        store.run(half_done),
        store.run(app("wx2")),
    );
    assert!(first.is_ok() && third.is_ok());
    assert!(matches!(second, Err(StoreError::Engine(_))), "the same key twice");
    assert!(matches!(failed, Err(StoreError::Panicked)));
    assert_eq!(apps(&store).await, ["wx1", "wx2"]);
}

#[tokio::test]
async fn what_follows_a_change_needs_nobody_who_waits_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("store.sqlite")).unwrap();
    let (sender, followed) = std::sync::mpsc::channel();
    // The future hands over its work when it is polled for the first time.
    let _ = store.run_then(app("wx1"), move |(): &()| sender.send(()).unwrap()).now_or_never();
    assert_eq!(apps(&store).await, ["wx1"]);
    assert_eq!(followed.try_recv(), Ok(()));
}

#[tokio::test]
async fn a_panic_undoes_only_itself_and_the_store_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("store.sqlite")).unwrap();
    let panics = |db: &Connection| -> Result<(), StoreError> {
        db.execute(NEW_APP, ["wx3"])?;
        panic!("as a test")
    };
    let (first, panicked, second) =
        tokio::join!(store.run(app("wx1")), store.run(panics), store.run(app("wx2")));
    assert!(first.is_ok() && second.is_ok());
    assert!(matches!(panicked, Err(StoreError::Panicked)));
    assert_eq!(apps(&store).await, ["wx1", "wx2"]);
}

#[tokio::test]
async fn what_ran_is_told_of_in_order_and_only_if_it_stands() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("store.sqlite")).unwrap();
    let (sender, told) = std::sync::mpsc::channel();
    let tell = |id: &'static str| {
        let sender = sender.clone();
        move |(): &()| sender.send(id).unwrap()
    };
    let (first, second, third) = tokio::join!(
        store.run_then(app("wx1"), tell("wx1")),
        store.run_then(app("wx1"), tell("wx1 again")),
        store.run_then(app("wx2"), tell("wx2")),
    );
    assert!(first.is_ok() && second.is_err() && third.is_ok());
    assert_eq!(told.try_iter().collect::<Vec<_>>(), ["wx1", "wx2"]);
}

#[tokio::test]
async fn a_file_of_the_first_version_keeps_its_data() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(MIGRATIONS[0]).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute_batch(
        "INSERT INTO apps VALUES ('wxa', zeroblob(32), 1, 7);
         INSERT INTO models VALUES ('M1', 'name');
         INSERT INTO devices VALUES ('wxa', 'SN-1', 'M1', 'sdk', NULL);
         INSERT INTO users VALUES ('o1', 'wxa', 1);
         INSERT INTO authorisations VALUES ('wxa', 'SN-1', 'o1', '门口');
         INSERT INTO calls VALUES ('r1', 'wxa', 'device', 'SN-1', 'phone', 'o1', 'license', '{}',
            1, 2, 'key', x'00');",
    )
    .unwrap();
    drop(old);

    for _ in 0..2 {
        let store = open(&path).unwrap();
        let read = store.run(|db| {
            let call = "SELECT room_id, reminder, idempotency_key, caller_camera_status,
                coalesce(call, cancelled_at, time_limit), state FROM calls";
            let call = db.query_row(call, [], |row| {
                let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let state: String = row.get(5)?;
                Ok((texts, row.get::<_, u8>(3)?, row.get::<_, Option<i64>>(4)?, state))
            })?;
            let version: u16 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let authorised = "SELECT device_name, status FROM authorisations";
            let authorised = db.query_row(authorised, [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, u8>(1)?))
            })?;
            Ok::<_, StoreError>((call, version, authorised))
        });
        let ((texts, camera_status, later, state), version, authorised) = read.await.unwrap();
        assert_eq!(authorised, ("门口".into(), 1));
        assert_eq!(texts, ("r1".into(), "{}".into(), "key".into()));
        assert_eq!((camera_status, later, version), (0, None, SCHEMA_VERSION));
        assert_eq!(state, "ended");
    }
}

/// A data file of this schema version, with what is inserted by `sql`.
fn file_of_version(path: &Path, version: u16, sql: &str) {
    let old = Connection::open(path).unwrap();
    for migration in &MIGRATIONS[..usize::from(version)] {
        old.execute_batch(migration).unwrap();
    }
    old.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    old.pragma_update(None, "user_version", version).unwrap();
    old.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn users_and_models_of_the_whole_service_become_those_of_apps() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    file_of_version(
        &path,
        12,
        "INSERT INTO apps (app_id, token_key, approved, minutes_left) VALUES
            ('wxa', zeroblob(32), 1, 7), ('wxb', zeroblob(32), 1, 7), ('wxc', zeroblob(32), 1, 7);
         INSERT INTO apps (app_id, token_key, approved, minutes_left, deleted) VALUES ('gone', zeroblob(32), 1, 7, 1);
         INSERT INTO models VALUES ('both', 'Doorbell'), ('ones', 'TV'), ('nobodys', 'Panel');
         INSERT INTO devices VALUES ('wxa', 'SN-1', 'both', 'sdk', NULL), ('wxa', 'SN-2', 'both', 'sdk', NULL),
            ('wxb', 'SN-1', 'both', 'wmpf', 5), ('wxb', 'SN-3', 'ones', 'sdk', NULL);
         INSERT INTO users VALUES ('o1', 'wxa', 1, 'key'), ('o2', 'wxb', 0, NULL);
         INSERT INTO authorisations VALUES ('wxa', 'SN-1', 'o1', '门口', 1), ('wxb', 'SN-1', 'o2', 'TV', 0);
         INSERT INTO payment_users VALUES ('wxa', 'u1', NULL);
         INSERT INTO contacts VALUES ('wxa', 'u1', 'o1');",
    );
    let store = open(&path).unwrap();
    let read = |db: &Connection| -> Result<Vec<String>, StoreError> {
        let rows = "SELECT concat_ws(' ', 'app', app_id, quote(owner)) FROM apps
            UNION ALL SELECT concat_ws(' ', 'model', app_id, model_id, name) FROM models
            UNION ALL SELECT concat_ws(' ', 'device', app_id, sn, model_id, registered_by, license_expires_at) FROM devices
            UNION ALL SELECT concat_ws(' ', 'user', app_id, open_id, scope_voip, session_key) FROM users
            UNION ALL SELECT concat_ws(' ', 'authorisation', app_id, sn, open_id, device_name, status) FROM authorisations
            UNION ALL SELECT concat_ws(' ', 'contact', app_id, user_id, open_id) FROM contacts
            ORDER BY 1";
        let mut statement = db.prepare(rows)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let expected = [
        "app gone NULL",
        "app wxa NULL",
        "app wxb NULL",
        "app wxc NULL",
        "authorisation wxa SN-1 o1 门口 1",
        "authorisation wxb SN-1 o2 TV 0",
        "contact wxa u1 o1",
        "device wxa SN-1 both sdk",
        "device wxa SN-2 both sdk",
        "device wxb SN-1 both wmpf 5",
        "device wxb SN-3 ones sdk",
        "model wxa both Doorbell",
        "model wxa nobodys Panel",
        "model wxb both Doorbell",
        "model wxb nobodys Panel",
        "model wxb ones TV",
        "model wxc nobodys Panel",
        "user wxa o1 1 key",
        "user wxb o2 0",
    ];
    assert_eq!(store.run(read).await.unwrap(), expected);
    let refers = |db: &Connection| -> Result<Vec<bool>, StoreError> {
        let wrong = [
            "INSERT INTO devices VALUES ('wxa', 'SN-4', 'ones', 'sdk', NULL)",
            "INSERT INTO authorisations VALUES ('wxa', 'SN-1', 'o2', 'n', 1)",
            "INSERT INTO contacts VALUES ('wxa', 'u1', 'o2')",
            "DELETE FROM users WHERE app_id = 'wxa'",
            "DELETE FROM models WHERE app_id = 'wxa' AND model_id = 'both'",
        ];
        Ok(wrong.map(|sql| db.execute(sql, []).is_err()).to_vec())
    };
    assert_eq!(store.run(refers).await.unwrap(), [true; 5], "records refer to those of their app");
    let keys = "SELECT count(*) FROM token_keys WHERE key_id = 'first' AND key = zeroblob(32) AND created_at IS NULL";
    let keys = store.run(move |db| Ok(db.query_row(keys, [], |row| row.get::<_, u32>(0))?)).await;
    assert_eq!(keys.unwrap(), 4, "each app has kept its key");
    let own = "INSERT INTO users (app_id, open_id, scope_voip) VALUES ('wxb', 'o1', 0)";
    assert_eq!(store.run(move |db| Ok(db.execute(own, [])?)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_file_of_a_later_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.sqlite");
    let later = Connection::open(&path).unwrap();
    later.pragma_update(None, "user_version", 99).unwrap();
    later.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    drop(later);
    assert!(matches!(open(&path), Err(StoreError::TooNew { found: 99, .. })));
}

#[test]
fn a_message_that_waited_in_an_earlier_file_still_waits_and_its_webhook_gets_what_it_got() {
    let db = Connection::open_in_memory().unwrap();
    for migration in &MIGRATIONS[..15] {
        db.execute_batch(migration).unwrap();
    }
    db.execute_batch(
        "INSERT INTO apps (app_id, approved, minutes_left) VALUES ('wxa', 1, 1);
         INSERT INTO webhooks VALUES ('wxa', 'https://a/', zeroblob(32));
         INSERT INTO calls (room_id, app_id, caller_role, caller_id, listener_role, listener_id, charge_type, reminder,
            created_at, rings_until, fingerprint, state)
            VALUES ('wxa1', 'wxa', 'phone', 'p', 'device', 'd', 'license', '{}', 5, 60005, x'', 'ringing');
         INSERT INTO outbox VALUES ('wxa1', 'msg_1', '{\"type\": \"device.called\"}');",
    )
    .unwrap();
    db.execute_batch(MIGRATIONS[15]).unwrap();
    assert_eq!(webhooks::events(&db, "wxa").unwrap().unwrap(), [EventType::DeviceCalled]);
    assert_eq!(messages::apps(&db).unwrap(), ["wxa"]);
    let waiting = messages::to_try(&db, "wxa", 8).unwrap();
    let message = messages::find(&db, waiting[0].0).unwrap().unwrap();
    assert_eq!((waiting.len(), waiting[0].1), (1, 5));
    assert_eq!((message.webhook_id.as_str(), message.kind), ("msg_1", EventType::DeviceCalled));
    assert_eq!((message.rings_until, message.tries), (Some(60_005), 0));
    assert_eq!(message.body, r#"{"type": "device.called"}"#);
}
