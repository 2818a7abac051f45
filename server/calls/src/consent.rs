//! A user's authorisation of a device: giving it, withdrawing it, and reading it.
//!
//! Giving one is checked in this order: the device (2), the snTicket (1004), whether the snTicket belongs to the
//! device (2), the modelId (17), the user's own openId (7, 19), and whether the user has used the snTicket before (1004). A
//! user who is not in the records yet is added to them.
//!
//! A user uses an snTicket once. A repetition, of which perhaps the first answer was lost, is answered as long as what the first
//! use has granted stands; it never gives again what was taken back since.
//!
//! An authorisation stays in the records once it was given: withdrawing it changes its status, and giving it again
//! changes the status back. The device keeps the name that it got with the first authorisation.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use wmpf_voip::authorisation::{
    AuthorisedDevice, BindContactList, BindContactQuery, Consent, Status,
};
use wmpf_voip::code::Code;

use crate::checks::{same_model, unknown_device, users_own_open_id};
use crate::event::Event;
use crate::failure::Failure;
use crate::operation::{Context, Decision, Facts, Operation, Wants, Write};
use crate::party::{Party, Role};
use crate::preview::preview;
use crate::records::{Authorisation, Device, Records, RecordsWanted};
use crate::ticket::{Ticket, Tickets, TokenError};

/// A user authorises a device to call and to be called.
pub struct Authorise {
    /// The user who authorises the device.
    pub user: Party,
    /// The device, its name and its snTicket.
    pub consent: Consent,
    /// Checks the tickets and reads what they say.
    pub tickets: Arc<dyn Tickets>,
}

/// What giving an authorisation has changed.
pub enum Authorised {
    /// The user had never authorised the device.
    New(AuthorisedDevice),
    /// The user had authorised the device before, and may have withdrawn that in the meantime.
    Again(AuthorisedDevice),
}

impl Operation for Authorise {
    type Done = Authorised;

    fn wants(&self) -> Wants {
        let Authorise { user, consent, .. } = self;
        let records = RecordsWanted {
            app_id: user.app_id.clone(),
            devices: vec![consent.sn.clone()],
            users: vec![user.id.clone()],
            authorisations: vec![(consent.sn.clone(), user.id.clone())],
            ..RecordsWanted::default()
        };
        let used_ticket = Some((user.clone(), self.ticket_hash()));
        Wants { records: Some(records), used_ticket, ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Authorised>, Failure> {
        let Authorise { user, consent, tickets } = self;
        let Consent { sn, sn_ticket, model_id, device_name } = consent.clone();
        let records = facts.records.as_ref().ok_or(Failure::Unasked("the records"))?;
        let app_id = &user.app_id;
        let registered = registered_model(records, app_id, &sn)?;
        let ticket =
            tickets.ticket(app_id, Ticket::Sn, sn_ticket.expose()).map_err(Failure::SnTicket)?;
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
        same_model("modelId", &sn, &model_id, registered)?;
        same_model("snTicket", &sn, &ticket.model_id.unwrap_or_default(), registered)?;
        users_own_open_id(records, user)?;

        let before = records.authorisations.get(&(sn.clone(), user.id.clone()))?;
        let stands = before.is_some_and(|before| before.status == Status::Authorised);
        let mut writes = match (facts.is_ticket_used, stands) {
            (true, true) => Vec::new(),
            (true, false) => return Err(Failure::SnTicket(TokenError::Used)),
            (false, _) => vec![
                Write::Authorise {
                    user: user.clone(),
                    sn: sn.clone(),
                    device_name: device_name.clone(),
                },
                Write::UseTicket(user.clone(), self.ticket_hash()),
            ],
        };
        let status = Status::Authorised;
        let device_name = before.map_or(device_name, |before| before.device_name.clone());
        let device = AuthorisedDevice { sn, model_id, device_name, status };
        if !stands {
            let event = Event::of_authorisation(user, device.clone(), context.wall)?;
            writes.push(Write::Tell(Box::new(event)));
        }
        let done = match before {
            Some(_) => Authorised::Again(device),
            None => Authorised::New(device),
        };
        Ok(Decision { writes, done })
    }
}

impl Authorise {
    /// What is stored of the snTicket: tokens are not.
    fn ticket_hash(&self) -> Vec<u8> {
        Sha256::digest(self.consent.sn_ticket.expose()).to_vec()
    }
}

/// A user withdraws the authorisation of a device, if there is one.
pub struct WithdrawAuthorisation {
    /// The user who withdraws it.
    pub user: Party,
    /// The SN of the device.
    pub sn: String,
}

impl Operation for WithdrawAuthorisation {
    type Done = ();

    fn wants(&self) -> Wants {
        let WithdrawAuthorisation { user, sn } = self;
        let records = RecordsWanted {
            app_id: user.app_id.clone(),
            devices: vec![sn.clone()],
            authorisations: vec![(sn.clone(), user.id.clone())],
            ..RecordsWanted::default()
        };
        Wants { records: Some(records), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<()>, Failure> {
        let WithdrawAuthorisation { user, sn } = self;
        let records = facts.records.as_ref().ok_or(Failure::Unasked("the records"))?;
        let mut writes = Vec::new();
        if let Some(Authorisation { device_name, status: Status::Authorised }) =
            records.authorisations.get(&(sn.clone(), user.id.clone()))?
            && let Some(Device { model_id, .. }) = records.devices.get(sn)?
        {
            let device = AuthorisedDevice {
                sn: sn.clone(),
                model_id: model_id.clone(),
                device_name: device_name.clone(),
                status: Status::NotAuthorised,
            };
            writes.push(Write::Withdraw { user: user.clone(), sn: sn.clone() });
            let event = Event::of_authorisation(user, device, context.wall)?;
            writes.push(Write::Tell(Box::new(event)));
        }
        Ok(Decision { writes, done: () })
    }
}

/// Reads which of some users have authorised a device. A device may ask about all of its users, users only about
/// themselves.
pub struct BindContacts {
    /// The party that asks.
    pub session: Party,
    /// The device and the users that are asked about.
    pub query: BindContactQuery,
}

impl BindContacts {
    fn check_who_asks(&self) -> Result<(), Failure> {
        let BindContacts { session, query } = self;
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
        Ok(())
    }
}

impl Operation for BindContacts {
    type Done = BindContactList;

    fn wants(&self) -> Wants {
        let BindContacts { session, query } = self;
        let authorisations =
            query.openid_list.iter().map(|openid| (query.sn.clone(), openid.clone()));
        let records = RecordsWanted {
            app_id: session.app_id.clone(),
            devices: vec![query.sn.clone()],
            authorisations: authorisations.collect(),
            ..RecordsWanted::default()
        };
        Wants { records: Some(records), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, _: &Context<'_>) -> Result<Decision<BindContactList>, Failure> {
        self.check_who_asks()?;
        let BindContacts { session, query } = self;
        let records = facts.records.as_ref().ok_or(Failure::Unasked("the records"))?;
        let registered = registered_model(records, &session.app_id, &query.sn)?;
        same_model("model_id", &query.sn, &query.model_id, registered)?;
        let sn = &query.sn;
        let done = query.clone().answer(|openid| {
            let authorisation = records.authorisations.get(&(sn.clone(), openid.to_owned()))?;
            Ok::<_, Failure>(authorisation.map_or(Status::NotAuthorised, |found| found.status))
        })?;
        Ok(Decision { writes: Vec::new(), done })
    }
}

/// Reads which devices a user has ever authorised, in the order of their SNs.
pub struct AuthorisedDevicesOf {
    /// The user whose authorisations are read.
    pub user: Party,
}

impl Operation for AuthorisedDevicesOf {
    type Done = Vec<AuthorisedDevice>;

    fn wants(&self) -> Wants {
        Wants { authorised_devices: Some(self.user.clone()), ..Wants::default() }
    }

    fn decide(&self, facts: Facts, _: &Context<'_>) -> Result<Decision<Self::Done>, Failure> {
        Ok(Decision { writes: Vec::new(), done: facts.authorised_devices })
    }
}

fn registered_model<'a>(records: &'a Records, app_id: &str, sn: &str) -> Result<&'a str, Failure> {
    match records.devices.get(sn)? {
        Some(device) => Ok(&device.model_id),
        None => Err(unknown_device("sn", sn, app_id)),
    }
}
