//! The service as an object: opened on a data file, it serves any listener until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::admin::key::AdminKey;
use crate::calls::driver::Driver;
use crate::demo;
use crate::domain::clock::Clock;
use crate::domain::failure::Failure;
use crate::domain::tokens::Keyring;
use crate::http::connections;
use crate::live::deadlines;
use crate::media::ice::IceServers;
use crate::router;
use crate::storage::look_ups;
use crate::storage::store::{Store, StoreError};
use crate::webhooks;
use crate::webhooks::Webhooks;

/// How long requests and sockets get to finish when the service stops.
const GRACE: Duration = Duration::from_secs(10);

/// What a service needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SQLite file.
    pub data: PathBuf,
    /// Static files to serve at `/`.
    pub www: Option<PathBuf>,
    /// Seed the demo's records and hand out tokens for them to whoever asks.
    pub demo: bool,
    /// Lets whoever has this key change the records and issue tokens.
    pub admin_key: Option<AdminKey>,
    /// What ends of calls find each other by.
    pub ice: IceServers,
    /// The clock of the calls.
    pub clock: Clock,
}

/// What the handlers share.
pub struct App {
    pub(crate) store: Store,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) driver: Driver,
    pub(crate) webhooks: Webhooks,
    /// Becomes `true` when the service stops. Each open socket holds a receiver.
    pub(crate) closing: watch::Sender<bool>,
}

impl App {
    pub(crate) fn new(store: Store, keys: Keyring, clock: Clock) -> App {
        App {
            store,
            keys: Arc::new(keys),
            driver: Driver::new(clock),
            webhooks: Webhooks::default(),
            closing: watch::Sender::new(false),
        }
    }
}

/// A room service.
pub struct Service {
    app: Arc<App>,
    router: Router,
}

impl Service {
    /// Opens the data file.
    ///
    /// # Errors
    /// When it cannot be used.
    pub async fn open(config: Config) -> Result<Service, Failure> {
        let store = Store::open(&config.data)?;
        if config.demo {
            store.run(|db| demo::seed(db).map_err(StoreError::from)).await?;
        }
        let keys = store.run(|db| look_ups::token_keys(db).map_err(StoreError::from)).await?;
        let mut app = App::new(store, Keyring::new(keys), config.clock.clone());
        app.driver.ice = config.ice.clone();
        let app = Arc::new(app);
        deadlines::resume(&app).await?;
        webhooks::resume(&app).await?;
        let router = router::router(app.clone(), config);
        Ok(Service { app, router })
    }

    /// What drives its calls.
    #[must_use]
    pub fn driver(&self) -> Driver {
        self.app.driver.clone()
    }

    /// Serves until `shutdown` completes. Then sockets are closed, and requests and webhooks that are
    /// under way finish, or are given up after ten seconds.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let Service { app, router } = self;
        let stop = async {
            shutdown.await;
            app.closing.send_replace(true);
        };
        let accepting = connections::accept(listener, router, &app.closing);
        tokio::join!(accepting, deadlines::run(&app), webhooks::run(&app), stop);
        // Every connection, socket and delivery holds a receiver until it is closed.
        if timeout(GRACE, app.closing.closed()).await.is_err() {
            tracing::warn!("stopped with requests or sockets unfinished");
        }
    }
}

/// Completes when the service stops.
pub(crate) async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it the service.
    let _ = closing.wait_for(|closing| *closing).await;
}
