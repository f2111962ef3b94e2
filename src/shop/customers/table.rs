//! Rows and SQL of customers.

use crate::db::{DbError, Tx};
use crate::primitives::{CategoryId, CustomerId, Language, Rupiah, StoreId, Timestamp, UserId};
use crate::{execute, fetch_one, statements};

/// A customer of a store.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Customer {
    /// The row.
    pub id: CustomerId,
    /// The Telegram user.
    pub user_id: UserId,
    /// The name he shows.
    pub name: String,
    /// What he reads.
    pub language: Language,
    /// What the store owes him, in whole rupiah.
    pub balance: Rupiah,
    /// The category whose list he saw last; `None` is the list of all products.
    pub shown_category: Option<CategoryId>,
}

statements! {
    MEET = ("INSERT INTO customers (store_id, user_id, name, language, created_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (store_id, user_id) DO UPDATE SET name = excluded.name, unreachable_since = NULL \
             RETURNING id, user_id, name, language, balance, shown_category");
    GET = ("SELECT id, user_id, name, language, balance, shown_category \
            FROM customers WHERE store_id = $1 AND id = $2");
    SAW_LIST = ("UPDATE customers SET shown_category = $3 WHERE store_id = $1 AND id = $2");
    UNREACHABLE = ("UPDATE customers SET unreachable_since = $3 WHERE store_id = $1 AND user_id = $2");
    CROWD = ("SELECT (SELECT COUNT(*) FROM customers WHERE store_id = $1), \
              (SELECT COUNT(*) FROM orders WHERE store_id = $1 AND state IN ('paid', 'delivered'))");
}

pub(super) async fn meet(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    name: &str,
    language: Language,
    now: Timestamp,
) -> Result<Customer, DbError> {
    fetch_one!(tx, Customer, MEET, store, user, name, language, now)
}

pub(super) async fn get(tx: &mut Tx, store: StoreId, id: CustomerId) -> Result<Customer, DbError> {
    fetch_one!(tx, Customer, GET, store, id)
}

pub(super) async fn saw_list(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    category: Option<CategoryId>,
) -> Result<(), DbError> {
    execute!(tx, SAW_LIST, store, id, category)?;
    Ok(())
}

pub(super) async fn unreachable(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    since: Option<Timestamp>,
) -> Result<(), DbError> {
    execute!(tx, UNREACHABLE, store, user, since)?;
    Ok(())
}

pub(super) async fn crowd(tx: &mut Tx, store: StoreId) -> Result<(i64, i64), DbError> {
    fetch_one!(tx, (i64, i64), CROWD, store)
}
