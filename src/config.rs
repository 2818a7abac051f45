//! How the module reaches its room service: what `configure` takes.

use crate::code::Code;
use crate::problem::Problems;
use crate::role::Role;
use crate::secret::Secret;
use crate::text::concat;
use crate::transport::Route;
use crate::value::Value;
use crate::words::Phrase;

/// How long a call waits for the service's answer, in milliseconds, if nothing else is said.
pub const DEFAULT_TIMEOUT_MS: u32 = 10_000;

/// The longest timeout: `wx.request` takes no more.
pub const MAX_TIMEOUT_MS: u32 = 60_000;

/// A configuration as it came.
#[derive(Debug, Default)]
pub struct RawConfig {
    /// `endpoint`
    pub endpoint: Value,
    /// `token`
    pub token: Secret<Value>,
    /// `timeout`
    pub timeout: Value,
    /// `role`
    pub role: Value,
    /// The `envVersion` of the mini-program's account information, where the host has it. It is the
    /// host's own word and not an option: whatever it is, it is no error.
    pub env_version: Value,
}

/// A valid configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The service's address without a slash at its end.
    pub endpoint: String,
    /// The session token that says who this party is.
    pub token: Secret<String>,
    /// How long a call may wait for its host and for the service, in milliseconds.
    pub timeout_ms: u32,
    /// Which end of a call this host is, if it was said.
    pub role: Option<Role>,
    /// Whether this host is a released mini-program.
    pub released: bool,
}

impl Config {
    /// How requests are sent.
    #[must_use]
    pub fn route(&self) -> Route {
        Route {
            endpoint: self.endpoint.clone(),
            headers: [
                ("content-type", "application/json".into()),
                ("authorization", concat(&["Bearer ", self.token.expose()])),
            ],
            timeout_ms: self.timeout_ms,
        }
    }
}

impl RawConfig {
    /// Checks every field and fills in the defaults.
    ///
    /// # Errors
    /// Everything that is wrong, `endpoint` first.
    pub fn validate(self) -> Result<Config, Problems> {
        let mut problems = Problems::default();
        let endpoint = endpoint(&mut problems, &self.endpoint);
        let token = token(&mut problems, self.token);
        let timeout_ms = timeout(&mut problems, &self.timeout);
        let role = role(&mut problems, &self.role);
        // The platform's word for what a request calls formal.
        let released = matches!(&self.env_version, Value::String(version) if version == "release");
        match (endpoint, token, timeout_ms) {
            (Some(endpoint), Some(token), Some(timeout_ms)) if problems.is_empty() => {
                Ok(Config { endpoint, token, timeout_ms, role, released })
            }
            _ => Err(problems),
        }
    }
}

fn endpoint(problems: &mut Problems, value: &Value) -> Option<String> {
    const PATH: &str = "configure.endpoint";
    let is_address = |text: &str| {
        let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
            && !text
                .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#'))
    };
    match value {
        // A password stands there, and the address is repeated in errors.
        Value::String(text) if text.chars().any(|c| c == '@') => {
            problems.wrong_secret(PATH, Code::Parameter, Phrase::ADDRESS, value);
            None
        }
        Value::String(text) if is_address(text) => Some(text.trim_end_matches('/').to_owned()),
        Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong(PATH, Phrase::ADDRESS, value);
            None
        }
    }
}

fn token(problems: &mut Problems, value: Secret<Value>) -> Option<Secret<String>> {
    // It becomes a header, and a header takes no space and nothing outside of ASCII.
    let is_token =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    match value.into_inner() {
        Value::String(text) if is_token(&text) => Some(Secret::new(text)),
        wrong @ (Value::Missing | Value::String(_) | Value::Number(_) | Value::Other(_)) => {
            problems.wrong_secret(
                "configure.token",
                Code::Parameter,
                Phrase::SESSION_TOKEN,
                &wrong,
            );
            None
        }
    }
}

fn timeout(problems: &mut Problems, value: &Value) -> Option<u32> {
    match value {
        Value::Missing => Some(DEFAULT_TIMEOUT_MS),
        // The range is checked first, so the conversion only drops a fraction of a millisecond.
        Value::Number(ms) if (1.0..=f64::from(MAX_TIMEOUT_MS)).contains(ms) => Some(*ms as u32),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("configure.timeout", Phrase::MILLISECONDS, value);
            None
        }
    }
}

fn role(problems: &mut Problems, value: &Value) -> Option<Role> {
    match value {
        Value::Missing => None,
        Value::String(text) if text == Role::Device.as_str() => Some(Role::Device),
        Value::String(text) if text == Role::Phone.as_str() => Some(Role::Phone),
        Value::String(_) | Value::Number(_) | Value::Other(_) => {
            problems.wrong("configure.role", Phrase::ROLE, value);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(endpoint: &str, token: &str, timeout: Value) -> RawConfig {
        RawConfig {
            endpoint: Value::string(endpoint),
            token: Secret::new(Value::string(token)),
            timeout,
            ..RawConfig::default()
        }
    }

    #[test]
    fn a_configuration_is_checked_and_completed() {
        let config =
            raw("https://voip.example/base//", "a.b.c", Value::Missing).validate().unwrap();
        assert_eq!(config.endpoint, "https://voip.example/base");
        assert_eq!(config.timeout_ms, DEFAULT_TIMEOUT_MS);
        let config = raw("http://[::1]:8787", "t", Value::Number(60_000.0)).validate().unwrap();
        assert_eq!((config.endpoint.as_str(), config.timeout_ms), ("http://[::1]:8787", 60_000));
    }

    #[test]
    fn requests_are_sent_with_the_session_token() {
        let config = raw("http://service/", "session", Value::Number(500.0)).validate().unwrap();
        let route = config.route();
        assert_eq!((route.endpoint.as_str(), route.timeout_ms), ("http://service", 500));
        assert_eq!(
            route.headers,
            [
                ("content-type", "application/json".to_owned()),
                ("authorization", "Bearer session".to_owned()),
            ]
        );
    }

    #[test]
    fn every_wrong_field_is_reported_and_the_token_is_not_shown() {
        let problems = raw("ws://x", "s3 cret", Value::Number(0.0)).validate().unwrap_err();
        let paths: Vec<&str> = problems.as_slice().iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["configure.endpoint", "configure.token", "configure.timeout"]);
        assert!(!problems.to_string().contains("s3 cret"));
        assert_eq!(RawConfig::default().validate().unwrap_err().as_slice().len(), 2);
    }

    #[test]
    fn addresses_that_cannot_carry_a_path_are_refused() {
        for wrong in [
            "",
            "x",
            "http://",
            "https:///x",
            "http://a b",
            "http://a?x",
            "http://a#x",
            "http://u:p@a",
        ] {
            let problems = raw(wrong, "t", Value::Missing).validate().unwrap_err();
            assert_eq!(problems.as_slice()[0].path, "configure.endpoint", "{wrong:?}");
        }
        let said = raw("http://u:pa55@a", "t", Value::Missing).validate().unwrap_err().to_string();
        assert!(!said.contains("pa55"), "{said}");
        for wrong in [f64::NAN, 60_001.0, -1.0] {
            assert!(raw("http://a", "t", Value::Number(wrong)).validate().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_may_say_which_end_it_is() {
        let with = |role: &str| {
            let role = Value::string(role);
            RawConfig { role, ..raw("http://a", "t", Value::Missing) }.validate()
        };
        assert_eq!(raw("http://a", "t", Value::Missing).validate().unwrap().role, None);
        assert_eq!(with("device").unwrap().role, Some(Role::Device));
        assert_eq!(with("phone").unwrap().role, Some(Role::Phone));
        assert_eq!(
            with("Phone").unwrap_err().to_string(),
            "configure.role: expected 'device' or 'phone', got the string 'Phone'"
        );
    }

    #[test]
    fn only_a_release_is_released() {
        for (version, released) in [
            (Value::string("release"), true),
            (Value::string("trial"), false),
            (Value::string("develop"), false),
            (Value::Missing, false),
            (Value::Number(1.0), false),
        ] {
            let raw = RawConfig { env_version: version, ..raw("http://a", "t", Value::Missing) };
            assert_eq!(raw.validate().unwrap().released, released);
        }
    }
}
