//! The payment gateway: invoices and statuses, v2 and v1 behind one trait.
//!
//! The wire facts and how sure we are of each stand in `docs/contracts/pakasir.md`.
//! What this room promises:
//! - what the buyer pays is what the gateway said (`total_payment`), never computed here;
//! - nothing is followed, guessed or retried: every call is one request with one outcome;
//! - the API key appears in no `Debug`, no error and no log, v1's status address included.

use std::pin::Pin;

mod account;
mod fields;
mod limits;
mod reference;
mod invoice;
mod callback;
mod page;
mod failure;
mod answer;
mod wire;
mod v1;
mod v2;
mod reader;
mod client;

pub use account::{Account, AccountFault, UnknownVersion, Version};
pub use answer::Answer;
pub use callback::{Callback, CallbackFault, MAX_CALLBACK_BYTES};
pub use client::{connect, reachable};
pub use failure::Failure;
pub use invoice::{Ask, Invoice, Sale, State, Status};
pub use limits::{
    AmountFault, CANCELS_PER_SECOND, CREATES_PER_SECOND, QRIS_MAX, QRIS_MIN, STATUS_GAP, payable,
};
pub use page::page_url;
pub use reader::Reader;
pub use reference::{MalformedReference, Reference};

/// An answer under way. It borrows nothing, so it may be spawned.
pub type Answered<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// One project at the gateway. Each method is one HTTP request; pacing ([`STATUS_GAP`],
/// [`CREATES_PER_SECOND`]) and repeating are the caller's.
pub trait Gateway: Send + Sync {
    /// Finds or creates the QRIS transaction of `ask.reference`.
    ///
    /// Repeating the identical `ask` is safe and is the cure for [`Failure::Unknown`]; asking
    /// again with another amount is not, and nobody knows what the gateway does then.
    fn create(&self, ask: &Ask) -> Answered<Invoice>;

    /// Asks, with our key, how the transaction stands: the only proof of payment.
    ///
    /// The caller still has to hold the answer against its own record:
    /// [`Status::differs_from`] and the sandbox flag. On v2 a sale without `txn_id` cannot be
    /// asked about ([`Failure::NotSent`]): repeat [`Gateway::create`] first, it tells the id.
    fn status(&self, sale: &Sale) -> Answered<Status>;

    /// Asks the gateway to stop taking money for the transaction. Best effort: money may still
    /// arrive afterwards, so keep watching the status.
    fn cancel(&self, sale: &Sale) -> Answered<()>;

    /// Whether the gateway can be asked about the sale, or told to cancel it: v2 needs its `txn_id`.
    fn can_name(&self, sale: &Sale) -> bool;
}
