//! The product card a customer looks at and the cart he fills; both survive restarts.

mod rules;
mod table;

pub use rules::{Step, Stepped, step};
pub use table::{Line, STATEMENTS};

use super::catalogue::Product;
use super::coupons::Coupon;
use super::{ShopError, coupons};
use crate::db::Tx;
use crate::primitives::{CouponId, CustomerId, ProductId, Rupiah, StoreId};

/// How many different products a cart holds.
pub const MOST_LINES: usize = 30;
/// How many units of one product an order may take.
pub const MOST_UNITS: i64 = 100;

/// What is in a customer's cart, priced now.
#[derive(Debug, Clone)]
pub struct Cart {
    /// The lines, oldest product first.
    pub lines: Vec<Line>,
    /// The coupon he typed; whether it may still be used is weighed when the order is placed.
    pub coupon: Option<Coupon>,
}

/// What a cart costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// All lines.
    pub subtotal: Rupiah,
    /// What the coupon takes off.
    pub discount: Rupiah,
    /// What is left to pay.
    pub amount: Rupiah,
}

impl Cart {
    /// What the cart costs at the prices of now.
    ///
    /// # Errors
    /// [`ShopError::Books`] when the sum passes every bound; a cart cannot hold that much.
    pub fn sums(&self) -> Result<Sums, ShopError> {
        let subtotal = self.lines.iter().try_fold(Rupiah::ZERO, |sum, line| {
            sum.checked_add(line.price.checked_mul(line.quantity)?)
        });
        let subtotal = subtotal
            .ok_or_else(|| ShopError::Books("a cart's total is out of range".to_owned()))?;
        let off = self.coupon.as_ref().map_or(Rupiah::ZERO, |coupon| coupon.discount(subtotal));
        let amount = subtotal.checked_sub(off).unwrap_or(Rupiah::ZERO);
        Ok(Sums { subtotal, discount: off, amount })
    }

    /// The lines whose price is not the one the customer saw last.
    #[must_use]
    pub fn repriced(&self) -> Vec<&Line> {
        self.lines.iter().filter(|line| line.price != line.price_seen).collect()
    }
}

/// Opens a product's card at quantity 1, or looks at the one that is open.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn open_card(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: ProductId,
) -> Result<(), ShopError> {
    Ok(table::put_card(tx, store, customer, product, 1).await?)
}

/// Changes the quantity on a product's card, never past its stock.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn step_card(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: &Product,
    by: Step,
) -> Result<Stepped, ShopError> {
    let now = card_quantity(tx, store, customer, product.id).await?;
    let stepped = step(now, by, product.stock);
    table::put_card(tx, store, customer, product.id, stepped.quantity).await?;
    Ok(stepped)
}

/// The quantity on the open card if it shows this product, else 1.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn card_quantity(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: ProductId,
) -> Result<i64, ShopError> {
    Ok(table::card(tx, store, customer, product).await?.unwrap_or(1))
}

/// Puts what the card shows into the cart: the line then has the card's quantity.
///
/// `false` when the cart is full of other products.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn put(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    product: &Product,
) -> Result<bool, ShopError> {
    let cart = open(tx, store, customer).await?;
    let present = cart.lines.iter().any(|line| line.product_id == product.id);
    if !present && cart.lines.len() >= MOST_LINES {
        return Ok(false);
    }
    let quantity = card_quantity(tx, store, customer, product.id).await?;
    table::put_line(tx, store, customer, product.id, quantity, product.price).await?;
    table::drop_card(tx, store, customer).await?;
    Ok(true)
}

/// The cart as it is now; lines of products that are no longer sold are left out.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn open(tx: &mut Tx, store: StoreId, customer: CustomerId) -> Result<Cart, ShopError> {
    let lines = table::lines(tx, store, customer).await?;
    let coupon = match table::coupon(tx, store, customer).await? {
        Some(id) => coupons::get(tx, store, id).await?,
        None => None,
    };
    Ok(Cart { lines, coupon })
}

/// Puts a coupon under the cart in place of another, or (`None`) takes it away.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn set_coupon(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
    coupon: Option<CouponId>,
) -> Result<(), ShopError> {
    table::drop_coupon(tx, store, customer).await?;
    if let Some(coupon) = coupon {
        table::put_coupon(tx, store, customer, coupon).await?;
    }
    Ok(())
}

/// Notes that the customer has now seen the prices of now.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn saw_prices(
    tx: &mut Tx,
    store: StoreId,
    customer: CustomerId,
) -> Result<(), ShopError> {
    Ok(table::saw_prices(tx, store, customer).await?)
}

/// Empties the cart; its coupon goes with it.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn empty(tx: &mut Tx, store: StoreId, customer: CustomerId) -> Result<(), ShopError> {
    table::drop_card(tx, store, customer).await?;
    table::drop_coupon(tx, store, customer).await?;
    Ok(table::empty(tx, store, customer).await?)
}
