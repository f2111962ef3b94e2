//! The service's own pure rules, asked once for every case the model can meet.

use std::time::Duration;

use bot_auto_order::pakasir::{State as GatewayState, Status};
use bot_auto_order::primitives::{OrderId, PaymentId, Rupiah, StoreId, Timestamp};
use bot_auto_order::shop::payments::{self, Check, Judgement, Payment};
use bot_auto_order::shop::stores::Store;

/// The moments of the model: within the time to pay, past the deadline, then past each late look of
/// an order that ended at the moment before.
pub const MOMENTS: usize = 6;
const AT: [Duration; MOMENTS] = [
    Duration::from_mins(1),
    Duration::from_mins(16),
    Duration::from_mins(40),
    Duration::from_hours(4),
    Duration::from_hours(30),
    Duration::from_hours(60),
];
/// When an order's time to pay is over.
const DEADLINE: Duration = Duration::from_mins(15);
/// No look is planned.
pub const NEVER: u8 = u8::MAX;

/// What the gateway can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Pending,
    Completed,
    Canceled,
}

/// What the shop makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Paid,
    NotYet,
    Ended,
    /// Nothing that the model's gateway should ever bring about.
    Odd,
}

/// The answers of `judge` and `next_check`.
#[derive(Debug, Clone)]
pub struct Rules {
    judged: [Meaning; 3],
    /// By the moment of the end and the moment of the look.
    looks: [[u8; MOMENTS]; MOMENTS],
}

impl Rules {
    /// Asks the real functions about a payment of a real store.
    pub fn of(store: &Store) -> Self {
        let judged =
            [Word::Pending, Word::Completed, Word::Canceled].map(|word| judged(store, word));
        let mut looks = [[NEVER; MOMENTS]; MOMENTS];
        for (ended, row) in looks.iter_mut().enumerate() {
            for (now, next) in row.iter_mut().enumerate() {
                *next = next_look(ended, now);
            }
        }
        Self { judged, looks }
    }

    pub const fn judge(&self, word: Word) -> Meaning {
        self.judged[word as usize]
    }

    /// At which moment a look at a payment of an ended order follows one at `now`.
    pub fn look_after_end(&self, ended: u8, now: u8) -> u8 {
        self.looks[usize::from(ended)][usize::from(now)]
    }
}

fn judged(store: &Store, word: Word) -> Meaning {
    let amount = Rupiah::new(10_000).expect("an amount");
    let payment = Payment {
        id: PaymentId(1),
        order_id: OrderId(1),
        reference: "INV-12345678".to_owned(),
        amount,
        state: "pending".to_owned(),
        txn_id: Some("txn000001".to_owned()),
        total: None,
        fee: None,
        qr_string: None,
        page_url: None,
        last_check_at: None,
    };
    let status = Status {
        txn_id: payment.txn_id.clone(),
        reference: payment.reference.clone(),
        amount: amount.get(),
        project: None,
        sandbox: Some(false),
        state: match word {
            Word::Pending => GatewayState::Pending,
            Word::Completed => GatewayState::Completed,
            Word::Canceled => GatewayState::Canceled,
        },
        completed_at: None,
    };
    match payments::judge(store, &payment, &status) {
        Judgement::Completed => Meaning::Paid,
        Judgement::Pending => Meaning::NotYet,
        Judgement::Ended => Meaning::Ended,
        Judgement::Wrong { .. } | Judgement::Held(_) => Meaning::Odd,
    }
}

fn at(moment: usize) -> Timestamp {
    Timestamp(0).plus(AT[moment])
}

fn next_look(ended: usize, now: usize) -> u8 {
    let check = Check {
        store_id: StoreId(1),
        id: PaymentId(1),
        created_at: Timestamp(0),
        expires_at: Timestamp(0).plus(DEADLINE),
        closed_at: Some(at(ended)),
    };
    let Some(due) = payments::next_check(&check, at(now)) else { return NEVER };
    let moment = (0..MOMENTS).find(|moment| at(*moment) >= due);
    moment.map_or(NEVER, |moment| u8::try_from(moment).expect("few moments"))
}
