//! How a cart becomes a draft of an order, and how a balance takes part in paying it.

use std::time::Duration;

use crate::primitives::{MessageId, Rupiah, Timestamp};
use crate::shop::cart::Cart;
use crate::shop::customers::Customer;
use crate::shop::orders::{Draft, Purpose};
use crate::shop::stores::Store;
use crate::shop::wallet;

/// How many unpaid orders a customer may have at once.
pub const MOST_UNPAID: i64 = 3;
/// How many units a customer's unpaid orders may keep from others.
pub const MOST_HELD: i64 = 300;

/// How many orders a customer may place [`LATELY`] without paying them, cancelled ones included: each
/// one costs the store's allowance at the gateway.
pub(super) const MOST_LATELY: i64 = 10;
/// See [`MOST_LATELY`].
pub(super) const LATELY: Duration = Duration::from_mins(10);

/// How a customer wants to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tender {
    /// All of it by QRIS.
    Qris,
    /// All of it from the balance.
    Balance,
    /// As much as possible from the balance, the rest by QRIS.
    Shared,
}

impl Tender {
    /// What of `amount` a balance carries; `None` when it is too small for this way to pay.
    #[must_use]
    pub fn from_balance(self, balance: Rupiah, amount: Rupiah) -> Option<Rupiah> {
        match self {
            Self::Qris => Some(Rupiah::ZERO),
            Self::Balance => (amount <= balance).then_some(amount),
            Self::Shared => wallet::share(balance, amount),
        }
    }
}

/// A draft of an order for what is in the cart.
pub(super) fn draft(
    store: &Store,
    customer: &Customer,
    cart: &Cart,
    (amount, discount, from_balance): (Rupiah, Rupiah, Rupiah),
    origin: MessageId,
    now: Timestamp,
) -> Draft {
    let line = |line: &crate::shop::cart::Line| {
        (line.product_id, line.name.clone(), line.price, line.quantity)
    };
    Draft {
        purpose: Purpose::Goods,
        discount,
        from_balance,
        coupon: cart.coupon.as_ref().map(|coupon| coupon.id),
        lines: cart.lines.iter().map(line).collect(),
        ..deposit(store, customer, amount, origin, now)
    }
}

/// A draft of an order that fills the balance.
pub(super) fn deposit(
    store: &Store,
    customer: &Customer,
    amount: Rupiah,
    origin: MessageId,
    now: Timestamp,
) -> Draft {
    let minutes = u64::try_from(store.invoice_minutes).unwrap_or(1);
    Draft {
        purpose: Purpose::Deposit,
        customer: customer.id,
        origin,
        amount,
        discount: Rupiah::ZERO,
        from_balance: Rupiah::ZERO,
        coupon: None,
        lines: Vec::new(),
        expires_at: now.plus(Duration::from_secs(minutes * 60)),
    }
}
