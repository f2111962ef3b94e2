//! Balances: what the store owes a customer, with a ledger whose sum is the balance.

mod table;

pub use table::STATEMENTS;

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{CustomerId, PaymentId, Rupiah, StoreId, Timestamp};

/// Credits money that arrived but bought nothing, once per payment; `false` when it was credited before.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn credit_payment(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    payment: PaymentId,
    amount: Rupiah,
    now: Timestamp,
) -> Result<bool, ShopError> {
    if !table::enter(tx, store, customer, payment, amount, now).await? {
        return Ok(false);
    }
    if table::raise(tx, store, customer, amount).await? != 1 {
        return Err(ShopError::Books(format!("customer {customer} has no balance to credit")));
    }
    Ok(true)
}

/// Customers whose balance is not the sum of their ledger, at most 10: always none.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unbalanced(tx: &mut Tx, store: StoreId) -> Result<Vec<CustomerId>, ShopError> {
    Ok(table::unbalanced(tx, store).await?)
}
