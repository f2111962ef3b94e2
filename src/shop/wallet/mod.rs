//! Balances: what the store owes a customer, with a ledger whose sum is the balance.

mod rules;
mod table;

pub use rules::{
    Adjustment, DEPOSIT_MAX, DEPOSIT_MIN, Kind, Unfit, UnfitAdjustment, read_deposit, share,
};
pub use table::{Entry, STATEMENTS};

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{CustomerId, OrderId, PaymentId, Rupiah, StoreId, Timestamp};

/// How many entries stand on one page of a history.
pub const PAGE: i64 = 8;

/// Money that arrived from the gateway, and what it arrived for.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The payment that brought it; it is booked once.
    pub payment: PaymentId,
    /// The order it was meant for.
    pub order: OrderId,
    /// How much came.
    pub amount: Rupiah,
}

/// Credits money that arrived but bought nothing.
///
/// # Errors
/// [`ShopError::Books`] when this payment was booked before: then nothing may be committed.
pub async fn credit_payment(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    arrival: Arrival,
    now: Timestamp,
) -> Result<(), ShopError> {
    arrived(tx, store, customer, Kind::PaymentCredit, arrival, now).await
}

/// Books a deposit that was paid.
///
/// # Errors
/// As [`credit_payment`].
pub async fn deposit(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    arrival: Arrival,
    now: Timestamp,
) -> Result<(), ShopError> {
    arrived(tx, store, customer, Kind::Deposit, arrival, now).await
}

async fn arrived(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    kind: Kind,
    Arrival { payment, order, amount }: Arrival,
    now: Timestamp,
) -> Result<(), ShopError> {
    let posting = table::Posting { payment: Some(payment), order: Some(order), note: None };
    post(tx, store, customer, (kind, amount.get()), &posting, now).await?.ok_or_else(|| {
        ShopError::Books(format!("customer {customer} has no balance that could be credited"))
    })?;
    Ok(())
}

/// Takes `amount` off the balance for an order; `false` when there is not as much.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn spend(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (order, amount): (OrderId, Rupiah),
    now: Timestamp,
) -> Result<bool, ShopError> {
    let posting = table::Posting { order: Some(order), ..table::Posting::default() };
    Ok(post(tx, store, customer, (Kind::Purchase, -amount.get()), &posting, now).await?.is_some())
}

/// Puts back what an order had taken off the balance.
///
/// # Errors
/// [`ShopError`] when the database fails or the balance would pass every bound.
pub async fn give_back(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (order, amount): (OrderId, Rupiah),
    now: Timestamp,
) -> Result<(), ShopError> {
    let posting = table::Posting { order: Some(order), ..table::Posting::default() };
    let posted = post(tx, store, customer, (Kind::Release, amount.get()), &posting, now).await?;
    posted.map(drop).ok_or_else(|| {
        ShopError::Books(format!("what order {order} took cannot go back to customer {customer}"))
    })
}

/// Gives what an order cost back to its buyer.
///
/// # Errors
/// [`ShopError`] when the database fails or the balance would pass every bound.
pub async fn refund(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (order, amount): (OrderId, Rupiah),
    now: Timestamp,
) -> Result<(), ShopError> {
    let posting = table::Posting { order: Some(order), ..table::Posting::default() };
    let posted = post(tx, store, customer, (Kind::Refund, amount.get()), &posting, now).await?;
    posted.map(drop).ok_or_else(|| {
        ShopError::Books(format!("what order {order} cost cannot go back to customer {customer}"))
    })
}

/// Changes a balance by hand, with the seller's note; the new balance, or `None` when it would be
/// negative or pass every bound.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn adjust(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (by, note): (i64, &str),
    now: Timestamp,
) -> Result<Option<Rupiah>, ShopError> {
    let posting = table::Posting { note: Some(note), ..table::Posting::default() };
    post(tx, store, customer, (Kind::Adjustment, by), &posting, now).await
}

/// The one way a balance changes: with its entry, in the caller's transaction.
async fn post(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (kind, amount): (Kind, i64),
    posting: &table::Posting<'_>,
    now: Timestamp,
) -> Result<Option<Rupiah>, ShopError> {
    let change = (amount, rules::most_after(kind, amount));
    let Some(after) = table::change(tx, store, customer, change).await? else { return Ok(None) };
    if !table::enter(tx, store, customer, (kind, amount, after), posting, now).await? {
        return Err(ShopError::Books(format!("a payment of customer {customer} was booked twice")));
    }
    Ok(Some(after))
}

/// A page of a customer's entries, newest first, and how many there are.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn history(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    page: i64,
) -> Result<(Vec<Entry>, i64), ShopError> {
    let total = table::count(tx, store, customer).await?;
    let page = page.clamp(0, (total - 1).max(0) / PAGE);
    Ok((table::history(tx, store, customer, PAGE, page * PAGE).await?, total))
}

/// Customers whose balance is not the sum of their ledger, at most 10: always none.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unbalanced(tx: &mut Tx, store: StoreId) -> Result<Vec<CustomerId>, ShopError> {
    Ok(table::unbalanced(tx, store).await?)
}
