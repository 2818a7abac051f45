//! Sending the messages that wait.
//!
//! A message is in the data file before that is acknowledged of which it tells. It is tried until it has arrived: one about a
//! call that rings as long as it does, and the others for a day, with growing pauses. A backend may get a message twice, if
//! the service dies between the arrival and the commit that notes it; the message's id tells. Messages about one call go out in
//! their order, one at a time. Each mini-program has a courier, a task that looks which of its messages are to be tried, and
//! has a few of them sent at once. How many requests run is limited for each mini-program and for all of them, so that a backend
//! that does not answer holds up only its own messages. Nothing that a backend answers fails a call.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::sleep;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::delivery;
use crate::domain::clock::Clock;
use crate::domain::message::{Attempt, Message, Outcome, Then};
use crate::domain::outgoing::Outgoing;
use crate::domain::shutdown::Shutdown;
use crate::metrics::Metrics;
use crate::storage::StoreError;
use crate::storage::sqlite::store::Store;

/// How long a backend may take to answer.
const TRY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many requests may run at the same time.
const AT_ONCE: usize = 64;

/// How many requests may run at the same time for one mini-program.
const AT_ONCE_FOR_ONE: usize = 8;

/// How many messages of each kind a courier looks at: among so many, at least as many are not on their way as may be.
const LOOKED_AT: u32 = 2 * AT_ONCE_FOR_ONE as u32;

/// How long to wait when the store has failed.
const RETRY: Duration = Duration::from_secs(5);

/// Notes the mini-programs whose messages were not all sent when the service stopped last.
///
/// # Errors
/// When the store fails.
pub(crate) async fn resume(store: &Store, outgoing: &Outgoing) -> Result<(), StoreError> {
    store.apps_to_tell().await?.into_iter().for_each(|app_id| outgoing.note(app_id));
    Ok(())
}

/// Sends whatever is to be sent, until the service stops.
pub(crate) async fn run(
    store: &Arc<Store>,
    clock: &Clock,
    outgoing: &Outgoing,
    metrics: &Arc<Metrics>,
    shutdown: &Shutdown,
) {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(TRY_TIMEOUT))
        // A signed message is for the backend that the operator named, and for no other to which that one redirects.
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("wmpf-voip-server/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build()
        .into();
    let all = Arc::new(Semaphore::new(AT_ONCE));
    // There are as many as mini-programs with a webhook.
    let mut bells: HashMap<String, Arc<Notify>> = HashMap::new();
    let under_way = shutdown.watch();
    loop {
        let app_id = tokio::select! {
            app_id = outgoing.next() => app_id,
            // What was not begun stays in the data file, where the next process finds it.
            () = under_way.stopping() => return,
        };
        if let Some(bell) = bells.get(&app_id) {
            bell.notify_one();
            continue;
        }
        let bell = Arc::new(Notify::new());
        bells.insert(app_id.clone(), bell.clone());
        let courier = Courier {
            app_id,
            store: store.clone(),
            clock: clock.clone(),
            metrics: metrics.clone(),
            agent: agent.clone(),
            all: all.clone(),
            shutdown: shutdown.clone(),
        };
        tokio::spawn(courier.run(bell));
    }
}

/// Who sends the messages of one mini-program.
#[derive(Clone)]
struct Courier {
    app_id: String,
    store: Arc<Store>,
    clock: Clock,
    metrics: Arc<Metrics>,
    agent: Agent,
    all: Arc<Semaphore>,
    shutdown: Shutdown,
}

impl Courier {
    /// Sends the messages of the mini-program, as they come and whenever the bell rings. The service waits for requests that are
    /// running.
    async fn run(self, bell: Arc<Notify>) {
        let under_way = self.shutdown.watch();
        let mut moves = self.clock.moves();
        let mut on_their_way = BTreeSet::new();
        let mut tasks = JoinSet::new();
        loop {
            let first = match self.store.to_try(self.app_id.clone(), LOOKED_AT).await {
                Ok(first) => first,
                // The store has logged its failure.
                Err(_) => vec![(i64::MIN, self.clock.now_ms() + RETRY.as_millis() as i64)],
            };
            let now = self.clock.now_ms();
            let mut next = None;
            for (number, at) in first {
                if at > now {
                    next = Some(next.map_or(at, |next: i64| next.min(at)));
                } else if on_their_way.len() < AT_ONCE_FOR_ONE && on_their_way.insert(number) {
                    tasks.spawn(self.clone().send(number));
                }
            }
            let left = next.map_or(0, |at| u64::try_from(at.saturating_sub(now)).unwrap_or(0));
            tokio::select! {
                () = sleep(Duration::from_millis(left)), if next.is_some() => {}
                Some(sent) = tasks.join_next(), if !tasks.is_empty() => {
                    if let Ok(number) = sent {
                        on_their_way.remove(&number);
                    }
                    // If one has panicked, nobody knows which it was.
                    if tasks.is_empty() {
                        on_their_way.clear();
                    }
                }
                () = bell.notified() => {}
                moved = moves.changed() => if moved.is_err() { return },
                () = under_way.stopping() => break,
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Tries to send a message. Gives its number.
    async fn send(self, number: i64) -> i64 {
        let under_way = self.shutdown.watch();
        // The semaphore is never closed.
        let _place = tokio::select! {
            place = self.all.acquire() => place,
            () = under_way.stopping() => return number,
        };
        // The store has logged its failures. The row stays as it was, and is found again.
        let Ok(found) = self.store.message(number).await else {
            sleep(RETRY).await;
            return number;
        };
        if let Some(message) = found {
            let attempt = delivery::attempt(&self.agent, &self.clock, &message).await;
            self.log(&message, &attempt);
            if self.store.attempted(number, message.next_try_at, attempt).await.is_err() {
                sleep(RETRY).await;
            }
        }
        number
    }

    fn log(&self, message: &Message, attempt: &Attempt) {
        let Message { webhook_id, kind, room_id, tries, .. } = message;
        let (app_id, kind) = (&self.app_id, kind.as_str());
        let room_id = room_id.as_deref();
        let tries = tries + u32::from(attempt.is_try);
        let why = attempt.error.as_deref();
        match attempt.then {
            Then::TryAgain(_) => tracing::debug!(
                %app_id, webhook_id, kind, room_id, tries, why,
                "the webhook could not be told yet"
            ),
            Then::Done(outcome) => {
                self.metrics.webhook(message.kind, outcome);
                match outcome {
                    Outcome::Delivered => tracing::info!(
                        %app_id, webhook_id, kind, room_id, tries, "the webhook was told"
                    ),
                    Outcome::Waiting | Outcome::Settled => tracing::debug!(
                        %app_id, webhook_id, kind, room_id, tries, why,
                        "the webhook need not be told any more"
                    ),
                    Outcome::Refused => tracing::warn!(
                        %app_id, webhook_id, kind, room_id, tries, why, "the webhook refused to be told"
                    ),
                    Outcome::GivenUp => tracing::warn!(
                        %app_id, webhook_id, kind, room_id, tries, why, "gave up telling the webhook"
                    ),
                }
            }
        }
    }
}
