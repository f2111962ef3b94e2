//! What our own senders and timers learned, on its way into the inbox.

use serde::{Deserialize, Serialize};

use crate::db::{DbError, Tx};
use crate::pakasir::{Invoice, Status};
use crate::primitives::{OrderId, PaymentId, StoreId, Timestamp};
use crate::queue::inbox::{self, Delivery, Source};

/// Something that happened in the world because of us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub(super) enum Fact {
    /// The gateway made an invoice.
    Invoiced { payment: PaymentId, invoice: Box<Invoice> },
    /// The gateway made none, and asking again is no use.
    InvoiceRefused { payment: PaymentId, why: String, reference_spent: bool },
    /// The gateway's authenticated answer about a payment, to a look that began at this time.
    Answered {
        payment: PaymentId,
        status: Box<Status>,
        asked: bool,
        #[serde(default)]
        begun: Option<Timestamp>,
    },
    /// The buyer cannot see his invoice; `hopeless` when words would not reach him either.
    InvoiceUnseen { order: OrderId, hopeless: bool },
    /// An order's time has been over for a while.
    Overdue { order: OrderId },
}

impl Fact {
    /// Facts about one payment or order are worked on one after another.
    fn lane(&self) -> String {
        match self {
            Self::Invoiced { payment, .. }
            | Self::InvoiceRefused { payment, .. }
            | Self::Answered { payment, .. } => Self::lane_of(*payment),
            Self::InvoiceUnseen { order, .. } | Self::Overdue { order } => format!("order:{order}"),
        }
    }

    /// The lane of what is learned about a payment.
    pub(super) fn lane_of(payment: PaymentId) -> String {
        format!("payment:{payment}")
    }

    /// Writes the fact down; `cause` names the errand or tick it came from, so that it counts once.
    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        store: StoreId,
        cause: &str,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let body = serde_json::to_vec(self)
            .map_err(|error| DbError::Row(format!("a fact cannot be written: {error}")))?;
        let delivery = Delivery {
            store,
            source: Source::Fact,
            key: cause.to_owned(),
            lane: self.lane(),
            seq: now.0,
            body,
        };
        if !inbox::accept(tx, &delivery, now).await? {
            tracing::warn!(cause, "this fact was recorded before");
        }
        Ok(())
    }
}
