//! What must hold in a world at every moment and at its end, by statements of the simulation's own.

use std::collections::BTreeMap;

use super::gateway::State;
use super::world::{World, unit};

/// Invariant, what would be wrong, and a statement that counts it; between any two steps.
const ALWAYS: [(&str, &str, &str); 5] = [
    (
        "I-UNIT",
        "units that are not held exactly by unpaid or sold orders",
        "SELECT COUNT(*) FROM units u LEFT JOIN orders o ON o.id = u.order_id WHERE \
         (u.state = 'reserved' AND COALESCE(o.state, '') NOT IN ('invoicing', 'open')) OR \
         (u.state = 'delivered' AND COALESCE(o.state, '') NOT IN ('paid', 'delivered')) OR \
         (u.state = 'available' AND u.order_id IS NOT NULL)",
    ),
    (
        "I-UNIT",
        "orders that hold more or fewer units than they asked for",
        "SELECT COUNT(*) FROM orders o WHERE \
         (SELECT COUNT(*) FROM units u WHERE u.order_id = o.id) <> \
         CASE WHEN o.state IN ('invoicing', 'open', 'paid', 'delivered') THEN \
         (SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id) ELSE 0 END",
    ),
    (
        "I-NOPAY",
        "sold orders that neither a payment nor the balance covers",
        "SELECT COUNT(*) FROM orders o WHERE o.state IN ('paid', 'delivered') AND o.amount <> \
         (SELECT COALESCE(SUM(p.received), 0) FROM payments p WHERE p.order_id = o.id AND \
          p.state = 'completed' AND p.outcome IN ('paid', 'late')) - \
         (SELECT COALESCE(SUM(l.amount), 0) FROM ledger l WHERE l.order_id = o.id AND l.account = 'sales')",
    ),
    (
        "I-PAY",
        "completed payments that are neither an order's nor on a balance",
        "SELECT COUNT(*) FROM payments p JOIN orders o ON o.id = p.order_id WHERE \
         p.state = 'completed' AND NOT ( \
         (p.outcome IN ('paid', 'late') AND o.state IN ('paid', 'delivered')) OR \
         (p.outcome IN ('credited', 'duplicate', 'under', 'over') AND EXISTS (SELECT 1 FROM ledger l \
          WHERE l.payment_id = p.id AND l.amount = p.received AND l.customer_id = o.customer_id)))",
    ),
    (
        "I-PAY",
        "balances that are not the sum of their ledger",
        "SELECT COUNT(*) FROM customers c WHERE c.balance <> \
         (SELECT COALESCE(SUM(l.amount), 0) FROM ledger l WHERE l.customer_id = c.id)",
    ),
];

/// The same, once everything has come to its end.
const AT_LAST: [(&str, &str, &str); 4] = [
    (
        "I-LIVE",
        "orders that never ended",
        "SELECT COUNT(*) FROM orders WHERE state IN ('invoicing', 'open', 'paid')",
    ),
    (
        "I-LIVE",
        "facts that failed for good, other than lies",
        "SELECT COUNT(*) FROM inbox WHERE state = 'pending' OR (state = 'dead' AND \
         reason NOT LIKE 'forged:%' AND reason NOT LIKE 'held:%' AND \
         reason NOT LIKE 'no payment of this store%')",
    ),
    (
        "I-OUT",
        "goods and orders that were not confirmed",
        "SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'parked') OR \
         (state = 'dead' AND payload LIKE '%\"do\":\"goods\"%')",
    ),
    (
        "I-LIVE",
        "payments that would be looked at again for ever",
        "SELECT COUNT(*) FROM payments WHERE next_check_at IS NOT NULL AND state <> 'completed'",
    ),
];

impl World {
    async fn held(&mut self, promises: &[(&'static str, &str, &'static str)]) {
        for (promise, wrong, sql) in promises {
            let found = self.count(sql).await;
            if found > 0 {
                self.wrong.push((promise, format!("{found} {wrong}")));
            }
        }
    }

    /// Between two steps.
    pub async fn check_now(&mut self) {
        self.held(&ALWAYS).await;
    }

    /// After everything came to rest.
    pub async fn check_at_last(&mut self) {
        self.held(&ALWAYS).await;
        self.held(&AT_LAST).await;
        self.units_are_all_there().await;
        self.money_is_known().await;
        self.goods_went_to_their_owners().await;
        for broken in std::mem::take(&mut self.gateway.broken) {
            self.wrong.push(("I-RATE", broken));
        }
    }

    async fn units_are_all_there(&mut self) {
        let added: usize = self.units.iter().sum();
        let there = self.count("SELECT COUNT(*) FROM units").await;
        if i64::try_from(added) != Ok(there) {
            self.wrong.push(("I-UNIT", format!("{added} units were added, {there} are there")));
        }
    }

    /// Every payment the gateway completed is booked with its sum or held for a person; no other is.
    async fn money_is_known(&mut self) {
        type Row = (String, String, Option<String>, Option<i64>);
        let statement = bot_auto_order::sql!(
            "SELECT reference, state, outcome, received FROM payments ORDER BY id LIMIT 100000"
        );
        let mut tx = self.db.read().await.expect("reads");
        let rows = bot_auto_order::fetch_all!(&mut tx, Row, statement).expect("payments");
        drop(tx);
        let ours: BTreeMap<String, (String, Option<String>, Option<i64>)> = rows
            .into_iter()
            .map(|(reference, state, outcome, received)| (reference, (state, outcome, received)))
            .collect();
        let mut completed = 0;
        for (place, sale) in self.gateway.sales.iter().enumerate() {
            let Some((state, outcome, received)) = ours.get(&sale.reference) else {
                self.wrong.push(("I-PAY", format!("sale {place} is unknown to the shop")));
                continue;
            };
            let paid = sale.state == State::Completed;
            completed += usize::from(paid);
            let booked = state == "completed" && *received == Some(sale.amount);
            let is_held = outcome.as_deref() == Some("held");
            if paid && !booked && !is_held {
                let what = format!("sale {place} was paid and is {state} {outcome:?} {received:?}");
                self.wrong.push(("I-PAY", what));
            }
            if !paid && state == "completed" {
                self.wrong.push(("I-NOPAY", format!("sale {place} was never paid")));
            }
        }
        let booked = ours.values().filter(|(state, outcome, _)| {
            state == "completed" || outcome.as_deref() == Some("held")
        });
        if booked.count() != completed {
            self.wrong.push(("I-PAY", "the shop booked other payments than came".to_owned()));
        }
    }

    /// Each unit was sent to its owner's chat alone, after the gateway said "completed", and stands
    /// there once, but for what was asked for again or of whose arrival nobody could know.
    async fn goods_went_to_their_owners(&mut self) {
        type Row = (i64, Option<i64>, Option<i64>, Option<String>, Option<i64>, i64);
        let statement = bot_auto_order::sql!(
            "SELECT u.product_id, c.user_id, o.id, \
             (SELECT p.reference FROM payments p WHERE p.order_id = o.id AND p.outcome IN ('paid', 'late')), \
             o.amount - o.from_balance, \
             (SELECT COUNT(*) FROM outbox x WHERE x.payload LIKE '%\"do\":\"goods\"%' \
              AND x.payload LIKE '%\"order\":' || o.id || ',%' AND x.payload LIKE '%\"again\":true%') \
             FROM units u LEFT JOIN orders o ON o.id = u.order_id AND u.state = 'delivered' \
             LEFT JOIN customers c ON c.id = o.customer_id ORDER BY u.id LIMIT 100000"
        );
        let mut tx = self.db.read().await.expect("reads");
        let rows = bot_auto_order::fetch_all!(&mut tx, Row, statement).expect("units");
        drop(tx);
        let mut next = BTreeMap::new();
        for (product, owner, order, reference, asked_of_gateway, again) in rows {
            let n: &mut usize = next.entry(product).or_default();
            let name = unit(usize::try_from(product).expect("an id"), *n);
            *n += 1;
            let sent = self.telegram.units.get(&name).cloned().unwrap_or_default();
            let Some((owner, order)) = owner.zip(order) else {
                if !sent.shown.is_empty() {
                    self.wrong.push(("I-NOPAY", format!("{name} was sent and not sold")));
                }
                continue;
            };
            if sent.shown.is_empty() {
                self.wrong.push(("I-OUT", format!("{name} of order {order} was never sent")));
                continue;
            }
            if sent.shown.iter().any(|(chat, _)| *chat != owner) {
                let what = format!("{name} of {owner} was sent to {:?}", sent.shown);
                self.wrong.push(("I-OWN", what));
            }
            let asked = u64::try_from(again).unwrap_or(0);
            let shown = u64::try_from(sent.shown.len()).unwrap_or(0);
            if shown > 1 + asked + sent.unknown + sent.refused {
                self.wrong.push(("I-OUT", format!("{name}, asked again {asked}: {sent:?}")));
            }
            if asked_of_gateway != Some(0) {
                let answered =
                    reference.and_then(|reference| self.gateway.by_reference(&reference)?.answered);
                if answered.is_none_or(|step| step > sent.first_step) {
                    let what = format!("{name} went out before the gateway said so: {answered:?}");
                    self.wrong.push(("I-NOPAY", what));
                }
            }
        }
    }
}
