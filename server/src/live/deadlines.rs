//! The one task that does what is due in the calls, and notes that the service is running.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::domain::failure::Failure;
use crate::service::{App, closed};
use crate::storage::store::StoreError;

/// How many calls get their turn at once: as many as share one commit.
const AT_ONCE: usize = 256;

/// How long to wait with a call when the store has failed.
const RETRY_MS: i64 = 1000;

/// How often it is noted that the service is running: nobody is billed for more than this after a crash.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Runs until the service stops.
pub(crate) async fn run(app: &Arc<App>) {
    let mut closing = app.closing.subscribe();
    let (live, clock) = (&app.driver.live, &app.driver.clock);
    // Not by the time of day: when that is set back, the service has run on all the same.
    let mut beat_at = Instant::now();
    let mut latest = i64::MIN;
    loop {
        let now = clock.now_ms();
        // Without calls there is nobody to bill.
        if beat_at <= Instant::now() && !live.is_empty() {
            beat(app, now).await;
            beat_at = Instant::now() + HEARTBEAT;
        }
        if now < latest {
            live.look_at_all();
        }
        latest = now;
        let due = live.take_due(now, AT_ONCE);
        if !due.is_empty() {
            catch_up(app, due).await;
            continue;
        }
        let next = live.next_due();
        let left = next.map_or(0, |at| u64::try_from(at.saturating_sub(now)).unwrap_or(0));
        let has_calls = !live.is_empty();
        tokio::select! {
            () = sleep(Duration::from_millis(left)), if next.is_some() => {}
            () = sleep_until(beat_at), if has_calls => {}
            () = live.changed() => {}
            () = clock.moved() => {}
            () = closed(&mut closing) => break,
        }
    }
    beat(app, clock.now_ms()).await;
}

async fn catch_up(app: &Arc<App>, due: Vec<String>) {
    let mut turns = JoinSet::new();
    for room_id in due {
        let app = app.clone();
        turns.spawn(async move {
            let (driver, follower) = (app.driver.clone(), app.driver.clone());
            let (room, gone) = (room_id.clone(), room_id.clone());
            let turn = app.store.run_then(
                move |db| driver.catch_up(db, &room),
                move |change| match change {
                    Some(change) => follower.follow(change),
                    None => follower.live.forget(&gone),
                },
            );
            if let Err(error) = turn.await {
                tracing::error!(%error, room_id, "a call could not go on");
                let again = app.driver.clock.now_ms().saturating_add(RETRY_MS);
                app.driver.live.put_off(&room_id, again);
            }
        });
    }
    while turns.join_next().await.is_some() {}
}

async fn beat(app: &App, now: i64) {
    let beaten = app.store.run(move |db| {
        db.prepare_cached("INSERT OR REPLACE INTO heartbeat VALUES (1, ?1)")?.execute([now])?;
        Ok::<_, StoreError>(())
    });
    if let Err(error) = beaten.await {
        tracing::error!(%error, "it could not be noted that the service is running");
    }
}

/// When the service was last known to run.
fn last_beat(db: &Connection) -> rusqlite::Result<i64> {
    let at = db.query_row("SELECT at FROM heartbeat", [], |row| row.get(0)).optional()?;
    Ok(at.unwrap_or(0))
}

/// Goes on with the calls of the last run.
///
/// # Errors
/// When the store fails.
pub(crate) async fn resume(app: &App) -> Result<(), Failure> {
    let (driver, live) = (app.driver.clone(), app.driver.live.clone());
    let resumed = app.store.run_then(
        move |db| driver.resume(db, last_beat(db)?),
        move |changes| changes.iter().for_each(|change| live.begin(change)),
    );
    resumed.await.map(|_| ())
}
