//! What an admin does with units: brings them in batches, looks at them, takes them back.

use super::{Batch, Lines, Tally};
use super::{ShopError, Store, binding, insert, rules, table};
use crate::db::Tx;
use crate::primitives::{BatchId, Keyring, ProductId, StoreId, Timestamp, UnitId};
use crate::shop::audit::{By, Change};

/// How many units one look shows.
const SEEN: i64 = 10;

/// A unit as its seller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The row.
    pub id: UnitId,
    /// A few letters of it.
    pub masked: String,
    /// When it came.
    pub added_at: Timestamp,
}

/// A product whose units are kept.
#[derive(Debug, Clone, Copy)]
pub struct Shelved<'a> {
    /// The store, with its key.
    pub store: &'a Store,
    /// What opens and seals.
    pub keyring: &'a Keyring,
    /// The product.
    pub product: ProductId,
}

/// Begins a batch of units for a product.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn begin(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
    by: By,
) -> Result<BatchId, ShopError> {
    Ok(table::begin(tx, store, product, by.admin, by.now).await?)
}

/// Takes some of a batch's units in; what the store has already is left out. May be repeated.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn take_in(
    tx: &mut Tx,
    shelved: Shelved<'_>,
    batch: BatchId,
    units: &[String],
    now: Timestamp,
) -> Result<(), ShopError> {
    let Shelved { store, keyring, product } = shelved;
    insert(tx, store, keyring, (product, Some(batch)), units, now).await?;
    Ok(())
}

/// Ends a batch that came as these lines, and counts what came in.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn close(
    tx: &mut Tx,
    store: &Store,
    batch: BatchId,
    Lines { units, bad, .. }: &Lines,
    by: By,
) -> Result<Batch, ShopError> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let lines = (count(units.len() + bad), count(*bad));
    let batch = table::close(tx, store.id, batch, lines).await?;
    risen(tx, store, batch.product_id).await?;
    let after = format!("batch {}: {} added", batch.id, batch.added);
    let subject = format!("product {}", batch.product_id);
    note(tx, store.id, by, ("units.add", &subject, None, Some(&after))).await?;
    Ok(batch)
}

/// The last batch that brought a product something.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn last_batch(
    tx: &mut Tx,
    store: StoreId,
    product: ProductId,
) -> Result<Option<Batch>, ShopError> {
    Ok(table::last_batch(tx, store, product).await?)
}

/// Takes back what of a batch is neither sold nor reserved; the batch and how many units went, or `None` when that
/// was done before.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn undo(
    tx: &mut Tx,
    store: StoreId,
    batch: BatchId,
    by: By,
) -> Result<Option<(Batch, u64)>, ShopError> {
    let Some((batch, gone)) = table::undo(tx, store, batch, by.now).await? else {
        return Ok(None);
    };
    let (subject, after) = (format!("batch {}", batch.id), format!("{gone} taken back"));
    note(tx, store, by, ("units.undo", &subject, None, Some(&after))).await?;
    Ok(Some((batch, gone)))
}

/// How many units of a product are where.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn tally(tx: &mut Tx, store: StoreId, product: ProductId) -> Result<Tally, ShopError> {
    Ok(table::tally(tx, store, product).await?)
}

/// A few units that can be sold, after the unit `after`, masked.
///
/// # Errors
/// [`ShopError`] when the database fails or a unit does not open.
pub async fn seen(
    tx: &mut Tx,
    shelved: Shelved<'_>,
    after: UnitId,
) -> Result<Vec<Seen>, ShopError> {
    let Shelved { store, keyring, product } = shelved;
    let kept = table::kept(tx, store.id, product, after, SEEN).await?;
    let seen = kept.into_iter().map(|unit| {
        let place = binding(store.id, product, &unit.fingerprint);
        let sealed = crate::shop::stores::sealed(unit.content, unit.content_key);
        let masked = rules::masked(keyring.open_text(&place, &sealed)?.expose());
        Ok(Seen { id: unit.id, masked, added_at: unit.added_at })
    });
    seen.collect()
}

/// Takes a unit from sale for ever; `false` when it cannot be sold any more.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn void(tx: &mut Tx, store: StoreId, unit: UnitId, by: By) -> Result<bool, ShopError> {
    let voided = table::void(tx, store, unit).await?;
    if voided {
        note(tx, store, by, ("unit.void", &format!("unit {unit}"), None, None)).await?;
    }
    Ok(voided)
}

/// Takes everything of a product from sale for ever that is neither sold nor reserved; how many units.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn void_all(tx: &mut Tx, store: StoreId, product: ProductId) -> Result<u64, ShopError> {
    Ok(table::void_all(tx, store, product).await?)
}

/// Puts a unit under another product; `false` when it cannot be sold any more.
///
/// # Errors
/// [`ShopError`] when the database fails or the unit does not open.
pub async fn move_unit(
    tx: &mut Tx,
    to: Shelved<'_>,
    unit: UnitId,
    by: By,
) -> Result<bool, ShopError> {
    let Shelved { store, keyring, product } = to;
    let Some(kept) = table::one(tx, store.id, unit).await? else { return Ok(false) };
    let from = binding(store.id, kept.product_id, &kept.fingerprint);
    let sealed = crate::shop::stores::sealed(kept.content, kept.content_key);
    let plain = keyring.open(&from, &sealed)?;
    let fresh = keyring.seal(&binding(store.id, product, &kept.fingerprint), plain.expose());
    let moved = table::move_to(tx, store.id, unit, product, &fresh).await?;
    if moved {
        let (before, after) =
            (format!("product {}", kept.product_id), format!("product {product}"));
        let subject = format!("unit {unit}");
        note(tx, store.id, by, ("unit.move", &subject, Some(&before), Some(&after))).await?;
    }
    Ok(moved)
}

/// Writes down what was done: the action, to what, before and after.
async fn note(
    tx: &mut Tx,
    store: StoreId,
    by: By,
    (action, subject, before, after): (&str, &str, Option<&str>, Option<&str>),
) -> Result<(), ShopError> {
    by.note(tx, store, Change { action, subject, before, after, ..Change::default() }).await
}

/// What is left of a product, when that became little and nobody was told: its name and how many units.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn low(
    tx: &mut Tx,
    store: &Store,
    product: ProductId,
    now: Timestamp,
) -> Result<Option<(String, i64)>, ShopError> {
    let Some((left, true)) = level(tx, store, product, false).await? else {
        return Ok(None);
    };
    let name = table::low(tx, store.id, product, now).await?;
    Ok(name.map(|name| (name, left)))
}

/// A product that has more than little again is told of when it sinks the next time.
pub(super) async fn risen(tx: &mut Tx, store: &Store, product: ProductId) -> Result<(), ShopError> {
    if let Some((_, false)) = level(tx, store, product, true).await? {
        table::risen(tx, store.id, product).await?;
    }
    Ok(())
}

/// What is left of a product, counted no further than it must be, and whether that is little; `None` unless it was
/// told of, or not told of, as `told` says.
async fn level(
    tx: &mut Tx,
    store: &Store,
    product: ProductId,
    told: bool,
) -> Result<Option<(i64, bool)>, ShopError> {
    let watched = table::watch(tx, store.id, product, store.low_stock).await?;
    let Some((threshold, _)) = watched.filter(|(_, was_told)| *was_told == told) else {
        return Ok(None);
    };
    let left = table::left(tx, store.id, product, threshold.saturating_add(1)).await?;
    Ok(Some((left, left <= threshold)))
}
