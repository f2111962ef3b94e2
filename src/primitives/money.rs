//! Whole rupiah: the only kind of money there is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in whole rupiah, never negative, at most [`Rupiah::MAX`].
///
/// The bound keeps every sum of a cart far inside `i64`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Rupiah(i64);

/// Why a number is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RupiahError {
    /// The number is below zero.
    #[error("an amount of money cannot be negative")]
    Negative,
    /// The number is above [`Rupiah::MAX`].
    #[error("an amount of money cannot be above Rp 1.000.000.000.000")]
    TooLarge,
    /// The text is not written like money.
    #[error("that is not written like an amount of money")]
    Unreadable,
}

impl Rupiah {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One trillion rupiah: above any order, far below overflow.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// Checks `rupiah` (whole rupiah).
    ///
    /// # Errors
    /// [`RupiahError`] when it is negative or above [`Rupiah::MAX`].
    pub const fn new(rupiah: i64) -> Result<Self, RupiahError> {
        if rupiah < 0 {
            return Err(RupiahError::Negative);
        }
        if rupiah > Self::MAX.0 {
            return Err(RupiahError::TooLarge);
        }
        Ok(Self(rupiah))
    }

    /// The number of whole rupiah.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// `self + other`, or `None` above [`Rupiah::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_add(other.0)?).ok()
    }

    /// `self - other`, or `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_sub(other.0)?).ok()
    }

    /// `self × count`, or `None` above [`Rupiah::MAX`] or for a negative count.
    #[must_use]
    pub fn checked_mul(self, count: i64) -> Option<Self> {
        Self::new(self.0.checked_mul(count)?).ok()
    }
}

impl TryFrom<i64> for Rupiah {
    type Error = RupiahError;

    fn try_from(rupiah: i64) -> Result<Self, RupiahError> {
        Self::new(rupiah)
    }
}

impl From<Rupiah> for i64 {
    fn from(amount: Rupiah) -> i64 {
        amount.0
    }
}

impl FromStr for Rupiah {
    type Err = RupiahError;

    /// Reads money as people type it: `45000`, `45.000`, `Rp 45.000`, `45rb`, `2jt`.
    fn from_str(text: &str) -> Result<Self, RupiahError> {
        let lower = text.trim().to_lowercase();
        let bare = lower
            .strip_prefix("rp")
            .map_or(lower.as_str(), |rest| rest.trim_start_matches('.').trim_start());
        let (number, factor) = [("rb", 1_000), ("k", 1_000), ("jt", 1_000_000)]
            .into_iter()
            .find_map(|(unit, factor)| Some((bare.strip_suffix(unit)?.trim_end(), factor)))
            .unwrap_or((bare, 1));
        let mut groups = number.split('.');
        let first = groups.next().unwrap_or_default();
        let digits = groups.try_fold(first.to_owned(), |digits, group| {
            (group.len() == 3 && first.len() <= 3).then(|| digits + group)
        });
        let digits = digits.filter(|digits| {
            (1..=13).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        let number: i64 = digits
            .filter(|_| !first.is_empty())
            .and_then(|digits| digits.parse().ok())
            .ok_or(RupiahError::Unreadable)?;
        Self::new(number.checked_mul(factor).ok_or(RupiahError::TooLarge)?)
    }
}

impl fmt::Display for Rupiah {
    /// As Indonesians write it: `Rp 12.345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        write!(f, "Rp {text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_as_people_type_it() {
        let read = |text: &str| text.parse::<Rupiah>().map(Rupiah::get);
        for text in ["45000", "45.000", "Rp 45.000", "rp45.000", "Rp. 45000", " 45rb ", "45 k"] {
            assert_eq!(read(text), Ok(45_000), "{text}");
        }
        assert_eq!(read("2jt"), Ok(2_000_000));
        assert_eq!(read("1.000.000.000.000"), Ok(1_000_000_000_000));
        assert_eq!(read("1.000.000.000.001"), Err(RupiahError::TooLarge));
        for nonsense in [
            "",
            "rp",
            "abc",
            "nan",
            "-5",
            "45,000",
            "45.00",
            "4500.000",
            ".500",
            "1e5",
            "٤٥٠٠٠",
            "99999999999999999999",
            "5 000",
        ] {
            assert_eq!(read(nonsense), Err(RupiahError::Unreadable), "{nonsense}");
        }
    }

    #[test]
    fn money_is_written_with_dots() {
        let written = |n| Rupiah::new(n).expect("in range").to_string();
        assert_eq!(written(0), "Rp 0");
        assert_eq!(written(999), "Rp 999");
        assert_eq!(written(45_000), "Rp 45.000");
        assert_eq!(written(1_234_567), "Rp 1.234.567");
    }

    #[test]
    fn money_has_bounds() {
        assert_eq!(Rupiah::new(-1), Err(RupiahError::Negative));
        assert_eq!(Rupiah::new(Rupiah::MAX.get() + 1), Err(RupiahError::TooLarge));
        assert_eq!(Rupiah::MAX.checked_add(Rupiah::new(1).expect("one")), None);
        assert_eq!(Rupiah::ZERO.checked_sub(Rupiah::new(1).expect("one")), None);
        assert_eq!(Rupiah::new(5).expect("five").checked_mul(-1), None);
    }
}
