//! Carries one errand to the payment gateway; what it answers is a fact for the inbox.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::breaker::{self, Breaker};
use super::carry::still_ours;
use super::fact::Fact;
use super::pace::Allowance;
use super::slots::Slots;
use super::{Shared, Shopfront};
use crate::bot::Errand;
use crate::pakasir::{Ask, Failure, Gateway, Reference, Sale};
use crate::primitives::{PaymentId, StoreId, Timestamp};
use crate::queue::backoff;
use crate::queue::outbox::Taken;
use crate::shop::ShopError;
use crate::shop::orders::{self, Order, State};
use crate::shop::payments::{self, Payment};

/// How often an invoice is asked for before the buyer is told that there is none.
const INVOICE_TRIES: i64 = 5;
/// How often a look or a cancellation is tried; the sweep looks again anyway.
const TRIES: i64 = 3;
/// How old a turn to look may be when it is used: the gateway's own limit is a second shorter than ours.
const FRESH: Duration = Duration::from_millis(500);
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// How often a store asks the gateway, whoever wants to know: 100 times at once, then 50 times a second.
const LOOKS: Allowance = Allowance { at_once: 100, gap_ms: 20 };

/// What came of an errand.
#[derive(Debug)]
pub(super) enum Carried {
    /// The gateway answered, or asking it again is no use.
    Fact(Fact),
    /// Nothing more to do.
    Nothing,
    /// Again at this time; whether the try counts.
    Again(Timestamp, bool, String),
    /// Given up quietly.
    GivenUp(String),
}

/// What is known of the stores' lines to the gateway.
#[derive(Debug, Default)]
pub(super) struct Lines {
    breaker: Breaker,
    /// For stores whose creates and cancels came too fast.
    slots: Mutex<HashMap<StoreId, Slots>>,
    /// When each store's allowance of looks is whole again.
    looks: Mutex<HashMap<StoreId, Timestamp>>,
}

impl Lines {
    fn slots<T>(&self, store: StoreId, ask: impl FnOnce(&mut Slots) -> T) -> T {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        ask(slots.entry(store).or_default())
    }

    /// Takes one look out of a store's allowance, whoever asks for it.
    ///
    /// # Errors
    /// When there will be one again.
    fn look(&self, store: StoreId, now: Timestamp) -> Result<(), Timestamp> {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let whole_at = LOOKS.take(looks.get(&store).copied(), now)?;
        looks.insert(store, whole_at);
        Ok(())
    }
}

/// Carries an errand that is the gateway's.
pub(super) async fn carry(
    shared: &Shared,
    front: &Shopfront,
    lines: &Lines,
    errand: &Errand,
    parcel: &Taken,
) -> Result<Carried, ShopError> {
    let (Errand::Invoice { payment }
    | Errand::Check { payment, .. }
    | Errand::Withdraw { payment }) = errand
    else {
        return Err(ShopError::Books("Telegram's errand lies in the gateway's queue".to_owned()));
    };
    let (id, store) = (*payment, front.store.id);
    let mut tx = shared.db.read().await?;
    let payment = payments::get(&mut tx, store, id).await?;
    let order = orders::peek(&mut tx, store, payment.order_id).await?;
    drop(tx);
    if is_idle(errand, &order, &payment) {
        return Ok(Carried::Nothing);
    }
    let Some(gateway) = front.gateway.as_deref() else {
        return no_gateway(shared, front, id, errand).await;
    };
    // What cannot be asked about is nobody's failure, and takes nobody's turn.
    if !matches!(errand, Errand::Invoice { .. }) && !gateway.can_name(&sale(&payment)?) {
        return Ok(Carried::GivenUp("the gateway has not named it yet".to_owned()));
    }
    let begun = match turn(shared, front, lines, errand, parcel).await? {
        Ok(begun) => begun,
        Err(carried) => return Ok(carried),
    };
    let (outcome, tries) = match errand {
        Errand::Invoice { .. } => (invoice(gateway, &payment).await?, INVOICE_TRIES),
        Errand::Check { asked, .. } => (check(gateway, &payment, *asked, begun).await?, TRIES),
        _ => (withdraw(gateway, &payment).await?, TRIES),
    };
    note(shared, front, lines, &outcome);
    let failure = match outcome {
        Ok(carried) => return Ok(carried),
        Err(failure) => failure,
    };
    let attempts = parcel.attempts;
    tracing::warn!(store = front.store.slug, payment = %id, attempts, %failure, "the gateway failed");
    let now = shared.clock.now();
    Ok(match failure {
        Failure::RetryAfter(wait) => {
            let slot = lines.slots(store, |slots| slots.refused(id, wait, now));
            Carried::Again(slot, false, failure.to_string())
        }
        _ if failure.is_passing() && attempts < tries => {
            let due = now.plus(backoff::after(parcel.id.0, attempts, FIRST_WAIT, LONGEST_WAIT));
            Carried::Again(due, true, failure.to_string())
        }
        _ => {
            look_again(shared, front, errand, &failure).await?;
            given_up(id, errand, &failure)
        }
    })
}

/// Whether nobody needs this call any more: each one costs the store's allowance.
fn is_idle(errand: &Errand, order: &Order, payment: &Payment) -> bool {
    match errand {
        Errand::Invoice { .. } => order.state != State::Invoicing,
        Errand::Withdraw { .. } => payment.state != "pending",
        _ => false,
    }
}

/// The right to call now, and since when; or what becomes of the errand without it.
async fn turn(
    shared: &Shared,
    front: &Shopfront,
    lines: &Lines,
    errand: &Errand,
    parcel: &Taken,
) -> Result<Result<Timestamp, Carried>, ShopError> {
    let store = front.store.id;
    let (Errand::Invoice { payment }
    | Errand::Check { payment, .. }
    | Errand::Withdraw { payment }) = errand
    else {
        return Ok(Err(Carried::Nothing));
    };
    let again = |at, why: &str| Ok(Err(Carried::Again(at, false, why.to_owned())));
    let now = shared.clock.now();
    let is_look = matches!(errand, Errand::Check { .. });
    if !is_look && let Err(at) = lines.slots(store, |slots| slots.take(*payment, now)) {
        return again(at, "the gateway's pace");
    }
    if let Err(at) = lines.breaker.turn(store, now) {
        return Ok(Err(while_down(*payment, errand, at)));
    }
    let mut begun = now;
    if is_look {
        match turn_to_look(shared, front, lines, *payment).await {
            Ok(Ok(at)) => begun = at,
            refused => {
                // A look that is not made must not use up the careful try.
                lines.breaker.leave(store, shared.clock.now());
                return match refused? {
                    Err(at) => again(at, "it was asked about a moment ago"),
                    Ok(_) => Ok(Err(Carried::Nothing)),
                };
            }
        }
    }
    if let Err(failure) = still_ours(shared, parcel) {
        lines.breaker.leave(store, shared.clock.now());
        return again(shared.clock.now(), &failure.to_string());
    }
    if is_look && shared.clock.now().since(begun) > FRESH {
        // A call made so late would come too close to the one of the next turn.
        lines.breaker.leave(store, shared.clock.now());
        return again(shared.clock.now(), "its turn to look has passed");
    }
    Ok(Ok(begun))
}

/// A look that brought no word is not one of the few that are made after an order's end.
async fn look_again(
    shared: &Shared,
    front: &Shopfront,
    errand: &Errand,
    failure: &Failure,
) -> Result<(), ShopError> {
    if let Errand::Check { payment, .. } = errand
        && !matches!(failure, Failure::NotFound)
    {
        let mut tx = shared.db.write().await?;
        payments::look_again(&mut tx, front.store.id, *payment, shared.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Learns from a call whether the gateway is there.
fn note(shared: &Shared, front: &Shopfront, lines: &Lines, outcome: &Result<Carried, Failure>) {
    let answered = !matches!(outcome, Err(Failure::NotSent(_) | Failure::Unknown(_)));
    if lines.breaker.note(front.store.id, answered, shared.clock.now()) {
        breaker::tell("the gateway", &front.store.slug, answered);
    }
    shared.metrics.gateway_up.set(i64::from(!lines.breaker.is_any_down()));
}

/// While the gateway is down nobody waits for an invoice: the buyer is told at once that nothing was
/// charged. What may concern money already paid is asked again as soon as the gateway is tried.
fn while_down(payment: PaymentId, errand: &Errand, at: Timestamp) -> Carried {
    let why = "the gateway does not answer".to_owned();
    match errand {
        Errand::Invoice { .. } => {
            Carried::Fact(Fact::InvoiceRefused { payment, why, reference_spent: false })
        }
        _ => Carried::Again(at, false, why),
    }
}

/// When the look began. Committed before the call: whatever becomes of it, the gateway was asked.
async fn turn_to_look(
    shared: &Shared,
    front: &Shopfront,
    lines: &Lines,
    payment: PaymentId,
) -> Result<Result<Timestamp, Timestamp>, ShopError> {
    if let Err(at) = lines.look(front.store.id, shared.clock.now()) {
        return Ok(Err(at));
    }
    let mut tx = shared.db.write_relaxed().await?;
    let now = shared.clock.now();
    let turn = payments::look(&mut tx, front.store.id, payment, now).await?;
    tx.commit().await?;
    Ok(turn.map(|()| now))
}

fn given_up(payment: PaymentId, errand: &Errand, failure: &Failure) -> Carried {
    let why = failure.to_string();
    match errand {
        Errand::Invoice { .. } => {
            let reference_spent = matches!(failure, Failure::CanceledReference);
            Carried::Fact(Fact::InvoiceRefused { payment, why, reference_spent })
        }
        _ => Carried::GivenUp(why),
    }
}

async fn no_gateway(
    shared: &Shared,
    front: &Shopfront,
    payment: PaymentId,
    errand: &Errand,
) -> Result<Carried, ShopError> {
    let failure = Failure::NotSent("the store has no gateway keys".to_owned());
    look_again(shared, front, errand, &failure).await?;
    Ok(given_up(payment, errand, &failure))
}

fn reference(payment: &Payment) -> Result<Reference, ShopError> {
    Reference::parse(&payment.reference)
        .map_err(|_| ShopError::Books(format!("payment {} has no legal reference", payment.id)))
}

fn sale(payment: &Payment) -> Result<Sale, ShopError> {
    let reference = reference(payment)?;
    Ok(Sale { reference, amount: payment.amount, txn_id: payment.txn_id.clone() })
}

async fn invoice(
    gateway: &dyn Gateway,
    payment: &Payment,
) -> Result<Result<Carried, Failure>, ShopError> {
    let ask = Ask { reference: reference(payment)?, amount: payment.amount };
    let id = payment.id;
    Ok(gateway
        .create(&ask)
        .await
        .map(|invoice| Carried::Fact(Fact::Invoiced { payment: id, invoice: Box::new(invoice) })))
}

async fn check(
    gateway: &dyn Gateway,
    payment: &Payment,
    asked: bool,
    begun: Timestamp,
) -> Result<Result<Carried, Failure>, ShopError> {
    let (payment, answer) = (payment.id, gateway.status(&sale(payment)?).await);
    Ok(answer.map(|status| {
        let (status, begun) = (Box::new(status), Some(begun));
        Carried::Fact(Fact::Answered { payment, status, asked, begun })
    }))
}

async fn withdraw(
    gateway: &dyn Gateway,
    payment: &Payment,
) -> Result<Result<Carried, Failure>, ShopError> {
    Ok(gateway.cancel(&sale(payment)?).await.map(|()| Carried::Nothing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_looks_a_hundred_times_at_once_and_then_fifty_times_a_second() {
        let lines = Lines::default();
        let looked = |second: i64| {
            let from = second * 1_000;
            (from..from + 1_000)
                .filter(|now| lines.look(StoreId(1), Timestamp(*now)).is_ok())
                .count()
        };
        assert_eq!((looked(0), looked(1)), (149, 50));
        assert_eq!(lines.look(StoreId(1), Timestamp(2_000)), Ok(()));
        assert!(lines.look(StoreId(1), Timestamp(2_000)).is_err());
        assert_eq!(lines.look(StoreId(2), Timestamp(2_000)), Ok(()));
    }
}
