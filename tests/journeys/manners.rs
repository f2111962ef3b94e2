//! Flood, blocks, languages, links, search and alarms: how the shop behaves when people do.

use bot_auto_order::primitives::UserId;
use bot_auto_order::sandbox::pakasir::{CallKind, Fault, FaultKind};
use bot_auto_order::sandbox::telegram::FakeTelegram;
use bot_auto_order::shop::audit::By;
use bot_auto_order::shop::customers;
use bot_auto_order::shop::stores::Wish;

use serde_json::json;

use crate::given::{ADMIN, Plan, TestShop, products, shows};
use crate::journey;

const OWNER: UserId = UserId(2);

journey!(a_flood_is_dropped_with_one_warning_and_one_report, |shop| {
    let rina = shop.person(ADMIN.0, "Bu Rina");
    rina.say("/start");
    rina.sees_text("Selamat datang").await;
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    shop.restart().await;
    for _ in 0..80 {
        budi.say("🧺 Keranjang");
    }
    shop.quiet().await;
    let dropped = "SELECT COUNT(*) FROM inbox WHERE reason = 'dropped: too many actions at once'";
    // The first one may still belong to the time before the restart.
    assert!((50..=51).contains(&shop.count(dropped).await), "{}", shop.count(dropped).await);
    for _ in 0..10 {
        shop.pass(10).await;
    }
    let told = shop.sent_to(&budi);
    assert_eq!(told.iter().filter(|text| text.contains("Pelan-pelan")).count(), 1);
    let reports = shop.sent_to(&rina);
    assert_eq!(reports.iter().filter(|text| text.contains("terlalu banyak permintaan")).count(), 1);
    assert!(reports.iter().any(|text| text.contains("<code>101</code>")), "{reports:?}");

    // Two minutes later he is warned again, not before.
    shop.change("UPDATE customers SET warned_at = warned_at + 100000 WHERE user_id = 101").await;
    for _ in 0..40 {
        budi.say("🧺 Keranjang");
    }
    for _ in 0..8 {
        shop.pass(10).await;
    }
    let warned =
        |texts: &[String]| texts.iter().filter(|text| text.contains("Pelan-pelan")).count();
    assert_eq!(warned(&shop.sent_to(&budi)), 1);
    shop.pass(130).await;
    for _ in 0..40 {
        budi.say("🧺 Keranjang");
    }
    for _ in 0..10 {
        shop.pass(10).await;
    }
    assert_eq!(warned(&shop.sent_to(&budi)), 2);

    // Whoever runs the store may be as fast as he likes.
    for _ in 0..40 {
        rina.say("🧺 Keranjang");
    }
    shop.quiet().await;
    assert_eq!(warned(&shop.sent_to(&rina)), 0);
});

journey!(
    fast_honest_tapping_is_never_punished,
    Plan::with(products(&[("KOPI", "Kopi", 1_000, 50)])),
    |shop| {
        let budi = shop.person(101, "Budi");
        budi.say("1");
        let card = budi.sees_text("Jumlah: 1").await;
        for _ in 0..12 {
            budi.press_on(card.id, "➕");
        }
        budi.sees_text("Jumlah: 13").await;
        assert_eq!(shows(&budi, "Pelan-pelan"), 0);
    }
);

journey!(who_is_blocked_is_told_once_and_let_in_again, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    let by = By { admin: ADMIN, now: shop.clock.now() };
    let mut tx = shop.db().write().await.expect("begins");
    let store = shop.store().id;
    assert!(customers::block(&mut tx, store, (UserId(101), true), by).await.expect("writes"));
    assert!(!customers::block(&mut tx, store, (UserId(999), true), by).await.expect("writes"));
    tx.commit().await.expect("commits");
    for word in ["/start", "🛍 Semua Produk", "1"] {
        budi.say(word);
    }
    shop.quiet().await;
    assert_eq!(shop.sent_to(&budi).len(), 2, "the welcome and one notice: {}", budi.dump());
    budi.sees_text("tidak bisa memakai toko ini").await;
    let ani = shop.person(102, "Ani");
    ani.say("/start");
    ani.sees_text("Selamat datang").await;
    let mut tx = shop.db().write().await.expect("begins");
    customers::block(&mut tx, store, (UserId(101), false), by).await.expect("writes");
    tx.commit().await.expect("commits");
    budi.tap("Semua Produk");
    budi.sees_text("Halaman 1 dari 1").await;
});

journey!(a_language_is_chosen_once_and_kept, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Informasi");
    let info = budi.sees_text("Informasi akun").await;
    assert!(info.text.contains("Admin"), "whom to ask: {}", info.text);
    budi.press("English");
    budi.sees_text("from now on in English").await;
    budi.tap("All Products");
    budi.sees_text("Page 1 of 1").await;
    shop.restart().await;
    // Either language's words are understood at any time.
    budi.say("🛍 Semua Produk");
    budi.sees_text("Page 1 of 1").await;
    budi.tap("Information");
    budi.sees_text("Your account").await;
    budi.press("Bahasa Indonesia");
    budi.sees_text("mulai sekarang kita pakai bahasa Indonesia").await;
});

journey!(a_link_opens_its_product, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start p_KOPI");
    budi.sees_text("Selamat datang").await;
    budi.sees_text("Jumlah: 1").await;
    shop.quiet().await;
    let before = shop.sent_to(&budi).len();
    shop.pass(6).await;
    budi.say("/start p_teh");
    let card = budi.sees_text("Teh Manis").await;
    assert!(card.text.contains("Rp 12.000"), "{}", card.text);
    shop.quiet().await;
    assert_eq!(shop.sent_to(&budi).len(), before + 1, "who knows the shop sees the product alone");
    budi.say("/start tidakada<b>");
    shop.quiet().await;
    assert!(shop.sent_to(&budi).last().expect("a word").contains("Selamat datang"));
});

journey!(a_name_is_found_by_typing_and_nonsense_is_met_with_silence, |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.say("SUSU");
    budi.sees_text("Kopi Susu").await;
    budi.say("manis");
    budi.sees_text("Teh Manis").await;
    shop.quiet().await;
    let before = shop.sent_to(&budi).len();
    for nonsense in ["apa kabar?", "%", "%%", "__", "\\\\", "🙂🙂", "' OR 1=1 --"] {
        budi.say(nonsense);
    }
    shop.quiet().await;
    assert_eq!(shop.sent_to(&budi).len(), before, "{}", budi.dump());
    assert_eq!(shop.dead_letters().await, Vec::<String>::new());
});

journey!(one_screen_and_one_keyboard_stand_in_the_chat, |shop| {
    let budi = shop.person(101, "Budi");
    for _ in 0..2 {
        budi.say("/start");
        shop.pass(6).await;
    }
    for word in ["Semua Produk", "Kategori", "Cek Stok", "Keranjang", "Deposit", "Informasi"] {
        budi.tap(word);
        shop.pass(6).await;
    }
    let standing: Vec<String> = budi
        .messages()
        .into_iter()
        .filter(|seen| seen.from_bot)
        .map(|seen| seen.text.lines().next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(standing.len(), 2, "{standing:?}");
    // What tells of money, goods or terms is never taken away.
    let bought = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&bought.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    for word in ["Semua Produk", "Keranjang", "Informasi"] {
        budi.tap(word);
        shop.pass(6).await;
    }
    budi.sees_text("kopi-secret-1").await;
    budi.sees_text("Lunas!").await;
});

fn with_an_owner() -> Plan {
    Plan::default().wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() })
}

journey!(
    three_failures_of_the_gateway_alarm_the_owner_once_and_the_end_is_told,
    with_an_owner(),
    |shop| {
        let boss = shop.person(OWNER.0, "Pak Bos");
        boss.say("/start");
        boss.sees_text("Selamat datang").await;
        let alarms = |texts: &[String], word: &str| {
            texts.iter().filter(|text| text.contains("Toko Uji") && text.contains(word)).count()
        };
        for (id, alarmed) in (101..105).zip([0, 0, 1, 1]) {
            let call = Some(CallKind::Create);
            let kind = FaultKind::Status(503);
            shop.stage.gateway.fault(Fault { call, reference: None, times: 1000, kind });
            let buyer = shop.person(id, "Budi");
            crate::given::order(&buyer, "1").await;
            for _ in 0..20 {
                shop.pass(30).await;
            }
            buyer.sees_text("QRIS belum bisa dibuat").await;
            shop.stage.gateway.clear_faults();
            assert_eq!(
                alarms(&shop.sent_to(&boss), "tiga kali berturut-turut"),
                alarmed,
                "after {id}"
            );
        }
        let buyer = shop.person(110, "Ani");
        shop.invoice(&buyer, "1").await;
        shop.quiet().await;
        assert_eq!(alarms(&shop.sent_to(&boss), "kembali membuat tagihan"), 1);
        assert_eq!(alarms(&shop.sent_to(&boss), "tiga kali berturut-turut"), 1);
    }
);

journey!(the_commands_are_set_in_each_language_and_for_each_admin, |shop| {
    let menu = |stage: &FakeTelegram| {
        stage.calls().iter().any(|call| call.method == "setChatMenuButton").then_some(())
    };
    shop.stage.telegram.until(menu).await;
    shop.quiet().await;
    let set = |shop: &TestShop| {
        let calls = shop.stage.telegram.calls();
        let lists = calls.into_iter().filter(|call| call.method == "setMyCommands");
        lists.map(|call| call.params).collect::<Vec<_>>()
    };
    let lists = set(shop);
    let languages: Vec<_> = lists.iter().map(|list| list["language_code"].clone()).collect();
    assert!(languages.contains(&json!("en")), "{lists:?}");
    assert!(languages.contains(&json!(null)), "{lists:?}");
    let menu = shop.stage.telegram.calls();
    assert!(menu.iter().any(|call| call.method == "setChatMenuButton" && call.code == 200));
    let rina = shop.person(ADMIN.0, "Bu Rina");
    rina.say("/start");
    rina.sees_text("Selamat datang").await;
    shop.quiet().await;
    let own = set(shop).pop().expect("a list");
    let text = own.to_string();
    assert!(text.contains("admin") && text.contains("chat_id"), "{text}");
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    budi.tap("Informasi");
    budi.sees_text("Informasi akun").await;
    budi.press("English");
    budi.sees_text("from now on in English").await;
    shop.quiet().await;
    let his = set(shop).pop().expect("a list").to_string();
    assert!(his.contains("Main menu") && !his.contains("admin"), "{his}");
});

fn with_a_sticker() -> Plan {
    Plan::default().wishing(Wish { sticker: Some("CAACAgIAAxkBAAE".to_owned()), ..Wish::default() })
}

journey!(a_sticker_that_telegram_rejects_costs_nothing, with_a_sticker(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    shop.quiet().await;
    let calls = shop.stage.telegram.calls();
    let tried = calls.iter().filter(|call| call.method == "sendSticker");
    assert_eq!(tried.map(|call| call.code).collect::<Vec<_>>(), [400]);
    assert_eq!(shows(&budi, "Selamat datang"), 1);
    assert_eq!(shop.count("SELECT COUNT(*) FROM outbox WHERE state = 'dead'").await, 0);
});
