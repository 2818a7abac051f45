//! `GET /healthz`: whether the service can do its work.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::app::App;

/// How long the store may take: less than a request may, which would be answered with a refusal instead,
/// and more than a group of requests does.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a probe learns.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `unavailable`
    status: &'static str,
    /// The service's version.
    version: &'static str,
}

/// Tells whether the service works
///
/// Asks the store, which every call needs.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    security(()),
    responses(
        (status = 200, description = "It works", body = Health),
        (status = 503, description = "The store does not answer", body = Health),
    )
)]
pub async fn healthz(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    let (status, word) = match timeout(PATIENCE, app.store.probe()).await {
        Ok(Ok(())) => (StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Err(_) => {
            tracing::error!("the store does not answer in time");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
    };
    (status, Json(Health { status: word, version: env!("CARGO_PKG_VERSION") }))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::domain::tokens::Keyring;
    use crate::storage::StoreError;

    #[tokio::test(start_paused = true)]
    async fn a_store_that_is_stuck_is_unavailable() {
        let dir = tempfile::tempdir().unwrap();
        let app = Arc::new(App::for_test(&dir, Keyring::new([])));
        let (release, released) = mpsc::channel::<()>();
        let stuck = app.store.run(move |_| {
            // Until the sender is gone.
            let _ = released.recv();
            Ok::<_, StoreError>(())
        });
        let probed = async {
            let (status, Json(health)) = healthz(State(app.clone())).await;
            drop(release);
            (status, health.status)
        };
        let (stuck, answer) = tokio::join!(stuck, probed);
        assert!(stuck.is_ok());
        assert_eq!(answer, (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    }
}
