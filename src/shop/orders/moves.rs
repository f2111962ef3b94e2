//! How an order moves from one state to the next: what it holds then, what it lets go of, and the entry that is kept.

use super::table::{self, Order};
use super::{Purpose, State};
use crate::db::Tx;
use crate::primitives::planted::{Bug, planted};
use crate::primitives::{OrderId, Rupiah, StoreId, Timestamp};
use crate::shop::audit;
use crate::shop::{ShopError, catalogue, coupons, statistics, stock, wallet};

/// Lets go of everything an order held while it could be paid: balance, units, its coupon's use.
async fn let_go(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    now: Timestamp,
) -> Result<(), ShopError> {
    if order.from_balance > Rupiah::ZERO {
        let taken = (order.id, order.from_balance);
        wallet::give_back(tx, store, order.customer_id, taken, now).await?;
    }
    stock::release(tx, store, order.id).await?;
    if let Some(coupon) = order.coupon_id {
        coupons::release(tx, store, coupon).await?;
    }
    Ok(())
}

/// An order that had expired is about to count as something else.
async fn forget_its_day(tx: &mut Tx, store: StoreId, order: &Order) -> Result<(), ShopError> {
    if order.state == State::Expired {
        statistics::forget(tx, store, order.id).await?;
    }
    Ok(())
}

/// Takes everything an ended order had held once more, or nothing; whether it could.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(in crate::shop) async fn hold_again(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    now: Timestamp,
) -> Result<bool, ShopError> {
    let taken = (order.id, order.from_balance);
    if order.from_balance > Rupiah::ZERO
        && !wallet::spend(tx, store, order.customer_id, taken, now).await?
    {
        return Ok(false);
    }
    if let Some(coupon) = order.coupon_id
        && coupons::hold(tx, store, coupon, order.customer_id, now).await?.is_some()
    {
        let_go(tx, store, &Order { coupon_id: None, ..order.clone() }, now).await?;
        return Ok(false);
    }
    for line in table::lines(tx, store, order.id).await? {
        let got = stock::reserve(tx, store, order.id, line.product_id, line.quantity).await?;
        if got < line.quantity {
            let_go(tx, store, order, now).await?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// Moves an order from `invoicing` to `open`, dying at `expires_at`; `false` when it was not invoicing.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn open(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, ShopError> {
    if table::open(tx, store, id, expires_at).await? == 0 {
        return Ok(false);
    }
    note(tx, store, id, (State::Invoicing, State::Open), now).await?;
    Ok(true)
}

/// Ends an unpaid order, locked as it stands, as expired, cancelled or failed and lets go of what it held;
/// `false` when it was not unpaid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn close(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    state: State,
    now: Timestamp,
) -> Result<bool, ShopError> {
    if table::close(tx, store, order.id, state, now).await? == 0 {
        return Ok(false);
    }
    note(tx, store, order.id, (order.state, state), now).await?;
    if planted(Bug::KeepUnits) {
        return Ok(true);
    }
    let_go(tx, store, order, now).await?;
    Ok(true)
}

/// Hands the goods over: the one way an order, locked as it stands, becomes paid. The units, the coupon's use
/// and the balance's part must be held already; a deposit has none of them.
///
/// # Errors
/// [`ShopError::Books`] when the order cannot be paid any more or its units are not there.
pub async fn pay(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    now: Timestamp,
) -> Result<(), ShopError> {
    let id = order.id;
    forget_its_day(tx, store, order).await?;
    if table::pay(tx, store, id, now).await? != 1 {
        return Err(ShopError::Books(format!("order {id} was already paid")));
    }
    let paid = match order.purpose {
        Purpose::Goods => State::Paid,
        Purpose::Deposit => State::Delivered,
    };
    note(tx, store, id, (order.state, paid), now).await?;
    let lines = table::lines(tx, store, id).await?;
    let sold = lines.iter().map(|line| line.quantity).sum();
    stock::hand_over(tx, store, id, sold, now).await?;
    for line in &lines {
        catalogue::add_sold(tx, store, line.product_id, line.quantity).await?;
    }
    Ok(())
}

/// Ends an order, locked as it stands, whose money went to the buyer's balance; `false` when it was already
/// paid.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn credit(
    tx: &mut Tx,
    store: StoreId,
    order: &Order,
    now: Timestamp,
) -> Result<bool, ShopError> {
    forget_its_day(tx, store, order).await?;
    if table::credit(tx, store, order.id, now).await? == 0 {
        return Ok(false);
    }
    note(tx, store, order.id, (order.state, State::Credited), now).await?;
    if order.state.is_unpaid() {
        let_go(tx, store, order, now).await?;
    }
    Ok(true)
}

/// Counts one message of goods as arrived; after the last one the order is delivered.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn part_arrived(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    now: Timestamp,
) -> Result<(), ShopError> {
    if table::part_arrived(tx, store, id).await? {
        note(tx, store, id, (State::Paid, State::Delivered), now).await?;
    }
    Ok(())
}

async fn note(
    tx: &mut Tx,
    store: StoreId,
    id: OrderId,
    (before, after): (State, State),
    now: Timestamp,
) -> Result<(), ShopError> {
    audit::moved(tx, store, ("order", id.0), (before.word(), after.word()), now).await
}
