//! Ids as types, so that an order is never looked up by a product's number.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A store's row.
    StoreId,
    /// A Telegram user (up to 52 significant bits).
    UserId,
    /// A Telegram chat; in a private chat equal to the user's id.
    ChatId,
    /// A message's number within its chat.
    MessageId,
    /// A customer's row.
    CustomerId,
    /// A category's row.
    CategoryId,
    /// A product's row.
    ProductId,
    /// A unit's row.
    UnitId,
    /// Units that came in together.
    BatchId,
    /// An order's row; people see the order's public code instead.
    OrderId,
    /// One attempt to pay an order.
    PaymentId,
    /// A coupon's row.
    CouponId,
    /// What a buyer sent to show that he keeps to a product's terms.
    ProofId,
    /// A message to many at once.
    BroadcastId,
    /// A row of the inbox.
    InboxId,
    /// A row of the outbox.
    OutboxId,
}

impl From<UserId> for ChatId {
    /// The private chat with a user carries the user's number.
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}
