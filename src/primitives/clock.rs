//! The only place that asks for the time; tests move it by hand.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::Timestamp;

/// A steady clock is corrected no oftener than this: each time a part of a millisecond is rounded away.
const CORRECTED_EVERY: Duration = Duration::from_secs(10);
/// A steady clock runs at most one part in this many faster or slower to agree with its reference: in a
/// quarter of an hour, the life of an invoice, less than a second.
const STEADINESS: i64 = 1_000;

/// A clock that is the machine's, or steady, or moved by hand. Clones share one time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Steady(Arc<Mutex<Steady>>),
    Manual(Arc<watch::Sender<i64>>),
    Jumping(Arc<watch::Sender<i64>>),
}

/// The time that a count of moments, which nobody can set, began with.
#[derive(Debug)]
struct Steady {
    began: Instant,
    at: Timestamp,
    /// Whether it agrees with somebody else's clock instead of the machine's.
    guided: bool,
}

impl Steady {
    fn now(&mut self) -> Timestamp {
        if !self.guided {
            self.approach(machine_time());
        }
        self.at.plus(self.began.elapsed())
    }

    /// Goes on from now, as much nearer to `reference` as the time since the last correction allows.
    fn approach(&mut self, reference: Timestamp) {
        let elapsed = self.began.elapsed();
        if elapsed < CORRECTED_EVERY {
            return;
        }
        let reading = self.at.plus(elapsed);
        let most = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX) / STEADINESS;
        let nearer = (reference.0 - reading.0).clamp(-most, most);
        self.at = Timestamp(reading.0 + nearer);
        self.began = Instant::now();
    }
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that never jumps: it begins with the machine's time and runs at most a thousandth faster
    /// or slower until it agrees with it again, so that a clock set by mistake ends no order early.
    #[must_use]
    pub fn steady() -> Self {
        let (began, at) = (Instant::now(), machine_time());
        Self(Source::Steady(Arc::new(Mutex::new(Steady { began, at, guided: false }))))
    }

    /// Lets a steady clock follow somebody else's: at once the first time, gently from then on.
    ///
    /// Replicas agree so with their database's clock. Other clocks stay what they are.
    pub fn agree_with(&self, reference: Timestamp) {
        let Source::Steady(steady) = &self.0 else { return };
        let mut steady = locked(steady);
        if steady.guided {
            steady.approach(reference);
        } else {
            *steady = Steady { began: Instant::now(), at: reference, guided: true };
        }
    }

    /// How far the machine's clock is ahead of this one, in milliseconds.
    #[must_use]
    pub fn machine_is_ahead_by(&self) -> i64 {
        machine_time().0 - self.now().0
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
            Source::Steady(steady) => locked(steady).now(),
            Source::Manual(time) => Timestamp(*time.borrow()),
            Source::Jumping(ahead) => Timestamp(machine_time().0 + *ahead.borrow()),
        }
    }

    /// Moves the clock forward and wakes whoever sleeps on it.
    ///
    /// # Panics
    /// On the machine's clock and on a steady one, which nobody moves.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Source::Manual(time) | Source::Jumping(time) => {
                time.send_modify(|now| *now = Timestamp(*now).plus(by).0);
            }
            Source::System | Source::Steady(_) => panic!("the machine's clock cannot be moved"),
        }
    }

    /// Waits until the clock shows `due` or later.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may wait")]
    pub async fn sleep_until(&self, due: Timestamp) {
        match &self.0 {
            Source::System => tokio::time::sleep(due.since(self.now())).await,
            Source::Steady(_) => {
                while self.now() < due {
                    tokio::time::sleep(due.since(self.now())).await;
                }
            }
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

fn locked(steady: &Mutex<Steady>) -> MutexGuard<'_, Steady> {
    steady.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
fn machine_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.expect("the machine's clock stands after 1970").as_millis();
    Timestamp(i64::try_from(millis).expect("the year is below 292 million"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A steady clock whose last correction was so long ago, at 0.
    fn corrected(ago: Duration) -> Steady {
        let began = Instant::now().checked_sub(ago).expect("the machine is up for a minute");
        Steady { began, at: Timestamp(0), guided: true }
    }

    #[test]
    fn a_reference_that_jumps_pulls_a_thousandth_and_no_more() {
        for (reference, expected) in [(i64::MAX / 2, 30_030), (0, 29_970), (-86_400_000, 29_970)] {
            let mut clock = corrected(Duration::from_secs(30));
            clock.approach(Timestamp(reference));
            let off = (clock.at.0 - expected).abs();
            assert!(off < 10, "{reference} led to {}", clock.at.0);
        }
    }

    #[test]
    fn a_small_difference_is_gone_with_the_next_correction() {
        let mut clock = corrected(Duration::from_secs(30));
        clock.approach(Timestamp(30_020));
        assert_eq!(clock.at, Timestamp(30_020));
    }

    #[test]
    fn a_reference_that_is_asked_often_pulls_no_less() {
        let mut clock = corrected(Duration::from_millis(700));
        let began = clock.began;
        clock.approach(Timestamp(1_000_000));
        assert_eq!(
            (clock.began, clock.at),
            (began, Timestamp(0)),
            "what is too soon is not counted"
        );
    }

    #[test]
    fn it_follows_another_clock_at_once_and_gently_from_then_on() {
        let clock = Clock::steady();
        clock.agree_with(Timestamp(5_000));
        assert!((5_000..6_000).contains(&clock.now().0));
        clock.agree_with(Timestamp(1_000_000));
        assert!(clock.now().0 < 6_000, "it jumped to {}", clock.now().0);
    }
}
