//! The service as an object: opened on a data file, it serves any listener until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::app::App;
use crate::config::{Config, ConnectionLimits};
use crate::domain::admin_key::CurrentKeys;
use crate::domain::tokens::Keyring;
use crate::http::tls::Tls;
use crate::http::{self, connections};
use crate::live::{Live, deadlines};
use crate::router::{self, AdminAt};
use crate::storage::{Undone, sweeper};
use crate::webhooks::courier;
use wmpf_voip_calls::failure::Failure as RuleFailure;

/// How long requests and sockets may take to finish when the service stops.
const GRACE: Duration = Duration::from_secs(10);

/// How many connections to the address for metrics may be open.
const MAX_METRICS_CONNECTIONS: usize = 64;

/// How many connections to the address for operators may be open. A browser opens at most six for a page, and leaves them open for
/// half a minute.
const MAX_ADMIN_CONNECTIONS: usize = 64;

/// A room service.
pub struct Service {
    app: Arc<App>,
    config: Config,
    router: Router,
    /// Where operators reach it, if that is an address of their own.
    admin: Option<(TcpListener, Router)>,
    /// Where the metrics are read.
    metrics: Option<TcpListener>,
    tls: Option<Arc<Tls>>,
}

impl Service {
    /// Opens the data file.
    ///
    /// # Errors
    /// When the data file cannot be used.
    pub async fn open(config: Config) -> Result<Service, Undone> {
        let app = App::open(&config)?;
        if config.demo {
            app.store.seed_demo().await?;
        }
        let keys = app.store.token_keys().await?;
        let keys = Keyring::new(app.live.clock.clone(), keys);
        app.store.deleted_parties().await?.iter().for_each(|party| keys.refuse(party));
        let app = Arc::new(App { keys: Arc::new(keys), ..app });
        deadlines::resume(&app.store, &app.live).await?;
        courier::resume(&app.store, &app.outgoing).await?;
        let router = router::router(app.clone(), &config, AdminAt::SameAddress);
        let router = router.map_err(RuleFailure::from)?;
        Ok(Service { app, config, router, admin: None, metrics: None, tls: None })
    }

    /// Serves the operator's API on this listener, together with the operator's page, and no longer on the one that everybody
    /// reaches.
    ///
    /// # Errors
    /// When the documents of the two cannot be written.
    pub fn with_admin_on(self, listener: TcpListener) -> Result<Service, Undone> {
        let router = router::router(self.app.clone(), &self.config, AdminAt::OwnAddress);
        let of_operators = router::of_operators(self.app.clone()).map_err(RuleFailure::from)?;
        let admin = Some((listener, of_operators));
        Ok(Service { router: router.map_err(RuleFailure::from)?, admin, ..self })
    }

    /// Lets whoever reaches this listener read the metrics, at `/metrics`.
    #[must_use]
    pub fn with_metrics_on(self, listener: TcpListener) -> Service {
        Service { metrics: Some(listener), ..self }
    }

    /// Speaks TLS with this certificate on the listener that is served and on that for operators, and not on that for metrics.
    #[must_use]
    pub fn with_tls(self, tls: Arc<Tls>) -> Service {
        Service { tls: Some(tls), ..self }
    }

    /// The operators' keys, which can be replaced while it serves. A service that has begun without any is not administered
    /// later either.
    #[must_use]
    pub fn admin_keys(&self) -> CurrentKeys {
        self.app.admin_keys.clone()
    }

    /// The connections of this service, and its clock.
    #[must_use]
    pub fn live(&self) -> Live {
        self.app.live.clone()
    }

    /// Serves until `shutdown` completes. Then the sockets are closed. Requests and webhook deliveries that are
    /// running may finish, and are given up after ten seconds. At the end the data file is whole by itself.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let Service { app, config, router, admin, metrics: metrics_listener, tls } = self;
        let App { store, live, metrics, outgoing, shutdown: stopping, .. } = app.as_ref();
        let stop = async {
            shutdown.await;
            stopping.begin();
        };
        let accepting = connections::accept(
            listener,
            tls.as_deref(),
            router,
            &config.connections,
            &app.proxies,
            metrics,
            stopping,
        );
        let administering = async {
            if let Some((listener, router)) = admin {
                let limits = ConnectionLimits::for_connections(MAX_ADMIN_CONNECTIONS);
                let (tls, proxies) = (tls.as_deref(), &app.proxies);
                connections::accept(listener, tls, router, &limits, proxies, metrics, stopping)
                    .await;
            }
        };
        let measuring = async {
            if let Some(listener) = metrics_listener {
                let router = http::metrics::router(app.clone());
                let limits = ConnectionLimits::for_connections(MAX_METRICS_CONNECTIONS);
                let proxies = &app.proxies;
                connections::accept(listener, None, router, &limits, proxies, metrics, stopping)
                    .await;
            }
        };
        let due = deadlines::run(store, live, stopping.watch());
        let delivering = courier::run(store, &live.clock, outgoing, metrics, stopping);
        let sweeping = sweeper::run(store, &live.clock, app.retention, stopping.watch());
        let forgetting = app.rates.forget_idle(stopping.watch());
        let keeping_current = async {
            if let Some(tls) = tls.clone() {
                tls.keep_current(stopping.watch()).await;
            }
        };
        tokio::join!(
            accepting,
            administering,
            measuring,
            due,
            delivering,
            sweeping,
            forgetting,
            keeping_current,
            stop
        );
        // Every connection, socket and delivery is registered until it ends.
        if timeout(GRACE, stopping.finished()).await.is_err() {
            tracing::warn!("stopped with requests or sockets unfinished");
        }
        if let Err(error) = store.close().await {
            tracing::error!(%error, "the data file could not be closed well");
        }
    }
}
