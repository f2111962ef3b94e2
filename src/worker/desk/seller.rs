//! What only those who run the store may do; who asks is checked at every use, by his number alone.

use super::Desk;
use crate::bot::screens::seller::{self, Adjusted};
use crate::bot::{Question, Said, screens};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::ShopError;
use crate::shop::audit::{self, Change};
use crate::shop::customers::{self, Customer};
use crate::shop::wallet::{self, Adjustment};

impl Desk<'_> {
    /// Whether this is somebody who runs the store; anybody else is told that it is not for him.
    pub(super) fn may_run(&mut self, customer: &Customer) -> bool {
        let may = self.is_admin(customer);
        if !may {
            self.say(customer, screens::welcome::not_for_you(self.speech(customer)));
        }
        may
    }

    /// Asks whose balance is to change, by how much and why.
    pub(super) async fn ask_adjustment(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        if !self.may_run(admin) {
            return Ok(());
        }
        let screen = seller::ask_adjustment(self.speech(admin), None);
        self.ask(tx, admin, &Question::Adjustment, (screen, edit)).await
    }

    /// Changes a balance by hand: entry, audit and notice, or nothing.
    pub(super) async fn typed_adjustment(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        if !self.may_run(admin) {
            return Ok(true);
        }
        let speech = self.speech(admin);
        let read = Adjustment::read(said.text.as_deref().unwrap_or_default());
        let wish = match read {
            Ok(wish) => wish,
            Err(why) => {
                let why = seller::not_an_adjustment(speech, why);
                self.show(admin, seller::ask_adjustment(speech, Some(why)), None);
                return Ok(false);
            }
        };
        let Some(customer) = customers::by_user(tx, self.store.id, wish.user).await? else {
            let why = seller::nobody(speech, wish.user);
            self.show(admin, seller::ask_adjustment(speech, Some(why)), None);
            return Ok(false);
        };
        let change = (wish.by, wish.note.as_str());
        let Some(after) = wallet::adjust(tx, self.store.id, customer.id, change, self.now).await?
        else {
            let why = seller::too_much(speech, &customer);
            self.show(admin, seller::ask_adjustment(speech, Some(why)), None);
            return Ok(false);
        };
        let (subject, before, now) = (
            format!("customer {}", customer.user_id),
            customer.balance.get().to_string(),
            after.get().to_string(),
        );
        let entry = Change {
            actor: Some(admin.user_id),
            action: "balance.adjust",
            subject: &subject,
            before: Some(&before),
            after: Some(&now),
            note: Some(&wish.note),
        };
        audit::record(tx, self.store, entry, self.now).await?;
        let adjusted =
            Adjusted { admin, customer: &customer, by: wish.by, after, note: &wish.note };
        self.show(admin, seller::adjusted(speech, &adjusted), None);
        self.tell(customer.user_id, seller::balance_changed(self.speech(&customer), &adjusted));
        let owners = self.shared.texts.speech(self.store.language);
        for owner in self.store.owners.iter().filter(|owner| **owner != admin.user_id) {
            self.tell(*owner, seller::adjustment_report(owners, &self.store.name, &adjusted));
        }
        Ok(true)
    }
}
