//! Leaves a neighbour alone that does not answer: after some failures in a row one careful try at a time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::primitives::{StoreId, Timestamp};

/// So many calls in a row must fail before the neighbour counts as down.
const FAILURES: u32 = 5;
/// How often a neighbour that is down is tried.
const PROBE: Duration = Duration::from_secs(5);

/// How the calls of each store to one neighbour went lately.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<HashMap<StoreId, Line>>);

#[derive(Debug)]
struct Line {
    /// Failures since the last success.
    failures: u32,
    /// While down: when the next careful try may be made.
    probe_at: Timestamp,
}

impl Line {
    const FRESH: Self = Self { failures: 0, probe_at: Timestamp(0) };
}

impl Breaker {
    /// May a call be made now? While the neighbour is down, one caller in each [`PROBE`] may.
    ///
    /// # Errors
    /// When the next try is due.
    pub(super) fn turn(&self, store: StoreId, now: Timestamp) -> Result<(), Timestamp> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(store).or_insert(Line::FRESH);
        if line.failures < FAILURES {
            return Ok(());
        }
        if line.probe_at > now {
            return Err(line.probe_at);
        }
        line.probe_at = now.plus(PROBE);
        Ok(())
    }

    /// Gives a turn back that led to no call: the next caller may make the careful try.
    pub(super) fn leave(&self, store: StoreId, now: Timestamp) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(store).or_insert(Line::FRESH);
        line.probe_at = line.probe_at.min(now);
    }

    /// Notes how a call ended; returns whether that changed what is thought of the neighbour.
    pub(super) fn note(&self, store: StoreId, answered: bool, now: Timestamp) -> bool {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(store).or_insert(Line::FRESH);
        let was_down = line.failures >= FAILURES;
        if answered {
            line.failures = 0;
            return was_down;
        }
        line.failures = line.failures.saturating_add(1);
        if !was_down && line.failures >= FAILURES {
            line.probe_at = now.plus(PROBE);
            return true;
        }
        false
    }

    /// Whether any store's line is down.
    pub(super) fn is_any_down(&self) -> bool {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.values().any(|line| line.failures >= FAILURES)
    }
}

/// Says in the log what is thought of a neighbour from now on.
pub(super) fn tell(neighbour: &str, store: &str, answers: bool) {
    if answers {
        tracing::info!(store, "{neighbour} answers again");
    } else {
        // The health job tells the owners, once it has seen so too.
        tracing::error!(
            alarm = "neighbour",
            store,
            "{neighbour} does not answer; it is tried with care"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: StoreId = StoreId(1);

    fn down_at_zero() -> Breaker {
        let breaker = Breaker::default();
        for failure in 1..=FAILURES {
            assert_eq!(breaker.turn(STORE, Timestamp(0)), Ok(()));
            assert_eq!(breaker.note(STORE, false, Timestamp(0)), failure == FAILURES);
        }
        breaker
    }

    #[test]
    fn after_failures_in_a_row_one_caller_tries_every_five_seconds() {
        let breaker = down_at_zero();
        assert!(breaker.is_any_down());
        let tried: Vec<i64> = (0..20_000)
            .step_by(100)
            .filter(|now| breaker.turn(STORE, Timestamp(*now)).is_ok())
            .collect();
        assert_eq!(tried, [5_000, 10_000, 15_000]);
        assert_eq!(breaker.turn(STORE, Timestamp(15_100)), Err(Timestamp(20_000)));
    }

    #[test]
    fn a_turn_that_led_to_no_call_is_the_next_callers() {
        let breaker = down_at_zero();
        assert_eq!(breaker.turn(STORE, Timestamp(5_000)), Ok(()));
        assert!(breaker.turn(STORE, Timestamp(5_100)).is_err());
        breaker.leave(STORE, Timestamp(5_200));
        assert_eq!(breaker.turn(STORE, Timestamp(5_200)), Ok(()));
        assert_eq!(breaker.turn(STORE, Timestamp(5_300)), Err(Timestamp(10_200)));
    }

    #[test]
    fn one_answer_opens_the_line_for_all() {
        let breaker = down_at_zero();
        assert!(breaker.note(STORE, true, Timestamp(5_000)));
        assert!(!breaker.is_any_down());
        assert_eq!(breaker.turn(STORE, Timestamp(5_001)), Ok(()));
        assert_eq!(breaker.turn(STORE, Timestamp(5_001)), Ok(()));
    }

    #[test]
    fn failures_between_answers_and_of_other_stores_do_not_count() {
        let breaker = Breaker::default();
        for _ in 0..20 {
            breaker.note(STORE, false, Timestamp(0));
            breaker.note(STORE, true, Timestamp(0));
        }
        for _ in 0..20 {
            breaker.note(StoreId(2), false, Timestamp(0));
        }
        assert_eq!(breaker.turn(STORE, Timestamp(1)), Ok(()));
        assert!(breaker.is_any_down());
    }
}
