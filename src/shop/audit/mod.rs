//! Who changed what, when: only ever added to, each entry sealed to the one before by its hash.

mod table;

pub use table::STATEMENTS;

use super::ShopError;
use super::stores::Store;
use crate::db::Tx;
use crate::primitives::{Timestamp, UserId, fingerprint};

/// A change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// The admin who made it; `None` when the service itself did.
    pub actor: Option<UserId>,
    /// What was done, such as `balance.adjust`.
    pub action: &'a str,
    /// To what, such as `customer 5`.
    pub subject: &'a str,
    /// How it was.
    pub before: Option<&'a str>,
    /// How it is.
    pub after: Option<&'a str>,
    /// Why, in the words of who did it.
    pub note: Option<&'a str>,
}

/// How many entries one step of a check reads.
const STEP: i64 = 1000;

/// Adds an entry to the end of the store's chain.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn record(
    tx: &mut Tx,
    store: &Store,
    change: Change<'_>,
    now: Timestamp,
) -> Result<(), ShopError> {
    let (place, before) = table::end(tx, store.id).await?.unwrap_or_default();
    let entry = table::Entry::new(place + 1, change, now);
    let hash = seal(store, &before, &entry);
    Ok(table::add(tx, store.id, &entry, &hash).await?)
}

/// Checks the whole chain of a store; how many entries it has, or the place of the first that does
/// not fit.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn verify(tx: &mut Tx, store: &Store) -> Result<Result<i64, i64>, ShopError> {
    let (mut place, mut before) = (0, Vec::new());
    loop {
        let entries = table::after(tx, store.id, place, STEP).await?;
        if entries.is_empty() {
            return Ok(Ok(place));
        }
        for (entry, hash) in entries {
            place += 1;
            if entry.place != place || seal(store, &before, &entry) != hash {
                return Ok(Err(place));
            }
            before = hash;
        }
    }
}

/// Keyed with the store's own key, so that who can write the table alone cannot forge the chain.
fn seal(store: &Store, before: &[u8], entry: &table::Entry) -> Vec<u8> {
    let mut bytes = before.to_vec();
    bytes.extend(entry.canonical());
    fingerprint(&store.pepper, &bytes)
}
