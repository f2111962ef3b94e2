//! The versions of what a seller set, and the way back to one.

use crate::bot::screens::admin::{products, settings as screens};
use crate::bot::{Manage, Setting};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::customers::Customer;
use crate::shop::{ShopError, settings};
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about versions.
    pub(super) async fn of_settings(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Versions(setting) => self.versions(tx, admin, setting, edit).await,
            Manage::BringBack(setting, version) => {
                self.bring_back(tx, admin, (setting, version), edit).await
            }
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    async fn versions(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        setting: Setting,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let found = settings::versions(tx, self.store.id, &setting.name()).await?;
        let (speech, zone) = (self.speech(admin), &self.store.zone);
        self.show(admin, screens::versions(speech, zone, setting, &found), edit);
        Ok(())
    }

    async fn bring_back(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (setting, version): (Setting, i64),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (name, by) = (setting.name(), self.by(admin));
        if !settings::bring_back(tx, self.store.id, (&name, version), by).await? {
            return self.versions(tx, admin, setting, edit).await;
        }
        let saved = Some(products::saved(self.speech(admin)));
        match setting {
            Setting::Calculator => self.ask_refund(tx, admin, saved, edit).await,
            Setting::Reply(slot) => self.reply(tx, admin, slot, saved, edit).await,
        }
    }
}
