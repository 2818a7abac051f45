//! How often a party, a mini-program or an address may ask for something.
//!
//! Whoever has a valid token is counted by what the token says, so that a campus behind one address is not locked out by
//! one of its devices. Addresses are counted only for what comes without one.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};
use wmpf_voip_calls::party::Party;

use crate::config::RateLimits;
use crate::domain::address::network;
use crate::domain::limit::Limit;
use crate::domain::shutdown::UnderWay;

/// How often what is known of those who ask no more is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(30);

/// Somebody has asked too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{who} more than {per_minute} {what}: try again in {} s", self.retry_after())]
pub struct TooOften {
    /// The limit that was reached.
    pub limit: Limit,
    who: &'static str,
    per_minute: NonZeroU32,
    what: &'static str,
    /// How long it is until the next one is permitted.
    pub wait: Duration,
}

impl TooOften {
    /// After how many seconds to try again: whole ones, and at least one.
    #[must_use]
    pub fn retry_after(&self) -> u64 {
        let seconds = self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0);
        seconds.max(1)
    }
}

/// How often each of many may do something. A third of what is permitted in a minute is permitted at once.
struct Rate<Key: Clone + Hash + Eq> {
    limit: Limit,
    /// Who does it, and what is too much, before and after the number in a sentence.
    who: &'static str,
    what: &'static str,
    limited: Option<(NonZeroU32, DefaultKeyedRateLimiter<Key>)>,
}

impl<Key: Clone + Hash + Eq> Rate<Key> {
    fn new(
        limit: Limit,
        who: &'static str,
        what: &'static str,
        per_minute: Option<NonZeroU32>,
    ) -> Rate<Key> {
        let limited = per_minute.map(|per_minute| {
            let burst = NonZeroU32::new(per_minute.get() / 3).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::per_minute(per_minute).allow_burst(burst);
            (per_minute, DefaultKeyedRateLimiter::dashmap(quota))
        });
        Rate { limit, who, what, limited }
    }

    fn take(&self, key: &Key) -> Result<(), TooOften> {
        let Some((per_minute, limiter)) = &self.limited else { return Ok(()) };
        limiter.check_key(key).map_err(|until| TooOften {
            limit: self.limit,
            who: self.who,
            per_minute: *per_minute,
            what: self.what,
            wait: until.wait_time_from(limiter.clock().now()),
        })
    }

    fn forget_idle(&self) {
        if let Some((_, limiter)) = &self.limited {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// Counts what is asked, and says when it is too often.
pub struct Rates {
    creations: Rate<Party>,
    creations_of_app: Rate<String>,
    requests: Rate<Party>,
    messages: Rate<Party>,
    strangers: Rate<IpAddr>,
    /// From where nobody may try an admin key, and until when.
    barred: Mutex<HashMap<IpAddr, (Instant, TooOften)>>,
}

impl Rates {
    pub(crate) fn new(limits: &RateLimits) -> Rates {
        Rates {
            creations: Rate::new(Limit::Calls, "this party makes", "calls a minute", limits.calls),
            creations_of_app: Rate::new(
                Limit::AppCalls,
                "this mini-program makes",
                "calls a minute",
                limits.calls_of_app,
            ),
            requests: Rate::new(
                Limit::Requests,
                "this party sends",
                "requests a minute",
                limits.requests,
            ),
            messages: Rate::new(
                Limit::Messages,
                "this party sends",
                "messages a minute",
                limits.messages,
            ),
            strangers: Rate::new(
                Limit::Strangers,
                "this address sends",
                "requests a minute without a valid token or key",
                limits.without_token,
            ),
            barred: Mutex::default(),
        }
    }

    /// Counts a creation of a call.
    ///
    /// # Errors
    /// When its party, or all of its mini-program together, create too many.
    pub fn creation(&self, party: &Party) -> Result<(), TooOften> {
        self.creations.take(party)?;
        self.creations_of_app.take(&party.app_id)
    }

    /// Counts a request of a party, the opening of a socket among them.
    ///
    /// # Errors
    /// When there are too many.
    pub fn request(&self, party: &Party) -> Result<(), TooOften> {
        self.requests.take(party)
    }

    /// Counts a message that a party sends on the socket of a call.
    ///
    /// # Errors
    /// When there are too many: the next one is to wait.
    pub fn message(&self, party: &Party) -> Result<(), TooOften> {
        self.messages.take(party)
    }

    /// Counts a request from an address without a valid session token.
    ///
    /// # Errors
    /// When there are too many.
    pub fn stranger(&self, address: IpAddr) -> Result<(), TooOften> {
        self.strangers.take(&network(address))
    }

    /// Whether an admin key from this address may be looked at.
    ///
    /// # Errors
    /// When too many wrong ones have come from there. A right one is not looked at either: otherwise its sender could go on
    /// guessing.
    pub fn may_try_key(&self, address: IpAddr) -> Result<(), TooOften> {
        let now = Instant::now();
        match self.barred().get(&network(address)) {
            Some((until, barred)) if *until > now => {
                Err(TooOften { wait: until.duration_since(now), ..*barred })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a wrong admin key from an address.
    ///
    /// # Errors
    /// When there are too many.
    pub fn wrong_key(&self, address: IpAddr) -> Result<(), TooOften> {
        self.stranger(address).inspect_err(|too_often| {
            let until = Instant::now() + too_often.wait;
            self.barred().insert(network(address), (until, *too_often));
        })
    }

    /// Forgets, until the service stops, whoever has not asked for a while.
    pub(crate) async fn forget_idle(&self, under_way: UnderWay) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(FORGET_EVERY) => {}
                () = under_way.stopping() => return,
            }
            self.creations.forget_idle();
            self.creations_of_app.forget_idle();
            self.requests.forget_idle();
            self.messages.forget_idle();
            self.strangers.forget_idle();
            let now = Instant::now();
            self.barred().retain(|_, (until, _)| *until > now);
        }
    }

    fn barred(&self) -> MutexGuard<'_, HashMap<IpAddr, (Instant, TooOften)>> {
        // Nothing that holds the lock can leave the map inconsistent.
        self.barred.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use wmpf_voip_calls::party::Role;

    use super::*;

    fn rates(change: impl FnOnce(&mut RateLimits)) -> Rates {
        let mut limits = RateLimits::off();
        change(&mut limits);
        Rates::new(&limits)
    }

    fn party(app_id: &str, id: &str) -> Party {
        Party { app_id: app_id.into(), role: Role::Device, id: id.into() }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_third_of_a_minutes_number_is_permitted_at_once() {
        let rates = rates(|limits| limits.calls = NonZeroU32::new(30));
        let (first, second) = (party("wxa", "SN-1"), party("wxa", "SN-2"));
        for _ in 0..10 {
            assert_eq!(rates.creation(&first), Ok(()));
        }
        let refused = rates.creation(&first).unwrap_err();
        assert!(refused.wait <= Duration::from_secs(2), "{:?}", refused.wait);
        assert_eq!(rates.creation(&second), Ok(()), "others have their own");
        let text = TooOften { wait: Duration::from_millis(1_200), ..refused }.to_string();
        assert_eq!(text, "this party makes more than 30 calls a minute: try again in 2 s");
    }

    #[test]
    fn a_mini_program_has_a_limit_for_all_of_its_parties() {
        let rates = rates(|limits| limits.calls_of_app = NonZeroU32::new(6));
        assert_eq!(rates.creation(&party("wxa", "SN-1")), Ok(()));
        assert_eq!(rates.creation(&party("wxa", "SN-2")), Ok(()));
        assert!(rates.creation(&party("wxa", "SN-3")).is_err());
        assert_eq!(rates.creation(&party("wxb", "SN-1")), Ok(()));
    }

    #[test]
    fn whoever_guesses_keys_is_barred_and_so_is_nobody_else() {
        let rates = rates(|limits| limits.without_token = NonZeroU32::new(3));
        let guesser = address("2001:db8::1");
        assert_eq!(rates.wrong_key(guesser), Ok(()));
        assert_eq!(rates.may_try_key(guesser), Ok(()), "one may be a mistake");
        assert!(rates.wrong_key(guesser).is_err());
        assert!(rates.may_try_key(address("2001:db8::2")).is_err(), "it is the same network");
        assert_eq!(rates.may_try_key(address("2001:db8:0:1::1")), Ok(()));
    }

    #[test]
    fn what_is_off_is_not_counted() {
        let rates = rates(|_| {});
        for _ in 0..1_000 {
            assert_eq!(rates.creation(&party("wxa", "SN-1")), Ok(()));
            assert_eq!(rates.wrong_key(address("192.0.2.1")), Ok(()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_kept_of_those_who_ask_no_more() {
        // Permitted again so soon that there is nothing to remember.
        let rates = rates(|limits| limits.requests = NonZeroU32::new(u32::MAX));
        rates.request(&party("wxa", "SN-1")).unwrap();
        let kept = || rates.requests.limited.as_ref().map(|(_, limiter)| limiter.len());
        assert_eq!(kept(), Some(1));
        let shutdown = crate::domain::shutdown::Shutdown::default();
        let forgetting = rates.forget_idle(shutdown.watch());
        let _ = tokio::time::timeout(FORGET_EVERY * 2, forgetting).await;
        assert_eq!(kept(), Some(0));
    }
}
