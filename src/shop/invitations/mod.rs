//! Invitations: a link from the command line that makes its first reader the admin of a store, once.

mod table;

pub use table::STATEMENTS;

use std::time::Duration;

use super::ShopError;
use super::audit::{self, By, Change};
use super::stores::{self, Store};
use crate::db::Tx;
use crate::primitives::{Secret, Timestamp, fingerprint, random_token};

/// How long a link can be opened.
pub const LIFE: Duration = Duration::from_hours(7 * 24);
/// What the payload of the link begins with; the code follows.
pub const PREFIX: &str = "claim_";
/// Longer codes are none of ours.
const LONGEST: usize = 64;

/// The payload of a fresh link for a store, 49 characters of `A–Z a–z 0–9 _ -`; an earlier link is void from now on.
/// With `another` it may add somebody to a store that has an admin; without it, `None` when there is one.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn make(
    tx: &mut Tx,
    store: &Store,
    another: bool,
    now: Timestamp,
) -> Result<Option<Secret<String>>, ShopError> {
    stores::hold(tx, store.id).await?;
    if !another && stores::is_run(tx, store.id).await? {
        return Ok(None);
    }
    let code = random_token();
    table::put(tx, store.id, &hash(store, &code), another, now.plus(LIFE)).await?;
    let change = Change { action: "store.invite", subject: "store", ..Change::default() };
    audit::record(tx, store.id, change, now).await?;
    Ok(Some(Secret::new(format!("{PREFIX}{code}"))))
}

/// Makes whoever opens the link admin and owner of the store; `false` for a code that is not this store's, not
/// the newest, used or too old, and for a store that got an admin in another way.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn take(tx: &mut Tx, store: &Store, code: &str, by: By) -> Result<bool, ShopError> {
    // Of two at once the second one waits here, and finds it taken.
    stores::hold(tx, store.id).await?;
    let Some(open) = table::get(tx, store.id).await? else { return Ok(false) };
    let mark = hash(store, code);
    let fits = code.len() <= LONGEST && Secret::new(open.code).matches(&mark);
    if !fits || by.now >= open.expires_at {
        return Ok(false);
    }
    if !open.another && stores::is_run(tx, store.id).await? {
        return Ok(false);
    }
    if !table::forget(tx, store.id, &mark).await? {
        return Ok(false);
    }
    stores::join(tx, store.id, by.admin, by.now).await?;
    let after = by.admin.to_string();
    let change = Change {
        action: "store.claim",
        subject: "store",
        after: Some(&after),
        ..Change::default()
    };
    by.note(tx, store.id, change).await?;
    Ok(true)
}

/// Under the store's own key: the same code of another store is another one.
fn hash(store: &Store, code: &str) -> Vec<u8> {
    fingerprint(&store.pepper, format!("invitation/{code}").as_bytes())
}
