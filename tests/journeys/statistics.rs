//! The seller looks at what was sold: every figure is the sum in the database, whenever it was added up.

use bot_auto_order::bot::chart::{self, Chart};
use bot_auto_order::primitives::{Language, Rupiah};
use bot_auto_order::sandbox::telegram::Person;

use crate::given::TestShop;
use crate::journey;
use crate::products::{buys, goes, in_the_menu};
use crate::sales::{before_the_order, code_of};

const DAY: u64 = 86_400;

/// What stands in the orders since the midnight that began the last `days`, counted anew.
async fn sums(shop: &TestShop, days: i64) -> [i64; 5] {
    let since = shop.store().zone.on_day(shop.clock.now(), 1 - days, (0, 0)).expect("a midnight");
    let count = async |sql: &str| shop.count(format!("{sql} {}", since.0).leak()).await;
    let paid =
        "FROM orders WHERE purpose = 'goods' AND state IN ('paid', 'delivered') AND paid_at >=";
    [
        count(&format!("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) {paid}")).await,
        count("SELECT COUNT(*) FROM orders WHERE purpose = 'goods' AND placed_at >=").await,
        count(&format!("SELECT COUNT(*) {paid}")).await,
        count("SELECT COUNT(*) FROM orders WHERE purpose = 'goods' AND state = 'expired' AND closed_at >=")
            .await,
        count(&format!("SELECT CAST(COALESCE(SUM(refunded), 0) AS BIGINT) {paid}")).await,
    ]
}

/// Looks at each span; every figure is the sum in the database.
async fn looks(shop: &TestShop, rina: &Person) {
    for (button, days) in [("Hari ini", 1), ("7 hari", 7), ("30 hari", 30)] {
        rina.press(button);
        shop.pass(6).await;
        let shown =
            rina.messages().into_iter().rev().find(|seen| seen.text.contains("Statistik ·"));
        let shown = shown.expect("statistics");
        let [revenue, placed, paid, expired, refunded] = sums(shop, days).await;
        let rupiah = |amount| Rupiah::new(amount).expect("a sum");
        let conversion = if placed == 0 { 0 } else { paid * 1000 / placed };
        for figure in [
            format!("Omzet: {}", rupiah(revenue)),
            format!("Order dibuat: {placed}"),
            format!("Lunas: {paid} · ⌛ Kedaluwarsa: {expired}"),
            format!("Konversi: {},{}%", conversion / 10, conversion % 10),
            format!("Direfund: {}", rupiah(refunded)),
            button.to_owned(),
        ] {
            assert!(shown.text.contains(&figure), "{figure} in {}", shown.text);
        }
        let png = shown.photo.expect("a chart");
        assert!(png.len() < 100_000, "{} bytes", png.len());
    }
}

journey!(figures_are_the_sums_in_the_database, |shop| {
    let rina = in_the_menu(shop).await;
    let (budi, siti) = (shop.person(101, "Budi"), shop.person(102, "Siti"));
    goes(shop, &rina, "📊 Statistik", "Omzet: Rp 0").await;
    buys(shop, &budi, "1").await;
    buys(shop, &budi, "2").await;
    looks(shop, &rina).await;
    let shown = rina.messages().into_iter().rev().find(|seen| seen.text.contains("Terlaris"));
    let shown = shown.expect("statistics").text;
    assert!(
        shown.contains("1. Kopi Susu · 1× · Rp 30.000\n2. Teh Manis · 1× · Rp 12.000"),
        "{shown}"
    );

    let unpaid = shop.invoice(&siti, "1").await;
    shop.pass(1_000).await;
    assert_eq!(shop.state(unpaid.order).await, "expired");
    for _ in 0..2 {
        shop.pass(DAY).await;
        looks(shop, &rina).await;
    }
    // Every day that is over was added up once: 29 at the first look, then one a day.
    assert_eq!(shop.count("SELECT COUNT(*) FROM day_totals").await, 31);
    buys(shop, &siti, "2").await;
    looks(shop, &rina).await;

    // Days that are over change when their orders do.
    shop.stage.project.pay_late(&unpaid.sale.txn_id).expect("paid late");
    shop.pass(60).await;
    assert_eq!(shop.state(unpaid.order).await, "delivered");
    looks(shop, &rina).await;
    let rina = before_the_order(shop, &code_of(shop, &unpaid).await).await;
    goes(shop, &rina, "↩️ Refund ke Saldo", "Refund hanya bisa sekali").await;
    goes(shop, &rina, "✅ Ya, lanjutkan", "kembali ke saldo pembeli").await;
    let refunded = "SELECT CAST(SUM(refunded) AS BIGINT) FROM orders";
    assert_eq!(shop.count(refunded).await, 30_000);
    rina.say("/admin");
    shop.pass(6).await;
    goes(shop, &rina, "📊 Statistik", "Omzet").await;
    looks(shop, &rina).await;
});

journey!(a_chart_shows_the_revenue_of_each_day, |shop| {
    let rina = in_the_menu(shop).await;
    let budi = shop.person(101, "Budi");
    buys(shop, &budi, "1").await;
    shop.pass(DAY).await;
    buys(shop, &budi, "2").await;
    goes(shop, &rina, "📊 Statistik", "Omzet: Rp 12.000").await;
    goes(shop, &rina, "7 hari", "Omzet: Rp 42.000").await;
    let shown = rina.messages().into_iter().rev().find_map(|seen| seen.photo).expect("a chart");
    let zone = &shop.store().zone;
    let day = |back: i64| zone.day(zone.on_day(shop.clock.now(), -back, (0, 0)).expect("a day"));
    let amounts = [0, 0, 0, 0, 0, 30_000, 12_000];
    let bars = (0..7).rev().map(day).zip(amounts).collect();
    let drawn = chart::draw(&Chart { bars, language: Language::Id }).expect("drawn");
    assert!(shown == drawn, "another chart");
});
