//! Things that happen at the same moment: expiry and payment, two fingers, two processes.

use bot_auto_order::sandbox::pakasir::SecretHeader;
use serde_json::json;
use tokio::task::JoinSet;

use crate::given::{Engine, Invoice, Plan, TestShop, products, shows};
use crate::journey;

const LIFE: u64 = 15 * 60;

/// One round of expiry against payment, the payment a little before, at, or after the deadline.
async fn expiry_against_payment(shop: &TestShop, n: u64) -> String {
    let buyer = shop.person(1_000 + i64::try_from(n).expect("small"), "Buyer");
    let invoice = shop.invoice(&buyer, "1").await;
    shop.pass(LIFE - 10).await;
    // The looks at the deadline, the end 45 s later, and the money, in every order.
    let steps = [9, 1, 1, 20, 24, 1, 1];
    let pay_at = usize::try_from(n).expect("small") % steps.len();
    for (step, seconds) in steps.into_iter().enumerate() {
        shop.advance(seconds);
        if step == pay_at {
            shop.stage.project.pay_late(&invoice.sale.txn_id).expect("paid");
        }
        if n & 1 == 0 {
            shop.pass(0).await;
        }
    }
    shop.pass(60).await;
    let state = shop.state(invoice.order).await;
    let told = (shows(&buyer, "secret"), shows(&buyer, "Waktu bayar habis"));
    assert_eq!((state.as_str(), told), ("delivered", (1, 0)), "round {n}\n{}", buyer.dump());
    state
}

journey!(
    expiry_and_payment_race_twenty_times,
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 25)])),
    |shop| {
        for n in 0..20 {
            expiry_against_payment(shop, n).await;
        }
        assert_eq!(shop.stock().await, 5, "the money always came, and always bought one");
        let charged =
            shop.count("SELECT COUNT(*) FROM payments WHERE outcome IN ('paid', 'late')").await;
        assert_eq!(charged, 20);
    }
);

journey!(
    the_last_unit_goes_to_late_money_or_to_the_next_buyer_but_not_to_both,
    Plan::with(products(&[("KOPI", "Kopi Susu", 30_000, 1)])),
    |shop| {
        for n in 0..8 {
            let (late, next) = (shop.person(2_000 + n, "Late"), shop.person(3_000 + n, "Next"));
            let first = shop.invoice(&late, "1").await;
            shop.pass(LIFE).await;
            shop.pass(60).await;
            assert_eq!(shop.state(first.order).await, "expired");
            next.say("1");
            next.sees_text("Jumlah:").await;
            next.press("Lanjut ke Keranjang");
            next.sees_text("Keranjang").await;
            next.press("Lanjut ke Pembayaran");
            next.sees_text("Pilih cara bayar").await;
            // The money and the press, now one, now the other a little ahead.
            if n & 1 == 0 {
                next.press("QRIS");
                shop.stage.project.pay_late(&first.sale.txn_id).expect("late");
            } else {
                shop.stage.project.pay_late(&first.sale.txn_id).expect("late");
                shop.stage.project.settled().await;
                next.press("QRIS");
            }
            shop.pass(10).await;
            let lucky = shows(&next, "Bayar sebelum") == 1;
            let state = shop.state(first.order).await;
            assert_eq!(state, if lucky { "credited" } else { "delivered" }, "round {n}");
            assert_eq!(shop.balance(&late).await, if lucky { 30_000 } else { 0 });
            assert_eq!(shop.stock().await, 0);
            if lucky {
                next.press("Batalkan Pesanan");
                next.sees_text("Pesanan dibatalkan").await;
                shop.pass(6).await;
            } else {
                // A fresh unit for the next round.
                shop.restock("KOPI", &format!("kopi-secret-again-{n}")).await;
            }
        }
    }
);

journey!(a_cancel_and_a_payment_at_the_same_moment_lose_no_money, |shop| {
    for n in 0..5 {
        let buyer = shop.person(4_000 + n, "Buyer");
        let invoice = shop.invoice(&buyer, "1").await;
        shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
        buyer.press_data(invoice.shown.id, &format!("1n.{}", invoice.order));
        buyer.press_data(invoice.shown.id, &format!("1k.{}", invoice.order));
        shop.pass(10).await;
        // Whichever was first, the money came, and there were goods for it.
        assert_eq!(shop.state(invoice.order).await, "delivered");
        assert_eq!(shows(&buyer, "secret"), 1);
    }
});

/// Twenty news of one payment in every form, at once.
async fn news_of_all_kinds(shop: &TestShop, invoice: &Invoice) {
    let body = shop.stage.project.callback_body(&invoice.sale.txn_id);
    let mut posts = JoinSet::new();
    for n in 0..20 {
        let (project, mut body) = (shop.stage.project.clone(), body.clone());
        body["n"] = json!(n);
        let json = Some("application/json");
        posts.spawn(async move { project.callback(body, SecretHeader::Right, json).await });
    }
    shop.advance(15);
    assert!(posts.join_all().await.into_iter().all(|status| status == 200));
}

journey!(callbacks_sweep_and_button_pay_once, |shop| {
    for n in 0..4 {
        let buyer = shop.person(5_000 + n, "Buyer");
        let invoice = shop.invoice(&buyer, "1").await;
        shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
        buyer.press("Cek Pembayaran");
        news_of_all_kinds(shop, &invoice).await;
        buyer.press_data(invoice.shown.id, &format!("1k.{}", invoice.order));
        shop.pass(10).await;
        assert_eq!(shop.state(invoice.order).await, "delivered");
        assert_eq!(shows(&buyer, "kopi-secret"), 1, "{}", buyer.dump());
    }
    assert_eq!(shop.count("SELECT sold FROM products WHERE code = 'KOPI'").await, 4);
});

/// Two processes work on the same news; only PostgreSQL can be shared.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_pay_once() {
    let mut shop = Plan::default().open(Engine::Postgres).await;
    shop.start_twin().await;
    for n in 0..4 {
        let buyer = shop.person(6_000 + n, "Buyer");
        let invoice = shop.invoice(&buyer, "1").await;
        shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
        news_of_all_kinds(&shop, &invoice).await;
        shop.pass(10).await;
        assert_eq!(shop.state(invoice.order).await, "delivered");
        assert_eq!(shows(&buyer, "kopi-secret"), 1, "{}", buyer.dump());
    }
    shop.close().await;
}
