//! What must hold in every shop at the end of every story, read from the data and both ledgers.

use std::collections::BTreeMap;

use bot_auto_order::primitives::{ChatId, OrderId};
use bot_auto_order::sandbox::pakasir::State;
use bot_auto_order::shop::{orders, stock};

use crate::given::TestShop;

/// What would be wrong, and a statement that counts it.
pub const NEVER: &[(&str, &str)] = &[
    (
        "sold orders without exactly their units",
        "SELECT COUNT(*) FROM orders o WHERE o.state IN ('paid', 'delivered') AND \
         (SELECT COUNT(*) FROM units u WHERE u.order_id = o.id AND u.state = 'delivered') <> \
         (SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM order_lines l WHERE l.order_id = o.id)",
    ),
    (
        "units held by orders that hold none",
        "SELECT COUNT(*) FROM units u JOIN orders o ON o.id = u.order_id WHERE \
         (u.state = 'reserved') <> (o.state IN ('invoicing', 'open'))",
    ),
    (
        "units given away with orders that were not sold",
        "SELECT COUNT(*) FROM units u JOIN orders o ON o.id = u.order_id WHERE \
         (u.state = 'delivered') <> (o.state IN ('paid', 'delivered'))",
    ),
    (
        "unpaid orders without exactly their reserved units",
        "SELECT COUNT(*) FROM orders o WHERE o.state IN ('invoicing', 'open') AND \
         (SELECT COUNT(*) FROM units u WHERE u.order_id = o.id AND u.state = 'reserved') <> \
         (SELECT CAST(COALESCE(SUM(l.quantity), 0) AS BIGINT) FROM order_lines l WHERE l.order_id = o.id)",
    ),
    (
        "products that count other sales than their units",
        "SELECT COUNT(*) FROM products p WHERE p.sold <> \
         (SELECT COUNT(*) FROM units u WHERE u.product_id = p.id AND u.state = 'delivered')",
    ),
    (
        "sold orders without exactly one payment for them",
        "SELECT COUNT(*) FROM orders o WHERE o.state IN ('paid', 'delivered') AND o.by_hand IS NULL AND o.amount > o.from_balance AND \
         (SELECT COUNT(*) FROM payments p WHERE p.order_id = o.id AND p.state = 'completed' \
          AND p.outcome IN ('paid', 'late') AND p.received = o.amount - o.from_balance) <> 1",
    ),
    (
        "orders called paid without a note or in spite of a payment for them",
        "SELECT COUNT(*) FROM orders o WHERE o.by_hand IS NOT NULL AND (o.state NOT IN ('paid', 'delivered') \
         OR LENGTH(o.by_hand) < 3 OR EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id \
         AND p.outcome IN ('paid', 'late')))",
    ),
    (
        "refunds without their entry in the ledger, or of another sum",
        "SELECT COUNT(*) FROM orders o WHERE o.refunded NOT IN (0, o.amount) OR o.refunded <> \
         (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM ledger l WHERE l.order_id = o.id \
          AND l.kind = 'refund')",
    ),
    (
        "payments for goods on orders that were not sold",
        "SELECT COUNT(*) FROM payments p JOIN orders o ON o.id = p.order_id \
         WHERE p.outcome IN ('paid', 'late') AND o.state NOT IN ('paid', 'delivered')",
    ),
    (
        "completed payments that ended nowhere",
        "SELECT COUNT(*) FROM payments p WHERE p.state = 'completed' AND (p.received IS NULL OR \
         p.outcome IS NULL OR p.outcome = 'held')",
    ),
    (
        "credited payments without their entry in the ledger",
        "SELECT COUNT(*) FROM payments p WHERE p.state = 'completed' \
         AND p.outcome IN ('credited', 'duplicate', 'under', 'over') AND NOT EXISTS \
         (SELECT 1 FROM ledger l JOIN orders o ON o.id = p.order_id WHERE l.payment_id = p.id \
          AND l.amount = p.received AND l.customer_id = o.customer_id)",
    ),
    (
        "entries in the ledger for money that bought something or never came",
        "SELECT COUNT(*) FROM ledger l JOIN payments p ON p.id = l.payment_id \
         WHERE p.state <> 'completed' OR (p.outcome IN ('paid', 'late')) <> (l.kind = 'deposit') \
         OR p.outcome = 'held' OR l.amount <> p.received",
    ),
    (
        "deposits that were paid and not booked, or booked and not paid",
        "SELECT COUNT(*) FROM orders o WHERE o.purpose = 'deposit' AND (o.state = 'delivered') <> \
         EXISTS (SELECT 1 FROM ledger l WHERE l.order_id = o.id AND l.kind = 'deposit' AND l.amount = o.amount)",
    ),
    (
        "orders that took something else from the balance than they say",
        "SELECT COUNT(*) FROM orders o WHERE \
         (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM ledger l WHERE l.order_id = o.id \
          AND l.kind IN ('purchase', 'release')) <> \
         CASE WHEN o.state IN ('invoicing', 'open', 'paid', 'delivered') THEN -o.from_balance ELSE 0 END",
    ),
    (
        "entries of the ledger whose balance does not follow from the one before",
        "SELECT COUNT(*) FROM ledger l WHERE l.balance_after <> l.amount + \
         (SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM ledger e \
          WHERE e.customer_id = l.customer_id AND e.id < l.id)",
    ),
    (
        "coupons that count other uses than their orders",
        "SELECT COUNT(*) FROM coupons c WHERE c.used <> (SELECT COUNT(*) FROM orders o \
         WHERE o.coupon_id = c.id AND o.state IN ('invoicing', 'open', 'paid', 'delivered'))",
    ),
    (
        "coupons used more often than they may be",
        "SELECT COUNT(*) FROM coupons WHERE used > max_uses",
    ),
    (
        "orders whose lines, discount and amount do not add up",
        "SELECT COUNT(*) FROM orders o WHERE o.purpose = 'goods' AND o.amount + o.discount <> \
         (SELECT CAST(COALESCE(SUM(l.quantity * l.price), 0) AS BIGINT) FROM order_lines l WHERE l.order_id = o.id)",
    ),
    (
        "delivered orders whose messages did not all arrive, each counted once",
        "SELECT COUNT(*) FROM orders WHERE state = 'delivered' AND parts_sent <> parts",
    ),
    (
        "goods that were given up",
        "SELECT COUNT(*) FROM outbox WHERE state = 'dead' AND payload LIKE '%\"do\":\"goods\"%'",
    ),
    (
        "facts about money that failed for good through our own fault",
        "SELECT COUNT(*) FROM inbox WHERE state = 'dead' AND source <> 'telegram' AND reason LIKE '%: failed % times, last:%'",
    ),
];

/// Every payment that the gateway completed is known here with the same sum, or held for a person;
/// nothing else counts as paid.
pub async fn money(shop: &TestShop) {
    type Row = (String, String, Option<String>, Option<i64>);
    let ours: Vec<Row> =
        shop.rows("SELECT reference, state, outcome, received FROM payments ORDER BY id").await;
    let theirs: BTreeMap<String, _> = shop
        .stage
        .project
        .transactions()
        .into_iter()
        .map(|sale| (sale.reference.clone(), sale))
        .collect();
    for (reference, state, outcome, received) in &ours {
        let sale = theirs.get(reference);
        let came = sale.filter(|sale| sale.state == State::Completed);
        if state == "completed" {
            let sale = came.unwrap_or_else(|| panic!("{reference} was never paid: {sale:?}"));
            assert_eq!(*received, Some(sale.amount), "{reference} is booked with another sum");
        } else if came.is_some() {
            assert_eq!(outcome.as_deref(), Some("held"), "{reference} was paid and forgotten");
        }
    }
}

/// What was sold was sent to its buyer's chat and to no other; what was not sold, to none.
pub async fn goods(shop: &TestShop) {
    let sold: Vec<(OrderId, i64)> = shop
        .rows(
            "SELECT o.id, c.user_id FROM orders o JOIN customers c ON c.id = o.customer_id \
             WHERE o.state IN ('paid', 'delivered') ORDER BY o.id",
        )
        .await;
    let mut owners = BTreeMap::new();
    let mut tx = shop.db().read().await.expect("reads");
    for (order, user) in sold {
        let order = orders::peek(&mut tx, shop.store().id, order).await.expect("an order");
        let goods = stock::goods(&mut tx, shop.store(), &shop.keyring, order.id).await;
        for unit in goods.expect("it opens").into_iter().flat_map(|line| line.units) {
            owners.insert(as_code(unit.expose()), ChatId(user));
        }
    }
    drop(tx);
    for call in shop.stage.telegram.calls() {
        let words = [&call.params["text"], &call.params["caption"]];
        for text in words.into_iter().filter_map(|text| text.as_str()) {
            for unit in text.split("<code>").skip(1).filter_map(|rest| rest.split("</code>").next())
            {
                if let Some(owner) = owners.get(unit) {
                    assert_eq!(call.chat, Some(*owner), "goods were sent to a stranger");
                } else {
                    assert!(!unit.contains("-secret-"), "unsold goods were sent to somebody");
                }
            }
        }
    }
}

fn as_code(unit: &str) -> String {
    unit.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
