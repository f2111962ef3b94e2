//! How long to wait before the next try: exponential, capped, with full jitter.

use std::time::Duration;

use crate::primitives::random_bytes;

/// The wait before try number `attempts + 1`: random between half and all of `first × 2^(attempts-1)`.
#[must_use]
pub fn after(attempts: i64, first: Duration, cap: Duration) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let full = first.saturating_mul(2_u32.saturating_pow(doublings)).min(cap);
    let half = full / 2;
    let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).max(1);
    half + Duration::from_micros(u64::from_le_bytes(random_bytes()) % spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_under_the_cap() {
        let (first, cap) = (Duration::from_secs(1), Duration::from_mins(1));
        for (attempts, most) in [(1, 1), (2, 2), (3, 4), (7, 60), (1000, 60)] {
            let wait = after(attempts, first, cap);
            let most = Duration::from_secs(most);
            assert!(wait >= most / 2 && wait <= most, "attempt {attempts}: {wait:?}");
        }
    }
}
