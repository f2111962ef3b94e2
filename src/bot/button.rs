//! What a button under a message carries: short, versioned, and never trusted when it comes back.

use super::manage::Manage;
use crate::primitives::{CategoryId, Language, OrderId, ProductId, Rupiah};
use crate::shop::cart::Step;

/// A press that one of our buttons could have caused. Whose things it names is checked at use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// A page of all products or of a category.
    Page(Option<CategoryId>, i64),
    /// The list of categories.
    Categories,
    /// The stock overview, again.
    Stock,
    /// A product's card.
    Product(ProductId),
    /// The quantity on a card.
    Step(ProductId, Step),
    /// What the card shows goes into the cart.
    ToCart(ProductId),
    /// The cart.
    Cart,
    /// Empty the cart.
    EmptyCart,
    /// From the cart to the choice of payment.
    Checkout,
    /// Ask for a coupon.
    Coupon,
    /// Take the coupon away.
    DropCoupon,
    /// Pay by QRIS the sum that the screen said; screens of earlier versions did not say theirs.
    Qris(Option<Rupiah>),
    /// Pay it from the balance.
    FromBalance(Option<Rupiah>),
    /// Pay as much of it as possible from the balance, the rest by QRIS.
    Shared(Option<Rupiah>),
    /// The balance and what one can do with it.
    Balance,
    /// A page of what moved on the balance.
    Ledger(i64),
    /// Deposit this many rupiah.
    Deposit(Rupiah),
    /// Leave.
    Leave,
    /// Ask the gateway about an order's payment.
    Check(OrderId),
    /// Cancel an unpaid order.
    CancelOrder(OrderId),
    /// A page of the own orders.
    Orders(i64),
    /// One own order.
    Order(OrderId),
    /// Send an own order's goods again.
    Goods(OrderId),
    /// Show that the terms of an order's product are kept.
    Prove(OrderId, ProductId),
    /// The own account.
    Info,
    /// How to order.
    HowTo,
    /// Speak another language.
    Speak(Language),
    /// Something on the seller's side.
    Manage(Manage),
}

/// The first letter of all data; another one belongs to a version that is gone or to nobody.
const VERSION: char = '1';
/// The first letter of what belongs to the seller's side.
const SELLER: char = 'A';

impl Press {
    /// The data of a button, far below 64 bytes.
    #[must_use]
    pub fn data(self) -> String {
        let body = match self {
            Self::Page(None, page) => format!("l.{page}"),
            Self::Page(Some(category), page) => format!("l.{page}.{category}"),
            Self::Categories => "g".to_owned(),
            Self::Stock => "s".to_owned(),
            Self::Product(product) => format!("p.{product}"),
            Self::Step(product, Step::More) => format!("q.{product}.1"),
            Self::Step(product, Step::Less) => format!("q.{product}.0"),
            Self::Step(product, Step::Times(factor)) => format!("q.{product}.{factor}"),
            Self::ToCart(product) => format!("a.{product}"),
            Self::Cart => "c".to_owned(),
            Self::EmptyCart => "e".to_owned(),
            Self::Checkout => "b".to_owned(),
            Self::Coupon => "t".to_owned(),
            Self::DropCoupon => "t.0".to_owned(),
            Self::Qris(None) => "r".to_owned(),
            Self::Qris(Some(sum)) => format!("r.0.{}", sum.get()),
            Self::FromBalance(None) => "r.1".to_owned(),
            Self::FromBalance(Some(sum)) => format!("r.1.{}", sum.get()),
            Self::Shared(None) => "r.2".to_owned(),
            Self::Shared(Some(sum)) => format!("r.2.{}", sum.get()),
            Self::Balance => "m".to_owned(),
            Self::Ledger(page) => format!("m.{page}"),
            Self::Deposit(amount) => format!("d.{}", amount.get()),
            Self::Leave => "x".to_owned(),
            Self::Check(order) => format!("k.{order}"),
            Self::CancelOrder(order) => format!("n.{order}"),
            Self::Orders(page) => format!("h.{page}"),
            Self::Order(order) => format!("o.{order}"),
            Self::Goods(order) => format!("u.{order}"),
            Self::Prove(order, product) => format!("v.{order}.{product}"),
            Self::Info => "i".to_owned(),
            Self::HowTo => "j".to_owned(),
            Self::Speak(Language::Id) => "z.0".to_owned(),
            Self::Speak(Language::En) => "z.1".to_owned(),
            Self::Manage(action) => {
                let (word, numbers) = action.parts();
                let numbers: String = numbers.iter().map(|number| format!(".{number}")).collect();
                format!("{SELLER}{word}{numbers}")
            }
        };
        format!("{VERSION}{body}")
    }

    /// Reads data that came back; `None` for anything no button of ours carries, and for our own in
    /// another spelling (`1p.+7`): what is not what we wrote was made by somebody.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        Self::spelt(data).filter(|press| press.data() == data)
    }

    fn spelt(data: &str) -> Option<Self> {
        let mut parts = data.strip_prefix(VERSION).filter(|_| data.len() <= 64)?.split('.');
        let name = parts.next()?;
        let numbers: Vec<i64> =
            parts.map(|part| part.parse().ok().filter(|n| *n >= 0)).collect::<Option<_>>()?;
        if let Some(word) = name.strip_prefix(SELLER) {
            return Manage::of_parts(word, &numbers).map(Self::Manage);
        }
        Some(match (name, numbers.as_slice()) {
            ("l", [page]) => Self::Page(None, *page),
            ("l", [page, category]) => Self::Page(Some(CategoryId(*category)), *page),
            ("g", []) => Self::Categories,
            ("s", []) => Self::Stock,
            ("p", [product]) => Self::Product(ProductId(*product)),
            ("q", [product, step]) => Self::Step(
                ProductId(*product),
                match step {
                    0 => Step::Less,
                    1 => Step::More,
                    2 | 5 | 10 => Step::Times(*step),
                    _ => return None,
                },
            ),
            ("a", [product]) => Self::ToCart(ProductId(*product)),
            ("c", []) => Self::Cart,
            ("e", []) => Self::EmptyCart,
            ("b", []) => Self::Checkout,
            ("t", []) => Self::Coupon,
            ("t", [0]) => Self::DropCoupon,
            ("r", []) => Self::Qris(None),
            ("r", [1]) => Self::FromBalance(None),
            ("r", [2]) => Self::Shared(None),
            ("r", [way, sum]) => {
                let sum = Some(Rupiah::new(*sum).ok()?);
                match way {
                    0 => Self::Qris(sum),
                    1 => Self::FromBalance(sum),
                    2 => Self::Shared(sum),
                    _ => return None,
                }
            }
            ("m", []) => Self::Balance,
            ("m", [page]) => Self::Ledger(*page),
            ("d", [amount]) => Self::Deposit(Rupiah::new(*amount).ok()?),
            ("x", []) => Self::Leave,
            ("k", [order]) => Self::Check(OrderId(*order)),
            ("n", [order]) => Self::CancelOrder(OrderId(*order)),
            ("h", [page]) => Self::Orders(*page),
            ("o", [order]) => Self::Order(OrderId(*order)),
            ("u", [order]) => Self::Goods(OrderId(*order)),
            ("v", [order, product]) => Self::Prove(OrderId(*order), ProductId(*product)),
            ("i", []) => Self::Info,
            ("j", []) => Self::HowTo,
            ("z", [0]) => Self::Speak(Language::Id),
            ("z", [1]) => Self::Speak(Language::En),
            _ => return None,
        })
    }
}

impl From<Manage> for Press {
    fn from(action: Manage) -> Self {
        Self::Manage(action)
    }
}

impl From<Manage> for String {
    fn from(action: Manage) -> Self {
        Press::Manage(action).data()
    }
}

impl TryFrom<String> for Manage {
    type Error = String;

    fn try_from(data: String) -> Result<Self, Self::Error> {
        match Press::read(&data) {
            Some(Press::Manage(action)) => Ok(action),
            _ => Err(format!("{data:?} is no action of the seller")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn buttons_read_what_they_write() {
        let (product, order, category) = (ProductId(i64::MAX), OrderId(7), CategoryId(i64::MAX));
        for press in [
            Press::Page(None, 3),
            Press::Page(Some(category), i64::MAX),
            Press::Categories,
            Press::Stock,
            Press::Product(product),
            Press::Step(product, Step::More),
            Press::Step(product, Step::Less),
            Press::Step(product, Step::Times(10)),
            Press::ToCart(product),
            Press::Cart,
            Press::EmptyCart,
            Press::Checkout,
            Press::Qris(None),
            Press::Qris(Some(Rupiah::MAX)),
            Press::Leave,
            Press::Check(order),
            Press::CancelOrder(order),
            Press::Orders(2),
            Press::Order(order),
            Press::Goods(order),
            Press::Coupon,
            Press::DropCoupon,
            Press::FromBalance(None),
            Press::FromBalance(Some(Rupiah::ZERO)),
            Press::Shared(None),
            Press::Shared(Some(Rupiah::MAX)),
            Press::Balance,
            Press::Ledger(4),
            Press::Deposit(Rupiah::MAX),
            Press::Prove(order, product),
            Press::Info,
            Press::HowTo,
            Press::Speak(Language::Id),
            Press::Speak(Language::En),
        ] {
            let data = press.data();
            assert!((1..=64).contains(&data.len()), "{data}");
            assert_eq!(Press::read(&data), Some(press), "{data}");
        }
    }

    #[test]
    fn another_spelling_is_nobodys() {
        for data in ["1p.+7", "1p.007", "1l.0.-0", "1q.7.01", "1k.00"] {
            assert_eq!(Press::read(data), None, "{data}");
        }
    }

    #[test]
    fn every_action_has_data_of_its_own_and_is_read_from_it() {
        let mut seen = HashSet::new();
        for action in Manage::every() {
            let data = Press::Manage(action).data();
            assert!((1..=64).contains(&data.len()), "{data}");
            assert_eq!(Press::read(&data), Some(Press::Manage(action)), "{data}");
            assert!(seen.insert(data.clone()), "{data} stands for two actions");
        }
    }

    #[test]
    fn numbers_too_many_or_too_few_are_nobodys() {
        for data in ["1A.1", "1Aok", "1Aok.1.2", "1Aw", "1Anothing", "1Ay.x"] {
            assert_eq!(Press::read(data), None, "{data}");
        }
    }

    proptest! {
        #[test]
        fn any_other_data_is_nobodys(data in ".{0,80}") {
            if let Some(press) = Press::read(&data) {
                prop_assert_eq!(Press::read(&press.data()), Some(press));
            }
        }
    }
}
