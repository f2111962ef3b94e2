//! A balance that is changed by hand.

use crate::bot::screens::Screen;
use crate::bot::screens::admin::balances::{self, Adjusted};
use crate::bot::{Said, Wizard};
use crate::db::Tx;
use crate::primitives::MessageId;
use crate::shop::ShopError;
use crate::shop::audit::Change;
use crate::shop::customers::{self, Customer};
use crate::shop::wallet::{self, Adjustment, UnfitAdjustment};
use crate::telegram::Html;
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
        let typed = said.text.as_deref().unwrap_or_default();
        match self.adjust(tx, admin, Adjustment::read(typed)).await? {
            Ok(adjusted) => {
                self.show(admin, Screen::plain(adjusted), None);
                Ok(true)
            }
            Err(why) => {
                let screen = balances::ask_adjustment(self.speech(admin), Some(why));
                self.show(admin, screen, None);
                Ok(false)
            }
        }
    }

    /// Changes a balance as was read, and tells whom it concerns; what the admin is told, or why not.
    pub(super) async fn adjust(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        read: Result<Adjustment, UnfitAdjustment>,
    ) -> Result<Result<Html, Html>, ShopError> {
        let speech = self.speech(admin);
        let wish = match read {
            Ok(wish) => wish,
            Err(why) => return Ok(Err(balances::not_an_adjustment(speech, why))),
        };
        let Some(customer) = customers::by_user(tx, self.store.id, wish.user).await? else {
            return Ok(Err(balances::nobody(speech, wish.user)));
        };
        let change = (wish.by, wish.note.as_str());
        let Some(after) = wallet::adjust(tx, self.store.id, customer.id, change, self.now).await?
        else {
            return Ok(Err(balances::too_much(speech, &customer)));
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
        self.tell(customer.user_id, balances::balance_changed(self.speech(&customer), &adjusted));
        let store = &self.store.name;
        self.tell_owners_but(admin, |speech| balances::adjustment_report(speech, store, &adjusted));
        Ok(Ok(balances::adjusted(speech, &adjusted)))
    }
}
