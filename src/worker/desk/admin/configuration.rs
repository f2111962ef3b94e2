//! Everything that is set, as a file out and in.

use crate::bot::screens::admin;
use crate::bot::screens::admin::configuration as screens;
use crate::bot::{Document, Errand, Manage, Said, Wizard};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::ShopError;
use crate::shop::configuration::MOST_BYTES;
use crate::shop::customers::Customer;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about the file.
    pub(super) async fn of_configuration(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(admin);
        match action {
            Manage::SaveConfiguration => {
                self.show(admin, screens::overview(speech, Some(screens::sending(speech))), edit);
                self.errands.push(Errand::SendConfiguration { chat: admin.user_id.into() });
            }
            Manage::RestoreConfiguration => {
                let question = (screens::sure(speech), Manage::Configuration);
                self.confirm(tx, admin, action, question, edit).await?;
            }
            _ => self.show(admin, screens::overview(speech, None), edit),
        }
        Ok(())
    }

    /// Asks for the file, once that is confirmed.
    pub(super) async fn ask_configuration(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let screen =
            admin::ask(self.speech(admin), "ask-configuration", Manage::Configuration, None);
        self.ask_seller(tx, admin, Wizard::Configuration {}, (screen, edit)).await
    }

    /// Takes the file; `true` when it was one.
    pub(super) fn sent_configuration(&mut self, admin: &Customer, said: Said) -> bool {
        let speech = self.speech(admin);
        let fits = |file: &Document| {
            file.size.is_none_or(|size| usize::try_from(size).is_ok_and(|size| size <= MOST_BYTES))
        };
        let Some(file) = said.document.filter(fits) else {
            let why = Some(screens::no_file(speech));
            let screen = admin::ask(speech, "ask-configuration", Manage::Configuration, why);
            self.show(admin, screen, None);
            return false;
        };
        let (chat, file_id) = (admin.user_id.into(), file.file_id);
        self.errands.push(Errand::Restore { chat, file_id });
        self.show(admin, screens::overview(speech, Some(screens::reading(speech))), None);
        true
    }
}
