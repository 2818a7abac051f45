//! The connections whose client is not authenticated, and which of them makes room for the next one.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::config::ConnectionLimits;
use crate::domain::address::network;

/// The connections whose client has shown no valid token or key, or none for the request that it sends now.
///
/// Nobody is refused for being one too many. The connection that has been unauthenticated for the longest time is closed,
/// because a client that means well has shown its token long before; it is one of the network that has the most.
#[derive(Clone)]
pub(super) struct Unauthenticated {
    max: usize,
    max_per_network: Option<usize>,
    admitted: Arc<Mutex<Admitted>>,
}

/// By network, then by age.
#[derive(Default)]
struct Admitted {
    next: u64,
    count: usize,
    networks: HashMap<IpAddr, BTreeMap<u64, CancellationToken>>,
}

/// One connection, which begins unauthenticated.
pub(super) struct Admission {
    all: Unauthenticated,
    network: IpAddr,
    is_proxy: bool,
    closes: CancellationToken,
    /// Its number, while it is unauthenticated.
    number: Mutex<Option<u64>>,
}

impl Unauthenticated {
    pub(super) fn new(limits: &ConnectionLimits) -> Unauthenticated {
        Unauthenticated {
            max: limits.max_unauthenticated,
            max_per_network: limits.max_unauthenticated_per_network,
            admitted: Arc::default(),
        }
    }

    /// Takes a new connection. Where that is one too many, another one is closed. Those of a proxy are many people's, and
    /// count only among all.
    pub(super) fn admit(&self, address: IpAddr, is_proxy: bool) -> Admission {
        let admission = Admission {
            all: self.clone(),
            network: network(address),
            is_proxy,
            closes: CancellationToken::new(),
            number: Mutex::default(),
        };
        admission.unauthenticated();
        admission
    }

    fn lock(&self) -> MutexGuard<'_, Admitted> {
        // Nothing that holds the lock can leave the maps inconsistent.
        self.admitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admitted {
    fn add(&mut self, network: IpAddr, closes: CancellationToken) -> u64 {
        let number = self.next;
        self.next += 1;
        self.count += 1;
        self.networks.entry(network).or_default().insert(number, closes);
        number
    }

    fn remove(&mut self, network: IpAddr, number: u64) {
        let Some(connections) = self.networks.get_mut(&network) else { return };
        if connections.remove(&number).is_some() {
            self.count -= 1;
        }
        if connections.is_empty() {
            self.networks.remove(&network);
        }
    }

    /// Closes the oldest connection of a network.
    fn close_oldest(&mut self, network: IpAddr) {
        let oldest = self.networks.get(&network).and_then(BTreeMap::first_key_value);
        if let Some((&number, closes)) = oldest {
            closes.cancel();
            self.remove(network, number);
        }
    }

    fn of(&self, network: IpAddr) -> usize {
        self.networks.get(&network).map_or(0, BTreeMap::len)
    }

    fn largest(&self) -> Option<IpAddr> {
        self.networks.iter().max_by_key(|(_, connections)| connections.len()).map(|(&ip, _)| ip)
    }
}

impl Admission {
    /// Notes that nobody knows, or knows any more, who sends what comes next.
    pub(super) fn unauthenticated(&self) {
        let mut number = self.number();
        if number.is_some() {
            return;
        }
        let Unauthenticated { max, max_per_network, .. } = self.all;
        let mut admitted = self.all.lock();
        let is_full = max_per_network.is_some_and(|max| admitted.of(self.network) >= max);
        if is_full && !self.is_proxy {
            admitted.close_oldest(self.network);
        } else if admitted.count >= max
            && let Some(network) = admitted.largest()
        {
            admitted.close_oldest(network);
        }
        *number = Some(admitted.add(self.network, self.closes.clone()));
    }

    /// Notes that its client has shown a valid token or key.
    pub(super) fn authenticated(&self) {
        if let Some(number) = self.number().take() {
            self.all.lock().remove(self.network, number);
        }
    }

    /// Completes when it has to make room for another one.
    pub(super) async fn closes(&self) {
        self.closes.cancelled().await;
    }

    fn number(&self) -> MutexGuard<'_, Option<u64>> {
        self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.authenticated();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_of(max: usize, max_per_network: Option<usize>) -> Unauthenticated {
        let max_unauthenticated_per_network = max_per_network;
        Unauthenticated::new(&ConnectionLimits {
            max: 100,
            max_unauthenticated: max,
            max_unauthenticated_per_network,
            ..ConnectionLimits::default()
        })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn is_closed(admission: &Admission) -> bool {
        admission.closes.is_cancelled()
    }

    #[test]
    fn the_oldest_of_the_network_with_the_most_makes_room() {
        let all = all_of(3, None);
        let alone = all.admit(address("192.0.2.1"), false);
        let many = [(); 2].map(|()| all.admit(address("192.0.2.2"), false));
        assert!(!many.iter().chain([&alone]).any(is_closed));
        let next = all.admit(address("192.0.2.3"), false);
        assert_eq!([&alone, &many[0], &many[1], &next].map(is_closed), [false, true, false, false]);
    }

    #[test]
    fn a_network_has_a_limit_of_its_own_and_the_others_are_left_alone() {
        let all = all_of(100, Some(1));
        let other = all.admit(address("2001:db8::1"), false);
        let first = all.admit(address("2001:db8:1::1"), false);
        let same_network = all.admit(address("2001:db8:1::ffff:1"), false);
        assert_eq!([&other, &first, &same_network].map(is_closed), [false, true, false]);
        let v4 = all.admit(address("192.0.2.1"), false);
        let mapped = all.admit(address("::ffff:192.0.2.1"), false);
        assert_eq!([&v4, &mapped].map(is_closed), [true, false]);
    }

    #[test]
    fn a_proxy_has_no_limit_of_its_own() {
        let all = all_of(100, Some(1));
        let many = [(); 3].map(|()| all.admit(address("192.0.2.1"), true));
        assert!(!many.iter().any(is_closed));
    }

    #[test]
    fn whoever_is_authenticated_makes_no_room_and_needs_none() {
        let all = all_of(1, None);
        let known = all.admit(address("192.0.2.1"), false);
        known.authenticated();
        let other = all.admit(address("192.0.2.1"), false);
        assert_eq!([&known, &other].map(is_closed), [false, false]);
        known.unauthenticated();
        assert_eq!([&known, &other].map(is_closed), [false, true]);
    }

    #[test]
    fn nothing_is_kept_of_connections_that_are_gone() {
        let all = all_of(2, None);
        let three = ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map(|ip| all.admit(address(ip), false));
        assert_eq!(all.lock().count, 2);
        drop(three);
        let admitted = all.lock();
        assert_eq!((admitted.count, admitted.networks.len()), (0, 0));
    }
}
