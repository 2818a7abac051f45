//! Foreign JS values: read with care, because a getter or a proxy behind any of them may throw.
//!
//! Every import here that can run foreign code has `catch`: a JS exception that passes through wasm
//! would leave its stack behind.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use crate::text::concat;
use crate::value::{MAX_STRING_LENGTH, Object, Other, Value, one_line};

/// The longest message of a foreign error that is repeated.
const MAX_MESSAGE_LENGTH: u32 = 300;

#[wasm_bindgen]
extern "C" {
    /// An error of the host: an `Error`, what `wx` fails with, or anything else that can be thrown.
    type Thrown;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn message(this: &Thrown) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch, js_name = errMsg)]
    fn err_msg(this: &Thrown) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn code(this: &Thrown) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn cause(this: &Thrown) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, structural, catch)]
    fn errno(this: &Thrown) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// A property as a getter gives it: `None` for `undefined` and `null`.
pub(super) type Property = Result<Option<JsValue>, JsValue>;

/// One property as the core's rules see it.
pub(super) fn value(property: Property) -> Value {
    let js = match property {
        Ok(Some(js)) => js,
        Ok(None) => return Value::Missing,
        Err(thrown) => return Value::Other(unreadable(&thrown)),
    };
    if js.is_string() {
        return string(js.unchecked_into());
    }
    if let Some(number) = js.as_f64() {
        return Value::Number(number);
    }
    Value::Other(other(&js))
}

fn other(js: &JsValue) -> Other {
    match js.as_bool() {
        Some(boolean) => Other::Boolean(boolean),
        None if js.is_function() => Other::Function,
        None if js.is_symbol() => Other::Symbol,
        None if js.is_bigint() => Other::BigInt,
        None => match is_array(js) {
            Ok(true) => Other::Array,
            Ok(false) => Other::Object,
            // A revoked proxy.
            Err(thrown) => unreadable(&thrown),
        },
    }
}

fn unreadable(thrown: &JsValue) -> Other {
    Other::Unreadable(describe(thrown))
}

/// A place where an object belongs, read by `read` if one is there.
pub(super) fn object<T>(property: Property, read: impl FnOnce(&JsValue) -> T) -> Object<T> {
    match property {
        // Neither null nor a function.
        Ok(Some(js)) if js.is_object() => match is_array(&js) {
            Ok(false) => Object::Is(read(&js)),
            Ok(true) => Object::Not(Value::Other(Other::Array)),
            Err(thrown) => Object::Not(Value::Other(unreadable(&thrown))),
        },
        not_an_object => Object::Not(value(not_an_object)),
    }
}

fn string(js: JsString) -> Value {
    let length = js.length() as usize;
    if length > MAX_STRING_LENGTH {
        return Value::Other(Other::LongString(length));
    }
    let js: JsValue = js.into();
    let text = js.as_string().unwrap_or_default();
    // A lone surrogate arrives as U+FFFD; only then is it worth comparing.
    if text.chars().any(|c| c == char::REPLACEMENT_CHARACTER) && js != text.as_str() {
        return Value::Other(Other::IllFormedString);
    }
    Value::String(text)
}

/// What a foreign error says, and what its cause says, in one line that is never empty.
pub(super) fn describe(thrown: &JsValue) -> String {
    let Some(text) = message(thrown) else { return "it gave no reason".into() };
    // Node's fetch says only that it failed; why is in its cause.
    let cause = thrown.unchecked_ref::<Thrown>().cause().ok().and_then(|cause| message(&cause));
    one_line(&match cause {
        Some(cause) => concat(&[&text, " (", &cause, ")"]),
        None => text,
    })
}

fn message(thrown: &JsValue) -> Option<String> {
    let said = |value: JsValue| {
        let text: &JsString = value.dyn_ref()?;
        let end = text.length().min(MAX_MESSAGE_LENGTH);
        (end > 0).then(|| JsValue::from(text.substring(0, end)).as_string())?
    };
    if thrown.is_undefined() || thrown.is_null() {
        return None;
    }
    let error: &Thrown = thrown.unchecked_ref();
    said(thrown.clone())
        .or_else(|| error.err_msg().ok().and_then(said))
        .or_else(|| error.message().ok().and_then(said))
        .or_else(|| error.code().ok().and_then(said))
}

/// The host API's own number on a foreign error, if it is one.
pub(super) fn errno(thrown: &JsValue) -> Option<i32> {
    if thrown.is_undefined() || thrown.is_null() {
        return None;
    }
    let number = thrown.unchecked_ref::<Thrown>().errno().ok()?.as_f64()?;
    let whole = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
    // The line above makes the conversion exact.
    whole.then_some(number as i32)
}
