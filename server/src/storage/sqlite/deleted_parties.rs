//! Those whose record was deleted, as rows.

use rusqlite::{Connection, Result};
use wmpf_voip_calls::party::{Party, Role};

/// All of them.
///
/// # Errors
/// When SQLite fails.
pub fn all(db: &Connection) -> Result<Vec<Party>> {
    let mut statement = db.prepare("SELECT app_id, role = 'device', id FROM deleted_parties")?;
    let rows = statement.query_map([], |row| {
        let role = if row.get(1)? { Role::Device } else { Role::Phone };
        Ok(Party { app_id: row.get(0)?, role, id: row.get(2)? })
    })?;
    rows.collect()
}

/// Adds one.
///
/// # Errors
/// When SQLite fails.
pub fn add(db: &Connection, party: &Party) -> Result<()> {
    const SQL: &str =
        "INSERT OR IGNORE INTO deleted_parties (app_id, role, id) VALUES (?1, ?2, ?3)";
    db.prepare_cached(SQL)?.execute((&party.app_id, party.role.as_str(), &party.id))?;
    Ok(())
}

/// Removes one, if it is there.
///
/// # Errors
/// When SQLite fails.
pub fn remove(db: &Connection, party: &Party) -> Result<()> {
    const SQL: &str = "DELETE FROM deleted_parties WHERE app_id = ?1 AND role = ?2 AND id = ?3";
    db.prepare_cached(SQL)?.execute((&party.app_id, party.role.as_str(), &party.id))?;
    Ok(())
}

/// Whether this is one.
///
/// # Errors
/// When SQLite fails.
pub fn is_one(db: &Connection, party: &Party) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM deleted_parties WHERE app_id = ?1 AND role = ?2 AND id = ?3";
    db.prepare_cached(SQL)?.exists((&party.app_id, party.role.as_str(), &party.id))
}
