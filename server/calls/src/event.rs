//! What a mini-program's own backend is told, in the envelope that the Standard Webhooks specification recommends.

use jiff::Timestamp;
use serde::Serialize;
use wmpf_voip::authorisation::AuthorisedDevice;
use wmpf_voip::call::{Side, State};
use wmpf_voip::encode_video::EncodeVideo;
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::protocol::Reminder;
use wmpf_voip::request::{BusinessType, MiniprogramState, RoomType};

use crate::call_record::CallRecord;
use crate::ended::Ended;
use crate::event_type::EventType;
use crate::failure::Failure;
use crate::milestone::Milestone;
use crate::party::{Party, Role};

/// Something of which a mini-program's own backend is told, if its operator has chosen so.
#[derive(Debug)]
pub struct Event {
    /// The appId of the mini-program.
    pub app_id: String,
    /// The room id of the call that it is about. `None` if it is about no call.
    pub room_id: Option<String>,
    /// The openId of the user whom it names.
    pub open_id: String,
    /// The SN of the device that it names, or the user_id of the face-payment user.
    pub device_id: String,
    /// When it happened, by the machine's clock.
    pub at: Timestamp,
    /// What happened.
    pub data: EventData,
}

/// What happened, as it is told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum EventData {
    /// Somebody calls a device by callDevice with isCloud.
    DeviceCalled(Box<DeviceCalled>),
    /// A call rings.
    CallRinging(Box<CallRinging>),
    /// The listener has taken a call.
    CallAnswered(Box<CallAnswered>),
    /// A call is over.
    CallEnded(Box<CallEnded>),
    /// A user lets a device call and be called, or no longer does.
    AuthorisationChanged(Box<AuthorisationChanged>),
}

/// The data of `device.called`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCalled {
    /// The mini-program.
    pub app_id: String,
    /// The call.
    pub room_id: String,
    /// The kind of media.
    pub room_type: RoomType,
    /// The device that is called.
    pub sn: String,
    /// Its model.
    pub model_id: String,
    /// The user who calls.
    pub open_id: String,
    /// The user's name as the device sees it, which need not be the one that was passed.
    pub nick_name: String,
    /// The device's name as the user sees it, which need not be the one that was passed.
    pub device_name: String,
    /// How the call is billed.
    pub charge_type: ChargeType,
    /// How long it may last, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<f64>,
    /// Whether the caller's camera may be on.
    pub enable_caller_camera: bool,
    /// Whether the listener's camera may be on.
    pub enable_listener_camera: bool,
    /// How the device's picture is encoded.
    #[serde(flatten)]
    pub encode_video: EncodeVideo,
    /// The developer's own text for the device, as it was passed to callDevice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    pub rings_until: i64,
}

/// What is told of every call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToldCall {
    /// The mini-program.
    app_id: String,
    /// The call.
    room_id: String,
    /// Which kind of host calls which.
    business_type: BusinessType,
    /// The kind of media.
    room_type: RoomType,
    /// How it is billed.
    charge_type: ChargeType,
    /// Who calls.
    caller: ToldParty,
    /// Who is called.
    listener: ToldParty,
}

/// A party of a call.
#[derive(Debug, Serialize)]
struct ToldParty {
    role: Role,
    id: String,
    /// The name that the other side is shown.
    name: String,
}

/// The data of `call.ringing`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRinging {
    #[serde(flatten)]
    call: ToldCall,
    /// The page that the listener opens, with its query: the path of its reminder.
    path: String,
    /// The version of the mini-program that is to be opened.
    miniprogram_state: MiniprogramState,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    rings_until: u64,
}

/// The data of `call.answered`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallAnswered {
    #[serde(flatten)]
    call: ToldCall,
    /// How long it has rung, in milliseconds.
    ring_ms: i64,
}

/// The data of `call.ended`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallEnded {
    #[serde(flatten)]
    call: ToldCall,
    /// How it ended, and the bill.
    end: Ended,
}

/// The data of `authorisation.changed`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorisationChanged {
    app_id: String,
    /// The user.
    open_id: String,
    /// The device, and what the user says of it now.
    #[serde(flatten)]
    device: AuthorisedDevice,
}

/// A message as it is sent.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: EventType,
    id: &'a str,
    timestamp: Timestamp,
    data: &'a EventData,
}

impl Event {
    /// The type of the message about it.
    #[must_use]
    pub const fn kind(&self) -> EventType {
        match self.data {
            EventData::DeviceCalled(_) => EventType::DeviceCalled,
            EventData::CallRinging(_) => EventType::CallRinging,
            EventData::CallAnswered(_) => EventType::CallAnswered,
            EventData::CallEnded(_) => EventType::CallEnded,
            EventData::AuthorisationChanged(_) => EventType::AuthorisationChanged,
        }
    }

    /// The message about it as it is sent, JSON with this id.
    ///
    /// # Errors
    /// When JSON cannot hold it.
    pub fn message(&self, id: &str) -> serde_json::Result<String> {
        let Event { at, data, .. } = self;
        serde_json::to_string(&Message { kind: self.kind(), id, timestamp: *at, data })
    }

    /// What is told of a milestone of a call, if anything. A call to somebody who is in another one does not ring. `now` is the
    /// time by the service's own clock, and `wall` by the machine's, both in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When the stored reminder is not valid JSON, or the time cannot be written as a date.
    pub(crate) fn of_call(
        record: &CallRecord,
        milestone: &Milestone,
        now: i64,
        wall: i64,
    ) -> Result<Option<Event>, Failure> {
        let call = ToldCall::of(record);
        let (at, data) = match milestone {
            Milestone::Rang if record.call.state() == State::Ringing => {
                let Reminder { path, miniprogram_state, rings_until, .. } =
                    serde_json::from_str(&record.reminder)?;
                let ringing = CallRinging { call, path, miniprogram_state, rings_until };
                (record.created_at, EventData::CallRinging(Box::new(ringing)))
            }
            Milestone::Answered { after_ms } => {
                let answered = CallAnswered { call, ring_ms: *after_ms };
                let at = record.created_at.saturating_add(*after_ms);
                (at, EventData::CallAnswered(Box::new(answered)))
            }
            Milestone::Ended { .. } => {
                let Some(end) = record.call.end() else { return Ok(None) };
                let end = Ended::new(end, record.charge_type);
                // Its sides have heard so last.
                let heard = record.heard.last().and_then(|heard| i64::try_from(heard.at).ok());
                let at = heard.unwrap_or(now);
                (at, EventData::CallEnded(Box::new(CallEnded { call, end })))
            }
            Milestone::Rang | Milestone::Began { .. } => return Ok(None),
        };
        let party = |role: Role| {
            let on = |side: &Side| record.parties.of(*side).role == role;
            let side = Side::BOTH.into_iter().find(on);
            side.map(|side| record.parties.of(side).id.clone()).unwrap_or_default()
        };
        let ago = now.saturating_sub(at);
        Ok(Some(Event {
            app_id: record.parties.caller.app_id.clone(),
            room_id: Some(record.room_id.clone()),
            open_id: party(Role::Phone),
            device_id: party(Role::Device),
            at: Timestamp::from_millisecond(wall.saturating_sub(ago))?,
            data,
        }))
    }

    /// What is told when a user has let a device call and be called, or no longer does. `wall` is the time by the machine's
    /// clock, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When the time cannot be written as a date.
    pub(crate) fn of_authorisation(
        user: &Party,
        device: AuthorisedDevice,
        wall: i64,
    ) -> Result<Event, Failure> {
        Ok(Event {
            app_id: user.app_id.clone(),
            room_id: None,
            open_id: user.id.clone(),
            device_id: device.sn.clone(),
            at: Timestamp::from_millisecond(wall)?,
            data: EventData::AuthorisationChanged(Box::new(AuthorisationChanged {
                app_id: user.app_id.clone(),
                open_id: user.id.clone(),
                device,
            })),
        })
    }
}

impl ToldCall {
    fn of(record: &CallRecord) -> ToldCall {
        let about = record.call.about();
        let party = |side: Side, name: &str| {
            let party = record.parties.of(side);
            ToldParty { role: party.role, id: party.id.clone(), name: name.to_owned() }
        };
        ToldCall {
            app_id: record.parties.caller.app_id.clone(),
            room_id: record.room_id.clone(),
            business_type: about.business_type,
            room_type: about.room_type,
            charge_type: record.charge_type,
            caller: party(Side::Caller, &about.caller_name),
            listener: party(Side::Listener, &about.listener_name),
        }
    }
}
