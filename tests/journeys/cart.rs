//! The card and the cart: quantities, prices that move, restarts, and carts that cannot be paid.

use std::time::Duration;

use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person, Seen};

use crate::given::{Plan, TestShop, products};
use crate::journey;

const ORDERS: &str = "SELECT COUNT(*) FROM orders";

async fn opens(buyer: &Person, place: &str) -> Seen {
    buyer.say(place);
    buyer.sees_text("Jumlah: 1").await
}

/// Opens the first product and goes on until the choice of payment stands in the chat.
async fn goes_to_pay(buyer: &Person) -> Seen {
    opens(buyer, "1").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("🧺 Keranjang\n").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await
}

fn four_coffees() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 4)]))
}

journey!(the_quantity_stops_at_the_stock_and_says_so, four_coffees(), |shop| {
    let budi = shop.person(101, "Budi");
    let card = opens(&budi, "1").await;
    assert!(!card.text.contains("Paling banyak"), "{}", card.text);
    budi.press("x10");
    let card = budi.sees_text("Jumlah: 4").await;
    assert!(card.text.contains("Paling banyak 4 untuk sekarang"), "{}", card.text);
    assert!(card.text.contains("Total: Rp 120.000"), "{}", card.text);
    budi.press("➖");
    let card = budi.sees_text("Jumlah: 3").await;
    assert!(!card.text.contains("Paling banyak"), "{}", card.text);
    budi.press("➕");
    budi.sees_text("Jumlah: 4").await;
    shop.advance(6);
    budi.press("➕");
    let card = budi.sees_text("Paling banyak 4").await;
    assert!(card.text.contains("Jumlah: 4"), "{}", card.text);
    budi.press("Lanjut ke Keranjang");
    let cart = budi.sees_text("Kopi Susu — 4 × Rp 30.000 = Rp 120.000").await;
    assert_eq!(cart.id, card.id, "one message all the way");
});

journey!(a_press_on_the_old_card_is_not_lost_while_a_new_one_is_on_its_way, |shop| {
    let budi = shop.person(101, "Budi");
    let old = opens(&budi, "1").await;
    shop.advance(6);
    let slow = Fault::next(FaultKind::Slow(Duration::from_secs(2))).on("sendMessage");
    shop.stage.telegram.fault(slow);
    budi.say("1");
    let is_new = |seen: &&Seen| seen.id != old.id && seen.text.contains("Jumlah: 1");
    let new = budi.sees(|all| all.iter().find(is_new).cloned()).await;
    // The shop does not know yet that the new card has come, and takes the old one for his screen.
    budi.press_on(old.id, "Lanjut ke Keranjang");
    shop.pass(6).await;
    budi.sees_text("🧺 Keranjang\n").await;
    shop.pass(6).await;
    let screens: Vec<Seen> = budi.messages().into_iter().filter(|seen| seen.from_bot).collect();
    assert!(screens.iter().any(|seen| seen.text.contains("🧺 Keranjang")), "{screens:#?}");
    assert!(screens.iter().all(|seen| seen.id != new.id), "one screen is left: {screens:#?}");
});

journey!(card_and_cart_survive_a_restart, |shop| {
    let budi = shop.person(101, "Budi");
    opens(&budi, "1").await;
    budi.press("x2");
    budi.sees_text("Jumlah: 2").await;
    shop.restart().await;
    budi.press("➕");
    budi.sees_text("Jumlah: 3").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("Kopi Susu — 3 ×").await;
    shop.restart().await;
    budi.press("Lanjut ke Pembayaran");
    let pay = budi.sees_text("Pilih cara bayar").await;
    assert!(pay.text.contains("Rp 90.000"), "{}", pay.text);
    shop.restart().await;
    budi.press("QRIS");
    budi.sees_text("Bayar sebelum").await;
    assert_eq!(shop.stock().await, 5);
});

journey!(a_price_that_rose_is_announced_before_the_invoice, |shop| {
    let budi = shop.person(101, "Budi");
    opens(&budi, "1").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("🧺 Keranjang\n").await;
    shop.change("UPDATE products SET price = 35000 WHERE code = 'KOPI'").await;
    budi.press("Lanjut ke Pembayaran");
    let told = budi.sees_text("Ada harga yang berubah").await;
    assert!(told.text.contains("Kopi Susu dari Rp 30.000 menjadi Rp 35.000"), "{}", told.text);
    assert!(told.text.contains("Total: Rp 35.000"), "{}", told.text);
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;

    // It falls while he chooses how to pay.
    shop.advance(6);
    shop.change("UPDATE products SET price = 20000 WHERE code = 'KOPI'").await;
    budi.press("QRIS");
    budi.sees_text("Kopi Susu dari Rp 35.000 menjadi Rp 20.000").await;
    assert_eq!(shop.count(ORDERS).await, 0, "no order at a price he has not seen");
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    budi.press("QRIS");
    let invoice = budi.sees_text("Bayar sebelum").await;
    assert!(invoice.text.contains("Subtotal: Rp 20.000"), "{}", invoice.text);
    let sale = shop.stage.project.transaction_where(|_| true).await;
    assert_eq!(sale.amount, 20_000);
});

/// Presses what an empty cart does not offer, as an old message or a forged one can.
async fn forces(shop: &TestShop, buyer: &Person, data: &str) {
    let message = buyer.sees_text("Selamat datang").await;
    shop.advance(6);
    buyer.press_data(message.id, data);
    let refusal = buyer.sees_text("Keranjangmu masih kosong").await;
    assert!(refusal.button("Lihat Produk").is_some(), "{}", buyer.dump());
    assert_eq!(shop.count(ORDERS).await, 0);
}

journey!(an_empty_cart_cannot_be_paid, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Keranjang");
    let empty = budi.sees_text("Keranjangmu masih kosong").await;
    budi.press_on(empty.id, "Lihat Produk");
    budi.sees_text("Semua Produk").await;
    for (buyer, data) in [(shop.person(102, "Sari"), "1b"), (shop.person(103, "Tono"), "1r")] {
        buyer.say("/start");
        forces(shop, &buyer, data).await;
    }
});

journey!(what_is_emptied_or_withdrawn_cannot_be_paid, |shop| {
    let budi = shop.person(101, "Budi");
    let pay = goes_to_pay(&budi).await;
    shop.change("UPDATE products SET active = FALSE WHERE code = 'KOPI'").await;
    budi.press_on(pay.id, "QRIS");
    budi.sees_text("Keranjangmu masih kosong").await;
    shop.change("UPDATE products SET active = TRUE WHERE code = 'KOPI'").await;
    shop.advance(6);
    budi.say("🧺 Keranjang");
    budi.sees_text("Kopi Susu — 1 ×").await;
    budi.press("Kosongkan");
    shop.quiet().await;
    let last = budi.messages().pop().expect("a cart");
    assert!(last.text.contains("Keranjangmu masih kosong"), "{}", budi.dump());
    assert_eq!(shop.count(ORDERS).await, 0);
});

journey!(a_cart_that_wants_more_than_there_is_says_how_many_are_left, |shop| {
    let budi = shop.person(101, "Budi");
    opens(&budi, "1").await;
    budi.press("x5");
    budi.sees_text("Jumlah: 5").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("🧺 Keranjang\n").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    let sari = shop.person(102, "Sari");
    goes_to_pay(&sari).await;
    sari.press("QRIS");
    sari.sees_text("Bayar sebelum").await;
    budi.press("QRIS");
    let told = budi.sees_text("Stok Kopi Susu tinggal 4").await;
    assert!(told.text.contains("⚠️ stok tinggal 4"), "{}", told.text);
    assert_eq!(shop.count(ORDERS).await, 1, "only Sari's");
    assert_eq!(
        shop.stock().await,
        4 + 3,
        "nothing stays reserved for an order that was not placed"
    );
});

journey!(a_shop_without_gateway_keys_shows_goods_and_takes_no_money, no_gateway(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    let welcome = budi.sees_text("Selamat datang").await;
    opens(&budi, "1").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("🧺 Keranjang\n").await;
    budi.press("Lanjut ke Pembayaran");
    let told = budi.sees_text("belum menerima pembayaran").await;
    assert!(told.text.contains("Kopi Susu — 1 ×"), "the cart stays: {}", told.text);
    shop.advance(6);
    budi.press_data(welcome.id, "1r");
    shop.quiet().await;
    assert_eq!(shop.count(ORDERS).await, 0);
    assert_eq!(shop.stock().await, 8);
    assert_eq!(shop.stage.gateway.calls().len(), 0);
});

fn no_gateway() -> Plan {
    Plan::default().without_gateway()
}
