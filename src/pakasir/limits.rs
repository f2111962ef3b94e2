//! What the gateway documents about pace and amounts, as figures to plan with.

use std::time::Duration;

use crate::primitives::Rupiah;

/// Least time between two status calls for one transaction.
///
/// The document allows one per 4 seconds and answers 429 to more; the extra second is for the
/// way over the network. The guard per transaction is the caller's.
pub const STATUS_GAP: Duration = Duration::from_secs(5);

/// Creates a project may send per second (documented for v2; v1 says nothing).
pub const CREATES_PER_SECOND: u32 = 2;

/// Cancels a project may send per second (documented for v2; v1 says nothing).
pub const CANCELS_PER_SECOND: u32 = 2;

/// The smallest amount QRIS takes.
pub const QRIS_MIN: Rupiah = fixed(500);

/// The largest amount QRIS takes.
pub const QRIS_MAX: Rupiah = fixed(10_000_000);

/// Why an amount cannot be paid by QRIS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountFault {
    /// Below [`QRIS_MIN`].
    #[error("QRIS takes no amount below {QRIS_MIN}")]
    TooSmall,
    /// Above [`QRIS_MAX`].
    #[error("QRIS takes no amount above {QRIS_MAX}")]
    TooLarge,
}

/// Whether `amount` (before fees) can be asked for by QRIS; ask before calling the gateway.
///
/// # Errors
/// [`AmountFault`] when it lies outside [`QRIS_MIN`]..=[`QRIS_MAX`].
pub fn payable(amount: Rupiah) -> Result<(), AmountFault> {
    if amount < QRIS_MIN {
        return Err(AmountFault::TooSmall);
    }
    if amount > QRIS_MAX {
        return Err(AmountFault::TooLarge);
    }
    Ok(())
}

const fn fixed(rupiah: i64) -> Rupiah {
    match Rupiah::new(rupiah) {
        Ok(amount) => amount,
        Err(_) => panic!("a limit written here is an amount"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qris_takes_500_to_ten_million() {
        let judged = |n| payable(Rupiah::new(n).expect("in range"));
        assert_eq!(judged(0), Err(AmountFault::TooSmall));
        assert_eq!(judged(499), Err(AmountFault::TooSmall));
        assert_eq!(judged(500), Ok(()));
        assert_eq!(judged(10_000_000), Ok(()));
        assert_eq!(judged(10_000_001), Err(AmountFault::TooLarge));
        assert_eq!(AmountFault::TooSmall.to_string(), "QRIS takes no amount below Rp 500");
    }
}
