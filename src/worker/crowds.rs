//! How many people a store has served, counted now and then: counting takes longer the more there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::db::Tx;
use crate::primitives::{StoreId, Timestamp};
use crate::shop::ShopError;
use crate::shop::customers::{self, Crowd};

/// How old the numbers of a welcome may be.
const FRESH: Duration = Duration::from_secs(10);

/// What was counted last, by store. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Crowds(Arc<Mutex<HashMap<StoreId, (Timestamp, Crowd)>>>);

impl Crowds {
    /// The numbers of a store, at most ten seconds old.
    ///
    /// # Errors
    /// [`ShopError`] when the database fails.
    pub(super) async fn of(
        &self,
        tx: &mut Tx,
        store: StoreId,
        now: Timestamp,
    ) -> Result<Crowd, ShopError> {
        if let Some((counted_at, crowd)) = self.last(store)
            && (counted_at..counted_at.plus(FRESH)).contains(&now)
        {
            return Ok(crowd);
        }
        let crowd = customers::crowd(tx, store).await?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(store, (now, crowd));
        Ok(crowd)
    }

    fn last(&self, store: StoreId) -> Option<(Timestamp, Crowd)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&store).copied()
    }
}
