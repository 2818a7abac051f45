//! The time of day.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

/// The time of the machine's clock, in milliseconds since the Unix epoch.
#[must_use]
pub fn now_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// The clock by which calls are timed. It is the machine's clock; a test can advance it, because a call rings for a
/// minute and no test waits as long.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<Ahead>);

#[derive(Debug, Default)]
struct Ahead {
    ms: AtomicI64,
    moved: Notify,
}

impl Clock {
    /// The time, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        now_ms().saturating_add(self.0.ms.load(Ordering::Relaxed))
    }

    /// Advances the clock by `ms` milliseconds, and wakes the task that waits for a time.
    pub fn advance(&self, ms: i64) {
        self.0.ms.fetch_add(ms, Ordering::Relaxed);
        self.0.moved.notify_one();
    }

    /// Completes when the clock was advanced.
    pub(crate) async fn moved(&self) {
        self.0.moved.notified().await;
    }
}
