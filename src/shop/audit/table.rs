//! Rows and SQL of the audit log.

use super::Change;
use crate::db::{DbError, Tx};
use crate::primitives::{StoreId, Timestamp, UserId};
use crate::{execute, fetch_all, fetch_optional, statements};

/// An entry, without its hash.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Entry {
    pub place: i64,
    at: Timestamp,
    actor: Option<UserId>,
    action: String,
    subject: String,
    before: Option<String>,
    after: Option<String>,
    note: Option<String>,
}

impl Entry {
    pub(super) fn new(place: i64, change: Change<'_>, at: Timestamp) -> Self {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Self {
            place,
            at,
            actor: change.actor,
            action: change.action.to_owned(),
            subject: change.subject.to_owned(),
            before: own(change.before),
            after: own(change.after),
            note: own(change.note),
        }
    }

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
struct Row {
    #[sqlx(flatten)]
    entry: Entry,
    hash: Vec<u8>,
}

statements! {
    // Writers of one store's chain take turns; a place can be taken once in any case.
    HOLD = ("SELECT id FROM stores WHERE id = $1", postgres " FOR NO KEY UPDATE");
    END = ("SELECT place, hash FROM audit WHERE store_id = $1 ORDER BY place DESC LIMIT 1");
    ADD = ("INSERT INTO audit (store_id, place, at, actor, action, subject, before, after, note, hash) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    AFTER = ("SELECT place, at, actor, action, subject, before, after, note, hash FROM audit \
              WHERE store_id = $1 AND place > $2 ORDER BY place LIMIT $3");
}

/// The last place and its hash, held until the transaction ends.
pub(super) async fn end(tx: &mut Tx, store: StoreId) -> Result<Option<(i64, Vec<u8>)>, DbError> {
    fetch_optional!(tx, (StoreId,), HOLD, store)?;
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
