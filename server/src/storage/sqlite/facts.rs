//! Reading the facts that an operation wants.

use rusqlite::{Connection, OptionalExtension, Row};
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip_calls::call_record::CallRecord;
use wmpf_voip_calls::creation::MAX_RINGING;
use wmpf_voip_calls::operation::{Answered, Earlier, Facts, Reminding, RingingCalls, Wants};
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::records::{Lookup, Records, RecordsWanted};
use wmpf_voip_calls::sides::Sides;

use super::{calls, look_ups};
use crate::storage::StoreError;

/// Reads the facts that are wanted. `now` is in milliseconds since the Unix epoch.
///
/// # Errors
/// When SQLite fails, or a call cannot be read.
pub fn read(db: &Connection, wants: &Wants, now: i64) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    if let Some(wanted) = &wants.records {
        facts.records = Some(records(db, wanted)?);
    }
    if let Some((caller, key)) = &wants.creation {
        facts.creation = creation(db, caller, key)?;
    }
    if let Some(party) = &wants.engaged {
        facts.engaged = engaged(db, party)?;
    }
    if let Some((listener, caller)) = &wants.ringing_back {
        facts.ringing_back = ringing_back(db, listener, caller, now)?;
    }
    if let Some(Sides { caller, listener }) = &wants.ringing {
        facts.ringing = Sides {
            caller: ringing(db, RINGING_OF_CALLER, caller, now)?,
            listener: ringing(db, RINGING_FOR_LISTENER, listener, now)?,
        };
    }
    if let Some((party, room_id)) = &wants.met {
        facts.has_met = has_met(db, party, room_id)?;
    }
    if let Some(user) = &wants.session_key {
        facts.session_key = look_ups::session_key(db, &user.app_id, &user.id)?;
    }
    if let Some((user, hash)) = &wants.used_ticket {
        facts.is_ticket_used = look_ups::has_used_ticket(db, &user.app_id, &user.id, hash)?;
    }
    if let Some(user) = &wants.authorised_devices {
        facts.authorised_devices = look_ups::authorised_devices(db, &user.app_id, &user.id)?;
    }
    if let Some(listener) = &wants.reminders {
        facts.reminders = reminders(db, listener, now)?;
    }
    if let Some(wanted) = wants.under_way {
        facts.heartbeat = heartbeat(db)?;
        (facts.calls, facts.next) = calls::under_way(db, wanted)?;
    }
    read_calls(db, wants, &mut facts)?;
    Ok(facts)
}

/// Reads the calls that the other facts are about, each once.
fn read_calls(db: &Connection, wants: &Wants, facts: &mut Facts) -> Result<(), StoreError> {
    let created = match &facts.creation {
        Some(Earlier::Answered(answered)) if !answered.has_met => Some(&answered.room.room_id),
        Some(Earlier::Answered(_) | Earlier::Cancelled) | None => None,
    };
    let rooms = wants.call.iter().chain(created).chain(&facts.engaged).chain(&facts.ringing_back);
    let mut read: Vec<CallRecord> = Vec::new();
    for room_id in rooms {
        if !read.iter().any(|record| record.room_id == *room_id) {
            read.extend(calls::find(db, room_id)?);
        }
    }
    facts.calls.extend(read);
    Ok(())
}

fn records(db: &Connection, wanted: &RecordsWanted) -> rusqlite::Result<Records> {
    let app_id = &wanted.app_id;
    let devices = each(&wanted.devices, |sn| look_ups::device(db, app_id, sn))?;
    let users = each(&wanted.users, |open_id| look_ups::user(db, app_id, open_id))?;
    let payment_users =
        each(&wanted.payment_users, |user_id| look_ups::payment_user(db, app_id, user_id))?;
    let authorisations = each(&wanted.authorisations, |(sn, open_id)| {
        look_ups::authorisation(db, app_id, sn, open_id)
    })?;
    let contacts = each(&wanted.contacts, |(user_id, open_id)| {
        Ok(look_ups::is_contact(db, app_id, user_id, open_id)?.then_some(()))
    })?;
    Ok(Records {
        app: look_ups::app(db, app_id)?,
        devices: Lookup::new("a device", devices),
        users: Lookup::new("a user", users),
        payment_users: Lookup::new("a face-payment user", payment_users),
        authorisations: Lookup::new("an authorisation", authorisations),
        contacts: Lookup::new("a contact", contacts),
        has_webhook: wanted.webhook && look_ups::has_webhook(db, app_id)?,
    })
}

fn each<K: Clone, V>(
    ids: &[K],
    find: impl Fn(&K) -> rusqlite::Result<Option<V>>,
) -> rusqlite::Result<Vec<(K, Option<V>)>> {
    ids.iter().map(|id| Ok((id.clone(), find(id)?))).collect()
}

fn creation(db: &Connection, caller: &Party, key: &str) -> rusqlite::Result<Option<Earlier>> {
    let params = (&caller.app_id, caller.role.as_str(), &caller.id, key);
    let answered = db
        .prepare_cached(
            "SELECT room_id, charge_type = 'license', fingerprint, cancelled_at IS NOT NULL, 0
             FROM calls
             WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4
             UNION ALL
             SELECT room_id, calls.charge_type = 'license', crossings.fingerprint,
                crossings.cancelled_at IS NOT NULL, 1 FROM crossings JOIN calls USING (room_id)
             WHERE crossings.app_id = ?1 AND crossings.caller_role = ?2
                AND crossings.caller_id = ?3 AND crossings.idempotency_key = ?4",
        )?
        .query_row(params, answered)
        .optional()?;
    if let Some(answered) = answered {
        return Ok(Some(Earlier::Answered(answered)));
    }
    let is_cancelled = db
        .prepare_cached(
            "SELECT 1 FROM cancelled_keys
             WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND idempotency_key = ?4",
        )?
        .exists(params)?;
    Ok(is_cancelled.then_some(Earlier::Cancelled))
}

fn answered(row: &Row<'_>) -> rusqlite::Result<Answered> {
    let charge_type = if row.get(1)? { ChargeType::License } else { ChargeType::Duration };
    Ok(Answered {
        room: Room { room_id: row.get(0)?, charge_type },
        fingerprint: row.get(2)?,
        is_cancelled: row.get(3)?,
        has_met: row.get(4)?,
    })
}

fn engaged(db: &Connection, party: &Party) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached("SELECT room_id FROM engaged WHERE app_id = ?1 AND role = ?2 AND id = ?3")?
        .query_map((&party.app_id, party.role.as_str(), &party.id), |row| row.get(0))?
        .collect()
}

fn ringing_back(
    db: &Connection,
    listener: &Party,
    caller: &Party,
    now: i64,
) -> rusqlite::Result<Option<String>> {
    db.prepare_cached(
        "SELECT room_id FROM calls
         WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND rings_until > ?4
            AND state = 'ringing' AND caller_role = ?5 AND caller_id = ?6
         ORDER BY rings_until DESC, rowid DESC LIMIT 1",
    )?
    .query_row(
        (
            &listener.app_id,
            listener.role.as_str(),
            &listener.id,
            now,
            caller.role.as_str(),
            &caller.id,
        ),
        |row| row.get(0),
    )
    .optional()
}

const RINGING_OF_CALLER: &str = "SELECT count(*), coalesce(min(rings_until), 0) FROM calls
     WHERE app_id = ?1 AND caller_role = ?2 AND caller_id = ?3 AND rings_until > ?4
        AND state = 'ringing'";

const RINGING_FOR_LISTENER: &str = "SELECT count(*), coalesce(min(rings_until), 0) FROM calls
     WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND rings_until > ?4
        AND state = 'ringing'";

fn ringing(db: &Connection, sql: &str, party: &Party, now: i64) -> rusqlite::Result<RingingCalls> {
    let params = (&party.app_id, party.role.as_str(), &party.id, now);
    let count = |row: &Row<'_>| Ok(RingingCalls { count: row.get(0)?, first_until: row.get(1)? });
    db.prepare_cached(sql)?.query_row(params, count)
}

fn has_met(db: &Connection, party: &Party, room_id: &str) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT 1 FROM crossings
         WHERE room_id = ?1 AND app_id = ?2 AND caller_role = ?3 AND caller_id = ?4",
    )?
    .exists((room_id, &party.app_id, party.role.as_str(), &party.id))
}

/// The reminders of the calls that ring for `listener` at `now`, oldest first. If there are too many, only the newest
/// are given.
pub fn reminders(db: &Connection, listener: &Party, now: i64) -> rusqlite::Result<Vec<Reminding>> {
    let mut statement = db.prepare_cached(
        "SELECT room_id, reminder FROM calls
         WHERE app_id = ?1 AND listener_role = ?2 AND listener_id = ?3 AND rings_until > ?4
            AND state = 'ringing' AND reminds
         ORDER BY rings_until DESC, rowid DESC LIMIT ?5",
    )?;
    let params = (&listener.app_id, listener.role.as_str(), &listener.id, now, MAX_RINGING);
    let rows = statement
        .query_map(params, |row| Ok(Reminding { room_id: row.get(0)?, message: row.get(1)? }))?;
    let mut newest_first = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    newest_first.reverse();
    Ok(newest_first)
}

/// The last heartbeat by the service's clock and by the machine's, in milliseconds since the Unix epoch, if there are
/// calls whose times belong to it. Without such calls the service's clock can begin anew.
///
/// # Errors
/// When SQLite fails.
pub fn to_go_on_from(db: &Connection) -> rusqlite::Result<Option<(i64, i64)>> {
    db.query_row(
        "SELECT at, coalesce(wall, at) FROM heartbeat
         WHERE EXISTS (SELECT 1 FROM calls WHERE state <> 'ended')",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
    .optional()
}

fn heartbeat(db: &Connection) -> rusqlite::Result<i64> {
    let at = db
        .prepare_cached("SELECT at FROM heartbeat")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(at.unwrap_or(0))
}
