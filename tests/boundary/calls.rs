//! A whole call: what is sent, and what the promise settles with.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use wmpf_voip::wasm::Client;

use super::host::{TestHost, call, get, js, json, request, settled};

const ROOM: &str =
    "async () => ({ status: 201, body: '{\"roomId\":\"r1\",\"chargeType\":\"license\"}' })";

#[wasm_bindgen_test]
async fn a_valid_request_is_sent_and_becomes_the_documented_object() {
    let host = TestHost::new(ROOM);
    let client = host.client();
    let result = call(&client, "({ customQuery: 'a=1', timeLimit: 0.5 })").await;
    assert_eq!(json(&result.unwrap()), r#"{"roomId":"r1","chargeType":"license"}"#);
    assert_eq!(
        json(&get(&host.0, "routes")),
        r#"[{"endpoint":"http://service","headers":{"content-type":"application/json","authorization":"Bearer session"},"timeout":10000}]"#
    );
    assert_eq!(
        json(&host.sent().get(0)),
        r#"{"roomType":"video","caller":{"id":"SN-1","name":"门口机","cameraStatus":0},"listener":{"id":"oListener","cameraStatus":0},"businessType":1,"miniprogramState":"formal","customQuery":"a=1","timeLimit":0.5}"#
    );
}

#[wasm_bindgen_test]
async fn a_wrong_request_rejects_and_is_not_sent() {
    let host = TestHost::new(ROOM);
    let error = settled(host.client().ask(
        "initByCaller",
        Some(js("({ caller: { id: 7 } })")),
        &JsValue::UNDEFINED,
    ))
    .await
    .unwrap_err();
    assert_eq!(get(&error, "isCgi"), JsValue::FALSE);
    assert_eq!(get(&error, "errCode"), 1004);
    let message = get(&error, "errMsg").as_string().unwrap();
    assert!(
        message.starts_with(
            "initByCaller:fail roomType: expected 'voice' or 'video', got nothing; caller.id: "
        ),
        "{message}"
    );
    assert_eq!(host.sent().length(), 0);
}

#[wasm_bindgen_test]
async fn a_refusal_resolves_with_the_documented_object() {
    let host = TestHost::new(
        "async () => ({ status: 403, body: '{\"errcode\":9,\"errmsg\":\"not authorised\"}' })",
    );
    let result = call(&host.client(), "({})").await.unwrap();
    assert_eq!(
        json(&result),
        r#"{"errObj":{"isCgi":true,"errCode":9,"errMsg":"initByCaller:fail not authorised"}}"#
    );
}

#[wasm_bindgen_test]
async fn no_answer_in_time_is_1002() {
    let host = TestHost::new("async () => undefined");
    let error = failure(&host).await;
    assert_eq!(get(&error, "errCode"), 1002);
    assert_eq!(
        get(&error, "errMsg"),
        "initByCaller:fail no answer from http://service within 10000 ms"
    );
    assert_eq!(get(&host.0, "retracted"), 1);
}

#[wasm_bindgen_test]
async fn a_foreign_rejection_keeps_its_errno_and_is_the_cause() {
    for (thrown, errno, message) in [
        ("({ errMsg: 'request:fail timeout', errno: 5 })", Some(5.0), "request:fail timeout"),
        (
            "new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })",
            None,
            "fetch failed (ECONNREFUSED)",
        ),
        ("({ message: '', code: 'ENOTFOUND', errno: -3008 })", Some(-3008.0), "ENOTFOUND"),
        ("'just a text'", None, "just a text"),
        ("undefined", None, "it gave no reason"),
        ("null", None, "it gave no reason"),
        ("42", None, "it gave no reason"),
        ("Symbol('s')", None, "it gave no reason"),
        ("({ get message() { throw 1 }, get errno() { throw 2 } })", None, "it gave no reason"),
        ("new Proxy({}, { get() { throw new Error('trap') } })", None, "it gave no reason"),
    ] {
        let host = TestHost::new(&format!("() => Promise.reject(host.thrown = {thrown})"));
        let error = failure(&host).await;
        assert_eq!(get(&error, "isCgi"), JsValue::TRUE, "{thrown}");
        assert_eq!(get(&error, "errCode"), 1002, "{thrown}");
        assert_eq!(
            get(&error, "errMsg").as_string().unwrap(),
            format!("initByCaller:fail the request to http://service failed: {message}")
        );
        assert_eq!(get(&error, "errno").as_f64(), errno, "{thrown}");
        assert_eq!(get(&error, "cause"), get(&host.0, "thrown"), "{thrown}");
    }
}

#[wasm_bindgen_test]
async fn a_host_that_misbehaves_is_a_failed_request() {
    for (attempts, send) in [
        (2, "() => { throw new Error('at once') }"),
        (1, "async () => 7"),
        (1, "async () => ({})"),
        (1, "async () => ({ status: '201', body: '{}' })"),
        (1, "async () => ({ status: NaN, body: '{}' })"),
        (1, "async () => ({ status: 1e9, body: '{}' })"),
        (1, "async () => ({ get status() { throw new Error('getter') } })"),
    ] {
        let host = TestHost::new(send);
        assert_eq!(get(&failure(&host).await, "errCode"), 1002, "{send}");
        assert_eq!(
            host.sent().length(),
            attempts,
            "what is no response is not asked for again: {send}"
        );
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_not_the_services_is_1003() {
    for body in [
        "'<html>'",
        "''",
        "undefined",
        "null",
        "[]",
        "'[]'",
        "'{}'",
        "'{\"roomId\":7,\"chargeType\":\"license\"}'",
        "({ get roomId() { throw new Error('getter') }, chargeType: 'license' })",
        "'\\ud800'",
    ] {
        let host = TestHost::new(&format!("async () => ({{ status: 200, body: {body} }})"));
        assert_eq!(get(&failure(&host).await, "errCode"), 1003, "{body}");
        assert_eq!(host.sent().length(), 1, "an answer is not asked for again: {body}");
    }
    let parsed = TestHost::new(
        "async () => ({ status: 201, body: { roomId: 'r', chargeType: 'duration' } })",
    );
    let result = call(&parsed.client(), "({})").await.unwrap();
    assert_eq!(get(&result, "roomId"), "r", "a host may have parsed it already");
}

#[wasm_bindgen_test]
fn wrong_options_are_refused_with_every_field_and_without_the_token() {
    let host = TestHost::new(ROOM);
    let options = js("({ endpoint: 7, token: 's3 cret', timeout: 0 })");
    let error = Client::new("initByCaller", &options, host.0.unchecked_into(), None).err().unwrap();
    let message = get(&error, "errMsg").as_string().unwrap();
    assert_eq!(get(&error, "errCode"), 1004);
    assert!(message.starts_with("initByCaller:fail configure.endpoint: "), "{message}");
    assert!(message.contains("; configure.token: ") && message.contains("; configure.timeout: "));
    assert!(!message.contains("s3 cret"), "{message}");
}

#[wasm_bindgen_test]
async fn one_call_starts_at_a_time_whoever_makes_it() {
    let host = TestHost::new(
        "() => new Promise((resolve) => setTimeout(() => resolve({
            status: 201,
            body: { roomId: 'r', chargeType: 'license' },
        }), 5))",
    );
    let (client, another) = (host.client(), host.client());
    let first = client.ask("initByCaller", Some(request("({})")), &JsValue::UNDEFINED);
    for client in [&client, &another] {
        let error = call(client, "({})").await.unwrap_err();
        assert_eq!(get(&error, "errCode"), 1005);
    }
    drop(client);
    assert_eq!(get(&settled(first).await.unwrap(), "roomId"), "r");
    assert_eq!(get(&call(&another, "({})").await.unwrap(), "roomId"), "r");
}

#[wasm_bindgen_test]
async fn what_the_host_is_decides_what_it_may_call_and_in_which_version() {
    let host = TestHost::new(ROOM);
    let phone = host.client_with("({ role: 'phone' })", None);
    assert_eq!(get(&call(&phone, "({})").await.unwrap_err(), "errCode"), 1006);

    for (version, state) in [("'release'", "formal"), ("'trial'", "developer"), ("7", "developer")]
    {
        let client = host.client_with("({ role: 'device' })", Some(js(version)));
        call(&client, "({ miniprogramState: 'developer' })").await.unwrap();
        let sent = host.sent().pop();
        assert_eq!(get(&sent, "miniprogramState"), state, "{version}");
    }
}

#[wasm_bindgen_test]
async fn the_host_is_asked_for_the_token_of_a_device_that_has_none() {
    let with_token = async |given: &str| {
        let host = TestHost::new(ROOM);
        js_sys::Reflect::set(&host.0, &"deviceToken".into(), &js(given)).unwrap();
        let result = call(&host.client(), "({ voipToken: '' })").await;
        (result, host.sent())
    };
    let (result, sent) = with_token("async () => ({ token: 'fetched' })").await;
    assert_eq!(get(&result.unwrap(), "roomId"), "r1");
    assert_eq!(get(&sent.get(0), "deviceToken"), "fetched");

    for (given, text) in [
        ("async () => ({ token: '' })", "got an empty string"),
        ("async () => ({})", "got nothing"),
        ("async () => 7", "got nothing"),
        ("async () => undefined", "gave no deviceToken within 10000 ms"),
        ("() => Promise.reject(new Error('not registered'))", "not registered"),
        ("() => { throw new Error('at once') }", "at once"),
        ("async () => ({ get token() { throw new Error('getter') } })", "throws"),
    ] {
        let (result, sent) = with_token(given).await;
        let error = result.unwrap_err();
        assert_eq!(get(&error, "errCode"), 1000, "{given}");
        let message = get(&error, "errMsg").as_string().unwrap();
        assert!(message.contains(text), "{given}: {message}");
        assert_eq!(sent.length(), 0, "nothing was sent");
    }
}

#[wasm_bindgen_test]
async fn a_signal_cancels_with_its_reason() {
    let host = TestHost::new("async () => null");
    let aborted = js("({ aborted: true, reason: new Error('gone') })");
    let error = settled(host.client().ask("initByCaller", Some(request("({})")), &aborted))
        .await
        .unwrap_err();
    assert_eq!(get(&error, "errCode"), 1008);
    assert_eq!(get(&error, "cause"), get(&aborted, "reason"));
    assert_eq!(host.sent().length(), 0);

    for reason in ["'gone'", "undefined", "new Proxy({}, { get() { throw 1 } })"] {
        let signal = js(&format!("({{ aborted: false, reason: {reason} }})"));
        let call = host.client().ask("initByCaller", Some(request("({})")), &signal);
        let error = get(&settled(call).await.unwrap(), "errObj");
        assert_eq!(get(&error, "errCode"), 1008, "{reason}");
        assert_eq!(get(&error, "isCgi"), JsValue::TRUE);
    }
    assert_eq!(get(&host.0, "retracted"), 3);
}

/// The error object of a call that is sent and fails.
async fn failure(host: &TestHost) -> JsValue {
    get(&call(&host.client(), "({})").await.unwrap(), "errObj")
}
