//! What the gateway answered, and what the clock brought: facts that change orders and move money.

use super::{Cause, Desk, Verdict};
use crate::bot::screens::{self, Screen};
use crate::bot::{Errand, Speech};
use crate::db::Tx;
use crate::pakasir::{Invoice, State as GatewayState, Status};
use crate::primitives::{OrderId, PaymentId, Timestamp};
use crate::queue::lanes;
use crate::shop::ShopError;
use crate::shop::alarms::Alarm;
use crate::shop::customers::{self, Customer};
use crate::shop::orders::{self, Order, Purpose, State};
use crate::shop::payments::{self, Invoiced, Settled};
use crate::worker::fact::Fact;

/// How many references an order may use up at the gateway.
const MOST_REFERENCES: i64 = 2;

impl Desk<'_> {
    pub(super) async fn fact(&mut self, tx: &mut Tx, fact: Fact) -> Result<Verdict, ShopError> {
        match fact {
            Fact::Invoiced { payment, invoice } => self.invoiced(tx, payment, &invoice).await,
            Fact::InvoiceRefused { payment, why, reference_spent } => {
                self.refused(tx, payment, why, reference_spent).await
            }
            Fact::Answered { payment, status, asked, begun } => {
                self.answered(tx, payment, (&status, begun), asked).await
            }
            Fact::InvoiceUnseen { order, hopeless } => self.unseen(tx, order, hopeless).await,
            Fact::Overdue { order } => self.overdue(tx, order).await,
        }
    }

    /// Ends an order nobody paid, unless the gateway's word on it is here and only waits its turn.
    async fn overdue(&mut self, tx: &mut Tx, order: OrderId) -> Result<Verdict, ShopError> {
        orders::lock(tx, self.store.id, order).await?;
        for payment in payments::of_order(tx, self.store.id, order).await? {
            if lanes::fact_waits(tx, self.store.id, &Fact::lane_of(payment)).await? {
                return Ok(Verdict::Done(Some("the gateway's word on it waits".to_owned())));
            }
        }
        if let Some(order) = payments::expire(tx, self.store.id, order, self.now).await? {
            self.ended(tx, &order).await?;
        }
        Ok(Verdict::done())
    }

    async fn buyer(&self, tx: &mut Tx, order: &Order) -> Result<Customer, ShopError> {
        customers::get(tx, self.store.id, order.customer_id).await
    }

    async fn invoiced(
        &mut self,
        tx: &mut Tx,
        payment: PaymentId,
        invoice: &Invoice,
    ) -> Result<Verdict, ShopError> {
        match payments::invoiced(tx, self.store, payment, invoice, self.now).await? {
            Invoiced::Open(order) => {
                self.count(&order);
                self.well(tx, Alarm::Gateway).await?;
                let buyer = self.buyer(tx, &order).await?;
                self.show_order(tx, &buyer, &order).await?;
                if invoice.state == GatewayState::Completed {
                    self.errands.push(Errand::Check { payment, asked: false });
                }
            }
            Invoiced::TooLate => self.errands.push(Errand::Withdraw { payment }),
            Invoiced::WrongMode => {
                let store = &self.store.slug;
                tracing::error!(store, "the gateway's sandbox mode is not the one configured");
                self.give_up(tx, payment).await?;
            }
            Invoiced::Known => {}
        }
        Ok(Verdict::done())
    }

    async fn refused(
        &mut self,
        tx: &mut Tx,
        payment: PaymentId,
        why: String,
        reference_spent: bool,
    ) -> Result<Verdict, ShopError> {
        if reference_spent
            && let Some(fresh) =
                payments::start_again(tx, self.store.id, payment, MOST_REFERENCES, self.now).await?
        {
            self.errands.push(Errand::Invoice { payment: fresh });
            return Ok(Verdict::Done(Some("a fresh reference is tried".to_owned())));
        }
        self.shared.metrics.payments.with_label_values(&["no_invoice"]).inc();
        self.failed(tx, Alarm::Gateway).await?;
        self.give_up(tx, payment).await?;
        Ok(Verdict::Done(Some(why)))
    }

    async fn give_up(&mut self, tx: &mut Tx, payment: PaymentId) -> Result<(), ShopError> {
        match payments::gave_up(tx, self.store.id, payment, self.now).await? {
            Some(order) => self.ended(tx, &order).await,
            None => Ok(()),
        }
    }

    /// An order ended unpaid: say so, and tell the gateway if it knows of it.
    pub(super) async fn ended(&mut self, tx: &mut Tx, order: &Order) -> Result<(), ShopError> {
        self.count(order);
        let buyer = self.buyer(tx, order).await?;
        self.show_order(tx, &buyer, order).await?;
        let payment = payments::to_withdraw(tx, self.store.id, order.id).await?;
        self.errands.extend(payment.map(|payment| Errand::Withdraw { payment }));
        Ok(())
    }

    pub(super) async fn answered(
        &mut self,
        tx: &mut Tx,
        payment: PaymentId,
        answer: (&Status, Option<Timestamp>),
        asked: bool,
    ) -> Result<Verdict, ShopError> {
        let metrics = &self.shared.metrics;
        match payments::settle(tx, self.store, payment, answer, self.now).await? {
            Settled::Paid { order, outcome } => {
                self.count(&order);
                metrics.payments.with_label_values(&[outcome.word()]).inc();
                let buyer = self.buyer(tx, &order).await?;
                match order.purpose {
                    Purpose::Goods => self.deliver(tx, &buyer, &order).await?,
                    Purpose::Deposit => self.deposited(tx, &buyer, &order).await?,
                }
            }
            Settled::Expired(order) => self.ended(tx, &order).await?,
            Settled::Credited { order, amount, outcome } => {
                metrics.payments.with_label_values(&[outcome.word()]).inc();
                self.credited(tx, &order, (amount, outcome)).await?;
            }
            Settled::Held(why) => {
                metrics.payments.with_label_values(&["held"]).inc();
                let store = &self.store.slug;
                tracing::error!(store, %payment, why, "a payment needs a person to look at it");
                return Ok(Verdict::Dead(Cause::Held, format!("held: {why}")));
            }
            Settled::NotYet if asked => {
                let id = payments::get(tx, self.store.id, payment).await?.order_id;
                let order = orders::lock(tx, self.store.id, id).await?;
                if order.state == State::Open {
                    let buyer = self.buyer(tx, &order).await?;
                    self.show_checked(tx, &buyer, &order, Some(self.now)).await?;
                }
            }
            Settled::NotYet | Settled::Known => {}
        }
        Ok(Verdict::done())
    }

    /// The money is on the balance: said anew, because nobody reads an old message.
    async fn credited(
        &mut self,
        tx: &mut Tx,
        order: &Order,
        (amount, outcome): (crate::primitives::Rupiah, payments::Outcome),
    ) -> Result<(), ShopError> {
        let buyer = self.buyer(tx, order).await?;
        let bought = orders::lines(tx, self.store.id, order.id).await?;
        let speech = self.speech(&buyer);
        let told = (amount, outcome, buyer.balance);
        let view = screens::order::credited(speech, order, &bought, told);
        self.tell(buyer.user_id, Screen::plain(view.text.clone()));
        let report = |speech: Speech<'_>| {
            screens::order::credited_report(speech, order, &buyer, (amount, outcome))
        };
        self.tell_admins(report);
        // Money that bought nothing concerns the owners too, whoever runs the store.
        self.tell_other_owners(report);
        if order.state == State::Credited {
            self.count(order);
            self.put_view(&buyer, order, view, false);
            self.notify(tx, &buyer, order).await?;
        }
        let store = &self.store.slug;
        tracing::warn!(store, order = order.code, outcome = outcome.word(), "money was credited");
        Ok(())
    }

    /// The buyer cannot see the invoice: in words if that helps, else the order ends.
    async fn unseen(
        &mut self,
        tx: &mut Tx,
        id: OrderId,
        hopeless: bool,
    ) -> Result<Verdict, ShopError> {
        let order = orders::lock(tx, self.store.id, id).await?;
        if order.state != State::Open {
            return Ok(Verdict::done());
        }
        let buyer = self.buyer(tx, &order).await?;
        if !hopeless {
            if let Some(view) = self.view(tx, &buyer, &order, None).await? {
                let view = screens::order::invoice_in_words(self.speech(&buyer), view);
                orders::shown(tx, self.store.id, id, None).await?;
                self.put_view(&buyer, &order, view, true);
            }
            return Ok(Verdict::Done(Some("the invoice is sent in words".to_owned())));
        }
        orders::close(tx, self.store.id, &order, State::Cancelled, self.now).await?;
        let order = orders::lock(tx, self.store.id, id).await?;
        self.ended(tx, &order).await?;
        Ok(Verdict::Done(Some("the buyer cannot be reached".to_owned())))
    }
}
