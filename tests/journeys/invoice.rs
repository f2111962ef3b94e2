//! From the press on QRIS to an invoice that can be paid, or to a clear word that there is none.

use std::time::Duration;

use bot_auto_order::primitives::Timestamp;
use bot_auto_order::sandbox::pakasir::{CallKind, Fault, FaultKind, State};
use bot_auto_order::sandbox::telegram::{Action, Fault as ChatFault, FaultKind as Refused, Person};

use crate::given::{Plan, TestShop, order, products, shows};
use crate::journey;

journey!(the_invoice_says_what_the_gateway_said, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    assert_eq!(invoice.sale.amount, 30_000, "whole rupiah are sent");
    assert_eq!(shop.stage.gateway.calls()[0].amount, Some(30_000));
    let text = &invoice.shown.text;
    assert!(text.contains("Subtotal: Rp 30.000\n"), "{text}");
    assert!(text.contains(&format!("Biaya layanan: {}\n", rupiah(invoice.sale.fee))), "{text}");
    assert!(text.contains(&format!("Total bayar: {}\n", rupiah(invoice.sale.total))), "{text}");
    assert!(invoice.sale.total > 30_000, "the buyer carries the fee in this project");
});

journey!(the_qr_the_deadline_and_the_page_are_the_gateways, |shop| {
    let budi = shop.person(101, "Budi");
    let asked_at = shop.clock.now();
    let invoice = shop.invoice(&budi, "1").await;
    assert_eq!(scanned(invoice.shown.photo.as_deref()), invoice.sale.qr_string);
    // The store's own patience of 15 minutes ends before the gateway's QR does.
    let quarter = |from: Timestamp| local_clock(from.plus(Duration::from_mins(15)));
    let possible = [quarter(asked_at), quarter(invoice.shown.sent)];
    let told = possible.iter().any(|at| invoice.shown.text.contains(&format!("{at} WIB")));
    assert!(told, "{possible:?}: {}", invoice.shown.text);
    let page = invoice.shown.button("Halaman Bayar").expect("a page button");
    let address = format!("https://bayar.test/pay-v2/{}", invoice.sale.txn_id);
    assert_eq!(page.action, Action::Url(address));
});

journey!(the_gateways_own_deadline_counts_when_it_is_nearer, |shop| {
    shop.stage.project.qr_life(Duration::from_mins(5));
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let deadline = format!("{} WIB", local_clock(invoice.sale.expired_at));
    assert!(invoice.shown.text.contains(&deadline), "{deadline}: {}", invoice.shown.text);
});

journey!(a_store_on_the_old_api_shows_its_page_and_sells, Plan::default().on_v1(), |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    assert_eq!(scanned(invoice.shown.photo.as_deref()), invoice.sale.qr_string);
    let page = invoice.shown.button("Halaman Bayar").expect("a page button");
    let address = format!(
        "https://bayar.test/pay/toko-contoh/30000?order_id={}&qris_only=1",
        invoice.sale.reference
    );
    assert_eq!(page.action, Action::Url(address));
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
});

journey!(a_double_tap_places_one_order, |shop| {
    let budi = shop.person(101, "Budi");
    shop.stage.bot.duplicate_updates(1);
    budi.say("1");
    budi.sees_text("Jumlah:").await;
    budi.press("Lanjut ke Keranjang");
    let cart = budi.sees_text("Keranjang").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    // Three taps before anything changes, each delivered twice.
    let qris = budi.sees_text("Pilih cara bayar").await.id;
    assert_eq!(qris, cart.id, "one message leads from the cart to the order");
    for _ in 0..3 {
        budi.press_on(qris, "QRIS");
    }
    shop.advance(6);
    budi.sees_text("Bayar sebelum").await;
    shop.advance(6);
    shop.quiet().await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 1);
    assert_eq!(shop.stage.project.transactions().len(), 1);
    assert_eq!(shows(&budi, "Bayar sebelum"), 1);
    assert_eq!(shop.stock().await, 7);
});

/// Each way a create can go wrong and the same call may still succeed.
fn passing() -> Vec<FaultKind> {
    vec![
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::ServerErrorAfterStoring,
        FaultKind::Html502,
        FaultKind::Html200,
        FaultKind::MalformedJson,
        FaultKind::MissingQr,
        FaultKind::MissingTotal,
        FaultKind::HugeBody,
        FaultKind::Redirect("http://127.0.0.1:9/".to_owned()),
        FaultKind::TooManyRequests { retry_after: Some(3) },
        FaultKind::TooManyRequests { retry_after: None },
    ]
}

fn on_create(kind: FaultKind, times: u32) -> Fault {
    Fault { call: Some(CallKind::Create), reference: None, times, kind }
}

/// A shop with as many units as there are ways to fail.
fn plenty() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 40)]))
}

async fn the_same_create_is_tried_again(shop: &mut TestShop) {
    for (n, kind) in (0..).zip(passing()) {
        let buyer = shop.person(200 + n, "Buyer");
        shop.stage.gateway.fault(on_create(kind.clone(), 2));
        order(&buyer, "1").await;
        until_answered(shop, &buyer, "Bayar sebelum").await;
        let (_, reference) = shop.newest_order(&buyer).await;
        let calls = shop.stage.gateway.calls();
        let creates = calls.iter().filter(|call| call.reference == reference);
        assert!(creates.count() >= 3, "{kind:?} was not tried again");
        let sales = shop.stage.project.transactions();
        let own = sales.iter().filter(|sale| sale.reference == reference);
        assert_eq!(own.count(), 1, "{kind:?} made a second transaction");
    }
}

/// Lets the waits between tries pass until the chat shows `part`.
async fn until_answered(shop: &TestShop, buyer: &Person, part: &str) {
    for _ in 0..10 {
        shop.pass(10).await;
        if shows(buyer, part) > 0 {
            return;
        }
    }
    panic!("{part:?} did not come\n{}", buyer.dump());
}

journey!(a_failed_create_is_tried_again_with_the_same_reference, plenty(), |shop| {
    the_same_create_is_tried_again(shop).await;
});

journey!(a_failed_create_is_tried_again_on_the_old_api, plenty().on_v1(), |shop| {
    the_same_create_is_tried_again(shop).await;
});

async fn at_last_the_buyer_is_told(shop: &mut TestShop) {
    let stock = shop.stock().await;
    let mut kinds = passing();
    // A gateway that asks for patience is waited for; that ends with the order's own time.
    kinds.retain(|kind| !matches!(kind, FaultKind::TooManyRequests { .. }));
    kinds.extend([
        FaultKind::Status(400),
        FaultKind::Status(401),
        FaultKind::WrongAmountEcho,
        FaultKind::WrongOrderEcho,
    ]);
    for (n, kind) in (0..).zip(kinds) {
        let buyer = shop.person(300 + n, "Buyer");
        shop.stage.gateway.fault(on_create(kind.clone(), u32::MAX));
        order(&buyer, "1").await;
        until_answered(shop, &buyer, "QRIS belum bisa dibuat").await;
        shop.stage.gateway.clear_faults();
        let (order, _) = shop.newest_order(&buyer).await;
        assert_eq!(shop.state(order).await, "failed", "{kind:?}");
        assert_eq!(shop.stock().await, stock, "{kind:?}: the unit is free again");
        assert_eq!(shows(&buyer, "Menyiapkan QRIS"), 0, "{kind:?}: the message was replaced");
        assert_eq!(no_invoices(shop), 1 + n, "{kind:?}: counted once");
    }
}

fn no_invoices(shop: &TestShop) -> i64 {
    let metrics = &shop.service().shared().metrics;
    i64::try_from(metrics.payments.with_label_values(&["no_invoice"]).get()).expect("few")
}

journey!(a_gateway_that_stays_down_costs_nothing, plenty(), |shop| {
    at_last_the_buyer_is_told(shop).await;
});

journey!(the_old_api_staying_down_costs_nothing, plenty().on_v1(), |shop| {
    at_last_the_buyer_is_told(shop).await;
});

journey!(a_slow_create_is_waited_for, |shop| {
    shop.stage.gateway.fault(on_create(FaultKind::Slow(Duration::from_secs(12)), 1));
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    shop.stage.gateway.call_where(|call| call.route == "v2 create").await;
    shop.advance(13);
    budi.sees_text("Bayar sebelum").await;
});

journey!(a_create_that_is_never_answered_is_asked_for_again, |shop| {
    shop.stage.gateway.fault(on_create(FaultKind::HangAfterStoring, 1));
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    // Our patience with one call is the machine's: 15 seconds.
    shop.stage.gateway.call_where(|call| call.status.is_some()).await;
    shop.advance(6);
    budi.sees_text("Bayar sebelum").await;
    assert_eq!(shop.stage.project.transactions().len(), 1);
});

journey!(an_invoice_without_a_deadline_gets_the_stores, |shop| {
    shop.stage.gateway.fault(on_create(FaultKind::NullExpiry, 1));
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    assert!(invoice.shown.text.contains("WIB"), "{}", invoice.shown.text);
});

journey!(a_used_up_reference_is_replaced_by_a_fresh_one, |shop| {
    shop.stage.gateway.fault(on_create(FaultKind::Status(404), 1));
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let calls = shop.stage.gateway.calls();
    assert_ne!(calls[0].reference, invoice.sale.reference);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(
    fifty_buyers_want_the_last_unit,
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 1)])),
    |shop| {
        let crowd: Vec<_> = (0..50).map(|n| shop.person(500 + n, "Buyer")).collect();
        for buyer in &crowd {
            buyer.say("1");
        }
        for buyer in &crowd {
            buyer.sees_text("Jumlah:").await;
            buyer.press("Lanjut ke Keranjang");
        }
        for buyer in &crowd {
            buyer.sees_text("Keranjang").await;
            buyer.press("Lanjut ke Pembayaran");
        }
        for buyer in &crowd {
            buyer.sees_text("Pilih cara bayar").await;
        }
        for buyer in &crowd {
            buyer.press("QRIS");
        }
        shop.quiet().await;
        shop.pass(6).await;
        assert_eq!(shop.stage.project.transactions().len(), 1, "one invoice");
        let with = |part: &str| crowd.iter().filter(|buyer| shows(buyer, part) == 1).count();
        assert_eq!(with("Bayar sebelum"), 1);
        assert_eq!(with("Stok Kopi Susu tinggal 0"), 49, "{}", crowd[7].dump());
        assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 1);
    }
);

journey!(a_picture_that_telegram_refuses_is_replaced_by_words_and_a_link, |shop| {
    let refused = Refused::BadRequest { why: "IMAGE_PROCESS_FAILED" };
    shop.stage.telegram.fault(ChatFault::next(refused).on("sendPhoto"));
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    assert!(invoice.shown.photo.is_none());
    assert!(invoice.shown.text.contains("Gambar QR tidak bisa dikirim"), "{}", invoice.shown.text);
    assert!(invoice.shown.button("Halaman Bayar").is_some());
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    budi.sees_text("Lunas!").await;
});

journey!(an_invoice_that_cannot_be_shown_at_all_ends_the_order, |shop| {
    let refused = |why| Refused::BadRequest { why };
    shop.stage.telegram.fault(ChatFault::next(refused("IMAGE_PROCESS_FAILED")).on("sendPhoto"));
    let budi = shop.person(101, "Budi");
    // Nor the words that should take its place.
    shop.stage.gateway.fault(on_create(FaultKind::Slow(Duration::from_secs(5)), 1));
    order(&budi, "1").await;
    shop.stage.gateway.call_where(|call| call.route == "v2 create").await;
    shop.stage
        .telegram
        .fault(ChatFault::next(refused("PEER_FLOOD")).on("sendMessage").in_chat(budi.id().into()));
    shop.advance(6);
    shop.pass(6).await;
    let (order, _) = shop.newest_order(&budi).await;
    assert_eq!(shop.state(order).await, "cancelled", "no order lives unseen\n{}", budi.dump());
    assert_eq!(shop.stock().await, 8);
});

journey!(a_buyer_who_blocks_the_bot_loses_the_order_but_no_money, |shop| {
    let budi = shop.person(101, "Budi");
    shop.stage.gateway.fault(on_create(FaultKind::Slow(Duration::from_secs(5)), 1));
    order(&budi, "1").await;
    shop.stage.gateway.call_where(|call| call.route == "v2 create").await;
    budi.block();
    shop.advance(6);
    shop.pass(6).await;
    let (order, reference) = shop.newest_order(&budi).await;
    assert_eq!(shop.state(order).await, "cancelled");
    assert_eq!(shop.stock().await, 8, "the unit is free");
    shop.pass(6).await;
    let sale = shop.stage.project.transaction_for(&reference).await;
    assert_eq!(sale.state, State::Canceled, "nobody can pay it at the gateway either");
    budi.unblock();
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    shop.pass(10).await;
    let shown = budi.messages();
    assert!(shown.iter().all(|seen| seen.photo.is_none() || seen.edits > 0), "{}", budi.dump());
    let calls = shop.stage.telegram.calls();
    let late = calls.iter().filter(|call| call.method == "sendPhoto" && call.code == 200);
    assert!(
        late.clone().all(|call| !call.params.to_string().contains("Bayar sebelum")),
        "the QR of a dead order was shown: {:?}",
        late.collect::<Vec<_>>()
    );
});

journey!(a_cancelled_order_frees_its_unit_and_loses_its_buttons, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    assert_eq!(shop.stock().await, 7);
    budi.press("Batalkan Pesanan");
    let ended = budi.sees_text("Pesanan dibatalkan").await;
    assert_eq!(ended.id, invoice.shown.id, "the invoice itself was replaced");
    assert!(ended.buttons.is_empty(), "{:?}", ended.buttons);
    assert_ne!(ended.photo, invoice.shown.photo, "the QR is gone");
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "cancelled");
    assert_eq!(shop.stock().await, 8);
    let sale = shop.stage.project.transaction_for(&invoice.sale.reference).await;
    assert_eq!(sale.state, State::Canceled);
    // A finger that was quicker than the message changes nothing any more.
    for data in ["n", "k"] {
        budi.press_data(invoice.shown.id, &format!("1{data}.{}", invoice.order));
    }
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "cancelled");
    assert_eq!(shows(&budi, "Pesanan dibatalkan"), 1);
});

/// Rupiah as people write them.
fn rupiah(amount: i64) -> String {
    bot_auto_order::primitives::Rupiah::new(amount).expect("in range").to_string()
}

/// What a phone reads from a picture.
fn scanned(photo: Option<&[u8]>) -> String {
    let picture = image::load_from_memory(photo.expect("a photo")).expect("a picture");
    let mut scanner = rqrr::PreparedImage::prepare(picture.to_luma8());
    let codes = scanner.detect_grids();
    assert_eq!(codes.len(), 1, "one QR");
    codes[0].decode().expect("it reads").1
}

/// Hours and minutes in Jakarta, seven hours ahead of UTC all year.
fn local_clock(at: Timestamp) -> String {
    let minutes = at.seconds().div_euclid(60) + 7 * 60;
    format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
}

journey!(placing_and_cancelling_in_a_loop_does_not_use_up_the_gateway, plenty(), |shop| {
    let budi = shop.person(101, "Budi");
    for _ in 0..10 {
        let invoice = shop.invoice(&budi, "1").await;
        budi.press_data(invoice.shown.id, &format!("1n.{}", invoice.order));
        shop.pass(10).await;
        assert_eq!(shop.state(invoice.order).await, "cancelled");
    }
    let calls = shop.stage.gateway.calls();
    let count = |route| calls.iter().filter(|call| call.route == route).count();
    assert_eq!((count("v2 create"), count("v2 cancel")), (10, 10));
    order(&budi, "1").await;
    budi.sees_text("Sudah banyak pesanan yang dibuat").await;
    shop.pass(11 * 60).await;
    shop.invoice(&budi, "1").await;
});

journey!(an_order_cancelled_before_its_invoice_costs_no_call, plenty(), |shop| {
    let budi = shop.person(101, "Budi");
    // The first create is put off, as by a limit that somebody else used up.
    shop.stage.gateway.fault(on_create(FaultKind::TooManyRequests { retry_after: Some(5) }, 1));
    order(&budi, "1").await;
    budi.sees_text("Menyiapkan QRIS").await;
    shop.quiet().await;
    let (order, _) = shop.newest_order(&budi).await;
    let message = budi.messages().last().expect("a message").id;
    budi.press_data(message, &format!("1n.{order}"));
    for _ in 0..4 {
        shop.pass(10).await;
    }
    assert_eq!(shop.state(order).await, "cancelled");
    let calls = shop.stage.gateway.calls();
    assert_eq!(calls.len(), 1, "only the refused one: {calls:?}");
});
