//! The service is killed around every commit of an order; the order is delivered once all the same.
//!
//! Fault points exist in debug builds alone (`src/db/crash.rs` is empty otherwise), and so do these tests.
#![cfg(debug_assertions)]
#![expect(clippy::print_stderr, reason = "how many deaths there were is worth knowing")]

mod base;
mod broadcast;
mod shop;

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::Arc;

use base::Engine;
use bot_auto_order::sandbox::pakasir::State;
use bot_auto_order::sandbox::telegram::Person;
use shop::{Death, PRICE, Pattern, Shop, UNITS};
use tokio::task::JoinSet;

/// How many shops are open at once.
const AT_ONCE: usize = 12;
/// No order takes so many commits.
const TOO_MANY: u32 = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    die_everywhere(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    die_everywhere(Engine::Postgres).await;
}

/// Dies before and after the first, second, third … commit, until an order is through before its death.
async fn die_everywhere(engine: Engine) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pattern = Arc::new(Pattern::make(engine).await);
    let mut running = JoinSet::new();
    let mut next = 1;
    let (mut survivors, mut deaths, mut doubles, mut last) = (0, 0, 0, 0);
    loop {
        // Both kinds of death must come too late once, before nobody is sent to die any more.
        while survivors < 2 && running.len() < AT_ONCE {
            assert!(next <= TOO_MANY, "an order has no end");
            for death in [Death::Before(next), Death::After(next)] {
                let pattern = Arc::clone(&pattern);
                running.spawn(async move { (death, sell_one(&pattern, death).await) });
            }
            next += 1;
        }
        let Some(ended) = running.join_next().await else { break };
        let (death, told) = ended.unwrap_or_else(|error| resume_unwind(error.into_panic()));
        doubles += told.doubles;
        if told.died {
            deaths += 1;
            last = last.max(death.commit());
        } else {
            survivors += 1;
        }
    }
    eprintln!(
        "{engine:?}: {last} commits in an order's life, {deaths} deaths, {doubles} messages sent twice"
    );
    assert!(last > 40, "an order has more commits than {last}: were they counted?");
    Arc::into_inner(pattern).expect("every shop is closed").remove().await;
}

struct Told {
    died: bool,
    doubles: usize,
}

async fn sell_one(pattern: &Pattern, death: Death) -> Told {
    let mut shop = Shop::open(pattern, death).await;
    let buyer = shop.buyer();
    shop.play(async {
        buy(&shop, &buyer).await;
        shop.quiet().await;
    })
    .await;
    let (died, doubles) = (shop.has_died(), check(&shop, &buyer).await);
    assert!(doubles <= usize::from(died), "{doubles} messages twice after one death: {died}");
    shop.close().await;
    Told { died, doubles }
}

async fn buy(shop: &Shop<'_>, buyer: &Person) {
    buyer.say("/start");
    buyer.sees_text("Selamat datang").await;
    buyer.tap("Semua Produk");
    buyer.sees_text("Kopi Susu").await;
    buyer.say("1");
    buyer.sees_text("Jumlah:").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("Keranjang").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
    buyer.press("QRIS");
    buyer.sees_text("Bayar sebelum").await;
    let invoice = shop.stage.project.transaction_where(|_| true).await;
    shop.stage.project.pay(&invoice.txn_id).expect("it can be paid");
    buyer.sees_text("kopi-secret-").await;
    buyer.sees_text("Lunas!").await;
}

/// What must hold after any death; returns how many messages the buyer got twice.
async fn check(shop: &Shop<'_>, buyer: &Person) -> usize {
    let made = shop.stage.project.transactions();
    assert_eq!(made.len(), 1, "one invoice at the gateway: {made:?}");
    assert_eq!((made[0].amount, &made[0].state), (PRICE, &State::Completed));

    let goods: Vec<String> = buyer
        .messages()
        .into_iter()
        .filter(|seen| seen.text.contains("kopi-secret-"))
        .inspect(|seen| assert!(seen.protected, "goods are protected"))
        .flat_map(|seen| seen.parts("code"))
        .filter(|code| code.starts_with("kopi-secret-"))
        .collect();
    let units: BTreeSet<&String> = goods.iter().collect();
    assert_eq!(units.len(), 1, "goods of exactly one unit: {goods:?}");

    for (what, expected, sql) in BOOKS {
        assert_eq!(shop.base.count(sql).await, expected, "{what}");
    }
    messages_sent_twice(shop, buyer)
}

/// What the tables must say after one order.
const BOOKS: [(&str, i64, &str); 13] = [
    ("orders", 1, "SELECT COUNT(*) FROM orders"),
    (
        "orders delivered",
        1,
        "SELECT COUNT(*) FROM orders WHERE state = 'delivered' AND parts_sent = parts",
    ),
    ("order lines", 1, "SELECT COUNT(*) FROM order_lines WHERE quantity = 1"),
    (
        "units delivered",
        1,
        "SELECT COUNT(*) FROM units u JOIN orders o ON o.id = u.order_id WHERE u.state = 'delivered'",
    ),
    ("units left", UNITS - 1, "SELECT COUNT(*) FROM units WHERE state = 'available'"),
    ("sold", 1, "SELECT CAST(SUM(sold) AS BIGINT) FROM products"),
    ("payments", 1, "SELECT COUNT(*) FROM payments"),
    (
        "payments paid",
        PRICE,
        "SELECT CAST(SUM(received) AS BIGINT) FROM payments WHERE state = 'completed' AND outcome = 'paid'",
    ),
    ("ledger", 0, "SELECT COUNT(*) FROM ledger"),
    ("balances", 0, "SELECT CAST(SUM(balance) AS BIGINT) FROM customers"),
    ("customers", 1, "SELECT COUNT(*) FROM customers"),
    ("facts set aside", 0, "SELECT COUNT(*) FROM inbox WHERE state <> 'done'"),
    (
        // The lists of commands are set by whoever begins, whenever the webhook is registered.
        "parcels not sent",
        0,
        "SELECT COUNT(*) FROM outbox WHERE state NOT IN ('sent', 'dropped') AND lane NOT LIKE 'menu:%'",
    ),
];

/// A send whose answer the dead process never wrote down is sent again; nothing else may be.
fn messages_sent_twice(shop: &Shop<'_>, buyer: &Person) -> usize {
    let calls = shop.stage.telegram.calls();
    let sent = calls.iter().filter(|call| {
        call.chat.is_some_and(|chat| chat.0 == buyer.id().0)
            && call.code == 200
            && call.method.starts_with("send")
    });
    // Welcome, list, card, invoice, receipt or goods: each text and picture comes once.
    let mut seen = Vec::new();
    let mut twice = 0;
    for call in sent {
        let said =
            (call.method.clone(), call.params["text"].clone(), call.params["caption"].clone());
        if seen.contains(&said) {
            twice += 1;
        }
        seen.push(said);
    }
    twice
}
