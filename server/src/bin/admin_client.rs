//! Sending a request of an operator to a running service.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use ureq::Body;
use ureq::http::{Method, Request, Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use wmpf_voip::protocol::{AnswerError, Refusal};
use wmpf_voip_server::domain::admin_key::AdminKey;

/// The environment variable with the admin key, the same as for the service.
const KEY_VARIABLE: &str = "WMPF_VOIP_ADMIN_KEY";

/// How long to wait for an answer. The service gives up a request earlier.
const TIMEOUT: Duration = Duration::from_secs(30);

pub type Error = Box<dyn std::error::Error>;

/// A request for `/v1/admin/`.
pub struct Sent {
    /// The HTTP method.
    pub method: Method,
    /// The path below `/v1/admin`, with its query.
    pub path: String,
    /// The body, as JSON.
    pub body: Option<String>,
}

/// The admin key that is in the file, or else in the environment variable.
///
/// # Errors
/// When there is none, or it cannot be one.
pub fn key(file: Option<&Path>) -> Result<String, Error> {
    let key = match file {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| format!("--key-file {}: {error}", path.display()))?,
        None => std::env::var(KEY_VARIABLE).map_err(|_| {
            format!(
                "the admin key is missing: set {KEY_VARIABLE} to the one that the service was started \
                 with, or name a file that has it with --key-file"
            )
        })?,
    };
    let key = key.trim_end().to_owned();
    AdminKey::new(&key)?;
    Ok(key)
}

/// The authorities of `--ca`.
fn authorities(path: &Path) -> Result<RootCerts, Error> {
    let wrong = |error: &dyn Display| format!("--ca {}: {error}", path.display());
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    let certificates = ureq::tls::parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(Ok(certificate)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(&error))?;
    if certificates.is_empty() {
        return Err(wrong(&"expected certificates as PEM, got none").into());
    }
    Ok(RootCerts::from(certificates))
}

/// Sends the request and gives the answer, which may have no content. `ca` is a file with the authorities that count, in place
/// of those of the system.
///
/// # Errors
/// When the service cannot be reached, or refuses.
pub fn ask(server: &str, ca: Option<&Path>, key: &str, sent: Sent) -> Result<Option<Value>, Error> {
    let mut response = send(server, ca, key, sent, Some(TIMEOUT))?;
    let status = response.status();
    let body = response.body_mut().read_to_string()?;
    if status == StatusCode::NO_CONTENT {
        return Ok(None);
    }
    match serde_json::from_str(&body) {
        Ok(answer) if status.is_success() => Ok(Some(answer)),
        _ => Err(refusal(status, &body)),
    }
}

/// Sends the request and writes what is answered, however long that takes.
///
/// # Errors
/// When the service cannot be reached, refuses, or breaks off; or it cannot be written.
pub fn download(
    server: &str,
    ca: Option<&Path>,
    key: &str,
    sent: Sent,
    to: &mut impl Write,
) -> Result<(), Error> {
    let mut response = send(server, ca, key, sent, None)?;
    let status = response.status();
    if !status.is_success() {
        return Err(refusal(status, &response.body_mut().read_to_string()?));
    }
    let copied = io::copy(&mut response.body_mut().as_reader(), to);
    copied.map_err(|error| format!("this is only a part of it: {error}"))?;
    Ok(to.flush()?)
}

/// The refusal in an answer that is none of success.
fn refusal(status: StatusCode, body: &str) -> Error {
    match serde_json::from_str::<Refusal>(body) {
        Ok(refusal) => refusal.into(),
        Err(_) => AnswerError::Http(status.as_u16()).into(),
    }
}

/// Sends the request, and waits for the answer for at most `limit`.
fn send(
    server: &str,
    ca: Option<&Path>,
    key: &str,
    Sent { method, path, body }: Sent,
    limit: Option<Duration>,
) -> Result<Response<Body>, Error> {
    let server = server.trim_end_matches('/');
    // Errors repeat the URL, so it must not hold a secret.
    if server.contains('@') {
        return Err(
            "--server: expected https://host:port or http://host:port, without a user name and a password: the \
                    admin key is all that the service asks for"
                .into(),
        );
    }
    let speaks_tls = server.starts_with("https://");
    if !speaks_tls && !server.starts_with("http://") {
        return Err("--server: expected https://host:port or http://host:port".into());
    }
    if ca.is_some() && !speaks_tls {
        return Err(
            "--ca: expected a --server with https://, because http has no certificates".into()
        );
    }
    let roots = ca.map_or(Ok(RootCerts::PlatformVerifier), authorities)?;
    // The key is sent to the service itself, not to a proxy and not to where an answer redirects.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(limit)
        .timeout_recv_response(Some(TIMEOUT))
        .max_redirects(0)
        .proxy(None)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .build()
        .into();
    let request = Request::builder()
        .method(method)
        .uri(format!("{server}/v1/admin{path}"))
        .header("authorization", format!("Bearer {key}"));
    let answered = match body {
        Some(body) => agent.run(request.header("content-type", "application/json").body(body)?),
        None => agent.run(request.body(())?),
    };
    let answered =
        answered.map_err(|error| format!("{server}: {error}; is the service running there?"))?;
    Ok(answered)
}
