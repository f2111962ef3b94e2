//! A word to the owners from outside of any update; it waits in the outbox like everything that is said.

use super::{Shared, desk};
use crate::bot::{Errand, Value};
use crate::db::Tx;
use crate::shop::ShopError;
use crate::shop::stores::Store;

/// Tells each owner of `store` once, with the store's name as `$store` beside `values`.
///
/// # Errors
/// [`ShopError`] when the outbox cannot be written.
pub async fn tell_owners(
    tx: &mut Tx,
    shared: &Shared,
    store: &Store,
    (key, values): (&str, &[(&str, Value<'_>)]),
) -> Result<(), ShopError> {
    let mut all = vec![("store", (&store.name).into())];
    all.extend(values.iter().cloned());
    let text = shared.texts.speech(store.language).say(key, &all);
    for owner in &store.owners {
        let errand = Errand::Alert { chat: (*owner).into(), text: text.clone() };
        desk::send(tx, store, &errand, shared.clock.now()).await?;
    }
    Ok(())
}
