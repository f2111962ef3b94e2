//! The seller follows his orders, finds them, calls them paid with a note, ends them and gives money back.

use bot_auto_order::primitives::{ChatId, UserId};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use bot_auto_order::shop::stores::Wish;

use crate::given::{Invoice, Plan, TestShop, shows};
use crate::journey;
use crate::products::{goes, in_the_menu, types};

const OWNER: UserId = UserId(2);

fn with_an_owner() -> Plan {
    Plan::default().wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() })
}

pub async fn code_of(shop: &TestShop, invoice: &Invoice) -> String {
    let codes: Vec<(String,)> = shop.rows("SELECT code FROM orders ORDER BY id").await;
    let place = usize::try_from(invoice.order.0 - 1).expect("an order");
    codes[place].0.clone()
}

/// The admin before one order, which he found by its code.
pub async fn before_the_order(shop: &TestShop, code: &str) -> Person {
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📋 Kelola Order", "Kelola Order").await;
    goes(shop, &rina, "🔎 Cari Order", "kode ordernya").await;
    types(shop, &rina, &code.to_lowercase(), "Dipesan:").await;
    rina
}

journey!(an_order_is_one_notice_that_changes_and_owners_are_left_alone, with_an_owner(), |shop| {
    let boss = shop.person(OWNER.0, "Pak Bos");
    boss.say("/start");
    let rina = in_the_menu(shop).await;
    let before = shop.sent_to(&boss).len();
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let told = rina.sees_text("menunggu pembayaran").await;
    assert!(told.text.contains("Budi") && told.text.contains("Kopi Susu"), "{}", told.text);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    let changed = rina.sees_text("lunas").await;
    assert_eq!(changed.id, told.id, "the same message");
    shop.pass(6).await;
    // The next one is cancelled by its buyer.
    let second = shop.invoice(&budi, "1").await;
    rina.sees_text("menunggu pembayaran").await;
    budi.press_on(second.shown.id, "❌ Batalkan Pesanan");
    rina.sees_text("· dibatalkan").await;
    shop.pass(6).await;
    assert_eq!(shows(&rina, "🆕 Order"), 0);
    assert_eq!(shows(&rina, "Order ") - shows(&rina, "Kelola Order"), 2, "{}", rina.dump());
    assert_eq!(shop.sent_to(&boss).len(), before, "{}", boss.dump());
});

journey!(a_notice_that_is_told_to_wait_lets_nothing_else_into_its_chat, |shop| {
    let rina = in_the_menu(shop).await;
    let flood = FaultKind::TooManyRequests { retry_after: 30 };
    shop.stage.telegram.fault(Fault::next(flood).in_chat(ChatId::from(rina.id())));
    let budi = shop.person(101, "Budi");
    shop.invoice(&budi, "1").await;
    shop.quiet().await;
    let before = shop.sent_to(&rina).len();
    rina.say("/start");
    shop.pass(25).await;
    assert_eq!(shop.sent_to(&rina).len(), before, "{}", rina.dump());
    shop.pass(10).await;
    rina.sees_text("menunggu pembayaran").await;
    assert!(shop.sent_to(&rina).len() > before + 1, "{}", rina.dump());
});

journey!(orders_are_listed_with_what_is_true_of_them, |shop| {
    let budi = shop.person(101, "Budi");
    for _ in 0..2 {
        let invoice = shop.invoice(&budi, "1").await;
        shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
        shop.pass(6).await;
    }
    let open = shop.invoice(&budi, "2").await;
    let code = code_of(shop, &open).await;
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "📋 Kelola Order", "3 order").await;
    let line = format!("⏳ {code} · Budi · Rp 12.000 · ");
    assert!(rina.sees_text("3 order").await.text.contains(&line), "{}", rina.dump());
    goes(shop, &rina, "Terkirim", "2 order").await;
    goes(shop, &rina, "Belum bayar", "1 order").await;
    goes(shop, &rina, "🔎 Cari Order", "kode ordernya").await;
    types(shop, &rina, "ZZZZZZZZ", "Tidak ada order dengan kode itu").await;
    types(shop, &rina, &code, "Belum bayar").await;
    let shown = rina.sees_text("Dipesan:").await.text;
    for part in [code.as_str(), "Budi", "101", "WIB", "Teh Manis"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    goes(shop, &rina, "👤 Pembeli", "Order: 3").await;
});

journey!(more_orders_than_a_page_are_turned_by_the_oldest_seen, |shop| {
    let budi = shop.person(101, "Budi");
    let rina = in_the_menu(shop).await;
    for _ in 0..9 {
        let invoice = shop.invoice(&budi, "1").await;
        budi.press_on(invoice.shown.id, "❌ Batalkan Pesanan");
        shop.pass(400).await;
    }
    goes(shop, &rina, "📋 Kelola Order", "9 order").await;
    goes(shop, &rina, "Lebih lama ➡️", "9 order").await;
    let page = rina.sees_text("9 order").await;
    assert_eq!(
        page.buttons.iter().flatten().filter(|button| button.text.starts_with('❌')).count(),
        1
    );
    goes(shop, &rina, "⏮ Terbaru", "9 order").await;
    let page = rina.sees_text("9 order").await;
    assert_eq!(
        page.buttons.iter().flatten().filter(|button| button.text.starts_with('❌')).count(),
        8
    );
});

journey!(an_order_is_called_paid_with_a_note_only, with_an_owner(), |shop| {
    let boss = shop.person(OWNER.0, "Pak Bos");
    boss.say("/start");
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let code = code_of(shop, &invoice).await;
    let rina = before_the_order(shop, &code).await;
    goes(shop, &rina, "✅ Tandai Lunas", "Ketik catatannya").await;
    types(shop, &rina, "ok", "Tanpa catatan").await;
    assert_eq!(shop.state(invoice.order).await, "open");
    types(shop, &rina, "transfer BCA 12.30", "Ditandai lunas").await;
    budi.sees_text("-secret-").await;
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    boss.sees_text("transfer BCA 12.30").await;
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'order.paid_by_hand' AND actor = 1 \
                 AND before = 'open' AND after = 'paid' AND note = 'transfer BCA 12.30'";
    assert_eq!(shop.count(noted).await, 1);
    // The invoice is withdrawn: nobody pays it a second time.
    shop.stage.project.pay(&invoice.sale.txn_id).expect_err("withdrawn");
    // Money that comes for it all the same was paid twice: it is the buyer's.
    shop.stage.project.pay_late(&invoice.sale.txn_id).expect("paid late");
    budi.sees_text("Rp 30.000").await;
    shop.pass(6).await;
    assert_eq!(shop.balance(&budi).await, 30_000);
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(an_expired_order_is_called_paid_while_its_goods_are_there, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "2").await;
    let code = code_of(shop, &invoice).await;
    budi.press_on(invoice.shown.id, "❌ Batalkan Pesanan");
    shop.pass(6).await;
    let rina = before_the_order(shop, &code).await;
    // Somebody else takes what there is.
    let taken = "UPDATE units SET state = 'voided' WHERE state = 'available'";
    shop.change(taken).await;
    goes(shop, &rina, "✅ Tandai Lunas", "Ketik catatannya").await;
    types(shop, &rina, "tunai di kantor", "sudah tidak cukup").await;
    assert_eq!(shop.state(invoice.order).await, "cancelled");
    shop.change("UPDATE units SET state = 'available' WHERE state = 'voided'").await;
    goes(shop, &rina, "✅ Tandai Lunas", "Ketik catatannya").await;
    types(shop, &rina, "tunai di kantor", "Ditandai lunas").await;
    budi.sees_text("-secret-").await;
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(an_order_is_cancelled_or_refunded_after_a_confirmation, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let code = code_of(shop, &invoice).await;
    let rina = before_the_order(shop, &code).await;
    goes(shop, &rina, "❌ Batalkan Order", "Batalkan order").await;
    assert_eq!(shop.state(invoice.order).await, "open");
    goes(shop, &rina, "✅ Ya, lanjutkan", "Order dibatalkan").await;
    assert_eq!(shop.state(invoice.order).await, "cancelled");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("-secret-").await;
    shop.pass(6).await;
    let code = code_of(shop, &invoice).await;
    let rina = before_the_order(shop, &code).await;
    goes(shop, &rina, "📦 Kirim Ulang Barang", "dikirim ulang").await;
    shop.pass(6).await;
    assert_eq!(shows(&budi, "-secret-"), 2, "{}", budi.dump());
    goes(shop, &rina, "↩️ Refund ke Saldo", "Refund hanya bisa sekali").await;
    goes(shop, &rina, "✅ Ya, lanjutkan", "kembali ke saldo pembeli").await;
    budi.sees_text("direfund").await;
    assert_eq!(shop.balance(&budi).await, 30_000);
    let ledger = "SELECT COUNT(*) FROM ledger WHERE kind = 'refund' AND amount = 30000";
    assert_eq!(shop.count(ledger).await, 1);
    // It is offered no more, and an old button does nothing.
    let shown = rina.sees_text("kembali ke saldo pembeli").await;
    assert!(shown.button("↩️ Refund ke Saldo").is_none());
    let noted = "SELECT COUNT(*) FROM audit WHERE action IN ('order.cancel', 'order.resend', 'order.refund') AND actor = 1";
    assert_eq!(shop.count(noted).await, 3);
});

journey!(every_move_of_an_order_and_its_payment_is_in_the_log, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("-secret-").await;
    shop.pass(6).await;
    let moves: Vec<(String, String, String)> = shop
        .rows("SELECT action, before, after FROM audit WHERE action LIKE '%.state' ORDER BY place")
        .await;
    let moves: Vec<_> =
        moves.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
    assert_eq!(
        moves,
        [
            ("payment.state", "creating", "pending"),
            ("order.state", "invoicing", "open"),
            ("payment.state", "pending", "paid"),
            ("order.state", "open", "paid"),
            ("order.state", "paid", "delivered"),
        ]
    );
});
