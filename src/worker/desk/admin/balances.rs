//! A balance that is changed by hand.

use crate::bot::screens::admin::balances::{self, Adjusted};
use crate::bot::{Said, Wizard};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::ShopError;
use crate::shop::audit::Change;
use crate::shop::customers::{self, Customer};
use crate::shop::wallet::{self, Adjustment};
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// Asks whose balance is to change, by how much and why.
    pub(super) async fn ask_adjustment(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let screen = balances::ask_adjustment(self.speech(admin), None);
        self.ask_seller(tx, admin, Wizard::Adjustment {}, (screen, edit)).await
    }

    /// Changes a balance by hand: entry, audit and notice, or nothing.
    pub(super) async fn typed_adjustment(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let read = Adjustment::read(said.text.as_deref().unwrap_or_default());
        let wish = match read {
            Ok(wish) => wish,
            Err(why) => {
                let why = balances::not_an_adjustment(speech, why);
                self.show(admin, balances::ask_adjustment(speech, Some(why)), None);
                return Ok(false);
            }
        };
        let Some(customer) = customers::by_user(tx, self.store.id, wish.user).await? else {
            let why = balances::nobody(speech, wish.user);
            self.show(admin, balances::ask_adjustment(speech, Some(why)), None);
            return Ok(false);
        };
        let change = (wish.by, wish.note.as_str());
        let Some(after) = wallet::adjust(tx, self.store.id, customer.id, change, self.now).await?
        else {
            let why = balances::too_much(speech, &customer);
            self.show(admin, balances::ask_adjustment(speech, Some(why)), None);
            return Ok(false);
        };
        let (subject, before, now) = (
            format!("customer {}", customer.user_id),
            customer.balance.get().to_string(),
            after.get().to_string(),
        );
        let entry = Change {
            action: "balance.adjust",
            subject: &subject,
            before: Some(&before),
            after: Some(&now),
            note: Some(&wish.note),
            ..Change::default()
        };
        self.by(admin).note(tx, self.store.id, entry).await?;
        let adjusted =
            Adjusted { admin, customer: &customer, by: wish.by, after, note: &wish.note };
        self.show(admin, balances::adjusted(speech, &adjusted), None);
        self.tell(customer.user_id, balances::balance_changed(self.speech(&customer), &adjusted));
        let owners = self.shared.texts.speech(self.store.language);
        for owner in self.store.owners.iter().filter(|owner| **owner != admin.user_id) {
            self.tell(*owner, balances::adjustment_report(owners, &self.store.name, &adjusted));
        }
        Ok(true)
    }
}
