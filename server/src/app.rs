//! The state that all handlers share.

use std::sync::Arc;

use wmpf_voip_calls::creation::RingingLimits;
use wmpf_voip_calls::presence::Presence;

use crate::config::Config;
use crate::domain::address::TrustedProxies;
use crate::domain::admin_key::CurrentKeys;
use crate::domain::outgoing::Outgoing;
use crate::domain::retention::Retention;
use crate::domain::shutdown::Shutdown;
use crate::domain::tokens::Keyring;
use crate::live::Live;
use crate::media::ice::IceServers;
use crate::metrics::Metrics;
use crate::rates::Rates;
use crate::storage::StoreError;
use crate::storage::readiness::Readiness;
use crate::storage::sqlite::store::{Store, Surroundings};

/// The state that all handlers share.
pub struct App {
    pub(crate) store: Arc<Store>,
    pub(crate) readiness: Readiness,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) live: Live,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) ice: IceServers,
    pub(crate) admin_keys: CurrentKeys,
    pub(crate) proxies: TrustedProxies,
    pub(crate) rates: Rates,
    pub(crate) ringing: RingingLimits,
    pub(crate) retention: Retention,
    pub(crate) outgoing: Outgoing,
    pub(crate) shutdown: Shutdown,
}

impl App {
    /// Opens the data file.
    ///
    /// # Errors
    /// When the data file cannot be used.
    pub(crate) fn open(config: &Config) -> Result<App, StoreError> {
        let metrics = Arc::new(Metrics::default());
        let live = Live::new(config.clock.clone(), metrics.clone());
        let presence: Arc<dyn Presence> = Arc::new(live.calls.clone());
        let (clock, of_store) = (live.clock.clone(), metrics.clone());
        let outgoing = Outgoing::default();
        let surroundings =
            Surroundings { presence, clock, metrics: of_store, outgoing: outgoing.clone() };
        let store = Arc::new(Store::open(&config.data, surroundings)?);
        Ok(App {
            readiness: Readiness::new(store.clone()),
            store,
            keys: Arc::new(Keyring::new(live.clock.clone(), [])),
            live,
            metrics,
            ice: config.ice.clone(),
            admin_keys: CurrentKeys::new(config.admin_keys.clone()),
            proxies: config.proxies.clone(),
            rates: Rates::new(&config.rates),
            ringing: config.ringing,
            retention: config.retention,
            outgoing,
            shutdown: Shutdown::default(),
        })
    }

    /// The state on a new data file, with these token keys, for unit tests.
    #[cfg(test)]
    pub(crate) fn for_test(dir: &tempfile::TempDir, keys: Keyring) -> App {
        let config = Config {
            data: dir.path().join("store.sqlite"),
            www: None,
            www_csp: None,
            demo: false,
            demo_hosts: Vec::new(),
            admin_keys: crate::domain::admin_key::AdminKeys::default(),
            ice: IceServers::default(),
            clock: crate::domain::clock::Clock::default(),
            connections: crate::config::ConnectionLimits::default(),
            proxies: TrustedProxies::default(),
            rates: crate::config::RateLimits::off(),
            ringing: RingingLimits::default(),
            retention: Retention::default(),
        };
        App { keys: Arc::new(keys), ..App::open(&config).unwrap() }
    }
}
