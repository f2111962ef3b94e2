//! What an admin may do with an order, and what he is told of it.

use super::Sale;
use crate::primitives::Rupiah;
use crate::shop::orders::{Purpose, State};

/// The fewest and the most characters of a note.
const NOTE: std::ops::RangeInclusive<usize> = 3..=500;

/// The word for what the admins are told of an order in this state: two states with one word are one notice.
#[must_use]
pub const fn told(state: State) -> &'static str {
    match state {
        State::Invoicing | State::Open => "new",
        State::Paid | State::Delivered => "paid",
        State::Expired => "expired",
        State::Cancelled => "cancelled",
        State::Failed => "failed",
        State::Credited => "credited",
    }
}

/// A note that says something.
#[must_use]
pub fn note(typed: &str) -> Option<&str> {
    let typed = typed.trim();
    (NOTE.contains(&typed.chars().count()) && !typed.contains('\0')).then_some(typed)
}

/// What an admin does with an order for goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Call it paid.
    Pay,
    /// End it unpaid.
    Cancel,
    /// Send its goods again.
    Resend,
    /// Give its money back to the balance.
    Refund,
}

impl Act {
    /// Every one, in the order of their buttons.
    pub const ALL: [Self; 4] = [Self::Pay, Self::Cancel, Self::Resend, Self::Refund];

    /// Whether it can be done with an order for goods in this state.
    #[must_use]
    pub const fn fits(self, state: State) -> bool {
        match self {
            Self::Pay => !state.is_sold() && !matches!(state, State::Credited),
            Self::Cancel => state.is_unpaid(),
            Self::Resend | Self::Refund => state.is_sold(),
        }
    }
}

impl Sale {
    /// Whether an admin can do it: a deposit he can only end, and money goes back once.
    #[must_use]
    pub fn allows(&self, act: Act) -> bool {
        let goods = self.purpose == Purpose::Goods || act == Act::Cancel;
        let given = act == Act::Refund && self.refunded > Rupiah::ZERO;
        goods && !given && act.fits(self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_something() {
        assert_eq!(note("  transfer BCA "), Some("transfer BCA"));
        for empty in ["", "  ", "ok", "\0\0\0", &"x".repeat(501)] {
            assert_eq!(note(empty), None, "{empty:?}");
        }
    }

    #[test]
    fn what_is_sold_is_never_paid_again_and_what_is_not_gives_nothing_back() {
        for state in State::ALL {
            assert!(!(Act::Pay.fits(state) && Act::Refund.fits(state)), "{state:?}");
            assert!(!(Act::Cancel.fits(state) && Act::Resend.fits(state)), "{state:?}");
            assert_eq!(Act::Resend.fits(state), state.is_sold(), "{state:?}");
        }
        assert!(!Act::Pay.fits(State::Credited), "its money is on the balance");
    }
}
