//! Why money moves, which sums may be deposited, and how a balance shares an order with QRIS.

use crate::pakasir::{QRIS_MAX, QRIS_MIN};
use crate::primitives::{Rupiah, UserId};

/// The smallest deposit.
pub const DEPOSIT_MIN: Rupiah = match Rupiah::new(10_000) {
    Ok(amount) => amount,
    Err(_) => unreachable!(),
};
/// The largest deposit: what one QR can carry.
pub const DEPOSIT_MAX: Rupiah = QRIS_MAX;

/// What a balance may grow to. By hand only to a tenth of it: money that is owed must always find room.
const MOST: Rupiah = match Rupiah::new(1_000_000_000_000) {
    Ok(amount) => amount,
    Err(_) => unreachable!(),
};
const MOST_BY_HAND: Rupiah = match Rupiah::new(100_000_000_000) {
    Ok(amount) => amount,
    Err(_) => unreachable!(),
};

/// What a balance may be at most after a change by `amount`.
pub(super) fn most_after(kind: Kind, amount: i64) -> Rupiah {
    if kind == Kind::Adjustment && amount > 0 { MOST_BY_HAND } else { MOST }
}

/// Why an amount moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A deposit was paid.
    Deposit,
    /// Money came that bought nothing.
    PaymentCredit,
    /// An order was paid, or is held, from the balance.
    Purchase,
    /// Such an order ended unpaid.
    Release,
    /// The seller gave the money of an order back.
    Refund,
    /// The seller changed it by hand.
    Adjustment,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Deposit,
        Self::PaymentCredit,
        Self::Purchase,
        Self::Release,
        Self::Refund,
        Self::Adjustment,
    ];

    /// The word in the column and in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::PaymentCredit => "payment_credit",
            Self::Purchase => "purchase",
            Self::Release => "release",
            Self::Refund => "refund",
            Self::Adjustment => "adjustment",
        }
    }

    /// Reads the word of the column.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The account on the other side of the customer's: every entry stands between the two.
    #[must_use]
    pub const fn account(self) -> &'static str {
        match self {
            Self::Deposit | Self::PaymentCredit => "gateway",
            Self::Purchase | Self::Release | Self::Refund => "sales",
            Self::Adjustment => "seller",
        }
    }
}

/// Why a sum cannot be deposited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is no sum of rupiah.
    NoSum,
    /// It is below [`DEPOSIT_MIN`] or above [`DEPOSIT_MAX`].
    OutOfBounds,
}

/// Reads what a customer typed as the sum to deposit: `50000`, `50.000`, `Rp 50.000`.
///
/// # Errors
/// [`Unfit`], for him to try again.
pub fn read_deposit(text: &str) -> Result<Rupiah, Unfit> {
    let amount: Rupiah = text.parse().map_err(|_| Unfit::NoSum)?;
    if (DEPOSIT_MIN..=DEPOSIT_MAX).contains(&amount) { Ok(amount) } else { Err(Unfit::OutOfBounds) }
}

/// A change of a balance by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Whose.
    pub user: UserId,
    /// By how many rupiah; negative takes away.
    pub by: i64,
    /// Why: nothing moves without a word about it.
    pub note: String,
}

/// Why what was typed is no [`Adjustment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnfitAdjustment {
    /// It is not an id and a sum.
    Form,
    /// It says no reason.
    NoNote,
}

/// The longest note, in characters.
const LONGEST_NOTE: usize = 200;

impl Adjustment {
    /// Reads `<id> <sum> <note>`, such as `5000000001 -25000 salah kirim`.
    ///
    /// # Errors
    /// [`UnfitAdjustment`], for the admin to try again.
    pub fn read(text: &str) -> Result<Self, UnfitAdjustment> {
        let (id, change) =
            text.trim().split_once(char::is_whitespace).ok_or(UnfitAdjustment::Form)?;
        let user = id.parse().ok().filter(|id| *id > 0).ok_or(UnfitAdjustment::Form)?;
        Self::read_for(UserId(user), change)
    }

    /// Reads `<sum> <note>` for a customer who is known.
    ///
    /// # Errors
    /// [`UnfitAdjustment`], for the admin to try again.
    pub fn read_for(user: UserId, text: &str) -> Result<Self, UnfitAdjustment> {
        let mut words = text.split_whitespace();
        let sum = words.next().unwrap_or_default();
        let amount: Option<Rupiah> = sum.trim_start_matches(['+', '-', '−']).parse().ok();
        let amount = amount.filter(|amount| *amount > Rupiah::ZERO).map(Rupiah::get);
        let amount = amount.ok_or(UnfitAdjustment::Form)?;
        let note: String = words.collect::<Vec<_>>().join(" ").chars().take(LONGEST_NOTE).collect();
        if note.is_empty() {
            return Err(UnfitAdjustment::NoNote);
        }
        let by = if sum.starts_with(['-', '−']) { -amount } else { amount };
        Ok(Self { user, by, note })
    }
}

/// How much of `amount` a balance can carry when QRIS carries the rest; `None` when it cannot share.
#[must_use]
pub fn share(balance: Rupiah, amount: Rupiah) -> Option<Rupiah> {
    let most = amount.checked_sub(QRIS_MIN)?;
    let share = balance.min(most);
    (share > Rupiah::ZERO && balance < amount).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rupiah(amount: i64) -> Rupiah {
        Rupiah::new(amount).expect("a sum")
    }

    #[test]
    fn kinds_read_what_they_write() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(Kind::from_word("gift"), None);
    }

    #[test]
    fn deposits_have_bounds() {
        assert_eq!(read_deposit("10000"), Ok(rupiah(10_000)));
        assert_eq!(read_deposit(" Rp 10.000.000 "), Ok(rupiah(10_000_000)));
        assert_eq!(read_deposit("9.999"), Err(Unfit::OutOfBounds));
        assert_eq!(read_deposit("10.000.001"), Err(Unfit::OutOfBounds));
        for nonsense in ["abc", "nan", "", "-50000", "1e5", "50,5", "50.00"] {
            assert_eq!(read_deposit(nonsense), Err(Unfit::NoSum), "{nonsense}");
        }
    }

    #[test]
    fn an_adjustment_names_whom_how_much_and_why() {
        let read = |text| Adjustment::read(text).map(|wish| (wish.user.0, wish.by, wish.note));
        assert_eq!(read("5 25000 salah  kirim"), Ok((5, 25_000, "salah kirim".to_owned())));
        assert_eq!(read("5 -25.000 x"), Ok((5, -25_000, "x".to_owned())));
        assert_eq!(read("5 +25rb x"), Ok((5, 25_000, "x".to_owned())));
        assert_eq!(read("5 25000"), Err(UnfitAdjustment::NoNote));
        for nonsense in ["", "budi 25000 x", "5 banyak x", "-5 100 x", "5 0 x", "5"] {
            assert_eq!(read(nonsense), Err(UnfitAdjustment::Form), "{nonsense}");
        }
    }

    #[test]
    fn a_balance_shares_an_order_only_when_qris_can_carry_the_rest() {
        assert_eq!(share(rupiah(40_000), rupiah(45_000)), Some(rupiah(40_000)));
        assert_eq!(share(rupiah(44_900), rupiah(45_000)), Some(rupiah(44_500)));
        assert_eq!(share(rupiah(45_000), rupiah(45_000)), None);
        assert_eq!(share(Rupiah::ZERO, rupiah(45_000)), None);
        assert_eq!(share(rupiah(100), rupiah(400)), None);
        assert_eq!(share(rupiah(100), rupiah(500)), None);
    }
}
