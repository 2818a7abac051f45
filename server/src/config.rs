//! The configuration of a service.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderValue;
use wmpf_voip_calls::creation::RingingLimits;

use crate::domain::address::TrustedProxies;
use crate::domain::admin_key::AdminKeys;
use crate::domain::clock::Clock;
use crate::media::ice::IceServers;

/// The policy below, with more scripts and servers.
macro_rules! policy {
    ($scripts:literal, $servers:literal) => {
        concat!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
            $scripts,
            "; connect-src 'self'",
            $servers,
            "; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; ",
            "media-src 'self' blob: data:; font-src 'self' data:; worker-src 'self' blob:; ",
            "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
        )
    };
}

/// What the pages of `--www` may load and do by default, as the header `content-security-policy` says it: what is of their own
/// origin, sockets included; the module's wasm; pictures and sounds that they have made themselves. Scripts are files, so
/// that a text that a page shows as HTML by mistake runs nothing.
pub const WWW_CSP: &str = policy!("", "");

/// The same with `--demo`, for its page: browsers take an import map only from the page itself, so it is allowed by its
/// hash, and the gallery of errors calls a port where nobody answers.
pub const WWW_CSP_OF_DEMO: &str =
    policy!(" 'sha256-1HwW7mL4aGo2DwYZREiAkqMb0LIky6AMYg2zWFKDlME='", " http://127.0.0.1:2");

/// For how many days messages to backends are remembered by default.
pub const RETAIN_WEBHOOKS_DAYS: u32 = 7;

/// The configuration of a service.
#[derive(Debug, Clone)]
pub struct Config {
    /// The path of the SQLite file.
    pub data: PathBuf,
    /// The directory of static files to serve at `/`, if there is one.
    pub www: Option<PathBuf>,
    /// What the pages of `www` may load and do, as the header `content-security-policy` says it. `None` sends no such
    /// header.
    pub www_csp: Option<HeaderValue>,
    /// Whether to add the demo's records and to hand out tokens for them to everybody who asks.
    pub demo: bool,
    /// The names, beside IP addresses and `localhost`, by which the demo is reached.
    pub demo_hosts: Vec<String>,
    /// The operators' keys, each of which lets a request change the records and issue tokens. Without any there is no
    /// operator's API.
    pub admin_keys: AdminKeys,
    /// The STUN and TURN servers by which the two sides of a call connect to each other.
    pub ice: IceServers,
    /// The clock by which calls are timed.
    pub clock: Clock,
    /// What connections may cost.
    pub connections: ConnectionLimits,
    /// The proxies whose word about the addresses of their clients counts.
    pub proxies: TrustedProxies,
    /// How often who may ask for something.
    pub rates: RateLimits,
    /// How many calls may ring at once.
    pub ringing: RingingLimits,
    /// For how many days messages to mini-programs' own backends are remembered that are done with.
    pub retain_webhooks_days: u32,
}

/// How many of something are permitted in a minute, a third of them at once. `None` for any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Calls that one party creates.
    pub calls: Option<NonZeroU32>,
    /// Calls that all parties of one mini-program create.
    pub calls_of_app: Option<NonZeroU32>,
    /// Requests of one party, sockets that it opens among them.
    pub requests: Option<NonZeroU32>,
    /// Messages that one party sends on the sockets of calls. Further ones wait.
    pub messages: Option<NonZeroU32>,
    /// Requests from one IPv4 address, or from one IPv6 network of 64 bits, that have no valid token or key.
    pub without_token: Option<NonZeroU32>,
}

impl RateLimits {
    /// No limit at all.
    #[must_use]
    pub const fn off() -> RateLimits {
        RateLimits {
            calls: None,
            calls_of_app: None,
            requests: None,
            messages: None,
            without_token: None,
        }
    }
}

/// What connections may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How many may be open, sockets included. Further ones wait to be accepted.
    pub max: usize,
    /// How many may be open whose client has shown no valid token or key. Further ones take the place of the oldest.
    pub max_unauthenticated: usize,
    /// How many of these may be of one IPv4 address or of one IPv6 network of 64 bits; `None` for any number.
    pub max_unauthenticated_per_network: Option<usize>,
    /// The length of the longest head of a request, in bytes; at least 8192.
    pub max_head_bytes: usize,
    /// How long a client may take nothing of what is written to it.
    pub write_timeout: Duration,
}

impl ConnectionLimits {
    /// The limits where this many connections may be open.
    #[must_use]
    pub fn for_connections(max: usize) -> ConnectionLimits {
        ConnectionLimits {
            max,
            // What these may hold is bounded, however many the others are.
            max_unauthenticated: max.div_ceil(2).min(5_000),
            max_unauthenticated_per_network: Some(1_000),
            // The longest token, path and query take half of it.
            max_head_bytes: 16 * 1024,
            write_timeout: Duration::from_secs(20),
        }
    }
}

impl Default for ConnectionLimits {
    fn default() -> ConnectionLimits {
        ConnectionLimits::for_connections(50_000)
    }
}
