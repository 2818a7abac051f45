//! The service as an object: opened on a data file, it serves any listener until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::admin::key::AdminKey;
use crate::listeners::Listeners;
use crate::store::{Store, StoreError};
use crate::tokens::Keyring;
use crate::webhooks::outbox::Delivery;
use crate::webhooks::{self, Webhooks, outbox};
use crate::{demo, records, routes, serve};

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
}

/// What the handlers share.
pub struct App {
    pub(crate) store: Store,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) listeners: Listeners,
    pub(crate) webhooks: Webhooks,
    /// Becomes `true` when the service stops. Each open socket holds a receiver.
    pub(crate) closing: watch::Sender<bool>,
}

/// A room service.
pub struct Service {
    app: Arc<App>,
    router: Router,
    deliveries: UnboundedReceiver<Delivery>,
}

impl Service {
    /// Opens the data file.
    ///
    /// # Errors
    /// When it cannot be used.
    pub async fn open(config: Config) -> Result<Service, StoreError> {
        let store = Store::open(&config.data)?;
        if config.demo {
            store.run(|db| demo::seed(db).map_err(StoreError::from)).await?;
        }
        let keys = store.run(|db| records::token_keys(db).map_err(StoreError::from)).await?;
        let left = store.run(|db| outbox::all(db).map_err(StoreError::from)).await?;
        let (webhooks, deliveries) = Webhooks::new(left);
        let app = Arc::new(App {
            store,
            keys: Arc::new(Keyring::new(keys)),
            listeners: Listeners::default(),
            webhooks,
            closing: watch::Sender::new(false),
        });
        let router = routes::router(app.clone(), config);
        Ok(Service { app, router, deliveries })
    }

    /// Serves until `shutdown` completes. Then sockets are closed, and requests and webhooks that are
    /// being sent finish, or are given up after ten seconds.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let Service { app, router, deliveries } = self;
        let stop = async {
            shutdown.await;
            app.closing.send_replace(true);
        };
        let delivering = webhooks::deliver_all(app.clone(), deliveries);
        tokio::join!(serve::accept(listener, router, &app.closing), delivering, stop);
        // Every connection and every socket holds a receiver until it is closed.
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
