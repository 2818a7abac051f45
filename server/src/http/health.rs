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

/// How long the store may take to answer: less than a request may take, which would be refused then, and more than a
/// group of requests takes.
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
    use std::sync::{Mutex, mpsc};

    use wmpf_voip_calls::failure::Failure as RuleFailure;
    use wmpf_voip_calls::operation::{Context, Decision, Facts, Operation, Wants};

    use super::*;
    use crate::domain::clock::Clock;
    use crate::domain::tokens::Keyring;

    /// An operation that holds the store until the sender is dropped.
    struct Stuck(Mutex<mpsc::Receiver<()>>);

    impl Operation for Stuck {
        type Done = ();

        fn wants(&self) -> Wants {
            Wants::default()
        }

        fn decide(&self, _: Facts, _: &Context<'_>) -> Result<Decision<()>, RuleFailure> {
            let _ = self.0.lock().unwrap().recv();
            Ok(Decision { writes: Vec::new(), done: () })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_is_stuck_is_unavailable() {
        let dir = tempfile::tempdir().unwrap();
        let app = Arc::new(App::for_test(&dir, Keyring::new(Clock::default(), [])));
        let (release, released) = mpsc::channel::<()>();
        let stuck = app.store.decide(Stuck(Mutex::new(released)));
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
