//! The OpenAPI document, held against what the service takes: what it permits is not refused for its form, and what it
//! does not permit is.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::common;

use std::collections::BTreeSet;

use common::samples::{Samples, validator};
use common::{ADMIN_KEY, TestServer, answer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// How many requests are drawn for each operation.
const REQUESTS: u64 = 40;

/// How many requests are drawn at most until one of them shows that a limit is wrong.
const TRIES: u64 = 600;

/// An operation of the document that is not a socket.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    says: &'a Value,
}

impl<'a> Operation<'a> {
    fn all(document: &'a Value) -> Vec<Operation<'a>> {
        let paths = document["paths"].as_object().unwrap().iter();
        let operations = paths.flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().iter();
            operations.map(move |(method, says)| Operation { method, path, says })
        });
        operations.filter(|operation| operation.says["responses"]["101"].is_null()).collect()
    }

    fn body(&self) -> Option<&'a Value> {
        let schema = &self.says["requestBody"]["content"]["application/json"]["schema"];
        (!schema.is_null()).then_some(schema)
    }

    fn parameters(&self) -> impl Iterator<Item = &'a Value> {
        self.says["parameters"].as_array().into_iter().flatten()
    }

    /// Sends the operation with this body and drawn parameters. Gives what is wrong with the form, if something is.
    async fn refused(
        &self,
        to: &Service,
        samples: &mut Samples<'_>,
        body: Option<&Value>,
    ) -> Option<String> {
        let (mut path, mut query, mut headers) = (self.path.to_owned(), String::new(), Vec::new());
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap();
            let place = parameter["in"].as_str().unwrap();
            let text = loop {
                let value = samples.value(&parameter["schema"]);
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                // What a URL leaves out is no id, and a header has no control characters.
                let is_sendable = match place {
                    "path" => !matches!(&*text, "" | "." | ".."),
                    "header" => !text.contains('\u{1}'),
                    _ => true,
                };
                if is_sendable {
                    break text;
                }
            };
            let encoded = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
            match place {
                "path" => path = path.replace(&format!("{{{name}}}"), &encoded),
                "query" => query += &format!("&{name}={encoded}"),
                "header" => headers.push((name, text)),
                other => panic!("{other}"),
            }
        }
        let key = if path.starts_with("/v1/admin/") { ADMIN_KEY } else { &to.token };
        let mut request =
            to.server.api.http(&self.method.to_uppercase(), &format!("{path}?{query}"));
        request = request.bearer_auth(key);
        for (name, text) in headers {
            request = request.header(name, text.into_bytes());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let (status, answer) = answer(request).await;
        assert_ne!(status, 401, "{answer}");
        assert!(status < 500, "{status} {answer}");
        // Whether an openId is well-formed is looked at after the form, and depends on the kind of call.
        let is_of_form = matches!(status, 400 | 413 | 415 | 422) && answer["errcode"] != 7;
        is_of_form.then(|| format!("{} {}: {answer}, sent {body:?}", self.method, self.path))
    }
}

/// A service, and the token of a user.
struct Service {
    server: TestServer,
    token: String,
}

impl Service {
    async fn start() -> (Service, Value) {
        let server = TestServer::start().await;
        let token = server.api.demo().await.phone("token").to_owned();
        let (_, document) = server.api.get("/openapi.json").await;
        (Service { server, token }, document)
    }
}

#[tokio::test]
async fn what_the_document_permits_is_not_refused_for_its_form() {
    let (service, document) = Service::start().await;
    let mut samples = Samples::new(&document, 1);
    let mut bodies = 0;
    for operation in Operation::all(&document) {
        let body = operation.body();
        bodies += usize::from(body.is_some());
        let right = body.map(|schema| validator(&document, schema));
        for _ in 0..if body.is_some() { REQUESTS } else { REQUESTS / 10 } {
            let body = body.map(|schema| samples.value(schema));
            if let (Some(right), Some(body)) = (&right, &body) {
                assert!(right.is_valid(body), "{body} is no sample of {}", operation.path);
            }
            let refused = operation.refused(&service, &mut samples, body.as_ref()).await;
            assert_eq!(refused, None);
        }
    }
    assert_eq!(bodies, 6 + 7 + 5, "every body was sent");
}

#[tokio::test]
async fn what_the_document_does_not_permit_is_refused() {
    let (service, document) = Service::start().await;
    let mut samples = Samples::new(&document, 2);
    let others = [
        json!(true),
        json!(7),
        json!(-1),
        json!(0.5),
        json!(1e300),
        json!(""),
        json!("toaster"),
        json!("a\nb"),
        json!("%"),
        json!("x".repeat(5000)),
        json!([]),
        json!(["o1", 7]),
        json!({}),
    ];
    let mut wrong = 0;
    for operation in Operation::all(&document) {
        let Some(schema) = operation.body() else { continue };
        let right = validator(&document, schema);
        for _ in 0..REQUESTS / 10 {
            let sample = samples.value(schema);
            for name in sample.as_object().unwrap().keys() {
                // The service reads it for businessType 1 only.
                if name == "deviceToken" {
                    continue;
                }
                for other in &others {
                    let mut body = sample.clone();
                    body[name] = other.clone();
                    let refused = operation.refused(&service, &mut samples, Some(&body)).await;
                    let permits = right.is_valid(&body);
                    wrong += usize::from(!permits);
                    assert_eq!(
                        refused.is_none(),
                        permits,
                        "{}: {body} {refused:?}",
                        operation.path
                    );
                }
            }
        }
    }
    assert!(wrong > 1000, "{wrong}");
}

/// The document with one limit less, and where that is.
struct Loosened {
    at: String,
    document: Value,
}

/// Every way to take a limit from the schema at `pointer`, or to move it by one.
fn loosen(document: &Value, pointer: &str, loosened: &mut Vec<Loosened>) {
    let schema = document.pointer(pointer).unwrap();
    let mut with = |keyword: &str, value: Option<Value>| {
        let mut document = document.clone();
        let schema = document.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => schema.insert(keyword.into(), value),
            None => schema.remove(keyword),
        };
        loosened.push(Loosened { at: format!("{pointer} {keyword}"), document });
    };
    for (keyword, limit) in schema.as_object().into_iter().flatten() {
        match (keyword.as_str(), limit) {
            ("maxLength" | "maxItems" | "maximum", limit) => {
                with(keyword, Some(json!(limit.as_i64().unwrap() + 1)));
            }
            ("minLength" | "minItems", limit) if *limit == 0 => {}
            ("minLength" | "minItems" | "minimum" | "exclusiveMinimum", limit) => {
                with(keyword, Some(json!(limit.as_i64().unwrap() - 1)));
            }
            ("pattern", _) => with(keyword, None),
            ("additionalProperties", _) => with(keyword, None),
            ("enum", Value::Array(words)) => {
                let wrong = if words[0].is_number() { json!(77) } else { json!("toaster") };
                with(keyword, Some(json!([wrong])));
            }
            ("required", Value::Array(names)) => {
                for name in names {
                    let others: Vec<&Value> = names.iter().filter(|other| *other != name).collect();
                    with(keyword, Some(json!(others)));
                }
            }
            _ => {}
        }
    }
}

/// The pointers of every schema that a schema consists of, itself among them.
fn reached(document: &Value, pointer: &str, found: &mut BTreeSet<String>) {
    if !found.insert(pointer.to_owned()) {
        return;
    }
    let schema = document.pointer(pointer).unwrap();
    if let Some(reference) = schema["$ref"].as_str() {
        reached(document, reference.trim_start_matches('#'), found);
    }
    for part in ["allOf", "anyOf", "oneOf"] {
        for index in 0..schema[part].as_array().map_or(0, Vec::len) {
            reached(document, &format!("{pointer}/{part}/{index}"), found);
        }
    }
    for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
        reached(document, &format!("{pointer}/properties/{name}"), found);
    }
    if schema["items"].is_object() {
        reached(document, &format!("{pointer}/items"), found);
    }
}

#[tokio::test]
async fn a_limit_that_is_wider_than_the_rule_is_noticed() {
    let (service, document) = Service::start().await;
    let mut seen = BTreeSet::new();
    let mut limits = 0;
    for operation in Operation::all(&document) {
        let path = operation.path.replace('/', "~1");
        let at = format!("/paths/{path}/{}", operation.method);
        let mut pointers = BTreeSet::new();
        if operation.body().is_some() {
            let body = format!("{at}/requestBody/content/application~1json/schema");
            reached(&document, &body, &mut pointers);
        }
        for (index, parameter) in operation.parameters().enumerate() {
            // It is the same one in many operations.
            if seen.insert(parameter.to_string()) {
                reached(&document, &format!("{at}/parameters/{index}/schema"), &mut pointers);
            }
        }
        for pointer in pointers {
            if !seen.insert(pointer.clone()) {
                continue;
            }
            let parameter = pointer.strip_suffix("/schema").and_then(|at| document.pointer(at));
            let is_id = parameter.is_some_and(|parameter| parameter["in"] == "path");
            let mut loosened = Vec::new();
            loosen(&document, &pointer, &mut loosened);
            for Loosened { at, document } in loosened {
                // Without an id it is another path.
                if is_id && at.ends_with(" minLength") {
                    continue;
                }
                limits += 1;
                let says =
                    document.pointer(&format!("/paths/{path}/{}", operation.method)).unwrap();
                let operation = Operation { says, ..operation };
                assert!(is_noticed(&service, &document, &operation).await, "{at}");
            }
        }
    }
    assert!(limits > 100, "{limits}");
}

async fn is_noticed(service: &Service, document: &Value, operation: &Operation<'_>) -> bool {
    let mut samples = Samples::new(document, 3);
    for _ in 0..TRIES {
        let body = operation.body().map(|schema| samples.value(schema));
        if operation.refused(service, &mut samples, body.as_ref()).await.is_some() {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn a_description_has_no_words_of_rust() {
    let (_, document) = Service::start().await;
    let text = document.to_string();
    for word in ["[`", "`None`", "`Some`"] {
        assert!(!text.contains(word), "{word}");
    }
}
