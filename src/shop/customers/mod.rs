//! Customers: everyone who ever wrote to a store's bot.

mod table;
mod rules;

pub use rules::{MOST_ACTIONS, Welcome};
pub use table::{Customer, STATEMENTS};

use super::ShopError;
use super::audit::{By, Change};
use crate::db::Tx;
use crate::primitives::{CategoryId, CustomerId, Language, MessageId, StoreId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// How many customers stand on one page.
pub const PAGE: i64 = 8;
/// Counting takes longer the more there are: from here on there are just many.
pub const MOST_COUNTED: i64 = 10_000;

/// A place in a chat that holds one message of ours: a newer one takes it, and the older one goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// What the customer looks at.
    Screen,
    /// What carries the main keyboard.
    Keyboard,
}

impl Place {
    /// A word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Keyboard => "keyboard",
        }
    }
}

/// Numbers for the welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// How many customers the store has.
    pub customers: i64,
    /// How many orders were paid.
    pub paid_orders: i64,
}

/// Finds or makes the customer, and counts his action at `now`; his name follows Telegram.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn meet(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    name: &str,
    language: Language,
    now: Timestamp,
) -> Result<Customer, ShopError> {
    Ok(table::meet(tx, store, user, name, language, now).await?)
}

/// The customer with this row, who must exist.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such row.
pub async fn get(tx: &mut Tx, store: StoreId, id: CustomerId) -> Result<Customer, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// The customer with this row, if there is one.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn find_row(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
) -> Result<Option<Customer>, ShopError> {
    Ok(table::find(tx, store, id).await?)
}

/// The customer who is this Telegram user, if he ever wrote.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn by_user(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
) -> Result<Option<Customer>, ShopError> {
    Ok(table::by_user(tx, store, user).await?)
}

/// Whether the customer is let in, and what he must be told if not; telling is noted as done.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn let_in(
    tx: &mut Tx,
    store: StoreId,
    customer: &Customer,
    now: Timestamp,
) -> Result<Welcome, ShopError> {
    let welcome = rules::welcome(customer, now);
    match welcome {
        Welcome::Blocked { tell: true } => {
            table::told_blocked(tx, store, customer.id, now).await?;
        }
        Welcome::TooFast { tell: true } => table::warned(tx, store, customer.id, now).await?,
        _ => {}
    }
    Ok(welcome)
}

/// Keeps a Telegram user out, or lets him in again; `false` when nobody by that number ever wrote.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn block(
    tx: &mut Tx,
    store: StoreId,
    (user, out): (UserId, bool),
    by: By,
) -> Result<bool, ShopError> {
    if !table::block(tx, store, user, out.then_some(by.now)).await? {
        return Ok(false);
    }
    let subject = format!("customer {user}");
    let action = if out { "customer.block" } else { "customer.unblock" };
    by.note(tx, store, Change { action, subject: &subject, ..Change::default() }).await?;
    Ok(true)
}

/// The newest customers older than `before`; one more than [`PAGE`] when there are more.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn list(
    tx: &mut Tx,
    store: StoreId,
    before: Option<CustomerId>,
) -> Result<Vec<Customer>, ShopError> {
    let before = before.unwrap_or(CustomerId(i64::MAX));
    Ok(table::list(tx, store, (before, PAGE + 1)).await?)
}

/// How many customers there are, counted up to [`MOST_COUNTED`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn count(tx: &mut Tx, store: StoreId) -> Result<i64, ShopError> {
    Ok(table::count(tx, store, MOST_COUNTED).await?)
}

/// The customer with this number, or the newest ones with this in their name, at most [`PAGE`].
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn find(tx: &mut Tx, store: StoreId, typed: &str) -> Result<Vec<Customer>, ShopError> {
    let typed = typed.trim().trim_start_matches(['@', '#']);
    if let Ok(user) = typed.parse() {
        return Ok(by_user(tx, store, UserId(user)).await?.into_iter().collect());
    }
    match rules::pattern(typed) {
        Some(pattern) => Ok(table::named(tx, store, (&pattern, PAGE)).await?),
        None => Ok(Vec::new()),
    }
}

/// Remembers what the customer was asked; `None` when he answered or left.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn ask(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    question: Option<&str>,
) -> Result<(), ShopError> {
    Ok(table::ask(tx, store, id, question).await?)
}

/// Remembers the language the customer chose.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn speak(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    language: Language,
) -> Result<(), ShopError> {
    Ok(table::speak(tx, store, id, language).await?)
}

/// Puts a message into a place of the customer's chat; the one that was there and may go now, if any.
///
/// A message that became an order's stays.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn put(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    (place, message): (Place, MessageId),
) -> Result<Option<MessageId>, ShopError> {
    let (screen, keyboard) = table::places(tx, store, user).await?;
    let before = match place {
        Place::Screen => screen,
        Place::Keyboard => keyboard,
    };
    if before == Some(message) {
        return Ok(None);
    }
    table::put(tx, store, user, (place, message)).await?;
    let Some(before) = before else { return Ok(None) };
    let stays = table::is_an_orders(tx, store, user, before).await?;
    Ok((!stays).then_some(before))
}

/// Whether a message is the screen or the keyboard of the customer's chat.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn is_in_place(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    message: MessageId,
) -> Result<bool, ShopError> {
    Ok(table::is_in_place(tx, store, user, message).await?)
}

/// Whether a message shows one of the customer's orders.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn is_an_orders(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    message: MessageId,
) -> Result<bool, ShopError> {
    Ok(table::is_an_orders(tx, store, user, message).await?)
}

/// The message he looks at became an order's: the place of the screen is free.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn leave_screen(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    message: MessageId,
) -> Result<(), ShopError> {
    Ok(table::leave_screen(tx, store, id, message).await?)
}

/// Remembers which list the customer saw, so that digits open its products.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn saw_list(
    tx: &mut Tx,
    store: StoreId,
    id: CustomerId,
    category: Option<CategoryId>,
) -> Result<(), ShopError> {
    Ok(table::saw_list(tx, store, id, category).await?)
}

/// Remembers that messages cannot reach the customer, or (`None`) that they can again.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn unreachable(
    tx: &mut Tx,
    store: StoreId,
    user: UserId,
    since: Option<Timestamp>,
) -> Result<(), ShopError> {
    Ok(table::unreachable(tx, store, user, since).await?)
}

/// How many customers there are and how many orders were paid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn crowd(tx: &mut Tx, store: StoreId) -> Result<Crowd, ShopError> {
    let (customers, paid_orders) = table::crowd(tx, store).await?;
    Ok(Crowd { customers, paid_orders })
}
