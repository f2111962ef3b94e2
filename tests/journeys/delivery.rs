//! The goods' way into the chat: through crashes, silence, blocks and every kind of content.

use bot_auto_order::primitives::{ChatId, OrderId};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use bot_auto_order::shop::stock;
use serde_json::json;

use crate::given::{Plan, TestShop, products, shows};
use crate::journey;

/// Telegram fails for this person's chat until the faults are cleared.
fn chat_fails(shop: &TestShop, person: &Person, kind: FaultKind) {
    let chat = ChatId::from(person.id());
    shop.stage.telegram.fault(Fault::next(kind).in_chat(chat).times(u32::MAX));
}

journey!(a_stop_right_after_the_payment_loses_nothing, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    chat_fails(shop, &budi, FaultKind::ServerError);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "paid", "committed, and nothing is sent");
    assert_eq!(shows(&budi, "secret"), 0);
    shop.stop().await;
    shop.stage.telegram.clear_faults();
    shop.start().await;
    // A lease of the old process, if it left one, runs out.
    shop.advance(100);
    budi.sees_text("kopi-secret-1").await;
    shop.pass(10).await;
    assert_eq!(shows(&budi, "kopi-secret"), 1, "once");
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shop.count("SELECT COUNT(*) FROM units WHERE state = 'delivered'").await, 1);
});

journey!(a_stop_before_anything_was_worked_on_loses_nothing, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.quiet().await;
    shop.stop().await;
    // The gateway finds nobody at home, and so does the buyer.
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.say("/saldo");
    shop.advance(30);
    shop.start().await;
    shop.advance(30);
    budi.sees_text("kopi-secret-1").await;
    budi.sees_text("Saldomu").await;
    shop.pass(10).await;
    assert_eq!(shows(&budi, "kopi-secret"), 1);
});

journey!(goods_are_sent_until_telegram_takes_them, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    chat_fails(shop, &budi, FaultKind::BadGateway);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    for _ in 0..20 {
        shop.pass(60).await;
    }
    assert_eq!(shop.state(invoice.order).await, "paid");
    let calls = shop.stage.telegram.calls();
    let tries = calls.iter().filter(|call| call.code == 502).count();
    assert!((10..=40).contains(&tries), "{tries} tries in 20 minutes");
    shop.stage.telegram.clear_faults();
    shop.pass(61).await;
    budi.sees_text("kopi-secret-1").await;
    budi.sees_text("Lunas!").await;
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shows(&budi, "kopi-secret"), 1);
});

journey!(goods_whose_arrival_nobody_confirmed_are_never_shown_twice, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.quiet().await;
    for method in ["sendMessage", "editMessageText"] {
        let hang = Fault::next(FaultKind::HangAfterStoring).on(method);
        shop.stage.telegram.fault(hang.in_chat(ChatId::from(budi.id())));
    }
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    // The place for them was made, and nobody told the shop; then they were put there, and nobody told
    // the shop: twice 15 seconds of the machine it waits, and tries again.
    budi.sees_text("kopi-secret-1").await;
    budi.sees(|_| (shows(&budi, "muncul di chat ini") == 1).then_some(())).await;
    shop.quiet().await;
    shop.pass(60).await;
    assert_eq!(shows(&budi, "kopi-secret"), 1, "in one message");
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(who_is_told_to_wait_waits_and_gets_his_goods, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let flood = FaultKind::TooManyRequests { retry_after: 30 };
    shop.stage.telegram.fault(Fault::next(flood).in_chat(ChatId::from(budi.id())));
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    shop.pass(20).await;
    assert_eq!(shows(&budi, "kopi-secret"), 0);
    shop.pass(15).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(goods_wait_for_a_buyer_who_blocked_the_bot, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.quiet().await;
    budi.block();
    shop.quiet().await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    shop.pass(120).await;
    assert_eq!(shop.state(invoice.order).await, "paid");
    assert_eq!(shows(&budi, "secret"), 0);
    budi.unblock();
    budi.say("/start");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(10).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shows(&budi, "kopi-secret"), 1);
});

journey!(goods_are_sent_again_to_their_owner_alone, |shop| {
    let (budi, mallory) = (shop.person(101, "Budi"), shop.person(666, "Mallory"));
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.advance(6);
    budi.say("/pesanan");
    budi.sees_text("Pesanan Saya").await;
    budi.press("Rp 30.000");
    let own = budi.sees_text("Status: ✅ selesai").await;
    budi.press_on(own.id, "Kirim Ulang Barang");
    budi.sees(|seen| {
        (seen.iter().filter(|seen| seen.text.contains("kopi-secret-1")).count() == 2).then_some(())
    })
    .await;
    shop.pass(6).await;
    mallory.press_data(own.id, &format!("1u.{}", invoice.order));
    mallory.say("/pesanan");
    mallory.sees_text("Belum ada pesanan").await;
    shop.pass(6).await;
    assert_eq!(shows(&mallory, "secret"), 0);
    assert_eq!(shop.stock().await, 7, "the same unit again, no other");
    // An order that was not paid has nothing to send.
    let unpaid = shop.invoice(&budi, "1").await;
    budi.press_data(own.id, &format!("1u.{}", unpaid.order));
    shop.pass(10).await;
    assert_eq!(shows(&budi, "kopi-secret-2"), 0);
});

/// Contents that a careless sender changes, cuts or cannot send.
fn odd_units() -> Vec<String> {
    vec![
        "<b>user</b>&amp;pass<&>\"'".to_owned(),
        "first line\nsecond line\n\nfourth line".to_owned(),
        "  leading and trailing  ".to_owned(),
        "tab\tand\r\nwindows line".to_owned(),
        "{ $name } %s {0} \\n `code` *bold* _it_ [a](b)".to_owned(),
        "emoji 🏴‍☠️ é ß 漢字 \u{202e}right-to-left".to_owned(),
        "é".repeat(5_000),
        (0..5_000_u32).filter_map(|n| char::from_u32('!' as u32 + n % 90)).collect(),
    ]
}

journey!(
    every_character_of_every_content_arrives,
    Plan::with(json!({"products": odd_units().into_iter().enumerate().map(|(n, unit)| json!({
        "code": format!("ODD{n}"), "name": format!("Aneh <{n}> & co"), "price": 10_000, "units": [unit]
    })).collect::<Vec<_>>()})),
    |shop| {
        for (n, unit) in (1..).zip(odd_units()) {
            let buyer = shop.person(200 + n, "Buyer");
            let invoice = shop.invoice(&buyer, "1").await;
            shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
            shop.pass(10).await;
            assert_eq!(shop.state(invoice.order).await, "delivered");
            assert!(received(&buyer, &[unit]), "{}", buyer.dump());
        }
    }
);

/// Whether all contents are in the chat, each to the letter, in messages or in files.
fn received(buyer: &Person, units: &[String]) -> bool {
    let seen = buyer.messages();
    let files = seen.iter().filter_map(|seen| seen.document.as_ref());
    let files: Vec<String> =
        files.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    let codes: Vec<String> = seen.iter().flat_map(|seen| seen.parts("code")).collect();
    units.iter().all(|unit| codes.contains(unit) || files.iter().any(|file| file.contains(unit)))
}

async fn thirty_units(shop: &mut TestShop) {
    let budi = shop.person(101, "Budi");
    budi.say("1");
    budi.sees_text("Jumlah: 1").await;
    budi.press("➕");
    budi.sees_text("Jumlah: 2").await;
    budi.press("➕");
    budi.sees_text("Jumlah: 3").await;
    shop.advance(6);
    budi.press("x10");
    budi.sees_text("Jumlah: 30").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("Keranjang").await;
    budi.press("Lanjut ke Pembayaran");
    budi.sees_text("Pilih cara bayar").await;
    budi.press("QRIS");
    shop.advance(6);
    budi.sees_text("Bayar sebelum").await;
    let (order, reference) = shop.newest_order(&budi).await;
    let sale = shop.stage.project.transaction_for(&reference).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    shop.pass(10).await;
    shop.pass(10).await;
    assert_eq!(shop.state(order).await, "delivered");
    let units = opened(shop, order).await;
    assert_eq!(units.len(), 30);
    assert!(received(&budi, &units), "{}", budi.dump());
    let protected = budi.messages().into_iter().filter(|seen| seen.protected).count();
    assert!((1..=4).contains(&protected), "{protected} messages");
}

/// What an order was given, read from the data.
async fn opened(shop: &TestShop, order: OrderId) -> Vec<String> {
    let mut tx = shop.db().read().await.expect("reads");
    let goods = stock::goods(&mut tx, shop.store(), &shop.keyring, order).await;
    let units = goods.expect("it opens").into_iter().flat_map(|line| line.units);
    units.map(|unit| unit.expose().clone()).collect()
}

journey!(
    thirty_short_units_arrive,
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 31)])),
    |shop| {
        thirty_units(shop).await;
    }
);

journey!(
    thirty_long_units_arrive,
    Plan::with(json!({"products": [{"code": "AKUN", "name": "Akun", "price": 30_000,
        "units": (0..31).map(|n| format!("{n}:{}", "x<&".repeat(300))).collect::<Vec<_>>()}]})),
    |shop| {
        thirty_units(shop).await;
    }
);
