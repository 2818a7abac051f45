//! Which URLs a webhook may have.

use std::net::IpAddr;

use axum::http::Uri;
use wmpf_voip::schema::string;
use wmpf_voip::schema_of_rules;

/// The most bytes that a URL may have.
const MAX_LENGTH: usize = 2048;

/// The pattern of most of the URLs that a webhook may have: those of the characters that RFC 3986 knows.
const PATTERN: &str = concat!(
    r"^(?:https://(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\])",
    r"|http://(?:localhost|127\.0\.0\.1|\[::1\]))",
    // A port is a number from 1 to 65535.
    r"(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?",
    r"(?:[/?][A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$",
);

schema_of_rules! {
    /// An https URL; http only to the service's own machine.
    WebhookUrl: string(0, MAX_LENGTH).pattern(Some(PATTERN));
}

/// What a URL has to look like, in the text of a refusal.
pub(crate) const EXPECTED_URL: &str = "an https:// URL of at most 2048 visible ASCII characters, without a user name or a \
     fragment; http:// only to this machine (localhost, 127.0.0.1, [::1])";

/// Whether messages may be sent to the URL `text`.
pub(crate) fn is_url(text: &str) -> bool {
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    if text.len() > MAX_LENGTH || !visible {
        return false;
    }
    let Ok(url) = text.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else {
        return false;
    };
    let host = authority.host();
    // Beside the host there may be a port after it, but no user name before it.
    let right_port = match authority.as_str().strip_prefix(host) {
        Some("") => true,
        Some(_) => authority.port_u16().is_some_and(|port| port != 0),
        None => false,
    };
    let right_scheme = scheme == "https" || (scheme == "http" && is_this_machine(host));
    !host.is_empty() && right_port && right_scheme
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_leaves_this_machine() {
        for right in [
            "https://example.com",
            "https://example.com:8443/hooks/voip?a=b",
            "https://10.0.0.1/",
            "https://[2001:db8::1]:1/",
            "http://localhost:8080/",
            "http://LOCALHOST",
            "http://127.0.0.1:1/a",
            "http://127.1.2.3/",
            "http://[::1]:8080/",
        ] {
            assert!(is_url(right), "{right}");
        }
        for wrong in [
            "",
            "example.com",
            "/hooks",
            "http://example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[2001:db8::1]/",
            "ftp://example.com/",
            "https:///hooks",
            "https://:443/",
            "https://user@example.com/",
            "https://user:secret@example.com/",
            "http://localhost@example.com/",
            "https://example.com:0/",
            "https://example.com:99999/",
            "https://example.com:/",
            "https://example.com/#a",
            "https://example.com/a b",
            "https://exämple.com/",
            " https://example.com/",
        ] {
            assert!(!is_url(wrong), "{wrong}");
        }
        assert!(is_url(&format!("https://a/{}", "b".repeat(2038))));
        assert!(!is_url(&format!("https://a/{}", "b".repeat(2039))));
    }
}
