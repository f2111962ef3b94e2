//! What waits in one lane.

use crate::db::{DbError, Tx};
use crate::primitives::StoreId;
use crate::{fetch_one, statements};

statements! {
    FACT_WAITS = ("SELECT COUNT(*) FROM (SELECT 1 FROM inbox \
                   WHERE store_id = $1 AND lane = $2 AND state = 'pending' LIMIT 1) AS one");
}

/// Whether a fact of this lane waits, due or not, or is being worked on.
///
/// # Errors
/// [`DbError`] when the database cannot be read.
pub async fn fact_waits(tx: &mut Tx, store: StoreId, lane: &str) -> Result<bool, DbError> {
    Ok(fetch_one!(tx, (i64,), FACT_WAITS, store, lane)?.0 > 0)
}
