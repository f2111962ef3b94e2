//! What is asked of the gateway and what it answers, as facts that can be stored.

use serde::{Deserialize, Serialize};

use super::Reference;
use crate::primitives::{Rupiah, Timestamp};

/// A request for a QRIS invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The name of this attempt, fresh for each one.
    pub reference: Reference,
    /// The base amount, before the gateway's fee.
    pub amount: Rupiah,
}

/// A transaction to ask about: v2 goes by `txn_id`, v1 by project, reference and amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// The reference it was created with.
    pub reference: Reference,
    /// The base amount it was created with.
    pub amount: Rupiah,
    /// The gateway's id, once its create answer arrived (v2 only).
    pub txn_id: Option<String>,
}

/// An invoice the buyer can pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The gateway's id: opaque, at most 64 characters; v1 has none.
    pub txn_id: Option<String>,
    /// The QRIS payload, to be drawn as a QR code by ourselves. In the sandbox it is a sample text.
    pub qr_string: String,
    /// The gateway's fee where it told a readable one; for show only.
    pub fee: Option<Rupiah>,
    /// What the payer is charged, exactly as the gateway said (`total_payment`).
    pub total: Rupiah,
    /// When the QR stops working, where told.
    pub expires_at: Option<Timestamp>,
    /// Whether it is a sandbox transaction, where told; judged by the shop.
    pub sandbox: Option<bool>,
    /// How the transaction stands; a repeated create tells its current state.
    pub state: State,
    /// The hosted page on which it can be paid.
    pub page_url: String,
}

/// How a transaction stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum State {
    /// Not paid yet.
    Pending,
    /// Paid.
    Completed,
    /// Cancelled, by us or by the gateway after 24 hours; both spellings are read.
    Canceled,
    /// Run out (v1 only).
    Expired,
    /// A state we do not know, at most 40 characters. Never counts as paid.
    Other(String),
}

impl From<&str> for State {
    fn from(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "completed" => Self::Completed,
            "canceled" | "cancelled" => Self::Canceled,
            "expired" => Self::Expired,
            other => Self::Other(other.chars().take(40).collect()),
        }
    }
}

impl From<String> for State {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<State> for String {
    fn from(state: State) -> Self {
        state.as_str().to_owned()
    }
}

impl State {
    /// The one spelling we store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Other(text) => text,
        }
    }
}

/// What an authenticated status query reported, word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The gateway's id (v2 only). An answer with another id than asked never gets this far.
    pub txn_id: Option<String>,
    /// The `order_id` as reported.
    pub reference: String,
    /// The base amount in rupiah as reported.
    pub amount: i64,
    /// The project's slug where reported (v1). Another slug than ours never gets this far.
    pub project: Option<String>,
    /// Whether it is a sandbox transaction, where told (v2; undocumented on v1).
    pub sandbox: Option<bool>,
    /// How the transaction stands.
    pub state: State,
    /// When it was paid, where told.
    pub completed_at: Option<Timestamp>,
}

impl Status {
    /// How this report differs from our own record, in words; `None` when reference and base
    /// amount are the same. A report that differs must not settle anything.
    #[must_use]
    pub fn differs_from(&self, sale: &Sale) -> Option<String> {
        if self.reference != sale.reference.as_str() {
            let reported: String = self.reference.chars().take(40).collect();
            return Some(format!("order_id is '{reported}' instead of '{}'", sale.reference));
        }
        if self.amount != sale.amount.get() {
            return Some(format!("amount is {} instead of {}", self.amount, sale.amount.get()));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_tolerantly_and_stored_in_one_spelling() {
        for (wire, state, stored) in [
            ("pending", State::Pending, "pending"),
            ("completed", State::Completed, "completed"),
            ("canceled", State::Canceled, "canceled"),
            ("cancelled", State::Canceled, "canceled"),
            ("expired", State::Expired, "expired"),
            ("COMPLETED", State::Other("COMPLETED".into()), "COMPLETED"),
            ("refunded", State::Other("refunded".into()), "refunded"),
        ] {
            assert_eq!(State::from(wire), state);
            let json = serde_json::to_string(&state).unwrap();
            assert_eq!(json, format!("\"{stored}\""));
            assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state);
        }
        assert_eq!(State::from("x".repeat(99).as_str()).as_str().len(), 40);
    }

    #[test]
    fn a_report_is_held_against_the_sale() {
        let sale = Sale {
            reference: Reference::parse("INV-12345678").unwrap(),
            amount: Rupiah::new(45_000).unwrap(),
            txn_id: None,
        };
        let status = Status {
            txn_id: None,
            reference: "INV-12345678".into(),
            amount: 45_000,
            project: None,
            sandbox: None,
            state: State::Completed,
            completed_at: Some(Timestamp(1)),
        };
        assert_eq!(status.differs_from(&sale), None);
        let cheap = Status { amount: 45, ..status.clone() };
        assert_eq!(cheap.differs_from(&sale).unwrap(), "amount is 45 instead of 45000");
        let other = Status { reference: "INV-87654321".into(), ..status.clone() };
        assert!(other.differs_from(&sale).unwrap().starts_with("order_id is 'INV-87654321'"));
        let json = serde_json::to_string(&status).unwrap();
        assert_eq!(serde_json::from_str::<Status>(&json).unwrap(), status);
    }
}
