//! Which mini-programs' own backends there is something new to tell.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The mini-programs for which a message was queued, between the store, which notes them, and the task that sends.
#[derive(Clone, Default)]
pub struct Outgoing(Arc<Noted>);

#[derive(Default)]
struct Noted {
    apps: Mutex<BTreeSet<String>>,
    came: Notify,
}

impl Outgoing {
    /// Notes that there is a message for the backend of the mini-program with this appId.
    pub(crate) fn note(&self, app_id: String) {
        self.lock().insert(app_id);
        self.0.came.notify_one();
    }

    /// Takes one of the mini-programs that were noted, and waits if there is none.
    pub(crate) async fn next(&self) -> String {
        loop {
            let first = self.lock().pop_first();
            match first {
                Some(app_id) => return app_id,
                None => self.0.came.notified().await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        // Nothing that holds the lock can leave the set inconsistent.
        self.0.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
