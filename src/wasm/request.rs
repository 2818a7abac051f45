//! Reads what is asked for: each documented property once, in the order of its table.

use wasm_bindgen::prelude::*;

use super::foreign::{list, member, object, property};
use crate::authorisation::{MAX_OPENIDS, RawBindContactQuery};
use crate::call::How;
use crate::form::{Filled, Form};
use crate::request::{RawParty, RawRequest};
use crate::secret::Secret;
use crate::value::{Object, Other, Value};

pub(super) fn call(req: Option<JsValue>) -> Object<RawRequest> {
    object(Ok(req), |req| RawRequest {
        room_type: member(req, "roomType"),
        caller: object(property(req, "caller"), party),
        listener: object(property(req, "listener"), party),
        business_type: member(req, "businessType"),
        voip_token: Secret::new(member(req, "voipToken")),
        miniprogram_state: member(req, "miniprogramState"),
        custom_query: member(req, "customQuery"),
        time_limit: member(req, "timeLimit"),
        // No field: a host fetches it when the request has been read.
        device_token: Secret::default(),
    })
}

fn party(party: &JsValue) -> RawParty {
    RawParty {
        id: member(party, "id"),
        name: member(party, "name"),
        camera_status: member(party, "cameraStatus"),
    }
}

/// Any request that is a form.
pub(super) fn form<F: Form>(req: Option<JsValue>) -> Object<Filled<F>> {
    object(Ok(req), |req| Filled::read(|name| member(req, name)))
}

pub(super) fn contacts(req: Option<JsValue>) -> Object<RawBindContactQuery> {
    object(Ok(req), |req| RawBindContactQuery {
        sn: member(req, "sn"),
        model_id: member(req, "model_id"),
        openid_list: list(property(req, "openid_list"), MAX_OPENIDS),
    })
}

/// The end of a call, as the loader says it.
pub(super) struct HangUp {
    pub(super) room_id: String,
    pub(super) how: How,
    pub(super) device: String,
    pub(super) placed: bool,
}

/// Reads an object that the loader has made itself. Of a question how far a call is it has the room alone.
pub(super) fn hang_up(req: Option<JsValue>) -> HangUp {
    let req = req.unwrap_or_default();
    let text = |name| property(&req, name).ok().flatten().and_then(|js| js.as_string());
    HangUp {
        room_id: text("roomId").unwrap_or_default(),
        how: text("how").and_then(|how| How::of(&how)).unwrap_or(How::ForceFromApp),
        device: text("device").unwrap_or_default(),
        placed: member(&req, "placed") == Value::Other(Other::Boolean(true)),
    }
}
