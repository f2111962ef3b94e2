//! The first words: who is greeted how, what is answered with silence, and what is apologised for.

use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person, Seen};

use crate::given::{ADMIN, Plan, order, products};
use crate::journey;

/// Everything the bot has said to someone, oldest first.
fn said(person: &Person) -> Vec<Seen> {
    person.messages().into_iter().filter(|seen| seen.from_bot).collect()
}

fn keys(person: &Person) -> Vec<String> {
    person.keyboard().into_iter().flatten().collect()
}

journey!(a_new_customer_is_welcomed_once_and_counted, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    let welcome = budi.sees_text("Selamat datang").await;
    shop.quiet().await;
    assert_eq!(said(&budi).len(), 1, "{}", budi.dump());
    assert!(welcome.text.contains("Halo, Budi!"), "{}", welcome.text);
    assert!(welcome.text.contains("Toko Uji"), "{}", welcome.text);
    assert!(welcome.text.contains("Pelanggan: 1\n"), "{}", welcome.text);
    assert!(welcome.text.contains("Pesanan selesai: 0\n"), "{}", welcome.text);
    assert_eq!(
        budi.keyboard(),
        [
            vec!["🛍 Semua Produk", "🗂 Kategori"],
            vec!["🏷 Cek Stok", "🧺 Keranjang"],
            vec!["1️⃣", "2️⃣"],
            vec!["📦 Pesanan Saya", "💰 Deposit"],
            vec!["ℹ️ Informasi", "📖 Cara Order"],
        ]
    );

    order(&budi, "1").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(10).await;
    let sari = shop.person(102, "Sari");
    sari.say("/start");
    let welcome = sari.sees_text("Selamat datang").await;
    assert!(welcome.text.contains("Pelanggan: 2\n"), "{}", welcome.text);
    assert!(welcome.text.contains("Pesanan selesai: 1\n"), "{}", welcome.text);
});

journey!(a_name_is_shown_as_it_is_written, |shop| {
    let strange = shop.person(101, "A<b>&_*`[{$name}");
    strange.say("/start");
    let welcome = strange.sees_text("Selamat datang").await;
    assert!(welcome.text.contains("Halo, A<b>&_*`[{$name}!"), "{}", welcome.text);
    strange.tap("Informasi");
    let account = strange.sees_text("Informasi akun").await;
    assert!(account.text.contains("Nama: A<b>&_*`[{$name}\n"), "{}", account.text);
});

journey!(the_welcome_arrives_whatever_telegram_does, |shop| {
    let bad_days = [
        FaultKind::ServerError,
        FaultKind::BadGateway,
        FaultKind::Reset,
        FaultKind::TooManyRequests { retry_after: 7 },
    ];
    for (kind, id) in bad_days.into_iter().zip(101..) {
        let buyer = shop.person(id, "Budi");
        let fault = Fault::next(kind).on("sendMessage").in_chat(buyer.id().into()).times(2);
        shop.stage.telegram.fault(fault);
        buyer.say("/start");
        while said(&buyer).is_empty() {
            shop.quiet().await;
            shop.advance(8);
        }
        shop.quiet().await;
        let all = said(&buyer);
        assert_eq!(all.len(), 1, "{}", buyer.dump());
        assert!(all[0].text.contains("Selamat datang"), "{}", buyer.dump());
    }
});

fn three_drinks() -> Plan {
    Plan::with(products(&[
        ("KOPI", "Kopi Susu", 30_000, 5),
        ("TEH", "Teh Manis", 12_000, 3),
        ("SODA", "Soda Gembira", 15_000, 2),
    ]))
}

journey!(the_keyboard_has_a_digit_for_every_product, three_drinks(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    let keys = keys(&budi);
    for digit in ["1️⃣", "2️⃣", "3️⃣"] {
        assert!(keys.iter().any(|key| key == digit), "{keys:?}");
    }
    assert!(!keys.iter().any(|key| key == "4️⃣"), "{keys:?}");
    budi.say("3");
    let card = budi.sees_text("Jumlah:").await;
    assert!(card.text.contains("Soda Gembira"), "{}", card.text);
    budi.tap("2️⃣");
    let card = budi.sees_text("Teh Manis").await;
    assert!(card.text.contains("Rp 12.000"), "{}", card.text);
    budi.say("4");
    let nothing = budi.sees_text("Tidak ada produk nomor 4").await;
    assert!(nothing.button("Lihat Produk").is_some());
});

journey!(what_nobody_understands_is_answered_with_silence, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    let welcome = budi.sees_text("Selamat datang").await;
    for words in ["kak ready?", "tolong!!! 🙏", "/unknown", "1234567", "0x1", "semua produk dong"]
    {
        budi.say(words);
    }
    budi.send_document("bukti.txt", "halo".as_bytes().to_vec());
    for data in ["", "9x", "1zzz", "1p.-1", "1p.1.1.1", "{}"] {
        budi.press_data(welcome.id, data);
    }
    shop.stage.bot.deliver_unknown_kind();
    shop.stage.bot.deliver_without_from(bot_auto_order::primitives::ChatId(-1_001), "/start");
    shop.quiet().await;
    assert_eq!(said(&budi).len(), 1, "{}", budi.dump());
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE state = 'dead'").await, 0);
});

journey!(a_fault_of_ours_is_one_apology_and_one_record, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    shop.change("ALTER TABLE cart_lines RENAME TO mislaid").await;
    budi.tap("Keranjang");
    // Five tries, each later than the one before.
    for _ in 0..6 {
        shop.quiet().await;
        shop.advance(6);
    }
    let apology = budi.sees_text("Maaf, ada gangguan").await;
    shop.quiet().await;
    assert_eq!(said(&budi).len(), 2, "one welcome, one apology: {}", budi.dump());
    let number = apology.parts("code").pop().expect("the apology names the record");
    assert_eq!(shop.dead_letters().await.len(), 1);
    let record = shop.dead_letters().await.remove(0);
    assert!(record.starts_with(&number), "'{record}' is not the record {number}");
    assert_eq!(shop.service().shared().metrics.inbox_dead.get(), 1);

    shop.change("ALTER TABLE mislaid RENAME TO cart_lines").await;
    budi.tap("Keranjang");
    budi.sees_text("Keranjangmu masih kosong").await;
    // Somebody has looked at the record.
    shop.change("DELETE FROM inbox WHERE state = 'dead'").await;
});

journey!(the_sellers_side_is_closed_to_everyone_else, |shop| {
    let seller = shop.person(ADMIN.0, "Bu Rina");
    seller.say("/start");
    seller.sees_text("Selamat datang").await;
    seller.tap("Admin Settings");
    seller.sees_text("Produk di etalase: 2").await;

    let stranger = shop.person(666, "Orang Asing");
    stranger.say("/start");
    let welcome = stranger.sees_text("Selamat datang").await;
    assert!(!keys(&stranger).iter().any(|key| key.contains("Admin")), "{:?}", keys(&stranger));
    for (knock, refusals) in ["/admin", "⚙️ Admin Settings", "admin settings"].iter().zip(1..) {
        stranger.say(knock);
        shop.quiet().await;
        let told = shop.sent_to(&stranger);
        let refused = told.iter().filter(|text| text.contains("khusus pengelola toko"));
        assert_eq!(refused.count(), refusals, "{}", stranger.dump());
    }
    for forged in ["1admin", "admin:delete:1", "1A.1", "2a.1"] {
        stranger.press_data(welcome.id, forged);
    }
    shop.quiet().await;
    assert_eq!(shop.sent_to(&stranger).len(), 4, "{}", stranger.dump());
    let state = "SELECT (SELECT COUNT(*) FROM cards) + (SELECT COUNT(*) FROM cart_lines) \
                 + (SELECT COUNT(*) FROM orders)";
    assert_eq!(shop.count(state).await, 0, "a knock leaves nothing behind");
});

journey!(nobody_touches_an_order_of_somebody_else, |shop| {
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    budi.sees_text("Bayar sebelum").await;
    let thief = shop.person(666, "Orang Asing");
    thief.say("/start");
    let welcome = thief.sees_text("Selamat datang").await;
    let order = shop.count("SELECT id FROM orders").await;
    for forged in ["k", "n", "o", "u"] {
        thief.press_data(welcome.id, &format!("1{forged}.{order}"));
        shop.advance(2);
    }
    shop.quiet().await;
    shop.advance(5);
    shop.quiet().await;
    let heard = said(&thief);
    assert!(
        heard[1..].iter().all(|seen| seen.text.contains("tidak ditemukan")),
        "{}",
        thief.dump()
    );
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE state = 'open'").await, 1);
});
