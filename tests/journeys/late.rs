//! Money that comes unannounced, late, twice or in the wrong sum, and orders nobody pays.

use bot_auto_order::primitives::UserId;
use bot_auto_order::sandbox::pakasir::{CallKind, Fault, FaultKind, SecretHeader, State};
use bot_auto_order::shop::stores::Wish;

use crate::given::{ADMIN, Engine, Invoice, Plan, TestShop, products, shows};
use crate::journey;

/// The store's patience with an unpaid order, in seconds.
const PATIENCE: u64 = 15 * 60;

/// A shop with a single unit.
fn one_unit() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 1)]))
}

const OWNER: UserId = UserId(2);

fn with_an_owner() -> Plan {
    Plan::default().wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() })
}

/// Lets `seconds` pass in small steps, as the sweep sees them.
async fn slowly(shop: &TestShop, seconds: u64) {
    for _ in 0..seconds / 15 {
        shop.pass(15).await;
    }
}

journey!(a_lost_callback_is_found_within_two_minutes, |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    // Late enough that the shop looks seldom.
    shop.pass(400).await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    slowly(shop, 120).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    budi.sees_text("kopi-secret-1").await;
    assert!(shop.stage.gateway.callbacks().is_empty());
});

journey!(a_lost_callback_is_found_before_the_order_expires, |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.pass(PATIENCE - 20).await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid in the last seconds");
    // Whatever the shop does at the deadline, it asks the gateway first.
    shop.pass(60).await;
    budi.sees_text("kopi-secret-1").await;
    assert_eq!(shows(&budi, "Waktu bayar habis"), 0);
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(a_lost_callback_is_found_on_the_old_api, Plan::default().on_v1(), |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    slowly(shop, 30).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(the_buyer_may_ask_himself, |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    budi.press("Cek Pembayaran");
    let seen = budi.sees_text("pembayaran belum masuk").await;
    assert_eq!(seen.id, invoice.shown.id);
    assert_eq!(seen.photo, invoice.shown.photo, "the QR stays");
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    // An impatient finger does not break the gateway's pace.
    for _ in 0..4 {
        budi.press("Cek Pembayaran");
    }
    shop.pass(6).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(nobody_pays_and_everything_is_as_before, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    assert_eq!(shop.stock().await, 7);
    shop.pass(PATIENCE - 30).await;
    assert_eq!(shop.state(invoice.order).await, "open", "not a second too early");
    shop.pass(120).await;
    assert_eq!(shop.state(invoice.order).await, "expired", "within 90 seconds");
    assert_eq!(shop.stock().await, 8, "exactly the reserved unit is back");
    let ended = budi.sees_text("Waktu bayar habis").await;
    assert_eq!(ended.id, invoice.shown.id, "the invoice itself was replaced");
    assert!(ended.buttons.is_empty());
    assert_ne!(ended.photo, invoice.shown.photo);
    shop.pass(600).await;
    assert_eq!(shows(&budi, "Waktu bayar habis"), 1, "told once");
    let sale = shop.stage.project.transaction_for(&invoice.sale.reference).await;
    assert_eq!(sale.state, State::Canceled, "nobody should pay it any more");
});

journey!(orders_expire_although_the_gateway_is_silent, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let fault =
        Fault { call: None, reference: None, times: u32::MAX, kind: FaultKind::Status(503) };
    shop.stage.gateway.fault(fault);
    shop.pass(PATIENCE).await;
    slowly(shop, 90).await;
    assert_eq!(shop.state(invoice.order).await, "expired");
    assert_eq!(shop.stock().await, 8);
    // Paid while nobody could know it: found once the gateway speaks again.
    shop.stage.project.mute_callbacks(true);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    shop.stage.gateway.clear_faults();
    shop.pass(16 * 60).await;
    shop.pass(16).await;
    budi.sees_text("kopi-secret-1").await;
});

/// Two processes on one database expire, look and deliver once; only PostgreSQL can be shared.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_expire_an_order_once() {
    let mut shop = Plan::default().open(Engine::Postgres).await;
    shop.start_twin().await;
    let (budi, sari) = (shop.person(101, "Budi"), shop.person(102, "Sari"));
    let (unpaid, paid) = (shop.invoice(&budi, "1").await, shop.invoice(&sari, "2").await);
    shop.stage.project.mute_callbacks(true);
    shop.stage.project.pay(&paid.sale.txn_id).expect("paid");
    slowly(&shop, 30).await;
    sari.sees_text("teh-secret-1").await;
    shop.pass(PATIENCE).await;
    slowly(&shop, 90).await;
    assert_eq!(shop.state(unpaid.order).await, "expired");
    assert_eq!(shop.stock().await, 7);
    assert_eq!(shows(&budi, "Waktu bayar habis"), 1);
    assert_eq!(shows(&sari, "teh-secret-1"), 1);
    let facts = shop.count("SELECT COUNT(*) FROM inbox WHERE key LIKE 'overdue:%'").await;
    assert!(facts <= 1, "{facts}");
    shop.close().await;
}

async fn expired(shop: &TestShop, invoice: &Invoice) {
    shop.pass(PATIENCE).await;
    shop.pass(60).await;
    assert_eq!(shop.state(invoice.order).await, "expired");
}

journey!(late_money_still_buys_what_is_there, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    expired(shop, &invoice).await;
    shop.stage.project.pay_late(&invoice.sale.txn_id).expect("late");
    budi.sees_text("kopi-secret-1").await;
    budi.sees_text("Lunas!").await;
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shop.stock().await, 7);
    assert_eq!(shop.balance(&budi).await, 0);
});

journey!(late_money_for_what_is_gone_becomes_balance, one_unit(), |shop| {
    let (budi, sari) = (shop.person(101, "Budi"), shop.person(102, "Sari"));
    let late = shop.invoice(&budi, "1").await;
    expired(shop, &late).await;
    let quick = shop.invoice(&sari, "1").await;
    shop.stage.project.pay(&quick.sale.txn_id).expect("paid");
    sari.sees_text("kopi-secret-1").await;
    shop.stage.project.pay_late(&late.sale.txn_id).expect("late");
    let told = budi.sees_text("masuk setelah pesanan ditutup dan stok sudah habis").await;
    assert!(told.text.contains("Pembayaran Rp 30.000 sudah kami terima"), "{}", told.text);
    assert!(told.text.contains("masuk ke saldo, sekarang Rp 30.000"), "{}", told.text);
    shop.pass(6).await;
    assert_eq!(shop.state(late.order).await, "credited");
    assert_eq!(shop.balance(&budi).await, 30_000);
    assert_eq!(shows(&budi, "secret"), 0);
    budi.say("/saldo");
    budi.sees_text("Saldomu: Rp 30.000").await;
    // The same news again, in every form, brings no more.
    shop.stage.project.resend_callback(&late.sale.txn_id).expect("known");
    shop.pass(3_600).await;
    assert_eq!(shop.balance(&budi).await, 30_000);
});

journey!(money_for_a_cancelled_order_is_never_lost, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    budi.press("Batalkan Pesanan");
    budi.sees_text("Pesanan dibatalkan").await;
    shop.pass(6).await;
    shop.stage.project.pay_late(&invoice.sale.txn_id).expect("late");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(late_money_without_a_callback_is_found_within_a_day, |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    budi.press("Batalkan Pesanan");
    budi.sees_text("Pesanan dibatalkan").await;
    // The gateway says it is cancelled when the shop looks after a quarter of an hour.
    shop.pass(20 * 60).await;
    shop.stage.project.pay_late(&invoice.sale.txn_id).expect("late");
    shop.pass(2 * 60 * 60).await;
    shop.pass(6).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(money_for_an_order_whose_invoice_was_given_up_is_never_lost, |shop| {
    let kind = FaultKind::ServerErrorAfterStoring;
    let fault = Fault { call: Some(CallKind::Create), reference: None, times: u32::MAX, kind };
    shop.stage.gateway.fault(fault);
    let budi = shop.person(101, "Budi");
    crate::given::order(&budi, "1").await;
    for _ in 0..6 {
        shop.pass(10).await;
    }
    budi.sees_text("QRIS belum bisa dibuat").await;
    shop.stage.gateway.clear_faults();
    let (order, reference) = shop.newest_order(&budi).await;
    let sale = shop.stage.project.transaction_for(&reference).await;
    shop.stage.project.pay_late(&sale.txn_id).expect("paid on the gateway's page");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    assert_eq!(shop.state(order).await, "delivered");
});

async fn odd_sum(shop: &mut TestShop, amount: i64, words: &str) {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let body = shop.stage.project.callback_body(&invoice.sale.txn_id);
    shop.stage.project.set_amount(&invoice.sale.txn_id, amount);
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    // A callback in our own sum, and the gateway's answer in another: the answer counts.
    let mut body = body;
    body["status"] = serde_json::json!("completed");
    let json = Some("application/json");
    assert_eq!(shop.stage.project.callback(body, SecretHeader::Right, json).await, 200);
    let told = budi.sees_text(words).await;
    assert!(told.text.contains("masuk ke saldo"), "{}", told.text);
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "credited");
    assert_eq!(shop.balance(&budi).await, amount);
    assert_eq!(shop.stock().await, 8, "the unit is free again");
    assert_eq!(shows(&budi, "secret"), 0);
}

journey!(one_rupiah_less_buys_nothing_and_is_credited, |shop| {
    odd_sum(shop, 29_999, "jumlahnya kurang dari tagihan").await;
});

journey!(one_rupiah_more_buys_nothing_and_is_credited, |shop| {
    odd_sum(shop, 30_001, "jumlahnya lebih dari tagihan").await;
});

journey!(the_total_with_the_fee_is_not_the_amount, |shop| {
    odd_sum(shop, 30_520, "jumlahnya lebih dari tagihan").await;
});

journey!(paying_twice_credits_the_second_time, |shop| {
    // The first answer is lost, the next says that the reference is used up: two can be paid.
    let on_create = |kind| Fault { call: Some(CallKind::Create), reference: None, times: 1, kind };
    shop.stage.gateway.fault(on_create(FaultKind::ServerErrorAfterStoring));
    shop.stage.gateway.fault(on_create(FaultKind::Status(404)));
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let sales = shop.stage.project.transactions();
    assert_eq!(sales.len(), 2);
    let first = sales.iter().find(|sale| sale.txn_id != invoice.sale.txn_id).expect("the other");
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.stage.project.pay(&first.txn_id).expect("paid again");
    let told = budi.sees_text("pesanan ini sudah dibayar sebelumnya").await;
    assert!(told.text.contains("sekarang Rp 30.000"), "{}", told.text);
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shop.balance(&budi).await, 30_000);
    assert_eq!(shows(&budi, "Lunas!"), 1, "the receipt stays");
});

journey!(
    the_store_decides_how_long_an_order_lives,
    Plan::default().wishing(Wish { invoice_minutes: Some(2), ..Wish::default() }),
    |shop| {
        let budi = shop.person(101, "Budi");
        let invoice = shop.invoice(&budi, "1").await;
        shop.pass(100).await;
        assert_eq!(shop.state(invoice.order).await, "open");
        shop.pass(60).await;
        assert_eq!(shop.state(invoice.order).await, "expired");
    }
);

journey!(late_looks_are_not_used_up_by_a_gateway_without_a_word, |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    expired(shop, &invoice).await;
    // Only the very last of the late looks is left, and it brings no word.
    shop.pass(3 * 60 * 60).await;
    shop.stage.project.pay_late(&invoice.sale.txn_id).expect("late");
    let kind = FaultKind::Status(503);
    let call = Some(CallKind::Status);
    shop.stage.gateway.fault(Fault { call, reference: None, times: 3, kind });
    shop.pass(22 * 60 * 60).await;
    slowly(shop, 60).await;
    assert_eq!(shop.state(invoice.order).await, "expired");
    shop.pass(7 * 60 * 60).await;
    shop.pass(6).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(a_second_reference_of_a_sold_order_is_not_asked_about_for_ever, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(20).await;
    // As if a first reference, given up for this one, had been named by a callback.
    shop.change(
        "INSERT INTO payments (store_id, order_id, reference, amount, state, txn_id, \
         next_check_at, created_at) SELECT store_id, order_id, 'INV-SECOND00', amount, 'failed', \
         'unknown', completed_at, created_at FROM payments",
    )
    .await;
    for _ in 0..40 {
        shop.pass(60).await;
    }
    let looks = "SELECT checks FROM payments WHERE state = 'failed'";
    assert!((1..=8).contains(&shop.count(looks).await), "{}", shop.count(looks).await);
});

journey!(owners_too_hear_of_money_that_bought_nothing, with_an_owner(), |shop| {
    let (rina, boss) = (shop.person(ADMIN.0, "Bu Rina"), shop.person(OWNER.0, "Pak Bos"));
    for person in [&rina, &boss] {
        person.say("/start");
        person.sees_text("Selamat datang").await;
    }
    odd_sum(shop, 29_999, "jumlahnya kurang dari tagihan").await;
    rina.sees_text("Rp 29.999").await;
    let told = boss.sees_text("Rp 29.999").await;
    assert!(told.text.contains("Toko"), "which of his stores: {}", told.text);
});
