//! Coupons: what they take off, their limits, and that no use is lost or counted twice.

use bot_auto_order::sandbox::telegram::{Action, Person};
use serde_json::{Value, json};

use crate::given::{Plan, TestShop, products};
use crate::journey;

/// Two products, and these coupons.
fn with(coupons: &Value) -> Plan {
    let mut catalogue =
        products(&[("KOPI", "Kopi Susu", 50_000, 5), ("TEH", "Teh Manis", 3_000, 5)]);
    catalogue["coupons"] = coupons.clone();
    Plan::with(catalogue)
}

fn hemat(max_uses: Option<i64>) -> Value {
    json!({"code": "HEMAT10", "kind": "percent", "value": 10, "max_uses": max_uses})
}

/// Puts the product with this number into the cart and is asked for a code under it.
pub async fn is_asked(buyer: &Person, number: &str) {
    buyer.say(number);
    buyer.sees_text("Jumlah: 1").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("🧺 Keranjang\n").await;
    buyer.press("Gunakan Kupon");
    buyer.sees_text("Ketik kode kuponmu").await;
}

pub async fn types(buyer: &Person, number: &str, code: &str) {
    is_asked(buyer, number).await;
    buyer.say(code);
}

/// On to the choice of payment, and pays in this way.
async fn pays_by(buyer: &Person, way: &str) {
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
    buyer.press(way);
}

async fn used(shop: &TestShop) -> i64 {
    shop.count("SELECT CAST(SUM(used) AS BIGINT) FROM coupons").await
}

journey!(ten_percent_come_off_and_stand_on_the_order, with(&json!([hemat(Some(1))])), |shop| {
    let budi = shop.person(101, "Budi");
    types(&budi, "1", "hemat10").await;
    let cart = budi.sees_text("Kupon HEMAT10 dipakai").await;
    assert!(cart.text.contains("Kupon HEMAT10: −Rp 5.000"), "{}", cart.text);
    assert!(cart.text.contains("Total: Rp 45.000"), "{}", cart.text);
    pays_by(&budi, "QRIS").await;
    let invoice = budi.sees_text("Bayar sebelum").await;
    assert!(invoice.text.contains("Subtotal: Rp 50.000"), "{}", invoice.text);
    assert!(invoice.text.contains("Diskon: −Rp 5.000"), "{}", invoice.text);
    let sale = shop.stage.project.transaction_where(|_| true).await;
    assert_eq!(sale.amount, 45_000, "the gateway is asked for what is left");
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    let stored = "SELECT COUNT(*) FROM orders WHERE amount = 45000 AND discount = 5000 \
                  AND coupon_id IS NOT NULL AND state IN ('paid', 'delivered')";
    assert_eq!((shop.count(stored).await, used(shop).await), (1, 1));
});

journey!(two_buyers_and_one_use, with(&json!([hemat(Some(1))])), |shop| {
    let buyers = [shop.person(101, "Budi"), shop.person(102, "Ani")];
    for buyer in &buyers {
        types(buyer, "1", "HEMAT10").await;
        buyer.sees_text("Kupon HEMAT10 dipakai").await;
        buyer.press("Lanjut ke Pembayaran");
        buyer.sees_text("Pilih cara bayar").await;
    }
    for buyer in &buyers {
        buyer.press("QRIS");
    }
    shop.pass(6).await;
    assert_eq!(used(shop).await, 1);
    let with_coupon = "SELECT COUNT(*) FROM orders WHERE coupon_id IS NOT NULL";
    assert_eq!(shop.count(with_coupon).await, 1);
    let invoiced = |buyer: &Person| {
        buyer.messages().iter().filter(|seen| seen.text.contains("Bayar sebelum")).count()
    };
    assert_eq!(buyers.iter().map(invoiced).sum::<usize>(), 1);
    let loser = buyers.iter().find(|buyer| invoiced(buyer) == 0).expect("one lost the race");
    let told = loser.sees_text("sudah habis dipakai").await;
    assert!(told.text.contains("Total: Rp 50.000"), "the full price again: {}", told.text);
});

journey!(
    a_flat_coupon_above_the_price_makes_it_free_and_never_negative,
    with(&json!([{"code": "POTONG5", "kind": "flat", "value": 5_000}])),
    |shop| {
        let budi = shop.person(101, "Budi");
        types(&budi, "2", "potong5").await;
        let cart = budi.sees_text("POTONG5").await;
        assert!(cart.text.contains("−Rp 3.000"), "{}", cart.text);
        assert!(cart.text.contains("Total: Rp 0"), "{}", cart.text);
        pays_by(&budi, "QRIS").await;
        budi.sees_text("teh-secret-1").await;
        budi.sees_text("Gratis!").await;
        assert_eq!(shop.stage.gateway.calls().len(), 0, "nothing to ask the gateway for");
    }
);

journey!(
    an_expired_order_gives_its_use_back_and_a_paid_one_does_not,
    with(&json!([hemat(Some(1))])),
    |shop| {
        let budi = shop.person(101, "Budi");
        types(&budi, "1", "HEMAT10").await;
        budi.sees_text("Kupon HEMAT10 dipakai").await;
        pays_by(&budi, "QRIS").await;
        budi.sees_text("Bayar sebelum").await;
        assert_eq!(used(shop).await, 1);
        for _ in 0..9 {
            shop.pass(120).await;
        }
        budi.sees_text("Waktu bayar habis").await;
        assert_eq!(used(shop).await, 0, "released");

        types(&budi, "1", "HEMAT10").await;
        budi.sees_text("Kupon HEMAT10 dipakai").await;
        pays_by(&budi, "QRIS").await;
        let sale = shop.stage.project.transaction_where(|sale| {
            sale.state == bot_auto_order::sandbox::pakasir::State::Pending
        });
        let sale = sale.await;
        shop.stage.project.pay(&sale.txn_id).expect("paid");
        budi.sees_text("kopi-secret-1").await;
        for _ in 0..9 {
            shop.pass(120).await;
        }
        assert_eq!(used(shop).await, 1, "a paid use stays");
    }
);

journey!(
    late_money_does_not_buy_what_a_used_up_coupon_had_made_cheaper,
    with(&json!([hemat(Some(1))])),
    |shop| {
        shop.stage.project.mute_callbacks(true);
        let budi = shop.person(101, "Budi");
        types(&budi, "1", "HEMAT10").await;
        budi.sees_text("Kupon HEMAT10 dipakai").await;
        pays_by(&budi, "QRIS").await;
        let sale = shop.stage.project.transaction_where(|_| true).await;
        for _ in 0..9 {
            shop.pass(120).await;
        }
        budi.sees_text("Waktu bayar habis").await;
        let ani = shop.person(102, "Ani");
        types(&ani, "1", "HEMAT10").await;
        ani.sees_text("Kupon HEMAT10 dipakai").await;
        pays_by(&ani, "QRIS").await;
        ani.sees_text("Bayar sebelum").await;
        shop.stage.project.pay_late(&sale.txn_id).expect("late");
        for _ in 0..20 {
            shop.pass(120).await;
        }
        budi.sees_text("masuk ke saldo").await;
        assert_eq!(shop.count("SELECT COUNT(*) FROM coupons WHERE used > max_uses").await, 0);
        assert_eq!(shop.count("SELECT balance FROM customers WHERE user_id = 101").await, 45_000);
    }
);

journey!(every_reason_against_a_coupon_is_said, with(&reasons()), |shop| {
    let budi = shop.person(101, "Budi");
    types(&budi, "1", "TIDAKADA").await;
    budi.sees_text("Kupon itu tidak ada").await;
    // The question stays open: the next message is the next try.
    for (code, word) in [
        ("nanti", "baru berlaku mulai"),
        ("basi", "Masa berlaku kupon itu sudah habis"),
        ("mati", "Kupon itu tidak ada"),
        ("<b>&", "Kupon itu tidak ada"),
        ("🎟️", "Kupon itu tidak ada"),
    ] {
        budi.say(code);
        shop.pass(6).await;
        let told = shop.sent_to(&budi).pop().expect("an answer");
        assert!(told.contains(word), "{code}: {told}");
    }
    budi.say("SEKALI");
    budi.sees_text("Kupon SEKALI dipakai").await;
    pays_by(&budi, "Saldo").await;
    shop.pass(6).await;
    shop.change("UPDATE products SET price = 0 WHERE code = 'KOPI'").await;
    budi.press("Kembali");
    budi.sees_text("🧺 Keranjang\n").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Ada harga yang berubah").await;
    pays_by(&budi, "Saldo").await;
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    types(&budi, "1", "sekali").await;
    budi.sees_text("Kamu sudah memakai kupon itu").await;
    budi.press("Batal");
    budi.sees_text("🧺 Keranjang\n").await;
    budi.say("sekali");
    shop.quiet().await;
    budi.sees_text("🧺 Keranjang\n").await;
});

journey!(only_the_sum_that_was_shown_is_paid, with(&json!([hemat(Some(2))])), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    shop.change("UPDATE coupons SET value = 50").await;
    types(&budi, "1", "HEMAT10").await;
    budi.sees_text("Kupon HEMAT10 dipakai").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Total belanja: Rp 25.000").await;
    // The seller takes the coupon back to what it was while the screen stands.
    shop.change("UPDATE coupons SET value = 10").await;
    shop.pass(6).await;
    budi.press("QRIS");
    let told = budi.sees_text("Totalnya berubah, sekarang Rp 45.000").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);
    assert_eq!(used(shop).await, 0, "no use is held by what was not placed");
    budi.press_on(told.id, "Lanjut ke Pembayaran");
    let choice = budi.sees_text("Total belanja: Rp 45.000").await;
    // Another product goes into the cart from a newer message, and the first screen is pressed.
    budi.say("2");
    budi.sees_text("Jumlah: 1").await;
    let qris = choice.button("QRIS").expect("its button").clone();
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("Total: Rp 47.700").await;
    shop.pass(6).await;
    let Action::Data(data) = &qris.action else { panic!("{qris:?}") };
    budi.press_data(choice.id, data);
    budi.sees_text("Totalnya berubah, sekarang Rp 47.700").await;
    assert_eq!((shop.count("SELECT COUNT(*) FROM orders").await, used(shop).await), (0, 0));
    shop.pass(6).await;
    pays_by(&budi, "QRIS").await;
    budi.sees_text("Bayar sebelum").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;
    assert_eq!((sale.amount, used(shop).await), (47_700, 1));
});

fn reasons() -> Value {
    json!([
        {"code": "NANTI", "kind": "flat", "value": 1, "valid_from": "2999-01-01T00:00:00Z"},
        {"code": "BASI", "kind": "flat", "value": 1, "valid_until": "2001-01-01T00:00:00Z"},
        {"code": "MATI", "kind": "flat", "value": 1, "active": false},
        {"code": "SEKALI", "kind": "flat", "value": 1, "per_customer": 1},
    ])
}
