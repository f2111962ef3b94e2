//! What is posted to the callback door: honest, early, repeated, forged, broken, or from nobody.

use std::time::Duration;

use bot_auto_order::sandbox::pakasir::{CallKind, Fault, FaultKind, SecretHeader, State};
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::stores::Wish;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::given::{Invoice, Plan, TestShop, order, shows};
use crate::journey;

const JSON: Option<&str> = Some("application/json");

/// What the gateway would say once this is paid.
fn completed(shop: &TestShop, invoice: &Invoice) -> Value {
    let mut body = shop.stage.project.callback_body(&invoice.sale.txn_id);
    body["status"] = json!("completed");
    body["completed_at"] = json!("2026-11-22T10:00:00+07:00");
    body
}

/// How often the gateway was asked about this order.
fn looks(shop: &TestShop, invoice: &Invoice) -> usize {
    let calls = shop.stage.gateway.calls();
    let about = |route: &str| route.ends_with("status") || route.ends_with("detail");
    calls.iter().filter(|c| about(c.route) && c.reference == invoice.sale.reference).count()
}

async fn dead(shop: &TestShop) -> Vec<String> {
    let rows: Vec<(String,)> = shop
        .rows("SELECT reason FROM inbox WHERE source = 'pakasir' AND state = 'dead' ORDER BY id")
        .await;
    rows.into_iter().map(|(reason,)| reason).collect()
}

journey!(a_true_callback_pays_once, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    budi.sees_text("Lunas!").await;
    // The buttons are gone; a finger that was quicker than the message cancels nothing.
    budi.press_data(invoice.shown.id, &format!("1n.{}", invoice.order));
    shop.pass(60).await;
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shows(&budi, "kopi-secret-1"), 1);
    assert_eq!(looks(shop, &invoice), 1, "the gateway itself was asked, once");
    assert_eq!(shop.count("SELECT sold FROM products WHERE code = 'KOPI'").await, 1);
});

journey!(a_completed_callback_is_worth_nothing_while_the_gateway_says_pending, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let lie = completed(shop, &invoice);
    let status = shop.stage.project.callback(lie.clone(), SecretHeader::Right, JSON).await;
    assert_eq!(status, 200);
    shop.quiet().await;
    assert_eq!(looks(shop, &invoice), 1, "the gateway was asked");
    assert_eq!(shop.state(invoice.order).await, "open");
    assert_eq!(shows(&budi, "secret"), 0);
    let kept =
        shop.count("SELECT COUNT(*) FROM inbox WHERE source = 'pakasir' AND state = 'done'").await;
    assert_eq!(kept, 1, "it is recorded");
    // It was early, not forged: the money comes, its own callback is lost, and it is found.
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    shop.pass(15).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(twenty_equal_callbacks_at_once_pay_once, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    let body = completed(shop, &invoice);
    let mut posts = JoinSet::new();
    for n in 0..20 {
        let (project, mut body) = (shop.stage.project.clone(), body.clone());
        // Some differ in a byte, so that storing equal ones once is not all that protects.
        body["try"] = json!(n % 5);
        posts.spawn(async move { project.callback(body, SecretHeader::Right, JSON).await });
    }
    assert!(posts.join_all().await.into_iter().all(|status| status == 200));
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    assert_eq!(shows(&budi, "kopi-secret"), 1);
    assert_eq!(shop.count("SELECT sold FROM products WHERE code = 'KOPI'").await, 1);
    assert_eq!(shop.count("SELECT COUNT(*) FROM units WHERE state = 'delivered'").await, 1);
    let paid = shop.service().shared().metrics.orders.with_label_values(&["paid"]).get();
    assert_eq!(paid, 1, "one transition");
    let goods =
        shop.count("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%\"do\":\"goods\"%'").await;
    assert_eq!(goods, 1, "one delivery");
});

journey!(a_callback_that_lies_about_the_order_is_forged, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let honest = completed(shop, &invoice);
    let lies = [
        ("amount", json!(29_999)),
        ("amount", json!(invoice.sale.total)),
        ("project", json!("toko-lain")),
        ("is_sandbox", json!(true)),
        ("txn_id", json!("aaaaaaaaa")),
    ];
    for (n, (field, lie)) in (1..).zip(lies) {
        let mut body = honest.clone();
        body[field] = lie;
        let status = shop.stage.project.callback(body, SecretHeader::Right, JSON).await;
        assert_eq!(status, 200, "{field}");
        shop.quiet().await;
        assert_eq!(shop.service().shared().metrics.forged_callbacks.get(), n, "{field}");
    }
    assert!(dead(shop).await.iter().all(|reason| reason.starts_with("forged: ")));
    assert_eq!(looks(shop, &invoice), 0, "a liar does not make us ask");
    assert_eq!(shop.state(invoice.order).await, "open");
    // Somebody else's order of another store, in short: nobody's.
    let mut orphan = honest.clone();
    orphan["order_id"] = json!("INV-NOBODYKNOWS1");
    assert_eq!(shop.stage.project.callback(orphan, SecretHeader::Right, JSON).await, 200);
    shop.quiet().await;
    assert_eq!(dead(shop).await.last().map(String::as_str), Some(ORPHAN));
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
});

const ORPHAN: &str = "no payment of this store has that order id";

journey!(nothing_takes_a_payment_back, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    for word in ["canceled", "cancelled", "expired", "pending", "refunded"] {
        shop.stage.project.set_state(&invoice.sale.txn_id, State::Other(word.to_owned()));
        let mut body = completed(shop, &invoice);
        body["status"] = json!(word);
        let status = shop.stage.project.callback(body, SecretHeader::Right, JSON).await;
        assert_eq!(status, 200);
        shop.pass(6).await;
    }
    assert_eq!(shop.state(invoice.order).await, "delivered");
    assert_eq!(shop.stock().await, 7);
    shop.stage.project.set_state(&invoice.sale.txn_id, State::Completed);
});

journey!(a_callback_may_come_before_the_invoice_does, |shop| {
    let slow = FaultKind::Slow(Duration::from_secs(8));
    let call = Some(CallKind::Create);
    shop.stage.gateway.fault(Fault { call, reference: None, times: 1, kind: slow });
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    shop.stage.project.settled().await;
    shop.advance(9);
    budi.sees_text("kopi-secret-1").await;
    shop.pass(6).await;
    assert_eq!(shows(&budi, "Bayar sebelum"), 0, "what is paid asks for no money");
    assert_eq!(shows(&budi, "kopi-secret"), 1);
});

journey!(who_shows_no_secret_is_turned_away_before_he_is_read, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let honest = completed(shop, &invoice).to_string();
    let bodies =
        ["", "{", "[]", "null", "\"x\"", "amount=1", honest.as_str(), &"[".repeat(100_000)];
    for body in bodies {
        let texts = ["", "x", "Bearer x"].map(|text| SecretHeader::Text(text.to_owned()));
        for secret in texts.into_iter().chain([SecretHeader::Missing, SecretHeader::Wrong]) {
            let status = shop.stage.project.callback(body, secret, JSON).await;
            assert_eq!(status, 401);
        }
    }
    let head = posted(&shop.pakasir_door(), "x-secret: wrong\r\ncontent-length: 100000\r\n");
    assert!(answered(shop, &head).await.starts_with("HTTP/1.1 401"));
    assert_eq!(shop.count("SELECT COUNT(*) FROM inbox WHERE source = 'pakasir'").await, 0);
    assert_eq!(looks(shop, &invoice), 0);
});

/// The head of a POST to an address, with these headers.
fn posted(address: &str, headers: &str) -> Vec<u8> {
    let (_, path) = address.split_once("/pakasir/").expect("the callback door");
    format!("POST /pakasir/{path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n").into_bytes()
}

/// The first words of the answer to bytes after which nothing more is sent.
async fn answered(shop: &TestShop, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(shop.service().bind()).await.expect("the door is open");
    stream.write_all(bytes).await.expect("it is read");
    let mut answer = vec![0; 256];
    let length = stream.read(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

journey!(what_cannot_be_understood_is_kept_with_a_reason, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let honest = completed(shop, &invoice);
    let with = |field: &str, value: Value| {
        let mut body = honest.clone();
        body[field] = value;
        body.to_string()
    };
    let bodies = [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        "7".to_owned(),
        honest.to_string().replace('}', ""),
        "amount=30000&order_id=x&status=completed".to_owned(),
        with("amount", json!("30000")),
        with("amount", json!(30_000.5)),
        with("amount", json!(-30_000)),
        with("amount", json!(1e30)),
        with("amount", Value::Null),
        with("order_id", json!(7)),
        with("order_id", json!("INV-UNKNOWN1")),
        with("order_id", json!("x".repeat(1_000))),
        with("status", json!(true)),
        with("is_sandbox", json!("false")),
        "{\"a\":".repeat(50_000),
        "[".repeat(100_000),
    ];
    for body in &bodies {
        let status = shop.stage.project.callback(body.as_str(), SecretHeader::Right, JSON).await;
        assert_eq!(status, 200, "{}", &body[..body.len().min(80)]);
    }
    let binary = vec![0_u8, 159, 146, 150];
    assert_eq!(shop.stage.project.callback(binary, SecretHeader::Right, None).await, 200);
    shop.quiet().await;
    let reasons = dead(shop).await;
    assert_eq!(reasons.len(), bodies.len() + 1, "{reasons:?}");
    assert!(reasons.iter().all(|why| why.starts_with("not a callback: ") || why == ORPHAN));
    let secret = shop.stage.project.webhook_secret();
    let huge = format!("x-secret: {}\r\ncontent-length: 10485760\r\n", secret.expose());
    let mut bytes = posted(&shop.pakasir_door(), &huge);
    bytes.extend(vec![b' '; 300 << 10]);
    assert!(answered(shop, &bytes).await.starts_with("HTTP/1.1 413"), "not read to its end");
    assert_eq!(looks(shop, &invoice), 0);
    assert_eq!(shop.state(invoice.order).await, "open");
    // The process is alive and well; a callback without a content type is as good as another.
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    shop.stage.project.callback(completed(shop, &invoice), SecretHeader::Right, None).await;
    budi.sees_text("kopi-secret-1").await;
});

/// Every shape of a callback: each field of both versions missing, or of every kind, and more.
fn forgeries(shop: &TestShop, invoices: &[Invoice]) -> Vec<Value> {
    let sale = &invoices[0].sale;
    let other = &invoices[1].sale;
    let values = [
        Value::Null,
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1),
        json!(30_000),
        json!(30_001),
        json!(sale.total),
        json!(12_000),
        json!(30_000.0),
        json!(9_007_199_254_740_993_i64),
        json!("30000"),
        json!(""),
        json!("completed"),
        json!("COMPLETED"),
        json!("canceled"),
        json!("expired"),
        json!(sale.reference),
        json!(other.reference),
        json!(sale.reference.to_lowercase()),
        json!(format!("{} ", sale.reference)),
        json!(sale.txn_id),
        json!(other.txn_id),
        json!("toko-contoh"),
        json!("toko-lain"),
        json!("' OR 1=1 --"),
        json!([30_000]),
        json!({"$gt": 0}),
    ];
    let fields = [
        "txn_id",
        "order_id",
        "amount",
        "project",
        "is_sandbox",
        "status",
        "completed_at",
        "extra",
    ];
    let v2 = completed(shop, &invoices[0]);
    let v1 = json!({"amount": 30_000, "order_id": sale.reference, "project": "toko-contoh",
        "status": "completed", "payment_method": "qris", "completed_at": "2026-11-22T10:00:00+07:00"});
    let mut all = Vec::new();
    for honest in [v2, v1] {
        for field in fields {
            let mut without = honest.clone();
            without.as_object_mut().expect("an object").remove(field);
            all.push(without);
            for value in &values {
                let mut body = honest.clone();
                body[field] = value.clone();
                all.push(body);
            }
        }
    }
    all
}

/// A thousand forgeries with right and wrong secrets, all at once; returns how many were sent.
async fn attack(shop: &TestShop, invoices: &[Invoice]) -> usize {
    let mut posts = JoinSet::new();
    for (n, body) in forgeries(shop, invoices).into_iter().enumerate() {
        let secrets = [
            SecretHeader::Right,
            if n % 2 == 0 { SecretHeader::Wrong } else { SecretHeader::Missing },
        ];
        for secret in secrets {
            let (project, body) = (shop.stage.project.clone(), body.clone());
            posts.spawn(async move { project.callback(body, secret, JSON).await });
        }
    }
    let answers = posts.join_all().await;
    assert!(answers.iter().all(|status| [200, 401].contains(status)), "{answers:?}");
    answers.len()
}

async fn nothing_was_believed(shop: &TestShop, invoices: &[Invoice], buyers: [&Person; 2]) {
    for (invoice, buyer) in invoices.iter().zip(buyers) {
        assert_eq!(shop.state(invoice.order).await, "open");
        assert_eq!(shows(buyer, "secret"), 0);
    }
    assert_eq!(shop.stock().await, 6);
    assert_eq!(shop.count("SELECT COUNT(*) FROM payments WHERE state <> 'pending'").await, 0);
    assert_eq!(shop.count("SELECT COUNT(*) FROM payments WHERE outcome IS NOT NULL").await, 0);
}

journey!(a_thousand_forgeries_move_nothing, |shop| {
    let (budi, sari) = (shop.person(101, "Budi"), shop.person(102, "Sari"));
    let invoices = [shop.invoice(&budi, "1").await, shop.invoice(&sari, "2").await];
    let began = shop.clock.now();
    assert!(attack(shop, &invoices).await >= 900);
    shop.pass(10).await;
    assert!(attack(shop, &invoices).await >= 900);
    shop.pass(10).await;
    nothing_was_believed(shop, &invoices, [&budi, &sari]).await;
    // At most one look in four seconds for each transaction: `books` reads the gateway's list of
    // broken rules; and all in all no more than that pace allows.
    let seconds = usize::try_from(shop.clock.now().since(began).as_secs()).expect("a short time");
    for invoice in &invoices {
        assert!(looks(shop, invoice) <= seconds / 4 + 1, "{} looks", looks(shop, invoice));
    }
    shop.stage.project.pay(&invoices[0].sale.txn_id).expect("paid");
    shop.pass(6).await;
    budi.sees_text("kopi-secret-1").await;
});

journey!(a_thousand_forgeries_on_the_old_api, Plan::default().on_v1(), |shop| {
    let (budi, sari) = (shop.person(101, "Budi"), shop.person(102, "Sari"));
    let invoices = [shop.invoice(&budi, "1").await, shop.invoice(&sari, "2").await];
    assert!(attack(shop, &invoices).await >= 900);
    shop.pass(10).await;
    nothing_was_believed(shop, &invoices, [&budi, &sari]).await;
    // The path is all there is of a secret.
    let mut bytes = posted(&format!("{}x", shop.pakasir_door()), "content-length: 2\r\n");
    bytes.extend(b"{}");
    assert!(answered(shop, &bytes).await.starts_with("HTTP/1.1 404"));
});

journey!(play_money_buys_nothing_in_a_live_store, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    // The callback says nothing about it; the gateway's own answer does.
    let body = completed(shop, &invoice);
    shop.stage.project.pay_quietly(&invoice.sale.txn_id).expect("paid");
    shop.stage.project.set_sandbox(&invoice.sale.txn_id, true);
    assert_eq!(shop.stage.project.callback(body, SecretHeader::Right, JSON).await, 200);
    shop.pass(20).await;
    assert_eq!(shows(&budi, "secret"), 0);
    assert_eq!(shop.state(invoice.order).await, "open");
    let held = shop.count("SELECT COUNT(*) FROM payments WHERE outcome = 'held'").await;
    assert_eq!(held, 1, "a person must look at it");
});

journey!(
    live_money_in_a_play_store_is_held,
    Plan::default().wishing(Wish { pakasir_sandbox: Some(true), ..Default::default() }),
    |shop| {
        // The gateway's project is live, the store believes it is not: no QR is shown at all.
        let budi = shop.person(101, "Budi");
        order(&budi, "1").await;
        shop.pass(6).await;
        budi.sees_text("QRIS belum bisa dibuat").await;
        let (order, _) = shop.newest_order(&budi).await;
        assert_eq!(shop.state(order).await, "failed");
        assert_eq!(shop.stock().await, 8);
    }
);

journey!(an_answer_about_another_order_is_held_and_a_right_one_still_counts, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let kind = FaultKind::WrongOrderEcho;
    shop.stage.gateway.fault(Fault {
        call: Some(CallKind::Status),
        reference: None,
        times: 1,
        kind,
    });
    shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
    shop.pass(6).await;
    assert_eq!(shop.state(invoice.order).await, "open");
    assert_eq!(shows(&budi, "secret"), 0);
    shop.pass(20).await;
    budi.sees_text("kopi-secret-1").await;
});

async fn every_bad_answer_is_outlived(shop: &mut TestShop) {
    let kinds = [
        FaultKind::Status(500),
        FaultKind::Html502,
        FaultKind::Html200,
        FaultKind::MalformedJson,
        FaultKind::HugeBody,
        FaultKind::Status(404),
        FaultKind::TooManyRequests { retry_after: Some(5) },
    ];
    for (n, kind) in (0..).zip(kinds) {
        let buyer = shop.person(300 + n, "Buyer");
        let place = if n < 4 { "1" } else { "2" };
        let invoice = shop.invoice(&buyer, place).await;
        shop.stage.gateway.fault(Fault {
            call: Some(CallKind::Status),
            reference: Some(invoice.sale.reference.clone()),
            times: 2,
            kind: kind.clone(),
        });
        shop.stage.project.pay(&invoice.sale.txn_id).expect("paid");
        for _ in 0..6 {
            shop.pass(15).await;
            if shop.state(invoice.order).await == "delivered" {
                break;
            }
        }
        assert_eq!(shop.state(invoice.order).await, "delivered", "{kind:?}");
    }
}

journey!(a_bad_status_answer_only_delays_the_goods, |shop| {
    every_bad_answer_is_outlived(shop).await;
});

journey!(a_bad_detail_answer_only_delays_the_goods, Plan::default().on_v1(), |shop| {
    every_bad_answer_is_outlived(shop).await;
});

journey!(a_strangers_button_opens_no_order, |shop| {
    let (budi, mallory) = (shop.person(101, "Budi"), shop.person(666, "Mallory"));
    let paid = shop.invoice(&budi, "1").await;
    shop.stage.project.pay(&paid.sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.advance(6);
    let open = shop.invoice(&budi, "2").await;
    shop.quiet().await;
    let before = budi.messages().len();
    for order in [paid.order.0, open.order.0, 0, 77, i64::MAX] {
        for letter in ["k", "n", "o", "u"] {
            mallory.press_data(open.shown.id, &format!("1{letter}.{order}"));
            shop.pass(6).await;
        }
    }
    for nonsense in
        ["", "1u", "1u.", "1u.-1", "1u.1.1", "2u.1", "u.1", "1u.99999999999999999999", "1\u{0}"]
    {
        mallory.press_data(open.shown.id, nonsense);
    }
    shop.pass(6).await;
    let seen = mallory.messages();
    assert!(!seen.is_empty(), "he is told that there is no such order");
    for message in seen {
        assert_eq!(message.text, "Pesanan itu tidak ditemukan.", "nothing leaks");
    }
    assert_eq!(shop.state(paid.order).await, "delivered");
    assert_eq!(shop.state(open.order).await, "open");
    assert_eq!(budi.messages().len(), before, "the owner of the orders notices nothing");
    let asked = shop.stage.gateway.calls();
    let cancels = asked.iter().filter(|call| call.route == "v2 cancel").count();
    assert_eq!(cancels, 0);
});

journey!(whoever_pads_callbacks_fills_no_disk, |shop| {
    let budi = shop.person(101, "Budi");
    let invoice = shop.invoice(&budi, "1").await;
    let mut padded = completed(shop, &invoice);
    padded["status"] = json!("pending");
    padded["pad"] = json!("x".repeat(50_000));
    let done = shop.stage.project.callback(padded, SecretHeader::Right, JSON).await;
    let nobodys = json!({"order_id": "AAAAAAAA", "pad": "x".repeat(200_000)});
    let dead = shop.stage.project.callback(nobodys, SecretHeader::Right, JSON).await;
    assert_eq!((done, dead), (200, 200));
    shop.quiet().await;
    let ended = "SELECT COUNT(*) FROM inbox WHERE source = 'pakasir' AND state <> 'pending'";
    assert_eq!(shop.count(ended).await, 2);
    let longest = "SELECT CAST(MAX(LENGTH(body)) AS BIGINT) FROM inbox WHERE source = 'pakasir'";
    assert_eq!(shop.count(longest).await, 4_096);
});
