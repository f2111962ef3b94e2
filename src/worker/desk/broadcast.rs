//! Broadcasts at the desk: an admin holds one up, lets it go on, or gives it up.

use super::Desk;
use crate::bot::screens;
use crate::db::Tx;
use crate::primitives::BroadcastId;
use crate::queue::bulk;
use crate::shop::ShopError;
use crate::shop::broadcast::{self, Change};
use crate::shop::customers::Customer;

impl Desk<'_> {
    /// Pauses, resumes or cancels; what waits in the outbox is held up, goes on, or is dropped.
    pub(super) async fn change_broadcast(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, change): (BroadcastId, Change),
    ) -> Result<(), ShopError> {
        if !self.may_run(admin) {
            return Ok(());
        }
        let (store, now) = (self.store, self.now);
        let changed = broadcast::change(tx, store, (id, admin.user_id), change, now).await?;
        if let Some(it) = &changed {
            match change {
                // A message of a paused broadcast is parked by whoever has it in hand.
                Change::Pause => 0,
                Change::Resume => bulk::release(tx, store.id, &it.batch(), now).await?,
                Change::Cancel => bulk::drop_all(tx, store.id, &it.batch(), now).await?,
            };
        }
        // A press that came too late shows how it is.
        let Some(it) = changed.or(broadcast::get(tx, store.id, id).await?) else { return Ok(()) };
        let speech = self.speech(admin);
        self.errands.push(screens::broadcast::progress(speech, &it, &store.zone, now));
        Ok(())
    }
}
