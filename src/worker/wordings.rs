//! The words of each store, read again when one of its settings changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::bot::Wording;
use crate::db::Tx;
use crate::primitives::StoreId;
use crate::shop::{ShopError, settings};

/// A store's words, and the revision of its settings that they are from.
type Read = (i64, Arc<Wording>);

/// What every store words itself, as of a revision of its settings. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Wordings(Arc<Mutex<HashMap<StoreId, Read>>>);

impl Wordings {
    /// A store's words as they stand now.
    pub(super) async fn of(&self, tx: &mut Tx, store: StoreId) -> Result<Arc<Wording>, ShopError> {
        let revision = settings::revision(tx, store).await?;
        let known = self.known(store, revision);
        if let Some(wording) = known {
            return Ok(wording);
        }
        let wording = Arc::new(Wording::of(&settings::all(tx, store).await?));
        let kept = (revision, Arc::clone(&wording));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(store, kept);
        Ok(wording)
    }

    fn known(&self, store: StoreId, revision: i64) -> Option<Arc<Wording>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, wording) = known.get(&store)?;
        (*read_at == revision).then(|| Arc::clone(wording))
    }
}
