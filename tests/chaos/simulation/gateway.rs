//! The gateway as the simulation needs it: transactions by reference, paid when the script says so.

use std::time::Duration;

use bot_auto_order::primitives::Timestamp;
use serde_json::{Value, json};

use super::outside::{Answer, Call};

pub const SLUG: &str = "toko-simulasi";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Pending,
    Completed,
    Canceled,
}

/// A transaction.
#[derive(Debug, Clone)]
pub struct Sale {
    pub reference: String,
    pub txn_id: String,
    /// What was asked for.
    pub asked: i64,
    /// What the gateway shows: another sum when another sum came.
    pub amount: i64,
    pub state: State,
    /// Whether a status answer says already that it is completed.
    pub told: bool,
    /// The step at which the service was first answered "completed".
    pub answered: Option<usize>,
    expires_at: Timestamp,
    last_look: Option<Timestamp>,
}

impl Sale {
    fn status(&self) -> &'static str {
        match self.state {
            State::Completed if self.told => "completed",
            State::Pending | State::Completed => "pending",
            State::Canceled => "canceled",
        }
    }

    /// What a callback says; `status` may be a lie.
    pub fn callback(&self, status: &str, amount: i64) -> Value {
        json!({"txn_id": self.txn_id, "order_id": self.reference, "amount": amount,
               "is_sandbox": false, "status": status, "completed_at": null})
    }
}

#[derive(Debug, Default)]
pub struct Gateway {
    pub sales: Vec<Sale>,
    creates: Vec<Timestamp>,
    /// Limits that the service did not keep.
    pub broken: Vec<String>,
}

impl Gateway {
    pub fn by_reference(&mut self, reference: &str) -> Option<&mut Sale> {
        self.sales.iter_mut().find(|sale| sale.reference == reference)
    }

    fn by_txn(&mut self, txn_id: &str) -> Option<&mut Sale> {
        self.sales.iter_mut().find(|sale| sale.txn_id == txn_id)
    }

    /// The transaction a call is about, as a short word for the script.
    pub fn subject(&self, call: &Call) -> String {
        let name = call.name();
        let place =
            self.sales.iter().position(|sale| sale.reference == name || sale.txn_id == name);
        place.map_or_else(|| "new".to_owned(), |place| format!("sale {place}"))
    }

    /// Does what a call asks for that came in at `now`; `life` is how long a new QR lives.
    pub fn act(&mut self, call: &Call, now: Timestamp, life: Duration) -> Answer {
        let parts: Vec<&str> = call.path.split('/').collect();
        assert_eq!(parts[4], SLUG, "the service names its own project");
        match parts[3] {
            "create-transaction" => self.create(call, now, life),
            "transaction-status" => self.status(parts[5]),
            "cancel-transaction" => self.cancel(parts[5]),
            other => panic!("the service calls {other}, which no errand needs"),
        }
    }

    fn create(&mut self, call: &Call, now: Timestamp, life: Duration) -> Answer {
        self.creates.retain(|at| now.since(*at) < Duration::from_secs(1));
        if self.creates.len() >= 2 {
            return Answer::json(429, &json!({"message": "Terlalu banyak permintaan"}));
        }
        self.creates.push(now);
        let amount = call.number("amount").expect("a create names its amount");
        let reference = call.name().to_owned();
        let n = self.sales.len();
        if self.by_reference(&reference).is_none() {
            self.sales.push(Sale {
                reference: reference.clone(),
                txn_id: format!("txn{n:06}"),
                asked: amount,
                amount,
                state: State::Pending,
                told: false,
                answered: None,
                expires_at: now.plus(life),
                last_look: None,
            });
        }
        let sale = self.by_reference(&reference).expect("it is there now");
        if sale.asked != amount {
            let message = "the order_id was used with another amount";
            return Answer::json(400, &json!({"message": message}));
        }
        if sale.state == State::Canceled {
            return Answer::json(404, &json!({"message": "Transaksi telah dibatalkan"}));
        }
        let body = json!({"txn_id": sale.txn_id, "project": SLUG, "order_id": reference,
            "amount": sale.amount, "fee": 0, "total_payment": sale.amount,
            "payment_method": "qris", "qr_string": format!("qr-{n}"), "is_sandbox": false,
            "expired_at": sale.expires_at.to_rfc3339(), "status": sale.status(),
            "completed_at": null});
        Answer::json(201, &body)
    }

    fn status(&mut self, txn_id: &str) -> Answer {
        let Some(sale) = self.by_txn(txn_id) else {
            return Answer::json(404, &json!({"message": "Transaksi tidak ditemukan"}));
        };
        Answer::json(200, &sale.callback(sale.status(), sale.amount))
    }

    /// A call came in: the same sale may be looked at once in four seconds.
    pub fn came_in(&mut self, call: &Call, now: Timestamp) {
        if !call.path.contains("/transaction-status/") {
            return;
        }
        let Some(sale) = self.by_txn(call.name()) else { return };
        let last = sale.last_look.replace(now);
        if last.is_some_and(|last| now.since(last) < Duration::from_secs(4)) {
            self.broken.push(format!("{} was looked at twice in 4 s", call.name()));
        }
    }

    /// The service heard an answer: from "completed" on it may hand over goods.
    pub fn heard(&mut self, call: &Call, answer: &Answer, step: usize) {
        let is_look = call.path.contains("/transaction-status/");
        if is_look && answer.status == 200 && answer.body.contains("\"completed\"") {
            let sale = self.by_txn(call.name());
            sale.expect("it was answered").answered.get_or_insert(step);
        }
    }

    fn cancel(&mut self, txn_id: &str) -> Answer {
        match self.by_txn(txn_id) {
            None => Answer::json(404, &json!({"message": "Transaksi tidak ditemukan"})),
            Some(sale) => match sale.state {
                State::Pending => {
                    sale.state = State::Canceled;
                    Answer::json(200, &json!({"message": "Berhasil batalkan transaksi"}))
                }
                State::Completed => {
                    Answer::json(400, &json!({"message": "Transaksi telah selesai"}))
                }
                State::Canceled => {
                    Answer::json(404, &json!({"message": "Transaksi telah dibatalkan"}))
                }
            },
        }
    }
}
