//! Stopping in the middle of things: soon, and without losing anything.

use std::time::{Duration, Instant};

use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::given::{TestShop, order};
use crate::journey;

/// What an orchestrator grants between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(10);
/// After this long, what a dead process held is free again on a shared database.
const HELD: u64 = 91;

async fn stops_in_time(shop: &mut TestShop) {
    let told = Instant::now();
    shop.stop().await;
    assert!(told.elapsed() < GRACE, "stopping took {:?}", told.elapsed());
}

/// Waits until Telegram has been asked to send something to this person.
async fn is_being_written_to(shop: &TestShop, person: &Person) {
    let chat = Some(person.id().into());
    let asked = move |call: &bot_auto_order::sandbox::telegram::Call| {
        call.chat == chat && call.method.starts_with("send")
    };
    shop.stage.telegram.until(|telegram| telegram.calls().into_iter().find(asked)).await;
}

journey!(a_stop_while_telegram_hangs_loses_nothing, |shop| {
    let crowd: Vec<Person> = (101..109).map(|id| shop.person(id, "Budi")).collect();
    let hang = Fault::next(FaultKind::HangAfterStoring).on("sendMessage");
    shop.stage.telegram.fault(hang.in_chat(crowd[0].id().into()));
    for person in &crowd {
        person.say("/start");
        person.say("🛍 Semua Produk");
    }
    is_being_written_to(shop, &crowd[0]).await;
    stops_in_time(shop).await;
    for person in &crowd {
        // Telegram keeps this until the service is back.
        person.say("🧺 Keranjang");
    }
    // Before the start: a jump in the middle of a call would look like the caller's death.
    shop.advance(HELD);
    shop.start().await;
    for person in &crowd {
        person.sees_text("Selamat datang").await;
        person.sees_text("Keranjangmu masih kosong").await;
    }
    shop.quiet().await;
    for person in &crowd {
        let told = shop.sent_to(person);
        for answer in ["Selamat datang", "Halaman 1 dari 1", "Keranjangmu masih kosong"] {
            let times = told.iter().filter(|text| text.contains(answer)).count();
            let most = if person.id() == crowd[0].id() { 2 } else { 1 };
            assert!((1..=most).contains(&times), "{answer} {times} times: {}", person.dump());
        }
    }
});

journey!(a_stop_between_payment_and_goods_loses_neither, |shop| {
    let budi = shop.person(101, "Budi");
    order(&budi, "1").await;
    budi.sees_text("Bayar sebelum").await;
    let sale = shop.stage.project.transaction_where(|_| true).await;
    shop.stage.project.retry_callbacks(true);
    shop.advance(6);
    let hang = Fault::next(FaultKind::HangAfterStoring).in_chat(budi.id().into());
    shop.stage.telegram.fault(hang.on("editMessageMedia"));
    let before = shop.stage.telegram.calls().len();
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    let edits =
        move |call: &bot_auto_order::sandbox::telegram::Call| call.method == "editMessageMedia";
    shop.stage.telegram.until(|all| all.calls().into_iter().skip(before).find(edits)).await;
    stops_in_time(shop).await;
    shop.advance(HELD);
    shop.start().await;
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;
    let goods = budi.messages();
    let goods = goods.iter().filter(|seen| seen.text.contains("kopi-secret-1")).count();
    assert_eq!(goods, 1, "{}", budi.dump());
    assert_eq!(shop.count("SELECT COUNT(*) FROM orders WHERE state = 'delivered'").await, 1);
    assert_eq!(shop.stock().await, 7);
});

journey!(a_stop_does_not_wait_for_those_who_dribble, |shop| {
    let mut dribbler = TcpStream::connect(shop.service().bind()).await.expect("the door is open");
    dribbler.write_all(b"POST /telegram/x HTTP/1.1\r\nx-slow: ").await.expect("it listens");
    shop.stage.bot.settled().await;
    stops_in_time(shop).await;
    shop.start().await;
    let budi = shop.person(101, "Budi");
    budi.say("/start");
    budi.sees_text("Selamat datang").await;
});

journey!(an_idle_shop_stops_at_once, |shop| {
    let told = Instant::now();
    shop.stop().await;
    assert!(told.elapsed() < Duration::from_secs(2), "stopping took {:?}", told.elapsed());
});
