//! How long to wait before the next try: exponential, capped, and spread over the second half of each wait.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

/// The wait before try number `attempts + 1`: between half and all of `first × 2^(attempts-1)`.
///
/// Where in between follows from `row`: what failed together does not come back together, and yet the
/// same history takes the same course again.
#[must_use]
pub fn after(row: i64, attempts: i64, first: Duration, cap: Duration) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let full = first.saturating_mul(2_u32.saturating_pow(doublings)).min(cap);
    let half = full / 2;
    let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).max(1);
    let mut hasher = DefaultHasher::new();
    (row, attempts).hash(&mut hasher);
    half + Duration::from_micros(hasher.finish() % spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(1);
    const CAP: Duration = Duration::from_mins(1);

    #[test]
    fn waits_grow_and_stay_under_the_cap() {
        for (attempts, most) in [(1, 1), (2, 2), (3, 4), (7, 60), (1000, 60)] {
            let wait = after(1, attempts, FIRST, CAP);
            let most = Duration::from_secs(most);
            assert!(wait >= most / 2 && wait <= most, "attempt {attempts}: {wait:?}");
        }
    }

    #[test]
    fn what_failed_together_comes_back_apart() {
        let waits = |attempts| (0..1_000).map(move |row| after(row, attempts, FIRST, CAP));
        let early = waits(7).filter(|wait| *wait < CAP * 3 / 4).count();
        assert!((400..600).contains(&early), "{early} of 1000 come back in the first half");
        assert!(waits(7).eq(waits(7)), "the same row waits as long again");
    }
}
