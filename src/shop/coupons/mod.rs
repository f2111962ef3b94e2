//! Coupons: what they take off, and how often; a use is held by an order as long as it stands.

mod table;
mod rules;

pub use rules::{Refusal, check_code};
pub use table::{Coupon, Kind, STATEMENTS};

use super::ShopError;
use crate::db::Tx;
use crate::primitives::{CouponId, CustomerId, StoreId, Timestamp};

/// What a coupon should be; written over the one with the same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// In upper case.
    pub code: String,
    /// Percent or rupiah.
    pub kind: Kind,
    /// 1–100 percent, or whole rupiah.
    pub value: i64,
    /// How often it may be used in all.
    pub max_uses: Option<i64>,
    /// How often by one customer.
    pub per_customer: Option<i64>,
    /// From when on.
    pub valid_from: Option<Timestamp>,
    /// Until when.
    pub valid_until: Option<Timestamp>,
    /// Whether people may use it.
    pub active: bool,
}

/// Makes a coupon, or changes the one with the same code; its uses stay counted.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn put(
    tx: &mut Tx,
    store: StoreId,
    wish: &Wish,
    now: Timestamp,
) -> Result<CouponId, ShopError> {
    Ok(table::put(tx, store, wish, now).await?)
}

/// Every coupon of a store, at most 10,000.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn all(tx: &mut Tx, store: StoreId) -> Result<Vec<Coupon>, ShopError> {
    Ok(table::all(tx, store).await?)
}

/// The coupon that goes by what somebody typed, if this customer could use it now.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn find(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    typed: &str,
    now: Timestamp,
) -> Result<Result<Coupon, Refusal>, ShopError> {
    let Ok(code) = check_code(typed) else { return Ok(Err(Refusal::Unknown)) };
    let Some(coupon) = table::by_code(tx, store, &code).await? else {
        return Ok(Err(Refusal::Unknown));
    };
    let own = table::uses_of(tx, store, coupon.id, customer).await?;
    Ok(rules::refusal(&coupon, own, now).map_or(Ok(coupon), Err))
}

/// A coupon of a store, if it is there.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn get(tx: &mut Tx, store: StoreId, id: CouponId) -> Result<Option<Coupon>, ShopError> {
    Ok(table::get(tx, store, id).await?)
}

/// Holds one use of a coupon for an order of this customer that is being placed, or says why not.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn hold(
    tx: &mut Tx,
    store: StoreId,
    id: CouponId,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Option<Refusal>, ShopError> {
    // Counting first holds the row: of two orders at once the second one sees the first one's use.
    table::count_use(tx, store, id, 1).await?;
    let Some(coupon) = table::get(tx, store, id).await? else { return Ok(Some(Refusal::Unknown)) };
    let before = Coupon { used: coupon.used - 1, ..coupon };
    let own = table::uses_of(tx, store, id, customer).await?;
    let refusal = rules::refusal(&before, own, now);
    if refusal.is_some() {
        release(tx, store, id).await?;
    }
    Ok(refusal)
}

/// Gives one use back, because its order ended unpaid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn release(tx: &mut Tx, store: StoreId, id: CouponId) -> Result<(), ShopError> {
    Ok(table::count_use(tx, store, id, -1).await?)
}
