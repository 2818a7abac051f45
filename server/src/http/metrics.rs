//! `GET /metrics`, on an address of its own: what the service counts and measures, for Prometheus.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::routing::get;

use crate::app::App;
use crate::http::failure::Failure;
use crate::metrics::{self, Sample};

/// The routes of the address for metrics.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(read)).with_state(app)
}

async fn read(
    State(app): State<Arc<App>>,
) -> Result<([(HeaderName, &'static str); 1], String), Failure> {
    let is_ready = app.readiness.check().await.is_ok();
    // Where nothing can be written, nobody waits for what could be read.
    let waiting = if is_ready { app.store.count_waiting().await.ok() } else { None };
    let sizes = app.live.calls.sizes();
    let text = app.metrics.text(Sample {
        is_ready,
        ringing: sizes.ringing,
        waiting: sizes.calls.saturating_sub(sizes.ringing + sizes.talking),
        talking: sizes.talking,
        call_sockets: sizes.sockets,
        reminder_sockets: app.live.listeners.count(),
        store_queue: app.store.queue_length(),
        webhook_queue: waiting.and_then(|count| usize::try_from(count).ok()),
    })?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text))
}
