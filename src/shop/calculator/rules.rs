//! The refund of a product that was used for some of its days: price × days left ÷ days × factor.

use std::fmt;

use crate::primitives::Rupiah;

/// Nothing is sold for more days.
const MOST_DAYS: i64 = 36_500;
/// Nothing is claimed more often.
const MOST_CLAIMS: i64 = 1_000;
/// Used for so many days at most, it counts as fresh.
const FRESH_DAYS: i64 = 7;

/// What part of the price of the unused days goes back, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// Used for at most seven days.
    pub fresh: i64,
    /// Used for longer.
    pub used: i64,
    /// After one or two claims of the warranty.
    pub few_claims: i64,
    /// After three.
    pub three_claims: i64,
    /// After more.
    pub many_claims: i64,
}

impl Default for Factors {
    fn default() -> Self {
        Self { fresh: 80, used: 70, few_claims: 60, three_claims: 50, many_claims: 40 }
    }
}

impl fmt::Display for Factors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fresh, used, few_claims, three_claims, many_claims } = self;
        write!(f, "{fresh} {used} {few_claims} {three_claims} {many_claims}")
    }
}

impl Factors {
    /// Reads five percentages in the order of the fields, such as `80 70 60 50 40`.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let percent = |word: &str| word.trim_end_matches('%').parse().ok();
        let percents: Vec<i64> = typed.split_whitespace().map(percent).collect::<Option<_>>()?;
        let [fresh, used, few_claims, three_claims, many_claims] = *percents.as_slice() else {
            return None;
        };
        let fit = percents.iter().all(|percent| (0..=100).contains(percent));
        fit.then_some(Self { fresh, used, few_claims, three_claims, many_claims })
    }

    /// The lower of what the days and what the claims allow, in percent.
    #[must_use]
    pub fn of(&self, sum: &Sum) -> i64 {
        let by_days = if sum.days - sum.left <= FRESH_DAYS { self.fresh } else { self.used };
        match sum.claims {
            0 => by_days,
            1 | 2 => by_days.min(self.few_claims),
            3 => by_days.min(self.three_claims),
            _ => by_days.min(self.many_claims),
        }
    }
}

/// What a refund is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// What was paid.
    pub price: Rupiah,
    /// For how many days, at least 1.
    pub days: i64,
    /// How many of them are left.
    pub left: i64,
    /// How often the warranty was claimed.
    pub claims: i64,
}

/// Why what was typed cannot be worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Not four numbers.
    Form,
    /// No days in all.
    NoDays,
    /// More days left than there are.
    TooManyLeft,
}

/// Reads price, days, days left and claims, such as `10000 30 15 0` or `Rp10.000 30 15 0`.
///
/// # Errors
/// [`Unfit`], for the admin to try again.
pub fn read(typed: &str) -> Result<Sum, Unfit> {
    let mut words = typed.split_whitespace().rev();
    let mut number = |most: i64| {
        let read = words.next().and_then(|word| word.parse::<i64>().ok());
        read.filter(|number| (0..=most).contains(number)).ok_or(Unfit::Form)
    };
    let (claims, left, days) = (number(MOST_CLAIMS)?, number(MOST_DAYS)?, number(MOST_DAYS)?);
    let mut price: Vec<&str> = words.collect();
    price.reverse();
    let price: Rupiah = price.join(" ").parse().map_err(|_| Unfit::Form)?;
    if days == 0 {
        Err(Unfit::NoDays)
    } else if left > days {
        Err(Unfit::TooManyLeft)
    } else {
        Ok(Sum { price, days, left, claims })
    }
}

impl Sum {
    /// What goes back, rounded down to whole rupiah.
    #[must_use]
    pub fn refund(&self, factors: &Factors) -> Rupiah {
        let wide = |number: i64| i128::from(number);
        let parts = wide(self.price.get()) * wide(self.left) * wide(factors.of(self));
        let back = parts / (wide(self.days) * 100);
        i64::try_from(back).ok().and_then(|back| Rupiah::new(back).ok()).unwrap_or(self.price)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refund(typed: &str) -> i64 {
        read(typed).expect("a sum").refund(&Factors::default()).get()
    }

    #[test]
    fn refunds_follow_the_lower_of_the_two_rules() {
        assert_eq!(refund("10000 30 15 0"), 3_500);
        assert_eq!(refund("10000 30 15 2"), 3_000);
        assert_eq!(refund("10000 30 25 0"), 6_666, "5 days used: 0.8");
        assert_eq!(refund("Rp 10.000 30 25 4"), 3_333, "5 days used, but 4 claims: 0.4");
        assert_eq!(refund("10000 30 15 3"), 2_500);
        assert_eq!(refund("10000 30 0 0"), 0);
        let strict = Factors::read("50 60% 90 90 90").expect("factors");
        assert_eq!(read("10000 30 30 2").expect("a sum").refund(&strict).get(), 5_000);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(read("10000 0 0 0"), Err(Unfit::NoDays));
        assert_eq!(read("10000 30 31 0"), Err(Unfit::TooManyLeft));
        for wrong in ["", "10000 30 15", "sepuluh 30 15 0", "10000 30 -1 0", "10000 30 15 0 0 x"] {
            assert_eq!(read(wrong), Err(Unfit::Form), "{wrong}");
        }
        for wrong in ["", "80 70 60 50", "80 70 60 50 101", "80 70 60 50 -1", "a b c d e"] {
            assert_eq!(Factors::read(wrong), None, "{wrong}");
        }
        let factors = Factors { fresh: 1, ..Factors::default() };
        assert_eq!(Factors::read(&factors.to_string()), Some(factors));
    }

    proptest! {
        #[test]
        fn nobody_gets_back_more_than_he_paid(
            price in 0..=Rupiah::MAX.get(), days in 1..=MOST_DAYS, left in 0..=MOST_DAYS, claims in 0..10_i64
        ) {
            let price = Rupiah::new(price).expect("a price");
            let sum = Sum { price, days, left: left.min(days), claims };
            let all = Factors { fresh: 100, used: 100, few_claims: 100, three_claims: 100, many_claims: 100 };
            prop_assert!(sum.refund(&all) <= price);
            prop_assert!(sum.refund(&Factors::default()) <= sum.refund(&all));
        }
    }
}
