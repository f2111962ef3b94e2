//! What an admin set: every version of it is kept, the newest counts, and any can be brought back.

mod table;

pub use table::{STATEMENTS, Version};

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp, UserId};

/// The most versions of one setting that are listed.
pub const VERSIONS: i64 = 10;

/// The newest body of a setting; `None` while it stands at its default.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn get(tx: &mut Tx, store: StoreId, name: &str) -> Result<Option<String>, ShopError> {
    Ok(table::newest(tx, store, name).await?.and_then(|version| version.body))
}

/// All settings that do not stand at their default, by name.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn all(tx: &mut Tx, store: StoreId) -> Result<Vec<(String, String)>, ShopError> {
    Ok(table::all(tx, store).await?)
}

/// Sets a setting, or (`None`) puts it back to its default; the number of the new version, or `None` when it
/// stands so already.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn set(
    tx: &mut Tx,
    store: StoreId,
    (name, body): (&str, Option<&str>),
    by: Option<UserId>,
    now: Timestamp,
) -> Result<Option<i64>, ShopError> {
    table::hold(tx, store).await?;
    let newest = table::newest(tx, store, name).await?;
    let (before, version) = newest.map_or((None, 0), |newest| (newest.body, newest.version));
    if before.as_deref() == body {
        return Ok(None);
    }
    table::add(tx, store, name, version + 1, body, by, now).await?;
    Ok(Some(version + 1))
}

/// The newest [`VERSIONS`] versions of a setting, newest first.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn versions(tx: &mut Tx, store: StoreId, name: &str) -> Result<Vec<Version>, ShopError> {
    Ok(table::versions(tx, store, name, VERSIONS).await?)
}

/// One version of a setting.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn version(
    tx: &mut Tx,
    store: StoreId,
    name: &str,
    version: i64,
) -> Result<Option<Version>, ShopError> {
    Ok(table::version(tx, store, name, version).await?)
}
