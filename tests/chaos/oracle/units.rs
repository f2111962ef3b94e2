//! I-UNIT: a unit is one order's for ever, and none appears or vanishes. I-OWN: its text goes to its owner alone.
//!
//! The database shows how many units are in which state and whose they are; Telegram's ledger shows
//! which texts went under which order's code. Which row holds which text is sealed, so the two are
//! compared by order and by count.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::history;
use crate::report::Violation;

/// The texts that went out under more than one order.
pub fn doubled(evidence: &Evidence) -> BTreeMap<&str, BTreeSet<i64>> {
    let mut orders: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for sent in &evidence.sent {
        orders.entry(&sent.secret).or_default().extend(sent.order);
    }
    orders.retain(|_, orders| orders.len() > 1);
    orders
}

/// Units sold beyond those that were put on sale, over all products.
pub fn oversold(evidence: &Evidence) -> i64 {
    let books = &evidence.books;
    let over = books.products.values().map(|product| {
        let sold = books.lines.iter().filter(|line| {
            let order = books.orders.get(&line.order_id);
            line.product_id == product.id && order.is_some_and(super::books::Order::is_sold)
        });
        let sold: i64 = sold.map(|line| line.quantity).sum();
        (sold - added(evidence, &product.code)).max(0)
    });
    over.sum()
}

fn added(evidence: &Evidence, code: &str) -> i64 {
    let product = evidence.shelf.products.iter().find(|it| it.code == code);
    product.map_or(0, |it| i64::try_from(it.units).unwrap_or(i64::MAX))
}

pub fn check(evidence: &Evidence) -> Vec<Violation> {
    let mut found = conservation(evidence);
    found.extend(bindings(evidence));
    for (secret, orders) in doubled(evidence) {
        let order = orders.first().copied().unwrap_or_default();
        let what = format!("{secret} went out under orders {orders:?}");
        found.push(history::of_order(evidence, "I-UNIT", order, what));
    }
    let invented = evidence.sent.iter().filter(|it| !evidence.shelf.has(&it.secret));
    found.extend(invented.map(|it| Violation {
        promise: "I-UNIT",
        what: format!("{} was never put on sale and was sent to {}", it.secret, it.chat),
        history: vec![format!("{it:?}")],
    }));
    found.extend(ownership(evidence));
    found
}

/// Added = available + reserved + delivered + voided, and "sold" says the same as the orders.
fn conservation(evidence: &Evidence) -> Vec<Violation> {
    let books = &evidence.books;
    let mut found = Vec::new();
    for product in books.products.values() {
        let states = ["available", "reserved", "delivered", "voided"].map(|state| {
            let units = books.units.iter();
            let count = units.filter(|it| it.product_id == product.id && it.state == state).count();
            i64::try_from(count).unwrap_or(i64::MAX)
        });
        let (added, all) = (added(evidence, &product.code), states.iter().sum::<i64>());
        let mut wrong = |what: String| {
            let history =
                vec![format!("{product:?}, available reserved delivered voided {states:?}")];
            found.push(Violation { promise: "I-UNIT", what, history });
        };
        if added != all {
            wrong(format!("{} has {all} units, {added} were added", product.code));
        }
        if product.sold != states[2] {
            let (code, sold) = (&product.code, product.sold);
            wrong(format!("{code} counts {sold} sold, {} units are delivered", states[2]));
        }
    }
    found
}

/// Each order has exactly the units its state and its lines say.
fn bindings(evidence: &Evidence) -> Vec<Violation> {
    let books = &evidence.books;
    let mut bound: BTreeMap<(i64, i64), Vec<&str>> = BTreeMap::new();
    for unit in &books.units {
        if let Some(order) = unit.order_id {
            bound.entry((order, unit.product_id)).or_default().push(&unit.state);
        }
    }
    let mut found = Vec::new();
    for line in &books.lines {
        let Some(order) = books.orders.get(&line.order_id) else { continue };
        let units = bound.remove(&(line.order_id, line.product_id)).unwrap_or_default();
        let (count, state) = if order.is_sold() {
            (line.quantity, "delivered")
        } else if order.is_unpaid() {
            (line.quantity, "reserved")
        } else {
            (0, "")
        };
        let right = units.iter().filter(|it| **it == state).count();
        if units.len() != right || i64::try_from(right) != Ok(count) {
            let what = format!(
                "order {} is {} for {} units and has {units:?}",
                order.code, order.state, line.quantity
            );
            found.push(history::of_order(evidence, "I-UNIT", order.id, what));
        }
    }
    for ((order, product), units) in bound {
        let what =
            format!("order {order} has {units:?} of product {product}, which it has no line for");
        found.push(history::of_order(evidence, "I-UNIT", order, what));
    }
    found
}

/// I-OWN: by the order's code where the message names one, and by chat for every text.
fn ownership(evidence: &Evidence) -> Vec<Violation> {
    let books = &evidence.books;
    let mut found = Vec::new();
    let mut chats: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for sent in &evidence.sent {
        chats.entry(&sent.secret).or_default().insert(sent.chat);
        let owner = sent.order.and_then(|id| books.orders.get(&id)).and_then(|it| books.owner(it));
        if owner.is_some_and(|owner| owner != sent.chat) {
            let what = format!("{} of {owner:?} was sent to chat {}", sent.secret, sent.chat);
            let order = sent.order.unwrap_or_default();
            found.push(history::of_order(evidence, "I-OWN", order, what));
        }
    }
    for (chat, secrets) in &evidence.standing {
        for secret in secrets {
            chats.entry(secret).or_default().insert(*chat);
        }
    }
    for (secret, chats) in chats.into_iter().filter(|(_, chats)| chats.len() > 1) {
        let order = evidence.sent.iter().find(|it| it.secret == secret).and_then(|it| it.order);
        let what = format!("{secret} was seen in the chats {chats:?}");
        found.push(history::of_order(evidence, "I-OWN", order.unwrap_or_default(), what));
    }
    found
}
