//! Rows and SQL of payments.

use std::time::Duration;

use super::Outcome;
use crate::db::{DbError, Tx};
use crate::pakasir::Invoice;
use crate::primitives::{OrderId, PaymentId, Rupiah, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// An attempt to pay an order.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Payment {
    /// The row.
    pub id: PaymentId,
    /// What it pays.
    pub order_id: OrderId,
    /// Our name for it at the gateway.
    pub reference: String,
    /// What we asked for, before the gateway's fee.
    pub amount: Rupiah,
    /// `creating`, `pending`, `completed`, `canceled` or `failed`.
    pub state: String,
    /// The gateway's name for it.
    pub txn_id: Option<String>,
    /// What the buyer pays, as the gateway said.
    pub total: Option<Rupiah>,
    /// The gateway's fee, as it said.
    pub fee: Option<Rupiah>,
    /// What the QR holds.
    pub qr_string: Option<String>,
    /// The gateway's page for the buyer.
    pub page_url: Option<String>,
    /// When the gateway was asked last.
    pub last_check_at: Option<Timestamp>,
}

/// What decides when to look at a payment again.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Check {
    /// Whose payment it is.
    pub store_id: StoreId,
    /// The payment.
    pub id: PaymentId,
    /// When it was started.
    pub created_at: Timestamp,
    /// When its order dies unpaid.
    pub expires_at: Timestamp,
    /// When its order ended, unpaid or by another payment, if it did.
    pub closed_at: Option<Timestamp>,
}

statements! {
    INSERT = ("INSERT INTO payments (store_id, order_id, reference, amount, state, created_at) \
               VALUES ($1, $2, $3, $4, 'creating', $5) RETURNING id");
    GET = ("SELECT id, order_id, reference, amount, state, txn_id, total, fee, qr_string, page_url, \
            last_check_at FROM payments WHERE store_id = $1 AND id = $2");
    BY_REFERENCE = ("SELECT id, order_id, reference, amount, state, txn_id, total, fee, qr_string, page_url, \
                     last_check_at FROM payments WHERE store_id = $1 AND reference = $2");
    LATEST = ("SELECT id, order_id, reference, amount, state, txn_id, total, fee, qr_string, page_url, \
               last_check_at FROM payments WHERE store_id = $1 AND order_id = $2 ORDER BY id DESC LIMIT 1");
    OF_ORDER = ("SELECT id FROM payments WHERE store_id = $1 AND order_id = $2 ORDER BY id DESC LIMIT 10");
    COUNT = ("SELECT COUNT(*) FROM payments WHERE store_id = $1 AND order_id = $2");
    INVOICED = ("UPDATE payments SET state = 'pending', txn_id = $3, total = $4, fee = $5, qr_string = $6, \
                 page_url = $7, next_check_at = $8 \
                 WHERE store_id = $1 AND id = $2 AND state = 'creating'");
    FAIL = ("UPDATE payments SET state = 'failed' WHERE store_id = $1 AND id = $2 AND state = 'creating'");
    // The late looks go on: money has come for what a gateway had called cancelled.
    END = ("UPDATE payments SET state = 'canceled' \
            WHERE store_id = $1 AND id = $2 AND state IN ('creating', 'pending', 'failed')");
    HOLD = ("UPDATE payments SET outcome = 'held' \
            WHERE store_id = $1 AND id = $2 AND state <> 'completed' AND outcome IS NULL");
    COMPLETE = ("UPDATE payments SET state = 'completed', outcome = $3, received = $4, completed_at = $5, \
                 next_check_at = NULL WHERE store_id = $1 AND id = $2 AND state <> 'completed'");
    HINT_TXN = ("UPDATE payments SET txn_id = $3 WHERE store_id = $1 AND id = $2 AND txn_id IS NULL");
    CHECK_BY = ("UPDATE payments SET next_check_at = CASE WHEN next_check_at < $3 THEN next_check_at ELSE $3 END \
                 WHERE store_id = $1 AND id = $2 AND state <> 'completed'");
    CHECK_NEXT = ("UPDATE payments SET next_check_at = $3 \
                   WHERE store_id = $1 AND id = $2 AND state <> 'completed'");
    // The gateway's limit is kept here, where every process and every reason to look comes by.
    // A time ahead of now is one that a wrong clock wrote.
    LOOK = ("UPDATE payments SET checks = checks + 1, last_check_at = $3, \
                last_word_at = CASE WHEN (last_word_at IS NULL OR last_word_at > $3) AND EXISTS (SELECT 1 FROM orders o \
                    WHERE o.store_id = payments.store_id AND o.id = payments.order_id AND o.expires_at <= $3) \
                THEN $3 ELSE last_word_at END \
             WHERE store_id = $1 AND id = $2 AND (last_check_at IS NULL OR last_check_at <= $4 OR last_check_at > $5)");
    // Of an order that can be paid the next look is near; of others a day away at most.
    SET_RIGHT = ("UPDATE payments SET next_check_at = $1 WHERE next_check_at > $2 AND state <> 'completed' \
                  AND (next_check_at > $3 OR EXISTS (SELECT 1 FROM orders o WHERE o.store_id = payments.store_id \
                      AND o.id = payments.order_id AND o.state IN ('invoicing', 'open')))");
    CHECK_OF = ("SELECT p.store_id, p.id, p.created_at, o.expires_at, COALESCE(o.closed_at, o.paid_at) AS closed_at \
                 FROM payments p JOIN orders o ON o.store_id = p.store_id AND o.id = p.order_id \
                 WHERE p.store_id = $1 AND p.id = $2 AND p.state <> 'completed'");
    // An order that was sold has ended for its other references.
    DUE = ("SELECT p.store_id, p.id, p.created_at, o.expires_at, COALESCE(o.closed_at, o.paid_at) AS closed_at FROM payments p \
            JOIN orders o ON o.store_id = p.store_id AND o.id = p.order_id \
            WHERE p.next_check_at <= $1 AND p.state <> 'completed' ORDER BY p.next_check_at LIMIT 100",
           postgres " FOR UPDATE OF p SKIP LOCKED");
}

pub(super) async fn insert(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    reference: &str,
    amount: Rupiah,
    now: Timestamp,
) -> Result<PaymentId, DbError> {
    Ok(fetch_one!(tx, (PaymentId,), INSERT, store, order, reference, amount, now)?.0)
}

pub(super) async fn get(tx: &mut Tx, store: StoreId, id: PaymentId) -> Result<Payment, DbError> {
    fetch_one!(tx, Payment, GET, store, id)
}

pub(super) async fn by_reference(
    tx: &mut Tx,
    store: StoreId,
    reference: &str,
) -> Result<Option<Payment>, DbError> {
    fetch_optional!(tx, Payment, BY_REFERENCE, store, reference)
}

pub(super) async fn latest(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Option<Payment>, DbError> {
    fetch_optional!(tx, Payment, LATEST, store, order)
}

pub(super) async fn of_order(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Vec<PaymentId>, DbError> {
    let rows = fetch_all!(tx, (PaymentId,), OF_ORDER, store, order)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn count(tx: &mut Tx, store: StoreId, order: OrderId) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store, order)?.0)
}

pub(super) async fn invoiced(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    invoice: &Invoice,
    check_at: Timestamp,
) -> Result<bool, DbError> {
    let changed = execute!(
        tx,
        INVOICED,
        store,
        id,
        &invoice.txn_id,
        invoice.total,
        invoice.fee,
        &invoice.qr_string,
        &invoice.page_url,
        check_at
    )?;
    Ok(changed == 1)
}

pub(super) async fn fail(tx: &mut Tx, store: StoreId, id: PaymentId) -> Result<bool, DbError> {
    Ok(execute!(tx, FAIL, store, id)? == 1)
}

pub(super) async fn end(tx: &mut Tx, store: StoreId, id: PaymentId) -> Result<bool, DbError> {
    Ok(execute!(tx, END, store, id)? == 1)
}

/// Marks a payment for a person; `false` when it was marked before.
pub(super) async fn hold(tx: &mut Tx, store: StoreId, id: PaymentId) -> Result<bool, DbError> {
    Ok(execute!(tx, HOLD, store, id)? == 1)
}

/// Completes a payment; exactly one row changes, or the caller's transaction must not be committed.
pub(super) async fn complete(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    outcome: Outcome,
    received: Rupiah,
    now: Timestamp,
) -> Result<(), DbError> {
    match execute!(tx, COMPLETE, store, id, outcome.word(), received, now)? {
        1 => Ok(()),
        _ => Err(DbError::Row(format!("payment {id} was completed twice"))),
    }
}

pub(super) async fn hint_txn(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    txn_id: &str,
) -> Result<(), DbError> {
    execute!(tx, HINT_TXN, store, id, txn_id)?;
    Ok(())
}

pub(super) async fn check_by(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    at: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, CHECK_BY, store, id, at)?;
    Ok(())
}

pub(super) async fn check_next(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    next: Option<Timestamp>,
) -> Result<(), DbError> {
    execute!(tx, CHECK_NEXT, store, id, next)?;
    Ok(())
}

/// Takes the turn to look, if the last look was a `gap` ago. One that lies ahead by more than that is
/// the word of a clock that was wrong, and counts for nothing.
pub(super) async fn look(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    now: Timestamp,
    gap: Duration,
) -> Result<bool, DbError> {
    Ok(execute!(tx, LOOK, store, id, now, now.minus(gap), now.plus(gap))? == 1)
}

/// Plans for now what is planned later than it can be; see [`super::set_right`].
pub(super) async fn set_right(
    tx: &mut Tx,
    now: Timestamp,
    (unpaid, ended): (Duration, Duration),
) -> Result<u64, DbError> {
    execute!(tx, SET_RIGHT, now, now.plus(unpaid), now.plus(ended))
}

pub(super) async fn due(tx: &mut Tx, now: Timestamp) -> Result<Vec<Check>, DbError> {
    fetch_all!(tx, Check, DUE, now)
}

/// What decides about the next look at a payment that is not settled.
pub(super) async fn check_of(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
) -> Result<Option<Check>, DbError> {
    fetch_optional!(tx, Check, CHECK_OF, store, id)
}
