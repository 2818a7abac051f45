//! The records of mini-programs, devices and users: the facts that the checks look at.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use wmpf_voip::authorisation::Status;

use crate::failure::Failure;

/// A mini-program.
#[derive(Debug, Clone)]
pub struct MiniProgram {
    /// Whether its audio/video capability is approved.
    pub approved: bool,
    /// How many paid minutes are left; fewer than none where the overdraft was used.
    pub minutes_left: i64,
    /// How many minutes more it may use than were paid for.
    pub overdraft: i64,
}

/// A registered device.
#[derive(Debug, Clone)]
pub struct Device {
    /// The modelId of the device.
    pub model_id: String,
    /// The name of the model, as people are shown it.
    pub model_name: String,
    /// Whether the device is registered through WMPF; otherwise it is registered with the authentication SDK.
    pub through_wmpf: bool,
    /// Until when the license is valid that was activated for the device, in milliseconds since the Unix epoch. `None`
    /// if none was activated.
    pub license_expires_at: Option<i64>,
}

impl Device {
    /// Until when calls can be billed by the device's license, in milliseconds since the Unix epoch. The platform no
    /// longer bills a device by license that is registered with the authentication SDK, so this is `None` for such a
    /// device, whatever was activated.
    #[must_use]
    pub fn billable_license(&self) -> Option<i64> {
        self.license_expires_at.filter(|_| self.through_wmpf)
    }
}

/// Who has an openId, as far as a mini-program may learn it: of mini-programs of other owners it learns nothing.
#[derive(Debug, Clone)]
pub enum User {
    /// A user of the mini-program itself, whoever else has the openId.
    Own {
        /// Whether the user has granted `scope.voip`.
        scope_voip: bool,
    },
    /// No user of the mini-program itself, but one of another mini-program of its owner.
    OfTheSameOwner,
}

/// A user's answer whether a device may call and be called.
#[derive(Debug, Clone)]
pub struct Authorisation {
    /// The name of the device, as the user gave it with the first authorisation.
    pub device_name: String,
    /// Whether the device is authorised now.
    pub status: Status,
}

/// A user of the face-payment system.
#[derive(Debug, Clone)]
pub struct PaymentUser {
    /// Until when the license of the user's device is valid, in milliseconds since the Unix epoch. `None` if none was
    /// activated.
    pub license_expires_at: Option<i64>,
}

/// The id of an authorisation within a mini-program: the device's SN and the user's openId.
pub type AuthorisationId = (String, String);

/// The id of a contact within a mini-program: the user_id and the user's openId.
pub type ContactId = (String, String);

/// The records that an operation wants, all of one mini-program.
#[derive(Debug, Default)]
pub struct RecordsWanted {
    /// The appId of the mini-program. The record of the mini-program itself is always looked up.
    pub app_id: String,
    /// The SNs of devices.
    pub devices: Vec<String>,
    /// The openIds of users, who may also belong to another mini-program of its owner.
    pub users: Vec<String>,
    /// The user_ids of users of the face-payment system.
    pub payment_users: Vec<String>,
    /// The ids of authorisations.
    pub authorisations: Vec<AuthorisationId>,
    /// The ids of contacts of face-payment users.
    pub contacts: Vec<ContactId>,
    /// Whether to look up that the mini-program has a webhook that is told of devices that are called.
    pub webhook: bool,
}

/// The result of looking up several ids: for each id that was wanted, its record, or that there is none.
#[derive(Debug)]
pub struct Lookup<K, V> {
    what: &'static str,
    found: HashMap<K, Option<V>>,
}

impl<K: Eq + Hash, V> Lookup<K, V> {
    /// Keeps the records that were `found` for the wanted ids. `what` names their kind in the text of a failure.
    pub fn new(
        what: &'static str,
        found: impl IntoIterator<Item = (K, Option<V>)>,
    ) -> Lookup<K, V> {
        Lookup { what, found: found.into_iter().collect() }
    }

    /// Gives the record with this id, if there is one.
    ///
    /// # Errors
    /// When the id was not among those that the operation wanted.
    pub fn get<Q>(&self, id: &Q) -> Result<Option<&V>, Failure>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.found.get(id).map(Option::as_ref).ok_or(Failure::Unasked(self.what))
    }
}

/// The records that were wanted.
#[derive(Debug)]
pub struct Records {
    /// The mini-program. `None` if it is not known.
    pub app: Option<MiniProgram>,
    /// Devices, by SN.
    pub devices: Lookup<String, Device>,
    /// Users of the mini-program and of others of its owner, by openId.
    pub users: Lookup<String, User>,
    /// Users of the face-payment system, by user_id.
    pub payment_users: Lookup<String, PaymentUser>,
    /// Authorisations, by the device's SN and the user's openId.
    pub authorisations: Lookup<AuthorisationId, Authorisation>,
    /// Contacts of face-payment users, by user_id and openId.
    pub contacts: Lookup<ContactId, ()>,
    /// Whether the mini-program has a webhook that is told of devices that are called; `false` also if the operation did not want to know.
    pub has_webhook: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_asked_for_is_not_taken_for_missing() {
        let found = [("SN-1".to_owned(), Some(1)), ("SN-2".to_owned(), None)];
        let devices = Lookup::new("a device", found);
        assert_eq!(devices.get("SN-1").unwrap(), Some(&1));
        assert_eq!(devices.get("SN-2").unwrap(), None);
        let failure = devices.get("SN-3").unwrap_err();
        assert_eq!(failure.to_string(), "a rule looked at a device without having asked for it");
    }
}
