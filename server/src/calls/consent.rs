//! A user's authorisation of a device: giving it, withdrawing it, and who may ask about it.
//!
//! Giving is checked in this order: the device (2), the snTicket (1004), whose it is (2), the modelId (17),
//! and the user's own openId (7, 19). A user who is not in the records yet becomes one.
//!
//! What was given once stays as a record: withdrawing it changes its status, and giving it again changes that back. Its
//! name stays that of the first grant.

use rusqlite::Connection;
use wmpf_voip::authorisation::{
    AuthorisedDevice, BindContactList, BindContactQuery, Consent, Status,
};
use wmpf_voip::code::Code;

use crate::calls::checks::{same_model, unknown_device, users_own_open_id};
use crate::domain::failure::Failure;
use crate::domain::party::{Party, Role};
use crate::domain::preview::preview;
use crate::domain::tokens::{Keyring, Ticket};
use crate::storage::look_ups::{self, Authorisation};

/// What a consent has changed.
pub enum Given {
    /// The user had never authorised the device.
    New(AuthorisedDevice),
    /// The user had, and has perhaps withdrawn it meanwhile.
    Again(AuthorisedDevice),
}

/// Lets the device call the user and be called.
///
/// # Errors
/// When a check fails, or the store.
pub fn give(
    db: &Connection,
    keys: &Keyring,
    user: &Party,
    consent: Consent,
) -> Result<Given, Failure> {
    let Consent { sn, sn_ticket, model_id, device_name } = consent;
    let app_id = &user.app_id;
    let registered = registered_model(db, app_id, &sn)?;
    let ticket = keys.ticket(app_id, Ticket::Sn, sn_ticket.expose()).map_err(Failure::SnTicket)?;
    if ticket.subject != sn {
        return Err(Failure::refused(
            Code::DeviceId,
            format!(
                "sn: the snTicket belongs to the device {}, not to {}: fetch one for this device",
                preview(&ticket.subject),
                preview(&sn)
            ),
        ));
    }
    same_model("modelId", &sn, &model_id, &registered)?;
    same_model("snTicket", &sn, &ticket.model_id.unwrap_or_default(), &registered)?;
    users_own_open_id(db, user)?;

    let before = look_ups::authorisation(db, app_id, &sn, &user.id)?;
    db.prepare_cached(
        "INSERT OR IGNORE INTO users (open_id, app_id, scope_voip) VALUES (?1, ?2, 0)",
    )?
    .execute((&user.id, app_id))?;
    db.prepare_cached(
        "INSERT INTO authorisations (app_id, sn, open_id, device_name) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET status = 1",
    )?
    .execute((app_id, &sn, &user.id, &device_name))?;
    let status = Status::Authorised;
    Ok(match before {
        Some(Authorisation { device_name, .. }) => {
            Given::Again(AuthorisedDevice { sn, model_id, device_name, status })
        }
        None => Given::New(AuthorisedDevice { sn, model_id, device_name, status }),
    })
}

/// Takes the authorisation back, if there is one.
///
/// # Errors
/// When the store fails.
pub fn withdraw(db: &Connection, user: &Party, sn: &str) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "UPDATE authorisations SET status = 0 WHERE app_id = ?1 AND sn = ?2 AND open_id = ?3",
    )?
    .execute((&user.app_id, sn, &user.id))
}

/// Which of the users have authorised the device. A device learns of all of its users, a user of nobody
/// else.
///
/// # Errors
/// When somebody else asks, the device is another one, or the store fails.
pub fn bind_contacts(
    db: &Connection,
    session: &Party,
    query: BindContactQuery,
) -> Result<BindContactList, Failure> {
    match session.role {
        Role::Device if query.sn != session.id => {
            return Err(Failure::refused(
                Code::DeviceId,
                format!(
                    "sn: expected {}, the SN of the session token, got {}: \
                     a device asks about itself only",
                    preview(&session.id),
                    preview(&query.sn)
                ),
            ));
        }
        Role::Phone => {
            let other = query.openid_list.iter().find(|openid| **openid != session.id);
            if let Some(other) = other {
                return Err(Failure::refused(
                    Code::OpenIdUnknown,
                    format!(
                        "openid_list: the session token is not that of the openId {}: \
                         users ask about their own openId only",
                        preview(other)
                    ),
                ));
            }
        }
        Role::Device => {}
    }
    let app_id = &session.app_id;
    let registered = registered_model(db, app_id, &query.sn)?;
    same_model("model_id", &query.sn, &query.model_id, &registered)?;
    let sn = query.sn.clone();
    query.answer(|openid| {
        let authorisation = look_ups::authorisation(db, app_id, &sn, openid)?;
        Ok(authorisation.map_or(Status::NotAuthorised, |found| found.status))
    })
}

fn registered_model(db: &Connection, app_id: &str, sn: &str) -> Result<String, Failure> {
    match look_ups::device(db, app_id, sn)? {
        Some(device) => Ok(device.model_id),
        None => Err(unknown_device("sn", sn, app_id)),
    }
}
