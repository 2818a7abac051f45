//! The records that an operator administers: the key that names a record, and the body of the record.

pub mod app;
pub mod authorisation;
pub mod contact;
pub mod device;
pub mod model;
pub mod payment_user;
pub mod token_key;
pub mod user;

use std::fmt::{self, Display};

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use wmpf_voip_calls::party::Party;

use crate::domain::signing_key::SigningKey;
use app::AppKey;
use authorisation::AuthorisationKey;
use contact::ContactKey;
use device::DeviceKey;
use model::ModelKey;
use payment_user::PaymentUserKey;
use token_key::TokenKeyKey;
use user::UserKey;

/// The key of a record. Its `Display` completes a sentence that begins with "there is no".
pub trait RecordKey: Display + Clone + Send + Sync + 'static {
    /// The body of such a record.
    type Body: Send + 'static;
    /// The key of the record to which such a record belongs.
    type Parent: RecordKey;

    /// The same key, as a value that can be the key of any kind of record.
    fn id(&self) -> RecordId;
}

/// What has all apps: the service itself.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams, Args)]
#[into_params(parameter_in = Path)]
pub struct WholeService {}

impl Display for WholeService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("service")
    }
}

/// The key of a record of any kind.
#[derive(Debug, Clone)]
pub enum RecordId {
    /// The service itself, which always exists.
    WholeService,
    /// A mini-program.
    App(AppKey),
    /// A model of devices.
    Model(ModelKey),
    /// A device.
    Device(DeviceKey),
    /// A user.
    User(UserKey),
    /// A user's authorisation of a device.
    Authorisation(AuthorisationKey),
    /// A user of the face-payment system.
    PaymentUser(PaymentUserKey),
    /// A contact: a user whom a face-payment user may call.
    Contact(ContactKey),
    /// A key that signs the tokens of a mini-program.
    TokenKey(TokenKeyKey),
}

impl Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordId::WholeService => WholeService {}.fmt(f),
            RecordId::App(key) => key.fmt(f),
            RecordId::Model(key) => key.fmt(f),
            RecordId::Device(key) => key.fmt(f),
            RecordId::User(key) => key.fmt(f),
            RecordId::Authorisation(key) => key.fmt(f),
            RecordId::PaymentUser(key) => key.fmt(f),
            RecordId::Contact(key) => key.fmt(f),
            RecordId::TokenKey(key) => key.fmt(f),
        }
    }
}

/// Implements [`RecordKey`] for a key.
macro_rules! names {
    ($key:ident: $body:ty, in $of:ty, as $id:expr) => {
        impl RecordKey for $key {
            type Body = $body;
            type Parent = $of;

            fn id(&self) -> RecordId {
                $id(self.clone())
            }
        }
    };
}

names!(AppKey: app::AppBody, in WholeService, as RecordId::App);
names!(ModelKey: model::ModelBody, in AppKey, as RecordId::Model);
names!(DeviceKey: device::DeviceBody, in AppKey, as RecordId::Device);
names!(UserKey: user::UserBody, in AppKey, as RecordId::User);
names!(AuthorisationKey: authorisation::AuthorisationBody, in DeviceKey, as RecordId::Authorisation);
names!(PaymentUserKey: payment_user::PaymentUserBody, in AppKey, as RecordId::PaymentUser);
names!(ContactKey: contact::ContactBody, in PaymentUserKey, as RecordId::Contact);
names!(TokenKeyKey: token_key::TokenKeyBody, in AppKey, as RecordId::TokenKey);

impl RecordKey for WholeService {
    type Body = ();
    type Parent = WholeService;

    fn id(&self) -> RecordId {
        RecordId::WholeService
    }
}

/// What a change of the records means for the tokens that were issued.
pub enum Tokens {
    /// The keys that sign those of an app may have changed.
    Keys {
        /// The appId of the mini-program.
        app_id: String,
        /// The keys, as they are after the change. There are none if the app no longer exists.
        keys: Vec<SigningKey>,
    },
    /// Those of this party are no longer valid, because its record was deleted.
    Gone(Party),
    /// Those of this party are valid again, because it has a record.
    There(Party),
}

/// Which part of a list is asked for.
pub struct Page {
    /// How many records the part has at most.
    pub limit: u32,
    /// The list continues after this id. No id is empty, so an empty text stands for the beginning.
    pub after: String,
}

/// The help text of the command line for the end of a license.
const TIME_HELP: &str = "Until when the license is valid: a time such as 2030-01-01T00:00:00Z, \
    or milliseconds since the Unix epoch. Without it there is none";

/// Reads a time from the command line: milliseconds since the Unix epoch, or a time as RFC 3339 writes it.
pub(crate) fn time_argument(text: &str) -> Result<i64, String> {
    if let Ok(ms) = text.parse() {
        return Ok(ms);
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(moment) => Ok(moment.as_millisecond()),
        Err(_) => Err(
            "expected milliseconds since the Unix epoch, or a time such as 2030-01-01T00:00:00Z"
                .into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_milliseconds_or_rfc_3339() {
        assert_eq!(time_argument("1893456000000"), Ok(1_893_456_000_000));
        assert_eq!(time_argument("2030-01-01T00:00:00Z"), Ok(1_893_456_000_000));
        assert_eq!(time_argument("2030-01-01T08:00:00+08:00"), Ok(1_893_456_000_000));
        for wrong in ["", "tomorrow", "2030-01-01", "2030-01-01T00:00:00"] {
            assert!(time_argument(wrong).is_err(), "{wrong}");
        }
    }
}
