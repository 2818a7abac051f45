//! The time.
//!
//! The service has one clock of its own, [`Clock::now_ms`]: the machine's clock when the service started, and since then
//! whatever a monotonic clock has counted. Everything that is about how much time has passed is asked of it: how long a call
//! rings, waits and lasts, what is billed, since when a device is away, how long something is remembered. So nothing of
//! that changes when somebody sets the machine's clock. Over a restart it goes on from the last heartbeat, see
//! [`Clock::go_on`].
//!
//! The machine's clock, [`Clock::wall_ms`], is asked only about moments that others have set or will compare with a clock of
//! their own: when a token was issued, becomes valid and expires (`iat`, `nbf`, `exp`: its issuer's clock has said so),
//! when a license ends (a date), what TURN servers, webhooks and WeChat's servers check to be recent, and until when
//! a reminder says that its call rings.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// The clock of the service, and the machine's. A test can advance both, because a call rings for a minute and no test
/// waits as long, and can set the machine's. [`Clock::standing`] is one on which nothing else passes.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Hands>);

#[derive(Debug)]
struct Hands {
    started: Instant,
    /// What the machine's clock showed when both were stopped, if they were.
    stopped_at: Option<i64>,
    /// What the service's clock showed when it started, and how far it was moved since.
    shown: AtomicI64,
    /// How far a test has moved the machine's clock.
    wall_moved: AtomicI64,
    moved: watch::Sender<()>,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::start(None)
    }
}

impl Clock {
    /// Makes a clock for a test that stands still, the machine's too, except when it is moved: then what the test finds
    /// does not depend on how fast it runs.
    #[must_use]
    pub fn standing() -> Clock {
        Clock::start(Some(machine_ms()))
    }

    fn start(stopped_at: Option<i64>) -> Clock {
        Clock(Arc::new(Hands {
            started: Instant::now(),
            stopped_at,
            shown: AtomicI64::new(stopped_at.unwrap_or_else(machine_ms)),
            wall_moved: AtomicI64::new(0),
            moved: watch::Sender::new(()),
        }))
    }

    /// The time of the service's own clock, in milliseconds since the Unix epoch. It never goes back, and shows a wrong
    /// time of day where the machine's clock was wrong when the service started.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        let passed = match self.0.stopped_at {
            Some(_) => 0,
            None => i64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(i64::MAX),
        };
        self.0.shown.load(Ordering::Relaxed).saturating_add(passed)
    }

    /// The time of the machine's clock, in milliseconds since the Unix epoch. It can be set, forth and back.
    #[must_use]
    pub fn wall_ms(&self) -> i64 {
        let shown = self.0.stopped_at.unwrap_or_else(machine_ms);
        shown.saturating_add(self.0.wall_moved.load(Ordering::Relaxed))
    }

    /// Goes on, at a start, from the last heartbeat of the run before: `at` by the service's clock, when the machine's
    /// showed `wall`. What has passed since then only the machine's clock can tell. Where that was set back meanwhile,
    /// no time has passed; where it was set forward, the service was away for longer than it really was, which ends calls
    /// and bills nothing, because nobody is billed after the last heartbeat.
    pub fn go_on(&self, at: i64, wall: i64) {
        let away = self.wall_ms().saturating_sub(wall).max(0);
        let ahead = at.saturating_add(away).saturating_sub(self.now_ms());
        self.0.shown.fetch_add(ahead, Ordering::Relaxed);
    }

    /// Lets `ms` milliseconds pass, for a test, and wakes the tasks that wait for a time.
    pub fn advance(&self, ms: i64) {
        self.0.shown.fetch_add(ms, Ordering::Relaxed);
        self.set_wall(ms);
    }

    /// Sets the machine's clock by `ms` milliseconds, forth or back, for a test, and wakes the tasks that wait for a time.
    pub fn set_wall(&self, ms: i64) {
        self.0.wall_moved.fetch_add(ms, Ordering::Relaxed);
        self.0.moved.send_replace(());
    }

    /// What tells a task that waits for a time that the clock was moved.
    pub(crate) fn moves(&self) -> watch::Receiver<()> {
        self.0.moved.subscribe()
    }
}

fn machine_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// Far more than the lines of a test take.
    const MOMENT: i64 = 60_000;

    fn is_about(time: i64, expected: i64) -> bool {
        (expected..expected + MOMENT).contains(&time)
    }

    #[test]
    fn the_machines_clock_is_asked_once() {
        let clock = Clock::default();
        let start = clock.now_ms();
        for step in [HOUR, -2 * HOUR] {
            clock.set_wall(step);
            assert!(is_about(clock.now_ms(), start), "{step}");
        }
        assert!(is_about(clock.wall_ms(), start - HOUR));
        clock.advance(HOUR);
        assert!(is_about(clock.now_ms(), start + HOUR) && is_about(clock.wall_ms(), start));
    }

    #[test]
    fn a_clock_that_stands_still_is_moved_by_nothing_but_a_test() {
        let clock = Clock::standing();
        let (now, wall) = (clock.now_ms(), clock.wall_ms());
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert_eq!((clock.now_ms(), clock.wall_ms()), (now, wall));
        clock.advance(HOUR);
        clock.set_wall(HOUR);
        assert_eq!((clock.now_ms(), clock.wall_ms()), (now + HOUR, wall + 2 * HOUR));
    }

    #[test]
    fn over_a_restart_as_much_has_passed_as_the_machine_says_but_never_less_than_nothing() {
        let last = Clock::default();
        last.set_wall(-HOUR);
        let (at, wall) = (last.now_ms(), last.wall_ms());
        for (step, passed) in [(0, 0), (MOMENT, MOMENT), (HOUR, HOUR), (-HOUR, 0)] {
            let next = Clock::default();
            next.set_wall(-HOUR + step);
            next.go_on(at, wall);
            assert!(is_about(next.now_ms(), at + passed), "{step}");
        }
    }
}
