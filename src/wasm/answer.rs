//! Reads the service's answer, which the loader has parsed.

use wasm_bindgen::prelude::*;

use super::foreign::{member, object, property};
use crate::protocol::{HttpResponse, RawAnswer};

/// What the loader's adapter gives, and the body in it as it came.
pub(super) struct Received {
    pub(super) response: HttpResponse,
    pub(super) body: Option<JsValue>,
}

/// Reads the `{status, body}` of the loader's adapter. Both came from the host, and the status must be a number.
pub(super) fn received(answer: &JsValue) -> Result<Received, JsValue> {
    let (status, body) = (property(answer, "status")?, property(answer, "body")?);
    let status = status
        .and_then(|status| status.as_f64())
        .filter(|status| (100.0..=599.0).contains(status))
        .ok_or_else(|| JsValue::from_str("the host gave a response without an HTTP status"))?;
    let read = object(Ok(body.clone()), |body| RawAnswer {
        room_id: member(body, "roomId"),
        charge_type: member(body, "chargeType"),
        errcode: member(body, "errcode"),
        errmsg: member(body, "errmsg"),
        contact_list: member(body, "contact_list"),
        state: member(body, "state"),
    });
    // The range was checked above.
    Ok(Received { response: HttpResponse { status: status as u16, body: read }, body })
}
