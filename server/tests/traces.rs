//! The traces that the real program sends to a collector of OpenTelemetry.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use tokio::process::Command;
use tokio::time::sleep;

use crate::common::Api;
use crate::common::backend::{Backend, Does};
use crate::common::program::{PROGRAM, Program};

/// A trace that the caller has begun, and its own span in it.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn endpoint(collector: &Backend) -> String {
    collector.url.split("/hooks").next().unwrap().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An attribute of a span as a text.
fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    let value = found.value.as_ref()?.value.as_ref()?;
    if let Any::IntValue(number) = value {
        return Some(number.to_string());
    }
    let Any::StringValue(text) = value else { panic!("{value:?}") };
    Some(text.clone())
}

/// The spans of everything that arrives until one has this name.
async fn until(collector: &mut Backend, name: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    while !spans.iter().any(|span: &Span| span.name == name) {
        let received = collector.next().await;
        assert_eq!(received.path, "/v1/traces");
        assert_eq!(received.header("content-type"), "application/x-protobuf");
        let batch = ExportTraceServiceRequest::decode(received.body).unwrap();
        for of_resource in batch.resource_spans {
            let resource = format!("{:?}", of_resource.resource.unwrap());
            assert!(resource.contains("wmpf-voip-server"), "{resource}");
            spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    spans
}

#[tokio::test]
async fn a_request_is_a_span_of_its_callers_trace_with_what_the_store_took() {
    let mut collector = Backend::start(&[]).await;
    let dir = tempfile::tempdir().unwrap();
    let endpoint = endpoint(&collector);
    let log = "info,wmpf_voip_server::http=off";
    let flags = ["--otlp-endpoint", &endpoint, "--log", log, "--trusted-proxy", "127.0.0.1"];
    let program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    let demo = program.api.demo().await;
    let token = demo.device("token");
    let request = program.api.http("POST", "/v1/calls").bearer_auth(token);
    let request = request.header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    let response = request.json(&demo.device_to_phone()).send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();

    let spans = until(&mut collector, "POST /v1/calls").await;
    let span = spans.iter().find(|span| span.name == "POST /v1/calls").unwrap();
    assert_eq!((hex(&span.trace_id), hex(&span.parent_span_id)), (TRACE.into(), PARENT.into()));
    assert_eq!(span.kind, i32::from(SpanKind::Server));
    assert_eq!(attribute(span, "http.response.status_code").as_deref(), Some("201"));
    assert_eq!(attribute(span, "http.route").as_deref(), Some("/v1/calls"));
    assert_eq!(attribute(span, "request_id"), Some(id));
    assert!(span.events.iter().any(|event| event.name == "a call rings"), "{:?}", span.events);
    let store =
        spans.iter().find(|other| other.name == "store" && other.parent_span_id == span.span_id);
    assert!(store.is_some_and(|store| store.trace_id == span.trace_id), "{spans:?}");
    let said = format!("{spans:?}");
    assert!(!said.contains(token), "a token is in a trace");

    // What is left when the service stops arrives, too.
    program.api.get("/openapi.json").await;
    assert!(program.end("-TERM").await.0.success());
    until(&mut collector, "GET /openapi.json").await;
}

#[tokio::test]
async fn a_trace_that_a_stranger_has_begun_is_not_gone_on_with() {
    let mut collector = Backend::start(&[]).await;
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--otlp-endpoint", &endpoint(&collector)];
    let program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    let request = program.api.http("GET", "/openapi.json");
    let request = request.header("traceparent", format!("00-{TRACE}-{PARENT}-00"));
    assert_eq!(request.send().await.unwrap().status(), 200);
    let spans = until(&mut collector, "GET /openapi.json").await;
    assert!(spans.iter().all(|span| hex(&span.trace_id) != TRACE), "{spans:?}");
}

#[tokio::test]
async fn a_collector_that_does_not_answer_holds_nobody_up_and_is_logged_once() {
    let collector = Backend::start(&[Does::Answer(503), Does::Answer(503)]).await;
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--otlp-endpoint", &endpoint(&collector)];
    let mut program = Program::start(&dir.path().join("data.sqlite"), &flags).await;
    let demo = program.api.demo().await;
    assert_eq!(program.api.place(demo.device("token"), &demo.device_to_phone()).await.0, 201);
    program.has_logged("does not take traces").await;
    // It takes the third batch.
    let api = Api::new(&program.api.address);
    let busy = async {
        loop {
            api.get("/livez").await;
            sleep(Duration::from_millis(200)).await;
        }
    };
    let log = tokio::select! {
        () = busy => unreachable!("it goes on"),
        log = program.has_logged("the collector takes traces again") => log,
    };
    assert_eq!(log.matches("does not take traces").count(), 1, "{log}");
    assert!(log.contains("it answered 503"), "{log}");
    drop(collector);
    assert!(program.end("-TERM").await.0.success());
}

#[tokio::test]
async fn a_wrong_address_of_a_collector_is_refused_and_not_repeated() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let output = Command::new(PROGRAM)
        .args(["--otlp-endpoint", "http://user:a-secret@127.0.0.1:4318", "--data"])
        .arg(&data)
        .output();
    let output = output.await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("--otlp-endpoint: expected http://host:port"), "{said}");
    assert!(!said.contains("a-secret") && !data.exists(), "{said}");
}
