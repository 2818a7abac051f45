//! Builds the documented result objects.

use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

use super::host::Host;
use crate::error::VoipError;
use crate::outcome::{ChargeType, Outcome, Room};

#[wasm_bindgen]
extern "C" {
    type ResultObject;
    #[wasm_bindgen(method, setter, structural, js_name = isSuccess)]
    fn set_is_success(this: &ResultObject, value: bool);
    #[wasm_bindgen(method, setter, structural, js_name = roomId)]
    fn set_room_id(this: &ResultObject, value: &JsValue);
    #[wasm_bindgen(method, setter, structural, js_name = groupId)]
    fn set_group_id(this: &ResultObject, value: &JsValue);
    #[wasm_bindgen(method, setter, structural, js_name = chargeType)]
    fn set_charge_type(this: &ResultObject, value: &JsString);
    #[wasm_bindgen(method, setter, structural, js_name = errCode)]
    fn set_err_code(this: &ResultObject, value: u16);
    #[wasm_bindgen(method, setter, structural, js_name = errMsg)]
    fn set_err_msg(this: &ResultObject, value: &JsValue);
    #[wasm_bindgen(method, setter, structural, js_name = errObj)]
    fn set_err_obj(this: &ResultObject, value: &JsValue);
    #[wasm_bindgen(method, setter, structural)]
    fn set_error(this: &ResultObject, value: &DeprecatedError);

    type DeprecatedError;
    #[wasm_bindgen(method, setter, structural, js_name = err_code)]
    fn set_err_code_text(this: &DeprecatedError, value: &str);
    #[wasm_bindgen(method, setter, structural, js_name = errMsg)]
    fn set_err_msg_text(this: &DeprecatedError, value: &JsValue);
}

// Made once: a JS string costs more than all the rest of a result.
thread_local! {
    static DURATION: JsString = ChargeType::Duration.as_str().into();
    static LICENSE: JsString = ChargeType::License.as_str().into();
}

pub(super) fn outcome(outcome: Outcome<JsValue>, host: &Host) -> JsValue {
    match outcome {
        Outcome::Success(room) => success(&room),
        Outcome::Failure(error) => failure(error, host),
    }
}

fn success(room: &Room) -> JsValue {
    let result: ResultObject = Object::new().unchecked_into();
    let room_id = JsValue::from_str(&room.room_id);
    result.set_is_success(true);
    result.set_room_id(&room_id);
    result.set_group_id(&room_id);
    match room.charge_type {
        ChargeType::Duration => DURATION.with(|word| result.set_charge_type(word)),
        ChargeType::License => LICENSE.with(|word| result.set_charge_type(word)),
    }
    result.into()
}

fn failure(error: VoipError<JsValue>, host: &Host) -> JsValue {
    let err_code = error.code.number();
    let err_msg = JsValue::from_str(&error.message);

    let deprecated: DeprecatedError = Object::new().unchecked_into();
    deprecated.set_err_code_text(&err_code.to_string());
    deprecated.set_err_msg_text(&err_msg);

    let result: ResultObject = Object::new().unchecked_into();
    result.set_is_success(false);
    result.set_error(&deprecated);
    result.set_err_code(err_code);
    result.set_err_msg(&err_msg);
    result.set_err_obj(&host.create_error(error));
    result.into()
}
