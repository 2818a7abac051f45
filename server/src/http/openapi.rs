//! The OpenAPI document's shapes of what the core sends and takes.
//!
//! The core's types say nothing of OpenAPI, because they also run in a phone. These mirrors carry the
//! documented names and nothing else; a test compares them to what the core's types serialise to.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Document};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema};

/// The document's frame; the routes are added where they are defined.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "wmpf-voip room service",
        description = "Creates rooms for initByCaller and reminds listeners. Every refusal carries an errcode of the contract and an errmsg that says what to do."
    ),
    // The service that the document is from.
    servers((url = "/")),
    modifiers(&SessionToken)
)]
pub struct ApiDoc;

struct SessionToken;

impl Modify for SessionToken {
    fn modify(&self, document: &mut Document) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("JWT".into());
        scheme.description = Some(
            "A session token: HS256, kid and iss = appId, sub = SN, user_id or openId, aud = session, role = device or phone".into(),
        );
        document
            .components
            .get_or_insert_with(Components::new)
            .add_security_scheme("session", SecurityScheme::Http(scheme));
    }
}

/// The req of initByCaller.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CallRequest {
    /// Voice or video.
    pub room_type: RoomType,
    /// Who calls: an SN (businessType 1), an openId (2) or a user_id (0, 3).
    pub caller: CallParty,
    /// Who is called: an openId (0, 1, 3) or an SN (2).
    pub listener: CallParty,
    /// 0 face-payment device by duration, 1 device to phone, 2 phone to device, 3 face-payment device
    /// by license.
    #[schema(minimum = 0, maximum = 3, default = 0)]
    pub business_type: Option<u8>,
    /// The payment's voip_token (0, 3), the deviceToken (1, SDK-registered devices) or the pushToken (2).
    pub voip_token: Option<String>,
    /// Which version of the mini-program the reminder opens.
    #[schema(default = "formal")]
    pub miniprogram_state: Option<MiniprogramState>,
    /// Added to the query of the listener's call page, such as a=1&b=2.
    pub custom_query: Option<String>,
    /// The longest duration of the call, in seconds.
    #[schema(exclusive_minimum = 0)]
    pub time_limit: Option<f64>,
    /// The deviceToken that the host of a WMPF-registered device has fetched (1). Callers do not pass one.
    pub device_token: Option<String>,
}

/// A caller or a listener.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CallParty {
    /// By businessType.
    #[schema(min_length = 1)]
    pub id: String,
    /// The name to show; a device is shown by the name that the user gave it.
    pub name: Option<String>,
    /// Whether the camera is on when the call starts: 0 on, 1 off.
    #[schema(minimum = 0, maximum = 1, default = 0)]
    pub camera_status: Option<u8>,
}

/// What callWMPF takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct WmpfCall {
    /// Voice or video.
    pub room_type: RoomType,
    /// The device that is called.
    #[schema(min_length = 1)]
    pub sn: String,
    /// Its model.
    #[schema(min_length = 1)]
    pub model_id: String,
    /// The device's pushToken.
    #[schema(min_length = 1)]
    pub push_token: String,
    /// The name that the device shows for the caller.
    #[schema(min_length = 1)]
    pub nick_name: String,
    /// The name that the caller sees; the model's if there is none.
    pub device_name: Option<String>,
    /// How it is to be billed.
    #[schema(default = "license")]
    pub charge_type: Option<ChargeType>,
    /// The longest duration of the call, in seconds.
    #[schema(exclusive_minimum = 0)]
    pub time_limit: Option<f64>,
    /// Whether the caller starts with the camera on.
    #[schema(default = true)]
    pub enable_caller_camera: Option<bool>,
    /// Whether the device starts with the camera on.
    #[schema(default = true)]
    pub enable_listener_camera: Option<bool>,
    /// Which version of the mini-program the reminder opens.
    #[schema(default = "release")]
    pub env_version: Option<EnvVersion>,
    /// Added to the query of the device's call page, such as a=1&b=2.
    pub custom_query: Option<String>,
}

/// What callDevice takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct DeviceCall {
    /// Voice or video.
    pub room_type: RoomType,
    /// The device that is called.
    #[schema(min_length = 1)]
    pub sn: String,
    /// Its model.
    #[schema(min_length = 1)]
    pub model_id: String,
    /// How it is to be billed.
    #[schema(default = "license")]
    pub charge_type: Option<ChargeType>,
    /// The longest duration of the call, in seconds.
    #[schema(exclusive_minimum = 0)]
    pub time_limit: Option<f64>,
    /// Whether the caller starts with the camera on.
    #[schema(default = true)]
    pub enable_caller_camera: Option<bool>,
    /// Whether the device starts with the camera on.
    #[schema(default = true)]
    pub enable_listener_camera: Option<bool>,
    /// The name that the device is told for the caller.
    pub nick_name: Option<String>,
    /// The name that the caller sees; the model's if there is none.
    pub device_name: Option<String>,
    /// Whether the mini-program's webhook is told of the call.
    #[schema(default = false)]
    pub is_cloud: Option<bool>,
    /// What the webhook is told besides.
    pub payload: Option<String>,
    /// The longer side of the phone's video: 320, 480, 640, or 0 for the platform's choice.
    #[schema(default = 0)]
    pub encode_video_fixed_length: Option<u16>,
    /// Whether the phone's video is upright (1) or as the camera has it (2); 0 is the platform's choice.
    #[schema(minimum = 0, maximum = 2, default = 0)]
    pub encode_video_rotation: Option<u16>,
    /// Width / height * 100 of the phone's video; 0 is the platform's choice.
    #[schema(minimum = 0, default = 0)]
    pub encode_video_ratio: Option<f64>,
    /// The most frames per second of the phone's video, from 8 to 15; 0 is the platform's choice.
    #[schema(rename = "encodeVideoMaxFPS", minimum = 0, maximum = 15, default = 0)]
    pub encode_video_max_fps: Option<u16>,
}

/// A version of the mini-program, in the words of callWMPF.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum EnvVersion {
    /// The released one.
    Release,
    /// The one for testers.
    Trial,
    /// The one being developed.
    Develop,
}

/// The kind of media.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum RoomType {
    /// Audio only.
    Voice,
    /// Audio and video.
    Video,
}

/// A version of the mini-program.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum MiniprogramState {
    /// The released one.
    Formal,
    /// The one for testers.
    Trial,
    /// The one being developed.
    Developer,
}

/// Which end of a call a party is.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum Role {
    /// Hardware.
    Device,
    /// A WeChat user.
    Phone,
}

/// How a call is billed.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ChargeType {
    /// By the minute.
    Duration,
    /// By the device's license.
    License,
}

/// A call that exists.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Room {
    /// The id of the call's room; opaque.
    pub room_id: String,
    /// How it is billed.
    pub charge_type: ChargeType,
}

/// A refusal: why the service did not do what was asked.
#[derive(ToSchema)]
pub struct Refusal {
    /// A code of the contract.
    pub errcode: u16,
    /// What was wrong and what to do about it.
    pub errmsg: String,
    /// For 22, 1001 and 1004: every field that is wrong.
    pub problems: Option<Vec<Problem>>,
}

/// The answers that every route with a session can give instead.
#[derive(IntoResponses)]
pub enum SessionRefusals {
    /// 5: the session token is missing, forged or expired
    #[response(status = 401)]
    NoSession(Refusal),
    /// 5: the service failed, and its log says why
    #[response(status = 500)]
    Failed(Refusal),
    /// 5: the service did not finish in time
    #[response(status = 503)]
    TooLate(Refusal),
}

/// The answers that every route with a body can give instead.
#[derive(IntoResponses)]
pub enum BodyRefusals {
    /// 1004: the body is too long
    #[response(status = 413)]
    TooLong(Refusal),
    /// 1004: the body's type is not application/json
    #[response(status = 415)]
    NoJson(Refusal),
}

/// One field that is wrong.
#[derive(ToSchema)]
pub struct Problem {
    /// The path of the field, such as listener.id.
    pub path: String,
    /// The code of the field: 1004, or 1001 for a token that is required, or 22 for chargeType.
    pub code: u16,
    /// What the field takes, in English.
    pub expected: String,
    /// What was passed, in English.
    pub got: String,
    /// The same in Chinese, if the rule is one of the contract.
    pub zh: Option<Wrong>,
}

/// What is wrong with a field, in another language.
#[derive(ToSchema)]
pub struct Wrong {
    /// What the field takes.
    pub expected: String,
    /// What was passed.
    pub got: String,
}

/// A message to a listener.
#[derive(ToSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ServiceMessage {
    /// Somebody calls.
    Reminder(Reminder),
    /// A call no longer rings.
    Cancelled(Cancelled),
    /// The connection is alive.
    Heartbeat(Heartbeat),
}

/// Sent first on a socket and then at regular intervals.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Heartbeat {
    /// The time to the next heartbeat, in milliseconds.
    pub every_ms: u32,
}

/// The reminder to answer: somebody calls.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Reminder {
    /// The call.
    pub room_id: String,
    /// The same as roomId.
    pub group_id: String,
    /// Voice or video.
    pub room_type: RoomType,
    /// Who calls whom.
    #[schema(minimum = 0, maximum = 3)]
    pub business_type: u8,
    /// The caller's id.
    pub caller_id: String,
    /// The name to show for the caller.
    pub caller_name: String,
    /// The listener's id.
    pub listener_id: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// Which version of the mini-program to open.
    pub miniprogram_state: MiniprogramState,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// The call page with the query to open it with.
    pub path: String,
    /// Until when it rings, in milliseconds since the Unix epoch.
    pub rings_until: u64,
}

/// A call no longer rings: it was answered on one device, or it is over. The listener need not have heard of it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Cancelled {
    /// The call.
    pub room_id: String,
}

/// A call as one of its two parties sees it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct JoinedCall {
    /// The call.
    pub room_id: String,
    /// The same as roomId.
    pub group_id: String,
    /// Voice or video.
    pub room_type: RoomType,
    /// Who calls whom.
    #[schema(minimum = 0, maximum = 3)]
    pub business_type: u8,
    /// Whether this party is the caller.
    pub is_caller: bool,
    /// The caller's id.
    pub caller_id: String,
    /// The name to show for the caller.
    pub caller_name: String,
    /// Whether the caller starts with the camera on: 0 on, 1 off.
    #[schema(minimum = 0, maximum = 1)]
    pub caller_camera_status: u8,
    /// The listener's id.
    pub listener_id: String,
    /// The name to show for the listener.
    pub listener_name: String,
    /// Whether the listener starts with the camera on: 0 on, 1 off.
    #[schema(minimum = 0, maximum = 1)]
    pub listener_camera_status: u8,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// The longest duration of the call, in seconds.
    pub time_limit: Option<f64>,
    /// Longer side of the phone's video, 0 for the platform's choice. This and the next three are there if the caller has
    /// chosen any of them, by a customQuery or as callDevice takes them.
    pub encode_video_fixed_length: Option<u16>,
    /// 1 upright, 2 as the camera has it, 0 for the platform's choice.
    pub encode_video_rotation: Option<u16>,
    /// Width / height * 100, 0 for the platform's choice.
    pub encode_video_ratio: Option<f64>,
    /// The most frames per second, 0 for the platform's choice.
    #[schema(rename = "encodeVideoMaxFPS")]
    pub encode_video_max_fps: Option<u16>,
}

/// The state of a call.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub enum CallState {
    /// The listener has not answered.
    Ringing,
    /// The listener has answered, and not both are in the room.
    Waiting,
    /// Both are in the room.
    Talking,
    /// The call is over.
    Ended,
}

/// An event that one side of a call has heard.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CallEvent {
    /// The number of the event; the first of this side is 1.
    pub seq: u32,
    /// How long ago the event happened, in milliseconds.
    pub age_ms: u64,
    /// The name of the event, as onVoipEvent gives it.
    pub event_name: String,
    /// The data of the event, as onVoipEvent gives them.
    #[schema(value_type = Object)]
    pub data: (),
}

/// A call, and the events that one of its parties has heard.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CallView {
    /// The call.
    #[serde(flatten)]
    pub call: JoinedCall,
    /// The state of the call.
    pub state: CallState,
    /// The events that this side has heard, oldest first.
    pub events: Vec<CallEvent>,
}

/// What a page is told of the call when it opens its socket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct OpenedCall {
    /// The call.
    #[serde(flatten)]
    pub call: JoinedCall,
    /// The state of the call.
    pub state: CallState,
    /// Whether this side is in the room already: the page comes back to its call.
    pub joined: bool,
    /// What this side's user has chosen last, if its page has said so.
    pub chosen: Option<Chosen>,
    /// Whether the other side has an open socket.
    pub peer_connected: bool,
    /// The STUN and TURN servers by which the two sides connect to each other.
    pub ice_servers: Vec<IceServer>,
    /// The data for wx.joinVoIPChat, if the service has this user's session_key.
    pub voip_chat: Option<VoipChat>,
}

/// What a user has chosen: whether the other side hears and sees something.
#[derive(ToSchema)]
pub struct Chosen {
    /// Whether the microphone is muted, so that the other side hears nothing.
    pub muted: bool,
    /// Whether the camera is on.
    pub camera: bool,
}

/// A STUN or TURN server, in the form that an RTCPeerConnection takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct IceServer {
    /// The addresses of the server.
    pub urls: Vec<String>,
    /// Only for a TURN server: until when the credential is valid, in seconds since the Unix epoch, and for which
    /// room.
    pub username: Option<String>,
    /// Only for a TURN server: the password that belongs to username.
    pub credential: Option<String>,
}

/// The data that the service signs for wx.joinVoIPChat.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct VoipChat {
    /// The groupId of the call.
    pub group_id: String,
    /// A random text that is used once.
    pub nonce_str: String,
    /// When the data were signed, in seconds since the Unix epoch.
    pub time_stamp: u64,
    /// The signature of these three and the appId.
    pub signature: String,
}

/// A message of the service on the socket of a call.
#[derive(ToSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum CallMessage {
    /// The call. It is the first message of each connection.
    Call(Box<OpenedCall>),
    /// An event that this side hears.
    Event(CallEvent),
    /// The reply to a signal.
    Reply {
        /// The number that the party has given the signal.
        id: u32,
        /// The reply.
        reply: SignalReply,
    },
    /// Another device speaks for this side, or another page of this device has the call.
    Elsewhere {
        /// Whether this page can take the call back: it is in another page of the same device.
        can_take: Option<bool>,
    },
    /// The listener has itself called this side, the caller, with a request that leaves the caller's camera off.
    CameraOff,
    /// The other side has connected or disconnected.
    Peer {
        /// Whether the other side has an open socket.
        connected: bool,
    },
    /// A text from the media of the other side.
    Relay {
        /// The text, as it was sent.
        payload: String,
    },
    /// The call cannot be joined, or a message was wrong.
    Refused(Refusal),
    /// The connection is alive.
    Heartbeat(Heartbeat),
}

/// A signal of a party: something that has happened on its side of the call.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct CallSignal {
    /// The kind of signal.
    #[serde(rename = "type")]
    pub kind: SignalKind,
    /// The name that the device has chosen for itself.
    #[schema(min_length = 1, max_length = 64)]
    pub device: String,
    /// For hangUp: how the party ends the call.
    pub how: Option<How>,
    /// For hangUp: whether the party gives up a call that it has created and not joined. If its creation has met a
    /// call of the other party, that call goes on ringing.
    pub placed: Option<bool>,
    /// For joinFailed and abort: the host's errMsg.
    #[schema(max_length = 1024)]
    pub reason: Option<String>,
    /// For joinFailed: the host's error code, if it has one. By 2007, 2102 and 2103 the other side is told that the
    /// microphone is missing.
    pub err_code: Option<u32>,
}

/// A kind of signal.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub enum SignalKind {
    /// The listener takes the call.
    Answer,
    /// The listener is in another call of which the service does not know.
    Busy,
    /// The party is in the room.
    Join,
    /// The party cannot enter the room.
    JoinFailed,
    /// The party cancels, rejects or hangs up, depending on the state of the call.
    HangUp,
    /// The host of the party has interrupted the call.
    Abort,
}

/// How somebody ends a call by hand.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub enum How {
    /// The user pressed the button.
    Manual,
    /// The user left the call page.
    UnloadCallPage,
    /// The mini-program called forceHangUpVoip.
    ForceFromApp,
}

/// The answer to a signal.
#[derive(ToSchema)]
pub struct SignalAnswer {
    /// What the signal has done.
    pub reply: SignalReply,
}

/// What a signal has done.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub enum SignalReply {
    /// The signal took effect.
    Done,
    /// The signal changed nothing, because it was so already.
    Already,
    /// The signal means nothing in this state of the call.
    NoEffect,
    /// Another device speaks for this side, or another page of this device has the call.
    Elsewhere,
    /// The call is over.
    Ended,
}

/// What the user confirms in wx.requestDeviceVoIP.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Consent {
    /// The SN of the device.
    #[schema(min_length = 1)]
    pub sn: String,
    /// A signed token of the device's manufacturer, which is valid for 5 minutes.
    #[schema(min_length = 1)]
    pub sn_ticket: String,
    /// The modelId of the device.
    #[schema(min_length = 1)]
    pub model_id: String,
    /// The name that the user sees for the device, unless it has one from an earlier grant.
    #[schema(min_length = 1, max_length = 128)]
    pub device_name: String,
}

/// A device that a user has ever authorised.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct AuthorisedDevice {
    /// The SN of the device.
    pub sn: String,
    /// The modelId of the device.
    pub model_id: String,
    /// The name that the user gave it at the first grant.
    pub device_name: String,
    /// 1 authorised, 0 withdrawn.
    #[schema(minimum = 0, maximum = 1)]
    pub status: u8,
}

/// All devices that a user has ever authorised.
#[derive(ToSchema)]
pub struct AuthorisedDevices {
    /// The devices, in the order of their SNs.
    pub items: Vec<AuthorisedDevice>,
}

/// What getIotBindContactList takes.
#[derive(ToSchema)]
pub struct BindContactQuery {
    /// The SN of the device.
    #[schema(min_length = 1)]
    pub sn: String,
    /// The modelId of the device.
    #[schema(min_length = 1)]
    pub model_id: String,
    /// The openIds of the users.
    #[schema(min_items = 1, max_items = 100)]
    pub openid_list: Vec<String>,
}

/// What getIotBindContactList resolves with.
#[derive(ToSchema)]
pub struct BindContactList {
    /// 0.
    pub errcode: u16,
    /// ok.
    pub errmsg: String,
    /// An answer for each user, in the order of the request.
    pub contact_list: Vec<BindContact>,
}

/// Whether one user has authorised the device.
#[derive(ToSchema)]
pub struct BindContact {
    /// The openId of the user.
    pub openid: String,
    /// The SN of the device.
    pub sn: String,
    /// The modelId of the device.
    pub model_id: String,
    /// 1 authorised, 0 not.
    #[schema(minimum = 0, maximum = 1)]
    pub status: u8,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};
    use wmpf_voip::authorisation::{self, RawBindContactQuery, RawConsent};
    use wmpf_voip::code::Code;
    use wmpf_voip::device_call::RawDeviceCall;
    use wmpf_voip::encode_video::EncodeVideo;
    use wmpf_voip::outcome;
    use wmpf_voip::protocol;
    use wmpf_voip::request::{self, BusinessType, RawRequest};
    use wmpf_voip::value::Object;
    use wmpf_voip::wmpf_call::RawWmpfCall;

    use super::*;

    /// The names of the members, and of their members in turn.
    fn names(value: &Value) -> BTreeSet<&str> {
        value.as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn schema<T: ToSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()
    }

    fn assert_same_names<T: ToSchema>(sent: &Value) {
        assert_eq!(names(&schema::<T>()["properties"]), names(sent), "{}", T::name());
    }

    fn assert_same_words<T: ToSchema>(sent: Value) {
        assert_eq!(schema::<T>()["enum"], sent, "{}", T::name());
    }

    #[test]
    fn the_mirrors_have_the_names_of_what_they_mirror() {
        let party = json!({"id": "a", "name": "n", "cameraStatus": 1});
        let raw: Object<RawRequest> = serde_json::from_value(json!({
            "roomType": "voice", "caller": party, "listener": party, "businessType": 1,
            "voipToken": "t", "miniprogramState": "trial", "customQuery": "a=1", "timeLimit": 1,
            "deviceToken": "d",
        }))
        .unwrap();
        let request = serde_json::to_value(raw.validate().unwrap()).unwrap();
        assert_same_names::<CallRequest>(&request);
        assert_same_names::<CallParty>(&request["caller"]);

        let wmpf_call: Object<RawWmpfCall> = serde_json::from_value(json!({
            "roomType": "voice", "sn": "s", "modelId": "m", "pushToken": "t", "nickName": "n",
            "deviceName": "d", "timeLimit": 1, "customQuery": "a=1",
        }))
        .unwrap();
        let wmpf_call = serde_json::to_value(wmpf_call.validate().unwrap()).unwrap();
        assert_same_names::<WmpfCall>(&wmpf_call);

        let device_call: Object<RawDeviceCall> = serde_json::from_value(json!({
            "roomType": "voice", "sn": "s", "modelId": "m", "timeLimit": 1, "nickName": "n",
            "deviceName": "d", "payload": "p",
        }))
        .unwrap();
        let device_call = serde_json::to_value(device_call.validate().unwrap()).unwrap();
        assert_same_names::<DeviceCall>(&device_call);

        let room = outcome::Room { room_id: "r".into(), charge_type: outcome::ChargeType::License };
        assert_same_names::<Room>(&serde_json::to_value(room).unwrap());

        let problems = Object::<RawRequest>::default().validate().unwrap_err();
        let refusal = serde_json::to_value(protocol::Refusal::from(problems)).unwrap();
        assert_same_names::<Refusal>(&refusal);
        assert_same_names::<Problem>(&refusal["problems"][0]);
        assert_same_names::<Wrong>(&refusal["problems"][0]["zh"]);

        let reminder = protocol::ServiceMessage::Reminder(protocol::Reminder {
            room_id: String::new(),
            group_id: String::new(),
            room_type: request::RoomType::Voice,
            business_type: BusinessType::DeviceToPhone,
            caller_id: String::new(),
            caller_name: String::new(),
            listener_id: String::new(),
            listener_name: String::new(),
            miniprogram_state: request::MiniprogramState::Formal,
            charge_type: outcome::ChargeType::Duration,
            path: String::new(),
            rings_until: 0,
        });
        let cancelled =
            protocol::ServiceMessage::Cancelled(protocol::Cancelled { room_id: String::new() });
        let heartbeat =
            protocol::ServiceMessage::Heartbeat(protocol::Heartbeat { every_ms: 25_000 });
        let messages =
            [reminder, cancelled, heartbeat].map(|sent| serde_json::to_value(sent).unwrap());
        let members = [schema::<Reminder>(), schema::<Cancelled>(), schema::<Heartbeat>()];
        let tagged = schema::<ServiceMessage>();
        for (index, (sent, mut mirror)) in messages.iter().zip(members).enumerate() {
            // A variant consists of the members of the schema that it refers to, and its tag.
            let tag = &tagged["oneOf"][index]["allOf"][1]["properties"];
            assert_eq!(tag["type"]["enum"], json!([sent["type"]]));
            mirror["properties"]["type"] = tag["type"].clone();
            assert_eq!(names(&mirror["properties"]), names(sent));
        }
        assert_eq!(tagged["oneOf"].as_array().unwrap().len(), messages.len());

        let joined = protocol::JoinedCall {
            room_id: String::new(),
            group_id: String::new(),
            room_type: request::RoomType::Voice,
            business_type: BusinessType::DeviceToPhone,
            is_caller: true,
            caller_id: String::new(),
            caller_name: String::new(),
            caller_camera_status: request::CameraStatus::On,
            listener_id: String::new(),
            listener_name: String::new(),
            listener_camera_status: request::CameraStatus::On,
            charge_type: outcome::ChargeType::Duration,
            time_limit: Some(1.0),
            encode_video: Some(EncodeVideo::default()),
        };
        assert_same_names::<JoinedCall>(&serde_json::to_value(&joined).unwrap());
    }

    /// The names of a mirror that consists of another mirror and some more members.
    fn assert_same_names_and<T: ToSchema>(more: Value, sent: &Value) {
        let parts = schema::<T>()["allOf"].as_array().unwrap().clone();
        let own = parts.iter().find_map(|part| part.get("properties")).unwrap();
        let all: BTreeSet<&str> = names(own).union(&names(&more)).copied().collect();
        assert_eq!(all, names(sent), "{}", T::name());
    }

    #[test]
    fn the_mirrors_of_a_call_have_the_names_of_what_they_mirror() {
        use wmpf_voip::call::{Event, State};
        use wmpf_voip::protocol::socket::{self, NumberedEvent};
        let joined = schema::<JoinedCall>()["properties"].clone();
        let call = serde_json::from_value::<protocol::JoinedCall>(json!({
            "roomId": "r", "groupId": "r", "roomType": "voice", "businessType": 1, "isCaller": true,
            "callerId": "c", "callerName": "c", "callerCameraStatus": 0, "listenerId": "l",
            "listenerName": "l", "listenerCameraStatus": 0, "chargeType": "duration", "timeLimit": 1,
            "encodeVideoFixedLength": 320, "encodeVideoRotation": 1, "encodeVideoRatio": 75,
            "encodeVideoMaxFPS": 15,
        }))
        .unwrap();
        let event = NumberedEvent { seq: 1, age_ms: 0, event: Event::Timeout {} };
        let view =
            socket::CallView { call: call.clone(), state: State::Ended, events: vec![event] };
        let view = serde_json::to_value(view).unwrap();
        assert_same_names_and::<CallView>(joined.clone(), &view);
        assert_same_names::<CallEvent>(&view["events"][0]);

        let server = socket::IceServer {
            urls: vec![],
            username: Some(String::new()),
            credential: Some(wmpf_voip::secret::Secret::new(String::new())),
        };
        let chat = socket::VoipChat {
            group_id: String::new(),
            nonce_str: String::new(),
            time_stamp: 0,
            signature: wmpf_voip::secret::Secret::new(String::new()),
        };
        let opened = socket::OpenedCall {
            call,
            state: State::Ended,
            joined: true,
            chosen: Some(wmpf_voip::call::Chosen { muted: true, camera: false }),
            peer_connected: true,
            ice_servers: vec![server],
            voip_chat: Some(chat),
        };
        let sent = serde_json::to_value(&opened).unwrap();
        assert_same_names_and::<OpenedCall>(joined, &sent);
        assert_same_names::<Chosen>(&sent["chosen"]);
        assert_same_names::<IceServer>(&sent["iceServers"][0]);
        assert_same_names::<VoipChat>(&sent["voipChat"]);

        let types: Vec<Value> = [
            socket::CallMessage::Call(Box::new(opened)),
            socket::CallMessage::Event(NumberedEvent {
                seq: 1,
                age_ms: 0,
                event: Event::Timeout {},
            }),
            socket::CallMessage::Reply { id: 1, reply: socket::SignalReply::Done },
            socket::CallMessage::Elsewhere { can_take: true },
            socket::CallMessage::CameraOff,
            socket::CallMessage::Peer { connected: true },
            socket::CallMessage::Relay { payload: String::new() },
            socket::CallMessage::Refused(protocol::Refusal::new(Code::RoomId, "")),
            socket::CallMessage::Heartbeat(protocol::Heartbeat { every_ms: 5_000 }),
        ]
        .iter()
        .map(|message| serde_json::to_value(message).unwrap()["type"].clone())
        .collect();
        let mirror = schema::<CallMessage>().to_string();
        assert_eq!(schema::<CallMessage>()["oneOf"].as_array().unwrap().len(), types.len());
        for kind in types {
            assert!(mirror.contains(&format!("[{kind}]")), "{kind}: {mirror}");
        }
    }

    #[test]
    fn the_mirrors_of_a_signal_have_its_words() {
        use wmpf_voip::call::{How as By, State};
        use wmpf_voip::protocol::socket::{PartySignal, RawPartyMessage, SignalReply as Reply};
        let states = [State::Ringing, State::Waiting, State::Talking, State::Ended];
        assert_same_words::<CallState>(json!(states));
        assert_same_words::<How>(json!([By::Manual, By::UnloadCallPage, By::ForceFromApp]));
        let replies =
            [Reply::Done, Reply::Already, Reply::NoEffect, Reply::Elsewhere, Reply::Ended];
        assert_same_words::<SignalReply>(json!(replies));
        let reason = String::new;
        let kinds: Vec<Value> = [
            PartySignal::Answer,
            PartySignal::Busy,
            PartySignal::Join,
            PartySignal::JoinFailed { reason: reason(), err_code: None },
            PartySignal::HangUp { how: By::Manual, placed: false },
            PartySignal::Abort { reason: reason() },
        ]
        .iter()
        .map(|signal| serde_json::to_value(signal).unwrap()["type"].clone())
        .collect();
        assert_same_words::<SignalKind>(json!(kinds));
        let body = json!({
            "type": "joinFailed", "device": "d", "how": "manual", "placed": true, "reason": "r", "errCode": 2007,
        });
        assert_same_names::<CallSignal>(&body);
        let raw: Object<RawPartyMessage> = serde_json::from_value(body).unwrap();
        assert!(raw.signal().is_ok());
    }

    #[test]
    fn the_mirrors_of_authorisations_have_the_names_of_what_they_mirror() {
        let consent = json!({"sn": "s", "snTicket": "t", "modelId": "m", "deviceName": "d"});
        let raw: Object<RawConsent> = serde_json::from_value(consent).unwrap();
        let consent = serde_json::to_value(raw.validate().unwrap()).unwrap();
        assert_same_names::<Consent>(&consent);

        let device = authorisation::AuthorisedDevice {
            sn: String::new(),
            model_id: String::new(),
            device_name: String::new(),
            status: authorisation::Status::Authorised,
        };
        let devices = authorisation::AuthorisedDevices { items: vec![device] };
        let devices = serde_json::to_value(devices).unwrap();
        assert_same_names::<AuthorisedDevices>(&devices);
        assert_same_names::<AuthorisedDevice>(&devices["items"][0]);

        let query = json!({"sn": "s", "model_id": "m", "openid_list": ["o"]});
        let raw: Object<RawBindContactQuery> = serde_json::from_value(query).unwrap();
        let query = raw.validate().unwrap();
        assert_same_names::<BindContactQuery>(&serde_json::to_value(&query).unwrap());
        let max_items = &schema::<BindContactQuery>()["properties"]["openid_list"]["maxItems"];
        assert_eq!(*max_items, authorisation::MAX_OPENIDS);
        let answer = query.answer(|_| Ok::<_, ()>(authorisation::Status::Authorised)).unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        assert_same_names::<BindContactList>(&answer);
        assert_same_names::<BindContact>(&answer["contact_list"][0]);
    }

    #[test]
    fn the_mirrors_have_the_words_of_what_they_mirror() {
        use request::{MiniprogramState as State, RoomType as Media};
        use wmpf_voip::wmpf_call::EnvVersion as Version;
        assert_same_words::<Role>(json!(wmpf_voip::role::Role::ALL));
        assert_same_words::<RoomType>(json!([Media::Voice, Media::Video]));
        assert_same_words::<MiniprogramState>(json!([
            State::Formal,
            State::Trial,
            State::Developer
        ]));
        let versions = [Version::Release, Version::Trial, Version::Develop];
        assert_same_words::<EnvVersion>(json!(versions));
        let charge_types = [outcome::ChargeType::Duration, outcome::ChargeType::License];
        assert_same_words::<ChargeType>(json!(charge_types));
    }

    #[test]
    fn what_a_request_needs_is_required() {
        assert_eq!(schema::<CallRequest>()["required"], json!(["roomType", "caller", "listener"]));
        assert_eq!(schema::<CallParty>()["required"], json!(["id"]));
        assert_eq!(
            schema::<WmpfCall>()["required"],
            json!(["roomType", "sn", "modelId", "pushToken", "nickName"])
        );
    }
}
