//! The queue of deliveries between the calls that hand them in and the task that sends them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::domain::message::Delivery;

/// The queue of deliveries.
#[derive(Clone, Default)]
pub struct Webhooks(Arc<Queue>);

#[derive(Default)]
struct Queue {
    deliveries: Mutex<VecDeque<Delivery>>,
    came: Notify,
}

impl Webhooks {
    /// Queues a message that is in the outbox. Does not wait until it is sent.
    pub(crate) fn deliver(&self, delivery: Delivery) {
        self.lock().push_back(delivery);
        self.0.came.notify_one();
    }

    /// Takes the next delivery, and waits if there is none.
    pub(super) async fn next(&self) -> Delivery {
        loop {
            let first = self.lock().pop_front();
            match first {
                Some(delivery) => return delivery,
                None => self.0.came.notified().await,
            }
        }
    }

    /// How many deliveries wait to be taken.
    pub(crate) fn length(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Delivery>> {
        // Nothing that holds the lock can leave the queue inconsistent.
        self.0.deliveries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
