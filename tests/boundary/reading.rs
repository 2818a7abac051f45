//! Reading the request: every kind of JS value, whatever behaves behind it.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use wmpf_voip::wasm::check;

use super::host::{get, js, json, request};

/// The problems of a valid request with some properties replaced, as `path got`.
fn problems(changes: &str) -> Vec<String> {
    problems_of(Some(request(changes)))
}

fn problems_of(req: Option<JsValue>) -> Vec<String> {
    let text = |problem: &JsValue, index| get(problem, index).as_string().unwrap();
    let problems: js_sys::Array = check(req).unwrap().unchecked_into();
    problems
        .iter()
        .map(|problem| format!("{} {}", text(&problem, "0"), text(&problem, "3")))
        .collect()
}

#[wasm_bindgen_test]
fn every_kind_of_value_is_told_apart() {
    for (value, got) in [
        ("undefined", "nothing"),
        ("null", "nothing"),
        ("true", "true"),
        ("-0", "-0"),
        ("1.5", "1.5"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e300", "1e+300"),
        ("10n", "a bigint"),
        ("''", "an empty string"),
        ("'1'", "the string '1'"),
        ("Symbol()", "a symbol"),
        ("() => 1", "a function"),
        ("class {}", "a function"),
        ("[]", "an array"),
        ("({})", "an object"),
        ("new Date()", "an object"),
        ("new Map()", "an object"),
        ("new String('voice')", "an object"),
        ("Object.create(null)", "an object"),
        ("Object.freeze({})", "an object"),
        ("new Proxy({}, {})", "an object"),
        ("new Proxy([], {})", "an array"),
        ("'a\\ud800b'", "a string with lone surrogates"),
        ("'a\\ufffdb'", "the string 'a\u{fffd}b'"),
        ("'x'.repeat(4097)", "a string of 4097 characters"),
        ("'x'.repeat(1e7)", "a string of 10000000 characters"),
    ] {
        assert_eq!(problems(&format!("({{ roomType: {value} }})")), [format!("roomType {got}")]);
    }
    let revoked =
        "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()";
    let said = problems(&format!("({{ roomType: {revoked} }})"));
    assert!(said[0].starts_with("roomType a property that throws when it is read ("), "{said:?}");
}

#[wasm_bindgen_test]
fn objects_of_every_make_are_read() {
    for caller in [
        "Object.freeze({ id: 'a' })",
        "Object.assign(Object.create(null), { id: 'a' })",
        "new (class { get id() { return 'a' } })()",
        "Object.create({ id: 'a' })",
        "new Proxy({ id: 'a' }, {})",
        "(() => { const o = { id: 'a' }; o.self = o; return o })()",
    ] {
        assert_eq!(problems(&format!("({{ caller: {caller} }})")), [""; 0], "{caller}");
    }
    for not_a_party in ["7", "'a'", "[]", "() => 1", "Symbol()", "null"] {
        let said = problems(&format!("({{ caller: {not_a_party} }})"));
        assert!(said.len() == 1 && said[0].starts_with("caller "), "{said:?}");
    }
    assert_eq!(problems_of(None), ["req nothing"], "what the glue makes of null and undefined");
    assert_eq!(problems_of(Some(js("'x'"))), ["req the string 'x'"]);
}

#[wasm_bindgen_test]
fn a_getter_that_throws_is_one_problem_among_others() {
    let said = problems_of(Some(js("({
        get roomType() { throw new Error('no room') },
        get caller() { throw undefined },
        listener: { id: 'o', get name() { throw 'no name' } },
        businessType: 1,
    })")));
    assert_eq!(
        said,
        [
            "roomType a property that throws when it is read (no room)",
            "caller a property that throws when it is read (it gave no reason)",
            "listener.name a property that throws when it is read (no name)",
        ]
    );
}

#[wasm_bindgen_test]
fn every_property_is_read_once_and_in_the_order_of_the_table() {
    let log = js("(() => {
        const log = [];
        const watched = (target, path) => new Proxy(target, {
            get(target, key) {
                log.push(path + String(key));
                return target[key];
            },
        });
        const party = (path) => watched({ id: 'x' }, path);
        log.req = watched({
            roomType: 'voice', caller: party('caller.'), listener: party('listener.'),
            businessType: 1, extra: 1,
        }, '');
        return log;
    })()");
    assert_eq!(problems_of(Some(get(&log, "req"))), [""; 0]);
    assert_eq!(
        json(&log),
        r#"["roomType","caller","caller.id","caller.name","caller.cameraStatus","listener","listener.id","listener.name","listener.cameraStatus","businessType","voipToken","miniprogramState","customQuery","timeLimit"]"#
    );
}
