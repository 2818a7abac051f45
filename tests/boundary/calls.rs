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
    assert_eq!(
        json(&result.unwrap()),
        r#"{"isSuccess":true,"roomId":"r1","groupId":"r1","chargeType":"license"}"#
    );
    assert_eq!(
        json(&get(&host.0, "routes")),
        r#"[{"url":"http://service/v1/calls","headers":{"content-type":"application/json","authorization":"Bearer session"},"timeout":10000}]"#
    );
    assert_eq!(
        json(&host.sent().get(0)),
        r#"{"key":"key-0","body":{"roomType":"video","caller":{"id":"SN-1","name":"门口机","cameraStatus":0},"listener":{"id":"oListener","cameraStatus":0},"businessType":1,"miniprogramState":"formal","customQuery":"a=1","timeLimit":0.5}}"#
    );
}

#[wasm_bindgen_test]
async fn a_wrong_request_rejects_and_is_not_sent() {
    let host = TestHost::new(ROOM);
    let error = settled(host.client().init_by_caller(Some(js("({ caller: { id: 7 } })"))))
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
        r#"{"isSuccess":false,"error":{"err_code":"9","errMsg":"initByCaller:fail not authorised"},"errCode":9,"errMsg":"initByCaller:fail not authorised","errObj":{"isCgi":true,"errCode":9,"errMsg":"initByCaller:fail not authorised"}}"#
    );
}

#[wasm_bindgen_test]
async fn no_answer_in_time_is_1002() {
    let host = TestHost::new("async () => undefined");
    let result = call(&host.client(), "({})").await.unwrap();
    assert_eq!(get(&result, "errCode"), 1002);
    assert_eq!(
        get(&result, "errMsg"),
        "initByCaller:fail no answer from http://service within 10000 ms"
    );
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
        let result = call(&host.client(), "({})").await.unwrap();
        let error = get(&result, "errObj");
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
    for send in [
        "() => { throw new Error('at once') }",
        "async () => null",
        "async () => 7",
        "async () => ({})",
        "async () => ({ status: '201', body: '{}' })",
        "async () => ({ status: NaN, body: '{}' })",
        "async () => ({ status: 1e9, body: '{}' })",
        "async () => ({ get status() { throw new Error('getter') } })",
    ] {
        let host = TestHost::new(send);
        let result = call(&host.client(), "({})").await.unwrap();
        assert_eq!(get(&result, "errCode"), 1002, "{send}");
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
        let result = call(&host.client(), "({})").await.unwrap();
        assert_eq!(get(&result, "errCode"), 1003, "{body}");
    }
    let parsed = TestHost::new(
        "async () => ({ status: 201, body: { roomId: 'r', chargeType: 'duration' } })",
    );
    let result = call(&parsed.client(), "({})").await.unwrap();
    assert_eq!(get(&result, "isSuccess"), JsValue::TRUE, "a host may have parsed it already");
}

#[wasm_bindgen_test]
fn wrong_options_are_refused_with_every_field_and_without_the_token() {
    let host = TestHost::new(ROOM);
    let options = js("({ endpoint: 7, token: 's3 cret', timeout: 0 })");
    let error = Client::new(options.unchecked_ref(), host.0.unchecked_into()).err().unwrap();
    let message = get(&error, "errMsg").as_string().unwrap();
    assert_eq!(get(&error, "errCode"), 1004);
    assert!(message.starts_with("initByCaller:fail configure.endpoint: "), "{message}");
    assert!(message.contains("; configure.token: ") && message.contains("; configure.timeout: "));
    assert!(!message.contains("s3 cret"), "{message}");
}

#[wasm_bindgen_test]
async fn calls_at_the_same_time_do_not_disturb_each_other() {
    let host = TestHost::new(
        "(key, body) => new Promise((resolve) => setTimeout(() => resolve({
            status: 201,
            body: JSON.stringify({ roomId: JSON.parse(body).caller.id, chargeType: 'license' }),
        }), Math.random() * 20))",
    );
    let client = host.client();
    let calls: Vec<_> = (0..20)
        .map(|n| {
            client.init_by_caller(Some(request(&format!("({{ caller: {{ id: 'SN-{n}' }} }})"))))
        })
        .collect();
    drop(client);
    for (n, call) in calls.into_iter().enumerate() {
        let result = settled(call).await.unwrap();
        assert_eq!(get(&result, "roomId").as_string().unwrap(), format!("SN-{n}"));
    }
}
