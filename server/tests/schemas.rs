//! The schemas of the OpenAPI document, held against what the core's types are written as.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::collections::BTreeSet;

use common::TestServer;
use common::samples::{resolve, validator};
use serde_json::{Value, json};
use wmpf_voip::authorisation::{RawBindContactQuery, RawConsent, Status};
use wmpf_voip::call::{Event, How, State};
use wmpf_voip::code::Code;
use wmpf_voip::device_call::RawDeviceCall;
use wmpf_voip::outcome::{ChargeType, Room};
use wmpf_voip::protocol::socket::{CallMessage, NumberedEvent, PartySignal, SignalReply};
use wmpf_voip::protocol::{Cancelled, Heartbeat, Refusal, ServiceMessage};
use wmpf_voip::request::{BusinessType, CameraStatus, MiniprogramState, RawRequest, RoomType};
use wmpf_voip::role::Role;
use wmpf_voip::value::Object;
use wmpf_voip::wmpf_call::{EnvVersion, RawWmpfCall};

async fn document() -> Value {
    TestServer::start().await.api.get("/openapi.json").await.1
}

fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The names of the members that a schema permits for `sent`.
fn names(document: &Value, schema: &Value, sent: &Value) -> BTreeSet<String> {
    let schema = resolve(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let mut all: BTreeSet<String> = own.collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        all.extend(names(document, part, sent));
    }
    let kinds = schema["oneOf"].as_array().into_iter().flatten();
    for kind in kinds.filter(|kind| validator(document, kind).is_valid(sent)) {
        all.extend(names(document, kind, sent));
    }
    all
}

/// Asserts that `sent`, which has all members that there can be, is as the schema `name` says.
fn assert_is(document: &Value, name: &str, sent: &Value) {
    let schema = named(name);
    assert!(validator(document, &schema).is_valid(sent), "{name}: {sent}");
    let members = sent.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
    assert_eq!(names(document, &schema, sent), members, "{name}: {sent}");
}

/// Asserts that these are all kinds of the schema `name`.
fn assert_are_all(document: &Value, name: &str, kinds: &[Value]) {
    for kind in kinds {
        assert_is(document, name, kind);
    }
    let said = document["components"]["schemas"][name]["oneOf"].as_array().unwrap();
    assert_eq!(said.len(), kinds.len(), "{name}");
}

fn written<T: serde::Serialize>(values: impl IntoIterator<Item = T>) -> Vec<Value> {
    values.into_iter().map(|value| serde_json::to_value(value).unwrap()).collect()
}

/// What the core makes of a valid body.
macro_rules! valid {
    ($raw:ty, $body:expr) => {{
        let raw: Object<$raw> = serde_json::from_value($body).unwrap();
        serde_json::to_value(raw.validate().unwrap()).unwrap()
    }};
}

#[tokio::test]
async fn a_request_has_the_members_of_the_document() {
    let document = document().await;
    let party = json!({"id": "a", "name": "n", "cameraStatus": 1});
    let request = valid!(
        RawRequest,
        json!({
            "roomType": "voice", "caller": party, "listener": party, "businessType": 1,
            "voipToken": "t", "miniprogramState": "trial", "customQuery": "a=1", "timeLimit": 1,
            "deviceToken": "d",
        })
    );
    let schemas = &document["components"]["schemas"];
    let members = &schemas["CallRequest"]["allOf"][0];
    assert_eq!(
        names(&document, members, &request),
        request.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>()
    );
    assert_eq!(members["required"], json!(["roomType", "caller", "listener"]));
    assert_is(&document, "CallParty", &request["caller"]);
    let wmpf_call = valid!(
        RawWmpfCall,
        json!({
            "roomType": "voice", "sn": "s", "modelId": "m", "pushToken": "t", "nickName": "n",
            "deviceName": "d", "timeLimit": 1, "customQuery": "a=1",
        })
    );
    assert_is(&document, "WmpfCall", &wmpf_call);
    assert_eq!(
        schemas["WmpfCall"]["required"],
        json!(["roomType", "sn", "modelId", "pushToken", "nickName"])
    );
    let device_call = valid!(
        RawDeviceCall,
        json!({
            "roomType": "voice", "sn": "s", "modelId": "m", "timeLimit": 1, "nickName": "n",
            "deviceName": "d", "payload": "p",
        })
    );
    assert_is(&document, "DeviceCall", &device_call);
    let consent = json!({"sn": "s", "snTicket": "t", "modelId": "m", "deviceName": "d"});
    assert_is(&document, "Consent", &valid!(RawConsent, consent));
    let query = json!({"sn": "s", "model_id": "m", "openid_list": ["o"]});
    assert_is(&document, "BindContactQuery", &valid!(RawBindContactQuery, query));
    let reason = String::new;
    let mut signals = written([
        PartySignal::Answer,
        PartySignal::Busy,
        PartySignal::Join,
        PartySignal::JoinFailed { reason: reason(), err_code: Some(2007) },
        PartySignal::HangUp { how: How::Manual, placed: true },
        PartySignal::Abort { reason: reason() },
    ]);
    assert_are_all(&document, "PartySignal", &signals);
    signals[3]["device"] = "d".into();
    assert_is(&document, "CallSignal", &signals[3]);
}

/// A default of the document is what the core fills in.
#[tokio::test]
async fn what_is_left_out_is_as_the_document_says() {
    let document = document().await;
    let token = json!({"roomType": "voice", "caller": {"id": "a"}, "listener": {"id": "b"}, "voipToken": "t"});
    let wmpf_call =
        json!({"roomType": "voice", "sn": "s", "modelId": "m", "pushToken": "t", "nickName": "n"});
    let device_call = json!({"roomType": "voice", "sn": "s", "modelId": "m"});
    let party = valid!(RawRequest, token.clone())["caller"].clone();
    let device_call = valid!(RawDeviceCall, device_call);
    let schemas = &document["components"]["schemas"];
    let mut defaults = 0;
    for (schema, filled_in) in [
        (&schemas["CallRequest"]["allOf"][0], valid!(RawRequest, token)),
        (&schemas["CallParty"], party),
        (&schemas["WmpfCall"], valid!(RawWmpfCall, wmpf_call)),
        (&schemas["EncodeVideo"], device_call.clone()),
        (&schemas["DeviceCall"]["allOf"][1], device_call),
    ] {
        for (name, member) in schema["properties"].as_object().unwrap() {
            let default = &member["default"];
            let is = &filled_in[name];
            let is_same = default == is || default.is_number() && default.as_f64() == is.as_f64();
            let is_required = schema["required"].to_string().contains(&format!("\"{name}\""));
            // The voipToken is, too, in this kind of call.
            assert!(is_same || is_required || name == "voipToken", "{name}: {default}, {is}");
            defaults += usize::from(!default.is_null());
        }
    }
    assert_eq!(defaults, 2 + 1 + 4 + 4 + 4);
}

#[tokio::test]
async fn an_answer_has_the_members_of_the_document() {
    let document = document().await;
    let room = Room { room_id: "r".into(), charge_type: ChargeType::License };
    assert_is(&document, "Room", &json!(room));
    let problems = Object::<RawRequest>::default().validate().unwrap_err();
    let refusal = json!(Refusal::from(problems));
    assert_is(&document, "Refusal", &refusal);
    assert_is(&document, "Problem", &refusal["problems"][0]);
    assert_is(&document, "Wrong", &refusal["problems"][0]["zh"]);
    let device = json!({"sn": "s", "modelId": "m", "deviceName": "d", "status": 0});
    assert_is(&document, "AuthorisedDevice", &device);
    assert_is(&document, "AuthorisedDevices", &json!({"items": [device]}));
    let query: Object<RawBindContactQuery> =
        serde_json::from_value(json!({"sn": "s", "model_id": "m", "openid_list": ["o"]})).unwrap();
    let list = query.validate().unwrap().answer(|_| Ok::<_, ()>(Status::Authorised)).unwrap();
    let list = json!(list);
    assert_is(&document, "BindContactList", &list);
    assert_is(&document, "BindContact", &list["contact_list"][0]);
    let reminder = json!({
        "type": "reminder", "roomId": "r", "groupId": "r", "roomType": "voice", "businessType": 1,
        "callerId": "c", "callerName": "c", "listenerId": "l", "listenerName": "l",
        "miniprogramState": "formal", "chargeType": "duration", "path": "p", "ringsUntil": 1,
    });
    // It has no other members, or it would not come back as it was.
    let read: ServiceMessage = serde_json::from_value(reminder.clone()).unwrap();
    assert_eq!(json!(read), reminder);
    let messages = [
        reminder,
        json!(ServiceMessage::Cancelled(Cancelled { room_id: String::new() })),
        json!(ServiceMessage::Heartbeat(Heartbeat { every_ms: 25_000 })),
    ];
    assert_are_all(&document, "ServiceMessage", &messages);
}

#[tokio::test]
async fn a_call_has_the_members_of_the_document() {
    let document = document().await;
    let data = json!({
        "keepTime": 1, "callerName": "c", "listenerName": "l", "roomType": "voice", "isCaller": true,
        "businessType": 1,
    });
    let failed = json!({"errMsg": "e", "message": "e"});
    let events = [
        ("startVoip", json!({})),
        ("abortVoip", json!({"keepTime": 1, "status": "unknown", "error": {"errMsg": "e"}})),
        ("hangOnVoip", json!({})),
        ("cancelVoip", json!({"status": "manual"})),
        ("rejectVoip", json!({"status": "unloadCallPage"})),
        ("hangUpVoip", json!({"keepTime": 1, "status": "endByCaller", "origin": "timeLimit"})),
        ("endVoip", data),
        ("busy", json!({})),
        ("calling", json!({"keepTime": 1})),
        ("timeout", json!({})),
        ("joinedRoomByCaller", json!({})),
        ("joinFailCaller", failed.clone()),
        ("joinFailListener", failed),
        ("finishVoip", json!({"keepTime": 1})),
    ];
    let events = events.map(|(name, data)| json!({"eventName": name, "data": data}));
    assert_are_all(&document, "Event", &events);
    for (index, event) in events.iter().enumerate() {
        let read: Event = serde_json::from_value(event.clone()).unwrap();
        assert_eq!(json!(read), *event);
        let schema =
            &document["components"]["schemas"]["Event"]["oneOf"][index]["properties"]["data"];
        let data = &event["data"];
        let members = data.as_object().unwrap().keys().cloned().collect::<BTreeSet<String>>();
        assert_eq!(names(&document, schema, data), members, "{event}");
    }

    let joined = json!({
        "roomId": "r", "groupId": "r", "roomType": "voice", "businessType": 1, "isCaller": true,
        "callerId": "c", "callerName": "c", "callerCameraStatus": 0, "listenerId": "l",
        "listenerName": "l", "listenerCameraStatus": 0, "chargeType": "duration", "timeLimit": 1.5,
        "encodeVideoFixedLength": 320, "encodeVideoRotation": 1, "encodeVideoRatio": 75.5,
        "encodeVideoMaxFPS": 15,
    });
    assert_is(&document, "JoinedCall", &joined);
    let event = NumberedEvent { seq: 1, age_ms: 0, event: Event::Timeout {} };
    assert_is(&document, "CallEvent", &json!(event));
    let mut view = joined.clone();
    view["state"] = "ended".into();
    view["events"] = json!([event]);
    assert_is(&document, "CallView", &view);
    let mut opened = joined;
    opened["type"] = "call".into();
    opened["state"] = "talking".into();
    opened["joined"] = true.into();
    opened["chosen"] = json!({"muted": true, "camera": false});
    opened["peerConnected"] = true.into();
    opened["iceServers"] = json!([{"urls": ["u"], "username": "u", "credential": "c"}]);
    opened["voipChat"] = json!({"groupId": "r", "nonceStr": "n", "timeStamp": 1, "signature": "s"});
    let read: CallMessage = serde_json::from_value(opened.clone()).unwrap();
    assert_eq!(json!(read), opened);
    assert_is(&document, "Chosen", &opened["chosen"]);
    assert_is(&document, "IceServer", &opened["iceServers"][0]);
    assert_is(&document, "VoipChat", &opened["voipChat"]);
    let mut messages = written([
        CallMessage::Event(event),
        CallMessage::Reply { id: 1, reply: SignalReply::Done },
        CallMessage::Elsewhere { can_take: true },
        CallMessage::CameraOff,
        CallMessage::Peer { connected: true },
        CallMessage::Relay { payload: String::new() },
        CallMessage::Refused(Refusal { problems: Some(vec![]), ..Refusal::new(Code::RoomId, "") }),
        CallMessage::Heartbeat(Heartbeat { every_ms: 5_000 }),
    ]);
    messages.push(opened);
    assert_are_all(&document, "CallMessage", &messages);
}

#[tokio::test]
async fn an_enum_has_the_words_of_the_document() {
    let document = document().await;
    let charge_types = [ChargeType::Duration, ChargeType::License];
    let replies = [
        SignalReply::Done,
        SignalReply::Already,
        SignalReply::NoEffect,
        SignalReply::Elsewhere,
        SignalReply::Ended,
    ];
    for (name, words) in [
        ("Role", written(Role::ALL)),
        ("RoomType", written([RoomType::Voice, RoomType::Video])),
        (
            "MiniprogramState",
            written([
                MiniprogramState::Formal,
                MiniprogramState::Trial,
                MiniprogramState::Developer,
            ]),
        ),
        ("EnvVersion", written([EnvVersion::Release, EnvVersion::Trial, EnvVersion::Develop])),
        ("ChargeType", written(charge_types)),
        ("CallState", written([State::Ringing, State::Waiting, State::Talking, State::Ended])),
        ("How", written([How::Manual, How::UnloadCallPage, How::ForceFromApp])),
        ("SignalReply", written(replies)),
        ("BusinessType", written(BusinessType::ALL)),
        ("CameraStatus", written(CameraStatus::ALL)),
        ("Status", written(Status::ALL)),
        ("Code", written(Code::ALL)),
    ] {
        assert_eq!(document["components"]["schemas"][name]["enum"], json!(words), "{name}");
    }
}
