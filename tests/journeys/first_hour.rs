//! The first hour of a store: the link that makes its admin, its set-up in the chat, the rehearsal, the opening.

use std::time::Duration;

use bot_auto_order::bot::{Manage, Press, Question, SetupStep, Wizard};
use bot_auto_order::db::Db;
use bot_auto_order::primitives::{Secret, Timestamp, UserId};
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::audit::By;
use bot_auto_order::shop::invitations;
use bot_auto_order::shop::stores::{self, Store, Wish};
use serde_json::json;
use tokio::task::JoinSet;

use crate::given::{Invoice, PUBLIC_URL, Plan, TestShop, products};
use crate::journey;
use crate::products::{goes, types};

const VOID: &str = "Tautan ini tidak berlaku";
const YOURS: &str = "sekarang milikmu";

/// A store as `auto-order init` leaves it: nobody runs it, nothing is in it.
fn fresh() -> Plan {
    Plan::with(json!({})).without_gateway().wishing(nobody())
}

/// A store that sells, and that nobody runs.
fn with_goods() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 5)])).wishing(nobody())
}

fn nobody() -> Wish {
    Wish { name: Some("Toko Baru".to_owned()), ..Wish::default() }
}

async fn run_by(shop: &TestShop, admins: &[UserId]) {
    let wish = Wish { admins: Some(admins.to_vec()), ..Wish::default() };
    let mut tx = shop.db().write().await.expect("begins");
    let slug = shop.store().slug.clone();
    stores::apply(&mut tx, &shop.keyring, &slug, &wish, shop.clock.now()).await.expect("changed");
    tx.commit().await.expect("commits");
    shop.pass(3).await;
}

/// The payload of a fresh link, as the command line makes it.
async fn invited_to(shop: &TestShop, store: &Store, another: bool) -> Option<Secret<String>> {
    let mut tx = shop.db().write().await.expect("begins");
    let made = invitations::make(&mut tx, store, another, shop.clock.now()).await.expect("made");
    tx.commit().await.expect("commits");
    made
}

async fn link(shop: &TestShop) -> String {
    let payload = invited_to(shop, shop.store(), false).await.expect("nobody runs the store");
    let payload = payload.expose().clone();
    assert!(payload.len() <= 64, "Telegram takes 64 characters: {payload}");
    assert!(payload.bytes().all(|one| one.is_ascii_alphanumeric() || b"_-".contains(&one)));
    payload
}

async fn opens(shop: &TestShop, who: &Person, payload: &str, shows: &str) {
    who.say_command("start", payload);
    who.sees_text(shows).await;
    shop.pass(6).await;
}

async fn admins(shop: &TestShop) -> i64 {
    shop.count("SELECT COUNT(*) FROM store_people").await
}

journey!(the_first_who_opens_the_link_runs_the_store_and_nobody_after_him, fresh(), |shop| {
    run_by(shop, &[]).await;
    let (rina, sari) = (shop.person(1, "Bu Rina"), shop.person(102, "Sari"));
    let payload = link(shop).await;
    opens(shop, &sari, "claim_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", VOID).await;
    opens(shop, &sari, "claim_", VOID).await;
    assert_eq!(admins(shop).await, 0);

    rina.say_command("start", &payload);
    rina.sees_text(YOURS).await;
    // At once, and not when the stores are read again.
    rina.sees_text("Tiap langkah boleh dilewati").await;
    rina.press("▶️ Mulai");
    rina.sees_text("langkah 1 dari 6").await;
    shop.pass(6).await;
    let keys: Vec<String> = rina.keyboard().into_iter().flatten().collect();
    assert!(keys.iter().any(|key| key.contains("Admin Settings")), "{keys:?}");
    let hers = shop.stage.telegram.calls().into_iter().any(|call| {
        call.method == "setMyCommands"
            && call.params["scope"]["chat_id"] == 1
            && call.params["commands"].to_string().contains("\"admin\"")
    });
    assert!(hers, "her list of commands is the seller's");
    let roles =
        "SELECT COUNT(*) FROM store_people WHERE user_id = 1 AND role IN ('admin', 'owner')";
    assert_eq!(shop.count(roles).await, 2);

    opens(shop, &sari, &payload, VOID).await;
    assert_eq!(admins(shop).await, 2);
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'store.claim' AND actor = 1";
    assert_eq!(shop.count(noted).await, 1);
    for told in shop.sent_to(&sari) {
        assert!(!told.contains("Admin Settings"), "{told}");
    }
    let kept = shop.count("SELECT COUNT(*) FROM inbox WHERE length(body) > 0").await;
    assert_eq!(kept, 0, "a code stayed behind in the inbox");
});

journey!(of_two_who_open_the_link_at_once_one_runs_the_store, fresh(), |shop| {
    for round in 0..5 {
        run_by(shop, &[]).await;
        shop.change("DELETE FROM store_people").await;
        let payload = link(shop).await;
        let people: Vec<Person> =
            (0..6).map(|n| shop.person(300 + 10 * round + n, "Seseorang")).collect();
        for who in &people {
            who.say_command("start", &payload);
        }
        shop.pass(6).await;
        let winners = |part: &str| {
            let won = |who: &&Person| shop.sent_to(who).iter().any(|text| text.contains(part));
            people.iter().filter(won).count()
        };
        assert_eq!((winners(YOURS), winners(VOID)), (1, 5));
        assert_eq!(admins(shop).await, 2);
    }
});

/// Takes an invitation in a transaction of its own.
async fn taken(db: Db, store: Store, code: String, user: i64, now: Timestamp) -> bool {
    let mut tx = db.write().await.expect("begins");
    let by = By { admin: UserId(user), now };
    let taken = invitations::take(&mut tx, &store, &code, by).await.expect("tried");
    tx.commit().await.expect("commits");
    taken
}

journey!(
    who_opens_a_link_while_another_is_about_to_take_it_waits_and_comes_too_late,
    fresh(),
    |shop| {
        run_by(shop, &[]).await;
        let payload = link(shop).await;
        let code = payload.strip_prefix(invitations::PREFIX).expect("a payload").to_owned();
        let (store, now) = (shop.store().clone(), shop.clock.now());
        let mut first = shop.db().write().await.expect("begins");
        let by = By { admin: UserId(301), now };
        assert!(invitations::take(&mut first, &store, &code, by).await.expect("tried"));
        let mut second = JoinSet::new();
        second.spawn(taken(shop.db().clone(), store, code, 302, now));
        let early = tokio::time::timeout(Duration::from_millis(300), second.join_next()).await;
        assert!(early.is_err(), "the second waits for the first: {early:?}");
        first.commit().await.expect("commits");
        let late = second.join_next().await.expect("it was begun").expect("it ended");
        assert!(!late, "two took one link");
        assert_eq!(admins(shop).await, 2);
    }
);

journey!(a_link_is_void_when_it_is_old_replaced_anothers_or_not_wanted_any_more, fresh(), |shop| {
    run_by(shop, &[]).await;
    let budi = shop.person(101, "Budi");
    let replaced = link(shop).await;
    let newest = link(shop).await;
    opens(shop, &budi, &replaced, VOID).await;

    let token = "222222:TOKEN-OF-THE-OTHER-STORE-0123456789";
    shop.stage.telegram.add_bot(token, "toko_lain_bot");
    let wish = Wish { bot_token: Some(Secret::new(token.to_owned())), ..nobody() };
    let mut tx = shop.db().write().await.expect("begins");
    let now = shop.clock.now();
    let other = stores::apply(&mut tx, &shop.keyring, "lain", &wish, now).await.expect("added");
    tx.commit().await.expect("commits");
    shop.pass(3).await;
    let others = invited_to(shop, &other, false).await.expect("nobody runs it");
    opens(shop, &budi, others.expose(), VOID).await;

    // Somebody became its admin in another way: the link is for a store that has none.
    run_by(shop, &[UserId(1)]).await;
    opens(shop, &budi, &newest, VOID).await;
    assert!(invited_to(shop, shop.store(), false).await.is_none());
    let one_more = invited_to(shop, shop.store(), true).await.expect("asked for");
    let update = json!({"update_id": 900_001, "message": {"message_id": 9, "date": 1,
        "from": {"id": 101, "is_bot": false, "first_name": "Budi"},
        "chat": {"id": -1005, "type": "supergroup", "title": "Grup"},
        "text": format!("/start {}", one_more.expose()),
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}});
    shop.post_update(update.to_string().as_bytes()).await;
    shop.pass(3).await;
    assert_eq!(admins(shop).await, 1, "nobody opens it in a group");
    shop.pass(7 * 24 * 3600).await;
    opens(shop, &budi, one_more.expose(), VOID).await;

    let one_more = invited_to(shop, shop.store(), true).await.expect("asked for");
    opens(shop, &budi, one_more.expose(), YOURS).await;
    assert_eq!(admins(shop).await, 3, "Rina stays, Budi came");
});

/// Goes through the steps up to the rehearsal.
async fn sets_up(shop: &TestShop, rina: &Person) {
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    shop.pass(6).await;
    goes(shop, rina, "🧭 Siapkan Toko", "belum diisi").await;
    goes(shop, rina, "▶️ Mulai", "langkah 1 dari 6").await;
    types(shop, rina, "Toko\nBu Rina", "Nama toko satu baris").await;
    types(shop, rina, "Toko Bu Rina", "langkah 2 dari 6").await;
    goes(shop, rina, "WITA", "langkah 3 dari 6").await;
    types(shop, rina, "bukan slug", "bukan slug proyek").await;
    types(shop, rina, shop.stage.project.slug(), "langkah 4 dari 6").await;
}

async fn gives_the_keys(shop: &TestShop, rina: &Person) {
    types(shop, rina, "kanari dengan spasi", "bukan API key").await;
    types(shop, rina, shop.stage.project.api_key().expose(), "langkah 5 dari 6").await;
    let address = format!("{PUBLIC_URL}/pakasir/{}", shop.store().hook);
    rina.sees_text(&address).await;
    types(shop, rina, shop.stage.project.webhook_secret().expose(), "sebelum buka").await;
}

/// Nothing of a secret is left in the chat, the queues or the log.
async fn keeps_no_secret(shop: &TestShop, rina: &Person) {
    let (key, secret) = (shop.stage.project.api_key(), shop.stage.project.webhook_secret());
    for word in [key.expose().as_str(), secret.expose().as_str(), "kanari dengan spasi"] {
        assert!(rina.messages().iter().all(|seen| !seen.text.contains(word)), "{}", rina.dump());
        let bodies: Vec<(Vec<u8>,)> = shop.rows("SELECT body FROM inbox").await;
        let texts: Vec<(String,)> = shop
            .rows("SELECT payload FROM outbox UNION ALL SELECT COALESCE(before, '') || COALESCE(after, '') || COALESCE(note, '') FROM audit UNION ALL SELECT COALESCE(question, '') FROM customers")
            .await;
        let bodies = bodies.into_iter().map(|(body,)| String::from_utf8_lossy(&body).into_owned());
        for text in bodies.chain(texts.into_iter().map(|(text,)| text)) {
            assert!(!text.contains(word), "a secret stayed behind");
        }
    }
}

async fn buys_the_test_product(shop: &TestShop, rina: &Person) -> Invoice {
    goes(shop, rina, "🛒 Beli Sekarang", "Jumlah:").await;
    goes(shop, rina, "Lanjut ke Keranjang", "Keranjang").await;
    goes(shop, rina, "Lanjut ke Pembayaran", "Pilih cara bayar").await;
    rina.press("QRIS");
    let shown = rina.sees_text("Bayar sebelum").await;
    let (order, reference) = shop.newest_order(rina).await;
    let sale = shop.stage.project.transaction_for(&reference).await;
    Invoice { order, shown, sale }
}

journey!(a_store_is_set_up_rehearsed_and_opened_in_the_chat, fresh(), |shop| {
    shop.stage.project.sandbox(true);
    let (rina, budi) = (shop.person(1, "Bu Rina"), shop.person(101, "Budi"));
    sets_up(shop, &rina).await;
    // A step is asked for again after a restart, and so is its answer taken.
    shop.restart().await;
    gives_the_keys(shop, &rina).await;
    keeps_no_secret(shop, &rina).await;
    let store = |part| shop.count(part);
    assert_eq!(
        store(
            "SELECT COUNT(*) FROM stores WHERE name = 'Toko Bu Rina' AND timezone = 'Asia/Makassar'"
        )
        .await,
        1
    );
    let noted = "SELECT COUNT(*) FROM audit WHERE action = 'store.set' AND actor = 1";
    assert_eq!(shop.count(noted).await, 5);

    goes(shop, &rina, "🧪 Mulai Uji Coba", "Uji coba berjalan").await;
    // A second press makes no second product.
    goes(shop, &rina, "❌ Batal", "hanya admin yang bisa belanja").await;
    goes(shop, &rina, "🧪 Uji Coba", "Uji coba berjalan").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM products").await, 1);

    // Nobody gets goods for play money but whoever runs the store, and nobody fills his balance with it.
    budi.say("1");
    budi.sees_text("Jumlah:").await;
    budi.press("Lanjut ke Keranjang");
    budi.sees_text("Keranjang").await;
    goes(shop, &budi, "Lanjut ke Pembayaran", "sedang bersiap").await;
    // Not even by a button of a screen that he could have kept.
    let screen = budi.messages().last().expect("his cart").id;
    budi.press_data(screen, &Press::Qris(None).data());
    shop.pass(6).await;
    budi.say("/saldo");
    budi.sees_text("Saldo").await;
    budi.say("50000");
    budi.sees(|seen| {
        (seen.iter().filter(|one| one.text.contains("sedang bersiap")).count() > 0).then_some(())
    })
    .await;
    shop.pass(6).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);

    let invoice = buys_the_test_product(shop, &rina).await;
    assert!(invoice.sale.sandbox);
    shop.pass(3).await;
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    shop.pass(3).await;
    goes(shop, &rina, "🧭 Siapkan Toko", "hanya admin").await;
    goes(shop, &rina, "🧪 Uji Coba", "Uji coba berjalan").await;
    goes(shop, &rina, "🚀 Buka Toko", "belum dibayar").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    rina.sees_text("Barang uji coba sudah sampai").await;
    rina.sees_text("Berhasil!").await;
    shop.pass(6).await;
    goes(shop, &rina, "🚀 Buka Toko", "sudah buka!").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM rehearsals").await, 0);
    assert_eq!(shop.count("SELECT COUNT(*) FROM products WHERE deleted_at IS NULL").await, 0);
    let modes = "SELECT COUNT(*) FROM audit WHERE action = 'store.mode' AND actor = 1";
    assert_eq!(shop.count(modes).await, 2);
    rina.press("➕ Produk Baru");
    rina.sees_text("Produk baru").await;
});

journey!(a_store_that_somebody_bought_from_takes_no_play_money, with_goods(), |shop| {
    let (rina, budi) = (shop.person(1, "Bu Rina"), shop.person(101, "Budi"));
    shop.invoice(&budi, "1").await;
    shop.pass(6).await;
    rina.say("/admin");
    rina.sees_text("Admin Settings").await;
    shop.pass(6).await;
    goes(shop, &rina, "🧭 Siapkan Toko", "menerima uang sungguhan").await;
    goes(shop, &rina, "🧪 Uji Coba", "sudah punya pesanan").await;
    rina.press_data(
        rina.messages().last().expect("a screen").id,
        &Press::from(Manage::SetupRehearse).data(),
    );
    shop.pass(6).await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM rehearsals").await, 0);
    goes(shop, &rina, "❌ Batal", "menerima uang sungguhan").await;
    shop.pass(6).await;
});

journey!(what_could_not_be_worked_on_keeps_no_secret_either, fresh(), |shop| {
    let rina = shop.person(1, "Bu Rina");
    rina.say("/start");
    rina.sees_text("Selamat datang").await;
    shop.pass(6).await;
    let asked = Question::Seller(Wizard::Setup { step: SetupStep::Secret }).written();
    let asked = format!("UPDATE customers SET question = '{asked}' WHERE user_id = 1");
    shop.change(asked.leak()).await;
    shop.change("ALTER TABLE rehearsals RENAME TO gone").await;
    rina.say("kanari-rahasia-webhook");
    for _ in 0..8 {
        shop.pass(6).await;
    }
    rina.sees_text("gangguan di pihak kami").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE state = 'dead'").await, 1);
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE length(body) > 0").await, 0);
    shop.change("ALTER TABLE gone RENAME TO rehearsals").await;
    shop.change("ALTER TABLE invitations RENAME TO gone").await;
    rina.say_command("start", "claim_kanari");
    for _ in 0..8 {
        shop.pass(6).await;
    }
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE state = 'dead'").await, 2);
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE length(body) > 0").await, 0);
    shop.change("ALTER TABLE gone RENAME TO invitations").await;
});
