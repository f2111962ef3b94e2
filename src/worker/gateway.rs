//! Carries one errand to the payment gateway; what it answers is a fact for the inbox.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::fact::Fact;
use super::{Shared, Shopfront};
use crate::bot::Errand;
use crate::pakasir::{Ask, CREATES_PER_SECOND, Failure, Gateway, Reference, Sale};
use crate::primitives::{PaymentId, StoreId, Timestamp};
use crate::queue::backoff;
use crate::shop::ShopError;
use crate::shop::payments::{self, Payment};

/// How often an invoice is asked for before the buyer is told that there is none.
const INVOICE_TRIES: i64 = 5;
/// How often a look or a cancellation is tried; the sweep looks again anyway.
const TRIES: i64 = 3;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

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

/// Spreads calls that the gateway refused for coming too fast.
#[derive(Debug, Default)]
pub(super) struct Slots(Mutex<HashMap<StoreId, Timestamp>>);

impl Slots {
    /// The next free moment after a refusal; every caller gets his own.
    fn after(&self, store: StoreId, wait: Duration, now: Timestamp) -> Timestamp {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.get(&store).copied().unwrap_or(now).max(now.plus(wait));
        slots.insert(store, slot.plus(Duration::from_secs(1) / CREATES_PER_SECOND));
        slot
    }
}

/// Carries an errand that is the gateway's.
pub(super) async fn carry(
    shared: &Shared,
    front: &Shopfront,
    slots: &Slots,
    errand: &Errand,
    attempts: i64,
) -> Result<Carried, ShopError> {
    let (Errand::Invoice { payment }
    | Errand::Check { payment, .. }
    | Errand::Withdraw { payment }) = errand
    else {
        return Err(ShopError::Books("Telegram's errand lies in the gateway's queue".to_owned()));
    };
    let id = *payment;
    let mut tx = shared.db.read().await?;
    let payment = payments::get(&mut tx, front.store.id, id).await?;
    drop(tx);
    let Some(gateway) = front.gateway.as_deref() else {
        return Ok(no_gateway(id, errand));
    };
    if matches!(errand, Errand::Check { .. })
        && let Err(at) = turn_to_look(shared, front, id).await?
    {
        return Ok(Carried::Again(at, false, "it was asked about a moment ago".to_owned()));
    }
    let (outcome, tries) = match errand {
        Errand::Invoice { .. } => (invoice(gateway, &payment).await?, INVOICE_TRIES),
        Errand::Check { asked, .. } => (check(gateway, &payment, *asked).await?, TRIES),
        _ => (withdraw(gateway, &payment).await?, TRIES),
    };
    let up = !matches!(&outcome, Err(Failure::NotSent(_) | Failure::Unknown(_)));
    shared.metrics.gateway_up.set(i64::from(up));
    let failure = match outcome {
        Ok(carried) => return Ok(carried),
        Err(failure) => failure,
    };
    tracing::warn!(store = front.store.slug, payment = %id, attempts, %failure, "the gateway failed");
    let now = shared.clock.now();
    Ok(match failure {
        Failure::RetryAfter(wait) => {
            Carried::Again(slots.after(front.store.id, wait, now), false, failure.to_string())
        }
        _ if failure.is_passing() && attempts < tries => {
            let due = now.plus(backoff::after(attempts, FIRST_WAIT, LONGEST_WAIT));
            Carried::Again(due, true, failure.to_string())
        }
        _ => given_up(id, errand, &failure),
    })
}

/// Committed before the call: whatever becomes of it, the gateway was asked.
async fn turn_to_look(
    shared: &Shared,
    front: &Shopfront,
    payment: PaymentId,
) -> Result<Result<(), Timestamp>, ShopError> {
    let mut tx = shared.db.write_relaxed().await?;
    let turn = payments::look(&mut tx, front.store.id, payment, shared.clock.now()).await?;
    tx.commit().await?;
    Ok(turn)
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

fn no_gateway(payment: PaymentId, errand: &Errand) -> Carried {
    let why = "the store has no gateway keys".to_owned();
    match errand {
        Errand::Invoice { .. } => {
            Carried::Fact(Fact::InvoiceRefused { payment, why, reference_spent: false })
        }
        _ => Carried::GivenUp(why),
    }
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
) -> Result<Result<Carried, Failure>, ShopError> {
    let id = payment.id;
    Ok(gateway.status(&sale(payment)?).await.map(|status| {
        Carried::Fact(Fact::Answered { payment: id, status: Box::new(status), asked })
    }))
}

async fn withdraw(
    gateway: &dyn Gateway,
    payment: &Payment,
) -> Result<Result<Carried, Failure>, ShopError> {
    Ok(gateway.cancel(&sale(payment)?).await.map(|()| Carried::Nothing))
}
