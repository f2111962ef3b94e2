//! What a button's data is made of: numbers, each standing for a row, a choice or a setting.

use serde::{Deserialize, Serialize};

use super::replies::{Reply, Setting, Slot};
use super::setup::SetupStep;
use crate::primitives::{
    BatchId, BroadcastId, CategoryId, CouponId, CustomerId, Language, OrderId, ProductId, ProofId,
    UnitId,
};
use crate::shop::broadcast::{Change, Segment};

/// One number in a button's data.
pub(super) trait Field: Copy {
    /// What stands for it in the test of all actions.
    const EXAMPLE: Self;

    fn written(self) -> i64;
    fn read(number: i64) -> Option<Self>;
}

macro_rules! fields {
    ($($name:ty: $new:expr, $get:expr);* $(;)?) => {$(
        impl Field for $name {
            const EXAMPLE: Self = $new(1);

            fn written(self) -> i64 {
                $get(self)
            }

            fn read(number: i64) -> Option<Self> {
                Some($new(number))
            }
        }
    )*};
}

const fn itself(number: i64) -> i64 {
    number
}

fields! {
    i64: itself, itself;
    ProductId: ProductId, |id: ProductId| id.0;
    UnitId: UnitId, |id: UnitId| id.0;
    BatchId: BatchId, |id: BatchId| id.0;
    CategoryId: CategoryId, |id: CategoryId| id.0;
    ProofId: ProofId, |id: ProofId| id.0;
    BroadcastId: BroadcastId, |id: BroadcastId| id.0;
    OrderId: OrderId, |id: OrderId| id.0;
    CustomerId: CustomerId, |id: CustomerId| id.0;
    CouponId: CouponId, |id: CouponId| id.0;
}

/// What about a product can be changed by an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductField {
    /// Its name.
    Name,
    /// Its price.
    Price,
    /// Its description.
    Description,
    /// Its picture.
    Picture,
    /// From how many units on little is left.
    LowStock,
    /// Where it stands; answered by a button.
    Category,
    /// Its terms in Indonesian.
    TermsId,
    /// Its terms in English.
    TermsEn,
}

impl ProductField {
    /// Every one, in the order of the numbers in the buttons.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Price,
        Self::Description,
        Self::Picture,
        Self::LowStock,
        Self::Category,
        Self::TermsId,
        Self::TermsEn,
    ];

    /// The word in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Price => "price",
            Self::Description => "description",
            Self::Picture => "picture",
            Self::LowStock => "low-stock",
            Self::Category => "category",
            Self::TermsId => "terms-id",
            Self::TermsEn => "terms-en",
        }
    }
}

macro_rules! choices {
    ($($name:ty: $every:expr, $example:expr);* $(;)?) => {$(
        impl Field for $name {
            const EXAMPLE: Self = $example;

            fn written(self) -> i64 {
                let place = $every.into_iter().position(|one| one == self);
                place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)
            }

            fn read(number: i64) -> Option<Self> {
                $every.into_iter().nth(usize::try_from(number).ok()?)
            }
        }
    )*};
}

choices! {
    ProductField: Self::ALL, Self::Name;
    Change: Self::ALL, Self::Pause;
    SetupStep: Self::ALL, Self::Name;
    Slot: Self::every(), Self { reply: Reply::Welcome, language: Language::Id };
    Setting: Self::every(), Self::Calculator;
}

/// How many different kinds of segments there are, as the first digit of their number.
const KINDS: i64 = 5;

impl Field for Segment {
    const EXAMPLE: Self = Self::Everyone;

    fn written(self) -> i64 {
        match self {
            Self::Everyone => 0,
            Self::Bought => 1,
            Self::NeverBought => 2,
            Self::Product(product) => product.0.saturating_mul(KINDS).saturating_add(3),
            Self::Idle(days) => days.saturating_mul(KINDS).saturating_add(4),
        }
    }

    fn read(number: i64) -> Option<Self> {
        let read = match (number % KINDS, number / KINDS) {
            (0, 0) => Self::Everyone,
            (1, 0) => Self::Bought,
            (2, 0) => Self::NeverBought,
            (3, product) => Self::Product(ProductId(product)),
            (4, days) => Self::Idle(days),
            _ => return None,
        };
        Segment::read(read.word(), read.product(), read.days())
    }
}
