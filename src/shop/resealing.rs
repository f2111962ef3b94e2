//! Seals units and proofs anew under the newest data key, step by step, until no old key is needed.

use super::{ShopError, keys, stock, terms};
use crate::db::Tx;
use crate::primitives::{Keyring, StoreId};

/// How far the sealing anew of one store's things under one old key came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealing {
    /// Whose things.
    pub store: StoreId,
    /// The old key.
    pub key: String,
    /// The last unit that was looked at; `None` when all were.
    unit: Option<i64>,
    /// The last proof that was looked at.
    proof: i64,
}

/// What a step of sealing anew came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resealed {
    /// There is more to do.
    On(Resealing),
    /// Nothing of the store needs the key any more.
    Done,
    /// Something does not open under its key: it stays as it is, and the key is still needed.
    Stuck,
}

/// Every store with an old key of this ring under which something of it is sealed, at most 1,000.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn under_old_keys(tx: &mut Tx, keyring: &Keyring) -> Result<Vec<Resealing>, ShopError> {
    let old = keys::old(tx, keyring).await?.into_iter().filter(|(_, key)| keyring.knows(key));
    Ok(old.map(|(store, key)| Resealing { store, key, unit: Some(0), proof: 0 }).collect())
}

/// Seals up to 200 units or proofs anew under the newest key; after the last one the old key is forgotten.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn reseal(
    tx: &mut Tx,
    keyring: &Keyring,
    resealing: &Resealing,
) -> Result<Resealed, ShopError> {
    let Resealing { store, key, unit, proof } = resealing;
    keys::used(tx, *store, keyring).await?;
    if let Some(after) = unit {
        let unit = stock::reseal(tx, keyring, (*store, key, *after)).await?;
        return Ok(Resealed::On(Resealing { unit, ..resealing.clone() }));
    }
    if let Some(last) = terms::reseal(tx, keyring, (*store, key, *proof)).await? {
        return Ok(Resealed::On(Resealing { proof: last, ..resealing.clone() }));
    }
    let forgotten = keys::forget(tx, *store, key).await?;
    Ok(if forgotten { Resealed::Done } else { Resealed::Stuck })
}
