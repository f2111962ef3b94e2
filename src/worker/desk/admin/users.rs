//! Customers as their seller knows them: found, kept out, their balances changed.

use crate::bot::screens::admin::{ask, products, users as screens};
use crate::bot::{Manage, Said, Wizard};
use crate::db::Tx;
use crate::primitives::{CustomerId, MessageId};
use crate::shop::customers::{self, Customer};
use crate::shop::wallet::Adjustment;
use crate::shop::{ShopError, orders, sales};
use crate::telegram::Html;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about customers.
    pub(super) async fn of_users(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::User(id) => self.user(tx, admin, id, None, edit).await,
            Manage::FindUser => {
                let screen = ask(self.speech(admin), "ask-user", ALL, None);
                self.ask_seller(tx, admin, Wizard::FindUser {}, (screen, edit)).await
            }
            Manage::BlockUser(id, out) => self.block(tx, admin, (id, out == 1), edit).await,
            Manage::AdjustUser(customer) => {
                let screen = ask(self.speech(admin), "ask-sum", Manage::User(customer), None);
                self.ask_seller(tx, admin, Wizard::AdjustUser { customer }, (screen, edit)).await
            }
            Manage::Adjust => self.ask_adjustment(tx, admin, edit).await,
            Manage::Users(before) => self.users(tx, admin, before, edit).await,
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    async fn users(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        before: CustomerId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let from = (before > CustomerId(0)).then_some(before);
        let found = customers::list(tx, self.store.id, from).await?;
        let total = customers::count(tx, self.store.id).await?;
        let screen = screens::list(self.speech(admin), from.is_none(), (&found, total));
        self.show(admin, screen, edit);
        Ok(())
    }

    pub(super) async fn user(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: CustomerId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(customer) = customers::find_row(tx, self.store.id, id).await? else {
            return self.users(tx, admin, CustomerId(0), edit).await;
        };
        let newest = sales::of_customer(tx, self.store.id, id).await?;
        let total = orders::count(tx, self.store.id, id).await?;
        let (speech, zone) = (self.speech(admin), &self.store.zone);
        let screen = screens::user(speech, zone, &customer, (&newest, total), remark);
        self.show(admin, screen, edit);
        Ok(())
    }

    /// Takes the number or a part of the name of whom to look for.
    pub(super) async fn typed_user(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let (speech, typed) = (self.speech(admin), said.text.as_deref().unwrap_or_default());
        match customers::find(tx, self.store.id, typed).await?.as_slice() {
            [] => {
                let why = Some(screens::nobody(speech, typed));
                self.show(admin, ask(speech, "ask-user", ALL, why), None);
                return Ok(false);
            }
            [one] => self.user(tx, admin, one.id, None, None).await?,
            several => self.show(admin, screens::found(speech, several), None),
        }
        Ok(true)
    }

    async fn block(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, out): (CustomerId, bool),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(customer) = customers::find_row(tx, self.store.id, id).await? else {
            return self.users(tx, admin, CustomerId(0), edit).await;
        };
        let whom = (customer.user_id, out);
        customers::block(tx, self.store.id, whom, self.by(admin)).await?;
        let saved = products::saved(self.speech(admin));
        self.user(tx, admin, id, Some(saved), edit).await
    }

    /// Takes by how much a customer's balance changes, and why.
    pub(super) async fn typed_sum(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, said): (CustomerId, &Said),
    ) -> Result<bool, ShopError> {
        let Some(customer) = customers::find_row(tx, self.store.id, id).await? else {
            self.users(tx, admin, CustomerId(0), None).await?;
            return Ok(true);
        };
        let typed = said.text.as_deref().unwrap_or_default();
        let remark =
            match self.adjust(tx, admin, Adjustment::read_for(customer.user_id, typed)).await? {
                Ok(adjusted) => adjusted,
                Err(why) => {
                    let speech = self.speech(admin);
                    self.show(admin, ask(speech, "ask-sum", Manage::User(id), Some(why)), None);
                    return Ok(false);
                }
            };
        self.user(tx, admin, id, Some(remark), None).await?;
        Ok(true)
    }
}

/// All customers, the newest first.
const ALL: Manage = Manage::Users(CustomerId(0));
