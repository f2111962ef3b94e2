//! Deposits, paying from the balance, and both together: every rupiah is somewhere, once.

use bot_auto_order::sandbox::pakasir::{State, Transaction};
use bot_auto_order::sandbox::telegram::Person;

use bot_auto_order::primitives::UserId;
use bot_auto_order::shop::audit;
use bot_auto_order::shop::stores::Wish;

use crate::given::{ADMIN, Plan, TestShop, products};
use crate::journey;

fn coffee() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 45_000, 3)]))
}

/// The invoice that the gateway has open.
async fn pending(shop: &TestShop) -> Transaction {
    shop.stage.project.transaction_where(|sale| sale.state == State::Pending).await
}

/// Types a sum and pays what the gateway asks for.
async fn deposits(shop: &TestShop, buyer: &Person, sum: &str) {
    shop.pass(6).await;
    buyer.tap("Deposit");
    buyer.sees_text("Mau isi saldo?").await;
    buyer.say(sum);
    buyer.sees_text("Bayar sebelum").await;
    let sale = pending(shop).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    buyer.sees_text("sudah masuk").await;
    shop.pass(6).await;
}

/// Fills the cart with the first product and goes to the choice of payment.
async fn goes_to_pay(buyer: &Person) {
    buyer.say("1");
    buyer.sees_text("Jumlah: 1").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("🧺 Keranjang\n").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
}

journey!(what_cannot_be_deposited_is_refused_and_the_question_stays_open, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Deposit");
    budi.sees_text("Mau isi saldo?").await;
    for (typed, word) in [
        ("9.999", "dari Rp 10.000 sampai"),
        ("1000", "dari Rp 10.000 sampai"),
        ("10.000.001", "dari Rp 10.000 sampai"),
        ("99999999999999999999", "Jumlahnya belum terbaca"),
    ] {
        budi.say(typed);
        shop.pass(6).await;
        let told = shop.sent_to(&budi).pop().expect("an answer");
        assert!(told.contains(word), "{typed}: {told}");
    }
    // Any menu leaves the question: what follows is no answer any more.
    budi.tap("Semua Produk");
    budi.sees_text("Halaman 1 dari 1").await;
    budi.say("50000");
    shop.quiet().await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);
    budi.say("/saldo");
    budi.sees_text("Mau isi saldo?").await;
    budi.say("/batal");
    budi.sees_text("tidak ada yang disimpan").await;
    budi.say("50000");
    shop.quiet().await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);
});

journey!(a_deposit_is_booked_once_however_often_it_is_called_back, coffee(), |shop| {
    let rina = shop.person(ADMIN.0, "Bu Rina");
    rina.say("/start");
    rina.sees_text("Selamat datang").await;
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Deposit");
    budi.sees_text("Mau isi saldo?").await;
    budi.say("30.000");
    let invoice = budi.sees_text("Bayar sebelum").await;
    assert!(invoice.photo.is_some(), "the QR");
    assert!(invoice.text.contains("Isi saldo"), "{}", invoice.text);
    let sale = pending(shop).await;
    assert_eq!(sale.amount, 30_000);
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    for _ in 0..20 {
        shop.stage.project.resend_callback(&sale.txn_id).expect("known");
    }
    budi.sees_text("Saldomu sekarang Rp 30.000").await;
    shop.quiet().await;
    assert_eq!(shop.balance(&budi).await, 30_000);
    assert_eq!(shop.count("SELECT COUNT(*) FROM ledger WHERE kind = 'deposit'").await, 1);
    let notes = shop.sent_to(&rina);
    let notes = notes.iter().filter(|text| text.contains("Deposit") && text.contains("Budi"));
    assert_eq!(notes.count(), 1, "the admin is told once");
    budi.say("/saldo");
    budi.sees_text("Saldomu: Rp 30.000").await;
    budi.press("Riwayat Saldo");
    budi.sees_text("+Rp 30.000").await;
});

journey!(a_deposit_that_nobody_pays_ends_by_itself, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/saldo");
    budi.sees_text("Mau isi saldo?").await;
    budi.press("Rp 50.000");
    budi.sees_text("Bayar sebelum").await;
    for _ in 0..9 {
        shop.pass(120).await;
    }
    let ended = budi.sees_text("isi saldo ditutup").await;
    assert_eq!(ended.buttons.len(), 0, "nothing to press any more");
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE state = 'expired'").await, 1);
    assert_eq!(shop.balance(&budi).await, 0);
});

journey!(a_late_deposit_is_still_a_deposit, coffee(), |shop| {
    shop.stage.project.mute_callbacks(true);
    let budi = shop.person(101, "Budi");
    budi.say("/saldo");
    budi.sees_text("Mau isi saldo?").await;
    budi.say("50rb");
    budi.sees_text("Bayar sebelum").await;
    let sale = pending(shop).await;
    for _ in 0..9 {
        shop.pass(120).await;
    }
    budi.sees_text("isi saldo ditutup").await;
    shop.stage.project.pay_late(&sale.txn_id).expect("late");
    for _ in 0..20 {
        shop.pass(120).await;
    }
    budi.sees_text("Saldomu sekarang Rp 50.000").await;
    assert_eq!(shop.balance(&budi).await, 50_000);
});

journey!(the_balance_pays_at_once_and_only_once, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    deposits(shop, &budi, "50000").await;
    goes_to_pay(&budi).await;
    let choice = budi.sees_text("Saldomu: Rp 50.000").await;
    // Two fingers at once on the same button.
    budi.press_on(choice.id, "Saldo");
    budi.press_on(choice.id, "Saldo");
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    assert_eq!(shop.balance(&budi).await, 5_000);
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE purpose = 'goods'").await, 1);
    assert_eq!(shop.stage.project.transactions().len(), 1, "the deposit alone asked the gateway");
});

journey!(two_orders_cannot_spend_the_same_balance, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    deposits(shop, &budi, "50000").await;
    goes_to_pay(&budi).await;
    let first = budi.sees_text("Pilih cara bayar").await;
    // A second choice of payment beside the first, from another phone.
    budi.tap("Keranjang");
    budi.sees_text("🧺 Keranjang\n").await;
    budi.press("Lanjut ke Pembayaran");
    let second = budi.sees(|seen| {
        seen.iter().find(|one| one.text.contains("Pilih cara bayar") && one.id != first.id).cloned()
    });
    let second = second.await;
    budi.press_data(first.id, "1r.1");
    budi.press_data(second.id, "1r.1");
    shop.quiet().await;
    assert_eq!(shop.balance(&budi).await, 5_000);
    assert_eq!(shop.stock().await, 2, "one unit is sold");
});

journey!(too_small_a_balance_is_refused_and_can_share, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    deposits(shop, &budi, "40000").await;
    goes_to_pay(&budi).await;
    budi.press("💼 Saldo");
    let told = budi.sees_text("belum cukup untuk Rp 45.000").await;
    assert_eq!(shop.balance(&budi).await, 40_000);
    budi.press_on(told.id, "Saldo + 💠 QRIS");
    let invoice = budi.sees_text("Bayar sebelum").await;
    assert!(invoice.text.contains("Dari saldo: −Rp 40.000"), "{}", invoice.text);
    assert_eq!(shop.balance(&budi).await, 0, "held");
    let sale = pending(shop).await;
    assert_eq!(sale.amount, 5_000);
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    assert_eq!(shop.balance(&budi).await, 0);
});

journey!(a_shared_order_that_ends_unpaid_gives_the_balance_back, coffee(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    deposits(shop, &budi, "40000").await;
    goes_to_pay(&budi).await;
    budi.press("Saldo + 💠 QRIS");
    budi.sees_text("Bayar sebelum").await;
    budi.press("Batalkan Pesanan");
    budi.sees_text("Rp 40.000 sudah kembali ke saldomu").await;
    assert_eq!(shop.balance(&budi).await, 40_000);

    // Late money for its QR buys the goods, because the balance can carry its part once more.
    let sale = shop.stage.project.transaction_where(|sale| sale.amount == 5_000).await;
    shop.stage.project.pay_late(&sale.txn_id).expect("late");
    for _ in 0..20 {
        shop.pass(60).await;
    }
    budi.sees_text("kopi-secret-1").await;
    assert_eq!(shop.balance(&budi).await, 0);
});

fn with_an_owner() -> Plan {
    coffee().wishing(Wish { owners: Some(vec![UserId(2)]), ..Wish::default() })
}

journey!(an_admin_changes_a_balance_with_a_note_and_everybody_knows, with_an_owner(), |shop| {
    let (rina, boss) = (shop.person(ADMIN.0, "Bu Rina"), shop.person(2, "Pak Bos"));
    let budi = shop.person(101, "Budi");
    for person in [&rina, &boss, &budi] {
        person.say("/start");
        person.sees_text("Selamat datang").await;
    }
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    rina.press("Kelola Saldo");
    rina.sees_text("ID pelanggan, jumlah, dan catatannya").await;
    for (typed, word) in [
        ("101 25000", "Catatannya belum ada"),
        ("budi 25000 x", "Belum terbaca"),
        ("999 25000 x", "Tidak ada pelanggan"),
        ("101 -1 x", "tidak bisa dilakukan"),
    ] {
        rina.say(typed);
        shop.pass(6).await;
        let told = shop.sent_to(&rina).pop().expect("an answer");
        assert!(told.contains(word), "{typed}: {told}");
    }
    assert_eq!(shop.balance(&budi).await, 0);
    rina.say("101 25.000 kompensasi <gangguan>");
    rina.sees_text("sekarang Rp 25.000").await;
    budi.sees_text("kompensasi <gangguan>").await;
    boss.sees_text("Toko Uji: Bu Rina mengubah saldo Budi").await;
    assert_eq!(shop.balance(&budi).await, 25_000);
    let entry = "SELECT COUNT(*) FROM ledger WHERE kind = 'adjustment' AND amount = 25000 \
                 AND note = 'kompensasi <gangguan>'";
    assert_eq!(shop.count(entry).await, 1);
    shop.pass(2).await;
    let audited = "SELECT COUNT(*) FROM audit WHERE actor = 1 AND action = 'balance.adjust' \
                   AND subject = 'customer 101' AND before = '0' AND after = '25000'";
    assert_eq!(shop.count(audited).await, 1);
    let mut tx = shop.db().read().await.expect("reads");
    let chain = audit::verify(&mut tx, shop.store()).await.expect("reads");
    drop(tx);
    assert_eq!(chain, Ok(1));
    shop.change("UPDATE audit SET after = '2500000'").await;
    let mut tx = shop.db().read().await.expect("reads");
    assert_eq!(audit::verify(&mut tx, shop.store()).await.expect("reads"), Err(1));
    drop(tx);

    // Nobody else: not by the button, nor with a question that was put into his record.
    let welcome = budi.sees_text("Selamat datang").await;
    budi.press_data(welcome.id, "1Ab");
    shop.change("UPDATE customers SET question = '{\"ask\":\"seller\",\"for\":\"adjustment\"}' WHERE user_id = 101")
        .await;
    budi.say("101 1000000 hadiah");
    shop.pass(6).await;
    assert_eq!(shop.balance(&budi).await, 25_000);
});
