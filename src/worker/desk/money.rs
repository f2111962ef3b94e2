//! Coupons, deposits and the balance: what is typed, and what is pressed.

use super::Desk;
use crate::bot::{Errand, Question, Said, screens};
use crate::db::Tx;
use crate::primitives::{MessageId, Rupiah};
use crate::shop::checkout::{self, Placed};
use crate::shop::customers::{self, Customer};
use crate::shop::wallet::{self, Unfit};
use crate::shop::{ShopError, cart, coupons, orders};
use crate::telegram::Html;

impl Desk<'_> {
    pub(super) async fn ask_coupon(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let screen = screens::cart::ask_coupon(self.speech(customer), None);
        self.ask(tx, customer, &Question::Coupon, (screen, edit)).await
    }

    /// A typed code: under the cart when it can be used, else why not, and the question stays open.
    pub(super) async fn typed_coupon(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let speech = self.speech(customer);
        let typed = said.text.as_deref().unwrap_or_default();
        match coupons::find(tx, self.store.id, customer.id, typed, self.now).await? {
            Ok(coupon) => {
                cart::set_coupon(tx, self.store.id, customer.id, Some(coupon.id)).await?;
                let remark = screens::cart::coupon_fits(speech, &coupon);
                self.cart(tx, customer, Some(remark), None).await?;
                Ok(true)
            }
            Err(why) => {
                let why = screens::cart::coupon_refused(speech, why, &self.store.zone);
                self.show(customer, screens::cart::ask_coupon(speech, Some(why)), None);
                Ok(false)
            }
        }
    }

    pub(super) async fn drop_coupon(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        cart::set_coupon(tx, self.store.id, customer.id, None).await?;
        self.cart(tx, customer, None, edit).await
    }

    /// The balance; when the store takes deposits, the next message may be the sum of one.
    pub(super) async fn balance(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        self.ask_sum(tx, customer, None, edit).await
    }

    /// The balance with a remark; whoever is asked for a sum here is also heard.
    async fn ask_sum(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let open = self.store.gateway.is_some();
        let screen = screens::balance::balance(self.speech(customer), customer, open, remark);
        if open {
            return self.ask(tx, customer, &Question::Deposit, (screen, edit)).await;
        }
        self.show(customer, screen, edit);
        Ok(())
    }

    pub(super) async fn typed_deposit(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let typed = said.text.as_deref().unwrap_or_default();
        match wallet::read_deposit(typed) {
            Ok(amount) => self.deposit(tx, customer, (said.message, amount), None).await,
            Err(why) => {
                self.unfit(tx, customer, why).await?;
                Ok(false)
            }
        }
    }

    async fn unfit(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        why: Unfit,
    ) -> Result<(), ShopError> {
        let why = screens::balance::unfit(self.speech(customer), why);
        self.ask_sum(tx, customer, Some(why), None).await
    }

    /// A deposit that was pressed.
    pub(super) async fn pressed_deposit(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        amount: Rupiah,
        message: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(origin) = message else { return Ok(()) };
        // A button carries what somebody may have written: the bounds hold for it as well.
        match wallet::read_deposit(&amount.get().to_string()) {
            Ok(amount) => self.deposit(tx, customer, (origin, amount), message).await.map(drop),
            Err(why) => self.unfit(tx, customer, why).await,
        }
    }

    /// Asks for a deposit's invoice, in the message that was pressed on if one was; `false` when it must
    /// be said first why there is none.
    async fn deposit(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        (origin, amount): (MessageId, Rupiah),
        pressed: Option<MessageId>,
    ) -> Result<bool, ShopError> {
        if let Some(why) = self.no_deposits_yet(tx, customer).await? {
            self.ask_sum(tx, customer, Some(why), None).await?;
            return Ok(false);
        }
        let speech = self.speech(customer);
        let asked = (origin, amount);
        let why = match checkout::deposit(tx, self.store, customer, asked, self.now).await? {
            Placed::Order { order, payment } => {
                if let Some(message) = pressed {
                    self.adopt(tx, customer, &order, message).await?;
                }
                self.count(&order);
                self.show_order(tx, customer, &order).await?;
                self.errands.push(Errand::Invoice { payment });
                return Ok(true);
            }
            // A second finger on the button, or another sum pressed on a message of before.
            Placed::Already(order) if pressed.is_none() || order.message_id == pressed => {
                self.show_order(tx, customer, &order).await?;
                return Ok(true);
            }
            Placed::Already(_) => {
                self.balance(tx, customer, None).await?;
                return Ok(false);
            }
            Placed::TooOften => screens::cart::too_often(speech),
            Placed::TooManyUnpaid => screens::cart::too_many(speech),
            Placed::Unpayable(total) => screens::cart::unpayable(speech, total),
            _ => screens::cart::not_set_up(speech),
        };
        self.ask_sum(tx, customer, Some(why), None).await?;
        Ok(false)
    }

    /// A page of what moved on the balance.
    pub(super) async fn ledger(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        page: i64,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let (entries, total) = wallet::history(tx, self.store.id, customer.id, page).await?;
        let (speech, zone) = (self.speech(customer), &self.store.zone);
        let screen = screens::balance::ledger(speech, zone, customer, (page, total), &entries);
        self.show(customer, screen, edit);
        Ok(())
    }

    /// A deposit arrived: the buyer reads it on its message, those who run the store in a note.
    pub(super) async fn deposited(
        &mut self,
        tx: &mut Tx,
        buyer: &Customer,
        order: &orders::Order,
    ) -> Result<(), ShopError> {
        let buyer = customers::get(tx, self.store.id, buyer.id).await?;
        self.show_order(tx, &buyer, order).await?;
        self.tell_admins(|speech| screens::balance::deposited(speech, &buyer, order));
        Ok(())
    }
}
