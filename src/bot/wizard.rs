//! What a seller was asked, with whatever he gave so far: written down, so that it survives restarts.

use serde::{Deserialize, Serialize};

use super::fields::ProductField;
use super::manage::Manage;
use super::replies::{Reply, Slot, Template};
use super::setup::SetupStep;
use crate::primitives::{
    BroadcastId, CategoryId, CustomerId, Language, OrderId, ProductId, Rupiah, Timestamp, UnitId,
};
use crate::shop::broadcast::Segment;

/// How far a product is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Its code comes next.
    #[default]
    Code,
    /// Its name.
    Name,
    /// Its price.
    Price,
    /// Its category.
    Category,
    /// Its description.
    Description,
    /// Its picture.
    Picture,
    /// Nothing more: it can be looked at and kept.
    Preview,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 7] = [
        Self::Code,
        Self::Name,
        Self::Price,
        Self::Category,
        Self::Description,
        Self::Picture,
        Self::Preview,
    ];

    /// Its number, counted from 1.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default() + 1
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self::ALL.get(self.number()).copied().unwrap_or(Self::Preview)
    }

    /// Whether it may be passed over.
    #[must_use]
    pub const fn can_be_skipped(self) -> bool {
        matches!(self, Self::Category | Self::Description | Self::Picture)
    }

    /// The word in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::Price => "price",
            Self::Category => "category",
            Self::Description => "description",
            Self::Picture => "picture",
            Self::Preview => "preview",
        }
    }
}

/// A product that is being described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What comes next.
    pub step: Step,
    /// What was given so far.
    pub code: String,
    /// See [`Draft::code`].
    pub name: String,
    /// See [`Draft::code`].
    pub price: Rupiah,
    /// See [`Draft::code`].
    pub category: Option<CategoryId>,
    /// See [`Draft::code`].
    pub description: String,
    /// See [`Draft::code`].
    pub picture: Option<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            step: Step::Code,
            code: String::new(),
            name: String::new(),
            price: Rupiah::ZERO,
            category: None,
            description: String::new(),
            picture: None,
        }
    }
}

/// How far a coupon is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponStep {
    /// Its code comes next.
    #[default]
    Code,
    /// What it takes off.
    Value,
    /// How often it may be used in all.
    MaxUses,
    /// How often by one customer.
    PerCustomer,
    /// Until when.
    Until,
}

impl CouponStep {
    /// Every step, in order.
    pub const ALL: [Self; 5] =
        [Self::Code, Self::Value, Self::MaxUses, Self::PerCustomer, Self::Until];

    /// Its number, counted from 1.
    #[must_use]
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default() + 1
    }

    /// The one after it, if it is not the last.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// Whether it may be passed over: then there is no such limit.
    #[must_use]
    pub const fn can_be_skipped(self) -> bool {
        matches!(self, Self::MaxUses | Self::PerCustomer | Self::Until)
    }

    /// The word in message keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Value => "value",
            Self::MaxUses => "max-uses",
            Self::PerCustomer => "per-customer",
            Self::Until => "until",
        }
    }
}

/// A coupon that is being described.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CouponDraft {
    /// What comes next.
    pub step: CouponStep,
    /// What was given so far.
    pub code: String,
    /// Whether the value is percent; else whole rupiah.
    pub percent: bool,
    /// See [`CouponDraft::percent`].
    pub value: i64,
    /// `None` without a limit.
    pub max_uses: Option<i64>,
    /// `None` without a limit.
    pub per_customer: Option<i64>,
    /// `None` without an end.
    pub until: Option<Timestamp>,
}

macro_rules! wizards {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty = $example:expr),* $(,)? };)*) => {
        /// An open question on the seller's side. Who answers is asked at every answer.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "for", rename_all = "snake_case")]
        pub enum Wizard {
            $($(#[$doc])* $name { $($(#[$field_doc])* $field: $kind),* },)*
        }

        impl Wizard {
            /// One example of every question there is.
            #[must_use]
            pub fn every() -> Vec<Self> {
                vec![$(Self::$name { $($field: $example),* }),*]
            }
        }
    };
}

wizards! {
    /// Whose balance changes, by how much and why.
    Adjustment {};
    /// What the next step asks about a product.
    NewProduct { /** As far as it is described. */ draft: Draft = Draft::default() };
    /// What a product's field should be.
    EditProduct {
        /// Which product.
        product: ProductId = ProductId(1),
        /// Which field.
        what: ProductField = ProductField::Name,
    };
    /// The name of a new category.
    NewShelf {};
    /// Another name for a category.
    RenameShelf { /** Which. */ category: CategoryId = CategoryId(1) };
    /// Another emoji for a category.
    DecorateShelf { /** Which. */ category: CategoryId = CategoryId(1) };
    /// Units for a product, as lines or as a file.
    AddUnits { /** Which. */ product: ProductId = ProductId(1) };
    /// The code of the product that a unit goes to.
    MoveUnit {
        /// Where it is.
        product: ProductId = ProductId(1),
        /// Which unit.
        unit: UnitId = UnitId(1),
    };
    /// The code of an order to look for.
    FindSale {};
    /// Why an order is called paid.
    PaySale { /** Which. */ order: OrderId = OrderId(1) };
    /// The number or a part of the name of a customer to look for.
    FindUser {};
    /// By how much a customer's balance changes, and why.
    AdjustUser { /** Whose. */ customer: CustomerId = CustomerId(1) };
    /// What the next step asks about a coupon.
    NewCoupon { /** As far as it is described. */ draft: CouponDraft = CouponDraft::default() };
    /// How a reply is worded.
    Reply {
        /// Which.
        slot: Slot = Slot { reply: Reply::Welcome, language: Language::Id },
        /// What was sent so far, once it is fit to be looked at.
        draft: Option<Template> = None,
    };
    /// What a step asks when the store is set up.
    Setup { /** Which. */ step: SetupStep = SetupStep::Key };
    /// The file by which everything is set.
    Configuration {};
    /// Price, days, days left and claims of a refund.
    Calculator {};
    /// The factors of refunds.
    CalculatorFactors {};
    /// What a broadcast says.
    BroadcastMessage {
        /// To whom.
        to: Manage = Manage::BroadcastTo(Segment::Everyone),
    };
    /// When a broadcast is sent.
    BroadcastTime {
        /// Which.
        broadcast: BroadcastId = BroadcastId(1),
    };
}
