//! Payments: attempts to pay an order, believed only after the gateway's authenticated answer.

mod rules;
mod table;

pub use rules::{Judgement, Outcome, judge, next_check};
pub use table::{Check, Payment, STATEMENTS};

use super::ShopError;
use super::orders::{self, Order, Purpose};
use super::stores::Store;
use super::wallet::{self, Arrival};
use crate::db::Tx;
use crate::pakasir::{Callback, Invoice, Reference, STATUS_GAP, State as GatewayState, Status};
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{OrderId, PaymentId, Rupiah, StoreId, Timestamp};

/// Writes down an attempt to pay, with a fresh reference, before the gateway hears of it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn start(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
    amount: Rupiah,
    now: Timestamp,
) -> Result<PaymentId, ShopError> {
    Ok(table::insert(tx, store, order, Reference::fresh().as_str(), amount, now).await?)
}

/// Starts a fresh attempt because this one's reference is used up at the gateway.
///
/// `None` when the order is not waiting for an invoice or had `most` attempts already.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn start_again(
    tx: &mut Tx,
    store: StoreId,
    spent: PaymentId,
    most: i64,
    now: Timestamp,
) -> Result<Option<PaymentId>, ShopError> {
    let order_id = table::get(tx, store, spent).await?.order_id;
    let order = orders::lock(tx, store, order_id).await?;
    if order.state != orders::State::Invoicing || table::count(tx, store, order.id).await? >= most {
        return Ok(None);
    }
    table::fail(tx, store, spent).await?;
    Ok(Some(start(tx, store, order.id, order.due()?, now).await?))
}

/// A payment of a store, which must exist.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such payment.
pub async fn get(tx: &mut Tx, store: StoreId, id: PaymentId) -> Result<Payment, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// The newest attempt to pay an order.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn latest(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<Option<Payment>, ShopError> {
    Ok(table::latest(tx, store, order).await?)
}

/// What became of the gateway's invoice.
#[derive(Debug)]
pub enum Invoiced {
    /// The buyer can pay: show it.
    Open(Order),
    /// The order ended meanwhile: nobody may pay this one.
    TooLate,
    /// The gateway's project is in the other mode (sandbox or live): fail closed.
    WrongMode,
    /// It was known before.
    Known,
}

/// Takes the gateway's invoice for a payment.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn invoiced(
    tx: &mut Tx,
    store: &Store,
    id: PaymentId,
    invoice: &Invoice,
    now: Timestamp,
) -> Result<Invoiced, ShopError> {
    let payment = table::get(tx, store.id, id).await?;
    let order = orders::lock(tx, store.id, payment.order_id).await?;
    if !rules::mode_may_fit(store, invoice.sandbox) {
        table::fail(tx, store.id, id).await?;
        return Ok(Invoiced::WrongMode);
    }
    let check_at = now.plus(rules::FIRST_CHECK);
    if !table::invoiced(tx, store.id, id, invoice, check_at).await? {
        return Ok(Invoiced::Known);
    }
    // A deadline in the past is a clock that is wrong: our own deadline stands then.
    let expires_at = invoice.expires_at.filter(|at| *at > now).unwrap_or(order.expires_at);
    if !orders::open(tx, store.id, order.id, expires_at).await? {
        return Ok(Invoiced::TooLate);
    }
    Ok(Invoiced::Open(orders::lock(tx, store.id, order.id).await?))
}

/// Gives an attempt up because the gateway made no invoice; returns the order if that ended it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn gave_up(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    now: Timestamp,
) -> Result<Option<Order>, ShopError> {
    let payment = table::get(tx, store, id).await?;
    let order = orders::lock(tx, store, payment.order_id).await?;
    if payment.state == "creating" {
        table::fail(tx, store, id).await?;
    }
    let ended = orders::close(tx, store, order.id, orders::State::Failed, now).await?;
    if ended { Ok(Some(orders::lock(tx, store, order.id).await?)) } else { Ok(None) }
}

/// What a callback is worth: at most a reason to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Ask the gateway about this payment now.
    Ask(PaymentId),
    /// It was asked a moment ago, or will be: the sweep asks again in time.
    Later,
    /// It says nothing that could change anything.
    Nothing(&'static str),
    /// It is about a payment of ours and says what cannot be.
    Forged(String),
    /// It is about nobody's payment.
    Orphan,
}

/// Weighs a callback against our own books; changes nothing but when to ask next.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn doubt(
    tx: &mut Tx,
    store: &Store,
    callback: &Callback,
    now: Timestamp,
) -> Result<Doubt, ShopError> {
    // Only what could be a reference of ours is looked for: an engine may refuse other letters.
    let Ok(reference) = Reference::parse(&callback.reference) else { return Ok(Doubt::Orphan) };
    let Some(payment) = table::by_reference(tx, store.id, reference.as_str()).await? else {
        return Ok(Doubt::Orphan);
    };
    if let Some(lie) = rules::lie(store, &payment, callback) {
        return Ok(Doubt::Forged(lie));
    }
    if callback.state != GatewayState::Completed {
        return Ok(Doubt::Nothing("the status is not completed"));
    }
    if payment.state == "completed" {
        return Ok(Doubt::Nothing("this payment is settled"));
    }
    if payment.txn_id.is_none()
        && let Some(txn_id) = callback.txn_id.as_ref().filter(|id| rules::may_be_a_txn(id))
    {
        // The create call's own answer was lost; the callback's id is a hint that the status answer must confirm.
        table::hint_txn(tx, store.id, payment.id, txn_id).await?;
    }
    ask_soon(tx, store.id, &payment, now).await
}

/// Asks about a payment now, or as soon as the gateway's limit allows.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn ask_soon(
    tx: &mut Tx,
    store: StoreId,
    payment: &Payment,
    now: Timestamp,
) -> Result<Doubt, ShopError> {
    let allowed = payment.last_check_at.map_or(now, |last| last.plus(STATUS_GAP));
    if allowed > now {
        table::check_by(tx, store, payment.id, allowed).await?;
        return Ok(Doubt::Later);
    }
    table::check_next(tx, store, payment.id, Some(now.plus(rules::RETRY))).await?;
    Ok(Doubt::Ask(payment.id))
}

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

/// Takes the gateway's authenticated status answer: the only way money is recognised.
///
/// # Errors
/// [`ShopError`] when the database fails or the books do not add up (then nothing is committed).
pub async fn settle(
    tx: &mut Tx,
    store: &Store,
    id: PaymentId,
    status: &Status,
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
            if table::hold(tx, store.id, id).await? {
                Ok(Settled::Held(why))
            } else {
                Ok(Settled::Known)
            }
        }
        Judgement::Pending => {
            let over = payment.last_check_at.is_some_and(|asked| order.expires_at <= asked);
            unpaid(tx, store.id, order, over, now).await
        }
        Judgement::Ended => {
            table::end(tx, store.id, id).await?;
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
    orders::lock(tx, store, order).await?;
    if !orders::close(tx, store, order, orders::State::Expired, now).await? {
        return Ok(None);
    }
    Ok(Some(orders::lock(tx, store, order).await?))
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
    table::complete(tx, store, payment.id, outcome, payment.amount, now).await?;
    orders::pay(tx, store, order.id, now).await?;
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
    table::complete(tx, store, payment.id, outcome, amount, now).await?;
    let arrival = Arrival { payment: payment.id, order: order.id, amount };
    wallet::credit_payment(tx, store, order.customer_id, arrival, now).await?;
    orders::credit(tx, store, order.id, now).await?;
    let order = orders::lock(tx, store, order.id).await?;
    Ok(Settled::Credited { order, amount, outcome })
}

/// Takes the turn to ask the gateway about a payment, or says when it may be asked again.
///
/// # Errors
/// [`ShopError`] when the database fails or there is no such payment.
pub async fn look(
    tx: &mut Tx,
    store: StoreId,
    id: PaymentId,
    now: Timestamp,
) -> Result<Result<(), Timestamp>, ShopError> {
    if table::look(tx, store, id, now, now.minus(STATUS_GAP)).await? {
        return Ok(Ok(()));
    }
    let last = table::get(tx, store, id).await?.last_check_at;
    Ok(Err(last.unwrap_or(now).plus(STATUS_GAP)))
}

/// Payments of any store whose next look is due, at most 100, each with its next look planned.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn due_checks(
    tx: &mut Tx,
    now: Timestamp,
) -> Result<Vec<(StoreId, PaymentId)>, ShopError> {
    let mut due = Vec::new();
    for check in table::due(tx, now).await? {
        let next = rules::next_check(&check, now);
        table::check_next(tx, check.store_id, check.id, next).await?;
        due.push((check.store_id, check.id));
    }
    Ok(due)
}
