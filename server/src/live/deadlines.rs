//! The task that does what is due in the calls, and notes that the service is running.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use wmpf_voip_calls::driver::{CatchUp, Resume, Resumed};
use wmpf_voip_calls::operation::CallsUnderWay;

use super::Live;
use crate::domain::shutdown::UnderWay;
use crate::storage::Undone;
use crate::storage::sqlite::store::Store;

/// How many calls are handled at once: as many as share one commit.
const AT_ONCE: usize = 256;

/// How long to wait before a call is tried again when the store has failed, in milliseconds.
const RETRY_MS: i64 = 1000;

/// How often it is noted that the service is running. After a crash, nobody is billed for more than this time.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Does whatever is due, until the service stops.
pub(crate) async fn run(store: &Arc<Store>, live: &Live, under_way: UnderWay) {
    let (calls, clock) = (&live.calls, &live.clock);
    let mut moves = clock.moves();
    let mut beat_at = Instant::now();
    loop {
        let now = clock.now_ms();
        // Without calls there is nothing to bill.
        if beat_at <= Instant::now() && !calls.is_empty() {
            beat(store).await;
            beat_at = Instant::now() + HEARTBEAT;
        }
        let due = calls.take_due(now, AT_ONCE);
        if !due.is_empty() {
            catch_up(store, live, due).await;
            continue;
        }
        let next = calls.next_due();
        let left = next.map_or(0, |at| u64::try_from(at.saturating_sub(now)).unwrap_or(0));
        let has_calls = !calls.is_empty();
        tokio::select! {
            () = sleep(Duration::from_millis(left)), if next.is_some() => {}
            () = sleep_until(beat_at), if has_calls => {}
            () = calls.changed() => {}
            _ = moves.changed() => {}
            () = under_way.stopping() => break,
        }
    }
    beat(store).await;
}

async fn catch_up(store: &Arc<Store>, live: &Live, due: Vec<String>) {
    let mut turns = JoinSet::new();
    for room_id in due {
        let (store, live) = (store.clone(), live.clone());
        turns.spawn(async move {
            let (follower, gone) = (live.clone(), room_id.clone());
            let catch_up = CatchUp { room_id: room_id.clone() };
            let turn = store.decide_then(catch_up, move |change| match change {
                Some(change) => follower.pass_on(change),
                None => follower.calls.forget(&gone),
            });
            if let Err(error) = turn.await {
                tracing::error!(%error, room_id, "a call could not go on");
                let again = live.clock.now_ms().saturating_add(RETRY_MS);
                live.calls.put_off(&room_id, again);
            }
        });
    }
    while turns.join_next().await.is_some() {}
}

async fn beat(store: &Store) {
    if let Err(error) = store.beat().await {
        tracing::error!(%error, "it could not be noted that the service is running");
    }
}

/// Goes on with the calls that were not over when the service stopped last, some at a time.
///
/// # Errors
/// When the store fails.
pub(crate) async fn resume(store: &Store, live: &Live) -> Result<(), Undone> {
    let mut wanted = CallsUnderWay::First;
    loop {
        let follower = live.clone();
        let begin = move |resumed: &Resumed| {
            resumed.changes.iter().for_each(|change| follower.begin(change));
        };
        match store.decide_then(Resume(wanted), begin).await?.next {
            Some(place) => wanted = CallsUnderWay::After(place),
            None => return Ok(()),
        }
    }
}
