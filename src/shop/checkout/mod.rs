//! From cart to order: prices, reservation and the promise of an invoice, in one transaction.

mod rules;

use rules::{LATELY, MOST_LATELY};
pub use rules::{MOST_HELD, MOST_UNPAID, Tender};

use super::cart::{self, Cart, Sums};
use super::coupons::{self, Refusal};
use super::customers::Customer;
use super::orders::{self, Order};
use super::stores::Store;
use super::{ShopError, payments, stock, wallet};
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
    /// Nothing was left to pay, or the balance paid it: the goods are the buyer's.
    Paid(Order),
    /// This very message placed an order before.
    Already(Order),
    /// There is nothing to buy.
    EmptyCart,
    /// Prices changed since the customer saw them, and count as seen now; or the sum is another one than
    /// he was shown, because of his coupon or of what he put into the cart since.
    Repriced(Cart),
    /// The coupon cannot be used any more; it was taken out of the cart.
    CouponRefused(Refusal),
    /// One line wants more than there is.
    SoldOut {
        /// The product's name.
        name: String,
        /// Units that can be sold now.
        left: i64,
    },
    /// The balance is too small to pay like this.
    TooPoor(Rupiah),
    /// The customer's unpaid orders are [`MOST_UNPAID`], or would hold more than [`MOST_HELD`] units.
    TooManyUnpaid,
    /// Too many orders were placed lately and not paid, cancelled ones included.
    TooOften,
    /// The store has no gateway keys yet.
    NotSetUp,
    /// The sum is outside what QRIS can carry.
    Unpayable(Rupiah),
}

/// Places an order for what is in the customer's cart, and pays it if the balance is to: the sum he was
/// `shown`, where he was, and no other.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn place(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    (origin, tender, shown): (MessageId, Tender, Option<Rupiah>),
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
    let cart = match &cart.coupon {
        None => cart,
        Some(coupon) => {
            if let Some(why) = coupons::hold(tx, store.id, coupon.id, customer.id, now).await? {
                cart::set_coupon(tx, store.id, customer.id, None).await?;
                return Ok(Placed::CouponRefused(why));
            }
            // Read again now that nobody can change the coupon: what counts is what it takes off here.
            cart::open(tx, store.id, customer.id).await?
        }
    };
    let sums = match weigh(tx, store, customer, &cart, (tender, shown), now).await? {
        Ok(sums) => sums,
        Err(hindrance) => {
            if let Some(coupon) = &cart.coupon {
                coupons::release(tx, store.id, coupon.id).await?;
            }
            return Ok(hindrance);
        }
    };
    order(tx, store, customer, &cart, (sums, origin), now).await
}

/// Amount, discount and what the balance carries of the amount; or why the cart cannot be paid so.
async fn weigh(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    cart: &Cart,
    (tender, shown): (Tender, Option<Rupiah>),
    now: Timestamp,
) -> Result<Result<(Rupiah, Rupiah, Rupiah), Placed>, ShopError> {
    let Sums { amount, discount, .. } = cart.sums()?;
    if shown.is_some_and(|shown| shown != amount) {
        return Ok(Err(Placed::Repriced(cart.clone())));
    }
    let Some(from_balance) = tender.from_balance(customer.balance, amount) else {
        return Ok(Err(Placed::TooPoor(amount)));
    };
    let units = cart.lines.iter().map(|line| line.quantity).sum();
    let due = amount.checked_sub(from_balance).unwrap_or(Rupiah::ZERO);
    let hindrance = hindrance(tx, store, customer, (due, units), now).await?;
    Ok(hindrance.map_or(Ok((amount, discount, from_balance)), Err))
}

/// Writes the order, whose coupon is held, reserves its units and takes the balance's part.
async fn order(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    cart: &Cart,
    (sums, origin): ((Rupiah, Rupiah, Rupiah), MessageId),
    now: Timestamp,
) -> Result<Placed, ShopError> {
    let (amount, _, from_balance) = sums;
    let due = amount.checked_sub(from_balance).unwrap_or(Rupiah::ZERO);
    let draft = rules::draft(store, customer, cart, sums, origin, now);
    let id = write(tx, store, &draft, now).await?;
    if let Some((name, left)) = reserve(tx, store, id, cart).await? {
        orders::unplace(tx, store.id, id, draft.coupon).await?;
        return Ok(Placed::SoldOut { name, left });
    }
    cart::empty(tx, store.id, customer.id).await?;
    if from_balance > Rupiah::ZERO
        && !wallet::spend(tx, store.id, customer.id, (id, from_balance), now).await?
    {
        return Err(ShopError::Books(format!("the balance of customer {} shrank", customer.id)));
    }
    if due == Rupiah::ZERO {
        let order = orders::lock(tx, store.id, id).await?;
        orders::pay(tx, store.id, &order, now).await?;
        return Ok(Placed::Paid(orders::lock(tx, store.id, id).await?));
    }
    await_payment(tx, store, id, due, now).await
}

/// Places an order that fills the customer's balance, to be paid by QRIS.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn deposit(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    (origin, amount): (MessageId, Rupiah),
    now: Timestamp,
) -> Result<Placed, ShopError> {
    if let Some(order) = orders::placed_by(tx, store.id, customer.id, origin).await? {
        return Ok(Placed::Already(order));
    }
    if let Some(hindrance) = hindrance(tx, store, customer, (amount, 0), now).await? {
        return Ok(hindrance);
    }
    let draft = rules::deposit(store, customer, amount, origin, now);
    let id = write(tx, store, &draft, now).await?;
    await_payment(tx, store, id, amount, now).await
}

/// Why `due` cannot be asked for by QRIS now, for an order of so many units.
async fn hindrance(
    tx: &mut Tx,
    store: &Store,
    customer: &Customer,
    (due, units): (Rupiah, i64),
    now: Timestamp,
) -> Result<Option<Placed>, ShopError> {
    if due == Rupiah::ZERO {
        return Ok(None);
    }
    if store.gateway.is_none() {
        return Ok(Some(Placed::NotSetUp));
    }
    if pakasir::payable(due).is_err() {
        return Ok(Some(Placed::Unpayable(due)));
    }
    let held = orders::held_by(tx, store.id, customer.id).await?;
    let crowded = held.orders >= MOST_UNPAID || (held.units > 0 && held.units + units > MOST_HELD);
    if crowded {
        return Ok(Some(Placed::TooManyUnpaid));
    }
    let lately = orders::unpaid_since(tx, store.id, customer.id, now.minus(LATELY)).await?;
    Ok((lately >= MOST_LATELY).then_some(Placed::TooOften))
}

async fn write(
    tx: &mut Tx,
    store: &Store,
    draft: &orders::Draft,
    now: Timestamp,
) -> Result<OrderId, ShopError> {
    orders::place(tx, store.id, draft, now)
        .await?
        .ok_or_else(|| ShopError::Books("one message placed two orders".to_owned()))
}

async fn await_payment(
    tx: &mut Tx,
    store: &Store,
    id: OrderId,
    due: Rupiah,
    now: Timestamp,
) -> Result<Placed, ShopError> {
    let payment = payments::start(tx, store.id, id, due, now).await?;
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
    if !orders::close(tx, store.id, &order, orders::State::Cancelled, now).await? {
        return Ok(Cancelled::TooLate(order));
    }
    let payment = payments::to_withdraw(tx, store.id, id).await?;
    Ok(Cancelled::Done { order: orders::lock(tx, store.id, id).await?, payment })
}
