//! The audit record, as rows.

use rusqlite::Connection;
use wmpf_voip_calls::party::Party;

use super::deleted_parties;
use super::store::Store;
use crate::domain::audit::{AuditEntry, in_path, noted_path};
use crate::storage::StoreError;

/// How many changes are remembered; the newest are kept.
pub const MAX_ENTRIES: i64 = 100_000;

impl Store {
    /// Notes a change that was made by the operator's API. Persons whose record was deleted are not named.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.run(move |db| Ok(add(db, &entry)?)).await
    }

    /// The changes before the one of this number, the newest first, at most so many, each with its number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notes(
        &self,
        before: i64,
        limit: u32,
    ) -> Result<Vec<(i64, AuditEntry)>, StoreError> {
        self.run(move |db| Ok(list(db, before, limit)?)).await
    }
}

fn add(db: &Connection, entry: &AuditEntry) -> rusqlite::Result<()> {
    let AuditEntry { at, key, address, method, path, status } = entry;
    let path = noted_path(path, |person| deleted_parties::is_one(db, person))?;
    const SQL: &str = "INSERT INTO audit (at, key, address, method, path, status)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(SQL)?.execute((at, key, address, method, path, status))?;
    let oldest = db.last_insert_rowid() - MAX_ENTRIES;
    db.prepare_cached("DELETE FROM audit WHERE id <= ?1")?.execute([oldest])?;
    Ok(())
}

/// Puts a hyphen for the id of a person in the entries that name it.
///
/// # Errors
/// When SQLite fails.
pub fn hide(db: &Connection, person: &Party) -> rusqlite::Result<()> {
    let found: Vec<(i64, String)> = db
        .prepare_cached("SELECT id, path FROM audit WHERE instr(path, ?1)")?
        .query_map([in_path(&person.id)], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, path) in found {
        let path = noted_path(&path, |other| Ok::<_, rusqlite::Error>(other == person))?;
        db.prepare_cached("UPDATE audit SET path = ?2 WHERE id = ?1")?.execute((id, path))?;
    }
    Ok(())
}

fn list(db: &Connection, before: i64, limit: u32) -> rusqlite::Result<Vec<(i64, AuditEntry)>> {
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
            "INSERT INTO audit SELECT ?1, at, key, address, method, path, status FROM audit",
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
