//! Who changed what, when: only ever added to, each entry sealed to the one before by its hash.

mod table;

pub use table::{Entry, STATEMENTS};

use super::ShopError;
use super::stores::{self, Store};
use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp, UserId, fingerprint};

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

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// The admin.
    pub admin: UserId,
    /// Now.
    pub now: Timestamp,
}

impl By {
    /// Writes the change down.
    ///
    /// # Errors
    /// [`ShopError`] when the database fails.
    pub async fn note(
        self,
        tx: &mut Tx,
        store: StoreId,
        change: Change<'_>,
    ) -> Result<(), ShopError> {
        record(tx, store, Change { actor: Some(self.admin), ..change }, self.now).await
    }
}

/// How many entries stand on one page.
pub const PAGE: i64 = 10;

/// How many entries one step of sealing or of a check reads.
const STEP: i64 = 500;

/// Writes down a change; [`seal`] puts it into the store's chain soon after.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn record(
    tx: &mut Tx,
    store: StoreId,
    change: Change<'_>,
    now: Timestamp,
) -> Result<(), ShopError> {
    Ok(table::wait(tx, store, change, now).await?)
}

/// Writes down that a row of this kind, such as `order`, went from one state to another by itself.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn moved(
    tx: &mut Tx,
    store: StoreId,
    (kind, id): (&str, i64),
    (before, after): (&str, &str),
    now: Timestamp,
) -> Result<(), ShopError> {
    let (action, subject) = (format!("{kind}.state"), format!("{kind} {id}"));
    let (before, after) = (Some(before), Some(after));
    let change = Change { action: &action, subject: &subject, before, after, ..Change::default() };
    record(tx, store, change, now).await
}

/// Whether changes wait to be sealed.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn waits(tx: &mut Tx, store: StoreId) -> Result<bool, ShopError> {
    Ok(table::waits(tx, store).await?)
}

/// Puts the oldest changes that wait to the end of the store's chain; whether some may be left.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn seal(tx: &mut Tx, store: &Store) -> Result<bool, ShopError> {
    // What waits is read when nobody else seals it; a place can be taken once in any case.
    stores::hold(tx, store.id).await?;
    let (mut place, mut before) = table::end(tx, store.id).await?.unwrap_or_default();
    let waiting = table::waiting(tx, store.id, STEP).await?;
    let more = waiting.len() == usize::try_from(STEP).unwrap_or(usize::MAX);
    if waiting.is_empty() {
        return Ok(false);
    }
    for (id, mut entry) in waiting {
        place += 1;
        entry.place = place;
        let hash = sealed(store, &before, &entry);
        table::add(tx, store.id, &entry, &hash).await?;
        table::forget_waiting(tx, store.id, id).await?;
        before = hash;
    }
    Ok(more)
}

/// The newest entries of a store's chain, older than `before` when given, the newest first: one more than
/// [`PAGE`] when there are more. What waits to be sealed is not among them yet.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn page(
    tx: &mut Tx,
    store: StoreId,
    before: Option<i64>,
) -> Result<Vec<Entry>, ShopError> {
    Ok(table::before(tx, store, before.unwrap_or(i64::MAX), PAGE + 1).await?)
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
            if entry.place != place || sealed(store, &before, &entry) != hash {
                return Ok(Err(place));
            }
            before = hash;
        }
    }
}

/// Keyed with the store's own key, so that who can write the table alone cannot forge the chain.
fn sealed(store: &Store, before: &[u8], entry: &table::Entry) -> Vec<u8> {
    let mut bytes = before.to_vec();
    bytes.extend(entry.canonical());
    fingerprint(&store.pepper, &bytes)
}
