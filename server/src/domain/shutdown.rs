//! Stopping the service: everything that is under way is told and waited for.

use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Tells everything that is under way that the service stops, and waits for it.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    begun: CancellationToken,
    under_way: TaskTracker,
}

impl Shutdown {
    /// Tells everything that is under way that the service stops.
    pub fn begin(&self) {
        self.begun.cancel();
        self.under_way.close();
    }

    /// Registers something as under way, until the returned value is dropped.
    #[must_use]
    pub fn watch(&self) -> UnderWay {
        UnderWay { begun: self.begun.clone(), _counted: self.under_way.token() }
    }

    /// Completes when the service stops and nothing is under way any more.
    pub async fn finished(&self) {
        self.under_way.wait().await;
    }
}

/// Something that is under way. The service waits for it before it stops.
#[derive(Debug)]
pub struct UnderWay {
    begun: CancellationToken,
    _counted: TaskTrackerToken,
}

impl UnderWay {
    /// Completes when the service stops.
    pub fn stopping(&self) -> WaitForCancellationFuture<'_> {
        self.begun.cancelled()
    }
}
