//! The request of `callWMPF`: its fields, their defaults and every rule about them.
//!
//! It calls a device from a phone, as businessType 2 does, needs no authorisation, and says how it is to be
//! billed. As in [`request`](crate::request), what came is [`RawWmpfCall`], and what may be sent is a [`WmpfCall`].
//! It is a [form](crate::form).

use serde::{Deserialize, Serialize};

use crate::form::{Field, Filled, Form, Rule};
use crate::outcome::ChargeType;
use crate::query::CustomQuery;
use crate::request::{BusinessType, CameraStatus, MiniprogramState, Party, Request, RoomType};
use crate::secret::Secret;
use crate::words::Phrase;

/// A request as it came.
pub type RawWmpfCall = Filled<WmpfCall>;

/// The request of `callWMPF`, valid. Serialised, it is the body that creates a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WmpfCall {
    /// Voice or video.
    pub room_type: RoomType,
    /// The device that is called; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub sn: String,
    /// Its model; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub model_id: String,
    /// What the device has fetched to be called; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub push_token: Secret<String>,
    /// The name that the device shows for the caller; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub nick_name: String,
    /// The name that the caller sees, if it is not to be the model's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::AnyString>))]
    pub device_name: Option<String>,
    /// How it is to be billed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ChargeType>, default = "license", required = false))]
    pub charge_type: ChargeType,
    /// The longest duration of the call, in seconds from `startVoip`; positive and finite.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Seconds>))]
    pub time_limit: Option<f64>,
    /// Whether the caller starts with its camera on.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>, default = true, required = false))]
    pub enable_caller_camera: bool,
    /// Whether the device starts with its camera on.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>, default = true, required = false))]
    pub enable_listener_camera: bool,
    /// Which version of the mini-program the reminder opens.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<EnvVersion>, default = EnvVersion::default, required = false))]
    pub env_version: EnvVersion,
    /// What the caller adds to the query of the device's call page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_query: Option<CustomQuery>,
}

/// Which version of the mini-program a reminder opens, in the words of `callWMPF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum EnvVersion {
    /// The released one.
    #[default]
    Release,
    /// The one for testers.
    Trial,
    /// The one being developed.
    Develop,
}

impl From<EnvVersion> for MiniprogramState {
    fn from(version: EnvVersion) -> MiniprogramState {
        match version {
            EnvVersion::Release => MiniprogramState::Formal,
            EnvVersion::Trial => MiniprogramState::Trial,
            EnvVersion::Develop => MiniprogramState::Developer,
        }
    }
}

impl WmpfCall {
    /// The same call in the words of `initByCaller`, as `open_id` makes it. How it is billed and the
    /// model have no place there.
    #[must_use]
    pub fn request(&self, open_id: &str) -> Request {
        Request {
            room_type: self.room_type,
            caller: Party {
                id: open_id.to_owned(),
                name: Some(self.nick_name.clone()),
                camera_status: camera(self.enable_caller_camera),
            },
            listener: Party {
                id: self.sn.clone(),
                name: self.device_name.clone(),
                camera_status: camera(self.enable_listener_camera),
            },
            business_type: BusinessType::PhoneToDevice,
            voip_token: Some(self.push_token.clone()),
            miniprogram_state: self.env_version.into(),
            custom_query: self.custom_query.clone(),
            time_limit: self.time_limit,
            device_token: None,
        }
    }
}

impl Form for WmpfCall {
    const FIELDS: &'static [Field] = &[
        ("roomType", Rule::RoomType),
        ("sn", Rule::Text),
        ("modelId", Rule::Text),
        ("pushToken", Rule::Token(Phrase::PUSH_TOKEN)),
        ("nickName", Rule::Text),
        ("deviceName", Rule::OptionalText),
        ("chargeType", Rule::ChargeType),
        ("timeLimit", Rule::TimeLimit),
        ("enableCallerCamera", Rule::Switch(true)),
        ("enableListenerCamera", Rule::Switch(true)),
        ("envVersion", Rule::EnvVersion),
        ("customQuery", Rule::CustomQuery),
    ];
}

/// A camera that was switched on or off.
pub(crate) const fn camera(on: bool) -> CameraStatus {
    if on { CameraStatus::On } else { CameraStatus::Off }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::code::Code;
    use crate::problem::{Problem, Problems, only_problem};
    use crate::value::Object;

    /// Every field set, none of them to its default.
    fn full() -> Json {
        json!({
            "roomType": "voice", "sn": "SN-1", "modelId": "M1", "pushToken": "s3cret",
            "nickName": "Alice", "deviceName": "门口", "chargeType": "duration", "timeLimit": 60.5,
            "enableCallerCamera": false, "enableListenerCamera": false, "envVersion": "develop",
            "customQuery": "a=1",
        })
    }

    fn validate(json: Json) -> Result<WmpfCall, Problems> {
        serde_json::from_value::<Object<RawWmpfCall>>(json).unwrap().validate()
    }

    /// The full request with one field replaced; `null` leaves it out.
    fn with(field: &str, value: Json) -> Result<WmpfCall, Problems> {
        let mut json = full();
        json[field] = value;
        validate(json)
    }

    #[test]
    fn every_field_is_listed() {
        let members = full();
        let mut names: Vec<_> = members.as_object().unwrap().keys().map(String::as_str).collect();
        let mut listed: Vec<_> = WmpfCall::FIELDS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        listed.sort_unstable();
        assert_eq!(names, listed);
    }

    #[test]
    fn what_is_sent_is_what_was_passed() {
        let call = validate(full()).unwrap();
        assert_eq!(serde_json::to_value(&call).unwrap(), full());
        assert!(!format!("{call:?}").contains("s3cret"));
        assert_eq!(with("extra", json!([1])).unwrap(), call, "others are ignored");
    }

    #[test]
    fn what_may_be_left_out_has_its_default() {
        let required = ["roomType", "sn", "modelId", "pushToken", "nickName"];
        let defaults = json!({
            "chargeType": "license", "enableCallerCamera": true, "enableListenerCamera": true,
            "envVersion": "release",
        });
        for (field, _) in full().as_object().unwrap() {
            let result = with(field, Json::Null);
            if required.contains(&field.as_str()) {
                assert_eq!(only_problem(result).path, *field);
            } else {
                let sent = serde_json::to_value(result.unwrap()).unwrap();
                assert_eq!(sent.get(field), defaults.get(field), "{field}");
            }
        }
    }

    #[test]
    fn every_problem_is_reported_in_order() {
        let problems = validate(json!({
            "customQuery": "?", "envVersion": "formal", "enableListenerCamera": 0,
            "enableCallerCamera": "true", "timeLimit": 0, "chargeType": "free", "deviceName": 1,
            "nickName": "", "pushToken": 7, "modelId": [], "roomType": 1,
        }))
        .unwrap_err();
        let said: Vec<String> = problems.as_slice().iter().map(Problem::to_string).collect();
        assert_eq!(
            said,
            [
                "roomType: expected 'voice' or 'video', got 1",
                "sn: expected a non-empty string, got nothing",
                "modelId: expected a non-empty string, got an array",
                "pushToken: expected the device's pushToken, a non-empty string, got a number",
                "nickName: expected a non-empty string, got an empty string",
                "deviceName: expected a string, got 1",
                "chargeType: expected 'duration' or 'license', got the string 'free'",
                "timeLimit: expected a number of seconds greater than 0, got 0",
                "enableCallerCamera: expected true or false, got the string 'true'",
                "enableListenerCamera: expected true or false, got 0",
                "envVersion: expected 'release', 'trial' or 'develop', got the string 'formal'",
                "customQuery: expected percent-encoded pairs such as a=1&b=2, \
                 got the string '?' with the character ? (U+003F)",
            ]
        );
        assert_eq!(problems.code(), Code::Parameter);
        let of_charge_type: Vec<Code> =
            problems.as_slice().iter().filter(|p| p.path == "chargeType").map(|p| p.code).collect();
        assert_eq!(of_charge_type, [Code::ChargeType]);
        assert_eq!(only_problem(validate(json!([]))).path, "req");
    }

    #[test]
    fn a_wrong_charge_type_alone_has_a_code_of_its_own() {
        for (wrong, got) in [
            (json!("License"), "the string 'License'"),
            (json!(""), "an empty string"),
            (json!(1), "1"),
            (json!(true), "true"),
            (json!({}), "an object"),
        ] {
            let result = with("chargeType", wrong);
            assert_eq!(result.as_ref().unwrap_err().code(), Code::ChargeType);
            let problem = only_problem(result);
            assert_eq!((problem.path.as_str(), problem.got.en().as_str()), ("chargeType", got));
            assert_eq!(problem.expected.en(), "'duration' or 'license'");
        }
    }

    #[test]
    fn it_is_a_call_of_a_phone_to_a_device() {
        let request = validate(full()).unwrap().request("o1");
        assert_eq!(
            serde_json::to_value(request).unwrap(),
            json!({
                "roomType": "voice", "businessType": 2, "voipToken": "s3cret",
                "caller": {"id": "o1", "name": "Alice", "cameraStatus": 1},
                "listener": {"id": "SN-1", "name": "门口", "cameraStatus": 1},
                "miniprogramState": "developer", "customQuery": "a=1", "timeLimit": 60.5,
            })
        );
        for (version, state) in [("release", "formal"), ("trial", "trial")] {
            let request = with("envVersion", version.into()).unwrap().request("o1");
            assert_eq!(serde_json::to_value(request.miniprogram_state).unwrap(), state);
        }
        let request = with("enableCallerCamera", true.into()).unwrap().request("o1");
        let cameras = (request.caller.camera_status, request.listener.camera_status);
        assert_eq!(cameras, (CameraStatus::On, CameraStatus::Off));
    }
}
