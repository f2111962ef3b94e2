//! A whole database taken out at one moment while others work on it, and put into an empty one again.

mod sqlite;
mod postgres;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{DbError, lock};
use crate::primitives::{Secret, Timestamp};

/// What a store adds up to, by its slug and by what is added up: `ledger`, `balances`, `units sold`, …
pub type Figures = BTreeMap<String, BTreeMap<String, i64>>;

/// A table as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order in which they were taken.
    pub columns: Vec<String>,
    /// How many rows it had.
    pub rows: i64,
}

/// What was taken, all of it at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The engine: `sqlite` or `postgres`.
    pub engine: String,
    /// The newest migration that had been made.
    pub schema: i64,
    /// The tables, each after those it refers to.
    pub tables: Vec<Table>,
    /// What it all adds up to.
    pub figures: Figures,
}

/// What a restored database remembers of where it came from: until it is released, nobody works on it.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The archive's name.
    pub archive: String,
    /// When its data was taken.
    pub taken_at: Timestamp,
    /// When it was restored.
    pub restored_at: Timestamp,
}

/// The file of SQLite's data.
pub const SQLITE_FILE: &str = "auto-order.db";

crate::statements! {
    FIGURES = ("SELECT s.slug, 'ledger' AS what, CAST(COALESCE((SELECT SUM(l.amount) FROM ledger l WHERE l.store_id = s.id), 0) AS BIGINT) AS figure FROM stores s \
                UNION ALL SELECT s.slug, 'balances', CAST(COALESCE((SELECT SUM(c.balance) FROM customers c WHERE c.store_id = s.id), 0) AS BIGINT) FROM stores s \
                UNION ALL SELECT s.slug, 'units ' || u.state, COUNT(*) FROM units u JOIN stores s ON s.id = u.store_id GROUP BY s.slug, u.state \
                UNION ALL SELECT s.slug, 'orders ' || o.state, COUNT(*) FROM orders o JOIN stores s ON s.id = o.store_id GROUP BY s.slug, o.state");
    MARK = ("INSERT INTO restores (archive, taken_at, restored_at) VALUES ($1, $2, $3)");
}

fn added_up(rows: Vec<(String, String, i64)>) -> Figures {
    let mut figures = Figures::new();
    for (store, what, figure) in rows {
        figures.entry(store).or_default().insert(what, figure);
    }
    figures
}

/// Takes everything out of the database at `url` into files of `folder`, without holding anybody up.
///
/// # Errors
/// [`DbError`] when the database cannot be read or the files cannot be written.
pub async fn take(url: &Secret<String>, folder: &Path) -> Result<Snapshot, DbError> {
    match Address::of(url)? {
        Address::Sqlite(path) => sqlite::take(&path, folder).await,
        Address::Postgres(address) => postgres::take(&address, folder).await,
    }
}

/// Looks at SQLite's data as it was taken: every page, every count, every sum. Other engines' data can only be
/// looked at in a database.
///
/// # Errors
/// [`DbError::Row`] when it is damaged.
pub async fn examine(folder: &Path) -> Result<Snapshot, DbError> {
    sqlite::examine(&folder.join(SQLITE_FILE)).await
}

/// A place that a database can be put into; nobody else can begin to work on it meanwhile.
#[derive(Debug)]
pub struct Vacancy {
    address: Address,
    _lock: Option<lock::FileLock>,
}

#[derive(Debug)]
enum Address {
    Sqlite(PathBuf),
    Postgres(Secret<String>),
}

impl Address {
    fn of(url: &Secret<String>) -> Result<Self, DbError> {
        let text = url.expose();
        if text.starts_with("sqlite:") {
            return Ok(Self::Sqlite(sqlite::path(text)?));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.clone()));
        }
        Err(DbError::Address("got something else".to_owned()))
    }
}

impl Vacancy {
    /// The place at `url`.
    ///
    /// # Errors
    /// [`DbError::Occupied`] when there are stores already, [`DbError::InUse`] while somebody works there.
    pub async fn at(url: &Secret<String>) -> Result<Self, DbError> {
        let address = Address::of(url)?;
        let lock = match &address {
            Address::Sqlite(path) => Some(sqlite::vacant(path).await?),
            Address::Postgres(address) => {
                postgres::vacant(address).await?;
                None
            }
        };
        Ok(Self { address, _lock: lock })
    }

    /// The engine whose data fits here.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self.address {
            Address::Sqlite(_) => "sqlite",
            Address::Postgres(_) => "postgres",
        }
    }

    /// Puts what was taken into this place, marked with where it came from: all of it, or nothing is there.
    /// Then the tables are brought up to date.
    ///
    /// # Errors
    /// [`DbError`]; nothing is there then, but for tables without a row.
    pub async fn fill(
        &self,
        snapshot: &Snapshot,
        folder: &Path,
        origin: &Origin,
    ) -> Result<(), DbError> {
        if snapshot.engine != self.engine() {
            return Err(DbError::OtherEngine(snapshot.engine.clone()));
        }
        match &self.address {
            Address::Sqlite(path) => sqlite::fill(path, folder, origin).await,
            Address::Postgres(address) => postgres::fill(address, snapshot, folder, origin).await,
        }
    }

    /// What is there now.
    ///
    /// # Errors
    /// [`DbError`] when it cannot be read.
    pub async fn look(&self) -> Result<Snapshot, DbError> {
        match &self.address {
            Address::Sqlite(path) => sqlite::examine(path).await,
            Address::Postgres(address) => postgres::look(address).await,
        }
    }
}

/// An empty database for a trial, gone again after [`Scratch::drop_it`].
#[derive(Debug)]
pub struct Scratch {
    url: Secret<String>,
    made: Option<postgres::Made>,
}

impl Scratch {
    /// Makes one beside the database at `url`, or in `folder`. Its name begins with the moment, in milliseconds: what is
    /// a day older was left by a process that was killed, and goes.
    ///
    /// # Errors
    /// [`DbError`] when the engine lets us make none.
    pub async fn beside(url: &Secret<String>, folder: &Path, name: &str) -> Result<Self, DbError> {
        match Address::of(url)? {
            Address::Sqlite(_) => {
                let path = folder.join(format!("{name}.db"));
                Ok(Self { url: Secret::new(format!("sqlite:{}", path.display())), made: None })
            }
            Address::Postgres(address) => {
                let (url, made) = postgres::make(&address, name).await?;
                Ok(Self { url, made: Some(made) })
            }
        }
    }

    /// Its address.
    #[must_use]
    pub const fn url(&self) -> &Secret<String> {
        &self.url
    }

    /// Takes it away.
    ///
    /// # Errors
    /// [`DbError`] when it stays.
    pub async fn drop_it(self) -> Result<(), DbError> {
        match self.made {
            Some(made) => made.unmake().await,
            None => Ok(()),
        }
    }
}

/// Whether a name can stand in a statement as it is.
fn plain(name: &str) -> Result<&str, DbError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.is_empty() && name.len() < 64 && name.bytes().all(fits) {
        return Ok(name);
    }
    Err(DbError::Row("a table or a column has an unfit name".to_owned()))
}

fn file_fault(path: &Path) -> impl FnOnce(std::io::Error) -> DbError + '_ {
    move |source| DbError::File { path: path.display().to_string(), source }
}
