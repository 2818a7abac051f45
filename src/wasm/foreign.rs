//! Foreign JS values: read with care, because a getter or a proxy behind any of them may throw.
//!
//! Every import here that can run foreign code has `catch`: a JS exception that passes through wasm
//! would leave its stack behind.

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use crate::text::{concat, decimal};
use crate::value::{List, MAX_STRING_LENGTH, Object, Other, Value, one_line};

/// The longest message of a foreign error that is repeated. The loader has left out what it quotes of secrets before, so
/// none is cut off in the middle.
const MAX_MESSAGE_LENGTH: u32 = 300;

#[wasm_bindgen]
extern "C" {
    /// Anything but `undefined` and `null`. One function reads all of its properties: a getter for each name would be an
    /// import for each name.
    type Members;

    #[wasm_bindgen(method, structural, indexing_getter, catch)]
    fn named(this: &Members, name: &str) -> Result<Option<JsValue>, JsValue>;

    #[wasm_bindgen(js_namespace = Array, js_name = isArray, catch)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// A property as a getter gives it: `None` for `undefined` and `null`.
pub(super) type Property = Result<Option<JsValue>, JsValue>;

/// A property of anything but `undefined` and `null`.
#[inline(never)]
pub(super) fn property(object: &JsValue, name: &str) -> Property {
    object.unchecked_ref::<Members>().named(name)
}

/// A property of an object as the core's rules see it.
#[inline(never)]
pub(super) fn member(object: &JsValue, name: &str) -> Value {
    value(property(object, name))
}

/// One property as the core's rules see it.
#[inline(never)]
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

/// A place where an array belongs of at most so many items.
pub(super) fn list(given: Property, most: usize) -> List {
    let array = match given {
        Ok(Some(js)) if is_array(&js).unwrap_or_default() => js,
        no_array => return List::Not(value(no_array)),
    };
    let length = match property(&array, "length").map(|length| length.and_then(|js| js.as_f64())) {
        Ok(length) => length.unwrap_or_default() as usize,
        Err(thrown) => return List::Not(Value::Other(unreadable(&thrown))),
    };
    if length > most {
        return List::Long(length);
    }
    List::Is((0..length).map(|index| member(&array, &decimal(index))).collect())
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
    let cause = property(thrown, "cause").ok().flatten().and_then(|cause| message(&cause));
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
    let of = |name| property(thrown, name).ok().flatten().and_then(said);
    said(thrown.clone()).or_else(|| of("errMsg")).or_else(|| of("message")).or_else(|| of("code"))
}

/// The host API's own number on a foreign error, if it is one.
pub(super) fn errno(thrown: &JsValue) -> Option<i32> {
    if thrown.is_undefined() || thrown.is_null() {
        return None;
    }
    let number = property(thrown, "errno").ok().flatten()?.as_f64()?;
    let whole = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
    // The line above makes the conversion exact.
    whole.then_some(number as i32)
}
