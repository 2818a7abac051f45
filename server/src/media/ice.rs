//! The STUN and TURN servers by which the two sides of a call connect to each other.
//!
//! A TURN server relays the media of a call where there is no direct way, and the traffic costs its operator money. So
//! it is not open to everybody: a party of a call that was answered gets credentials that are valid for some minutes, and
//! new ones before these expire, by the rule of "A REST API For Access To TURN Services"
//! (draft-uberti-behave-turn-rest), which coturn knows as `use-auth-secret`. The service and the TURN server share a
//! secret, and need not talk to each other.

use std::net::Ipv6Addr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use wmpf_voip::call::State;
use wmpf_voip::protocol::socket::IceServer;
use wmpf_voip::secret::Secret;

/// How long credentials are valid at most, in seconds. They may last shorter than their call: a page gets new ones as long
/// as it goes on, and a TURN server asks for them only when a relay is set up.
pub const MAX_LIFETIME_SECONDS: u32 = 600;

const STUN: &str = "stun:host, stun:host:port, or the same with stuns:";
const TURN: &str =
    "turn:host, turn:host:port or turn:host:port?transport=udp or tcp, or the same with turns:";

/// The addresses of the servers, and the secret with which credentials are made.
#[derive(Debug, Clone, Default)]
pub struct IceServers {
    stun: Vec<String>,
    turn: Option<Turn>,
}

#[derive(Debug, Clone)]
struct Turn {
    urls: Vec<String>,
    /// The HMAC with the secret as its key.
    mac: Secret<Hmac<Sha1>>,
    lifetime_seconds: u32,
}

/// Why the configured servers cannot be used. The error shows nothing of the secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongServer {
    /// A text is not the address of such a server.
    #[error("{flag}: expected {expected}, got '{got}'")]
    Url {
        /// The flag that was wrong.
        flag: &'static str,
        /// What the flag expects.
        expected: &'static str,
        /// The text that was passed.
        got: String,
    },
    /// There are TURN servers, but no secret to make credentials with.
    #[error(
        "--turn-url needs the secret that the TURN server has as its static-auth-secret: set WMPF_VOIP_TURN_SECRET, or name its file with --turn-secret-file"
    )]
    NoSecret,
    /// There is a secret, but no TURN server to make credentials for.
    #[error("--turn-secret is of no use without --turn-url")]
    NoTurn,
    /// The secret is empty.
    #[error("--turn-secret: expected a secret, got an empty one")]
    EmptySecret,
}

impl IceServers {
    /// Takes the addresses, and the secret that the TURN servers share.
    ///
    /// # Errors
    /// When an address is wrong, when the secret is empty, or when there are TURN servers without a secret or the
    /// other way round.
    pub fn new(
        stun: Vec<String>,
        turn: Vec<String>,
        secret: Option<&str>,
    ) -> Result<IceServers, WrongServer> {
        check("--stun-url", &stun, is_stun, STUN)?;
        check("--turn-url", &turn, is_turn, TURN)?;
        let turn = match (turn.is_empty(), secret) {
            (true, None) => None,
            (true, Some(_)) => return Err(WrongServer::NoTurn),
            (false, None) => return Err(WrongServer::NoSecret),
            // HMAC takes a key of any length. With an empty one everybody could make credentials.
            (false, Some(secret)) => match Hmac::new_from_slice(secret.as_bytes()) {
                Ok(mac) if !secret.is_empty() => Some(Turn {
                    urls: turn,
                    mac: Secret::new(mac),
                    lifetime_seconds: MAX_LIFETIME_SECONDS,
                }),
                Ok(_) | Err(_) => return Err(WrongServer::EmptySecret),
            },
        };
        Ok(IceServers { stun, turn })
    }

    /// The same servers, with credentials that are valid for this many seconds, and for no more than
    /// [`MAX_LIFETIME_SECONDS`].
    #[must_use]
    pub fn valid_for(mut self, seconds: u32) -> IceServers {
        if let Some(turn) = &mut self.turn {
            turn.lifetime_seconds = seconds.min(MAX_LIFETIME_SECONDS);
        }
        self
    }

    /// After how long a party of a call needs new credentials: half of the time for which they are valid. `None` if
    /// there are none.
    #[must_use]
    pub fn renewed_after(&self) -> Option<Duration> {
        self.turn.as_ref().map(|turn| Duration::from_secs(turn.lifetime_seconds.into()) / 2)
    }

    /// The servers for a party of a call in this state, with credentials that are made at `now_ms`, in milliseconds since
    /// the Unix epoch. Who only rings, or makes ring, gets no relay.
    #[must_use]
    pub fn of_call(&self, room_id: &str, state: State, now_ms: i64) -> Vec<IceServer> {
        let mut servers = Vec::new();
        if state != State::Ended && !self.stun.is_empty() {
            servers.push(IceServer { urls: self.stun.clone(), username: None, credential: None });
        }
        if let Some(Turn { urls, mac, lifetime_seconds }) = &self.turn
            && state.is_under_way()
        {
            let username = format!("{}:{room_id}", now_ms / 1000 + i64::from(*lifetime_seconds));
            let signature = mac.expose().clone().chain_update(&username).finalize().into_bytes();
            servers.push(IceServer {
                urls: urls.clone(),
                username: Some(username),
                credential: Some(Secret::new(STANDARD.encode(signature))),
            });
        }
        servers
    }
}

fn check(
    flag: &'static str,
    urls: &[String],
    is_right: fn(&str) -> bool,
    expected: &'static str,
) -> Result<(), WrongServer> {
    match urls.iter().find(|url| !is_right(url)) {
        Some(wrong) => Err(WrongServer::Url { flag, expected, got: wrong.clone() }),
        None => Ok(()),
    }
}

/// Whether `url` is a STUN address as RFC 7064 defines it.
fn is_stun(url: &str) -> bool {
    matches!(url.split_once(':'), Some(("stun" | "stuns", address)) if is_address(address))
}

/// Whether `url` is a TURN address as RFC 7065 defines it.
fn is_turn(url: &str) -> bool {
    let Some(("turn" | "turns", rest)) = url.split_once(':') else { return false };
    match rest.split_once('?') {
        None => is_address(rest),
        Some((address, query)) => {
            is_address(address) && matches!(query, "transport=udp" | "transport=tcp")
        }
    }
}

/// Whether `address` is `host` or `host:port`.
fn is_address(address: &str) -> bool {
    if let Some(rest) = address.strip_prefix('[') {
        let Some((host, port)) = rest.split_once(']') else { return false };
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return host.parse::<Ipv6Addr>().is_ok() && is_port;
    }
    let (host, port) = match address.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (address, None),
    };
    let is_host = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    is_host && port.is_none_or(is_port)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(urls: &[&str]) -> Vec<String> {
        urls.iter().map(|&url| url.to_owned()).collect()
    }

    #[test]
    fn credentials_are_those_that_openssl_makes() {
        let turn = ["turn:turn.test", "turns:turn.test:5349?transport=tcp"];
        let servers =
            IceServers::new(urls(&["stun:stun.test:3478"]), urls(&turn), Some("north-is-left"))
                .unwrap();
        let now = 1_893_470_400_999 - i64::from(MAX_LIFETIME_SECONDS) * 1000;
        // Made with: printf '1893470400:room-1' | openssl dgst -sha1 -hmac 'north-is-left' -binary | base64
        let credential = "n81bNW/FGYQCauF6hBpGCpsTRQY=";
        let expected = [
            IceServer { urls: urls(&["stun:stun.test:3478"]), username: None, credential: None },
            IceServer {
                urls: urls(&turn),
                username: Some("1893470400:room-1".into()),
                credential: Some(Secret::new(credential.into())),
            },
        ];
        for state in [State::Waiting, State::Talking] {
            assert_eq!(servers.of_call("room-1", state, now), expected);
        }
        let debug = format!("{servers:?} {:?}", servers.of_call("room-1", State::Talking, now));
        assert!(!debug.contains("north") && !debug.contains(credential), "{debug}");
        assert_eq!(servers.of_call("room-1", State::Ringing, now), expected[..1]);
        assert_eq!(servers.of_call("room-1", State::Ended, now), []);
    }

    #[test]
    fn credentials_are_valid_for_ten_minutes_at_most_and_renewed_in_half_of_the_time() {
        let until = |servers: &IceServers| {
            let [server] = servers.of_call("r", State::Talking, 0).try_into().unwrap();
            server.username.unwrap().split_once(':').unwrap().0.parse::<u64>().unwrap()
        };
        let servers = IceServers::new(Vec::new(), urls(&["turn:a"]), Some("s")).unwrap();
        let expected = [(servers.clone(), 600), (servers.clone().valid_for(10), 10)];
        for (servers, seconds) in expected.into_iter().chain([(servers.valid_for(601), 600)]) {
            assert_eq!(until(&servers), seconds);
            assert_eq!(servers.renewed_after(), Some(Duration::from_secs(seconds / 2)));
        }
    }

    #[test]
    fn there_are_none_unless_they_are_said() {
        let none = IceServers::default();
        let stun = IceServers::new(urls(&["stun:a"]), Vec::new(), None).unwrap();
        for (servers, count) in [(none, 0), (stun, 1)] {
            assert_eq!(servers.of_call("r", State::Talking, 0).len(), count);
            assert_eq!(servers.renewed_after(), None);
        }
    }

    #[test]
    fn a_wrong_address_is_told_with_its_flag() {
        for right in [
            "stun:a",
            "stun:a.b-c.test:1",
            "stuns:1.2.3.4:65535",
            "stun:[::1]",
            "stun:[2001:db8::1]:3478",
        ] {
            assert!(is_stun(right), "{right}");
        }
        for wrong in [
            "",
            "stun",
            "stun:",
            "stun:a:",
            "stun:a:0",
            "stun:a:65536",
            "stun:a:+1",
            "stun:a:b",
            "stun://a",
            "stun:a?transport=udp",
            "turn:a",
            "http://a",
            "stun:[::1",
            "stun:[x]",
            "stun:[::1]3478",
            "stun:a b",
            "STUN:a",
            "stun:a:1:2",
            "stun:me@a",
        ] {
            assert!(!is_stun(wrong), "{wrong}");
        }
        for right in
            ["turn:a", "turns:a:1", "turn:[::1]:3478?transport=tcp", "turn:a?transport=udp"]
        {
            assert!(is_turn(right), "{right}");
        }
        for wrong in [
            "turn:a?",
            "turn:a?transport=sctp",
            "turn:a?x=1",
            "stun:a",
            "turn://a",
            "turn:?transport=udp",
        ] {
            assert!(!is_turn(wrong), "{wrong}");
        }
        let stun = IceServers::new(urls(&["stun:a", "stun://b"]), Vec::new(), None).unwrap_err();
        assert_eq!(
            stun.to_string(),
            "--stun-url: expected stun:host, stun:host:port, or the same with stuns:, got 'stun://b'"
        );
        let turn = IceServers::new(Vec::new(), urls(&["turn"]), Some("s")).unwrap_err();
        assert!(turn.to_string().starts_with("--turn-url: expected turn:host,"), "{turn}");
    }

    #[test]
    fn a_turn_server_and_its_secret_belong_together() {
        let new = |turn: &[&str], secret| IceServers::new(Vec::new(), urls(turn), secret).err();
        assert_eq!(new(&["turn:a"], None), Some(WrongServer::NoSecret));
        assert_eq!(new(&["turn:a"], Some("")), Some(WrongServer::EmptySecret));
        assert_eq!(new(&[], Some("s")), Some(WrongServer::NoTurn));
        assert_eq!(new(&["turn:a"], Some("s")), None);
    }
}
