//! By which names the demo is reached.
//!
//! A page of anybody may give its name the address of the machine on which the demo runs (DNS rebinding). Its requests are
//! then of the same origin, and it could read the tokens. So the demo answers only where the name cannot be such a
//! page's.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::failure::Failure;
use wmpf_voip_calls::preview::preview;

/// Refuses a request whose `Host` or `Origin` is neither an IP address nor `localhost` nor one of `hosts`.
pub(crate) async fn guard(
    State(hosts): State<Arc<[String]>>,
    request: Request,
    next: Next,
) -> Response {
    match stranger(&hosts, &request) {
        None => next.run(request).await,
        Some(name) => Failure::Http(
            StatusCode::FORBIDDEN,
            format!(
                "the demo gives tokens where it is reached by an IP address, as localhost, or by a name that --demo-host has, \
                 and not by {}",
                preview(&name)
            ),
        )
        .into_response(),
    }
}

/// The name that is not the demo's, if the request has one.
fn stranger(hosts: &[String], request: &Request) -> Option<String> {
    let headers = request.headers();
    let authority = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let host = authority.or_else(|| text(headers, HOST)).unwrap_or_default();
    let is_host = host.parse().is_ok_and(|authority: Authority| is_named(hosts, authority.host()));
    if !is_host {
        return Some(host);
    }
    // A page without an origin of its own has "null".
    let origin = headers.contains_key(ORIGIN).then(|| text(headers, ORIGIN).unwrap_or_default())?;
    let uri: Option<Uri> = origin.parse().ok();
    let is_origin = uri.and_then(|uri| uri.authority().cloned());
    let is_origin = is_origin.is_some_and(|authority| is_named(hosts, authority.host()));
    (!is_origin || !origin.starts_with("http")).then_some(origin)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned())
}

fn is_named(hosts: &[String], host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is = |name: &str| host.trim_end_matches('.').eq_ignore_ascii_case(name);
    address.parse::<IpAddr>().is_ok() || is("localhost") || hosts.iter().any(|name| is(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(headers: &[(&str, &str)]) -> bool {
        let request = headers
            .iter()
            .fold(Request::builder(), |request, &(name, value)| request.header(name, value));
        let request = request.body(axum::body::Body::empty()).unwrap();
        stranger(&["demo.example".to_owned()], &request).is_some()
    }

    #[test]
    fn addresses_localhost_and_named_hosts_are_answered() {
        for host in [
            "127.0.0.1:8787",
            "[::1]:8787",
            "192.168.1.2",
            "localhost:8787",
            "LOCALHOST",
            "localhost.",
            "demo.example:443",
        ] {
            assert!(!is_refused(&[("host", host)]), "{host}");
            let origin = format!("http://{host}");
            assert!(!is_refused(&[("host", host), ("origin", &origin)]), "{origin}");
        }
    }

    #[test]
    fn no_other_name_is() {
        for host in [
            "page.example",
            "127.0.0.1.page.example:8787",
            "localhost.page.example",
            "page.localhost",
            "user@page.example",
            "",
            "demo.example.page.example",
        ] {
            assert!(is_refused(&[("host", host)]), "{host}");
        }
        assert!(is_refused(&[]));
        for origin in
            ["null", "http://page.example", "https://localhost.page.example", "", "file://"]
        {
            assert!(is_refused(&[("host", "127.0.0.1"), ("origin", origin)]), "{origin}");
        }
    }
}
