//! What an admin set for his store: every version is kept, and the newest counts.

mod table;

pub use table::STATEMENTS;

use super::audit::{By, Change};
use super::{ShopError, stores};
use crate::db::Tx;
use crate::primitives::StoreId;

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
