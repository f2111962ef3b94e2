//! Where the money goes is for the owners of a store to say, and they hear of it when one of them changed it.

use bot_auto_order::bot::{Manage, Press, Question, SetupStep, Wizard};
use bot_auto_order::primitives::UserId;
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::stores::Wish;
use serde_json::json;

use crate::given::{Plan, TestShop, products};
use crate::journey;
use crate::products::{goes, in_the_menu, types};

const BOSS: UserId = UserId(2);
const PARTNER: UserId = UserId(3);
const OWNERS_ONLY: &str = "hanya bisa diatur oleh pemilik";

fn with_owners() -> Plan {
    Plan::with(json!({})).wishing(Wish { owners: Some(vec![BOSS, PARTNER]), ..Wish::default() })
}

async fn manages(shop: &TestShop, user: UserId, name: &str) -> Person {
    let who = shop.person(user.0, name);
    who.say("/admin");
    who.sees_text("Admin Settings").await;
    shop.pass(6).await;
    who
}

fn told(shop: &TestShop, who: &Person, words: &str) -> usize {
    shop.sent_to(who).iter().filter(|text| text.contains(words)).count()
}

async fn stores(shop: &TestShop) -> Vec<(i64, Option<String>, bool)> {
    shop.rows("SELECT revision, pakasir_slug, pakasir_sandbox FROM stores").await
}

journey!(whom_the_owners_hired_does_not_turn_their_money_to_himself, with_owners(), |shop| {
    let (boss, rina) = (manages(shop, BOSS, "Pak Bos").await, in_the_menu(shop).await);
    let before = stores(shop).await;
    let money = [
        Manage::SetupStep(SetupStep::Project),
        Manage::SetupStep(SetupStep::Key),
        Manage::SetupStep(SetupStep::Secret),
        Manage::SetupRehearse,
        Manage::SetupOpen,
    ];
    let screen = rina.messages().last().expect("a screen").id;
    for action in money {
        rina.press_data(screen, &Press::from(action).data());
        rina.sees_text(OWNERS_ONLY).await;
        shop.pass(6).await;
        goes(shop, &rina, "⬅️ Kembali", "Admin Settings").await;
        assert!(!rina.dump().contains(OWNERS_ONLY), "each is refused by itself");
    }
    // Nor by a question that was open before owners were named; a key leaves the chat all the same.
    for step in [SetupStep::Key, SetupStep::Secret, SetupStep::Project] {
        let asked = Question::Seller(Wizard::Setup { step }).written();
        let asked =
            format!("UPDATE customers SET question = '{asked}' WHERE user_id = {}", rina.id());
        shop.change(asked.leak()).await;
        types(shop, &rina, "kantong-sendiri", OWNERS_ONLY).await;
        shop.pass(3).await;
        let open = "SELECT COUNT(*) FROM customers WHERE question IS NOT NULL";
        assert_eq!(shop.count(open).await, 0);
        let left = rina.messages().iter().any(|seen| seen.text.contains("kantong-sendiri"));
        assert_eq!(left, !step.is_secret(), "{step:?}: {}", rina.dump());
    }
    assert_eq!(told(shop, &rina, OWNERS_ONLY), 3);
    assert_eq!(stores(shop).await, before);
    assert_eq!(shop.count("SELECT COUNT(*) FROM rehearsals").await, 0);
    assert_eq!(told(shop, &boss, "Pakasir"), 0);
    // Her own steps are hers: the name and the clock, and then the way ends.
    goes(shop, &rina, "🏷 Nama Toko", "langkah 1 dari 6").await;
    types(shop, &rina, "Toko Rina", "langkah 2 dari 6").await;
    goes(shop, &rina, "WITA", "Tiap langkah boleh dilewati").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM stores WHERE timezone = 'Asia/Makassar'").await, 1);
});

journey!(the_other_owners_hear_where_the_money_goes, with_owners(), |shop| {
    let (boss, partner) =
        (manages(shop, BOSS, "Pak Bos").await, manages(shop, PARTNER, "Bu Mitra").await);
    let own = shop.stage.project.slug().to_owned();
    goes(shop, &boss, "🧭 Siapkan Toko", "menerima uang sungguhan").await;
    goes(shop, &boss, "💳 Proyek Pakasir", "langkah 3 dari 6").await;
    types(shop, &boss, "proyek-lain", "langkah 4 dari 6").await;
    partner.sees_text(&format!("Pak Bos mengganti proyek Pakasir dari {own} ke proyek-lain")).await;
    types(shop, &boss, "kunci-yang-lain", "langkah 5 dari 6").await;
    partner.sees_text("Pak Bos mengganti API key").await;
    assert!(!partner.dump().contains("kunci-yang-lain"));
    types(shop, &boss, "rahasia-yang-lain", "sebelum buka").await;
    partner.sees_text("Pak Bos mengganti webhook secret").await;
    goes(shop, &boss, "🧪 Mulai Uji Coba", "Uji coba berjalan").await;
    partner.sees_text("Pak Bos memulai uji coba").await;
    // A second press changes nothing, and is not told.
    let screen = boss.messages().last().expect("a screen").id;
    boss.press_data(screen, &Press::from(Manage::SetupRehearse).data());
    shop.pass(6).await;
    assert_eq!(told(shop, &partner, "memulai uji coba"), 1);
    goes(shop, &boss, "🚀 Buka Toko", "sudah buka!").await;
    partner.sees_text("Pak Bos membuka toko").await;
    assert_eq!(told(shop, &boss, "Pak Bos"), 0, "he knows what he did");
});

fn selling() -> Plan {
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 5)]))
}

journey!(the_project_stays_while_somebody_is_paying_into_it, selling(), |shop| {
    let (budi, rina) = (shop.person(101, "Budi"), in_the_menu(shop).await);
    let invoice = shop.invoice(&budi, "1").await;
    shop.pass(6).await;
    let before = stores(shop).await;
    // The store has no owner but its admins: she may.
    goes(shop, &rina, "🧭 Siapkan Toko", "menerima uang sungguhan").await;
    goes(shop, &rina, "💳 Proyek Pakasir", "langkah 3 dari 6").await;
    types(shop, &rina, "proyek-lain", "proyeknya belum bisa diganti").await;
    assert_eq!(stores(shop).await, before);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("-secret-").await;
    shop.pass(6).await;
    types(shop, &rina, "proyek-lain", "langkah 4 dari 6").await;
});

journey!(nobody_fills_his_balance_with_play_money, Plan::with(json!({})), |shop| {
    shop.stage.project.sandbox(true);
    let rina = in_the_menu(shop).await;
    goes(shop, &rina, "🧭 Siapkan Toko", "menerima uang sungguhan").await;
    goes(shop, &rina, "🧪 Uji Coba", "sebelum buka").await;
    goes(shop, &rina, "🧪 Mulai Uji Coba", "Uji coba berjalan").await;
    rina.say("/saldo");
    rina.sees_text("Saldo").await;
    shop.pass(3).await;
    types(shop, &rina, "50000", "isi saldo belum dibuka").await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders").await, 0);
});
