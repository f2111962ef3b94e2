//! The seller's side: whoever presses or answers is asked who he is, by his number alone, each time.

mod balances;
mod sales;
mod users;
mod coupons;
mod settings;
mod replies;
mod configuration;
mod setup;
mod calculator;
mod statistics;
mod audit;
mod products;
mod shelves;
mod units;
mod broadcast;
mod terms;

pub(in crate::worker) use broadcast::progress;
pub(in crate::worker) use setup::holds_a_secret;

use std::time::Duration;

use super::Desk;
use crate::bot::screens::Screen;
use crate::bot::{Area, Manage, Question, Said, Speech, Wizard, screens};
use crate::db::Tx;
use crate::primitives::{MessageId, random_bytes};
use crate::shop::ShopError;
use crate::shop::audit::By;
use crate::shop::catalogue::{self, Shelf};
use crate::shop::customers::Customer;
use crate::telegram::Html;

/// How long a confirmation may be given.
const SURE: Duration = Duration::from_mins(2);
/// Sent in place of a text to say that there should be none.
const NOTHING: &str = "-";

impl Desk<'_> {
    /// Does what a button on the seller's side asks for; anybody else is told that it is not for him.
    pub(super) async fn manage(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        if !self.is_admin(customer) {
            self.say(customer, screens::welcome::not_for_you(self.speech(customer)));
            return Ok(());
        }
        let admin = customer;
        match action.area() {
            Area::Menu => self.of_menu(tx, admin, action, edit).await,
            Area::Products => self.of_products(tx, admin, action, edit).await,
            Area::Shelves => self.of_shelves(tx, admin, action, edit).await,
            Area::Units => self.of_units(tx, admin, action, edit).await,
            Area::Proofs => self.of_proofs(tx, admin, action, edit).await,
            Area::Sales => self.of_sales(tx, admin, action, edit).await,
            Area::Users => self.of_users(tx, admin, action, edit).await,
            Area::Coupons => self.of_coupons(tx, admin, action, edit).await,
            Area::Replies => self.of_replies(tx, admin, action, edit).await,
            Area::Settings => self.of_settings(tx, admin, action, edit).await,
            Area::Statistics => self.of_statistics(tx, admin, action, edit).await,
            Area::Configuration => self.of_configuration(tx, admin, action, edit).await,
            Area::Setup => self.of_setup(tx, admin, action, edit).await,
            Area::Calculator => self.of_calculator(tx, admin, action, edit).await,
            Area::Audit => self.of_audit(tx, admin, action, edit).await,
            Area::Broadcasts => self.of_broadcasts(tx, admin, action, edit).await,
        }
    }

    async fn of_menu(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Confirm(number) => self.confirmed(tx, admin, number, edit).await,
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    async fn of_proofs(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Proof(proof) => self.open_proof(admin, proof),
            Manage::Proofs(page) => self.proofs(tx, admin, page, edit).await?,
            _ => self.menu(tx, admin, None, edit).await?,
        }
        Ok(())
    }

    /// Takes an answer on the seller's side; `true` when the question is answered or none of his any more.
    pub(super) async fn managed(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        wizard: Wizard,
        said: Said,
    ) -> Result<bool, ShopError> {
        if !self.is_admin(customer) {
            self.say(customer, screens::welcome::not_for_you(self.speech(customer)));
            return Ok(true);
        }
        let admin = customer;
        match wizard {
            Wizard::Adjustment {} => self.typed_adjustment(tx, admin, &said).await,
            Wizard::NewProduct { draft } => self.typed_step(tx, admin, draft, &said).await,
            Wizard::EditProduct { product, what } => {
                self.typed_field(tx, admin, (product, what), &said).await
            }
            wizard @ (Wizard::NewShelf {}
            | Wizard::RenameShelf { .. }
            | Wizard::DecorateShelf { .. }) => self.typed_shelf(tx, admin, wizard, &said).await,
            Wizard::AddUnits { product } => self.sent_units(tx, admin, product, said).await,
            Wizard::MoveUnit { product, unit } => {
                self.typed_move(tx, admin, (product, unit), &said).await
            }
            Wizard::FindSale {} => self.typed_order(tx, admin, &said).await,
            Wizard::PaySale { order } => self.typed_payment(tx, admin, (order, &said)).await,
            Wizard::FindUser {} => self.typed_user(tx, admin, &said).await,
            Wizard::AdjustUser { customer } => self.typed_sum(tx, admin, (customer, &said)).await,
            Wizard::NewCoupon { draft } => self.typed_coupon_step(tx, admin, draft, &said).await,
            Wizard::Reply { slot, draft } => self.typed_reply(tx, admin, (slot, draft), said).await,
            Wizard::Configuration {} => Ok(self.sent_configuration(admin, said)),
            Wizard::Setup { step } => self.typed_setup(tx, admin, step, &said).await,
            Wizard::Calculator {} => self.typed_refund(tx, admin, &said).await,
            Wizard::CalculatorFactors {} => self.typed_factors(tx, admin, &said).await,
            Wizard::BroadcastMessage { to } => self.typed_broadcast(tx, admin, (to, &said)).await,
            Wizard::BroadcastTime { broadcast } => {
                self.typed_broadcast_time(tx, admin, (broadcast, &said)).await
            }
        }
    }

    /// The seller's menu, with a remark under it.
    async fn menu(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let crowd = self.shared.crowds.of(tx, self.store.id, self.now).await?;
        let shelf = Shelf { category: None, with_sold_out: true };
        let products = catalogue::count(tx, self.store.id, shelf).await?;
        let (speech, store) = (self.speech(admin), &self.store.name);
        self.show(
            admin,
            screens::admin::menu(
                speech,
                store,
                (crowd, products),
                self.store.is_owner(admin.user_id),
                remark,
            ),
            edit,
        );
        Ok(())
    }

    /// Asks whether the admin means it: `action` comes back to [`Self::sure`] when he says so, once and soon.
    async fn confirm(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        (text, back): (Html, Manage),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let number = i64::from(u32::from_be_bytes(random_bytes()));
        let question = Question::Sure { action, number, until: self.now.plus(SURE) };
        let screen = screens::admin::sure(self.speech(admin), text, number, back);
        self.ask(tx, admin, &question, (screen, edit)).await
    }

    async fn confirmed(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        number: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match admin.question.as_deref().and_then(Question::read) {
            Some(Question::Sure { action, number: asked, until })
                if asked == number && self.now < until =>
            {
                self.sure(tx, admin, action, edit).await
            }
            _ => {
                let remark = screens::admin::not_sure_any_more(self.speech(admin));
                self.menu(tx, admin, Some(remark), edit).await
            }
        }
    }

    /// Does what was confirmed.
    async fn sure(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::DeleteProduct(id) => self.delete(tx, admin, id, edit).await,
            Manage::VoidUnit(product, unit) => {
                self.void_unit(tx, admin, (product, unit), edit).await
            }
            Manage::UndoBatch(product, batch) => {
                self.undo_batch(tx, admin, (product, batch), edit).await
            }
            Manage::SendBroadcast(id, minute) => {
                self.broadcast_confirmed(tx, admin, (id, minute), edit).await
            }
            Manage::RestoreConfiguration => self.ask_configuration(tx, admin, edit).await,
            Manage::CancelSale(id) => self.cancel_sale(tx, admin, id, edit).await,
            Manage::RefundSale(id) => self.refund_sale(tx, admin, id, edit).await,
            // Everything else is done at once and never asked about.
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    /// Asks the next thing on the seller's side.
    async fn ask_seller(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        wizard: Wizard,
        (screen, edit): (Screen, Option<MessageId>),
    ) -> Result<(), ShopError> {
        self.ask(tx, admin, &Question::Seller(wizard), (screen, edit)).await
    }

    /// Tells the owners what an admin did, but not himself.
    fn tell_owners_but(&mut self, admin: &Customer, screen: impl Fn(Speech<'_>) -> Screen) {
        let speech = self.storewide();
        for owner in self.store.owners.iter().filter(|owner| **owner != admin.user_id) {
            self.tell(*owner, screen(speech));
        }
    }

    /// The admin, as one who changes something now.
    const fn by(&self, admin: &Customer) -> By {
        By { admin: admin.user_id, now: self.now }
    }
}
