//! Coupons, deposits and the balance: what is typed, and what is pressed.

use super::Desk;
use crate::bot::{Errand, Question, Said, screens};
use crate::db::Tx;
use crate::primitives::{MessageId, Rupiah};
use crate::shop::checkout::{self, Placed};
use crate::shop::customers::{self, Customer};
use crate::shop::wallet::{self, Unfit};
use crate::shop::{ShopError, cart, coupons, orders};

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
        let open = self.store.gateway.is_some();
        let screen = screens::balance::balance(self.speech(customer), customer, open, None);
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
            Ok(amount) => self.deposit(tx, customer, (said.message, amount)).await,
            Err(why) => {
                self.unfit(customer, why);
                Ok(false)
            }
        }
    }

    fn unfit(&mut self, customer: &Customer, why: Unfit) {
        let speech = self.speech(customer);
        let why = screens::balance::unfit(speech, why);
        self.show(customer, screens::balance::balance(speech, customer, true, Some(why)), None);
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
            Ok(amount) => self.deposit(tx, customer, (origin, amount)).await.map(drop),
            Err(why) => {
                self.unfit(customer, why);
                Ok(())
            }
        }
    }

    /// Asks for a deposit's invoice; `false` when it must be said first why there is none.
    async fn deposit(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        (origin, amount): (MessageId, Rupiah),
    ) -> Result<bool, ShopError> {
        let speech = self.speech(customer);
        let asked = (origin, amount);
        let why = match checkout::deposit(tx, self.store, customer, asked, self.now).await? {
            Placed::Order { order, payment } => {
                self.count(&order);
                self.show_order(tx, customer, &order).await?;
                self.errands.push(Errand::Invoice { payment });
                return Ok(true);
            }
            Placed::Already(_) => return Ok(true),
            Placed::TooOften => screens::cart::too_often(speech),
            Placed::TooManyUnpaid => screens::cart::too_many(speech),
            Placed::Unpayable(total) => screens::cart::unpayable(speech, total),
            _ => screens::cart::not_set_up(speech),
        };
        self.show(customer, screens::balance::balance(speech, customer, true, Some(why)), None);
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
