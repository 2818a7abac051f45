//! The SQLite file, and the one thread that owns the connection to it.
//!
//! Work comes to that thread as closures over a bounded channel. Whatever has queued up runs in one transaction, each
//! closure in a savepoint of its own, and nobody is answered before the commit: one sync to disk pays for the whole
//! group, and what was acknowledged is on disk. The checks and the writes that they permit are one closure, so nothing
//! can change between them. A closure that panics fails alone, because the thread serves every request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::{Instrument, Span};
use wmpf_voip_calls::operation::{Context, Operation, Write};
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::presence::Presence;

use super::connection::{Answer, Job, compile_once, run_group};
use super::data_file::{DataFile, Place};
use super::{deleted_parties, facts, look_ups, probe, schema, sweep, writes};
use crate::domain::clock::Clock;
use crate::domain::outgoing::Outgoing;
use crate::domain::retention::Retention;
use crate::domain::signing_key::SigningKey;
use crate::metrics::Metrics;
use crate::storage::{OfStore, StoreError, Undone};

/// Mini-programs, devices and users in every state that the contract can tell apart.
pub(super) const DEMO: &str = include_str!("demo.sql");

/// How many closures may wait for the thread. Further requests wait until there is room.
const QUEUE_LENGTH: usize = 1024;

/// How many closures share one commit at most. It bounds how long the first of a group waits for the last.
const GROUP_SIZE: usize = 256;

/// How long to wait for another process that holds a lock of SQLite's on the file, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What comes to the thread.
enum Work {
    /// Do this.
    Do(Job),
    /// Do what has come before, close the file, and tell so.
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// What operations are told besides the stored facts.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells who is connected now.
    pub presence: Arc<dyn Presence>,
    /// The clock of the service.
    pub clock: Clock,
    /// What the service counts and measures.
    pub metrics: Arc<Metrics>,
    /// Is told for which mini-programs a message was queued.
    pub outgoing: Outgoing,
}

/// A handle on the store.
pub struct Store {
    /// `None` only while the store is dropped.
    work: Option<mpsc::Sender<Work>>,
    thread: Option<JoinHandle<()>>,
    surroundings: Surroundings,
    /// When the store was opened, by the service's clock, in milliseconds since the Unix epoch.
    started_at: i64,
    place: Arc<Place>,
    /// Notified when there may be something to sweep.
    to_sweep: Notify,
    /// Whether SQLite has ever found the data file damaged. It does not mend itself.
    is_damaged: Arc<AtomicBool>,
    _file: DataFile,
}

impl Store {
    /// Opens the data file, creates or migrates it if need be, and starts the thread.
    ///
    /// # Errors
    /// When the file cannot be used, or another service uses it.
    pub fn open(path: &Path, surroundings: Surroundings) -> Result<Store, StoreError> {
        let file = DataFile::claim(path)?;
        let connection = connect(&file)?;
        let clock = &surroundings.clock;
        if let Some((at, wall)) = facts::to_go_on_from(&connection)? {
            clock.go_on(at, wall);
        }
        let started_at = clock.now_ms();
        let metrics = surroundings.metrics.clone();
        let (work, queue) = mpsc::channel(QUEUE_LENGTH);
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(move || work_off(connection, queue, &metrics))
            .map_err(|error| StoreError::Thread(Arc::new(error)))?;
        Ok(Store {
            work: Some(work),
            thread: Some(thread),
            surroundings,
            started_at,
            place: Arc::new(file.place()),
            is_damaged: Arc::default(),
            to_sweep: Notify::new(),
            _file: file,
        })
    }

    /// Does what an operation decides, and waits until that is on disk.
    ///
    /// # Errors
    /// The failure of the operation, or that of the store. Nothing of the operation is written then.
    pub async fn decide<O: Operation>(&self, operation: O) -> Result<O::Done, Undone> {
        self.decide_then(operation, |_| ()).await
    }

    /// Does what an operation decides, and calls `then` with the result once it is on disk. The calls come in the
    /// order of the changes, and also if the future that this function returns was dropped. `then` holds up every
    /// other request, so it has to be short.
    ///
    /// # Errors
    /// The failure of the operation, or that of the store. Nothing of the operation is written then.
    pub async fn decide_then<O: Operation>(
        &self,
        operation: O,
        then: impl FnOnce(&O::Done) + Send + 'static,
    ) -> Result<O::Done, Undone> {
        let Surroundings { presence, clock, outgoing, .. } = self.surroundings.clone();
        let started_at = self.started_at;
        let work = move |db: &Connection| {
            let (now, wall) = (clock.now_ms(), clock.wall_ms());
            let facts = facts::read(db, &operation.wants(), now)?;
            let context = Context { presence: presence.as_ref(), now, wall, started_at };
            let decision = operation.decide(facts, &context)?;
            let mut to_tell = Vec::new();
            for write in &decision.writes {
                if writes::write(db, write, now)?
                    && let Write::Tell(event) = write
                {
                    to_tell.push(event.app_id.clone());
                }
            }
            Ok::<_, Undone>((decision.done, to_tell))
        };
        let then = move |(done, to_tell): &(O::Done, Vec<String>)| {
            then(done);
            to_tell.iter().for_each(|app_id| outgoing.note(app_id.clone()));
        };
        let (done, _) = self.run_then(work, then).await?;
        Ok(done)
    }

    /// What operations are told besides the stored facts.
    pub(super) const fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Does what has come so far, and closes the data file. Whatever comes later is [`StoreError::Stopped`].
    ///
    /// # Errors
    /// When the store fails, or somebody else reads the file, so that it is not whole by itself.
    pub async fn close(&self) -> Result<(), StoreError> {
        let (sender, closed) = oneshot::channel();
        self.send(Work::Close(sender)).await?;
        closed.await.map_err(|_| StoreError::Stopped)?
    }

    async fn send(&self, work: Work) -> Result<(), StoreError> {
        let sender = self.work.as_ref().ok_or(StoreError::Stopped)?;
        sender.send(work).await.map_err(|_| StoreError::Stopped)
    }

    /// Removes a few rows that nobody needs any more. Gives whether there may be more to remove now.
    ///
    /// # Errors
    /// When the store fails.
    pub(in crate::storage) async fn sweep(&self, retention: Retention) -> Result<bool, StoreError> {
        let now = self.now_ms();
        self.run(move |db| Ok(sweep::step(db, now, &retention)?)).await
    }

    /// The time of the service's clock, in milliseconds since the Unix epoch.
    pub(super) fn now_ms(&self) -> i64 {
        self.surroundings.clock.now_ms()
    }

    /// Tells the sweeper that there may be something to do.
    pub(super) fn sweep_on(&self) {
        self.to_sweep.notify_one();
    }

    /// How many requests wait for the thread.
    #[must_use]
    pub fn queue_length(&self) -> usize {
        self.work.as_ref().map_or(0, |work| work.max_capacity() - work.capacity())
    }

    /// Waits until there may be something to sweep.
    pub(in crate::storage) async fn to_sweep(&self) {
        self.to_sweep.notified().await;
    }

    /// Notes that the service is running now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn beat(&self) -> Result<(), StoreError> {
        let clock = self.surroundings.clock.clone();
        self.run(move |db| writes::beat(db, clock.now_ms(), clock.wall_ms())).await
    }

    /// Writes something, to find out whether a write would be durable now.
    ///
    /// # Errors
    /// When it would not, or SQLite has ever found the data file damaged.
    pub async fn probe(&self) -> Result<(), StoreError> {
        let (clock, place) = (self.surroundings.clock.clone(), self.place.clone());
        self.run(move |db| {
            place.check()?;
            probe::write(db, clock.now_ms())
        })
        .await?;
        if self.is_damaged.load(Ordering::Relaxed) { Err(StoreError::WasDamaged) } else { Ok(()) }
    }

    /// Writes the demo's records. Records that exist already are not changed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn seed_demo(&self) -> Result<(), StoreError> {
        self.run(|db| Ok(db.execute_batch(DEMO)?)).await
    }

    /// The keys that sign tokens, each with the appId of its mini-program.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn token_keys(&self) -> Result<Vec<(String, SigningKey)>, StoreError> {
        self.run(|db| Ok(look_ups::token_keys(db)?)).await
    }

    /// Those whose record was deleted, so that their session tokens are not valid.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn deleted_parties(&self) -> Result<Vec<Party>, StoreError> {
        self.run(|db| Ok(deleted_parties::all(db)?)).await
    }

    /// Does `work` in a transaction and waits until its changes are on disk. An error undoes the changes.
    ///
    /// # Errors
    /// The error of `work`, or that of the store.
    pub(in crate::storage) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.run_then(work, |_| ()).await
    }

    /// Does `work` in a transaction, and calls `then` with its result once the changes are on disk. The calls come in
    /// the order of the changes, and also if the future that this function returns was dropped. `then` holds up every
    /// other request, so it has to be short.
    ///
    /// # Errors
    /// The error of `work`, or that of the store.
    pub(super) async fn run_then<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        then: impl FnOnce(&T) + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: OfStore + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        // What is logged on the thread belongs to the request that has led to it.
        let span = Span::current();
        let is_damaged = self.is_damaged.clone();
        let job: Job = Box::new(move |connection| {
            // What a panic leaves half done is undone with the savepoint.
            let result = catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| {
                tracing::error!("a request panicked in the store");
                Err(StoreError::Panicked.into())
            });
            if let Err(error) = &result
                && matches!(error.of_store(), Some(StoreError::Damaged(_)))
            {
                is_damaged.store(true, Ordering::Relaxed);
            }
            let stands = result.is_ok();
            let answer: Answer = Box::new(move |committed| {
                let result = result.and_then(|done| committed.map(|()| done).map_err(E::from));
                if let Ok(done) = &result {
                    span.in_scope(|| then(done));
                }
                // The receiver may be gone, because its request was dropped.
                let _ = sender.send(result);
            });
            (stands, answer)
        });
        let done = async {
            self.send(Work::Do(job)).await?;
            receiver.await.map_err(|_| StoreError::Stopped)?
        };
        // The time until what a request has asked for is on disk. What is done without a request is part of no trace.
        let is_asked_for = !Span::current().is_none();
        done.instrument(if is_asked_for { tracing::debug_span!("store") } else { Span::none() })
            .await
    }
}

impl Drop for Store {
    /// Waits until the file is closed. Only then may it be unlocked, which comes next.
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's thread has panicked");
        }
    }
}

fn connect(file: &DataFile) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(file.path())?;
    // A file of somebody else's is left as it is.
    schema::check(&connection, file.path())?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    compile_once(&connection)?;
    schema::migrate(&mut connection)?;
    file.has_data()?;
    Ok(connection)
}

/// Works until the store is closed or given up, and then closes the file.
fn work_off(connection: Connection, mut queue: mpsc::Receiver<Work>, metrics: &Metrics) {
    let mut group = Vec::new();
    while queue.blocking_recv_many(&mut group, GROUP_SIZE) > 0 {
        let (mut jobs, mut closing) = (Vec::with_capacity(group.len()), None);
        for work in group.drain(..) {
            match work {
                Work::Do(job) => jobs.push(job),
                Work::Close(closed) => closing = Some(closed),
            }
        }
        let (count, began) = (jobs.len(), Instant::now());
        let mut answers = Vec::with_capacity(count);
        let committed = run_group(&connection, jobs.into_iter(), &mut answers);
        metrics.committed(count, began.elapsed(), committed.is_ok());
        if let Err(error) = &committed {
            // Jobs that could not run were dropped, so this is the only place that knows why.
            tracing::error!(%error, "a group of requests could not be stored");
        }
        for answer in answers {
            answer(committed.clone());
        }
        if let Some(closed) = closing {
            // Nobody waits any more if the receiver is gone.
            let _ = closed.send(close(connection));
            return;
        }
    }
    if let Err(error) = close(connection) {
        tracing::error!(%error, "the data file could not be closed well");
    }
}

/// Moves everything into the data file, so that it is whole by itself, and closes it.
fn close(connection: Connection) -> Result<(), StoreError> {
    const SQL: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_read: bool = connection.query_row(SQL, [], |row| row.get(0))?;
    connection.close().map_err(|(_, error)| error)?;
    if is_read { Err(StoreError::NotWhole) } else { Ok(()) }
}
