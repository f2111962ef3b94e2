//! What the store sold, with a chart.

use crate::bot::Manage;
use crate::bot::screens::admin::statistics as screens;
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::customers::Customer;
use crate::shop::{ShopError, statistics};
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about sales in all.
    pub(super) async fn of_statistics(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Manage::Statistics(days) = action else {
            return self.menu(tx, admin, None, edit).await;
        };
        let days = days.clamp(1, statistics::MOST_DAYS);
        let report = statistics::report(tx, self.store, self.now, days).await?;
        let (speech, local) = (self.speech(admin), (&self.store.zone, self.now));
        self.show(admin, screens::report(speech, local, days, &report), edit);
        Ok(())
    }
}
