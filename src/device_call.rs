//! The request of `callDevice`: its fields, their defaults and every rule about them.
//!
//! It calls a device from a phone as [`callWMPF`](crate::wmpf_call) does, but one that runs no mini-program:
//! the platform's words for those are Linux and RTOS devices. Such a device has no pushToken and opens no call
//! page, so nobody reminds it: its manufacturer's own channel does, which `isCloud` has the service wake.
//!
//! The public documentation has the names, types and defaults, and is silent on the rest. **Decisions**: the
//! [`encodeVideo*`](crate::encode_video) members take what it lists and `0`, which is their default and leaves the
//! choice to the platform; a `payload` without `isCloud` has no effect and is no error; names may be empty and then
//! count as left out.

use serde::{Deserialize, Serialize};

use crate::encode_video::{EncodeVideo, fixed_length, max_fps, ratio, rotation};
use crate::form::{Field, Filled, Form, Rule};
use crate::outcome::ChargeType;
use crate::request::{BusinessType, MiniprogramState, Party, Request, RoomType};
use crate::wmpf_call::camera;
use crate::words::Phrase;

/// A request as it came.
pub type RawDeviceCall = Filled<DeviceCall>;

/// The request of `callDevice`, valid. Serialised, it is the body that creates a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeviceCall {
    /// Voice or video.
    pub room_type: RoomType,
    /// The device that is called; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub sn: String,
    /// Its model; not empty.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::NonEmptyString))]
    pub model_id: String,
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
    /// The name that the device is told for the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::AnyString>))]
    pub nick_name: Option<String>,
    /// The name that the caller sees, if it is not to be the model's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::AnyString>))]
    pub device_name: Option<String>,
    /// Whether the service tells the mini-program's own backend of the call.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>, default = false, required = false))]
    pub is_cloud: bool,
    /// What that backend is told besides, as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::AnyString>))]
    pub payload: Option<String>,
    /// How the phone is to encode its video.
    #[serde(flatten)]
    pub encode_video: EncodeVideo,
}

impl DeviceCall {
    /// The same call in the words of `initByCaller`, as `open_id` makes it. How the phone encodes its video stands in the
    /// query, as in every other kind of call; what is the device's own affair has no place there. **Decision**: no mini-program is opened, so the call is the released one's.
    #[must_use]
    pub fn request(&self, open_id: &str) -> Request {
        Request {
            room_type: self.room_type,
            caller: Party {
                id: open_id.to_owned(),
                name: self.nick_name.clone(),
                camera_status: camera(self.enable_caller_camera),
            },
            listener: Party {
                id: self.sn.clone(),
                name: self.device_name.clone(),
                camera_status: camera(self.enable_listener_camera),
            },
            business_type: BusinessType::PhoneToDevice,
            voip_token: None,
            miniprogram_state: MiniprogramState::Formal,
            custom_query: self.encode_video.query(),
            time_limit: self.time_limit,
            device_token: None,
        }
    }
}

impl Form for DeviceCall {
    const FIELDS: &'static [Field] = &[
        ("roomType", Rule::RoomType),
        ("sn", Rule::Text),
        ("modelId", Rule::Text),
        ("chargeType", Rule::ChargeType),
        ("timeLimit", Rule::TimeLimit),
        ("enableCallerCamera", Rule::Switch(true)),
        ("enableListenerCamera", Rule::Switch(true)),
        ("nickName", Rule::OptionalText),
        ("deviceName", Rule::OptionalText),
        ("isCloud", Rule::Switch(false)),
        ("payload", Rule::OptionalText),
        (
            "encodeVideoFixedLength",
            Rule::Number(|number| fixed_length(number).is_some(), Phrase::ENCODED_LENGTH),
        ),
        (
            "encodeVideoRotation",
            Rule::Number(|number| rotation(number).is_some(), Phrase::ENCODED_ROTATION),
        ),
        ("encodeVideoRatio", Rule::Number(|number| ratio(number).is_some(), Phrase::ENCODED_RATIO)),
        (
            "encodeVideoMaxFPS",
            Rule::Number(|number| max_fps(number).is_some(), Phrase::ENCODED_FRAMES),
        ),
    ];
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::code::Code;
    use crate::problem::{Problem, Problems, only_problem};
    use crate::request::CameraStatus;
    use crate::value::{Object, Value};

    /// Every field set, none of them to its default.
    fn full() -> Json {
        json!({
            "roomType": "voice", "sn": "SN-1", "modelId": "M1", "chargeType": "duration",
            "timeLimit": 60.5, "enableCallerCamera": false, "enableListenerCamera": false,
            "nickName": "Alice", "deviceName": "门口", "isCloud": true, "payload": "{\"a\": 1}",
            "encodeVideoFixedLength": 320, "encodeVideoRotation": 1, "encodeVideoRatio": 133.5,
            "encodeVideoMaxFPS": 15,
        })
    }

    fn validate(json: Json) -> Result<DeviceCall, Problems> {
        serde_json::from_value::<Object<RawDeviceCall>>(json).unwrap().validate()
    }

    /// The full request with one field replaced; `null` leaves it out.
    fn with(field: &str, value: Json) -> Result<DeviceCall, Problems> {
        let mut json = full();
        json[field] = value;
        validate(json)
    }

    #[test]
    fn every_field_is_listed() {
        let members = full();
        let mut names: Vec<_> = members.as_object().unwrap().keys().map(String::as_str).collect();
        let mut listed: Vec<_> = DeviceCall::FIELDS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        listed.sort_unstable();
        assert_eq!(names, listed);
    }

    #[test]
    fn what_is_sent_is_what_was_passed() {
        let call = validate(full()).unwrap();
        assert_eq!(serde_json::to_value(&call).unwrap(), full());
        assert_eq!(with("extra", json!([1])).unwrap(), call, "others are ignored");
        assert_eq!(with("pushToken", json!("t")).unwrap(), call, "also what callWMPF takes");
    }

    #[test]
    fn what_may_be_left_out_has_its_default() {
        let required = ["roomType", "sn", "modelId"];
        let defaults = json!({
            "chargeType": "license", "enableCallerCamera": true, "enableListenerCamera": true,
            "isCloud": false, "encodeVideoFixedLength": 0, "encodeVideoRotation": 0,
            "encodeVideoRatio": 0.0, "encodeVideoMaxFPS": 0,
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
            "encodeVideoMaxFPS": 16, "encodeVideoRatio": -1, "encodeVideoRotation": 3,
            "encodeVideoFixedLength": "320", "payload": {"a": 1}, "isCloud": 1, "deviceName": 1,
            "nickName": [], "enableListenerCamera": 0, "enableCallerCamera": "true",
            "timeLimit": 0, "chargeType": "free", "modelId": [], "roomType": 1,
        }))
        .unwrap_err();
        let said: Vec<String> = problems.as_slice().iter().map(Problem::to_string).collect();
        assert_eq!(
            said,
            [
                "roomType: expected 'voice' or 'video', got 1",
                "sn: expected a non-empty string, got nothing",
                "modelId: expected a non-empty string, got an array",
                "chargeType: expected 'duration' or 'license', got the string 'free'",
                "timeLimit: expected a number of seconds greater than 0, got 0",
                "enableCallerCamera: expected true or false, got the string 'true'",
                "enableListenerCamera: expected true or false, got 0",
                "nickName: expected a string, got an array",
                "deviceName: expected a string, got 1",
                "isCloud: expected true or false, got 1",
                "payload: expected a string, got an object",
                "encodeVideoFixedLength: expected the number 320, 480 or 640, \
                 or 0 for the platform's choice, got the string '320'",
                "encodeVideoRotation: expected the number 1 (upright) or 2 (as the camera has it), \
                 or 0 for the platform's choice, got 3",
                "encodeVideoRatio: expected the number width / height * 100, \
                 or 0 for the platform's choice, got -1",
                "encodeVideoMaxFPS: expected a whole number from 8 to 15, \
                 or 0 for the platform's choice, got 16",
            ]
        );
        assert_eq!(problems.code(), Code::Parameter);
        assert_eq!(with("chargeType", json!("free")).unwrap_err().code(), Code::ChargeType);
        assert_eq!(only_problem(validate(json!([]))).path, "req");
    }

    #[test]
    fn numbers_are_neither_coerced_nor_rounded() {
        for (field, right, wrong) in [
            ("encodeVideoFixedLength", vec![0.0, 320.0, 480.0, 640.0], vec![-320.0, 320.5, 1.0]),
            ("encodeVideoRotation", vec![0.0, 1.0, 2.0], vec![-1.0, 0.5, 90.0]),
            ("encodeVideoRatio", vec![0.0, 75.0, 400.0 / 3.0], vec![-0.5]),
            ("encodeVideoMaxFPS", vec![0.0, 8.0, 11.0, 15.0], vec![7.0, 8.5, 16.0, 30.0]),
        ] {
            for number in right {
                let call = serde_json::to_value(with(field, json!(number)).unwrap()).unwrap();
                assert_eq!(call[field].as_f64(), Some(number), "{field}");
            }
            for number in wrong {
                assert_eq!(only_problem(with(field, json!(number))).path, field, "{number}");
            }
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let raw = RawDeviceCall::read(|name| match name {
                "roomType" => Value::string("voice"),
                "sn" | "modelId" => Value::string("1"),
                "encodeVideoRotation" | "encodeVideoRatio" => Value::Number(number),
                _ => Value::Missing,
            });
            assert_eq!(Object::Is(raw).validate().unwrap_err().as_slice().len(), 2, "{number}");
        }
    }

    #[test]
    fn it_is_a_call_of_a_phone_to_a_device_without_a_token() {
        let request = validate(full()).unwrap().request("o1");
        assert_eq!(
            serde_json::to_value(request).unwrap(),
            json!({
                "roomType": "voice", "businessType": 2,
                "caller": {"id": "o1", "name": "Alice", "cameraStatus": 1},
                "listener": {"id": "SN-1", "name": "门口", "cameraStatus": 1},
                "miniprogramState": "formal", "timeLimit": 60.5,
                "customQuery": "encodeVideoFixedLength=320&encodeVideoRotation=1\
                    &encodeVideoRatio=133.5&encodeVideoMaxFPS=15",
            })
        );
        let request = with("enableListenerCamera", true.into()).unwrap().request("o1");
        let cameras = (request.caller.camera_status, request.listener.camera_status);
        assert_eq!(cameras, (CameraStatus::Off, CameraStatus::On));
    }
}
