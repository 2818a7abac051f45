//! The task that forgets messages that were done with long ago.

use std::time::Duration;

use tokio::time::sleep;

use crate::domain::clock::Clock;
use crate::domain::shutdown::UnderWay;
use crate::storage::sqlite::store::Store;

/// How often it looks for such messages.
const INTERVAL: Duration = Duration::from_secs(60);

/// Forgets what was done with longer than `retain_ms` milliseconds ago, in small steps, until the service stops.
pub(crate) async fn run(store: &Store, clock: &Clock, retain_ms: i64, under_way: UnderWay) {
    let mut moves = clock.moves();
    let forgetting = async {
        loop {
            match store.forget_messages(clock.now_ms().saturating_sub(retain_ms)).await {
                // Whoever waits for the store meanwhile has come before the next step.
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, "old messages to webhooks could not be forgotten yet");
                }
            }
            tokio::select! {
                () = sleep(INTERVAL) => {}
                _ = moves.changed() => {}
            }
        }
    };
    tokio::select! {
        () = forgetting => {}
        () = under_way.stopping() => {}
    }
}
