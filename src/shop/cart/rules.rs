//! How a quantity moves and where it stops.

use super::MOST_UNITS;

/// A press on the product card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// ➕
    More,
    /// ➖
    Less,
    /// x2, x5, x10
    Times(i64),
}

/// What a press did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stepped {
    /// At least 1.
    pub quantity: i64,
    /// The bound that stopped it, if one did.
    pub capped_at: Option<i64>,
}

/// Moves `quantity` by a press, held between 1 and the smaller of `stock` and [`MOST_UNITS`].
#[must_use]
pub fn step(quantity: i64, by: Step, stock: i64) -> Stepped {
    let wanted = match by {
        Step::More => quantity.saturating_add(1),
        Step::Less => quantity.saturating_sub(1),
        Step::Times(factor) => quantity.saturating_mul(factor),
    };
    let most = stock.clamp(1, MOST_UNITS);
    let capped_at = (wanted > most).then_some(most);
    Stepped { quantity: wanted.clamp(1, most), capped_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_stays_between_one_and_the_stock() {
        let quantity = |from, by, stock| step(from, by, stock).quantity;
        assert_eq!(quantity(1, Step::More, 4), 2);
        assert_eq!(quantity(1, Step::Less, 4), 1);
        assert_eq!(quantity(2, Step::Times(5), 20), 10);
        assert_eq!(step(1, Step::Times(10), 4), Stepped { quantity: 4, capped_at: Some(4) });
        assert_eq!(step(4, Step::More, 4), Stepped { quantity: 4, capped_at: Some(4) });
        assert_eq!(quantity(60, Step::Times(2), 1000), MOST_UNITS);
        assert_eq!(quantity(i64::MAX, Step::Times(10), i64::MAX), MOST_UNITS);
        assert_eq!(quantity(3, Step::More, 0), 1);
    }
}
