//! Rows and SQL of the ledger.

use crate::db::{DbError, Tx};
use crate::primitives::{CustomerId, PaymentId, Rupiah, StoreId, Timestamp};
use crate::{execute, fetch_all, statements};

statements! {
    ENTER = ("INSERT INTO ledger (store_id, customer_id, kind, amount, payment_id, at) \
              VALUES ($1, $2, 'payment_credit', $3, $4, $5) ON CONFLICT DO NOTHING");
    RAISE = ("UPDATE customers SET balance = balance + $3 WHERE store_id = $1 AND id = $2");
    UNBALANCED = ("SELECT c.id FROM customers c WHERE c.store_id = $1 AND c.balance <> \
                   (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM ledger l \
                    WHERE l.store_id = c.store_id AND l.customer_id = c.id) LIMIT 10");
}

pub(super) async fn enter(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    payment: PaymentId,
    amount: Rupiah,
    now: Timestamp,
) -> Result<bool, DbError> {
    Ok(execute!(tx, ENTER, store, customer, amount, payment, now)? == 1)
}

pub(super) async fn raise(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    amount: Rupiah,
) -> Result<u64, DbError> {
    execute!(tx, RAISE, store, customer, amount)
}

pub(super) async fn unbalanced(tx: &mut Tx, store: StoreId) -> Result<Vec<CustomerId>, DbError> {
    let rows = fetch_all!(tx, (CustomerId,), UNBALANCED, store)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
