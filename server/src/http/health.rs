//! `GET /livez`, `/readyz` and `/healthz`: whether the service answers, and whether it can do its work.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// What a probe learns.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `unavailable`
    status: &'static str,
    /// The service's version.
    version: &'static str,
    /// Why the service is unavailable, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Marks the answer to a probe, which comes every few seconds.
#[derive(Clone, Copy)]
pub(super) struct Probe;

/// Marks an answer as that to a probe.
pub(crate) async fn mark(mut response: Response) -> Response {
    response.extensions_mut().insert(Probe);
    response
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Tells that the service answers
///
/// Whatever the state of its disk is: a service that cannot write is not mended by another start.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    security(()),
    responses((status = 200, description = "It answers", body = Health))
)]
pub async fn livez() -> Json<Health> {
    Json(Health { status: "ok", version: VERSION, reason: None })
}

/// Tells whether the service works
///
/// Whether what a request writes now would be on disk, which every call needs. That is tried at most once a second.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    security(()),
    responses(
        (status = 200, description = "It works", body = Health),
        (status = 503, description = "Nothing can be written now; `reason` says why", body = Health),
    )
)]
pub async fn readyz(State(app): State<Arc<App>>) -> (StatusCode, Json<Health>) {
    match app.readiness.check().await {
        Ok(()) => (StatusCode::OK, livez().await),
        Err(unready) => {
            let reason = Some(unready.to_string());
            let health = Health { status: "unavailable", version: VERSION, reason };
            (StatusCode::SERVICE_UNAVAILABLE, Json(health))
        }
    }
}

/// Tells the same as /readyz
///
/// For whoever has asked here since the first version.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    security(()),
    responses(
        (status = 200, description = "It works", body = Health),
        (status = 503, description = "Nothing can be written now; `reason` says why", body = Health),
    )
)]
pub async fn healthz(app: State<Arc<App>>) -> (StatusCode, Json<Health>) {
    readyz(app).await
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
    async fn a_store_that_is_stuck_is_unavailable_and_the_service_lives() {
        let dir = tempfile::tempdir().unwrap();
        let app = Arc::new(App::for_test(&dir, Keyring::new(Clock::default(), [])));
        let (release, released) = mpsc::channel::<()>();
        let stuck = app.store.decide(Stuck(Mutex::new(released)));
        let probed = async {
            let (status, Json(health)) = healthz(State(app.clone())).await;
            let Json(alive) = livez().await;
            drop(release);
            (status, health.status, health.reason, alive.status)
        };
        let (stuck, answer) = tokio::join!(stuck, probed);
        assert!(stuck.is_ok());
        let reason = Some("the store does not answer in time".to_owned());
        assert_eq!(answer, (StatusCode::SERVICE_UNAVAILABLE, "unavailable", reason, "ok"));
    }
}
