//! The states of an order and the code people call it by.

use crate::primitives::random_bytes;

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Units of products.
    Goods,
    /// The buyer's own balance.
    Deposit,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Goods, Self::Deposit];

    /// The word in the column.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Deposit => "deposit",
        }
    }

    /// Reads the word of the column.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// How far an order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Placed, units reserved, waiting for the gateway's QR.
    Invoicing,
    /// The buyer can pay.
    Open,
    /// Paid, goods on their way.
    Paid,
    /// The goods arrived in the chat.
    Delivered,
    /// Nobody paid in time.
    Expired,
    /// The buyer changed his mind.
    Cancelled,
    /// The gateway gave no QR, or it could not be shown.
    Failed,
    /// Money came but no goods could: it is on the buyer's balance.
    Credited,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Invoicing,
        Self::Open,
        Self::Paid,
        Self::Delivered,
        Self::Expired,
        Self::Cancelled,
        Self::Failed,
        Self::Credited,
    ];

    /// The word in the column, in metrics and in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invoicing => "invoicing",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Delivered => "delivered",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Credited => "credited",
        }
    }

    /// Reads the word of the column.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether the buyer may still pay and the units are held for him.
    #[must_use]
    pub const fn is_unpaid(self) -> bool {
        matches!(self, Self::Invoicing | Self::Open)
    }

    /// Whether the goods are the buyer's.
    #[must_use]
    pub const fn is_sold(self) -> bool {
        matches!(self, Self::Paid | Self::Delivered)
    }
}

/// A short code people can read aloud: 8 characters without 0, 1, I, L, O, U (about 39 bits).
pub(super) fn fresh_code() -> String {
    const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    random_bytes::<8>()
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_read_what_they_write() {
        for state in State::ALL {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
        assert_eq!(State::from_word("lost"), None);
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_word(purpose.word()), Some(purpose));
        }
        assert_eq!(Purpose::from_word("gift"), None);
    }

    #[test]
    fn codes_are_short_and_differ() {
        let codes: std::collections::HashSet<_> = (0..1000).map(|_| fresh_code()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(codes.iter().all(|code| code.len() == 8));
    }
}
