//! What a buyer must keep to, and the proof he sends that he does; proofs are sealed and forgotten in time.

mod rules;
mod table;

pub use rules::{Proof, check_body};
pub use table::{STATEMENTS, Stored, Terms};

use super::ShopError;
use super::stores::{Store, sealed};
use crate::db::Tx;
use crate::primitives::{
    Binding, Keyring, Language, OrderId, ProductId, ProofId, StoreId, Timestamp,
};

/// How many proofs stand on one page.
pub const PAGE: i64 = 8;
/// How many proofs one step forgets or seals anew.
const STEP: i64 = 200;

/// The terms of everything in an order, in `language` or else in the store's first.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn of_order(
    tx: &mut Tx,
    store: &Store,
    order: OrderId,
    language: Language,
) -> Result<Vec<Terms>, ShopError> {
    let mut all = table::of_order(tx, store.id, order).await?;
    all.sort_by_key(|terms| (terms.product_id, rules::rank(terms.language, language)));
    all.dedup_by_key(|terms| terms.product_id);
    Ok(all)
}

/// Keeps a buyer's proof, in place of an earlier one; whether there was one.
///
/// The caller has checked that the order is his, was paid, and holds the product.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn prove(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    (order, product): (OrderId, ProductId),
    proof: &Proof,
    now: Timestamp,
) -> Result<(ProofId, bool), ShopError> {
    super::keys::used(tx, store.id, keyring).await?;
    let plain = serde_json::to_vec(proof)
        .map_err(|error| ShopError::Books(format!("a proof cannot be written: {error}")))?;
    let body = keyring.seal(&binding(store.id, order, product), &plain);
    let known = table::find(tx, store.id, order, product).await?.is_some();
    Ok((table::put(tx, store.id, (order, product), &body, now).await?, known))
}

/// A proof with what it is about, opened.
#[derive(Debug)]
pub struct Opened {
    /// The row, its order, product and buyer.
    pub stored: Stored,
    /// What was sent.
    pub proof: Proof,
}

/// Opens a proof for an admin; `None` when it is not there (any more).
///
/// # Errors
/// [`ShopError`] when the database fails or the proof does not open.
pub async fn open(
    tx: &mut Tx,
    store: &Store,
    keyring: &Keyring,
    id: ProofId,
) -> Result<Option<Opened>, ShopError> {
    let Some(stored) = table::get(tx, store.id, id).await? else { return Ok(None) };
    let place = binding(store.id, stored.order_id, stored.product_id);
    let plain = keyring.open(&place, &sealed(stored.body.clone(), stored.body_key.clone()))?;
    let proof = serde_json::from_slice(plain.expose())
        .map_err(|_| ShopError::Books(format!("proof {id} cannot be read")))?;
    Ok(Some(Opened { stored, proof }))
}

/// A page of proofs, newest first, still sealed, and how many there are.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn proofs(
    tx: &mut Tx,
    store: StoreId,
    page: i64,
) -> Result<(Vec<Stored>, i64), ShopError> {
    let total = table::count(tx, store).await?;
    let page = page.clamp(0, (total - 1).max(0) / PAGE);
    Ok((table::list(tx, store, PAGE, page * PAGE).await?, total))
}

/// Forgets at most 200 proofs that were sent before `limit`; how many.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn forget(tx: &mut Tx, store: StoreId, limit: Timestamp) -> Result<u64, ShopError> {
    Ok(table::forget(tx, store, limit, STEP).await?)
}

/// Seals at most 200 proofs after `after` anew that are under an old key; the last one it looked at.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(super) async fn reseal(
    tx: &mut Tx,
    keyring: &Keyring,
    (store, key, after): (StoreId, &str, i64),
) -> Result<Option<i64>, ShopError> {
    let proofs = table::under_key(tx, store, key, after, STEP).await?;
    for stored in &proofs {
        let place = binding(store, stored.order_id, stored.product_id);
        match keyring.open(&place, &sealed(stored.body.clone(), stored.body_key.clone())) {
            Ok(plain) => {
                table::reseal(tx, store, stored, &keyring.seal(&place, plain.expose())).await?;
            }
            Err(error) => {
                tracing::error!(store = store.0, proof = stored.id.0, %error, "a proof does not open");
            }
        }
    }
    Ok(proofs.last().map(|last| last.id.0))
}

fn binding(store: StoreId, order: OrderId, product: ProductId) -> Binding {
    Binding(format!("proof/{store}/{order}/{product}"))
}
