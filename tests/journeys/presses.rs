//! No press leads to silence: whatever became of its message, whoever pressed hears what comes of it.

use bot_auto_order::sandbox::pakasir::State;
use bot_auto_order::sandbox::telegram::{Person, Seen};

use crate::given::{Plan, TestShop, order, products};
use crate::journey;

fn coffee() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 45_000, 5)]))
}

/// Asks for Rp 50.000 by a button; the message that was pressed on.
async fn presses_a_deposit(buyer: &Person) -> Seen {
    buyer.say("/saldo");
    let asked = buyer.sees_text("Mau isi saldo?").await;
    buyer.press_on(asked.id, "Rp 50.000");
    asked
}

async fn pays(shop: &TestShop) {
    let sale = shop.stage.project.transaction_where(|sale| sale.state == State::Pending).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
}

/// Fills the cart with the first product and goes to the choice of payment.
async fn goes_to_pay(buyer: &Person) -> Seen {
    buyer.say("1");
    buyer.sees_text("Jumlah: 1").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("🧺 Keranjang\n").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await
}

/// A message as it is in the chat now.
fn now(buyer: &Person, message: &Seen) -> Option<Seen> {
    buyer.messages().into_iter().find(|seen| seen.id == message.id)
}

journey!(a_pressed_deposit_lives_on_in_the_message_that_asked_for_it, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    let asked = presses_a_deposit(&budi).await;
    budi.sees_text("Bayar sebelum").await;
    let left = now(&budi, &asked);
    let dead = left.is_some_and(|seen| seen.text.contains("Mau isi saldo?"));
    assert!(!dead, "its buttons would place nothing any more");
    pays(shop).await;
    budi.sees_text("sudah masuk").await;
    // The sale right after the top-up.
    shop.pass(6).await;
    goes_to_pay(&budi).await;
    budi.press("💼 Saldo");
    budi.sees_text("kopi-secret-1").await;
});

journey!(an_order_from_a_message_that_placed_another_is_offered_anew, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    let asked = presses_a_deposit(&budi).await;
    budi.sees_text("Bayar sebelum").await;
    shop.pass(6).await;
    goes_to_pay(&budi).await;
    // As a message of before, whose payment buttons were never taken away.
    budi.press_data(asked.id, "1r");
    shop.pass(6).await;
    let asks = shop.sent_to(&budi).into_iter().filter(|text| text.contains("Pilih cara bayar"));
    assert_eq!(asks.count(), 1, "the choice of payment in a message of its own");
    budi.press("QRIS");
    shop.pass(6).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE purpose = 'goods'").await, 1);
});

journey!(a_second_top_up_from_the_same_message_is_asked_anew, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    let asked = presses_a_deposit(&budi).await;
    let invoice = budi.sees_text("Bayar sebelum").await;
    budi.press_on(invoice.id, "Batalkan Pesanan");
    budi.sees_text("Isi saldo dibatalkan").await;
    // The order's message is another one by now, as for those that were sent before.
    shop.change("UPDATE orders SET message_id = message_id + 1000").await;
    shop.pass(6).await;
    let before = shop.sent_to(&budi).len();
    budi.press_data(asked.id, "1d.50000");
    shop.pass(6).await;
    let told = shop.sent_to(&budi).split_off(before);
    assert!(told.iter().any(|text| text.contains("Mau isi saldo?")), "{told:?}");
    budi.say("50000");
    budi.sees_text("Bayar sebelum").await;
});

journey!(a_receipt_is_never_made_a_screen, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    presses_a_deposit(&budi).await;
    budi.sees_text("Bayar sebelum").await;
    pays(shop).await;
    budi.sees_text("sudah masuk").await;
    shop.pass(6).await;
    let choice = goes_to_pay(&budi).await;
    budi.press_on(choice.id, "💼 Saldo");
    budi.press_data(choice.id, "1c");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    shop.quiet().await;
    let receipt = now(&budi, &choice).expect("the receipt");
    assert!(receipt.text.contains("Lunas"), "{}", receipt.text);
    budi.sees_text("Keranjangmu masih kosong").await;
    // What is bought next starts from its own message.
    budi.press_data(choice.id, "1r.1");
    shop.pass(6).await;
    let receipt = now(&budi, &choice).expect("the receipt");
    assert!(receipt.text.contains("Lunas"), "{}", receipt.text);
});

journey!(check_and_cancel_on_an_orders_detail_answer_there, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    order(&budi, "1").await;
    let invoice = budi.sees_text("Bayar sebelum").await;
    shop.pass(6).await;
    budi.tap("Pesanan Saya");
    budi.sees_text("📦 Pesanan Saya\n").await;
    budi.press("menunggu pembayaran");
    let detail = budi.sees_text("Status: 💠 menunggu pembayaran").await;
    budi.press_on(detail.id, "Cek Pembayaran");
    shop.pass(6).await;
    let checked = now(&budi, &detail).expect("the detail");
    assert!(checked.text.contains("Sedang dicek"), "{}", checked.text);
    budi.press_on(detail.id, "Batalkan Pesanan");
    shop.pass(6).await;
    let cancelled = now(&budi, &detail).expect("the detail");
    assert!(cancelled.text.contains("Status: ❌ dibatalkan"), "{}", cancelled.text);
    assert!(!cancelled.buttons.iter().flatten().any(|one| one.text.contains("Batalkan")));
    budi.sees_text("Jangan bayar QR-nya lagi").await;
    assert!(now(&budi, &invoice).is_none_or(|seen| !seen.text.contains("Bayar sebelum")));
});

journey!(an_order_whose_money_went_to_the_balance_answers_too, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    order(&budi, "1").await;
    budi.sees_text("Bayar sebelum").await;
    shop.pass(6).await;
    budi.tap("Pesanan Saya");
    budi.sees_text("📦 Pesanan Saya\n").await;
    budi.press("menunggu pembayaran");
    let detail = budi.sees_text("Status: 💠 menunggu pembayaran").await;
    // As it ends when less than the invoice came.
    shop.change("UPDATE orders SET state = 'credited', closed_at = placed_at").await;
    shop.change("UPDATE payments SET state = 'canceled'").await;
    shop.change("UPDATE units SET state = 'available', order_id = NULL").await;
    budi.press_on(detail.id, "Cek Pembayaran");
    shop.pass(6).await;
    let checked = now(&budi, &detail).expect("the detail");
    assert!(checked.text.contains("Status: 💼 masuk saldo"), "{}", checked.text);
    budi.sees_text("sudah masuk ke saldomu").await;
});

journey!(a_refused_top_up_asks_again_and_listens, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    for _ in 0..3 {
        budi.say("/saldo");
        budi.sees_text("Mau isi saldo?").await;
        budi.say("50000");
        shop.pass(6).await;
    }
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 3);
    budi.say("/saldo");
    let asked = budi.sees_text("Mau isi saldo?").await;
    budi.press_on(asked.id, "Rp 50.000");
    budi.sees_text("Masih ada 3 pesanan yang belum dibayar").await;
    shop.pass(6).await;
    // It asks, so it listens: a sum is no product's number.
    budi.say("75000");
    shop.pass(6).await;
    assert!(!shop.sent_to(&budi).iter().any(|text| text.contains("Tidak ada produk nomor")));
    // The top-ups stand among the orders, and can be cancelled there.
    budi.tap("Pesanan Saya");
    let listed = budi.sees_text("📦 Pesanan Saya\n").await;
    let waiting = listed.buttons.iter().flatten();
    let waiting = waiting.filter(|one| one.text.contains("menunggu pembayaran"));
    assert_eq!(waiting.count(), 3, "every open top-up");
    budi.press("menunggu pembayaran");
    let detail = budi.sees_text("Status: 💠 menunggu pembayaran").await;
    assert!(detail.text.contains("Isi saldo"), "{}", detail.text);
    budi.press_on(detail.id, "Batalkan Pesanan");
    budi.sees_text("Status: ❌ dibatalkan").await;
    shop.pass(6).await;
    budi.tap("Pesanan Saya");
    shop.pass(6).await;
    let listed = budi.sees_text("📦 Pesanan Saya\n").await;
    assert_eq!(listed.buttons.iter().flatten().filter(|one| one.text.contains("💠")).count(), 2);
    goes_to_pay(&budi).await;
    budi.press("QRIS");
    shop.pass(6).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE purpose = 'goods'").await, 1);
});
