//! The task that removes what nobody needs any more.

use std::time::Duration;

use tokio::time::sleep;

use super::sqlite::store::Store;
use crate::domain::clock::Clock;
use crate::domain::retention::Retention;
use crate::domain::shutdown::UnderWay;

/// How long to wait before the next try when the store has failed.
const RETRY: Duration = Duration::from_secs(5);

/// How long to wait before looking again, where nothing was removed: something may have become old, or a call over whose
/// party was deleted.
const INTERVAL: Duration = Duration::from_secs(60);

/// Removes, step by step, whatever there is to remove, until the service stops. The next process goes on with what is left.
pub(crate) async fn run(store: &Store, clock: &Clock, retention: Retention, under_way: UnderWay) {
    let mut moves = clock.moves();
    let sweeping = async {
        loop {
            match store.sweep(retention).await {
                // Whoever waits for the store meanwhile has come before the next step.
                Ok(true) => {}
                Ok(false) => tokio::select! {
                    () = sleep(INTERVAL) => {}
                    () = store.to_sweep() => {}
                    _ = moves.changed() => {}
                },
                Err(error) => {
                    tracing::error!(%error, "what nobody needs any more could not be removed yet");
                    sleep(RETRY).await;
                }
            }
        }
    };
    tokio::select! {
        () = sweeping => {}
        () = under_way.stopping() => {}
    }
}
