//! Trouble that a cold reading foresaw: downtime at the deadline, goods that do not open, data an engine refuses.

use std::time::Duration;

use bot_auto_order::db::Sql;
use bot_auto_order::http::callback_delivery;
use bot_auto_order::pakasir::Status;
use bot_auto_order::primitives::{PaymentId, Timestamp};
use bot_auto_order::queue::inbox::{self, Delivery, Source};
use bot_auto_order::sandbox::pakasir::{SecretHeader, Transaction};
use bot_auto_order::shop::payments::{self, Settled};
use bot_auto_order::worker::{StepParcel, Steps};
use bot_auto_order::{execute, sql};
use serde_json::json;

use crate::given::TestShop;
use crate::journey;

journey!(paid_while_we_were_down_is_delivered_and_not_expired, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stop().await;
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    // The deadline passes while nobody is there to ask.
    shop.advance(20 * 60);
    shop.start().await;
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    let paid = "SELECT COUNT(*) FROM payments WHERE outcome = 'paid'";
    assert_eq!(shop.count(paid).await, 1, "in time, because the gateway was asked first");
});

journey!(goods_that_do_not_open_are_paid_all_the_same_and_wait, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.change("UPDATE units SET content_key = 'x' || content_key").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("Lunas!").await;
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "paid");
    shop.change("UPDATE units SET content_key = substr(content_key, 2)").await;
    budi.say("/start");
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
});

journey!(a_callback_that_no_column_can_hold_refuses_nobody, |shop| {
    let body = r#"{"order_id":"\u0000","amount":1,"status":"completed","txn_id":"a"}"#;
    for _ in 0..3 {
        let status = shop.stage.project.callback(body, SecretHeader::Right, None).await;
        assert_eq!(status, 200);
    }
    shop.quiet().await;
    let dead = "SELECT COUNT(*) FROM inbox WHERE source = 'pakasir' AND state = 'dead'";
    assert!(shop.count(dead).await >= 1, "kept and set aside");
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
});

/// The gateway's word on an order's newest payment, as it would come to a look.
async fn word(shop: &TestShop, sale: &Transaction, state: &str) -> (PaymentId, Status) {
    let rows: Vec<(PaymentId,)> = shop.rows("SELECT MAX(id) FROM payments").await;
    let sandbox = shop.store().gateway.as_ref().is_some_and(|keys| keys.sandbox);
    let status = json!({"txn_id": sale.txn_id, "reference": sale.reference, "amount": 30_000,
        "sandbox": sandbox, "project": null, "state": state, "completed_at": null});
    (rows[0].0, serde_json::from_value(status).expect("a status"))
}

journey!(an_old_pending_ends_no_order_whose_newer_look_is_on_its_way, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let (payment, pending) = word(shop, &invoice.sale, "pending").await;
    // The newer look began after the deadline; its answer is not here yet.
    shop.change("UPDATE payments SET last_check_at = (SELECT MAX(expires_at) + 1 FROM orders)")
        .await;
    let rows: Vec<(Timestamp,)> = shop.rows("SELECT MAX(expires_at) FROM orders").await;
    let deadline = rows[0].0;
    let mut tx = shop.db().write().await.expect("begins");
    let mut settle = async |begun| {
        let now = shop.clock.now();
        payments::settle(&mut tx, shop.store(), payment, (&pending, begun), now)
            .await
            .expect("settles")
    };
    for begun in [None, Some(Timestamp(deadline.0 - 1))] {
        assert!(matches!(settle(begun).await, Settled::NotYet), "{begun:?}");
    }
    assert!(matches!(settle(Some(deadline)).await, Settled::Expired(_)));
});

journey!(an_order_does_not_end_while_the_gateways_word_on_it_waits, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.mute_callbacks(true);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    let (payment, completed) = word(shop, &invoice.sale, "completed").await;
    // The answer is written down, and for some reason not worked on for a while.
    let begun = shop.clock.now();
    let fact = json!({"fact": "answered", "payment": payment, "status": completed,
        "asked": false, "begun": begun});
    let later = begun.plus(Duration::from_mins(20));
    let delivery = Delivery {
        store: shop.store().id,
        source: Source::Fact,
        key: "parcel:none".to_owned(),
        lane: format!("payment:{payment}"),
        seq: begun.0,
        body: serde_json::to_vec(&fact).expect("JSON"),
    };
    shop.change(
        "UPDATE payments SET next_check_at = NULL, \
         last_check_at = (SELECT MAX(expires_at) + 1 FROM orders), \
         last_word_at = (SELECT MAX(expires_at) + 1 FROM orders)",
    )
    .await;
    let mut tx = shop.db().write().await.expect("begins");
    inbox::accept(&mut tx, &delivery, later).await.expect("kept");
    tx.commit().await.expect("commits");
    shop.pass(15 * 60).await;
    shop.pass(60).await;
    let asked = "SELECT COUNT(*) FROM inbox WHERE key LIKE 'overdue:%' AND state = 'done'";
    assert!(shop.count(asked).await >= 1, "its end was considered");
    assert_eq!(shop.state(invoice.order).await, "open");
    shop.pass(5 * 60).await;
    budi.sees_text("kopi-secret-1").await;
    let paid = "SELECT COUNT(*) FROM payments WHERE outcome = 'paid'";
    assert_eq!(shop.count(paid).await, 1);
});

journey!(a_clock_that_was_ahead_keeps_nobody_from_looking, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.mute_callbacks(true);
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    // A day ahead, as an earlier process saw it before the machine's clock was mended.
    let ahead = "UPDATE payments SET last_check_at = next_check_at + 86400000, \
         next_check_at = next_check_at + 86400000";
    shop.change(ahead).await;
    shop.restart().await;
    shop.pass(2).await;
    budi.sees_text("kopi-secret-1").await;
});

/// Makes the counting of tries fail.
const NOBODY_COUNTS: [Sql; 2] = [
    sql!(sqlite "SELECT 1",
         postgres "CREATE FUNCTION nobody_counts() RETURNS trigger LANGUAGE plpgsql AS \
                   $$ BEGIN RAISE EXCEPTION 'nobody counts'; END $$"),
    sql!(sqlite "CREATE TRIGGER nobody_counts BEFORE UPDATE OF attempts ON inbox \
                 WHEN NEW.attempts > OLD.attempts BEGIN SELECT RAISE(ABORT, 'nobody counts'); END",
         postgres "CREATE TRIGGER nobody_counts BEFORE UPDATE OF attempts ON inbox FOR EACH ROW \
                   WHEN (NEW.attempts > OLD.attempts) EXECUTE FUNCTION nobody_counts()"),
];
const COUNTS_AGAIN: Sql =
    sql!(sqlite "DROP TRIGGER nobody_counts", postgres "DROP TRIGGER nobody_counts ON inbox");
/// It was claimed before and nobody said what came of it: tries are counted before they are made.
const CLAIMED_ONCE: Sql = sql!("UPDATE inbox SET claims = 1 WHERE state = 'pending'");

async fn run(shop: &TestShop, statements: &[Sql]) {
    let mut tx = shop.db().write().await.expect("begins");
    for statement in statements {
        execute!(&mut tx, *statement).expect("done");
    }
    tx.commit().await.expect("commits");
}

journey!(a_fact_whose_try_cannot_be_counted_waits_a_second_and_no_lease, |shop| {
    run(shop, &NOBODY_COUNTS).await;
    let start = json!({"update_id": 900_001, "message": {"message_id": 1, "date": shop.clock.now().0 / 1_000, "text": "/start",
        "chat": {"id": 101, "type": "private"},
        "from": {"id": 101, "is_bot": false, "first_name": "Budi"}}});
    let delivery = Delivery {
        store: shop.store().id,
        source: Source::Telegram,
        key: "900001".to_owned(),
        lane: "user:101".to_owned(),
        seq: 900_001,
        body: start.to_string().into_bytes(),
    };
    let mut tx = shop.db().write().await.expect("begins");
    inbox::accept(&mut tx, &delivery, shop.clock.now()).await.expect("kept");
    execute!(&mut tx, CLAIMED_ONCE).expect("claimed");
    tx.commit().await.expect("commits");
    shop.pass(3).await;
    let back =
        "SELECT COUNT(*) FROM inbox WHERE state = 'pending' AND reason LIKE '%nobody counts%'";
    assert_eq!(shop.count(back).await, 1, "it is put back");
    run(shop, &[COUNTS_AGAIN]).await;
    shop.pass(3).await;
    let done = "SELECT COUNT(*) FROM inbox WHERE state = 'done' AND attempts = 1";
    assert_eq!(shop.count(done).await, 1);
});

/// What a database server that falls over leaves of claims: they do not wait for the disk.
const FORGOTTEN: Sql = sql!(
    "UPDATE outbox SET fence = 0, claims = 0, attempts = 0, leased_until = 0, holder = NULL \
     WHERE state = 'pending'"
);

/// Works, one thing after another, until a parcel with this errand is taken.
async fn takes(steps: &Steps, errand: &str) -> StepParcel {
    for _ in 0..20 {
        for fact in steps.take_facts(32).await {
            steps.work(fact).await;
        }
        for parcel in steps.take_parcels().await {
            if parcel.payload().contains(errand) {
                return parcel;
            }
            parcel.carry().await;
        }
    }
    panic!("nobody took {errand}");
}

journey!(who_has_lost_his_claim_makes_no_place_for_goods, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stop().await;
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    let said = shop.stage.project.callback_body(&invoice.sale.txn_id).to_string();
    let said = callback_delivery(shop.store().id, said.as_bytes(), shop.clock.now());
    let (steps, tasks) = shop.steps().await;
    let mut tx = steps.shared().db.write().await.expect("begins");
    inbox::accept(&mut tx, &said, shop.clock.now()).await.expect("kept");
    tx.commit().await.expect("commits");
    let lost = takes(&steps, "\"goods\"").await;
    let mut tx = steps.shared().db.write().await.expect("begins");
    execute!(&mut tx, FORGOTTEN).expect("forgotten");
    tx.commit().await.expect("commits");
    lost.carry().await;
    let places =
        || shop.sent_to(&budi).iter().filter(|text| text.contains("muncul di chat")).count();
    assert_eq!(places(), 0, "{}", budi.dump());
    takes(&steps, "\"goods\"").await.carry().await;
    assert_eq!(places(), 1, "{}", budi.dump());
    budi.sees_text("kopi-secret-1").await;
    steps.shared().db.close().await;
    drop(steps);
    tasks.close();
    tasks.wait().await;
    shop.start().await;
    shop.quiet().await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
});
