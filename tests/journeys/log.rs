//! The owner reads in the chat what was changed, and by whom; a seller does not.

use bot_auto_order::bot::{Manage, Press};
use bot_auto_order::primitives::UserId;
use bot_auto_order::shop::stores::Wish;

use crate::given::Plan;
use crate::journey;
use crate::products::{goes, in_the_menu, types};

const OWNER: UserId = UserId(2);

fn with_an_owner() -> Plan {
    Plan::default().wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() })
}

journey!(an_owner_reads_the_log_page_by_page_and_a_seller_does_not, with_an_owner(), |shop| {
    let rina = in_the_menu(shop).await;
    assert!(rina.sees_text("Admin Settings").await.button("🧾 Log Perubahan").is_none());
    for number in 0..6 {
        goes(shop, &rina, "🧮 Calculator", "Contoh: 10000").await;
        goes(shop, &rina, "⚙️ Ubah Faktor", "sekarang:").await;
        types(shop, &rina, &format!("9{number} 70 60 50 40"), "Tersimpan").await;
        goes(shop, &rina, "⚙️ Ubah Faktor", "sekarang:").await;
        types(shop, &rina, "-", "Tersimpan").await;
        goes(shop, &rina, "⬅️ Kembali", "Admin Settings").await;
    }
    let menu = rina.sees_text("Admin Settings").await;
    rina.press_data(menu.id, &Press::from(Manage::Audit(0)).data());
    shop.pass(6).await;
    assert!(!shop.sent_to(&rina).iter().any(|text| text.contains("Log perubahan")));
    let boss = shop.person(OWNER.0, "Pak Bos");
    boss.say("/admin");
    boss.sees_text("Admin Settings").await;
    shop.pass(6).await;
    goes(shop, &boss, "🧾 Log Perubahan", "setting calculator: 95 70 60 50 40 → –").await;
    goes(shop, &boss, "Lebih lama ➡️", "setting calculator: – → 90 70 60 50 40").await;
    goes(shop, &boss, "⏮ Terbaru", "setting calculator: 95 70 60 50 40 → –").await;
});
