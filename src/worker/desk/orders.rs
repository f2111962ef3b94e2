//! Orders after they were placed: their one message, check, cancel, goods, and what the gateway's answers change.

use super::Desk;
use crate::bot::screens::order::View;
use crate::bot::{Errand, goods, screens};
use crate::db::Tx;
use crate::primitives::{MessageId, OrderId, Timestamp};
use crate::shop::checkout::{self, Cancelled};
use crate::shop::customers::Customer;
use crate::shop::orders::{self, Order, Purpose, State};
use crate::shop::payments::{self, Doubt};
use crate::shop::{ShopError, stock};
use crate::telegram::Html;

impl Desk<'_> {
    /// Brings an order's one message up to date.
    pub(super) async fn show_order(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
    ) -> Result<(), ShopError> {
        if let Some(view) = self.view(tx, customer, order, None).await? {
            self.put_view(customer, order, view, order.state == State::Open);
        }
        self.notify(tx, customer, order).await
    }

    pub(super) fn put_view(
        &mut self,
        customer: &Customer,
        order: &Order,
        view: View,
        invoice: bool,
    ) {
        let View { text, picture, buttons } = view;
        let (chat, order) = (customer.user_id.into(), order.id);
        self.errands.push(Errand::Order { chat, order, text, picture, buttons, invoice });
    }

    /// What an order's message shows in its state; `None` while there is nothing to show.
    pub(super) async fn view(
        &self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
        checked: Option<Timestamp>,
    ) -> Result<Option<View>, ShopError> {
        let (store, speech) = (self.store, self.speech(customer));
        let bought = orders::lines(tx, store.id, order.id).await?;
        Ok(match order.state {
            State::Invoicing => Some(screens::order::invoicing(speech, order, &bought)),
            State::Open => payments::latest(tx, store.id, order.id).await?.map(|payment| {
                screens::order::invoice(speech, &store.zone, order, &bought, &payment, checked)
            }),
            State::Paid | State::Delivered => {
                Some(screens::order::paid(speech, order, &bought, customer.balance))
            }
            State::Expired | State::Cancelled | State::Failed => {
                Some(screens::order::closed(speech, order, &bought))
            }
            State::Credited => {
                Some(screens::order::in_balance(speech, order, &bought, customer.balance))
            }
        })
    }

    /// The goods of a paid order: the receipt, then every part of the goods.
    pub(super) async fn deliver(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
    ) -> Result<(), ShopError> {
        self.show_order(tx, customer, order).await?;
        let parts = match self.parts(tx, customer, order).await {
            Err(ShopError::Sealed(error)) => {
                // Being paid never depends on opening: one errand brings everything once it opens.
                tracing::error!(order = order.code, %error, "paid goods do not open");
                1
            }
            parts => parts?,
        };
        orders::packed(tx, self.store.id, order.id, i64::try_from(parts).unwrap_or(1)).await?;
        self.send_goods(customer, order, parts, false);
        self.tell_of_low_stock(tx, order).await?;
        self.send_terms(tx, customer, order).await?;
        self.rehearsed(tx, customer, order).await
    }

    /// Tells the admins of each product that a sale left with little, once until it is filled up.
    async fn tell_of_low_stock(&mut self, tx: &mut Tx, order: &Order) -> Result<(), ShopError> {
        for line in orders::lines(tx, self.store.id, order.id).await? {
            let low = stock::low(tx, self.store, line.product_id, self.now).await?;
            if let Some((name, left)) = low {
                self.tell_admins(|speech| screens::admin::units::low(speech, &name, left));
            }
        }
        Ok(())
    }

    /// Into how many parts the goods are wrapped; the parts themselves are made only when sent.
    async fn parts(
        &self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
    ) -> Result<usize, ShopError> {
        let goods = stock::goods(tx, self.store, &self.shared.keyring, order.id).await?;
        Ok(goods::wrap(self.speech(customer), &order.code, &goods).len())
    }

    fn send_goods(&mut self, customer: &Customer, order: &Order, parts: usize, again: bool) {
        let (chat, language) = (customer.user_id.into(), customer.language);
        let errand =
            |part| Errand::Goods { chat, order: order.id, part, of: parts, language, again };
        self.errands.extend((0..parts).map(errand));
    }

    pub(super) async fn goods_again(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        id: OrderId,
    ) -> Result<(), ShopError> {
        match orders::of_customer(tx, self.store.id, customer.id, id).await? {
            Some(order) if order.state.is_sold() && order.purpose == Purpose::Goods => {
                self.hand_out_again(tx, customer, &order).await?;
            }
            _ => self.say(customer, screens::account::no_order(self.speech(customer))),
        }
        Ok(())
    }

    /// Shows a buyer the goods of his order again.
    pub(super) async fn hand_out_again(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
    ) -> Result<(), ShopError> {
        let parts = self.parts(tx, customer, order).await?;
        let views = orders::viewed(tx, self.store.id, order.id).await?;
        let store = &self.store.slug;
        tracing::info!(store, order = order.code, views, "goods are shown again");
        self.send_goods(customer, order, parts, true);
        Ok(())
    }

    pub(super) async fn own_order(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        id: OrderId,
        remark: Option<Html>,
        edit: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let speech = self.speech(customer);
        let screen = match orders::of_customer(tx, self.store.id, customer.id, id).await? {
            Some(order) => {
                let bought = orders::lines(tx, self.store.id, id).await?;
                screens::account::order(speech, &self.store.zone, &order, &bought, remark)
            }
            None => screens::account::no_order(speech),
        };
        self.show(customer, screen, edit);
        Ok(())
    }

    /// An order's message was brought up to date; whoever pressed on another one, such as the order's
    /// detail, reads there what became of it.
    async fn also_here(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
        remark: Option<Html>,
        message: Option<MessageId>,
    ) -> Result<(), ShopError> {
        if message.is_some() && message == order.message_id {
            return Ok(());
        }
        self.own_order(tx, customer, order.id, remark, message).await
    }

    /// Asks the gateway now, or says when it was asked last.
    pub(super) async fn check(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        id: OrderId,
        message: Option<MessageId>,
    ) -> Result<(), ShopError> {
        let Some(order) = orders::of_customer(tx, self.store.id, customer.id, id).await? else {
            self.say(customer, screens::account::no_order(self.speech(customer)));
            return Ok(());
        };
        let payment = payments::latest(tx, self.store.id, id).await?;
        let Some(payment) =
            payment.filter(|_| order.state == State::Open && order.expires_at > self.now)
        else {
            self.show_order(tx, customer, &order).await?;
            return self.also_here(tx, customer, &order, None, message).await;
        };
        match payments::ask_soon(tx, self.store.id, &payment, self.now).await? {
            Doubt::Ask(payment) => self.errands.push(Errand::Check { payment, asked: true }),
            _ => self.show_checked(tx, customer, &order, payment.last_check_at).await?,
        }
        // What the gateway says stands in the order's own message, a moment later.
        let remark = screens::order::checking(self.speech(customer), &self.store.zone, self.now);
        self.also_here(tx, customer, &order, Some(remark), message).await
    }

    /// The invoice again, with the time of the last look.
    pub(super) async fn show_checked(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        order: &Order,
        checked: Option<Timestamp>,
    ) -> Result<(), ShopError> {
        if let Some(view) = self.view(tx, customer, order, checked).await? {
            self.put_view(customer, order, view, true);
        }
        Ok(())
    }

    pub(super) async fn cancel(
        &mut self,
        tx: &mut Tx,
        customer: &Customer,
        id: OrderId,
        message: Option<MessageId>,
    ) -> Result<(), ShopError> {
        match checkout::cancel(tx, self.store, customer, id, self.now).await? {
            Cancelled::Done { order, payment } => {
                self.count(&order);
                self.show_order(tx, customer, &order).await?;
                self.errands.extend(payment.map(|payment| Errand::Withdraw { payment }));
                self.also_here(tx, customer, &order, None, message).await?;
            }
            Cancelled::TooLate(order) => {
                self.show_order(tx, customer, &order).await?;
                self.also_here(tx, customer, &order, None, message).await?;
            }
            Cancelled::Unknown => {
                self.say(customer, screens::account::no_order(self.speech(customer)));
            }
        }
        Ok(())
    }

    pub(super) fn count(&self, order: &Order) {
        self.shared.metrics.orders.with_label_values(&[order.state.word()]).inc();
    }
}
