//! Rows and SQL of the audit log.

use super::Change;
use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp, UserId};
use crate::{execute, fetch_all, fetch_optional, statements};

/// An entry, without its hash.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its place in the store's chain, counted from 1.
    pub place: i64,
    /// When it was changed.
    pub at: Timestamp,
    /// The admin who did it; `None` when the service itself did.
    pub actor: Option<UserId>,
    /// What was done, such as `product.price`.
    pub action: String,
    /// To what, such as `order 5`.
    pub subject: String,
    /// How it was.
    pub before: Option<String>,
    /// How it is.
    pub after: Option<String>,
    /// Why, in the words of who did it.
    pub note: Option<String>,
}

impl Entry {
    /// Every field with its length before it, so that no two entries are written alike.
    pub(super) fn canonical(&self) -> Vec<u8> {
        let numbers = [self.place, self.at.0, self.actor.map_or(i64::MIN, |actor| actor.0)];
        let texts = [
            Some(&self.action),
            Some(&self.subject),
            self.before.as_ref(),
            self.after.as_ref(),
            self.note.as_ref(),
        ];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        for text in texts {
            let length = text.map_or(u64::MAX, |text| text.len() as u64);
            bytes.extend(length.to_be_bytes());
            bytes.extend(text.map_or(&b""[..], |text| text.as_bytes()));
        }
        bytes
    }
}

#[derive(sqlx::FromRow)]
struct Waiting {
    id: i64,
    #[sqlx(flatten)]
    entry: Entry,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    entry: Entry,
    hash: Vec<u8>,
}

statements! {
    WAIT = ("INSERT INTO audit_waiting (store_id, at, actor, action, subject, before, after, note) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
    WAITING = ("SELECT id, CAST(0 AS BIGINT) AS place, at, actor, action, subject, before, after, note \
                FROM audit_waiting WHERE store_id = $1 ORDER BY id LIMIT $2");
    WAITS = ("SELECT id FROM audit_waiting WHERE store_id = $1 LIMIT 1");
    FORGET_WAITING = ("DELETE FROM audit_waiting WHERE store_id = $1 AND id = $2");
    END = ("SELECT place, hash FROM audit WHERE store_id = $1 ORDER BY place DESC LIMIT 1");
    ADD = ("INSERT INTO audit (store_id, place, at, actor, action, subject, before, after, note, hash) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    BEFORE = ("SELECT place, at, actor, action, subject, before, after, note FROM audit \
               WHERE store_id = $1 AND place < $2 ORDER BY place DESC LIMIT $3");
    AFTER = ("SELECT place, at, actor, action, subject, before, after, note, hash FROM audit \
              WHERE store_id = $1 AND place > $2 ORDER BY place LIMIT $3");
}

/// The last place and its hash.
pub(super) async fn end(tx: &mut Tx, store: StoreId) -> Result<Option<(i64, Vec<u8>)>, DbError> {
    fetch_optional!(tx, (i64, Vec<u8>), END, store)
}

pub(super) async fn add(
    tx: &mut Tx,
    store: StoreId,
    entry: &Entry,
    hash: &[u8],
) -> Result<(), DbError> {
    execute!(
        tx,
        ADD,
        store,
        entry.place,
        entry.at,
        entry.actor,
        &entry.action,
        &entry.subject,
        &entry.before,
        &entry.after,
        &entry.note,
        hash
    )?;
    Ok(())
}

/// What follows a place, in order, each with its hash.
pub(super) async fn after(
    tx: &mut Tx,
    store: StoreId,
    place: i64,
    most: i64,
) -> Result<Vec<(Entry, Vec<u8>)>, DbError> {
    let rows = fetch_all!(tx, Row, AFTER, store, place, most)?;
    Ok(rows.into_iter().map(|row| (row.entry, row.hash)).collect())
}

/// What came before a place, the newest first.
pub(super) async fn before(
    tx: &mut Tx,
    store: StoreId,
    place: i64,
    most: i64,
) -> Result<Vec<Entry>, DbError> {
    fetch_all!(tx, Entry, BEFORE, store, place, most)
}

pub(super) async fn wait(
    tx: &mut Tx,
    store: StoreId,
    change: Change<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    let Change { actor, action, subject, before, after, note } = change;
    execute!(tx, WAIT, store, now, actor, action, subject, before, after, note)?;
    Ok(())
}

/// A change waits no more. One by one: what was written meanwhile may have a smaller number.
pub(super) async fn forget_waiting(tx: &mut Tx, store: StoreId, id: i64) -> Result<(), DbError> {
    execute!(tx, FORGET_WAITING, store, id)?;
    Ok(())
}

pub(super) async fn waits(tx: &mut Tx, store: StoreId) -> Result<bool, DbError> {
    Ok(fetch_optional!(tx, (i64,), WAITS, store)?.is_some())
}

/// The changes that wait, the oldest first, each with its row.
pub(super) async fn waiting(
    tx: &mut Tx,
    store: StoreId,
    most: i64,
) -> Result<Vec<(i64, Entry)>, DbError> {
    let rows = fetch_all!(tx, Waiting, WAITING, store, most)?;
    Ok(rows.into_iter().map(|row| (row.id, row.entry)).collect())
}
