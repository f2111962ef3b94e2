//! Orders as their seller runs them: found, called paid, ended, sent again, given back.

use crate::bot::screens::admin::{ask, sales as screens};
use crate::bot::{Errand, Manage, Said, Wizard};
use crate::db::Tx;
use crate::primitives::{MessageId, OrderId};
use crate::shop::ShopError;
use crate::shop::customers::{self, Customer};
use crate::shop::orders::{self, Order, Purpose};
use crate::shop::sales::{self, Act, ByHand};
use crate::telegram::Html;
use crate::telegram::limits::TEXT_MAX;
use crate::worker::desk::Desk;

impl Desk<'_> {
    /// What is asked for about orders.
    pub(super) async fn of_sales(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        action: Manage,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match action {
            Manage::Sale(id) => self.sale(tx, admin, id, None, edit).await,
            Manage::FindSale => {
                let screen = ask(self.speech(admin), "ask-order", ALL, None);
                self.ask_seller(tx, admin, Wizard::FindSale {}, (screen, edit)).await
            }
            Manage::PaySale(order) => {
                let screen = ask(self.speech(admin), "ask-pay-note", Manage::Sale(order), None);
                self.ask_seller(tx, admin, Wizard::PaySale { order }, (screen, edit)).await
            }
            Manage::CancelSale(id) | Manage::RefundSale(id) => {
                self.ask_about_sale(tx, admin, (id, action), edit).await
            }
            Manage::ResendSale(id) => self.resend(tx, admin, id, edit).await,
            Manage::Sales(filter, before) => {
                self.sales(tx, admin, (filter, before), None, edit).await
            }
            _ => self.menu(tx, admin, None, edit).await,
        }
    }

    async fn sales(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (filter, before): (i64, OrderId),
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let place = usize::try_from(filter).unwrap_or_default();
        let state = screens::FILTERS.get(place).copied().flatten();
        let from = (before > OrderId(0)).then_some(before);
        let found = sales::list(tx, self.store.id, state, from).await?;
        let total = sales::count(tx, self.store.id, state).await?;
        let (speech, zone, first) = (self.speech(admin), &self.store.zone, from.is_none());
        let screen = screens::list(speech, zone, (filter, first), (&found, total), remark);
        self.show(admin, screen, edit);
        Ok(())
    }

    /// One order, or the list when there is no such order.
    async fn sale(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: OrderId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(found) = sales::get(tx, self.store.id, id).await? else {
            return self.sales(tx, admin, (0, OrderId(0)), remark, edit).await;
        };
        let bought = orders::lines(tx, self.store.id, id).await?;
        let (speech, zone) = (self.speech(admin), &self.store.zone);
        self.show(admin, screens::sale(speech, zone, &found, &bought, remark), edit);
        Ok(())
    }

    /// Takes the code of an order to look for.
    pub(super) async fn typed_order(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        said: &Said,
    ) -> Result<bool, ShopError> {
        let typed = said.text.as_deref().unwrap_or_default();
        if let Some(found) = sales::find(tx, self.store.id, typed).await? {
            self.sale(tx, admin, found.id, None, None).await?;
            return Ok(true);
        }
        let speech = self.speech(admin);
        let why = speech.say("sale-unknown", &[]);
        self.show(admin, ask(speech, "ask-order", ALL, Some(why)), None);
        Ok(false)
    }

    /// Takes the reason why an order is called paid; without one it is not.
    pub(super) async fn typed_payment(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, said): (OrderId, &Said),
    ) -> Result<bool, ShopError> {
        let speech = self.speech(admin);
        let Some(note) = sales::note(said.text.as_deref().unwrap_or_default()) else {
            let why = Some(speech.say("no-pay-note", &[]));
            self.show(admin, ask(speech, "ask-pay-note", Manage::Sale(id), why), None);
            return Ok(false);
        };
        let key = match sales::pay_by_hand(tx, self.store.id, id, note, self.by(admin)).await? {
            ByHand::Paid { order, payment } => {
                self.count(&order);
                let buyer = customers::get(tx, self.store.id, order.customer_id).await?;
                self.deliver(tx, &buyer, &order).await?;
                self.errands.extend(payment.map(|payment| Errand::Withdraw { payment }));
                self.report_payment(tx, admin, id).await?;
                "sale-called-paid"
            }
            ByHand::Gone => "sale-goods-gone",
            ByHand::TooLate => "sale-moved-on",
        };
        self.sale(tx, admin, id, Some(speech.say(key, &[])), None).await?;
        Ok(true)
    }

    /// Tells the owners that an order was called paid, but the one who did it.
    async fn report_payment(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: OrderId,
    ) -> Result<(), ShopError> {
        let Some(sale) = sales::get(tx, self.store.id, id).await? else { return Ok(()) };
        let store = &self.store.name;
        self.tell_owners_but(admin, |speech| {
            screens::paid_by_hand_report(speech, &admin.name, &sale).of_store(store)
        });
        Ok(())
    }

    async fn ask_about_sale(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        (id, action): (OrderId, Manage),
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(sale) = sales::get(tx, self.store.id, id).await? else {
            return self.sales(tx, admin, (0, OrderId(0)), None, edit).await;
        };
        let key = match action {
            Manage::RefundSale(_) => "sure-refund",
            _ => "sure-cancel",
        };
        let text = screens::about(self.speech(admin), key, &sale);
        self.confirm(tx, admin, action, (text, Manage::Sale(id)), edit).await
    }

    /// Ends an unpaid order, as was confirmed.
    pub(super) async fn cancel_sale(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: OrderId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let key = match sales::cancel(tx, self.store.id, id, self.by(admin)).await? {
            Some(order) => {
                self.ended(tx, &order).await?;
                "sale-ended"
            }
            None => "sale-moved-on",
        };
        let remark = self.speech(admin).say(key, &[]);
        self.sale(tx, admin, id, Some(remark), edit).await
    }

    /// Gives an order's money back to its buyer's balance, as was confirmed.
    pub(super) async fn refund_sale(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: OrderId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let given = sales::refund(tx, self.store.id, id, self.by(admin)).await?;
        let sale = sales::get(tx, self.store.id, id).await?;
        if let Some(sale) = sale.filter(|_| given.is_some()) {
            let buyer = customers::get(tx, self.store.id, sale.customer_id).await?;
            let speech = self.speech(&buyer);
            let word = screens::refunded(speech, &sale, buyer.balance);
            self.tell(buyer.user_id, word);
        }
        let key = if given.is_some() { "sale-refunded" } else { "sale-moved-on" };
        let remark = self.speech(admin).say(key, &[]);
        self.sale(tx, admin, id, Some(remark), edit).await
    }

    /// Sends the goods of an order to its buyer once more.
    async fn resend(
        &mut self,
        tx: &mut Tx,
        admin: &Customer,
        id: OrderId,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let sale = sales::get(tx, self.store.id, id).await?;
        let key = match sale.filter(|sale| sale.allows(Act::Resend)) {
            Some(sale) => {
                let buyer = customers::get(tx, self.store.id, sale.customer_id).await?;
                let order = orders::peek(tx, self.store.id, id).await?;
                self.hand_out_again(tx, &buyer, &order).await?;
                sales::resent(tx, self.store.id, id, self.by(admin)).await?;
                "sale-resent"
            }
            None => "sale-moved-on",
        };
        let remark = self.speech(admin).say(key, &[]);
        self.sale(tx, admin, id, Some(remark), edit).await
    }

    /// Tells the admins how an order for goods stands, when that is news to them.
    pub(in crate::worker::desk) async fn notify(
        &mut self,
        tx: &mut Tx,
        buyer: &Customer,
        order: &Order,
    ) -> Result<(), ShopError> {
        let told = self.store.told();
        if order.purpose != Purpose::Goods
            || told.is_empty()
            || !sales::has_news(tx, self.store.id, order).await?
        {
            return Ok(());
        }
        let bought = orders::lines(tx, self.store.id, order.id).await?;
        let speech = self.storewide();
        let text = screens::notice(speech, order, buyer, &bought).truncate(TEXT_MAX);
        for admin in told {
            let (chat, order, text) = (admin.into(), order.id, text.clone());
            self.errands.push(Errand::Notice { chat, order, text });
        }
        Ok(())
    }
}

/// All orders, the newest first.
const ALL: Manage = Manage::Sales(0, OrderId(0));
