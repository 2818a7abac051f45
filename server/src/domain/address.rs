//! The addresses of clients: whom an address belongs to, and what a trusted proxy says of the client before it.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// The header in which a proxy adds the address that has connected to it.
pub const FORWARDED_FOR: &str = "x-forwarded-for";

/// Whom an address belongs to: an IPv6 address is one of 2^64 that its owner may choose from.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
    }
}

/// The addresses of a trusted proxy, or of several: one address, or a network such as `10.0.0.0/8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyNetwork(IpNet);

/// Why a text is no [`ProxyNetwork`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an IP address, or a network such as 10.0.0.0/8 or fd00::/8")]
pub struct NoNetwork;

impl FromStr for ProxyNetwork {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<ProxyNetwork, NoNetwork> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(ProxyNetwork).map_err(|_| NoNetwork)
    }
}

/// The proxies whose word about their clients counts.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<ProxyNetwork>);

impl TrustedProxies {
    /// Trusts the proxies of these networks.
    #[must_use]
    pub fn new(networks: Vec<ProxyNetwork>) -> TrustedProxies {
        TrustedProxies(networks)
    }

    /// Whether a proxy that is trusted has this address.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|ProxyNetwork(network)| network.contains(&address))
    }

    /// The address of the client of a connection from `peer`. `forwarded` are the values of [`FORWARDED_FOR`], in their
    /// order. Every proxy adds its own client at the end, and only what trusted ones have added counts: the client itself
    /// may send the header, too.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut client = peer;
        let mut before = forwarded.flat_map(|value| value.split(',')).rev();
        while self.has(client) {
            // A proxy may write anything but an address, such as `unknown`; then it is the last that is known.
            let Some(Ok(address)) = before.next().map(|text| text.trim().parse()) else { break };
            client = address;
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn trusting(networks: &[&str]) -> TrustedProxies {
        TrustedProxies(networks.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn the_client_is_the_last_one_that_no_trusted_proxy_is() {
        let proxies = trusting(&["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
        for (peer, forwarded, expected) in [
            ("127.0.0.1", &["198.51.100.7"][..], "198.51.100.7"),
            ("::ffff:127.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("127.0.0.1", &["203.0.113.1, 198.51.100.7", "10.1.2.3"], "198.51.100.7"),
            ("127.0.0.1", &["2001:db8::1,fd00::2"], "2001:db8::1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.7, unknown"], "127.0.0.1"),
            ("127.0.0.1", &["10.0.0.1"], "10.0.0.1"),
            ("192.0.2.1", &["198.51.100.7"], "192.0.2.1"),
        ] {
            let client = proxies.client(address(peer), forwarded.iter().copied());
            assert_eq!(client, address(expected), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn nobody_is_trusted_who_is_not_named() {
        let client =
            TrustedProxies::default().client(address("127.0.0.1"), ["192.0.2.1"].into_iter());
        assert_eq!(client, address("127.0.0.1"));
    }

    #[test]
    fn a_network_is_one_address_or_many() {
        assert!("192.0.2.1".parse::<ProxyNetwork>().is_ok());
        assert!("192.0.2.0/24".parse::<ProxyNetwork>().is_ok());
        for wrong in ["", "proxy.example", "192.0.2.0/33", "192.0.2.1:80"] {
            assert_eq!(wrong.parse::<ProxyNetwork>(), Err(NoNetwork), "{wrong}");
        }
    }
}
