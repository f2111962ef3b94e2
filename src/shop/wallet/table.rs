//! Rows and SQL of the ledger.

use super::Kind;
use crate::db::{DbError, Tx};
use crate::primitives::{CustomerId, OrderId, PaymentId, Rupiah, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// What an entry is about.
#[derive(Debug, Default)]
pub(super) struct Posting<'a> {
    pub payment: Option<PaymentId>,
    pub order: Option<OrderId>,
    pub note: Option<&'a str>,
}

/// One amount that moved between a customer's balance and another account.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Entry {
    /// Why.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// In whole rupiah; negative when it left the balance.
    pub amount: i64,
    /// The balance then.
    pub balance_after: Rupiah,
    /// The code of the order it belongs to.
    pub order_code: Option<String>,
    /// The seller's note.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl TryFrom<String> for Kind {
    type Error = DbError;

    fn try_from(word: String) -> Result<Self, DbError> {
        Self::from_word(&word).ok_or_else(|| DbError::Row(format!("ledger kind {word}")))
    }
}

statements! {
    // One statement weighs and changes: no balance falls below zero, whatever happens at once.
    CHANGE = ("UPDATE customers SET balance = balance + $3 WHERE store_id = $1 AND id = $2 \
               AND balance + $3 BETWEEN 0 AND $4 RETURNING balance");
    ENTER = ("INSERT INTO ledger (store_id, customer_id, kind, account, amount, balance_after, payment_id, \
              order_id, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
              ON CONFLICT (store_id, kind, payment_id) DO NOTHING");
    COUNT = ("SELECT COUNT(*) FROM ledger WHERE store_id = $1 AND customer_id = $2");
    HISTORY = ("SELECT l.kind, l.amount, l.balance_after, o.code AS order_code, l.note, l.at FROM ledger l \
                LEFT JOIN orders o ON o.store_id = l.store_id AND o.id = l.order_id \
                WHERE l.store_id = $1 AND l.customer_id = $2 ORDER BY l.id DESC LIMIT $3 OFFSET $4");
    UNBALANCED = ("SELECT c.id FROM customers c WHERE c.store_id = $1 AND c.balance <> \
                   (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM ledger l \
                    WHERE l.store_id = c.store_id AND l.customer_id = c.id) LIMIT 10");
}

/// Changes a balance and returns it; `None` when it may not become that.
pub(super) async fn change(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (by, most): (i64, Rupiah),
) -> Result<Option<Rupiah>, DbError> {
    Ok(fetch_optional!(tx, (Rupiah,), CHANGE, store, customer, by, most)?.map(|(balance,)| balance))
}

/// `false` when the payment has an entry of this kind.
pub(super) async fn enter(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    (kind, amount, after): (Kind, i64, Rupiah),
    posting: &Posting<'_>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let (word, account) = (kind.word(), kind.account());
    let Posting { payment, order, note } = posting;
    let rows = execute!(
        tx, ENTER, store, customer, word, account, amount, after, *payment, *order, *note, now
    )?;
    Ok(rows == 1)
}

pub(super) async fn count(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store, customer)?.0)
}

pub(super) async fn history(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Entry>, DbError> {
    fetch_all!(tx, Entry, HISTORY, store, customer, limit, offset)
}

pub(super) async fn unbalanced(tx: &mut Tx, store: StoreId) -> Result<Vec<CustomerId>, DbError> {
    let rows = fetch_all!(tx, (CustomerId,), UNBALANCED, store)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
