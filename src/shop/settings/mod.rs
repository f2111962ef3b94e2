//! What an admin set for his store: every version is kept, the newest counts, and any can be brought back.

mod table;

pub use table::{STATEMENTS, Version};

use super::audit::{By, Change};
use super::{ShopError, stores};
use crate::db::Tx;
use crate::primitives::StoreId;

/// The most versions of one setting that are listed.
pub const VERSIONS: i64 = 8;

/// Grows with every change of a store's settings; 0 while there was none.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn revision(tx: &mut Tx, store: StoreId) -> Result<i64, ShopError> {
    Ok(table::revision(tx, store).await?)
}

/// All settings that do not stand at their default: name and body, by name, at most 1,000.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn all(tx: &mut Tx, store: StoreId) -> Result<Vec<(String, String)>, ShopError> {
    Ok(table::all(tx, store).await?)
}

/// The newest [`VERSIONS`] versions of a setting, newest first.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn versions(tx: &mut Tx, store: StoreId, name: &str) -> Result<Vec<Version>, ShopError> {
    Ok(table::versions(tx, store, name, VERSIONS).await?)
}

/// Sets a setting to what one of its versions was; `false` when there is no such version.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn bring_back(
    tx: &mut Tx,
    store: StoreId,
    (name, version): (&str, i64),
    by: By,
) -> Result<bool, ShopError> {
    let Some(found) = table::version(tx, store, name, version).await? else { return Ok(false) };
    set(tx, store, (name, found.body.as_deref()), by).await?;
    Ok(true)
}

/// The newest body of a setting; `None` while it stands at its default.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn get(tx: &mut Tx, store: StoreId, name: &str) -> Result<Option<String>, ShopError> {
    Ok(table::newest(tx, store, name).await?.and_then(|version| version.body))
}

/// Sets a setting, or (`None`) puts it back to its default; nothing happens when it stands so already.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn set(
    tx: &mut Tx,
    store: StoreId,
    (name, body): (&str, Option<&str>),
    by: By,
) -> Result<(), ShopError> {
    // Writers of one store's settings take turns, so that versions follow each other.
    stores::hold(tx, store).await?;
    let newest = table::newest(tx, store, name).await?;
    let (before, version) = newest.map_or((None, 0), |newest| (newest.body, newest.version));
    if before.as_deref() == body {
        return Ok(());
    }
    table::add(tx, store, name, version + 1, body, by.admin, by.now).await?;
    let (subject, before) = (format!("setting {name}"), before.as_deref());
    let change = Change {
        action: "setting.set",
        subject: &subject,
        before,
        after: body,
        ..Change::default()
    };
    by.note(tx, store, change).await
}
