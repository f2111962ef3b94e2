//! How our own words are stored in columns: ids, money and time as BIGINT, names as TEXT.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

use crate::primitives::{
    BatchId, BroadcastId, CategoryId, ChatId, CouponId, CustomerId, InboxId, Language, MessageId,
    OrderId, OutboxId, PaymentId, ProductId, ProofId, Rupiah, StoreId, Timestamp, UnitId, UserId,
};

/// Stores a type as another one that both engines know, by a way there and a fallible way back.
macro_rules! column {
    ($type:ty as $stored:ty, $to:expr, $from:expr) => {
        impl<DB: Database> Type<DB> for $type
        where
            $stored: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$stored as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <$stored as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            $stored: Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                let to: fn(&$type) -> $stored = $to;
                <$stored as Encode<'q, DB>>::encode(to(self), buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            $stored: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let from: fn($stored) -> Result<$type, BoxDynError> = $from;
                from(<$stored as Decode<'r, DB>>::decode(value)?)
            }
        }
    };
}

macro_rules! ids {
    ($($id:ident),*) => {$( column!($id as i64, |id| id.0, |raw| Ok($id(raw))); )*};
}

ids!(
    BatchId,
    BroadcastId,
    CategoryId,
    ChatId,
    CouponId,
    CustomerId,
    InboxId,
    MessageId,
    OrderId,
    OutboxId,
    PaymentId,
    ProductId,
    ProofId,
    StoreId,
    Timestamp,
    UnitId,
    UserId
);

column!(Rupiah as i64, |amount| amount.get(), |raw| Ok(Rupiah::new(raw)?));
column!(Language as String, |language| language.code().to_owned(), |raw| {
    Language::from_code(&raw).ok_or_else(|| format!("unknown language {raw}").into())
});
