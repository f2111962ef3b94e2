//! From cart to order: prices, reservation and the promise of an invoice, in one transaction.

mod rules;

pub use rules::MOST_UNPAID;

use super::cart::{self, Cart};
use super::customers::Customer;
use super::orders::{self, Order};
use super::stores::Store;
use super::{ShopError, payments, stock};
use crate::db::Tx;
use crate::pakasir;
use crate::primitives::{MessageId, OrderId, PaymentId, Rupiah, Timestamp};

/// What came of a wish to pay.
#[derive(Debug)]
pub enum Placed {
    /// The order stands, its units are reserved; ask the gateway for an invoice.
    Order {
        /// The order.
        order: Order,
        /// The attempt to pay that wants an invoice.
        payment: PaymentId,
    },
    /// Everything in the cart was free: delivered without paying.
    Free(Order),
    /// This very message placed an order before.
    Already(Order),
    /// There is nothing to buy.
    EmptyCart,
    /// Prices changed since the customer saw them; the new ones count as seen now.
    Repriced(Cart),
    /// One line wants more than there is.
    SoldOut {
        /// The product's name.
        name: String,
        /// Units that can be sold now.
        left: i64,
    },
    /// The customer has [`MOST_UNPAID`] unpaid orders.
    TooManyUnpaid,
    /// The store has no gateway keys yet.
    NotSetUp,
    /// The sum is outside what QRIS can carry.
    Unpayable(Rupiah),
}

/// Places an order for what is in the customer's cart, to be paid by QRIS.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn place(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    origin: MessageId,
    now: Timestamp,
) -> Result<Placed, ShopError> {
    if let Some(order) = orders::placed_by(tx, store.id, customer.id, origin).await? {
        return Ok(Placed::Already(order));
    }
    let cart = cart::open(tx, store.id, customer.id).await?;
    if cart.lines.is_empty() {
        return Ok(Placed::EmptyCart);
    }
    if !cart.repriced().is_empty() {
        cart::saw_prices(tx, store.id, customer.id).await?;
        return Ok(Placed::Repriced(cart));
    }
    let amount = cart.total()?;
    if amount > Rupiah::ZERO {
        if store.gateway.is_none() {
            return Ok(Placed::NotSetUp);
        }
        if pakasir::payable(amount).is_err() {
            return Ok(Placed::Unpayable(amount));
        }
    }
    if orders::unpaid(tx, store.id, customer.id).await? >= MOST_UNPAID {
        return Ok(Placed::TooManyUnpaid);
    }
    let draft = rules::draft(store, customer, &cart, amount, origin, now);
    let Some(id) = orders::place(tx, store.id, &draft, now).await? else {
        return Err(ShopError::Books("one message placed two orders".to_owned()));
    };
    if let Some((name, left)) = reserve(tx, store, id, &cart).await? {
        orders::unplace(tx, store.id, id).await?;
        return Ok(Placed::SoldOut { name, left });
    }
    cart::empty(tx, store.id, customer.id).await?;
    if amount == Rupiah::ZERO {
        orders::pay(tx, store.id, id, now).await?;
        return Ok(Placed::Free(orders::lock(tx, store.id, id).await?));
    }
    let payment = payments::start(tx, store.id, id, amount, now).await?;
    Ok(Placed::Order { order: orders::lock(tx, store.id, id).await?, payment })
}

/// Reserves every line, or says which product has too few.
async fn reserve(
    tx: &mut Tx,
    store: &Store,
    order: OrderId,
    cart: &Cart,
) -> Result<Option<(String, i64)>, ShopError> {
    for line in &cart.lines {
        let got = stock::reserve(tx, store.id, order, line.product_id, line.quantity).await?;
        if got < line.quantity {
            return Ok(Some((line.name.clone(), got)));
        }
    }
    Ok(None)
}

/// What came of a wish to cancel.
#[derive(Debug)]
pub enum Cancelled {
    /// The order ended and its units are free; tell the gateway as well.
    Done {
        /// The order.
        order: Order,
        /// The payment nobody should make any more.
        payment: Option<PaymentId>,
    },
    /// It was not unpaid any more.
    TooLate(Order),
    /// The customer has no such order.
    Unknown,
}

/// Cancels a customer's own unpaid order.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn cancel(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    id: OrderId,
    now: Timestamp,
) -> Result<Cancelled, ShopError> {
    let Some(order) = orders::of_customer(tx, store.id, customer.id, id).await? else {
        return Ok(Cancelled::Unknown);
    };
    if !orders::close(tx, store.id, id, orders::State::Cancelled, now).await? {
        return Ok(Cancelled::TooLate(order));
    }
    let payment = payments::latest(tx, store.id, id).await?.map(|payment| payment.id);
    Ok(Cancelled::Done { order: orders::lock(tx, store.id, id).await?, payment })
}
