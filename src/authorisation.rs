//! A user's authorisation of devices: giving it, as `wx.requestDeviceVoIP` does, and asking for it, as
//! `getIotBindContactList` does.
//!
//! A device that was authorised once stays in the user's list: withdrawing it changes its [`Status`] and nothing else. Its
//! name is that of the first grant until an operator deletes the record. So has the platform it (`wx.getDeviceVoIPList`),
//! where a page sends a user who has withdrawn to the settings in place of asking again.
//!
//! As in [`request`](crate::request), what came is `Raw…`, and `validate` is the only way to the rest.

#[cfg(feature = "openapi")]
pub mod schema;

use serde::{Deserialize, Serialize};

use crate::problem::Problems;
use crate::secret::Secret;
use crate::text::{concat, decimal};
use crate::value::{List, Object, Value};
use crate::words::Phrase;

/// How many users one [`BindContactQuery`] may name.
pub const MAX_OPENIDS: usize = 100;

/// How many characters a device's name may have.
pub const MAX_NAME_LENGTH: usize = 128;

/// Whether a device can have this name, as [`Phrase::NAME`] says it. It is short and on one line, because it is
/// shown with every call.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_LENGTH).contains(&text.chars().count()) && !text.contains(char::is_control)
}

/// What `wx.requestDeviceVoIP` takes, as it came.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RawConsent {
    /// `sn`
    pub sn: Value,
    /// `snTicket`
    pub sn_ticket: Secret<Value>,
    /// `modelId`
    pub model_id: Value,
    /// `deviceName`
    pub device_name: Value,
}

/// A user lets a device call and be called.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// The device; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub sn: String,
    /// Shows that the device's manufacturer asks for it; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub sn_ticket: Secret<String>,
    /// The device's model; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub model_id: String,
    /// The name that the user sees for the device, if it has none from an earlier grant. It is short and on
    /// one line.
    #[cfg_attr(feature = "openapi", schema(value_type = schema::Name))]
    pub device_name: String,
}

impl Object<RawConsent> {
    /// Checks every field.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn validate(self) -> Result<Consent, Problems> {
        let mut problems = Problems::default();
        let Some(raw) = problems.object("req", self) else {
            return Err(problems);
        };
        let sn = problems.required_string("sn", raw.sn);
        let sn_ticket = problems.required_secret("snTicket", raw.sn_ticket, Phrase::SN_TICKET);
        let model_id = problems.required_string("modelId", raw.model_id);
        let device_name = match raw.device_name {
            Value::String(name) if is_name(&name) => Some(name),
            wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
                problems.parameter("deviceName", Phrase::NAME, wrong.describe());
                None
            }
        };
        match (sn, sn_ticket, model_id, device_name) {
            (Some(sn), Some(sn_ticket), Some(model_id), Some(device_name)) => {
                Ok(Consent { sn, sn_ticket, model_id, device_name })
            }
            _ => Err(problems),
        }
    }
}

/// Whether a user authorises a device, in the platform's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(into = "u8", try_from = "u8")]
pub enum Status {
    /// `0`: the user has withdrawn it, or never given it.
    NotAuthorised,
    /// `1`
    #[default]
    Authorised,
}

impl Status {
    /// Both of them.
    pub const ALL: [Status; 2] = [Status::NotAuthorised, Status::Authorised];
}

impl From<Status> for u8 {
    fn from(status: Status) -> u8 {
        match status {
            Status::NotAuthorised => 0,
            Status::Authorised => 1,
        }
    }
}

impl TryFrom<u8> for Status {
    type Error = String;

    fn try_from(number: u8) -> Result<Status, String> {
        match number {
            0 => Ok(Status::NotAuthorised),
            1 => Ok(Status::Authorised),
            _ => Err(format!("status {number} is not 0 or 1")),
        }
    }
}

/// A device that a user has authorised, now or once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthorisedDevice {
    /// Its SN.
    pub sn: String,
    /// Its model.
    pub model_id: String,
    /// The name that the user gave it at the first grant.
    pub device_name: String,
    /// Whether it still is.
    pub status: Status,
}

/// All devices that a user has authorised, now or once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorisedDevices {
    /// In the order of their SNs.
    pub items: Vec<AuthorisedDevice>,
}

/// What `getIotBindContactList` takes, as it came. Its names are the platform's own.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RawBindContactQuery {
    /// `sn`
    pub sn: Value,
    /// `model_id`
    pub model_id: Value,
    /// `openid_list`
    pub openid_list: List,
}

/// Which of these users have authorised this device?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BindContactQuery {
    /// The device; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub sn: String,
    /// Its model; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub model_id: String,
    /// The openIds of the users.
    #[cfg_attr(feature = "openapi", schema(value_type = schema::OpenIds))]
    pub openid_list: Vec<String>,
}

impl RawBindContactQuery {
    /// The names of its fields. That of the list ends in `[]`.
    pub const FIELDS: [&str; 3] = ["sn", "model_id", "openid_list[]"];
}

impl Object<RawBindContactQuery> {
    /// Checks every field.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn validate(self) -> Result<BindContactQuery, Problems> {
        let mut problems = Problems::default();
        let Some(raw) = problems.object("req", self) else {
            return Err(problems);
        };
        let sn = problems.required_string("sn", raw.sn);
        let model_id = problems.required_string("model_id", raw.model_id);
        let openid_list = openid_list(&mut problems, raw.openid_list);
        match (sn, model_id, openid_list) {
            (Some(sn), Some(model_id), Some(openid_list)) => {
                Ok(BindContactQuery { sn, model_id, openid_list })
            }
            _ => Err(problems),
        }
    }
}

fn openid_list(problems: &mut Problems, list: List) -> Option<Vec<String>> {
    const PATH: &str = "openid_list";
    let long = |problems: &mut Problems, length| {
        problems.parameter(PATH, Phrase::OPEN_IDS, Phrase::ARRAY_OF.with(decimal(length)));
        None
    };
    match list {
        List::Is(items) if (1..=MAX_OPENIDS).contains(&items.len()) => {
            let of_item = |(index, item)| {
                problems.required_string(&concat(&[PATH, "[", &decimal(index), "]"]), item)
            };
            // The others are looked at even if one is wrong.
            let openids: Vec<Option<String>> = items.into_iter().enumerate().map(of_item).collect();
            openids.into_iter().collect()
        }
        List::Is(items) => long(problems, items.len()),
        List::Long(length) => long(problems, length),
        List::Not(value) => {
            problems.wrong(PATH, Phrase::OPEN_IDS, &value);
            None
        }
    }
}

/// What `getIotBindContactList` resolves with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BindContactList {
    /// `0`: it worked.
    pub errcode: u16,
    /// `ok`
    pub errmsg: String,
    /// An answer for each user, in the order in which they were asked for.
    pub contact_list: Vec<BindContact>,
}

/// Whether one user has authorised the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BindContact {
    /// The user.
    pub openid: String,
    /// The device.
    pub sn: String,
    /// Its model.
    pub model_id: String,
    /// Also for a user who was never asked.
    pub status: Status,
}

impl BindContactQuery {
    /// The answer, with `status_of` asked for one user after the other.
    ///
    /// # Errors
    /// The first that `status_of` gives.
    pub fn answer<E>(
        self,
        mut status_of: impl FnMut(&str) -> Result<Status, E>,
    ) -> Result<BindContactList, E> {
        let BindContactQuery { sn, model_id, openid_list } = self;
        let contact = |openid: String| {
            let status = status_of(&openid)?;
            Ok(BindContact { openid, sn: sn.clone(), model_id: model_id.clone(), status })
        };
        let contact_list = openid_list.into_iter().map(contact).collect::<Result<_, E>>()?;
        Ok(BindContactList { errcode: 0, errmsg: "ok".into(), contact_list })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn consent(json: serde_json::Value) -> Result<Consent, Problems> {
        serde_json::from_value::<Object<RawConsent>>(json).unwrap().validate()
    }

    fn query(json: serde_json::Value) -> Result<BindContactQuery, Problems> {
        serde_json::from_value::<Object<RawBindContactQuery>>(json).unwrap().validate()
    }

    fn said<T: std::fmt::Debug>(result: Result<T, Problems>) -> Vec<String> {
        result.unwrap_err().as_slice().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_consent_needs_every_field() {
        let full =
            json!({"sn": "SN-1", "snTicket": "s3cret", "modelId": "M1", "deviceName": "门口"});
        let valid = consent(full.clone()).unwrap();
        assert_eq!(serde_json::to_value(&valid).unwrap(), full);
        assert!(!format!("{valid:?}").contains("s3cret"));
        assert_eq!(
            said(consent(json!({"sn": "", "snTicket": {}, "modelId": 7}))),
            [
                "sn: expected a non-empty string, got an empty string",
                "snTicket: expected the device's snTicket, a non-empty string, got an object",
                "modelId: expected a non-empty string, got 7",
                "deviceName: expected a string of 1 to 128 characters, without control characters, got nothing",
            ]
        );
        assert_eq!(said(consent(json!([]))), ["req: expected an object, got an array"]);
        let long = "s3cret".repeat(1000);
        let said = said(consent(json!({"snTicket": long}))).join("; ");
        assert!(said.contains("a string of 6000 characters") && !said.contains("s3cret"), "{said}");
    }

    #[test]
    fn a_name_is_short_and_on_one_line() {
        let named = |name: &str| {
            let sn = "SN-1";
            consent(json!({"sn": sn, "snTicket": "s3cret", "modelId": "M1", "deviceName": name}))
        };
        let longest = "门".repeat(MAX_NAME_LENGTH);
        assert_eq!(named(&longest).unwrap().device_name, longest);
        for (name, got) in [
            (String::new(), "an empty string".to_owned()),
            ("a\nb".into(), "the string 'a\u{fffd}b'".into()),
            (format!("{longest}门"), format!("the string '{}…'", "门".repeat(40))),
            ("a".repeat(5000), "a string of 5000 characters".into()),
        ] {
            assert_eq!(
                said(named(&name)),
                [format!("deviceName: expected {}, got {got}", Phrase::NAME.en())]
            );
        }
        assert!(Phrase::NAME.en().contains(&format!("1 to {MAX_NAME_LENGTH} ")));
    }

    #[test]
    fn a_query_names_the_device_and_a_bounded_number_of_users() {
        let full = json!({"sn": "SN-1", "model_id": "M1", "openid_list": ["o1", "o2"]});
        let valid = query(full.clone()).unwrap();
        assert_eq!(serde_json::to_value(valid).unwrap(), full);
        let with = |list| query(json!({"sn": "SN-1", "model_id": "M1", "openid_list": list}));
        assert!(with(json!(vec!["o1"; MAX_OPENIDS])).is_ok());
        let expected = "openid_list: expected an array of 1 to 100 openIds, got";
        for (list, got) in [
            (json!(null), "nothing"),
            (json!("o1"), "the string 'o1'"),
            (json!({"0": "o1"}), "an object"),
            (json!([]), "an array of length 0"),
            (json!(vec!["o1"; MAX_OPENIDS + 1]), "an array of length 101"),
        ] {
            assert_eq!(said(with(list)), [format!("{expected} {got}")]);
        }
        assert_eq!(
            said(with(json!(["o1", 7, "o2", ""]))),
            [
                "openid_list[1]: expected a non-empty string, got 7",
                "openid_list[3]: expected a non-empty string, got an empty string",
            ]
        );
        assert_eq!(said(query(json!({}))).len(), 3);
    }

    #[test]
    fn the_answer_is_in_the_order_of_the_question() {
        let asked = query(json!({"sn": "SN-1", "model_id": "M1", "openid_list": ["b", "a", "b"]}));
        let status_of =
            |openid: &str| if openid == "b" { Status::Authorised } else { Status::NotAuthorised };
        let answer = asked.unwrap().answer(|openid| Ok::<_, ()>(status_of(openid))).unwrap();
        let of = |openid, status| json!({"openid": openid, "sn": "SN-1", "model_id": "M1", "status": status});
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({"errcode": 0, "errmsg": "ok", "contact_list": [of("b", 1), of("a", 0), of("b", 1)]})
        );
    }

    #[test]
    fn a_status_is_the_platforms_number() {
        for (status, number) in [(Status::NotAuthorised, 0_u8), (Status::Authorised, 1)] {
            assert_eq!(serde_json::to_value(status).unwrap(), json!(number));
            assert_eq!(Status::try_from(number), Ok(status));
        }
        assert!(Status::try_from(2).is_err());
    }
}
