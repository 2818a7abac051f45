//! Whether the service is ready: whether what a request writes now would be on disk.
//!
//! Only a write can tell, so one is tried, at most once a second, however often somebody asks, and only one at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::StoreError;
use super::sqlite::store::Store;

/// How long the store may take to write: less than a request may take, which would be refused then, and more than a
/// group of requests takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long an answer counts.
const FRESH: Duration = Duration::from_secs(1);

/// Why the service is not ready. The texts are told to anybody who asks; the log says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// The disk has no room.
    #[error("the disk is full")]
    Full,
    /// SQLite has found that the data file is damaged.
    #[error("the data file is damaged")]
    Damaged,
    /// The path of the data file names another file, or none.
    #[error("the data file was deleted or replaced while the service uses it")]
    Moved,
    /// The store has not answered in time.
    #[error("the store does not answer in time")]
    Late,
    /// The store has failed in another way.
    #[error("the data file cannot be written; the log says why")]
    Failed,
}

impl From<&StoreError> for Unready {
    fn from(error: &StoreError) -> Unready {
        match error {
            StoreError::Full(_) => Unready::Full,
            StoreError::Damaged(_) | StoreError::WasDamaged => Unready::Damaged,
            StoreError::Moved(_) => Unready::Moved,
            StoreError::Engine(_)
            | StoreError::File(_)
            | StoreError::InUse(_)
            | StoreError::InUseByAnotherName(_)
            | StoreError::NotOurs(..)
            | StoreError::Emptied { .. }
            | StoreError::NotWhole
            | StoreError::Lock(..)
            | StoreError::TooNew { .. }
            | StoreError::Thread(_)
            | StoreError::Panicked
            | StoreError::Stopped
            | StoreError::Unreadable(_)
            | StoreError::Changed => Unready::Failed,
        }
    }
}

type Probe = Result<(), StoreError>;

/// Tells whether the service is ready.
pub struct Readiness {
    store: Arc<Store>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The last answer, and when it was found.
    answer: Option<(Instant, Result<(), Unready>)>,
    /// The probe that the store has not answered yet.
    probing: Option<JoinHandle<Probe>>,
}

impl Readiness {
    /// Nothing is probed before somebody asks.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Readiness {
        Readiness { store, known: Mutex::default() }
    }

    /// Whether a write would be durable now, or was within the last second.
    ///
    /// # Errors
    /// Why it would not.
    pub async fn check(&self) -> Result<(), Unready> {
        // Whoever comes while a probe runs waits for it here.
        let mut known = self.known.lock().await;
        if let Some((at, answer)) = known.answer
            && at.elapsed() < FRESH
        {
            return answer;
        }
        let before = known.answer.map(|(_, answer)| answer);
        // A probe that took too long is still the only one.
        let probing = known.probing.get_or_insert_with(|| {
            let store = self.store.clone();
            tokio::spawn(async move { store.probe().await })
        });
        let probed = timeout(PATIENCE, probing).await;
        if probed.is_ok() {
            known.probing = None;
        }
        let (answer, cause) = match probed {
            Ok(Ok(Ok(()))) => (Ok(()), String::new()),
            Ok(Ok(Err(error))) => (Err(Unready::from(&error)), error.to_string()),
            Ok(Err(error)) => (Err(Unready::Failed), error.to_string()),
            Err(_) => (Err(Unready::Late), format!("no answer within {} s", PATIENCE.as_secs())),
        };
        known.answer = Some((Instant::now(), answer));
        // Once for each change, because a balancer asks all the time.
        match (before, answer) {
            (before, Err(unready)) if before != Some(answer) => {
                tracing::error!(cause, "not ready: {unready}");
            }
            (Some(Err(_)), Ok(())) => tracing::info!("ready again"),
            (_, Ok(()) | Err(_)) => {}
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::future::join_all;

    use super::*;
    use crate::domain::clock::Clock;
    use crate::live::calls::LiveCalls;
    use crate::storage::sqlite::store::Surroundings;

    fn open(dir: &tempfile::TempDir) -> Arc<Store> {
        let surroundings = Surroundings {
            presence: Arc::new(LiveCalls::default()),
            clock: Clock::default(),
            metrics: Arc::default(),
            outgoing: crate::domain::outgoing::Outgoing::default(),
        };
        Arc::new(Store::open(&dir.path().join("store.sqlite"), surroundings).unwrap())
    }

    #[tokio::test]
    async fn a_thousand_who_ask_are_one_write_a_second() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let count = |db: &rusqlite::Connection| -> Result<u32, StoreError> {
            Ok(db.query_row("SELECT count(*) FROM probes", [], |row| row.get(0))?)
        };
        let watch = "CREATE TABLE probes (at INTEGER);
            CREATE TRIGGER probed AFTER INSERT ON probe BEGIN INSERT INTO probes VALUES (new.at); END";
        store.run(|db| Ok(db.execute_batch(watch)?)).await.unwrap();
        let readiness = Readiness::new(store.clone());
        let start = Instant::now();
        let answers = join_all((0..1000).map(|_| readiness.check())).await;
        assert_eq!(answers, vec![Ok(()); 1000]);
        let probes = store.run(count).await.unwrap();
        assert!((1..=1 + start.elapsed().as_secs()).contains(&probes.into()), "{probes}");
        tokio::time::sleep(FRESH).await;
        assert_eq!(readiness.check().await, Ok(()));
        assert!(store.run(count).await.unwrap() > probes, "an answer does not count for ever");
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_is_stuck_is_waited_for_by_one_probe() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir);
        let (release, released) = mpsc::channel::<()>();
        let held = store.clone();
        let stuck =
            tokio::spawn(async move { held.run(move |_| Ok(released.recv().is_err())).await });
        tokio::task::yield_now().await;
        let readiness = Readiness::new(store);
        for _ in 0..3 {
            assert_eq!(readiness.check().await, Err(Unready::Late));
            assert!(readiness.known.lock().await.probing.is_some());
            tokio::time::advance(FRESH).await;
        }
        drop(release);
        assert!(stuck.await.unwrap().unwrap());
        // The clock of the test stands still only while something can run.
        while readiness.check().await != Ok(()) {
            tokio::time::advance(FRESH).await;
        }
    }
}
