//! Spaces out the calls of a store that the gateway refused as too many: a slot each, until none was refused for a while.

use std::collections::HashMap;
use std::time::Duration;

use crate::pakasir::CREATES_PER_SECOND;
use crate::primitives::{PaymentId, Timestamp};

/// How long after a refusal every call waits for its slot.
const CAREFUL: Duration = Duration::from_mins(1);
/// A promise that nobody came for is forgotten after this long.
const KEPT: Duration = Duration::from_secs(2);

/// The slots of one store.
#[derive(Debug)]
pub(super) struct Slots {
    /// Until then every call needs a slot.
    careful_until: Timestamp,
    /// Nobody calls before this, whatever was promised: the gateway said so.
    closed_until: Timestamp,
    /// The next free slot.
    free_at: Timestamp,
    /// Slots that callers were sent away with.
    promised: HashMap<PaymentId, Timestamp>,
}

impl Default for Slots {
    fn default() -> Self {
        let long_ago = Timestamp(0);
        Self {
            careful_until: long_ago,
            closed_until: long_ago,
            free_at: long_ago,
            promised: HashMap::new(),
        }
    }
}

impl Slots {
    /// Takes the slot that was promised, or one that is free.
    ///
    /// # Errors
    /// The slot to come back for.
    pub(super) fn take(&mut self, caller: PaymentId, now: Timestamp) -> Result<(), Timestamp> {
        if now >= self.careful_until {
            self.promised.clear();
            return Ok(());
        }
        self.promised.retain(|_, at| now < at.plus(KEPT));
        match self.promised.get(&caller).copied() {
            Some(at) if at > now => return Err(at),
            Some(at) if at >= self.closed_until => {
                self.promised.remove(&caller);
                return Ok(());
            }
            _ => {}
        }
        let slot = self.next(now);
        if slot <= now {
            return Ok(());
        }
        self.promised.insert(caller, slot);
        Err(slot)
    }

    /// The gateway refused a call and asks to wait: everybody waits, each for a slot of his own.
    pub(super) fn refused(
        &mut self,
        caller: PaymentId,
        wait: Duration,
        now: Timestamp,
    ) -> Timestamp {
        self.closed_until = self.closed_until.max(now.plus(wait));
        self.careful_until = self.careful_until.max(self.closed_until.plus(CAREFUL));
        let slot = self.next(self.closed_until);
        self.promised.insert(caller, slot);
        slot
    }

    fn next(&mut self, earliest: Timestamp) -> Timestamp {
        let slot = self.free_at.max(earliest).max(self.closed_until);
        self.free_at = slot.plus(Duration::from_secs(1) / CREATES_PER_SECOND);
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_until_a_call_was_refused() {
        let mut slots = Slots::default();
        assert!((0..100).all(|caller| slots.take(PaymentId(caller), Timestamp(1)).is_ok()));
    }

    #[test]
    fn after_a_refusal_two_a_second_call_and_each_in_his_turn() {
        let mut slots = Slots::default();
        let wait = Duration::from_secs(3);
        assert_eq!(slots.refused(PaymentId(0), wait, Timestamp(0)), Timestamp(3_000));
        let sent: Vec<Timestamp> = (1..=20)
            .map(|caller| slots.take(PaymentId(caller), Timestamp(100)).expect_err("not now"))
            .collect();
        assert_eq!(sent[..2], [Timestamp(3_500), Timestamp(4_000)]);
        let mut called = Vec::new();
        for now in (0..20_000).step_by(50) {
            let went = |caller: &i64| slots.take(PaymentId(*caller), Timestamp(now)).is_ok();
            let due = |caller: &i64| sent[usize::try_from(*caller - 1).unwrap()].0 == now;
            called.extend((1..=20).filter(due).filter(went).map(|_| now));
        }
        assert_eq!(called.len(), 20, "{called:?}");
        assert!(called.windows(2).all(|two| two[1] - two[0] >= 500), "{called:?}");
    }

    #[test]
    fn a_second_refusal_holds_back_what_was_promised_and_a_minute_later_all_is_free() {
        let mut slots = Slots::default();
        slots.refused(PaymentId(1), Duration::ZERO, Timestamp(0));
        assert_eq!(slots.take(PaymentId(2), Timestamp(0)), Err(Timestamp(500)));
        slots.refused(PaymentId(1), Duration::from_secs(9), Timestamp(400));
        assert!(slots.take(PaymentId(2), Timestamp(500)).expect_err("closed") > Timestamp(9_399));
        assert_eq!(slots.take(PaymentId(3), Timestamp(69_500)), Ok(()));
        assert_eq!(slots.take(PaymentId(4), Timestamp(69_500)), Ok(()));
    }
}
