//! The span of a request: what the log and the traces say of it.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderName;
use axum::response::Response;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use wmpf_voip::code::Code;

use super::connections;
use super::health::Probe;
use super::session::client;
use crate::app::App;
use crate::domain::request_id::RequestId;

/// The header by which a proxy says to which trace a request belongs (W3C Trace Context).
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The span of a request. It has the path without its query: nobody should put a secret there, and somebody will.
pub(crate) fn span(app: &App, request: &Request) -> Span {
    let extensions = request.extensions();
    let span = tracing::info_span!(
        "request",
        request_id = extensions.get::<RequestId>().map(display),
        client = client(app, extensions, request.headers()).map(display),
        method = %request.method(),
        path = request.uri().path(),
        // The handler fills this in later, and for operators the guard.
        key = Empty,
        address = Empty,
        app_id = Empty,
        room_id = Empty,
    );
    // These do nothing where there are no traces.
    if let Some(route) = extensions.get::<MatchedPath>() {
        span.set_attribute("http.route", route.as_str().to_owned());
    }
    continue_trace(app, &span, request);
    span
}

/// Makes the span part of a trace that a trusted proxy has begun. Anybody else could fill the collector, or hide from it.
fn continue_trace(app: &App, span: &Span, request: &Request) {
    let headers = request.headers();
    let is_trusted =
        connections::peer(request.extensions()).is_some_and(|peer| app.proxies.has(peer));
    if is_trusted && headers.contains_key(TRACEPARENT) {
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // It fails only where there are no traces.
        let _ = span.set_parent(parent);
    }
}

/// Says that a request was answered. A probe that is content is no news.
pub(crate) fn answered(response: &Response, latency: Duration, span: &Span) {
    let status = response.status().as_u16();
    span.set_attribute("http.response.status_code", i64::from(status));
    // A u128 would be logged as a string.
    let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    let extensions = response.extensions();
    let code = extensions.get::<Code>().map(|&code| u16::from(code));
    if extensions.get::<Probe>().is_some() && response.status().is_success() {
        tracing::debug!(status, latency_us, code, "answered");
    } else {
        tracing::info!(status, latency_us, code, "answered");
    }
}
