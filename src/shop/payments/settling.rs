//! Takes the gateway's word on a payment: goods, balance, or the end of an order nobody paid.

use super::moves;
use super::rules::{self, Judgement, Outcome};
use super::table::{self, Payment};
use crate::db::Tx;
use crate::pakasir::Status;
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{OrderId, PaymentId, Rupiah, StoreId, Timestamp};
use crate::shop::ShopError;
use crate::shop::orders::{self, Order, Purpose};
use crate::shop::stores::Store;
use crate::shop::wallet::{self, Arrival};

/// What the gateway's own answer changed.
#[derive(Debug)]
pub enum Settled {
    /// Not paid yet; asked again later.
    NotYet,
    /// Not paid, and the order's time is over: it expired just now.
    Expired(Order),
    /// Paid: the goods are the buyer's.
    Paid {
        /// The order.
        order: Order,
        /// On time or late.
        outcome: Outcome,
    },
    /// Paid, but nothing could be sold for it: the money is on the balance.
    Credited {
        /// The order it was meant for.
        order: Order,
        /// What was credited.
        amount: Rupiah,
        /// Why.
        outcome: Outcome,
    },
    /// The gateway says paid, but not as ours: a person must look.
    Held(String),
    /// Known before.
    Known,
}

/// Takes the gateway's authenticated status answer: the only way money is recognised. `begun` is when
/// the look that brought it began; of an answer without it nobody knows how old it is.
///
/// # Errors
/// [`ShopError`] when the database fails or the books do not add up (then nothing is committed).
pub async fn settle(
    tx: &mut Tx,
    store: &Store,
    id: PaymentId,
    (status, begun): (&Status, Option<Timestamp>),
    now: Timestamp,
) -> Result<Settled, ShopError> {
    let order_id = table::get(tx, store.id, id).await?.order_id;
    let order = orders::lock(tx, store.id, order_id).await?;
    let payment = table::get(tx, store.id, id).await?;
    if payment.state == "completed" {
        return Ok(Settled::Known);
    }
    match rules::judge(store, &payment, status) {
        Judgement::Held(why) => {
            if moves::hold(tx, store.id, &payment, now).await? {
                Ok(Settled::Held(why))
            } else {
                Ok(Settled::Known)
            }
        }
        Judgement::Pending => {
            // This look's own beginning, not the newest one's, whose answer may be on its way.
            let over = begun.is_some_and(|begun| order.expires_at <= begun);
            unpaid(tx, store.id, order, over, now).await
        }
        Judgement::Ended => {
            moves::end(tx, store.id, &payment, now).await?;
            unpaid(tx, store.id, order, true, now).await
        }
        Judgement::Wrong { outcome, received } => {
            credit(tx, store.id, &payment, order, received, outcome, now).await
        }
        Judgement::Completed => completed(tx, store.id, &payment, order, now).await,
    }
}

/// Not paid: `over` when it cannot be any more, or was not when asked after the deadline.
async fn unpaid(
    tx: &mut Tx,
    store: StoreId,
    order: Order,
    over: bool,
    now: Timestamp,
) -> Result<Settled, ShopError> {
    if order.state.is_unpaid() && over {
        return Ok(expire(tx, store, order.id, now)
            .await?
            .map_or(Settled::Known, Settled::Expired));
    }
    Ok(Settled::NotYet)
}

/// Expires an unpaid order and frees its units; `None` when it was not unpaid any more.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn expire(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    now: Timestamp,
) -> Result<Option<Order>, ShopError> {
    let order = orders::lock(tx, store, order).await?;
    if !orders::close(tx, store, &order, orders::State::Expired, now).await? {
        return Ok(None);
    }
    Ok(Some(orders::lock(tx, store, order.id).await?))
}

async fn completed(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    order: Order,
    now: Timestamp,
) -> Result<Settled, ShopError> {
    if order.state.is_unpaid() {
        return pay(tx, store, payment, &order, Outcome::Paid, now).await;
    }
    if planted(Bug::DropLate) {
        return Ok(Settled::Known);
    }
    if order.state.is_sold() || order.state == orders::State::Credited {
        return credit(tx, store, payment, order, payment.amount, Outcome::Duplicate, now).await;
    }
    if orders::hold_again(tx, store, &order, now).await? {
        return pay(tx, store, payment, &order, Outcome::Late, now).await;
    }
    credit(tx, store, payment, order, payment.amount, Outcome::Credited, now).await
}

async fn pay(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    order: &Order,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Settled, ShopError> {
    moves::complete(tx, store, payment, (outcome, payment.amount), now).await?;
    orders::pay(tx, store, order, now).await?;
    if order.purpose == Purpose::Deposit {
        let arrival = Arrival { payment: payment.id, order: order.id, amount: payment.amount };
        wallet::deposit(tx, store, order.customer_id, arrival, now).await?;
    }
    Ok(Settled::Paid { order: orders::lock(tx, store, order.id).await?, outcome })
}

async fn credit(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    order: Order,
    amount: Rupiah,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Settled, ShopError> {
    moves::complete(tx, store, payment, (outcome, amount), now).await?;
    let arrival = Arrival { payment: payment.id, order: order.id, amount };
    wallet::credit_payment(tx, store, order.customer_id, arrival, now).await?;
    orders::credit(tx, store, &order, now).await?;
    let order = orders::lock(tx, store, order.id).await?;
    Ok(Settled::Credited { order, amount, outcome })
}
