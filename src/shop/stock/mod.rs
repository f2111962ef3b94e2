//! Units: sealed when they come in, reserved by one statement, opened only to be delivered.

mod rules;
mod table;
mod keeping;

pub use keeping::{
    Seen, Shelved, begin, close, last_batch, low, move_unit, seen, take_in, tally, undo, void,
    void_all,
};
pub use rules::{Lines, MOST_LINES, check_content, masked, read_lines};
pub use table::{Batch, STATEMENTS, Tally};

use super::ShopError;
use super::stores::Store;
use crate::db::Tx;
use crate::primitives::{
    BatchId, Binding, Keyring, OrderId, ProductId, Secret, StoreId, Timestamp, fingerprint,
};

/// Adds units to a product and returns how many were new; a store has the same content once, whichever
/// product it came under and whatever blanks stand around it, so that nothing is sold twice.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn add(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    product: ProductId,
    contents: &[String],
    now: Timestamp,
) -> Result<usize, ShopError> {
    let added = insert(tx, store, keyring, (product, None), contents, now).await?;
    keeping::risen(tx, store, product).await?;
    Ok(added)
}

async fn insert(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    (product, batch): (ProductId, Option<BatchId>),
    contents: &[String],
    now: Timestamp,
) -> Result<usize, ShopError> {
    let mut added = 0;
    if !contents.is_empty() {
        // This also lets one import wait for another, so that both cannot bring the same unit.
        super::keys::used(tx, store.id, keyring).await?;
        table::plan_anew(tx).await?;
    }
    for content in contents {
        let mark = fingerprint(&store.pepper, content.trim().as_bytes());
        let former = fingerprint(&store.pepper, content.as_bytes());
        let sealed = keyring.seal(&binding(store.id, product, &mark), content.as_bytes());
        let marks = (&*mark, &*former);
        if table::insert(tx, store.id, product, &sealed, marks, batch, now).await? {
            added += 1;
        }
    }
    Ok(added)
}

/// How many units one step seals anew.
const STEP: i64 = 200;

/// Seals at most 200 units after `after` anew that are under an old key; the last one it looked at.
///
/// The order of the commits does not matter: what is lost is sealed again.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn reseal(
    tx: &mut Tx,
    keyring: &Keyring,
    (store, key, after): (StoreId, &str, i64),
) -> Result<Option<i64>, ShopError> {
    let units = table::under_key(tx, store, key, after, STEP).await?;
    for unit in &units {
        let place = binding(store, unit.product_id, &unit.fingerprint);
        let old = super::stores::sealed(unit.content.clone(), unit.content_key.clone());
        match keyring.open(&place, &old) {
            Ok(plain) => {
                let fresh = keyring.seal(&place, plain.expose());
                table::reseal(tx, store, unit, &fresh).await?;
            }
            Err(error) => {
                tracing::error!(store = store.0, unit = unit.id, %error, "a unit does not open");
            }
        }
    }
    Ok(units.last().map(|last| last.id))
}

/// Reserves `quantity` units of a product for an order, in one statement; returns how many it got.
///
/// The caller gives them back with [`release`] when they are fewer than it needs.
///
/// # Errors
/// [`ShopError`] when the database fails or gave more than was asked for.
pub async fn reserve(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    product: ProductId,
    quantity: i64,
) -> Result<i64, ShopError> {
    let reserved = table::reserve(tx, store, order, product, quantity).await?;
    let reserved = i64::try_from(reserved).unwrap_or(i64::MAX);
    if reserved > quantity {
        return Err(ShopError::Books(format!(
            "order {order} asked for {quantity} units, got {reserved}"
        )));
    }
    Ok(reserved)
}

/// Puts an order's reserved units back on the shelf.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn release(tx: &mut Tx, store: StoreId, order: OrderId) -> Result<u64, ShopError> {
    Ok(table::release(tx, store, order).await?)
}

/// Hands an order's reserved units over for good; they must be exactly `expected`.
///
/// # Errors
/// [`ShopError::Books`] when they are not: then nothing may be committed.
pub async fn hand_over(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    expected: i64,
    now: Timestamp,
) -> Result<(), ShopError> {
    let handed = table::hand_over(tx, store, order).await?;
    if i64::try_from(handed) == Ok(expected) {
        Ok(table::journal(tx, store, order, now).await?)
    } else {
        Err(ShopError::Books(format!("order {order} sold {expected} units but holds {handed}")))
    }
}

/// Takes every unit of every store out that could be sold; how many of each.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn void_whole(tx: &mut Tx) -> Result<Vec<(StoreId, i64)>, ShopError> {
    let unsold = table::unsold_by_store(tx).await?;
    for (store, _) in &unsold {
        table::void_whole(tx, *store).await?;
    }
    Ok(unsold)
}

/// One line of goods: the product and its opened units, in the order they were added.
#[derive(Debug)]
pub struct Goods {
    /// The product's name at the time of the order.
    pub name: String,
    /// The opened units.
    pub units: Vec<Secret<String>>,
}

/// Opens what an order was given, for its own buyer.
///
/// # Errors
/// [`ShopError`] when the database fails or a unit does not open.
pub async fn goods(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    order: OrderId,
) -> Result<Vec<Goods>, ShopError> {
    let mut goods: Vec<Goods> = Vec::new();
    for row in table::of_order(tx, store.id, order).await? {
        let place = binding(store.id, row.product_id, &row.fingerprint);
        let unit =
            keyring.open_text(&place, &super::stores::sealed(row.content, row.content_key))?;
        match goods.last_mut() {
            Some(line) if line.name == row.name => line.units.push(unit),
            _ => goods.push(Goods { name: row.name, units: vec![unit] }),
        }
    }
    Ok(goods)
}

/// Opens the units of a product that can still be sold, at most 100,000.
///
/// # Errors
/// As [`goods`].
pub async fn unsold(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    product: ProductId,
) -> Result<Vec<Secret<String>>, ShopError> {
    let rows = table::unsold(tx, store.id, product).await?;
    rows.into_iter()
        .map(|row| {
            let place = binding(store.id, product, &row.fingerprint);
            Ok(keyring.open_text(&place, &super::stores::sealed(row.content, row.content_key))?)
        })
        .collect()
}

/// A unit's place: its store, its product and itself, so that no ciphertext can stand in for another.
fn binding(store: StoreId, product: ProductId, mark: &[u8]) -> Binding {
    use std::fmt::Write as _;
    let hex = mark.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Binding(format!("unit/{store}/{product}/{hex}"))
}
