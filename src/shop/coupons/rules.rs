//! What a coupon takes off, and when it may not be used.

use super::Wish;
use super::table::{Coupon, Kind};
use crate::primitives::{Rupiah, Timestamp};

/// Why a coupon cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such coupon, or the seller switched it off.
    Unknown,
    /// Its time has not come.
    TooEarly(Timestamp),
    /// Its time is over.
    Expired,
    /// It was used as often as it may be.
    UsedUp,
    /// This customer used it as often as he may.
    UsedByYou,
}

/// Reads a code as people type it: 3–32 letters, digits, `-` or `_`, in upper case.
///
/// # Errors
/// A sentence for the seller who makes one.
pub fn check_code(typed: &str) -> Result<String, &'static str> {
    let code = typed.trim().to_ascii_uppercase();
    let fit = (3..=32).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fit { Ok(code) } else { Err("use 3 to 32 letters, digits, '-' or '_'") }
}

/// Reads what a coupon takes off: `10%`, or rupiah such as `5.000`.
#[must_use]
pub fn read_value(typed: &str) -> Option<(Kind, i64)> {
    let typed = typed.trim();
    if let Some(percent) = typed.strip_suffix('%') {
        let percent = percent.trim().parse().ok()?;
        return (1..=100).contains(&percent).then_some((Kind::Percent, percent));
    }
    let off: Rupiah = typed.parse().ok()?;
    (off > Rupiah::ZERO).then_some((Kind::Flat, off.get()))
}

/// A coupon in one line, for the log.
pub(super) fn described(wish: &Wish) -> String {
    let limit = |limit: Option<i64>| limit.map_or_else(|| "-".to_owned(), |most| most.to_string());
    let until = wish.valid_until.map_or_else(|| "-".to_owned(), Timestamp::to_rfc3339);
    let (kind, value) = (wish.kind.word(), wish.value);
    let (uses, each) = (limit(wish.max_uses), limit(wish.per_customer));
    format!("{kind} {value}, uses {uses}, per customer {each}, until {until}")
}

/// Why not, when this customer's unpaid and sold orders hold `own` uses of it.
pub(super) fn refusal(coupon: &Coupon, own: i64, now: Timestamp) -> Option<Refusal> {
    let reached = |limit: Option<i64>, count: i64| limit.is_some_and(|most| count >= most);
    if !coupon.active {
        Some(Refusal::Unknown)
    } else if let Some(from) = coupon.valid_from.filter(|from| now < *from) {
        Some(Refusal::TooEarly(from))
    } else if coupon.valid_until.is_some_and(|until| now >= until) {
        Some(Refusal::Expired)
    } else if reached(coupon.per_customer, own) {
        Some(Refusal::UsedByYou)
    } else if reached(coupon.max_uses, coupon.used) {
        Some(Refusal::UsedUp)
    } else {
        None
    }
}

impl Coupon {
    /// What it takes off `sum`: never more than all of it.
    #[must_use]
    pub fn discount(&self, sum: Rupiah) -> Rupiah {
        let off = match self.kind {
            // A sum is at most a trillion, so a hundred times as much is far inside `i64`.
            Kind::Percent => sum.get() * self.value.clamp(0, 100) / 100,
            Kind::Flat => self.value,
        };
        Rupiah::new(off).map_or(sum, |off| off.min(sum))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::primitives::CouponId;

    fn coupon(kind: Kind, value: i64) -> Coupon {
        Coupon {
            id: CouponId(1),
            code: "HEMAT10".to_owned(),
            kind,
            value,
            max_uses: Some(2),
            per_customer: Some(1),
            valid_from: Some(Timestamp(100)),
            valid_until: Some(Timestamp(200)),
            active: true,
            used: 0,
        }
    }

    fn rupiah(amount: i64) -> Rupiah {
        Rupiah::new(amount).expect("a sum")
    }

    #[test]
    fn what_it_takes_off_is_read_as_people_write_it() {
        assert_eq!(read_value(" 10 %"), Some((Kind::Percent, 10)));
        assert_eq!(read_value("Rp 5.000"), Some((Kind::Flat, 5_000)));
        for wrong in ["", "0", "0%", "101%", "-5%", "banyak", "10%%"] {
            assert_eq!(read_value(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_discount_is_rounded_down_and_never_above_the_sum() {
        assert_eq!(coupon(Kind::Percent, 10).discount(rupiah(50_000)), rupiah(5_000));
        assert_eq!(coupon(Kind::Percent, 33).discount(rupiah(101)), rupiah(33));
        assert_eq!(coupon(Kind::Percent, 100).discount(rupiah(101)), rupiah(101));
        assert_eq!(coupon(Kind::Flat, 5_000).discount(rupiah(3_000)), rupiah(3_000));
        assert_eq!(coupon(Kind::Flat, i64::MAX).discount(rupiah(3_000)), rupiah(3_000));
    }

    proptest! {
        #[test]
        fn no_total_is_negative(sum in 0..=Rupiah::MAX.get(), value in 1..=i64::MAX, percent: bool) {
            let kind = if percent { Kind::Percent } else { Kind::Flat };
            let sum = rupiah(sum);
            prop_assert!(sum.checked_sub(coupon(kind, value).discount(sum)).is_some());
        }
    }

    #[test]
    fn every_limit_has_its_own_word() {
        let whole = coupon(Kind::Flat, 1);
        let at = |now| refusal(&whole, 0, Timestamp(now));
        assert_eq!(at(99), Some(Refusal::TooEarly(Timestamp(100))));
        assert_eq!(at(100), None);
        assert_eq!(at(199), None);
        assert_eq!(at(200), Some(Refusal::Expired));
        let now = Timestamp(150);
        assert_eq!(refusal(&whole, 1, now), Some(Refusal::UsedByYou));
        let used = Coupon { used: 2, ..whole.clone() };
        assert_eq!(refusal(&used, 0, now), Some(Refusal::UsedUp));
        let off = Coupon { active: false, ..whole };
        assert_eq!(refusal(&off, 0, now), Some(Refusal::Unknown));
    }

    #[test]
    fn codes_are_read_in_any_case() {
        assert_eq!(check_code(" hemat10 "), Ok("HEMAT10".to_owned()));
        for unfit in ["", "ab", "a b c", "<b>x</b>", "🎟️🎟️🎟️", &"x".repeat(33)] {
            assert!(check_code(unfit).is_err(), "{unfit}");
        }
    }
}
