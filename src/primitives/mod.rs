//! The words everyone speaks: money, time, ids, secrets, languages, sealed bytes.

pub mod planted;
mod id;
mod language;
mod money;
mod random;
mod secret;
mod keyring;
mod time;
mod clock;

pub use clock::Clock;
pub use id::{
    BatchId, BroadcastId, CategoryId, ChatId, CouponId, CustomerId, InboxId, MessageId, OrderId,
    OutboxId, PaymentId, ProductId, ProofId, StoreId, UnitId, UserId,
};
pub use keyring::{Binding, Keyring, KeyringError, Sealed, fingerprint};
pub use language::Language;
pub use money::{Rupiah, RupiahError};
pub use random::{random_bytes, random_token};
pub use secret::Secret;
pub use time::{Timestamp, Zone, ZoneError};
