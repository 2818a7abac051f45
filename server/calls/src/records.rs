//! What is known of mini-programs, devices and users: the facts that a check asks for.

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
    /// How many minutes are paid for.
    pub minutes_left: i64,
}

/// A registered device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its model.
    pub model_id: String,
    /// The model's name, for people.
    pub model_name: String,
    /// Registered through WMPF, and not with the authentication SDK.
    pub through_wmpf: bool,
    /// Until when the license is valid that was activated for it, if one was.
    pub license_expires_at: Option<i64>,
}

impl Device {
    /// Until when calls can be billed by its license. The platform no longer bills a device by license that was
    /// registered with the authentication SDK, so there it is none, whatever was activated.
    #[must_use]
    pub fn billable_license(&self) -> Option<i64> {
        self.license_expires_at.filter(|_| self.through_wmpf)
    }
}

/// A WeChat user in one mini-program.
#[derive(Debug, Clone)]
pub struct User {
    /// The mini-program.
    pub app_id: String,
    /// Whether the user has granted `scope.voip`.
    pub scope_voip: bool,
}

/// What a user has said about a device.
#[derive(Debug, Clone)]
pub struct Authorisation {
    /// The name of the device, from the first grant.
    pub device_name: String,
    /// Whether it is authorised now.
    pub status: Status,
}

/// A user of the face-payment system.
#[derive(Debug, Clone)]
pub struct PaymentUser {
    /// Until when the device's license is valid; none was activated if there is none.
    pub license_expires_at: Option<i64>,
}

/// Names an authorisation of a mini-program: the device's SN, and the user's openId.
pub type AuthorisationId = (String, String);

/// Names a contact of a mini-program: the user_id, and the user's openId.
pub type ContactId = (String, String);

/// Which records an operation wants, of one mini-program.
#[derive(Debug, Default)]
pub struct RecordsWanted {
    /// The mini-program; it is looked up itself, too.
    pub app_id: String,
    /// Devices, by SN.
    pub devices: Vec<String>,
    /// Users of any mini-program, by openId.
    pub users: Vec<String>,
    /// Users of the face-payment system, by user_id.
    pub payment_users: Vec<String>,
    /// What users have said about devices.
    pub authorisations: Vec<AuthorisationId>,
    /// Contacts of face-payment users.
    pub contacts: Vec<ContactId>,
    /// Whether there is a webhook.
    pub webhook: bool,
}

/// What was looked up: each id that was asked for, and what there is under it.
#[derive(Debug)]
pub struct Lookup<K, V> {
    what: &'static str,
    found: HashMap<K, Option<V>>,
}

impl<K: Eq + Hash, V> Lookup<K, V> {
    /// What was asked for; `what` names the kind in the text of a failure.
    pub fn new(
        what: &'static str,
        found: impl IntoIterator<Item = (K, Option<V>)>,
    ) -> Lookup<K, V> {
        Lookup { what, found: found.into_iter().collect() }
    }

    /// Gives what there is under this id.
    ///
    /// # Errors
    /// When nobody had asked for it.
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
    /// The mini-program; none if it is not known.
    pub app: Option<MiniProgram>,
    /// Devices, by SN.
    pub devices: Lookup<String, Device>,
    /// Users of any mini-program, by openId.
    pub users: Lookup<String, User>,
    /// Users of the face-payment system, by user_id.
    pub payment_users: Lookup<String, PaymentUser>,
    /// What users have said about devices.
    pub authorisations: Lookup<AuthorisationId, Authorisation>,
    /// Contacts of face-payment users.
    pub contacts: Lookup<ContactId, ()>,
    /// Whether there is a webhook; false also if nobody has asked.
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
