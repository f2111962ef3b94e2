//! What an answer of the gateway means, what a callback may not say, and when to look again.

use std::time::Duration;

use super::table::{Check, Payment};
use crate::pakasir::{Callback, State, Status, Version};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{Rupiah, Timestamp};
use crate::shop::stores::Store;

/// The first look after an invoice was made, when no callback came.
pub(super) const FIRST_CHECK: Duration = Duration::from_secs(15);
/// The next look when an answer to this one gets lost.
pub(super) const RETRY: Duration = Duration::from_secs(10);
const OFTEN: Duration = Duration::from_secs(15);
const OFTEN_FOR: Duration = Duration::from_mins(5);
const SELDOM: Duration = Duration::from_mins(1);
/// Looks after the order ended, for money that came late.
const LATE_LOOKS: [Duration; 3] =
    [Duration::from_mins(15), Duration::from_hours(2), Duration::from_mins(1455)];

/// Looks that bring no word are repeated for a week after the order's end, ever more seldom.
const ANOTHER_FOR: Duration = Duration::from_hours(168);

/// No next look lies further away: of an order that can be paid, and of one that ended.
pub(super) const LATEST_LOOK: (Duration, Duration) =
    (Duration::from_mins(2), Duration::from_hours(48));

/// How a payment that brought money ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// In time: goods.
    Paid,
    /// After the order ended, but goods could be taken again.
    Late,
    /// After the order ended, and the goods were gone: balance.
    Credited,
    /// For an order that was paid already: balance.
    Duplicate,
    /// Less than asked: balance.
    Under,
    /// More than asked: balance.
    Over,
}

impl Outcome {
    /// The word in the column and in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Late => "late",
            Self::Credited => "credited",
            Self::Duplicate => "duplicate",
            Self::Under => "under",
            Self::Over => "over",
        }
    }
}

/// What the gateway's authenticated answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Paid exactly as asked.
    Completed,
    /// Not yet.
    Pending,
    /// Cancelled or expired at the gateway.
    Ended,
    /// Money came, but not the sum we asked for.
    Wrong {
        /// `Under` or `Over`.
        outcome: Outcome,
        /// What came.
        received: Rupiah,
    },
    /// The answer is not about this payment: no effect until a person looked.
    Held(String),
}

/// Judges a status answer against our own record.
#[must_use]
pub fn judge(store: &Store, payment: &Payment, status: &Status) -> Judgement {
    if status.reference != payment.reference {
        return Judgement::Held("the answer is about another order".to_owned());
    }
    if differs(status.project.as_deref(), store.gateway.as_ref().map(|keys| keys.slug.as_str())) {
        return Judgement::Held("the answer is about another project".to_owned());
    }
    if differs(status.txn_id.as_deref(), payment.txn_id.as_deref()) {
        return Judgement::Held("the answer is about another transaction".to_owned());
    }
    match status.state {
        State::Completed => {}
        State::Canceled | State::Expired => return Judgement::Ended,
        State::Pending | State::Other(_) => return Judgement::Pending,
    }
    if !mode_fits(store, status.sandbox) {
        return Judgement::Held("the sandbox flag is not ours".to_owned());
    }
    if planted(Bug::AnyAmount) {
        return Judgement::Completed;
    }
    match (Rupiah::new(status.amount), status.amount.cmp(&payment.amount.get())) {
        (_, std::cmp::Ordering::Equal) => Judgement::Completed,
        (Ok(received), std::cmp::Ordering::Less) if received > Rupiah::ZERO => {
            Judgement::Wrong { outcome: Outcome::Under, received }
        }
        (Ok(received), std::cmp::Ordering::Greater) => {
            Judgement::Wrong { outcome: Outcome::Over, received }
        }
        _ => Judgement::Held(format!("the gateway reports the amount {}", status.amount)),
    }
}

fn differs(theirs: Option<&str>, ours: Option<&str>) -> bool {
    matches!((theirs, ours), (Some(theirs), Some(ours)) if theirs != ours)
}

/// Whether a sandbox flag is the store's own mode; only v1 may leave it out.
fn mode_fits(store: &Store, flag: Option<bool>) -> bool {
    if planted(Bug::SandboxCounts) {
        return true;
    }
    let Some(keys) = &store.gateway else { return false };
    flag.map_or(keys.version == Version::V1, |flag| flag == keys.sandbox)
}

/// Whether a word can be the gateway's name for a transaction: 1–64 visible characters.
pub(super) fn may_be_a_txn(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What a callback says that cannot be, if anything.
pub(super) fn lie(store: &Store, payment: &Payment, callback: &Callback) -> Option<String> {
    if callback.amount != payment.amount.get() {
        return Some(format!("amount {} instead of {}", callback.amount, payment.amount.get()));
    }
    if differs(callback.project.as_deref(), store.gateway.as_ref().map(|keys| keys.slug.as_str())) {
        return Some("another project".to_owned());
    }
    if differs(callback.txn_id.as_deref(), payment.txn_id.as_deref()) {
        return Some("another transaction".to_owned());
    }
    if callback.sandbox.is_some() && !mode_fits(store, callback.sandbox) {
        return Some("the sandbox flag is not ours".to_owned());
    }
    None
}

/// Whether an invoice may be of the store's own mode: the gateway need not say it here.
pub(super) fn mode_may_fit(store: &Store, flag: Option<bool>) -> bool {
    flag.is_none() || mode_fits(store, flag)
}

/// When to look at a payment after this look, or never again.
#[must_use]
pub fn next_check(check: &Check, now: Timestamp) -> Option<Timestamp> {
    if let Some(closed_at) = check.closed_at {
        return LATE_LOOKS.iter().map(|wait| closed_at.plus(*wait)).find(|look| *look > now);
    }
    let age = now.since(check.created_at);
    let next = now.plus(if age < OFTEN_FOR { OFTEN } else { SELDOM });
    // One look falls on the deadline itself, so that the order is not expired under a payment.
    if now < check.expires_at && next > check.expires_at {
        Some(check.expires_at)
    } else {
        Some(next)
    }
}

/// When to look again after a look that brought no word, or that it is no use any more.
pub(super) fn another(check: &Check, now: Timestamp) -> Option<Timestamp> {
    let Some(closed_at) = check.closed_at else { return Some(now.plus(SELDOM)) };
    let age = now.since(closed_at);
    (age < ANOTHER_FOR).then(|| now.plus((age / 4).max(LATE_LOOKS[0])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::{PaymentId, StoreId};

    fn check(closed_at: Option<i64>) -> Check {
        Check {
            store_id: StoreId(1),
            id: PaymentId(1),
            created_at: Timestamp(0),
            expires_at: Timestamp(900_000),
            closed_at: closed_at.map(Timestamp),
        }
    }

    #[test]
    fn open_payments_are_looked_at_often_then_seldom_and_at_the_deadline() {
        let next = |now| next_check(&check(None), Timestamp(now)).map(|at| at.0);
        assert_eq!(next(15_000), Some(30_000));
        assert_eq!(next(400_000), Some(460_000));
        assert_eq!(next(880_000), Some(900_000));
        assert_eq!(next(900_000), Some(960_000));
    }

    #[test]
    fn looks_without_a_word_are_repeated_for_a_week_and_few_times() {
        assert_eq!(another(&check(None), Timestamp(5)), Some(Timestamp(60_005)));
        let ended = check(Some(0));
        let looks = std::iter::successors(Some(Timestamp(0)), |at| another(&ended, *at));
        let looks: Vec<i64> = looks.map(|at| at.0 / 60_000).collect();
        assert_eq!(looks[..4], [0, 15, 30, 45]);
        assert!((20..30).contains(&looks.len()), "{looks:?}");
        assert!(looks.last().is_some_and(|last| *last > 7 * 24 * 60), "{looks:?}");
    }

    #[test]
    fn ended_orders_are_looked_at_for_a_day() {
        let next = |now| next_check(&check(Some(900_000)), Timestamp(now)).map(|at| at.0);
        assert_eq!(next(900_000), Some(1_800_000));
        assert_eq!(next(1_800_000), Some(8_100_000));
        assert_eq!(next(8_100_000), Some(88_200_000));
        assert_eq!(next(88_200_000), None);
    }
}
