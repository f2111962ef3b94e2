//! Who is let in: neither a blocked customer nor one who floods the shop.

use std::time::Duration;

use super::Customer;
use crate::primitives::Timestamp;

/// What a customer may do within five seconds.
pub const MOST_ACTIONS: i64 = 30;
/// How long nobody repeats a warning.
const WARN_EVERY: Duration = Duration::from_mins(2);

/// How a visit is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// Let in.
    In,
    /// More than [`MOST_ACTIONS`] within five seconds: dropped.
    TooFast {
        /// Whether he and the admins are to be told.
        tell: bool,
    },
    /// Kept out by an admin.
    Blocked {
        /// Whether he is to be told.
        tell: bool,
    },
}

/// What a name must look like that has this in it; `None` of too little or too much. `!` escapes.
pub(super) fn pattern(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    if !(2..=64).contains(&typed.chars().count()) || typed.contains('\0') {
        return None;
    }
    let plain = typed.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    Some(format!("%{plain}%"))
}

pub(super) fn welcome(customer: &Customer, now: Timestamp) -> Welcome {
    if customer.blocked_at.is_some() {
        return Welcome::Blocked { tell: customer.told_blocked_at.is_none() };
    }
    if customer.actions <= MOST_ACTIONS {
        return Welcome::In;
    }
    let told = customer.warned_at.is_some_and(|at| at <= now && now.since(at) < WARN_EVERY);
    Welcome::TooFast { tell: !told }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::{CustomerId, Language, Rupiah, UserId};

    fn customer(actions: i64) -> Customer {
        Customer {
            id: CustomerId(1),
            user_id: UserId(5),
            name: "Budi".to_owned(),
            language: Language::Id,
            balance: Rupiah::ZERO,
            shown_category: None,
            question: None,
            actions,
            warned_at: None,
            blocked_at: None,
            told_blocked_at: None,
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn thirty_actions_are_welcome_and_the_next_is_warned_about_once() {
        let now = Timestamp(1_000_000);
        assert_eq!(welcome(&customer(30), now), Welcome::In);
        assert_eq!(welcome(&customer(31), now), Welcome::TooFast { tell: true });
        let warned = Customer { warned_at: Some(Timestamp(990_000)), ..customer(60) };
        assert_eq!(welcome(&warned, now), Welcome::TooFast { tell: false });
        assert_eq!(welcome(&warned, Timestamp(1_110_000)), Welcome::TooFast { tell: true });
        // A clock that was set back must not silence the warning for ever.
        assert_eq!(welcome(&warned, Timestamp(10)), Welcome::TooFast { tell: true });
    }

    #[test]
    fn who_is_blocked_is_told_once() {
        let blocked = Customer { blocked_at: Some(Timestamp(1)), ..customer(1) };
        assert_eq!(welcome(&blocked, Timestamp(2)), Welcome::Blocked { tell: true });
        let told = Customer { told_blocked_at: Some(Timestamp(2)), ..blocked };
        assert_eq!(welcome(&told, Timestamp(3)), Welcome::Blocked { tell: false });
    }
}
