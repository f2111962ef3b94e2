//! Rows and SQL of coupons.

use super::Wish;
use crate::db::{DbError, Tx};
use crate::primitives::{CouponId, CustomerId, StoreId, Timestamp};
use crate::{execute, fetch_all, fetch_one, fetch_optional, statements};

/// How a coupon's value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Percent of the cart, rounded down to whole rupiah.
    Percent,
    /// Whole rupiah, at most the whole cart.
    Flat,
}

impl Kind {
    /// The word in the column and in the catalogue file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Flat => "flat",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Percent, Self::Flat].into_iter().find(|kind| kind.word() == word)
    }
}

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Coupon {
    /// The row.
    pub id: CouponId,
    /// What people type, in upper case.
    pub code: String,
    /// How the value is meant.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// 1–100 percent, or whole rupiah.
    pub value: i64,
    /// How often it may be used in all.
    pub max_uses: Option<i64>,
    /// How often by one customer.
    pub per_customer: Option<i64>,
    /// From when on.
    pub valid_from: Option<Timestamp>,
    /// Until when (not included).
    pub valid_until: Option<Timestamp>,
    /// Whether the seller lets people use it.
    pub active: bool,
    /// How many unpaid and sold orders use it.
    pub used: i64,
}

impl TryFrom<String> for Kind {
    type Error = DbError;

    fn try_from(word: String) -> Result<Self, DbError> {
        Self::from_word(&word).ok_or_else(|| DbError::Row(format!("coupon kind {word}")))
    }
}

statements! {
    PUT = ("INSERT INTO coupons (store_id, code, kind, value, max_uses, per_customer, valid_from, valid_until, \
            active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
            ON CONFLICT (store_id, code) DO UPDATE SET kind = excluded.kind, value = excluded.value, \
            max_uses = excluded.max_uses, per_customer = excluded.per_customer, \
            valid_from = excluded.valid_from, valid_until = excluded.valid_until, active = excluded.active RETURNING id");
    ALL = ("SELECT id, code, kind, value, max_uses, per_customer, valid_from, valid_until, active, used \
            FROM coupons WHERE store_id = $1 ORDER BY id LIMIT 10000");
    COUNT = ("SELECT COUNT(*) FROM coupons WHERE store_id = $1");
    PAGE = ("SELECT id, code, kind, value, max_uses, per_customer, valid_from, valid_until, active, used \
             FROM coupons WHERE store_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3");
    ALLOW = ("UPDATE coupons SET active = $3 WHERE store_id = $1 AND id = $2");
    BY_CODE = ("SELECT id, code, kind, value, max_uses, per_customer, valid_from, valid_until, active, used \
                FROM coupons WHERE store_id = $1 AND code = $2");
    GET = ("SELECT id, code, kind, value, max_uses, per_customer, valid_from, valid_until, active, used \
            FROM coupons WHERE store_id = $1 AND id = $2");
    COUNT_USE = ("UPDATE coupons SET used = used + $3 WHERE store_id = $1 AND id = $2");
    USES_OF = ("SELECT COUNT(*) FROM orders WHERE store_id = $1 AND coupon_id = $2 AND customer_id = $3 \
                AND state IN ('invoicing', 'open', 'paid', 'delivered')");
}

pub(super) async fn put(
    tx: &mut Tx,
    store: StoreId,
    wish: &Wish,
    now: Timestamp,
) -> Result<CouponId, DbError> {
    let (id,) = fetch_one!(
        tx,
        (CouponId,),
        PUT,
        store,
        &wish.code,
        wish.kind.word(),
        wish.value,
        wish.max_uses,
        wish.per_customer,
        wish.valid_from,
        wish.valid_until,
        wish.active,
        now
    )?;
    Ok(id)
}

pub(super) async fn all(tx: &mut Tx, store: StoreId) -> Result<Vec<Coupon>, DbError> {
    fetch_all!(tx, Coupon, ALL, store)
}

pub(super) async fn count(tx: &mut Tx, store: StoreId) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), COUNT, store)?.0)
}

pub(super) async fn page(
    tx: &mut Tx,
    store: StoreId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Coupon>, DbError> {
    fetch_all!(tx, Coupon, PAGE, store, limit, offset)
}

pub(super) async fn allow(
    tx: &mut Tx,
    store: StoreId,
    id: CouponId,
    allow: bool,
) -> Result<(), DbError> {
    execute!(tx, ALLOW, store, id, allow)?;
    Ok(())
}

pub(super) async fn by_code(
    tx: &mut Tx,
    store: StoreId,
    code: &str,
) -> Result<Option<Coupon>, DbError> {
    fetch_optional!(tx, Coupon, BY_CODE, store, code)
}

pub(super) async fn get(
    tx: &mut Tx,
    store: StoreId,
    id: CouponId,
) -> Result<Option<Coupon>, DbError> {
    fetch_optional!(tx, Coupon, GET, store, id)
}

pub(super) async fn count_use(
    tx: &mut Tx,
    store: StoreId,
    id: CouponId,
    by: i64,
) -> Result<(), DbError> {
    execute!(tx, COUNT_USE, store, id, by)?;
    Ok(())
}

/// How many of a customer's orders hold a use.
pub(super) async fn uses_of(
    tx: &mut Tx,
    store: StoreId,
    id: CouponId,
    customer: CustomerId,
) -> Result<i64, DbError> {
    Ok(fetch_one!(tx, (i64,), USES_OF, store, id, customer)?.0)
}
