//! Every kind of value against every field of the request: the validator does what `tests/contract/table` says. The packed
//! package is held against the same table in Node and in Chromium.

#[path = "../tests/contract/table/table.rs"]
mod table;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use self::table::{Field, Kind, Said, Table};
use crate::fields::{FIELDS, Required};
use crate::problem::{Problem, only_problem};
use crate::request::{RawRequest, Request};
use crate::secret::Secret;
use crate::value::{Object, Other, Value};

fn table() -> Table {
    table::read().unwrap()
}

/// What the core sees of a kind.
fn value(kind: &Kind) -> Value {
    if let Some(json) = &kind.value {
        return json.clone().into();
    }
    match kind.name.as_str() {
        "undefined" | "null" => Value::Missing,
        "NaN" => Value::Number(f64::NAN),
        "Infinity" => Value::Number(f64::INFINITY),
        "-Infinity" => Value::Number(f64::NEG_INFINITY),
        "10n" => Value::Other(Other::BigInt),
        "'x'.repeat(4096)" => Value::string(&"x".repeat(4096)),
        "'📞'.repeat(2048)" => Value::string(&"📞".repeat(2048)),
        "'x'.repeat(4097)" => Value::string(&"x".repeat(4097)),
        "'📞'.repeat(2049)" => Value::string(&"📞".repeat(2049)),
        "'x'.repeat(1e7)" => Value::string(&"x".repeat(10_000_000)),
        r"'a\ud83d'" | r"'\udcdeb'" | r"'\udcde\ud83d'" => Value::Other(Other::IllFormedString),
        "a symbol" => Value::Other(Other::Symbol),
        "a function" | "a class" | "a proxy of a function" | "a revoked proxy of a function" => {
            Value::Other(Other::Function)
        }
        "an array" | "a proxy of an array" | "an array of another realm" => {
            Value::Other(Other::Array)
        }
        "a plain object"
        | "a frozen object"
        | "an object without a prototype"
        | "an object that inherits its properties"
        | "an object of another realm"
        | "a class instance"
        | "a proxy"
        | "a cyclic object"
        | "an object with another getter that throws"
        | "an object whose conversions throw"
        | "a Date"
        | "a Map"
        | "a Promise"
        | "an Error"
        | "a Uint8Array"
        | "a String object"
        | "a Number object" => Value::Other(Other::Object),
        "a getter that throws" => Value::Other(Other::Unreadable("a trap".into())),
        "a revoked proxy" => Value::Other(Other::Unreadable(
            "Cannot perform 'IsArray' on a proxy that has been revoked".into(),
        )),
        unknown => panic!("no value is made for {unknown}"),
    }
}

/// What the table calls a value.
fn class(value: &Value) -> &'static str {
    match value {
        Value::Missing => "missing",
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Other(other) => match other {
            Other::Boolean(_) => "boolean",
            Other::Array => "array",
            Other::Object => "object",
            Other::Function => "function",
            Other::Symbol => "symbol",
            Other::BigInt => "bigint",
            Other::IllFormedString => "ill-formed string",
            Other::LongString(_) => "long string",
            Other::Unreadable(_) => "unreadable",
        },
    }
}

/// The value where an object belongs; an object has the properties of `old`.
fn object<T>(value: Value, old: Object<T>) -> Object<T> {
    if value == Value::Other(Other::Object) { old } else { Object::Not(value) }
}

fn sample(business_type: Option<u8>) -> RawRequest {
    let sample = json!({
        "roomType": "video",
        "caller": { "id": "SN-1", "name": "door" },
        "listener": { "id": "open-id", "name": "Alice" },
        "businessType": business_type.unwrap_or(1),
        "voipToken": "ticket",
    });
    serde_json::from_value(sample).unwrap()
}

/// The sample with one field replaced.
fn request(field: &Field, value: Value) -> Object<RawRequest> {
    let mut raw = sample(field.business_type);
    match field.path.as_str() {
        "req" => return object(value, Object::Is(raw)),
        "caller" => raw.caller = object(value, raw.caller),
        "listener" => raw.listener = object(value, raw.listener),
        "voipToken" => raw.voip_token = Secret::new(value),
        leaf => *leaf_of(&mut raw, leaf) = value,
    }
    Object::Is(raw)
}

fn leaf_of<'a>(raw: &'a mut RawRequest, path: &str) -> &'a mut Value {
    let (Object::Is(caller), Object::Is(listener)) = (&mut raw.caller, &mut raw.listener) else {
        panic!("the sample has both parties");
    };
    match path {
        "roomType" => &mut raw.room_type,
        "caller.id" => &mut caller.id,
        "caller.name" => &mut caller.name,
        "caller.cameraStatus" => &mut caller.camera_status,
        "listener.id" => &mut listener.id,
        "listener.name" => &mut listener.name,
        "listener.cameraStatus" => &mut listener.camera_status,
        "businessType" => &mut raw.business_type,
        "miniprogramState" => &mut raw.miniprogram_state,
        "customQuery" => &mut raw.custom_query,
        "timeLimit" => &mut raw.time_limit,
        unknown => panic!("the request has no {unknown}"),
    }
}

/// Numbers as JavaScript has them.
fn floats(json: Json) -> Json {
    match json {
        Json::Number(number) => json!(number.as_f64()),
        Json::Object(members) => {
            members.into_iter().map(|(key, value)| (key, floats(value))).collect()
        }
        Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) => json,
    }
}

fn sent(request: Request) -> Json {
    floats(serde_json::to_value(request).unwrap())
}

/// What has to be sent where a field accepts a kind.
fn expected(field: &Field, kind: &Kind) -> Json {
    let mut complete = sent(Object::Is(sample(field.business_type)).validate().unwrap());
    let own = match value(kind) {
        Value::String(text) => Some(json!(text)),
        Value::Number(number) => Some(json!(number)),
        // A party has the properties of the sample's.
        Value::Missing | Value::Other(_) => None,
    };
    let (owner, key) = match field.path.split_once('.') {
        Some((party, key)) => (&mut complete[party], key),
        None => (&mut complete, field.path.as_str()),
    };
    match field.sends.get(&kind.name).cloned().or(own) {
        Some(Json::Null) => drop(owner.as_object_mut().unwrap().remove(key)),
        Some(json) => owner[key] = floats(json),
        None => {}
    }
    complete
}

#[test]
fn a_field_accepts_what_the_table_lists_and_nothing_else() {
    let Table { kinds, fields } = table();
    for kind in &kinds {
        let value = value(kind);
        for field in &fields {
            let case = format!("{} {:?}: {}", field.path, field.business_type, kind.name);
            let result = request(field, value.clone()).validate();
            if field.accepts(kind) {
                assert_eq!(result.map(sent), Ok(expected(field, kind)), "{case}");
            } else {
                let problem = only_problem(result);
                let is_of_field = (problem.path.as_str(), problem.code.number());
                assert_eq!(is_of_field, (field.path.as_str(), field.code), "{case}");
                let in_language = |text: fn(&Said) -> &str| {
                    let limit = kind.limit.as_ref().map_or("", text);
                    (text(&field.expected).to_owned() + limit, text(field.got(kind)).to_owned())
                };
                let Problem { expected, got, .. } = problem;
                assert_eq!((expected.en(), got.en()), in_language(Said::en), "{case}");
                assert_eq!((expected.zh(), got.zh()), in_language(Said::zh), "{case}");
            }
        }
    }
}

#[test]
fn a_kind_is_what_the_table_says() {
    for kind in table().kinds {
        assert_eq!(class(&value(&kind)), kind.is, "{}", kind.name);
    }
}

#[test]
fn every_name_in_the_table_is_the_name_of_one_thing() {
    let Table { kinds, fields } = table();
    let classes: BTreeSet<&str> = kinds.iter().map(|kind| kind.is.as_str()).collect();
    let names: BTreeSet<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(names.len(), kinds.len(), "no kind stands there twice");
    for field in &fields {
        for word in &field.accepts {
            assert!(names.contains(word.as_str()) != classes.contains(word.as_str()), "{word}");
        }
        for name in field.except.iter().chain(field.sends.keys()) {
            assert!(names.contains(name.as_str()), "{name}");
        }
    }
}

#[test]
fn the_fields_are_the_documented_ones_with_their_defaults() {
    let Table { kinds, fields } = table();
    let (req, fields) = fields.split_first().unwrap();
    assert_eq!(req.path, "req");
    let mut paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
    paths.dedup();
    let documented: Vec<&str> = FIELDS.iter().map(|field| field.path).collect();
    assert_eq!(paths, documented);

    for kind in kinds.iter().filter(|kind| kind.is == "missing") {
        for field in fields {
            let documented = FIELDS.iter().find(|documented| documented.path == field.path);
            let documented = documented.unwrap();
            let required = match documented.required {
                Required::Always => true,
                Required::ByBusinessType => field.business_type != Some(1),
                Required::Never => false,
            };
            assert_eq!(field.accepts(kind), !required, "{}: {}", field.path, kind.name);
            let default: Option<Json> =
                documented.default.map(|text| serde_json::from_str(text).unwrap());
            let sends = (!required).then(|| default.unwrap_or_default());
            assert_eq!(field.sends.get(&kind.name), sends.as_ref(), "{}", field.path);
        }
    }
}
