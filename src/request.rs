//! The request of `initByCaller`: its fields, their defaults and every rule about them.
//!
//! [`RawRequest`] is a request before it is checked, [`Request`] is one that may be sent. The only way from one to the
//! other is [`Object::validate`], which the module uses on a JS object and the service on a JSON body.

#[cfg(feature = "openapi")]
mod schema;

use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::problem::Problems;
use crate::query::CustomQuery;
use crate::role::Role;
use crate::secret::Secret;
use crate::value::{Object, Value};
use crate::words::Phrase;

/// A request before it is checked: every documented field as it came. Other fields are ignored.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RawRequest {
    /// `roomType`
    pub room_type: Value,
    /// `caller`
    pub caller: Object<RawParty>,
    /// `listener`
    pub listener: Object<RawParty>,
    /// `businessType`
    pub business_type: Value,
    /// `voipToken`
    pub voip_token: Secret<Value>,
    /// `miniprogramState`
    pub miniprogram_state: Value,
    /// `customQuery`
    pub custom_query: Value,
    /// `timeLimit`
    pub time_limit: Value,
    /// `deviceToken`, which callers do not pass: only hosts send it, and only services read it.
    pub device_token: Secret<Value>,
}

/// A caller or a listener before it is checked.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RawParty {
    /// `id`
    pub id: Value,
    /// `name`
    pub name: Value,
    /// `cameraStatus`
    pub camera_status: Value,
}

/// The request of `initByCaller`, valid. Serialised, it is the body that creates a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The kind of media: voice or video.
    pub room_type: RoomType,
    /// The party that calls.
    pub caller: Party,
    /// The party that is called.
    pub listener: Party,
    /// The kind of call: which kind of host calls which, and how that is billed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BusinessType>, default = BusinessType::default, required = false))]
    pub business_type: BusinessType,
    /// The ticket of the caller: the payment's voip_token (businessType 0, 3), the deviceToken (1, for devices that were
    /// registered with the SDK) or the pushToken (2).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::AnyString>))]
    pub voip_token: Option<Secret<String>>,
    /// The version of the mini-program that the reminder opens.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<MiniprogramState>, default = MiniprogramState::default, required = false))]
    pub miniprogram_state: MiniprogramState,
    /// The parameters that the caller adds to the query of the listener's call page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_query: Option<CustomQuery>,
    /// How long the call may last, in seconds from `startVoip`; positive and finite. Without it there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Seconds>))]
    pub time_limit: Option<f64>,
    /// The deviceToken that the host of a WMPF-registered device has fetched, for businessType 1. It is not the
    /// voipToken, because the caller must not pass one on such a device.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::NonEmptyString>))]
    pub device_token: Option<Secret<String>>,
}

/// One of the two parties of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", schema(as = CallParty))]
pub struct Party {
    /// The id of the party, which is not empty: a device's SN, a user's openId or a face-payment user_id, by the kind of
    /// call.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub id: String,
    /// The name to show for the party, if one was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::AnyString>))]
    pub name: Option<String>,
    /// Whether the party's camera is on when the call starts.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<CameraStatus>, default = CameraStatus::default, required = false))]
    pub camera_status: CameraStatus,
}

/// The kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RoomType {
    /// Audio only.
    Voice,
    /// Audio and video.
    Video,
}

impl RoomType {
    /// The documented word for the kind of media.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RoomType::Voice => "voice",
            RoomType::Video => "video",
        }
    }
}

/// Whether a camera is on when the call starts. In JSON, `0` is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(into = "u8", try_from = "u8")]
pub enum CameraStatus {
    /// `0`: the camera is on.
    #[default]
    On,
    /// `1`: the camera is off.
    Off,
}

impl CameraStatus {
    /// Both of them.
    pub const ALL: [CameraStatus; 2] = [CameraStatus::On, CameraStatus::Off];
}

impl From<CameraStatus> for u8 {
    fn from(status: CameraStatus) -> u8 {
        match status {
            CameraStatus::On => 0,
            CameraStatus::Off => 1,
        }
    }
}

impl TryFrom<u8> for CameraStatus {
    type Error = String;

    fn try_from(number: u8) -> Result<CameraStatus, String> {
        match number {
            0 => Ok(CameraStatus::On),
            1 => Ok(CameraStatus::Off),
            _ => Err(format!("cameraStatus {number} is not 0 or 1")),
        }
    }
}

/// The kind of call: which kind of host calls which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(into = "u8", try_from = "u8")]
pub enum BusinessType {
    /// `0`: a face-payment device calls, billed by duration. The default for historical reasons.
    #[default]
    PaymentByDuration,
    /// `1`: a device calls a phone.
    DeviceToPhone,
    /// `2`: a phone calls a device.
    PhoneToDevice,
    /// `3`: a face-payment device calls, billed by license.
    PaymentByLicense,
}

impl BusinessType {
    /// All of them, in the order of their numbers.
    pub const ALL: [BusinessType; 4] = [
        BusinessType::PaymentByDuration,
        BusinessType::DeviceToPhone,
        BusinessType::PhoneToDevice,
        BusinessType::PaymentByLicense,
    ];

    /// Whether a call of this kind needs a `voipToken`.
    #[must_use]
    pub const fn requires_token(self) -> bool {
        match self {
            BusinessType::PaymentByDuration
            | BusinessType::PhoneToDevice
            | BusinessType::PaymentByLicense => true,
            BusinessType::DeviceToPhone => false,
        }
    }

    /// The kind of host that can make a call of this kind. `None` if each can.
    #[must_use]
    pub const fn caller_role(self) -> Option<Role> {
        match self {
            BusinessType::DeviceToPhone => Some(Role::Device),
            BusinessType::PhoneToDevice => Some(Role::Phone),
            // The documents say nothing of these; the service checks whose session it is.
            BusinessType::PaymentByDuration | BusinessType::PaymentByLicense => None,
        }
    }
}

impl From<BusinessType> for u8 {
    fn from(business_type: BusinessType) -> u8 {
        match business_type {
            BusinessType::PaymentByDuration => 0,
            BusinessType::DeviceToPhone => 1,
            BusinessType::PhoneToDevice => 2,
            BusinessType::PaymentByLicense => 3,
        }
    }
}

impl TryFrom<u8> for BusinessType {
    type Error = String;

    fn try_from(number: u8) -> Result<BusinessType, String> {
        match number {
            0 => Ok(BusinessType::PaymentByDuration),
            1 => Ok(BusinessType::DeviceToPhone),
            2 => Ok(BusinessType::PhoneToDevice),
            3 => Ok(BusinessType::PaymentByLicense),
            _ => Err(format!("businessType {number} is not 0, 1, 2 or 3")),
        }
    }
}

/// The version of the mini-program that a reminder opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MiniprogramState {
    /// The released version.
    #[default]
    Formal,
    /// The version for testers.
    Trial,
    /// The version in development.
    Developer,
}

impl Request {
    /// Whether a host that can is to fetch a deviceToken: a device calls and was given no token.
    #[must_use]
    pub fn needs_device_token(&self) -> bool {
        self.business_type == BusinessType::DeviceToPhone && self.voip_token.is_none()
    }
}

impl Object<RawRequest> {
    /// Checks every field and fills in the defaults.
    ///
    /// # Errors
    /// When a field is wrong. Every wrong field is named, in the order of the documented table.
    pub fn validate(self) -> Result<Request, Problems> {
        let mut problems = Problems::default();
        match problems.object("req", self) {
            Some(raw) => raw.validate(problems),
            None => Err(problems),
        }
    }
}

impl RawRequest {
    fn validate(self, mut problems: Problems) -> Result<Request, Problems> {
        let room_type = room_type(&mut problems, &self.room_type);
        let caller = party(&mut problems, &CALLER, self.caller);
        let listener = party(&mut problems, &LISTENER, self.listener);
        let business_type = business_type(&mut problems, &self.business_type);
        let voip_token = voip_token(&mut problems, self.voip_token, business_type);
        let miniprogram_state = miniprogram_state(&mut problems, &self.miniprogram_state);
        let custom_query = custom_query(&mut problems, self.custom_query);
        let time_limit = time_limit(&mut problems, &self.time_limit);
        let device_token = device_token(&mut problems, self.device_token, business_type);

        // What is required is there unless a problem says so.
        match (room_type, caller, listener, business_type, miniprogram_state) {
            (
                Some(room_type),
                Some(caller),
                Some(listener),
                Some(business_type),
                Some(miniprogram_state),
            ) if problems.is_empty() => Ok(Request {
                room_type,
                caller,
                listener,
                business_type,
                voip_token,
                miniprogram_state,
                custom_query,
                time_limit,
                device_token,
            }),
            _ => Err(problems),
        }
    }
}

pub(crate) fn room_type(problems: &mut Problems, value: &Value) -> Option<RoomType> {
    match value {
        Value::String(text) if text == "voice" => Some(RoomType::Voice),
        Value::String(text) if text == "video" => Some(RoomType::Video),
        Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("roomType", Phrase::VOICE_OR_VIDEO, value);
            None
        }
    }
}

/// The paths of a party's fields. They are written out so that a valid request spends no time on making them.
struct PartyPaths {
    party: &'static str,
    id: &'static str,
    name: &'static str,
    camera_status: &'static str,
}

const CALLER: PartyPaths = PartyPaths {
    party: "caller",
    id: "caller.id",
    name: "caller.name",
    camera_status: "caller.cameraStatus",
};

const LISTENER: PartyPaths = PartyPaths {
    party: "listener",
    id: "listener.id",
    name: "listener.name",
    camera_status: "listener.cameraStatus",
};

fn party(problems: &mut Problems, paths: &PartyPaths, raw: Object<RawParty>) -> Option<Party> {
    let raw = problems.object(paths.party, raw)?;
    let id = problems.required_string(paths.id, raw.id);
    let name = problems.optional_string(paths.name, raw.name, Phrase::A_STRING);
    let camera_status = camera_status(problems, paths.camera_status, &raw.camera_status);
    Some(Party { id: id?, name, camera_status: camera_status? })
}

fn camera_status(problems: &mut Problems, path: &str, value: &Value) -> Option<CameraStatus> {
    match value {
        Value::Missing => Some(CameraStatus::default()),
        Value::Number(0.0) => Some(CameraStatus::On),
        Value::Number(1.0) => Some(CameraStatus::Off),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong(path, Phrase::CAMERA_STATUS, value);
            None
        }
    }
}

fn business_type(problems: &mut Problems, value: &Value) -> Option<BusinessType> {
    match value {
        Value::Missing => Some(BusinessType::default()),
        Value::Number(0.0) => Some(BusinessType::PaymentByDuration),
        Value::Number(1.0) => Some(BusinessType::DeviceToPhone),
        Value::Number(2.0) => Some(BusinessType::PhoneToDevice),
        Value::Number(3.0) => Some(BusinessType::PaymentByLicense),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("businessType", Phrase::BUSINESS_TYPE, value);
            None
        }
    }
}

/// Reads the voipToken. If the businessType is wrong, only the type of the token is checked, because it is not known
/// whether a token is needed.
fn voip_token(
    problems: &mut Problems,
    value: Secret<Value>,
    business_type: Option<BusinessType>,
) -> Option<Secret<String>> {
    let required = business_type.is_some_and(BusinessType::requires_token);
    match value.into_inner() {
        Value::String(text) if !text.is_empty() => Some(Secret::new(text)),
        Value::Missing | Value::String(_) if !required => None,
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            let (code, expected) = match business_type {
                Some(BusinessType::PaymentByDuration | BusinessType::PaymentByLicense) => {
                    (Code::VoipToken, Phrase::PAYMENT_TOKEN)
                }
                Some(BusinessType::PhoneToDevice) => (Code::VoipToken, Phrase::PUSH_TOKEN),
                Some(BusinessType::DeviceToPhone) => (Code::Parameter, Phrase::DEVICE_TOKEN),
                None => (Code::Parameter, Phrase::A_STRING),
            };
            problems.wrong_secret("voipToken", code, expected, &wrong);
            None
        }
    }
}

fn miniprogram_state(problems: &mut Problems, value: &Value) -> Option<MiniprogramState> {
    match value {
        Value::Missing => Some(MiniprogramState::default()),
        Value::String(text) if text == "formal" => Some(MiniprogramState::Formal),
        Value::String(text) if text == "trial" => Some(MiniprogramState::Trial),
        Value::String(text) if text == "developer" => Some(MiniprogramState::Developer),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("miniprogramState", Phrase::MINIPROGRAM_STATE, value);
            None
        }
    }
}

pub(crate) fn custom_query(problems: &mut Problems, value: Value) -> Option<CustomQuery> {
    let expected = Phrase::ENCODED_PAIRS;
    let text = problems.optional_string("customQuery", value, expected)?;
    match CustomQuery::parse(text.clone()) {
        Ok(query) => Some(query),
        Err(error) => {
            let got = Value::String(text).describe().and(error.words());
            problems.parameter("customQuery", expected, got);
            None
        }
    }
}

pub(crate) fn time_limit(problems: &mut Problems, value: &Value) -> Option<f64> {
    match value {
        Value::Missing => None,
        Value::Number(seconds) if seconds.is_finite() && *seconds > 0.0 => Some(*seconds),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("timeLimit", Phrase::SECONDS, value);
            None
        }
    }
}

/// Reads the deviceToken that the host has fetched. Only a call of a device to a phone has one.
fn device_token(
    problems: &mut Problems,
    value: Secret<Value>,
    business_type: Option<BusinessType>,
) -> Option<Secret<String>> {
    if business_type != Some(BusinessType::DeviceToPhone) {
        return None;
    }
    match value.into_inner() {
        Value::String(text) if !text.is_empty() => Some(Secret::new(text)),
        Value::Missing => None,
        wrong @ (Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            let expected = Phrase::FETCHED_DEVICE_TOKEN;
            problems.wrong_secret("deviceToken", Code::Parameter, expected, &wrong);
            None
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::problem::{Problem, only_problem};
    use crate::value::{MAX_STRING_LENGTH, Other};

    /// The documented sample, for a device with an SN and a user with an openId.
    const SAMPLE: &str = r#"{
        "caller": { "id": "SN-1", "name": "door" },
        "listener": { "id": "oListener", "name": "user" },
        "roomType": "video",
        "businessType": 1,
        "voipToken": "s3cret",
        "miniprogramState": "developer"
    }"#;

    fn raw(json: &str) -> Object<RawRequest> {
        serde_json::from_str(json).unwrap()
    }

    pub(crate) fn request() -> Request {
        raw(SAMPLE).validate().unwrap()
    }

    /// The sample with some members replaced. A member that is `null` is the same as one that is left out.
    fn with(changes: serde_json::Value) -> Result<Request, Problems> {
        let mut json: serde_json::Value = serde_json::from_str(SAMPLE).unwrap();
        for (key, value) in changes.as_object().unwrap() {
            json[key] = value.clone();
        }
        raw(&json.to_string()).validate()
    }

    #[test]
    fn the_sample_is_valid_and_its_defaults_are_filled_in() {
        assert_eq!(
            request(),
            Request {
                room_type: RoomType::Video,
                caller: Party {
                    id: "SN-1".into(),
                    name: Some("door".into()),
                    camera_status: CameraStatus::On,
                },
                listener: Party {
                    id: "oListener".into(),
                    name: Some("user".into()),
                    camera_status: CameraStatus::On,
                },
                business_type: BusinessType::DeviceToPhone,
                voip_token: Some(Secret::new("s3cret".into())),
                miniprogram_state: MiniprogramState::Developer,
                custom_query: None,
                time_limit: None,
                device_token: None,
            }
        );

        let least =
            r#"{"roomType":"voice","caller":{"id":"u"},"listener":{"id":"o"},"voipToken":"t"}"#;
        let least = raw(least).validate().unwrap();
        assert_eq!(least.business_type, BusinessType::PaymentByDuration);
        assert_eq!(least.miniprogram_state, MiniprogramState::Formal);
        assert_eq!(least.caller.name, None);
    }

    #[test]
    fn what_is_sent_reads_back_as_the_same_request() {
        let full = with(serde_json::json!({
            "caller": { "id": "a", "name": "通 \"话\"", "cameraStatus": 1 },
            "customQuery": "a=1&b=%20", "timeLimit": 0.5,
        }))
        .unwrap();
        // Seven seconds in minutes, passed by mistake: all of its digits are needed.
        let fraction = Request { time_limit: Some(7.0 / 60.0), ..request() };
        for request in [request(), full, fraction] {
            let json = serde_json::to_string(&request).unwrap();
            assert_eq!(raw(&json).validate().unwrap(), request);
        }
    }

    #[test]
    fn every_problem_is_reported_in_table_order() {
        let problems = raw(r#"{
                "timeLimit": 0, "customQuery": "?", "miniprogramState": "release",
                "voipToken": 7, "businessType": "1",
                "listener": { "id": "", "name": 1, "cameraStatus": true },
                "caller": [], "roomType": "vedio"
            }"#)
        .validate()
        .unwrap_err();
        let said: Vec<String> = problems.as_slice().iter().map(Problem::to_string).collect();
        assert_eq!(
            said,
            [
                "roomType: expected 'voice' or 'video', got the string 'vedio'",
                "caller: expected an object, got an array",
                "listener.id: expected a non-empty string, got an empty string",
                "listener.name: expected a string, got 1",
                "listener.cameraStatus: expected the number 0 (on) or 1 (off), got true",
                "businessType: expected the number 0, 1, 2 or 3, got the string '1'",
                "voipToken: expected a string, got a number",
                "miniprogramState: expected 'formal', 'trial' or 'developer', got the string 'release'",
                "customQuery: expected percent-encoded pairs such as a=1&b=2, \
                 got the string '?' with the character ? (U+003F)",
                "timeLimit: expected a number of seconds greater than 0, got 0",
            ]
        );
        assert_eq!(problems.code(), Code::Parameter);
        assert_eq!(problems.to_string(), said.join("; "));
    }

    #[test]
    fn req_itself_must_be_an_object() {
        for (json, got) in [("null", "nothing"), ("[]", "an array"), ("\"x\"", "the string 'x'")] {
            let problem = only_problem(raw(json).validate());
            assert_eq!((problem.path.as_str(), problem.got.en().as_str()), ("req", got));
        }
        assert_eq!(raw("{}").validate().unwrap_err().as_slice().len(), 4, "what is required");
    }

    #[test]
    fn numbers_are_neither_coerced_nor_rounded() {
        for wrong in [-1.0, 0.5, 2.0, f64::NAN, f64::INFINITY] {
            let mut problems = Problems::default();
            assert_eq!(
                camera_status(&mut problems, "caller.cameraStatus", &Value::Number(wrong)),
                None
            );
            assert_eq!(problems.as_slice().len(), 1);
        }
        for wrong in [-1.0, 1.5, 4.0, f64::NAN] {
            let mut problems = Problems::default();
            assert_eq!(business_type(&mut problems, &Value::Number(wrong)), None);
        }
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let mut problems = Problems::default();
            assert_eq!(time_limit(&mut problems, &Value::Number(wrong)), None);
        }
        assert_eq!(
            camera_status(&mut Problems::default(), "", &Value::Number(-0.0)),
            Some(CameraStatus::On)
        );
        assert_eq!(with(serde_json::json!({"timeLimit": 0.5})).unwrap().time_limit, Some(0.5));
    }

    #[test]
    fn the_token_is_required_by_business_type() {
        for (business_type, expected) in [
            (0, "the payment's voip_token, a non-empty string"),
            (2, "the device's pushToken, a non-empty string"),
            (3, "the payment's voip_token, a non-empty string"),
        ] {
            for (token, got) in [
                (serde_json::json!(null), "nothing"),
                (serde_json::json!(""), "an empty string"),
                (serde_json::json!({}), "an object"),
            ] {
                let changes =
                    serde_json::json!({"businessType": business_type, "voipToken": token});
                let problems = with(changes).unwrap_err();
                assert_eq!(problems.code(), Code::VoipToken);
                let problem = &problems.as_slice()[0];
                assert_eq!(
                    (problem.expected.en(), problem.got.en()),
                    (expected.into(), got.into())
                );
            }
        }
        for left_out in [serde_json::json!(null), serde_json::json!("")] {
            let request = with(serde_json::json!({"voipToken": left_out})).unwrap();
            assert_eq!(request.voip_token, None, "businessType 1 works without one");
        }
        let problem = only_problem(with(serde_json::json!({"voipToken": 7})));
        assert_eq!(problem.code, Code::Parameter, "1001 is for where it is required");
    }

    #[test]
    fn a_token_is_never_printed() {
        let long = "s3cret".repeat(MAX_STRING_LENGTH);
        let changes = serde_json::json!({"voipToken": long});
        let raw_long = raw(&changes.to_string());
        assert!(!format!("{raw_long:?}").contains("s3cret"));
        let said = with(changes).unwrap_err().to_string();
        assert!(said.contains("of at most 4096 characters, got a string of"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
        assert!(!format!("{:?}", request()).contains("s3cret"));
    }

    #[test]
    fn a_string_that_is_too_long_is_told_the_limit() {
        let changes = serde_json::json!({"caller": {"id": "x".repeat(MAX_STRING_LENGTH + 1)}});
        let problem = only_problem(with(changes));
        assert_eq!(problem.expected.en(), "a non-empty string of at most 4096 characters");
        assert_eq!(problem.expected.zh(), "非空字符串，最多 4096 个字符");
        assert_eq!(problem.got.en(), "a string of 4097 characters");
    }

    #[test]
    fn a_value_that_throws_is_a_problem_like_any_other() {
        let raw = Object::Is(RawRequest {
            room_type: Value::Other(Other::Unreadable("boom".into())),
            ..RawRequest::default()
        });
        let problems = raw.validate().unwrap_err();
        assert!(problems.to_string().starts_with(
            "roomType: expected 'voice' or 'video', got a property that throws when it is read (boom); caller:"
        ));
    }

    #[test]
    fn members_that_the_table_does_not_name_are_ignored() {
        assert_eq!(with(serde_json::json!({"extra": [1, {"deep": true}]})).unwrap(), request());
    }

    #[test]
    fn only_a_device_that_calls_brings_the_token_that_its_host_fetched() {
        let bring = |business_type: u8, token: serde_json::Value| {
            with(serde_json::json!({ "businessType": business_type, "deviceToken": token }))
        };
        let fetched = bring(1, "s3cret".into()).unwrap();
        assert_eq!(fetched.device_token, Some(Secret::new("s3cret".into())));
        let json = serde_json::to_string(&fetched).unwrap();
        assert_eq!(raw(&json).validate().unwrap(), fetched, "the service reads it back");

        assert_eq!(bring(1, serde_json::Value::Null).unwrap().device_token, None);
        for business_type in [0, 2, 3] {
            assert_eq!(bring(business_type, "s3cret".into()).unwrap().device_token, None);
        }
        assert_eq!(
            only_problem(bring(1, 7.into())).to_string(),
            "deviceToken: expected the deviceToken that the host fetched, a non-empty string, got a number"
        );
    }
}
