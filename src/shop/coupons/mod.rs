//! Coupons: what they take off, and how often; a use is held by an order as long as it stands.

mod table;
mod rules;

pub use rules::{Refusal, check_code, read_value};
pub use table::{Coupon, Kind, STATEMENTS};

use super::audit::{By, Change};
use super::{ShopError, stores};
use crate::db::Tx;
use crate::primitives::{CouponId, CustomerId, StoreId, Timestamp};

/// How many coupons stand on one page.
pub const PAGE: i64 = 8;

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

/// Makes a coupon as an admin described it; `None` when there is one with its code.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn add(
    tx: &mut Tx,
    store: StoreId,
    wish: &Wish,
    by: By,
) -> Result<Option<CouponId>, ShopError> {
    // Of two at once the second one sees the first one's.
    stores::hold(tx, store).await?;
    if has_code(tx, store, &wish.code).await? {
        return Ok(None);
    }
    let id = put(tx, store, wish, by.now).await?;
    let (subject, after) = (format!("coupon {}", wish.code), rules::described(wish));
    let change = Change {
        action: "coupon.create",
        subject: &subject,
        after: Some(&after),
        ..Change::default()
    };
    by.note(tx, store, change).await?;
    Ok(Some(id))
}

/// Whether there is a coupon with this code.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn has_code(tx: &mut Tx, store: StoreId, code: &str) -> Result<bool, ShopError> {
    Ok(table::by_code(tx, store, code).await?.is_some())
}

/// Lets people use a coupon, or not.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn allow(
    tx: &mut Tx,
    store: StoreId,
    (id, allow): (CouponId, bool),
    by: By,
) -> Result<(), ShopError> {
    let Some(coupon) = table::get(tx, store, id).await? else { return Ok(()) };
    table::allow(tx, store, id, allow).await?;
    let subject = format!("coupon {}", coupon.code);
    let (before, after) = (coupon.active.to_string(), allow.to_string());
    let change = Change {
        action: "coupon.active",
        subject: &subject,
        before: Some(&before),
        after: Some(&after),
        ..Change::default()
    };
    by.note(tx, store, change).await
}

/// A page of a store's coupons, the newest first, and how many there are.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn page(tx: &mut Tx, store: StoreId, page: i64) -> Result<(Vec<Coupon>, i64), ShopError> {
    let total = table::count(tx, store).await?;
    let page = page.clamp(0, (total - 1).max(0) / PAGE);
    Ok((table::page(tx, store, PAGE, page * PAGE).await?, total))
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
