//! The task that removes what deleted apps have left behind.

use std::time::Duration;

use tokio::time::sleep;

use super::sqlite::store::Store;
use crate::domain::shutdown::UnderWay;

/// How long to wait before the next try when the store has failed.
const RETRY: Duration = Duration::from_secs(5);

/// Removes, step by step, whatever there is to remove, until the service stops. The next process goes on with what is left.
pub(crate) async fn run(store: &Store, under_way: UnderWay) {
    let sweeping = async {
        loop {
            match store.sweep().await {
                // Whoever waits for the store meanwhile has come before the next step.
                Ok(true) => {}
                Ok(false) => store.to_sweep().await,
                Err(error) => {
                    tracing::error!(%error, "what deleted apps have left could not be removed yet");
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
