//! Rows and SQL of customers.

use super::Place;
use crate::db::{DbError, Tx};
use crate::primitives::{
    CategoryId, CustomerId, Language, MessageId, Rupiah, StoreId, Timestamp, UserId,
};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

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
    /// What he was asked and has not answered, as the conversation wrote it down.
    pub question: Option<String>,
    /// What he did within the current five seconds, this visit included.
    pub actions: i64,
    /// When he was told last that he is too fast.
    pub warned_at: Option<Timestamp>,
    /// Since when he may not use the shop.
    pub blocked_at: Option<Timestamp>,
    /// When he was told so.
    pub told_blocked_at: Option<Timestamp>,
    /// When he wrote for the first time.
    pub created_at: Timestamp,
}

statements! {
    // Actions are counted in steps of five seconds, in the data, so that a restart forgets none. A
    // clock that was set back begins a new step.
    MEET = ("INSERT INTO customers (store_id, user_id, name, language, created_at, actions, actions_since) \
             VALUES ($1, $2, $3, $4, $5, 1, $5) \
             ON CONFLICT (store_id, user_id) DO UPDATE SET name = excluded.name, unreachable_since = NULL, \
             actions = CASE WHEN $5 BETWEEN customers.actions_since AND customers.actions_since + 4999 \
                THEN customers.actions + 1 ELSE 1 END, \
             actions_since = CASE WHEN $5 BETWEEN customers.actions_since AND customers.actions_since + 4999 \
                THEN customers.actions_since ELSE $5 END \
             RETURNING id, user_id, name, language, balance, shown_category, question, actions, warned_at, \
             blocked_at, told_blocked_at, created_at");
    GET = ("SELECT id, user_id, name, language, balance, shown_category, question, actions, warned_at, \
             blocked_at, told_blocked_at, created_at \
            FROM customers WHERE store_id = $1 AND id = $2");
    BY_USER = ("SELECT id, user_id, name, language, balance, shown_category, question, actions, warned_at, \
             blocked_at, told_blocked_at, created_at \
                FROM customers WHERE store_id = $1 AND user_id = $2");
    LIST = ("SELECT id, user_id, name, language, balance, shown_category, question, actions, warned_at, \
             blocked_at, told_blocked_at, created_at \
             FROM customers WHERE store_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    NAMED = ("SELECT id, user_id, name, language, balance, shown_category, question, actions, warned_at, \
              blocked_at, told_blocked_at, created_at \
              FROM customers WHERE store_id = $1 AND LOWER(name) LIKE $2 ESCAPE '!' ORDER BY id DESC LIMIT $3");
    COUNT = ("SELECT COUNT(*) FROM (SELECT 1 FROM customers WHERE store_id = $1 LIMIT $2) AS counted");
    ASK = ("UPDATE customers SET question = $3 WHERE store_id = $1 AND id = $2");
    SPEAK = ("UPDATE customers SET language = $3 WHERE store_id = $1 AND id = $2");
    WARNED = ("UPDATE customers SET warned_at = $3 WHERE store_id = $1 AND id = $2");
    TOLD_BLOCKED = ("UPDATE customers SET told_blocked_at = $3 WHERE store_id = $1 AND id = $2");
    BLOCK = ("UPDATE customers SET blocked_at = $3, told_blocked_at = NULL \
              WHERE store_id = $1 AND user_id = $2");
    PLACES = ("SELECT c.screen_message, c.keyboard_message FROM customers c \
              WHERE c.store_id = $1 AND c.user_id = $2", postgres " FOR UPDATE");
    IN_PLACE = ("SELECT id FROM customers WHERE store_id = $1 AND user_id = $2 \
                 AND (screen_message = $3 OR keyboard_message = $3)");
    SET_SCREEN = ("UPDATE customers SET screen_message = $3 WHERE store_id = $1 AND user_id = $2");
    SET_KEYBOARD = ("UPDATE customers SET keyboard_message = $3 WHERE store_id = $1 AND user_id = $2");
    LEAVE_SCREEN = ("UPDATE customers SET screen_message = NULL \
                     WHERE store_id = $1 AND id = $2 AND screen_message = $3");
    IS_AN_ORDERS = ("SELECT COUNT(*) FROM orders o JOIN customers c ON c.store_id = o.store_id \
                     AND c.id = o.customer_id WHERE c.store_id = $1 AND c.user_id = $2 AND o.message_id = $3");
    SAW_LIST = ("UPDATE customers SET shown_category = $3 WHERE store_id = $1 AND id = $2");
    UNREACHABLE = ("UPDATE customers SET unreachable_since = $3 WHERE store_id = $1 AND user_id = $2");
    CROWD = ("SELECT (SELECT COUNT(*) FROM customers WHERE store_id = $1), \
              (SELECT COUNT(*) FROM orders WHERE store_id = $1 AND purpose = 'goods' AND state IN ('paid', 'delivered'))");
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

pub(super) async fn find(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
) -> Result<Option<Customer>, DbError> {
    fetch_optional!(tx, Customer, GET, store, id)
}

pub(super) async fn by_user(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
) -> Result<Option<Customer>, DbError> {
    fetch_optional!(tx, Customer, BY_USER, store, user)
}

pub(super) async fn list(
    tx: &mut Tx,
    store: StoreId,
    (before, most): (CustomerId, i64),
) -> Result<Vec<Customer>, DbError> {
    fetch_all!(tx, Customer, LIST, store, before, most)
}

pub(super) async fn named(
    tx: &mut Tx,
    store: StoreId,
    (pattern, most): (&str, i64),
) -> Result<Vec<Customer>, DbError> {
    fetch_all!(tx, Customer, NAMED, store, pattern, most)
}

pub(super) async fn count(tx: &mut Tx, store: StoreId, most: i64) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store, most)?.0)
}

pub(super) async fn ask(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    question: Option<&str>,
) -> Result<(), DbError> {
    execute!(tx, ASK, store, id, question)?;
    Ok(())
}

pub(super) async fn speak(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    language: Language,
) -> Result<(), DbError> {
    execute!(tx, SPEAK, store, id, language)?;
    Ok(())
}

pub(super) async fn warned(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, WARNED, store, id, now)?;
    Ok(())
}

pub(super) async fn told_blocked(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    now: Timestamp,
) -> Result<(), DbError> {
    execute!(tx, TOLD_BLOCKED, store, id, now)?;
    Ok(())
}

pub(super) async fn block(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    since: Option<Timestamp>,
) -> Result<bool, DbError> {
    Ok(execute!(tx, BLOCK, store, user, since)? == 1)
}

/// The messages in the two places of a chat: screen and keyboard.
pub(super) async fn places(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
) -> Result<(Option<MessageId>, Option<MessageId>), DbError> {
    let row = fetch_optional!(tx, (Option<MessageId>, Option<MessageId>), PLACES, store, user)?;
    Ok(row.unwrap_or_default())
}

pub(super) async fn is_in_place(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    message: MessageId,
) -> Result<bool, DbError> {
    Ok(fetch_optional!(tx, (i64,), IN_PLACE, store, user, message)?.is_some())
}

pub(super) async fn put(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    (place, message): (Place, MessageId),
) -> Result<(), DbError> {
    let statement = match place {
        Place::Screen => SET_SCREEN,
        Place::Keyboard => SET_KEYBOARD,
    };
    execute!(tx, statement, store, user, message)?;
    Ok(())
}

pub(super) async fn leave_screen(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    message: MessageId,
) -> Result<(), DbError> {
    execute!(tx, LEAVE_SCREEN, store, id, message)?;
    Ok(())
}

/// Whether a message shows one of the customer's orders.
pub(super) async fn is_an_orders(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    message: MessageId,
) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), IS_AN_ORDERS, store, user, message)?.0 > 0)
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
