//! Sending traces to a collector of OpenTelemetry.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::SpanKind;
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use ureq::Agent;
use ureq::http::{Request, Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Reads the address of a collector. A wrong one may have a secret, so it is not repeated.
fn endpoint(text: &str) -> Result<String, String> {
    let wrong = "--otlp-endpoint: expected http://host:port or https://host:port of a collector, without a user name, a query or a fragment: \
                 headers such as a key stand in OTEL_EXPORTER_OTLP_HEADERS";
    let url: Uri = text.parse().map_err(|_| wrong.to_owned())?;
    let right_scheme = matches!(url.scheme_str(), Some("http" | "https"));
    let has_host = url.host().is_some_and(|host| !host.is_empty());
    if !right_scheme || !has_host || url.query().is_some() || text.contains(['@', '#']) {
        return Err(wrong.to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// What makes traces and sends them to this collector, some at a time, on a thread of its own. If it cannot be reached, they
/// are lost, and nothing waits.
///
/// # Errors
/// When the address is none, or what the environment says of OpenTelemetry cannot be used.
pub fn provider(address: &str) -> Result<SdkTracerProvider, String> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Client::new())
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(TIMEOUT)
        .with_endpoint(format!("{}/v1/traces", endpoint(address)?))
        .build()
        .map_err(|error| format!("--otlp-endpoint: {error}"))?;
    let resource = Resource::builder()
        .with_service_name("wmpf-voip-server")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(OfRequests(exporter))
        .with_resource(resource)
        .build())
}

/// Gives the spans of requests the names and the kind that OpenTelemetry has for them, which the log has no use for.
#[derive(Debug)]
struct OfRequests<E>(E);

impl<E: SpanExporter> SpanExporter for OfRequests<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter_mut().for_each(name);
        self.0.export(batch).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn name(span: &mut SpanData) {
    let attribute = |key: &str| {
        let found = span.attributes.iter().find(|attribute| attribute.key.as_str() == key);
        found.map(|attribute| attribute.value.as_str().into_owned())
    };
    if let Some(method) = attribute("method") {
        let route = attribute("http.route").map(|route| format!(" {route}")).unwrap_or_default();
        span.name = format!("{method}{route}").into();
        span.span_kind = SpanKind::Server;
    }
}

/// Sends a request over the library that sends webhooks, too.
#[derive(Debug)]
struct Client {
    agent: Agent,
    /// Whether the last one has failed: the log says it once, until one arrives.
    has_failed: AtomicBool,
}

impl Client {
    fn new() -> Client {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .proxy(None)
            .tls_config(tls)
            .build();
        Client { agent: agent.into(), has_failed: AtomicBool::new(false) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let sent = self.agent.run(Request::from_parts(head, body.to_vec()));
        let (head, mut body) = sent?.into_parts();
        Ok(Response::from_parts(head, body.read_to_vec()?.into()))
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        let problem = match &sent {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("it answered {}", response.status().as_u16())),
            Err(error) => Some(error.to_string()),
        };
        let had_failed = self.has_failed.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !had_failed => {
                tracing::warn!(problem, "the collector does not take traces, and they are lost");
            }
            None if had_failed => tracing::info!("the collector takes traces again"),
            Some(_) | None => {}
        }
        Ok(sent?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_given_by_its_address() {
        for right in
            ["http://127.0.0.1:4318", "https://otel.example.com/", "http://[::1]:4318/base"]
        {
            assert_eq!(endpoint(right), Ok(right.trim_end_matches('/').to_owned()));
        }
        for wrong in [
            "",
            "127.0.0.1:4318",
            "grpc://a:4317",
            "http://",
            "http://user:secret@a/",
            "http://a/?key=1",
            "http://a/#b",
        ] {
            assert!(endpoint(wrong).is_err_and(|text| !text.contains("secret")), "{wrong}");
        }
    }
}
