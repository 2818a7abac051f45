//! The message that tells a mini-program's own backend of a call.

use jiff::Timestamp;
use serde::Serialize;
use wmpf_voip::device_call::DeviceCall;
use wmpf_voip::encode_video::EncodeVideo;
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip::protocol::RING_MS;
use wmpf_voip::request::RoomType;

use crate::checks::Permit;

/// A message in the envelope that the Standard Webhooks specification recommends.
#[derive(Serialize)]
pub struct Event<'a> {
    /// The type of the event: always `device.called` so far.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The id of the message, the same as the header `webhook-id`.
    id: String,
    /// When the call was created.
    timestamp: Timestamp,
    data: DeviceCalled<'a>,
}

/// The data of a `device.called` event: somebody calls a device by callDevice.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceCalled<'a> {
    app_id: &'a str,
    room_id: &'a str,
    room_type: RoomType,
    sn: &'a str,
    model_id: &'a str,
    open_id: &'a str,
    /// The names as the two parties see each other, which need not be the names that were passed.
    nick_name: &'a str,
    device_name: &'a str,
    /// How the call is billed.
    charge_type: ChargeType,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_limit: Option<f64>,
    enable_caller_camera: bool,
    enable_listener_camera: bool,
    #[serde(flatten)]
    encode_video: EncodeVideo,
    /// The developer's own text for the device, as it was passed to callDevice.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a str>,
    /// Until when the call rings, in milliseconds since the Unix epoch.
    rings_until: i64,
}

impl<'a> Event<'a> {
    /// The event that tells that `call` was permitted and created. `id` is the id of the message, and `wall` the time
    /// by the machine's clock, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When `wall` cannot be written as a date.
    pub fn new(
        id: String,
        call: &'a DeviceCall,
        permit: &'a Permit,
        room: &'a Room,
        wall: i64,
    ) -> Result<Event<'a>, jiff::Error> {
        Ok(Event {
            kind: "device.called",
            id,
            timestamp: Timestamp::from_millisecond(wall)?,
            data: DeviceCalled {
                app_id: &permit.caller.app_id,
                room_id: &room.room_id,
                room_type: call.room_type,
                sn: &call.sn,
                model_id: &call.model_id,
                open_id: &permit.caller.id,
                nick_name: &permit.caller_name,
                device_name: &permit.listener_name,
                charge_type: permit.charge_type,
                time_limit: call.time_limit,
                enable_caller_camera: call.enable_caller_camera,
                enable_listener_camera: call.enable_listener_camera,
                encode_video: call.encode_video,
                payload: call.payload.as_deref(),
                rings_until: wall.saturating_add_unsigned(RING_MS),
            },
        })
    }
}
