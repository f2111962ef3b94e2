//! How a cart becomes a draft of an order.

use std::time::Duration;

use crate::primitives::{MessageId, Rupiah, Timestamp};
use crate::shop::cart::Cart;
use crate::shop::customers::Customer;
use crate::shop::orders::Draft;
use crate::shop::stores::Store;

/// How many unpaid orders a customer may hold units with.
pub const MOST_UNPAID: i64 = 3;

pub(super) fn draft(
    store: &Store,
    customer: &Customer,
    cart: &Cart,
    amount: Rupiah,
    origin: MessageId,
    now: Timestamp,
) -> Draft {
    let minutes = u64::try_from(store.invoice_minutes).unwrap_or(1);
    Draft {
        customer: customer.id,
        origin,
        amount,
        lines: cart
            .lines
            .iter()
            .map(|line| (line.product_id, line.name.clone(), line.price, line.quantity))
            .collect(),
        expires_at: now.plus(Duration::from_secs(minutes * 60)),
    }
}
