//! A fact on its way in, and many of them in few statements, as each engine takes them.

use sqlx::{Postgres, Sqlite};

use crate::db::{DbError, Line, SqliteTx, within};
use crate::primitives::{StoreId, Timestamp};

/// Where a fact came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An Update of the Bot API.
    Telegram,
    /// A callback of the payment gateway.
    Pakasir,
    /// What one of our own senders learned.
    Fact,
}

impl Source {
    /// The word in the column, in metrics and in logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Pakasir => "pakasir",
            Self::Fact => "fact",
        }
    }

    /// Whether it is a hint that strangers can send by the thousand: such are kept apart at the intake and in a
    /// claim, and say nothing about the disk.
    #[must_use]
    pub const fn is_hint(self) -> bool {
        matches!(self, Self::Pakasir)
    }

    pub(super) fn from_word(word: &str) -> Result<Self, DbError> {
        [Self::Telegram, Self::Pakasir, Self::Fact]
            .into_iter()
            .find(|source| source.word() == word)
            .ok_or_else(|| DbError::Row(format!("inbox source {word}")))
    }
}

/// A fact on its way in.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Whose fact it is.
    pub store: StoreId,
    /// Where it came from.
    pub source: Source,
    /// What makes it the same fact when it comes again; unique within store and source.
    pub key: String,
    /// Facts of one lane are worked on one after another, by `seq`.
    pub lane: String,
    /// The place within the lane.
    pub seq: i64,
    /// The raw bytes, as they came.
    pub body: Vec<u8>,
}

/// One row of a fact for SQLite: six values of its own and the time twice.
macro_rules! row {
    () => {
        "(?, ?, ?, ?, ?, ?, 'pending', ?, ?)"
    };
}

/// Eight of what another macro writes, as one list.
macro_rules! eight {
    ($of:ident) => {
        concat!(
            $of!(),
            ", ",
            $of!(),
            ", ",
            $of!(),
            ", ",
            $of!(),
            ", ",
            $of!(),
            ", ",
            $of!(),
            ", ",
            $of!(),
            ", ",
            $of!()
        )
    };
}

macro_rules! eight_rows {
    () => {
        eight!(row)
    };
}

macro_rules! insert_rows {
    ($($rows:tt)+) => {
        concat!(
            "INSERT INTO inbox (store_id, source, key, lane, seq, body, state, due_at, received_at) \
             VALUES ",
            $($rows)+,
            " ON CONFLICT DO NOTHING"
        )
    };
}

// SQLite runs in this process, but every statement is a hop to its thread and back: many rows in few
// hops. PostgreSQL takes any number of rows as arrays, in one order for all: two replicas that store the same
// deliveries wait for each other's rows, and never in a circle.
pub(super) const SQLITE_8: &str = insert_rows!(eight_rows!());
pub(super) const SQLITE_64: &str = insert_rows!(eight!(eight_rows));
const POSTGRES_ANY: &str = "INSERT INTO inbox (store_id, source, key, lane, seq, body, state, due_at, received_at) \
     SELECT u.store_id, u.source, u.key, u.lane, u.seq, u.body, 'pending', $7, $7 \
     FROM unnest($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BYTEA[]) \
     AS u (store_id, source, key, lane, seq, body) \
     ORDER BY u.store_id, u.source, u.key ON CONFLICT DO NOTHING";

/// Stores as many facts as `sql` has rows.
pub(super) async fn insert(
    tx: &mut SqliteTx,
    sql: &'static str,
    facts: &[&Delivery],
    now: Timestamp,
) -> Result<usize, DbError> {
    let mut query = sqlx::query::<Sqlite>(sql);
    for fact in facts {
        query = query
            .bind(fact.store)
            .bind(fact.source.word())
            .bind(&fact.key)
            .bind(&fact.lane)
            .bind(fact.seq)
            .bind(&fact.body)
            .bind(now)
            .bind(now);
    }
    query.execute(&mut **tx).await?;
    Ok(facts.len())
}

/// Stores any number of facts.
pub(super) async fn insert_any(
    line: &mut Line,
    facts: &[&Delivery],
    now: Timestamp,
) -> Result<(), DbError> {
    fn column<'a, T>(facts: &[&'a Delivery], of: impl Fn(&'a Delivery) -> T) -> Vec<T> {
        facts.iter().map(|fact| of(fact)).collect()
    }
    let query = sqlx::query::<Postgres>(POSTGRES_ANY)
        .bind(column(facts, |fact| fact.store.0))
        .bind(column(facts, |fact| fact.source.word()))
        .bind(column(facts, |fact| fact.key.as_str()))
        .bind(column(facts, |fact| fact.lane.as_str()))
        .bind(column(facts, |fact| fact.seq))
        .bind(column(facts, |fact| fact.body.as_slice()))
        .bind(now);
    let answer = within(query.execute(line.ask())).await;
    line.heard(answer)?;
    Ok(())
}
