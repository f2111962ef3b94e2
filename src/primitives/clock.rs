//! The only place that asks for the time; tests move it by hand.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::Timestamp;

/// A clock that is the machine's, or moved by hand, or both. Clones share one time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<watch::Sender<i64>>),
    Jumping(Arc<watch::Sender<i64>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until [`Clock::advance`] is called.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(start.0))))
    }

    /// A clock that runs like the machine's and jumps ahead when [`Clock::advance`] is called.
    #[must_use]
    pub fn jumping() -> Self {
        Self(Source::Jumping(Arc::new(watch::Sender::new(0))))
    }

    /// The time now.
    ///
    /// # Panics
    /// When the machine's clock stands before 1970.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => machine_time(),
            Source::Manual(time) => Timestamp(*time.borrow()),
            Source::Jumping(ahead) => Timestamp(machine_time().0 + *ahead.borrow()),
        }
    }

    /// Moves the clock forward and wakes whoever sleeps on it.
    ///
    /// # Panics
    /// On the machine's clock, which nobody moves.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Source::Manual(time) | Source::Jumping(time) => {
                time.send_modify(|now| *now = Timestamp(*now).plus(by).0);
            }
            Source::System => panic!("the machine's clock cannot be moved"),
        }
    }

    /// Waits until the clock shows `due` or later.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may wait")]
    pub async fn sleep_until(&self, due: Timestamp) {
        match &self.0 {
            Source::System => tokio::time::sleep(due.since(self.now())).await,
            Source::Manual(time) => {
                let mut seen = time.subscribe();
                // The sender lives in `self`, so waiting can only end by reaching the time.
                let _ = seen.wait_for(|now| *now >= due.0).await;
            }
            Source::Jumping(ahead) => {
                let mut jumps = ahead.subscribe();
                while self.now() < due {
                    let rest = tokio::time::sleep(due.since(self.now()));
                    tokio::select! {
                        () = rest => {}
                        _ = jumps.changed() => {}
                    }
                }
            }
        }
    }

    /// Waits for `duration` on this clock.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now().plus(duration)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
fn machine_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.expect("the machine's clock stands after 1970").as_millis();
    Timestamp(i64::try_from(millis).expect("the year is below 292 million"))
}
