//! Terms after payment, once and in the buyer's language; proofs sealed, for admins alone, forgotten in time.

use bot_auto_order::bot::pictures;
use bot_auto_order::primitives::{ChatId, UserId};
use bot_auto_order::sandbox::pakasir::State;
use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use bot_auto_order::shop::stores::Wish;
use serde_json::json;

use crate::given::{ADMIN, Plan, TestShop, order, products};
use crate::journey;

const OWNER: UserId = UserId(2);

fn with_terms() -> Plan {
    let mut catalogue =
        products(&[("KOPI", "Kopi Susu", 30_000, 5), ("TEH", "Teh Manis", 12_000, 5)]);
    catalogue["products"][0]["terms"] =
        json!({"id": "Jangan <dibagikan> & ganti sandi.", "en": "Do not share it."});
    catalogue["products"][1]["terms"] = json!({"id": "Habiskan hari ini."});
    Plan::with(catalogue).wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() })
}

async fn buys(shop: &TestShop, buyer: &Person, number: &str, goods: &str) {
    let bought = shop.invoice(buyer, number).await;
    shop.stage.project.pay(&bought.sale.txn_id).expect("paid");
    buyer.sees_text(goods).await;
    shop.pass(6).await;
}

fn with_word(texts: &[String], word: &str) -> usize {
    texts.iter().filter(|text| text.contains(word)).count()
}

journey!(terms_come_once_after_the_goods_and_in_ones_own_language, with_terms(), |shop| {
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
    let bought = shop.invoice(&budi, "1").await;
    shop.stop().await;
    shop.stage.project.pay(&bought.sale.txn_id).expect("paid while we are away");
    shop.start().await;
    shop.pass(60).await;
    let terms = budi.sees_text("Jangan <dibagikan> & ganti sandi.").await;
    let goods = budi.sees_text("kopi-secret-1").await;
    assert!(goods.id < terms.id, "the goods come first");
    shop.restart().await;
    shop.pass(120).await;
    assert_eq!(with_word(&shop.sent_to(&budi), "Jangan &lt;dibagikan&gt;"), 1);

    let ani = shop.person(102, "Ani");
    ani.say("/start");
    ani.sees_text("Selamat datang").await;
    shop.pass(6).await;
    ani.tap("Informasi");
    ani.sees_text("Informasi akun").await;
    ani.press("English");
    ani.sees_text("from now on in English").await;
    for (number, goods, terms) in
        [("1", "kopi-secret-2", "Do not share it."), ("2", "teh-secret-1", "Habiskan hari ini.")]
    {
        shop.pass(6).await;
        ani.say(number);
        ani.sees_text("Quantity: 1").await;
        ani.press("Continue to Cart");
        ani.sees_text("🧺 Cart").await;
        ani.press("Continue to Payment");
        ani.sees_text("How would you like to pay").await;
        ani.press("QRIS");
        ani.sees_text("Pay before").await;
        let sale = shop.stage.project.transaction_where(|sale| sale.state == State::Pending).await;
        shop.stage.project.pay(&sale.txn_id).expect("paid");
        ani.sees_text(goods).await;
        ani.sees_text(terms).await;
    }
});

journey!(a_proof_is_sealed_and_reaches_admins_but_no_owner, with_terms(), |shop| {
    let (rina, boss) = (shop.person(ADMIN.0, "Bu Rina"), shop.person(OWNER.0, "Pak Bos"));
    for person in [&rina, &boss] {
        person.say("/start");
        person.sees_text("Selamat datang").await;
    }
    let budi = shop.person(101, "Budi");
    buys(shop, &budi, "1", "kopi-secret-1").await;
    budi.press("Penuhi SNK");
    budi.sees_text("Kirim buktinya di sini").await;
    budi.send_photo(pictures::paid(), "ini bukti-rahasia <saya>");
    budi.sees_text("sudah kami terima dan simpan terenkripsi").await;
    let seen = rina.sees_text("bukti-rahasia <saya>").await;
    assert!(seen.photo.is_some(), "the photo itself");
    shop.quiet().await;
    assert!(!boss.messages().iter().any(|seen| seen.text.contains("bukti-rahasia")));
    let rows: Vec<(Vec<u8>,)> = shop.rows("SELECT body FROM proofs").await;
    assert_eq!(rows.len(), 1);
    let clear = |bytes: &[u8]| bytes.windows(13).any(|part| part == b"bukti-rahasia");
    assert!(!clear(&rows[0].0), "sealed");
    let kept: Vec<(Vec<u8>,)> = shop.rows("SELECT body FROM inbox WHERE state = 'done'").await;
    assert!(!kept.iter().any(|(body,)| clear(body)), "nor is it left in the inbox");
    let parcels: Vec<(String,)> = shop.rows("SELECT payload FROM outbox").await;
    assert!(!parcels.iter().any(|(payload,)| payload.contains("bukti-rahasia")));

    // An admin opens it again; nobody else does.
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    rina.press("Kelola SNK");
    rina.sees_text("Pilih produk untuk menulis").await;
    rina.press("Bukti SNK");
    let list = rina.sees_text("1 tersimpan").await;
    let label = list.buttons[0][0].text.clone();
    rina.press_on(list.id, &label);
    rina.sees(|seen| {
        (seen.iter().filter(|one| one.text.contains("bukti-rahasia")).count() == 2).then_some(())
    })
    .await;
    let any = budi.sees_text("sudah kami terima").await;
    budi.press_data(any.id, "1Aw.1");
    budi.press_data(any.id, "1Ay.0");
    shop.quiet().await;
    assert!(budi.sees_text("khusus pengelola toko").await.from_bot);
});

journey!(
    a_second_proof_replaces_the_first_and_a_strangers_button_does_nothing,
    with_terms(),
    |shop| {
        let budi = shop.person(101, "Budi");
        buys(shop, &budi, "1", "kopi-secret-1").await;
        let terms = budi.sees_text("Jangan <dibagikan>").await;
        for (text, word) in
            [("bukti pertama", "sudah kami terima"), ("bukti kedua", "yang lama diganti")]
        {
            // What stood there before is gone by now: only the new question can be seen.
            shop.pass(6).await;
            budi.press_on(terms.id, "Penuhi SNK");
            shop.pass(6).await;
            budi.sees_text("Kirim buktinya di sini").await;
            budi.say(text);
            budi.sees_text(word).await;
        }
        assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 1);
        let ani = shop.person(102, "Ani");
        ani.say("/start");
        let welcome = ani.sees_text("Selamat datang").await;
        for data in ["1v.1.1", "1v.999.1", "1v.1.999"] {
            ani.press_data(welcome.id, data);
            shop.pass(6).await;
        }
        assert_eq!(with_word(&shop.sent_to(&ani), "tidak ditemukan"), 3);
        ani.say("bukan bukti");
        shop.quiet().await;
        assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 1);
    }
);

journey!(what_is_no_proof_is_asked_for_again_and_the_question_can_be_left, with_terms(), |shop| {
    let budi = shop.person(101, "Budi");
    buys(shop, &budi, "1", "kopi-secret-1").await;
    budi.press("Penuhi SNK");
    budi.sees_text("Kirim buktinya di sini").await;
    budi.send_document("bukti.txt", "bukti");
    budi.sees_text("belum berupa teks atau foto").await;
    budi.say("❌ Batal");
    budi.sees_text("tidak ada yang disimpan").await;
    budi.say("ini bukan bukti lagi");
    shop.quiet().await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 0);
});

journey!(proofs_are_forgotten_after_their_days_and_kept_for_ever_at_zero, with_terms(), |shop| {
    let budi = shop.person(101, "Budi");
    for (number, goods) in [("1", "kopi-secret-1"), ("2", "teh-secret-1")] {
        buys(shop, &budi, number, goods).await;
        let terms =
            budi.sees(|seen| seen.iter().rev().find(|one| one.text.contains("Syarat")).cloned());
        let terms = terms.await;
        budi.press_on(terms.id, "Penuhi SNK");
        shop.pass(6).await;
        budi.sees_text("Kirim buktinya di sini").await;
        budi.say("buktiku");
        budi.sees_text("sudah kami terima").await;
        shop.pass(6).await;
    }
    // One is 31 days old, the other 29.
    shop.change(
        "UPDATE proofs SET sent_at = sent_at - CASE WHEN id = 1 THEN 2678400000 ELSE 2505600000 END",
    )
    .await;
    shop.change("UPDATE stores SET terms_days = 0, revision = revision + 1").await;
    shop.pass(2 * 3600).await;
    shop.pass(2).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 2, "0 keeps for ever");
    shop.change("UPDATE stores SET terms_days = 30, revision = revision + 1").await;
    shop.pass(2 * 3600).await;
    shop.pass(2).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 1);
    assert_eq!(shop.count("SELECT id FROM proofs").await, 2);
});

journey!(what_waits_for_a_proof_survives_a_restart, with_terms(), |shop| {
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("Jangan <dibagikan>").await;
    budi.press("Penuhi SNK");
    budi.sees_text("Kirim buktinya di sini").await;
    shop.restart().await;
    budi.say("buktiku");
    budi.sees_text("sudah kami terima").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM proofs").await, 1);
});

async fn proves(shop: &TestShop, buyer: &Person) {
    buys(shop, buyer, "1", "kopi-secret-1").await;
    buyer.press("Penuhi SNK");
    buyer.sees_text("Kirim buktinya di sini").await;
    buyer.send_photo(pictures::paid(), "ini bukti-rahasia saya");
    buyer.sees_text("sudah kami terima").await;
}

journey!(who_is_no_admin_any_more_receives_no_proof, with_terms(), |shop| {
    let (rina, budi) = (shop.person(ADMIN.0, "Bu Rina"), shop.person(101, "Budi"));
    rina.say("/start");
    rina.sees_text("Selamat datang").await;
    rina.block();
    proves(shop, &budi).await;
    shop.quiet().await;
    let waiting = "SELECT COUNT(*) FROM outbox WHERE state = 'parked' AND payload LIKE '%proof%'";
    assert_eq!(shop.count(waiting).await, 1, "it waits for her");
    shop.change("DELETE FROM store_people WHERE user_id = 1").await;
    shop.change("UPDATE stores SET revision = revision + 1").await;
    shop.pass(2).await;
    rina.unblock();
    shop.pass(6).await;
    shop.quiet().await;
    assert_eq!(shop.count(waiting).await, 0);
    assert!(!rina.messages().iter().any(|seen| seen.text.contains("bukti-rahasia")));
});

journey!(a_photo_that_telegram_does_not_show_again_leaves_its_words, with_terms(), |shop| {
    let (rina, budi) = (shop.person(ADMIN.0, "Bu Rina"), shop.person(101, "Budi"));
    rina.say("/start");
    rina.sees_text("Selamat datang").await;
    let strange = FaultKind::BadRequest { why: "wrong file identifier/HTTP URL specified" };
    shop.stage.telegram.fault(Fault::next(strange).on("sendPhoto").in_chat(ChatId(ADMIN.0)));
    proves(shop, &budi).await;
    let seen = rina.sees_text("bukti-rahasia").await;
    assert!(seen.photo.is_none() && seen.text.contains("tidak bisa ditampilkan lagi"), "{seen:?}");
});

journey!(terms_wait_for_a_buyer_who_blocked_the_bot, with_terms(), |shop| {
    let budi = shop.person(101, "Budi");
    let bought = shop.invoice(&budi, "1").await;
    budi.block();
    shop.stage.project.pay(&bought.sale.txn_id).expect("paid");
    shop.pass(6).await;
    shop.quiet().await;
    budi.unblock();
    shop.pass(6).await;
    let goods = budi.sees_text("kopi-secret-1").await;
    let terms = budi.sees_text("Jangan <dibagikan>").await;
    assert!(goods.id < terms.id, "the goods come first");
});
