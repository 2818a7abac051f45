//! The records of mini-programs, devices and users: one look-up for each question that a check asks.

use rusqlite::{Connection, OptionalExtension, Result, Row};
use wmpf_voip::authorisation::{AuthorisedDevice, Status};
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::event_type::EventType;
use wmpf_voip_calls::records::{Authorisation, Device, MiniProgram, PaymentUser, User};

use super::records::webhooks;
use crate::domain::records::user::UserBody;
use crate::domain::signing_key::SigningKey;

fn one<T, P: rusqlite::Params>(
    db: &Connection,
    sql: &str,
    params: P,
    read: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    db.prepare_cached(sql)?.query_row(params, read).optional()
}

/// The keys that sign tokens, each with the appId of its mini-program.
pub fn token_keys(db: &Connection) -> Result<Vec<(String, SigningKey)>> {
    let mut statement = db.prepare(
        "SELECT app_id, number, key FROM token_keys JOIN apps USING (app_id) WHERE NOT deleted",
    )?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, SigningKey::new(row.get(1)?, row.get(2)?))))?;
    rows.collect()
}

/// The record of a mini-program.
pub fn app(db: &Connection, app_id: &str) -> Result<Option<MiniProgram>> {
    const SQL: &str =
        "SELECT approved, minutes_left, overdraft FROM apps WHERE app_id = ?1 AND NOT deleted";
    one(db, SQL, [app_id], |row| {
        Ok(MiniProgram { approved: row.get(0)?, minutes_left: row.get(1)?, overdraft: row.get(2)? })
    })
}

/// Whether a mini-program has a webhook that is told of devices that are called.
pub fn has_webhook(db: &Connection, app_id: &str) -> Result<bool> {
    let events = webhooks::events(db, app_id)?;
    Ok(events.is_some_and(|events| events.contains(&EventType::DeviceCalled)))
}

/// The record of a device of this mini-program.
pub fn device(db: &Connection, app_id: &str, sn: &str) -> Result<Option<Device>> {
    const SQL: &str = "SELECT model_id, name, registered_by = 'wmpf', license_expires_at
        FROM devices JOIN models USING (app_id, model_id) WHERE app_id = ?1 AND sn = ?2";
    one(db, SQL, [app_id, sn], |row| {
        Ok(Device {
            model_id: row.get(0)?,
            model_name: row.get(1)?,
            through_wmpf: row.get(2)?,
            license_expires_at: row.get(3)?,
        })
    })
}

/// The record of a user of this mini-program.
pub fn own_user(db: &Connection, app_id: &str, open_id: &str) -> Result<Option<UserBody>> {
    const SQL: &str = "SELECT scope_voip FROM users WHERE app_id = ?1 AND open_id = ?2";
    one(db, SQL, [app_id, open_id], |row| Ok(UserBody { scope_voip: row.get(0)? }))
}

/// Who has this openId, as far as this mini-program may learn it.
pub fn user(db: &Connection, app_id: &str, open_id: &str) -> Result<Option<User>> {
    if let Some(UserBody { scope_voip }) = own_user(db, app_id, open_id)? {
        return Ok(Some(User::Own { scope_voip }));
    }
    one(db, OF_THE_SAME_OWNER, [app_id, open_id], |_| Ok(User::OfTheSameOwner))
}

/// Finds the users of other mini-programs of the same owner. Those without an owner have none in common: nothing equals null.
pub const OF_THE_SAME_OWNER: &str = "SELECT 1
    FROM users JOIN apps AS theirs USING (app_id) JOIN apps AS own ON own.app_id = ?1
    WHERE open_id = ?2 AND theirs.owner = own.owner LIMIT 1";

/// The session_key of a user, if the operator has told it.
pub fn session_key(db: &Connection, app_id: &str, open_id: &str) -> Result<Option<Secret<String>>> {
    const SQL: &str = "SELECT session_key FROM users WHERE app_id = ?1 AND open_id = ?2";
    let key = one(db, SQL, [app_id, open_id], |row| row.get::<_, Option<String>>(0))?;
    Ok(key.flatten().map(Secret::new))
}

/// The record of a face-payment user of this mini-program.
pub fn payment_user(db: &Connection, app_id: &str, user_id: &str) -> Result<Option<PaymentUser>> {
    const SQL: &str =
        "SELECT license_expires_at FROM payment_users WHERE app_id = ?1 AND user_id = ?2";
    one(db, SQL, [app_id, user_id], |row| Ok(PaymentUser { license_expires_at: row.get(0)? }))
}

/// The user's authorisation of the device. `None` if the user never gave one, or the operator has deleted it.
pub fn authorisation(
    db: &Connection,
    app_id: &str,
    sn: &str,
    open_id: &str,
) -> Result<Option<Authorisation>> {
    const SQL: &str = "SELECT device_name, status FROM authorisations
        WHERE app_id = ?1 AND sn = ?2 AND open_id = ?3";
    one(db, SQL, [app_id, sn, open_id], |row| {
        Ok(Authorisation { device_name: row.get(0)?, status: status(row, 1)? })
    })
}

/// Whether the user has used the snTicket of which this is a hash.
pub fn has_used_ticket(db: &Connection, app_id: &str, open_id: &str, hash: &[u8]) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM used_tickets WHERE app_id = ?1 AND open_id = ?2 AND hash = ?3";
    db.prepare_cached(SQL)?.exists((app_id, open_id, hash))
}

/// The status of an authorisation. The schema allows no other number than 0 and 1.
pub fn status(row: &Row<'_>, index: usize) -> Result<Status> {
    Ok(if row.get(index)? { Status::Authorised } else { Status::NotAuthorised })
}

/// Whether the user is a contact of the face-payment user.
pub fn is_contact(db: &Connection, app_id: &str, user_id: &str, open_id: &str) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM contacts WHERE app_id = ?1 AND user_id = ?2 AND open_id = ?3";
    Ok(one(db, SQL, [app_id, user_id, open_id], |_| Ok(()))?.is_some())
}

/// Finds the devices that a user has ever authorised.
pub const AUTHORISED_DEVICES: &str = "SELECT sn, model_id, device_name, status
    FROM authorisations JOIN devices USING (app_id, sn)
    WHERE app_id = ?1 AND open_id = ?2 ORDER BY sn";

/// The devices that the user has ever authorised, in the order of their SNs.
pub fn authorised_devices(
    db: &Connection,
    app_id: &str,
    open_id: &str,
) -> Result<Vec<AuthorisedDevice>> {
    let mut statement = db.prepare_cached(AUTHORISED_DEVICES)?;
    let rows = statement.query_map([app_id, open_id], |row| {
        Ok(AuthorisedDevice {
            sn: row.get(0)?,
            model_id: row.get(1)?,
            device_name: row.get(2)?,
            status: status(row, 3)?,
        })
    })?;
    rows.collect()
}
