//! What a store sold in a while. Days that are over are added up once and kept, so that a look costs the same
//! however many orders there are.

mod table;

pub use table::STATEMENTS;

use std::collections::BTreeMap;
use std::time::Duration;

use super::stores::Store;
use super::{ShopError, stores};
use crate::db::Tx;
use crate::primitives::{OrderId, ProductId, Rupiah, StoreId, Timestamp, Zone};
use table::{Sold, Totals};

/// From its first moment until just before the first of the next.
type Day = (Timestamp, Timestamp);

/// Nobody looks back farther, in days.
pub const MOST_DAYS: i64 = 30;
/// How many of the best products are named.
const BEST: usize = 5;
/// How long after its end a day may still get orders, by transactions that began before.
const SETTLES: Duration = Duration::from_hours(1);

/// What a store sold in the last days, today included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Orders that were placed.
    pub placed: i64,
    /// Orders that were paid, whenever they were placed.
    pub paid: i64,
    /// Orders that nobody paid in time.
    pub expired: i64,
    /// What the paid ones cost.
    pub revenue: Rupiah,
    /// How much of that went back to balances.
    pub refunded: Rupiah,
    /// What sold best, the most revenue first.
    pub best: Vec<Best>,
    /// The revenue of each day, or of a single day's hours: when it begins, and how much.
    pub course: Vec<(Timestamp, Rupiah)>,
}

/// How well a product sold, before discounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Best {
    /// What it is called now.
    pub name: String,
    /// How many units were sold.
    pub quantity: i64,
    /// What they cost.
    pub revenue: Rupiah,
}

impl Report {
    /// Paid orders per order placed, in tenths of a percent.
    #[must_use]
    pub fn conversion(&self) -> i64 {
        if self.placed == 0 { 0 } else { self.paid.saturating_mul(1_000) / self.placed }
    }
}

/// What a store sold in its last `days` (1 to [`MOST_DAYS`]), by its own clock.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub async fn report(
    tx: &mut Tx,
    store: &Store,
    now: Timestamp,
    days: i64,
) -> Result<Report, ShopError> {
    let days = last(&store.zone, now, days.clamp(1, MOST_DAYS));
    let (Some(first), Some(today)) = (days.first(), days.last()) else {
        return Ok(Report::default());
    };
    let open = |day: &&Day| day.1.plus(SETTLES) > now;
    let (over, running): (Vec<&Day>, Vec<&Day>) = days.iter().partition(|day| !open(day));
    let mut all = kept(tx, store.id, &over).await?;
    let mut sold = BTreeMap::new();
    if let Some(last_over) = over.last() {
        let span = (first.0, last_over.1);
        add(&mut sold, table::stored_products(tx, store.id, span).await?);
    }
    for day in running {
        all.push(table::add_up(tx, store.id, *day).await?);
        add(&mut sold, table::products(tx, store.id, *day).await?);
    }
    let course = if days.len() == 1 {
        hourly(*today, &table::hours(tx, store.id, *today).await?)
    } else {
        all.iter().map(|day| (day.day_from, day.revenue)).collect()
    };
    let best = best(tx, store.id, sold).await?;
    Ok(all.iter().fold(Report { best, course, ..Report::default() }, plus))
}

/// Forgets what was kept of the days that an order counts in: it changes after they are over.
///
/// # Errors
/// [`ShopError`] when the database fails.
pub(in crate::shop) async fn forget(
    tx: &mut Tx,
    store: StoreId,
    order: OrderId,
) -> Result<(), ShopError> {
    let (paid_at, closed_at) = table::moments(tx, store, order).await?;
    // Whoever adds a day up holds the store as well: none is kept that misses this change.
    stores::hold(tx, store).await?;
    for moment in [paid_at, closed_at].into_iter().flatten() {
        table::clear(tx, store, (moment, moment.plus(Duration::from_millis(1)))).await?;
    }
    Ok(())
}

/// The last days by a zone's clock, the oldest first.
fn last(zone: &Zone, now: Timestamp, days: i64) -> Vec<Day> {
    let midnight = |day: i64| zone.on_day(now, day, (0, 0));
    (1 - days..=0).filter_map(|day| midnight(day).zip(midnight(day + 1))).collect()
}

/// What is kept of days that are over; what is not kept yet is added up and kept.
async fn kept(tx: &mut Tx, store: StoreId, days: &[&Day]) -> Result<Vec<Totals>, ShopError> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
    let stored = table::stored(tx, store, (first.0, last.1)).await?;
    let mut all = Vec::with_capacity(days.len());
    for day in days {
        let known = stored.iter().find(|one| (one.day_from, one.day_until) == **day);
        all.push(match known {
            Some(known) => *known,
            None => close(tx, store, **day).await?,
        });
    }
    Ok(all)
}

async fn close(tx: &mut Tx, store: StoreId, day: Day) -> Result<Totals, ShopError> {
    stores::hold(tx, store).await?;
    let totals = table::add_up(tx, store, day).await?;
    let sold = table::products(tx, store, day).await?;
    // Also what is kept of the days of another zone, which were cut at other hours.
    table::clear(tx, store, day).await?;
    table::keep(tx, store, &totals, &sold).await?;
    Ok(totals)
}

fn add(all: &mut BTreeMap<ProductId, (i64, Rupiah)>, sold: Vec<Sold>) {
    for Sold { product_id, quantity, revenue } in sold {
        let sum = all.entry(product_id).or_insert((0, Rupiah::ZERO));
        sum.0 += quantity;
        sum.1 = sum.1.checked_add(revenue).unwrap_or(Rupiah::MAX);
    }
}

async fn best(
    tx: &mut Tx,
    store: StoreId,
    sold: BTreeMap<ProductId, (i64, Rupiah)>,
) -> Result<Vec<Best>, ShopError> {
    let mut sold: Vec<_> = sold.into_iter().collect();
    sold.sort_by_key(|(id, (_, revenue))| (std::cmp::Reverse(*revenue), *id));
    let mut best = Vec::with_capacity(BEST);
    for (id, (quantity, revenue)) in sold.into_iter().take(BEST) {
        best.push(Best { name: table::name(tx, store, id).await?, quantity, revenue });
    }
    Ok(best)
}

/// Every hour of a day, those without sales too.
fn hourly((from, until): Day, hours: &[(i64, Rupiah)]) -> Vec<(Timestamp, Rupiah)> {
    let begins = |hour: i64| Timestamp(from.0.saturating_add(hour.saturating_mul(3_600_000)));
    let of = |hour: i64| hours.iter().find(|(known, _)| *known == hour);
    let all = (0..).take_while(|hour| begins(*hour) < until);
    all.map(|hour| (begins(hour), of(hour).map_or(Rupiah::ZERO, |(_, revenue)| *revenue))).collect()
}

fn plus(report: Report, day: &Totals) -> Report {
    let sum = |one: Rupiah, other: Rupiah| one.checked_add(other).unwrap_or(Rupiah::MAX);
    Report {
        placed: report.placed + day.placed,
        paid: report.paid + day.paid,
        expired: report.expired + day.expired,
        revenue: sum(report.revenue, day.revenue),
        refunded: sum(report.refunded, day.refunded),
        ..report
    }
}
