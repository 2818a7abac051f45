//! Reads the request: each documented property once, in the order of the table.

use wasm_bindgen::prelude::*;

use super::foreign::{object, value};
use crate::request::{RawParty, RawRequest};
use crate::secret::Secret;
use crate::value::Object;

#[wasm_bindgen]
extern "C" {
    type RequestObject;

    #[wasm_bindgen(method, getter, structural, catch, js_name = roomType)]
    fn room_type(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn caller(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn listener(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = businessType)]
    fn business_type(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = voipToken)]
    fn voip_token(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = miniprogramState)]
    fn miniprogram_state(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = customQuery)]
    fn custom_query(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = timeLimit)]
    fn time_limit(this: &RequestObject) -> Result<Option<JsValue>, JsValue>;

    type PartyObject;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn id(this: &PartyObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn name(this: &PartyObject) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = cameraStatus)]
    fn camera_status(this: &PartyObject) -> Result<Option<JsValue>, JsValue>;
}

pub(super) fn read(req: Option<JsValue>) -> Object<RawRequest> {
    object(Ok(req), |req| {
        let req: &RequestObject = req.unchecked_ref();
        RawRequest {
            room_type: value(req.room_type()),
            caller: object(req.caller(), read_party),
            listener: object(req.listener(), read_party),
            business_type: value(req.business_type()),
            voip_token: Secret::new(value(req.voip_token())),
            miniprogram_state: value(req.miniprogram_state()),
            custom_query: value(req.custom_query()),
            time_limit: value(req.time_limit()),
            // No field: a host fetches it when the request has been read.
            device_token: Secret::default(),
        }
    })
}

fn read_party(party: &JsValue) -> RawParty {
    let party: &PartyObject = party.unchecked_ref();
    RawParty {
        id: value(party.id()),
        name: value(party.name()),
        camera_status: value(party.camera_status()),
    }
}
