//! Persons whose record was deleted and of whom there is still something to remove, as rows.

use rusqlite::{Connection, Result};
use wmpf_voip_calls::party::{Party, Role};

use super::audit;

/// A person whose record was deleted.
pub struct DeletedPerson {
    /// The party that it was.
    pub party: Party,
    /// When its record was deleted, in milliseconds since the Unix epoch.
    pub deleted_at: i64,
    /// The number of the last entry of the audit record then.
    pub last_audit_id: i64,
}

/// The first ones, at most so many.
///
/// # Errors
/// When SQLite fails.
pub fn some(db: &Connection, most: u32) -> Result<Vec<DeletedPerson>> {
    const SQL: &str = "SELECT app_id, role = 'device', id, deleted_at, last_audit_id
        FROM deleted_persons LIMIT ?1";
    let mut statement = db.prepare_cached(SQL)?;
    let rows = statement.query_map([most], |row| {
        let role = if row.get(1)? { Role::Device } else { Role::Phone };
        let party = Party { app_id: row.get(0)?, role, id: row.get(2)? };
        Ok(DeletedPerson { party, deleted_at: row.get(3)?, last_audit_id: row.get(4)? })
    })?;
    rows.collect()
}

/// Adds one whose record was deleted at the time `now`, in milliseconds since the Unix epoch.
///
/// # Errors
/// When SQLite fails.
pub fn add(db: &Connection, party: &Party, now: i64) -> Result<()> {
    const SQL: &str =
        "INSERT OR REPLACE INTO deleted_persons (app_id, role, id, deleted_at, last_audit_id)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let params = (&party.app_id, party.role.as_str(), &party.id, now, audit::last(db)?);
    db.prepare_cached(SQL)?.execute(params)?;
    Ok(())
}

/// Removes one, of whom nothing is left.
///
/// # Errors
/// When SQLite fails.
pub fn remove(db: &Connection, party: &Party) -> Result<()> {
    const SQL: &str = "DELETE FROM deleted_persons WHERE app_id = ?1 AND role = ?2 AND id = ?3";
    db.prepare_cached(SQL)?.execute((&party.app_id, party.role.as_str(), &party.id))?;
    Ok(())
}
