//! The flags for how often who may ask for something, and for how many calls may ring.

use std::num::NonZeroU32;

use clap::Args;
use wmpf_voip_calls::creation::{MAX_RINGING, RingingLimits};
use wmpf_voip_server::config::RateLimits;
use wmpf_voip_server::domain::address::{ProxyNetwork, TrustedProxies};

/// How many calls a party may make in a minute by default, and a demo's, whose page tries all of its gallery at once.
const CALLS: u32 = 30;
const CALLS_OF_DEMO: u32 = 600;

/// The same for how many may ring.
const RINGING_OF_CALLER: u32 = 8;
const RINGING_FOR_LISTENER: u32 = 16;
const RINGING_OF_DEMO: u32 = MAX_RINGING;

/// The flags for how often who may ask for something.
#[derive(Args)]
pub struct RateFlags {
    /// How many calls one party may make in a minute, a third of them at once; 0 for any number. The default is 30, and 600
    /// with --demo.
    #[arg(long, env = "WMPF_VOIP_MAX_CALLS_PER_MINUTE", value_name = "NUMBER")]
    max_calls_per_minute: Option<u32>,

    /// The same for all parties of a mini-program together.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_APP_CALLS_PER_MINUTE",
        value_name = "NUMBER",
        default_value = "6000"
    )]
    max_app_calls_per_minute: u32,

    /// How many requests one party may send in a minute, sockets that it opens among them, a third of them at once; 0 for any
    /// number.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_REQUESTS_PER_MINUTE",
        value_name = "NUMBER",
        default_value = "600"
    )]
    max_requests_per_minute: u32,

    /// How many messages one party may send in a minute on the sockets of its calls, a third of them at once; more wait. 0 for
    /// any number.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_MESSAGES_PER_MINUTE",
        value_name = "NUMBER",
        default_value = "3000"
    )]
    max_messages_per_minute: u32,

    /// How many requests without a valid token or key may come in a minute from one IPv4 address, or one IPv6 network of 64
    /// bits, a third of them at once; 0 for any number.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_STRANGERS_PER_MINUTE",
        value_name = "NUMBER",
        default_value = "600"
    )]
    max_strangers_per_minute: u32,

    /// How many calls of one caller may ring at once; 0 for any number. The default is 8, and 64 with --demo.
    #[arg(long, env = "WMPF_VOIP_MAX_RINGING_PER_CALLER", value_name = "NUMBER")]
    max_ringing_per_caller: Option<u32>,

    /// How many calls may ring at once for one listener; 0 for any number. The default is 16, and 64 with --demo.
    #[arg(long, env = "WMPF_VOIP_MAX_RINGING_PER_LISTENER", value_name = "NUMBER")]
    max_ringing_per_listener: Option<u32>,

    /// The address of a proxy before the service, or a network such as 10.0.0.0/8, whose header X-Forwarded-For says where
    /// requests come from; separated by commas, or each with a flag of its own.
    #[arg(long, env = "WMPF_VOIP_TRUSTED_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    trusted_proxy: Vec<ProxyNetwork>,
}

impl RateFlags {
    /// How often who may ask, of a service that is a demo or not.
    pub fn rates(&self, is_demo: bool) -> RateLimits {
        let calls = if is_demo { CALLS_OF_DEMO } else { CALLS };
        RateLimits {
            calls: NonZeroU32::new(self.max_calls_per_minute.unwrap_or(calls)),
            calls_of_app: NonZeroU32::new(self.max_app_calls_per_minute),
            requests: NonZeroU32::new(self.max_requests_per_minute),
            messages: NonZeroU32::new(self.max_messages_per_minute),
            without_token: NonZeroU32::new(self.max_strangers_per_minute),
        }
    }

    /// How many calls may ring at once.
    pub fn ringing(&self, is_demo: bool) -> RingingLimits {
        let limit = |number: Option<u32>, usual: u32| {
            let number = number.unwrap_or(if is_demo { RINGING_OF_DEMO } else { usual });
            (number > 0).then_some(number)
        };
        RingingLimits {
            of_caller: limit(self.max_ringing_per_caller, RINGING_OF_CALLER),
            of_listener: limit(self.max_ringing_per_listener, RINGING_FOR_LISTENER),
        }
    }

    /// The proxies that are trusted.
    pub fn proxies(&self) -> TrustedProxies {
        TrustedProxies::new(self.trusted_proxy.clone())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        flags: RateFlags,
    }

    fn flags(flags: &str) -> RateFlags {
        let words = std::iter::once("program").chain(flags.split_whitespace());
        Program::try_parse_from(words).unwrap().flags
    }

    #[test]
    fn the_defaults_are_those_that_the_documents_say() {
        let flags = flags("");
        let [usual, demo] = [false, true].map(|is_demo| flags.rates(is_demo));
        assert_eq!((usual.calls, demo.calls), (NonZeroU32::new(30), NonZeroU32::new(600)));
        assert_eq!(RateLimits { calls: None, ..usual }, RateLimits { calls: None, ..demo });
        assert_eq!(
            flags.ringing(false),
            RingingLimits { of_caller: Some(8), of_listener: Some(16) }
        );
    }

    #[test]
    fn zero_is_no_limit() {
        let flags = flags(
            "--max-calls-per-minute 0 --max-app-calls-per-minute 0 --max-requests-per-minute 0
             --max-messages-per-minute 0 --max-strangers-per-minute 0 --max-ringing-per-caller 0
             --max-ringing-per-listener 0",
        );
        assert_eq!(flags.rates(true), RateLimits::off());
        assert_eq!(flags.ringing(true), RingingLimits::default());
    }
}
