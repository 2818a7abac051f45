//! The audit record, as rows.

use rusqlite::{Connection, Params};
use wmpf_voip_calls::party::{Party, Role};

use super::deleted_parties;
use super::records::removed;
use crate::domain::audit::{AuditEntry, Named, named, without};

/// How many changes are remembered; the newest are kept.
pub const MAX_ENTRIES: i64 = 100_000;

/// Adds an entry. Persons whose record was deleted are not named in it.
///
/// # Errors
/// When SQLite fails.
pub fn add(db: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    let AuditEntry { at, key, address, method, path, status } = entry;
    let Named { app_id, mut open_id, mut user_id } = named(path);
    let mut path = path.clone();
    for (role, id) in [(Role::Phone, &mut open_id), (Role::Device, &mut user_id)] {
        let Some((id_of, app_id)) = id.clone().zip(app_id.clone()) else { continue };
        let party = Party { app_id, role, id: id_of };
        if deleted_parties::is_one(db, &party)? {
            (path, *id) = (without(&path, role), None);
        }
    }
    const SQL: &str =
        "INSERT INTO audit (at, key, address, method, path, status, app_id, open_id, user_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    db.prepare_cached(SQL)?
        .execute((at, key, address, method, path, status, app_id, open_id, user_id))?;
    let oldest = db.last_insert_rowid() - MAX_ENTRIES;
    db.prepare_cached("DELETE FROM audit WHERE id <= ?1")?.execute([oldest])?;
    Ok(())
}

/// Puts a hyphen for the id of a person in some of the entries that name it, up to the one of this number. Gives how many
/// they were.
///
/// # Errors
/// When SQLite fails.
pub fn hide(db: &Connection, person: &Party, last: i64, most: u32) -> rusqlite::Result<u32> {
    let sql = match person.role {
        Role::Phone => {
            "SELECT id, path FROM audit WHERE app_id = ?1 AND open_id = ?2 AND id <= ?3 LIMIT ?4"
        }
        Role::Device => {
            "SELECT id, path FROM audit WHERE app_id = ?1 AND user_id = ?2 AND id <= ?3 LIMIT ?4"
        }
    };
    hide_found(db, person.role, sql, (&person.app_id, &person.id, last, most))
}

/// The same for all persons of an app that was deleted: each of them was deleted before it.
///
/// # Errors
/// When SQLite fails.
pub fn hide_all(db: &Connection, app_id: &str, most: u32) -> rusqlite::Result<u32> {
    let mut hidden = 0;
    for (sql, role) in [
        (
            "SELECT id, path FROM audit WHERE app_id = ?1 AND open_id IS NOT NULL LIMIT ?2",
            Role::Phone,
        ),
        (
            "SELECT id, path FROM audit WHERE app_id = ?1 AND user_id IS NOT NULL LIMIT ?2",
            Role::Device,
        ),
    ] {
        hidden += hide_found(db, role, sql, (app_id, most - hidden))?;
    }
    Ok(hidden)
}

/// Puts a hyphen for the ids of persons of this role in the entries that a statement finds. Gives how many they were.
fn hide_found(
    db: &Connection,
    role: Role,
    sql: &str,
    params: impl Params,
) -> rusqlite::Result<u32> {
    let found: Vec<(i64, String)> = db
        .prepare_cached(sql)?
        .query_map(params, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let hide = match role {
        Role::Phone => "UPDATE audit SET path = ?2, open_id = NULL WHERE id = ?1",
        Role::Device => "UPDATE audit SET path = ?2, user_id = NULL WHERE id = ?1",
    };
    let mut hide = db.prepare_cached(hide)?;
    for (id, path) in &found {
        hide.execute((id, without(path, role)))?;
    }
    Ok(removed(found.len()))
}

/// The number of the last entry; 0 if there is none.
///
/// # Errors
/// When SQLite fails.
pub fn last(db: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(max(id), 0) FROM audit";
    db.prepare_cached(sql)?.query_row([], |row| row.get(0))
}

/// The entries before the one of this number, the newest first, at most so many, each with its number.
///
/// # Errors
/// When SQLite fails.
pub fn list(db: &Connection, before: i64, limit: u32) -> rusqlite::Result<Vec<(i64, AuditEntry)>> {
    let mut statement = db.prepare_cached(
        "SELECT id, at, key, address, method, path, status FROM audit
         WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = statement.query_map((before, limit), |row| {
        let entry = AuditEntry {
            at: row.get(1)?,
            key: row.get(2)?,
            address: row.get(3)?,
            method: row.get(4)?,
            path: row.get(5)?,
            status: row.get(6)?,
        };
        Ok((row.get(0)?, entry))
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sqlite::seeded::seeded;

    #[test]
    fn only_the_newest_are_remembered() {
        let (db, _) = seeded();
        let entry = |at| AuditEntry {
            at,
            key: "alice".into(),
            address: None,
            method: "PUT".into(),
            path: "/v1/admin/apps/wx1".into(),
            status: 200,
        };
        add(&db, &entry(1)).unwrap();
        // As if there had been many more.
        db.execute(
            "INSERT INTO audit (id, at, key, address, method, path, status)
                SELECT ?1, at, key, address, method, path, status FROM audit",
            [MAX_ENTRIES],
        )
        .unwrap();
        assert_eq!(list(&db, i64::MAX, 10).unwrap().len(), 2);
        add(&db, &entry(2)).unwrap();
        let left = list(&db, i64::MAX, 10).unwrap();
        let ids: Vec<i64> = left.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [MAX_ENTRIES + 1, MAX_ENTRIES], "the first is forgotten");
        assert_eq!(left[0].1, entry(2));
        assert_eq!(list(&db, MAX_ENTRIES + 1, 10).unwrap().len(), 1);
        assert_eq!(list(&db, i64::MAX, 1).unwrap().len(), 1);
    }
}
