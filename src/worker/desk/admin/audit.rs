//! What was changed, for the owner to read.

use crate::bot::Manage;
use crate::bot::screens::admin::audit as screens;
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::customers::Customer;
use crate::shop::{ShopError, audit};
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// A page of the log; who may not see it finds himself in the menu.
    pub(super) async fn of_audit(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Manage::Audit(before) = action else {
            return self.menu(tx, admin, None, edit).await;
        };
        if !self.store.is_owner(admin.user_id) {
            return self.menu(tx, admin, None, edit).await;
        }
        let from = (before > 0).then_some(before);
        let entries = audit::page(tx, self.store.id, from).await?;
        let (speech, zone) = (self.speech(admin), &self.store.zone);
        self.show(admin, screens::page(speech, zone, from.is_none(), &entries), edit);
        Ok(())
    }
}
