//! What a button on the seller's side asks for: one list, from which the data, its reading and the test of
//! everybody who may not press it are made.

use serde::{Deserialize, Serialize};

use super::fields::{Field, ProductField};
use super::replies::{Setting, Slot};
use super::setup::SetupStep;
use crate::primitives::{
    BatchId, BroadcastId, CategoryId, CouponId, CustomerId, OrderId, ProductId, ProofId, UnitId,
};
use crate::shop::broadcast::{Change, Segment};

macro_rules! actions {
    ($($(#[$area_doc:meta])* $area:ident {
        $($(#[$doc:meta])* $name:ident $(($($field:ident: $kind:ty),+))? = $word:literal;)*
    })*) => {
        /// What an action is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Area {
            $($(#[$area_doc])* $area,)*
        }

        /// An action on the seller's side. Who presses is asked at every use.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub enum Manage {
            $($($(#[$doc])* $name $(($($kind),+))?,)*)*
        }

        impl Manage {
            /// One example of every action there is.
            #[must_use]
            pub fn every() -> Vec<Self> {
                vec![$($(Self::$name $(($(<$kind as Field>::EXAMPLE),+))?,)*)*]
            }

            /// What it is about.
            #[must_use]
            pub const fn area(self) -> Area {
                match self {
                    $($(Self::$name { .. } => Area::$area,)*)*
                }
            }

            /// The word of the action and its numbers.
            pub(super) fn parts(self) -> (&'static str, Vec<i64>) {
                match self {
                    $($(Self::$name $(($($field),+))? => ($word, vec![$($($field.written()),+)?]),)*)*
                }
            }

            pub(super) fn of_parts(word: &str, numbers: &[i64]) -> Option<Self> {
                let mut numbers = numbers.iter().copied();
                let read = match word {
                    $($($word => Self::$name $(($(<$kind as Field>::read(numbers.next()?)?),+))?,)*)*
                    _ => return None,
                };
                numbers.next().is_none().then_some(read)
            }
        }
    };
}

actions! {
    /// The menu itself.
    Menu {
        /// The menu of everything.
        Menu = "";
        /// Do what was asked to be confirmed under this number.
        Confirm(number: i64) = "ok";
    }
    /// Products and their terms.
    Products {
        /// Pass over a step of a wizard.
        Skip = "sk";
        /// A page of all products.
        Products(page: i64) = "pl";
        /// One product.
        Product(product: ProductId) = "p";
        /// Make a product.
        NewProduct = "pn";
        /// Make it as it was described.
        SaveProduct = "ps";
        /// Put the product that is being made into a category.
        DraftCategory(category: CategoryId) = "pg";
        /// Change one thing about a product.
        EditProduct(product: ProductId, what: ProductField) = "pe";
        /// Sell it (1) or not (0).
        SellProduct(product: ProductId, sell: i64) = "pa";
        /// Put a product into a category.
        PutInCategory(product: ProductId, category: CategoryId) = "pc";
        /// Take a product out of the shop for good.
        DeleteProduct(product: ProductId) = "pd";
        /// A page of products with their terms.
        TermsOfAll(page: i64) = "tl";
        /// The terms of a product.
        Terms(product: ProductId) = "t";
    }
    /// Categories.
    Shelves {
        /// Every category.
        Shelves = "cl";
        /// One category.
        Shelf(category: CategoryId) = "c";
        /// Make a category.
        NewShelf = "cn";
        /// Give it another name.
        RenameShelf(category: CategoryId) = "cr";
        /// Give it another emoji.
        DecorateShelf(category: CategoryId) = "ce";
        /// Move it up (1) or down (0).
        MoveShelf(category: CategoryId, up: i64) = "cm";
        /// Show it (1) or not (0).
        OpenShelf(category: CategoryId, open: i64) = "ca";
    }
    /// What is in stock.
    Units {
        /// A page of products with their units.
        Stocks(page: i64) = "sl";
        /// The units of a product.
        Units(product: ProductId) = "s";
        /// Bring units.
        AddUnits(product: ProductId) = "sa";
        /// Look at units after this one, masked.
        SeeUnits(product: ProductId, after: UnitId) = "sv";
        /// One unit, masked, and what can be done with it.
        Unit(product: ProductId, unit: UnitId) = "sn";
        /// Take a unit from sale.
        VoidUnit(product: ProductId, unit: UnitId) = "sx";
        /// Put a unit under another product.
        MoveUnit(product: ProductId, unit: UnitId) = "sm";
        /// Take the last batch back.
        UndoBatch(product: ProductId, batch: BatchId) = "su";
    }
    /// What buyers sent as proof of terms.
    Proofs {
        /// A stored proof of terms.
        Proof(proof: ProofId) = "w";
        /// A page of stored proofs.
        Proofs(page: i64) = "y";
    }
    /// Orders.
    Sales {
        /// Orders of one kind (by its place among the filters) older than this one; 0 is the newest.
        Sales(filter: i64, before: OrderId) = "ol";
        /// One order.
        Sale(order: OrderId) = "o";
        /// Which order to look for.
        FindSale = "of";
        /// Call an order paid.
        PaySale(order: OrderId) = "op";
        /// End an order unpaid.
        CancelSale(order: OrderId) = "ox";
        /// Send its goods again.
        ResendSale(order: OrderId) = "og";
        /// Give its money back to the buyer's balance.
        RefundSale(order: OrderId) = "or";
    }
    /// Customers.
    Users {
        /// Customers who came before this one; 0 is the newest.
        Users(before: CustomerId) = "ul";
        /// One customer.
        User(customer: CustomerId) = "u";
        /// Which customer to look for.
        FindUser = "uf";
        /// Keep a customer out (1) or let him in again (0).
        BlockUser(customer: CustomerId, out: i64) = "ub";
        /// Change his balance.
        AdjustUser(customer: CustomerId) = "ua";
        /// Change somebody's balance.
        Adjust = "b";
    }
    /// Coupons.
    Coupons {
        /// A page of all coupons.
        Coupons(page: i64) = "vl";
        /// One coupon.
        Coupon(coupon: CouponId) = "v";
        /// Make a coupon.
        NewCoupon = "vn";
        /// Pass over a step of making it.
        SkipForCoupon = "vs";
        /// Let people use it (1) or not (0).
        AllowCoupon(coupon: CouponId, allow: i64) = "va";
    }
    /// Replies in the store's own words.
    Replies {
        /// Every reply.
        Replies = "rl";
        /// One reply.
        Reply(slot: Slot) = "r";
        /// Word it anew.
        EditReply(slot: Slot) = "re";
        /// Use the words that were looked at.
        PublishReply = "rp";
        /// Use the words that are built in.
        ResetReply(slot: Slot) = "rx";
    }
    /// What is kept in versions.
    Settings {
        /// The versions of a setting.
        Versions(setting: Setting) = "sh";
        /// Make a setting what a version of it was.
        BringBack(setting: Setting, version: i64) = "sb";
    }
    /// What the store sold.
    Statistics {
        /// In so many days, today included.
        Statistics(days: i64) = "st";
    }
    /// Everything that is set, as a file.
    Configuration {
        /// What can be done.
        Configuration = "x";
        /// Send it.
        SaveConfiguration = "xs";
        /// Set everything as a file says.
        RestoreConfiguration = "xr";
    }
    /// Setting the store up.
    Setup {
        /// What is set, and every step.
        Setup = "z";
        /// One step.
        SetupStep(step: SetupStep) = "zs";
        /// Put its clock into the zone of this button.
        SetupZone(place: i64) = "zz";
        /// Begin to rehearse with play money.
        SetupRehearse = "zr";
        /// Open it for real money.
        SetupOpen = "zo";
    }
    /// What a seller gives back.
    Calculator {
        /// Ask for the numbers of a refund.
        Calculator = "kc";
        /// The factors of refunds.
        CalculatorFactors = "kf";
    }
    /// What was changed; for owners.
    Audit {
        /// Entries older than this one; 0 is the newest.
        Audit(before: i64) = "au";
    }
    /// Broadcasts.
    Broadcasts {
        /// To whom a broadcast shall go, and the last ones.
        Broadcasts = "m";
        /// A page of products, whose buyers a broadcast shall go to.
        BroadcastProducts(page: i64) = "cp";
        /// What shall be sent to them.
        BroadcastTo(segment: Segment) = "ct";
        /// Send a draft: at this minute since 1970, or (0) at once.
        SendBroadcast(broadcast: BroadcastId, minute: i64) = "cg";
        /// When a draft shall be sent.
        PlanBroadcast(broadcast: BroadcastId) = "cw";
        /// How a broadcast goes.
        Broadcast(broadcast: BroadcastId) = "cs";
        /// Hold it up, let it go on or give it up.
        ChangeBroadcast(broadcast: BroadcastId, change: Change) = "cc";
    }
}
