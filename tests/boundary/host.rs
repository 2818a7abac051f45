//! A host for the tests: what it was asked, and what it answers.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wmpf_voip::wasm::Client;

/// Runs a piece of JavaScript and gives what it returns.
pub fn js(code: &str) -> JsValue {
    Function::new_no_args(&format!("return ({code})")).call0(&JsValue::NULL).unwrap()
}

/// A property of an object.
pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

/// What `JSON.stringify` makes of a value.
pub fn json(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).unwrap().into()
}

/// The host that the loader injects, with `send` written in JavaScript.
pub struct TestHost(pub JsValue);

impl TestHost {
    /// `send` is a function of the body. Errors are plain objects that say how they were made.
    pub fn new(send: &str) -> TestHost {
        TestHost(js(&format!(
            "(() => {{
                const host = {{
                    routes: [],
                    requests: [],
                    sent: [],
                    retracted: 0,
                    connect(endpoint, headers, timeout) {{
                        host.routes.push({{ endpoint, headers, timeout }});
                        const send = {send};
                        // The loader parses JSON.
                        const received = (answer) => {{
                            try {{
                                const {{ status, body }} = answer;
                                return {{ status, body: typeof body === 'string' ? JSON.parse(body) : body }};
                            }} catch {{
                                return answer;
                            }}
                        }};
                        return (signal) => ({{
                            isCancelled: () => signal !== undefined && signal.aborted,
                            reason: () => signal.reason,
                            deviceToken: () => host.deviceToken && host.deviceToken(),
                            send(method, path, body) {{
                                host.requests.push(`${{method}} ${{path}}`);
                                host.sent.push(JSON.parse(body ?? null));
                                const answer = send(body);
                                return answer instanceof Promise ? answer.then(received) : answer;
                            }},
                            retract() {{
                                host.retracted += 1;
                                throw new Error('a retraction that fails');
                            }},
                        }});
                    }},
                    createError(isCgi, errCode, errMsg, errno, cause) {{
                        return {{ isCgi, errCode, errMsg, errno, cause }};
                    }},
                    createFailure: (errObj) => ({{ errObj }}),
                    createSuccess: (roomId, chargeType) => ({{ roomId, chargeType }}),
                    createContacts: (body) => body,
                }};
                return host;
            }})()"
        )))
    }

    /// A client of this host with the usual options.
    pub fn client(&self) -> Client {
        self.client_with("({})", None)
    }

    /// A client of this host with some options replaced and the host's word about the mini-program.
    pub fn client_with(&self, changes: &str, env_version: Option<JsValue>) -> Client {
        let options = js("({ endpoint: 'http://service/', token: 'session' })");
        let options = Object::assign(
            options.unchecked_ref::<Object>(),
            js(changes).unchecked_ref::<Object>(),
        );
        Client::new("initByCaller", &options, self.0.clone().unchecked_into(), env_version)
            .ok()
            .unwrap()
    }

    /// What was sent.
    pub fn sent(&self) -> Array {
        get(&self.0, "sent").unchecked_into()
    }
}

/// A valid request with some properties replaced.
pub fn request(changes: &str) -> JsValue {
    let valid = js("({
        roomType: 'video',
        caller: { id: 'SN-1', name: '门口机' },
        listener: { id: 'oListener' },
        businessType: 1,
    })");
    let valid: Object = valid.unchecked_into();
    Object::assign(&valid, &js(changes).unchecked_into::<Object>()).into()
}

/// Calls with a valid request with some properties replaced.
pub async fn call(client: &Client, changes: &str) -> Result<JsValue, JsValue> {
    settled(client.ask("initByCaller", Some(request(changes)), &JsValue::UNDEFINED)).await
}

/// What a promise settles with.
pub async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}
