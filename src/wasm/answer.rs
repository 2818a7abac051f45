//! Reads the service's answer: the host parses the JSON, the core looks at its members.

use wasm_bindgen::prelude::*;

use super::foreign::{object, value};
use crate::protocol::{HttpResponse, RawAnswer};
use crate::value::Object;

#[wasm_bindgen]
extern "C" {
    type Answer;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn status(this: &Answer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn body(this: &Answer) -> Result<Option<JsValue>, JsValue>;

    type AnswerBody;

    #[wasm_bindgen(method, getter, structural, catch, js_name = roomId)]
    fn room_id(this: &AnswerBody) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch, js_name = chargeType)]
    fn charge_type(this: &AnswerBody) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn errcode(this: &AnswerBody) -> Result<Option<JsValue>, JsValue>;
    #[wasm_bindgen(method, getter, structural, catch)]
    fn errmsg(this: &AnswerBody) -> Result<Option<JsValue>, JsValue>;

    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &JsValue) -> Result<Option<JsValue>, JsValue>;
}

/// The `{status, body}` of the loader's adapter. Both came from the host: the status must be a number;
/// the body is JSON text or, where the host has parsed it already, what the text meant.
pub(super) fn response(answer: &JsValue) -> Result<HttpResponse, JsValue> {
    let answer: &Answer = answer.unchecked_ref();
    let (status, body) = (answer.status()?, answer.body()?);
    let status = status
        .as_f64()
        .filter(|status| (100.0..=599.0).contains(status))
        .ok_or_else(|| JsValue::from_str("the host gave a response without an HTTP status"))?;
    let parsed = match body {
        Some(text) if text.is_string() => parse(&text).unwrap_or(Some(text)),
        parsed => parsed,
    };
    // The range was checked above.
    Ok(HttpResponse { status: status as u16, body: read(parsed) })
}

fn read(body: Option<JsValue>) -> Object<RawAnswer> {
    object(Ok(body), |body| {
        let body: &AnswerBody = body.unchecked_ref();
        RawAnswer {
            room_id: value(body.room_id()),
            charge_type: value(body.charge_type()),
            errcode: value(body.errcode()),
            errmsg: value(body.errmsg()),
        }
    })
}
