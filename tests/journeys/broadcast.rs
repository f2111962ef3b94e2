//! Broadcasts: everyone whom one is for gets it once, as its author wrote it, whatever happens meanwhile.

use std::time::Duration;

use bot_auto_order::primitives::{BroadcastId, ChatId, Language, UserId};
use bot_auto_order::sandbox::telegram::{Call, Fault, FaultKind, PaceLimits, Person, Seen};
use bot_auto_order::shop::broadcast::{self, Broadcast, Segment, State};
use bot_auto_order::shop::{audit, customers};

use crate::given::{ADMIN, Engine, PATIENCE, Plan, TestShop};
use crate::journey;

/// The documented limits, as exact as a limiter can be.
pub const LIMITS: PaceLimits = PaceLimits {
    chat_per_second: 1,
    chat_burst: 5,
    bot_per_second: 30,
    bot_burst: 30,
    retry_after: 3,
};

/// A sender begins no more at once.
const IN_HAND: i64 = 15;

/// People who wrote once and can be written to.
pub async fn crowd(shop: &TestShop, ids: std::ops::Range<i64>) -> Vec<Person> {
    let mut tx = shop.db().write().await.expect("begins");
    let mut people = Vec::new();
    for id in ids {
        let (user, now) = (UserId(id), shop.clock.now());
        let name = format!("Orang {id}");
        customers::meet(&mut tx, shop.store().id, user, &name, Language::Id, now)
            .await
            .expect("met");
        people.push(shop.person(id, &name));
    }
    tx.commit().await.expect("commits");
    people
}

/// Lets a broadcast of the admin's newest message go at once.
pub async fn cast(shop: &TestShop, admin: &Person, segment: Segment) -> BroadcastId {
    let said = admin.messages().into_iter().rev().find(|seen| !seen.from_bot).expect("a message");
    let mut tx = shop.db().write().await.expect("begins");
    let (store, now) = (shop.store(), shop.clock.now());
    let source = (ChatId(admin.id().0), said.id);
    let id = broadcast::draft(&mut tx, store.id, admin.id(), source, segment, now).await;
    let id = id.expect("drafted");
    let draft = broadcast::get(&mut tx, store.id, id).await.expect("read").expect("it is there");
    let begins =
        broadcast::schedule(&mut tx, store.id, (&draft, admin.id()), (now, None), now).await;
    assert!(begins.expect("scheduled"));
    let again =
        broadcast::schedule(&mut tx, store.id, (&draft, admin.id()), (now, None), now).await;
    assert!(!again.expect("asked"), "a draft goes out once");
    tx.commit().await.expect("commits");
    id
}

/// The broadcast as its row says it.
pub async fn row(shop: &TestShop, id: BroadcastId) -> Broadcast {
    let mut tx = shop.db().read().await.expect("begins");
    broadcast::get(&mut tx, shop.store().id, id).await.expect("read").expect("it is there")
}

/// Waits until it is in this state, while time passes ten times as fast.
pub async fn becomes(shop: &TestShop, id: BroadcastId, state: State) -> Broadcast {
    let waiting = async {
        loop {
            let now = row(shop, id).await;
            if now.state == state {
                return now;
            }
            hurry(shop).await;
        }
    };
    tokio::time::timeout(6 * PATIENCE, waiting).await.expect("it comes to that")
}

/// A hundredth of a second in which a tenth passes.
pub async fn hurry(shop: &TestShop) {
    shop.clock.advance(Duration::from_millis(90));
    bot_auto_order::primitives::Clock::system().sleep(Duration::from_millis(10)).await;
}

/// The copies that Telegram took.
pub fn copies(shop: &TestShop) -> Vec<Call> {
    let calls = shop.stage.telegram.calls();
    calls.into_iter().filter(|call| call.method == "copyMessage" && call.code == 200).collect()
}

/// What was refused because of the limits.
pub fn refused(shop: &TestShop) -> usize {
    shop.stage.telegram.calls().iter().filter(|call| call.code == 429).count()
}

fn times(person: &Person, text: &str) -> usize {
    person.messages().iter().filter(|seen| seen.text.contains(text)).count()
}

fn adds_up(it: &Broadcast) {
    assert_eq!(it.sent + it.failed + it.skipped + it.left(), it.total, "{it:?}");
}

fn tally(it: &Broadcast) -> (i64, i64, i64, i64) {
    adds_up(it);
    (it.sent, it.failed, it.skipped, it.left())
}

journey!(everyone_gets_it_once_and_who_blocked_is_skipped, |shop| {
    shop.stage.telegram.limit_pace(Some(LIMITS));
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..141).await;
    people[3].block();
    shop.quiet().await;
    // The shop does not know yet that this one is gone.
    let gone = Fault::next(FaultKind::Blocked).on("copyMessage");
    shop.stage.telegram.fault(gone.in_chat(people[7].id().into()));
    shop.change("UPDATE customers SET blocked_at = 1 WHERE user_id = 110").await;
    admin.send_photo(bot_auto_order::bot::pictures::paid(), "Diskon besar hari ini!");
    shop.quiet().await;
    let id = cast(shop, &admin, Segment::Everyone).await;
    let done = becomes(shop, id, State::Done).await;
    // 40 and the admin, who wrote himself.
    assert_eq!(tally(&done), (38, 0, 3, 0));
    shop.quiet().await;
    for (at, person) in people.iter().enumerate() {
        let expected = usize::from(![3, 7, 9].contains(&at));
        assert_eq!(times(person, "Diskon besar"), expected, "{}", person.dump());
    }
    let copy = people[0].messages().pop().expect("a message");
    assert_eq!(copy.photo.as_deref(), Some(&bot_auto_order::bot::pictures::paid()[..]));
    assert_eq!(refused(shop), 0);
    let told = admin.sees_text("selesai").await;
    assert!(
        told.text.contains("Terkirim: 38") && told.text.contains("Sisa: 0 dari 41"),
        "{}",
        told.text
    );

    // Who comes back is meant again.
    people[3].unblock();
    people[7].say("/start");
    shop.quiet().await;
    admin.say("Stok baru!");
    shop.quiet().await;
    let id = cast(shop, &admin, Segment::Everyone).await;
    assert_eq!(tally(&becomes(shop, id, State::Done).await), (40, 0, 1, 0));
    assert_eq!((times(&people[3], "Stok baru!"), times(&people[7], "Stok baru!")), (1, 1));
    assert_eq!(times(&people[9], "Stok baru!"), 0);
});

journey!(a_segment_holds_whom_it_says, |shop| {
    let admin = shop.person(ADMIN.0, "Ani");
    let buyer = shop.person(101, "Budi");
    buyer.say("/start");
    let invoice = shop.invoice(&buyer, "1").await;
    shop.stage.project.pay(&invoice.sale.txn_id).expect("it can be paid");
    buyer.sees_text("kopi-secret-").await;
    let waiting = shop.person(102, "Wati");
    waiting.say("/start");
    shop.invoice(&waiting, "1").await;
    let people = crowd(shop, 103..106).await;
    shop.change("UPDATE customers SET actions_since = 1 WHERE user_id = 104").await;
    admin.say("Khusus kamu!");
    shop.quiet().await;
    let ids: Vec<(i64,)> = shop.rows("SELECT id FROM products ORDER BY code").await;
    let product = |at: usize| Segment::Product(bot_auto_order::primitives::ProductId(ids[at].0));
    let everyone = [&buyer, &waiting, &people[0], &people[1], &people[2]];
    let mut had = [0; 5];
    for (segment, meant, total) in [
        (Segment::Bought, [1, 0, 0, 0, 0], 1),
        (Segment::NeverBought, [0, 1, 1, 1, 1], 5),
        (product(0), [1, 0, 0, 0, 0], 1),
        (product(1), [0, 0, 0, 0, 0], 0),
        (Segment::Idle(30), [0, 0, 0, 1, 0], 1),
    ] {
        let id = cast(shop, &admin, segment).await;
        let done = becomes(shop, id, State::Done).await;
        assert_eq!(tally(&done), (total, 0, 0, 0), "{segment:?}");
        for (had, meant) in had.iter_mut().zip(meant) {
            *had += meant;
        }
        assert_eq!(everyone.map(|person| times(person, "Khusus kamu!")), had, "{segment:?}");
    }
});

journey!(a_broadcast_is_paused_goes_on_and_is_given_up, |shop| {
    shop.stage.telegram.limit_pace(Some(LIMITS));
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..401).await;
    admin.say("Promo!");
    shop.quiet().await;
    let id = cast(shop, &admin, Segment::Everyone).await;
    let progress = admin.sees_text("sedang dikirim").await;
    people[60].sees_text("Promo!").await;
    admin.press_on(progress.id, "Jeda");
    let paused = becomes(shop, id, State::Paused).await;
    adds_up(&paused);
    shop.pass(30).await;
    let held = row(shop, id).await;
    assert!((61..300).contains(&held.sent), "{held:?}");
    // At most what a sender had in hand then.
    assert!(held.sent <= paused.sent + IN_HAND, "{} after {}", held.sent, paused.sent);
    let parked = shop.count("SELECT COUNT(*) FROM outbox WHERE state = 'parked'").await;
    assert!((1..=60).contains(&parked), "two seconds' worth waits: {parked}");
    adds_up(&held);
    shop.pass(300).await;
    assert_eq!(row(shop, id).await.sent, held.sent, "nothing goes out while it is paused");
    assert_eq!(i64::try_from(copies(shop).len()), Ok(held.sent));

    // A press on what is not to be had any more changes nothing.
    admin.press_on(progress.id, "Lanjutkan");
    becomes(shop, id, State::Running).await;
    people[200].sees_text("Promo!").await;
    let progress = admin.sees_text("sedang dikirim").await;
    admin.press_on(progress.id, "Batalkan");
    let cancelled = becomes(shop, id, State::Cancelled).await;
    adds_up(&cancelled);
    shop.pass(60).await;
    let over = row(shop, id).await;
    assert!(over.sent > held.sent && over.left() > 0, "{over:?}");
    assert!(over.sent <= cancelled.sent + IN_HAND, "{} after {}", over.sent, cancelled.sent);
    adds_up(&over);
    let told = admin.sees_text("❌ dibatalkan").await;
    assert!(told.buttons.is_empty(), "nothing can be done about it any more");
    let copies = copies(shop);
    assert_eq!(i64::try_from(copies.len()), Ok(over.sent));
    assert!(people.iter().all(|person| times(person, "Promo!") <= 1));
    assert_eq!(
        shop.count("SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'parked')").await,
        0
    );
    assert_eq!(refused(shop), 0);
    let written: Vec<(String,)> =
        shop.rows("SELECT action FROM audit WHERE action LIKE 'broadcast.%' ORDER BY id").await;
    let written: Vec<_> = written.iter().map(|(action,)| action.as_str()).collect();
    assert_eq!(
        written,
        ["broadcast.start", "broadcast.pause", "broadcast.resume", "broadcast.cancel"]
    );
    let mut tx = shop.db().read().await.expect("begins");
    assert!(audit::verify(&mut tx, shop.store()).await.expect("read").is_ok());
});

journey!(trouble_on_the_way_counts_once, |shop| {
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..141).await;
    admin.say("Promo!");
    shop.quiet().await;
    let fault = |kind, at: usize| {
        let fault = Fault::next(kind).on("copyMessage").in_chat(people[at].id().into());
        shop.stage.telegram.fault(fault);
    };
    fault(FaultKind::TooManyRequests { retry_after: 7 }, 4);
    fault(FaultKind::ResetAfterStoring, 8);
    fault(FaultKind::ServerError, 12);
    fault(FaultKind::BadRequest { why: "MESSAGE_TOO_ODD" }, 16);
    let id = cast(shop, &admin, Segment::Everyone).await;
    let done = becomes(shop, id, State::Done).await;
    assert_eq!(tally(&done), (40, 1, 0, 0));
    let had: Vec<_> = people.iter().map(|person| times(person, "Promo!")).collect();
    for (at, had) in had.into_iter().enumerate() {
        // Stored, and its answer lost: nobody can know.
        let expected = match at {
            8 => 2,
            16 => 0,
            _ => 1,
        };
        assert_eq!(had, expected, "{}", people[at].dump());
    }
    let calls = shop.stage.telegram.calls();
    let told = calls.iter().find(|call| call.code == 429).expect("it was told to wait").at;
    let soon =
        |call: &&Call| call.method == "copyMessage" && call.at > told.plus(Duration::from_secs(1));
    let next = calls.iter().find(soon).expect("it went on").at;
    assert!(
        next.since(told) >= Duration::from_secs(7),
        "all mass messages wait: {next:?} {told:?}"
    );
});

journey!(a_mass_message_that_is_told_to_wait_lets_nothing_else_into_its_chat, |shop| {
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..105).await;
    admin.say("Promo!");
    shop.quiet().await;
    let flood = Fault::next(FaultKind::TooManyRequests { retry_after: 30 }).on("copyMessage");
    shop.stage.telegram.fault(flood.in_chat(people[1].id().into()));
    cast(shop, &admin, Segment::Everyone).await;
    let told = || shop.stage.telegram.calls().iter().any(|call| call.code == 429);
    for _ in 0..10 {
        shop.pass(1).await;
        if told() {
            break;
        }
    }
    assert!(told(), "its copy was refused");
    for person in &people[..2] {
        person.say("/start");
    }
    people[0].sees_text("Selamat datang").await;
    shop.pass(18).await;
    assert!(shop.sent_to(&people[1]).is_empty(), "{}", people[1].dump());
    shop.pass(20).await;
    people[1].sees_text("Selamat datang").await;
    people[1].sees_text("Promo!").await;
});

journey!(a_broadcast_survives_restarts, |shop| {
    shop.stage.telegram.limit_pace(Some(LIMITS));
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..301).await;
    admin.say("Promo!");
    shop.quiet().await;
    let id = cast(shop, &admin, Segment::Everyone).await;
    for at in [40, 120] {
        people[at].sees_text("Promo!").await;
        shop.restart().await;
    }
    let done = becomes(shop, id, State::Done).await;
    assert_eq!(tally(&done), (201, 0, 0, 0));
    assert!(people.iter().all(|person| times(person, "Promo!") == 1));
    shop.quiet().await;
    let told: Vec<_> =
        admin.messages().into_iter().filter(|seen| seen.text.contains("Terkirim")).collect();
    assert_eq!(told.len(), 1, "one message tells it all: {}", admin.dump());
    assert!(told[0].text.contains("Sisa: 0 dari 201"), "{}", told[0].text);
    assert_eq!(refused(shop), 0);
});

journey!(an_admin_writes_to_everybody_from_the_chat, |shop| {
    shop.stage.telegram.limit_pace(Some(LIMITS));
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..111).await;
    people[2].block();
    admin.say("/admin");
    admin.sees_text("Admin Settings").await;
    admin.press("Broadcast");
    admin.sees_text("Kirim ke siapa?").await;
    admin.press("Semua");
    admin.sees_text("10 orang (1 lagi").await;
    shop.pass(6).await;
    // A file is no message for many.
    admin.send_document("daftar.txt", &b"halo"[..]);
    admin.sees_text("belum berupa teks atau foto").await;
    shop.restart().await;
    admin.say("Halo semua 👋");
    let preview = admin.sees_text("Begini pesannya nanti").await;
    assert_eq!(times(&admin, "Halo semua"), 2, "his own and the preview: {}", admin.dump());
    assert_eq!(times(&people[0], "Halo semua"), 0);
    shop.pass(6).await;
    admin.press_on(preview.id, "Kirim sekarang");
    let sure = admin.sees_text("Kirim sekarang ke semua pelanggan").await;
    assert_eq!(copies(shop).len(), 1, "the preview");
    // Twice in the same moment is once.
    admin.press_on(sure.id, "Ya, lanjutkan");
    admin.press_on(sure.id, "Ya, lanjutkan");
    let told = admin.sees_text("✅ selesai").await;
    assert_eq!(told.id, sure.id, "the message that was pressed on tells how it goes");
    assert!(told.text.contains("Terkirim: 10"), "{}", told.text);
    assert!(told.text.contains("Sisa: 0 dari 11"), "{}", told.text);
    shop.quiet().await;
    for (at, person) in people.iter().enumerate() {
        assert_eq!(times(person, "Halo semua"), usize::from(at != 2), "{}", person.dump());
    }
    assert_eq!(copies(shop).len(), 11);
    shop.pass(6).await;
    admin.say("/admin");
    admin.sees_text("Admin Settings").await;
    admin.press("Broadcast");
    let list = admin.sees_text("broadcast terakhir").await;
    assert!(list.button("10/11").is_some(), "{list:?}");
    admin.press_on(list.id, "10/11");
    admin
        .sees(|seen| {
            seen.iter().find(|it| it.id == list.id && it.text.contains("Terkirim: 10")).map(|_| ())
        })
        .await;
    assert_eq!(refused(shop), 0);
});

/// Writes a broadcast to those who never bought, as far as its preview.
async fn draft(shop: &TestShop, admin: &Person, text: &str) -> Seen {
    shop.pass(10).await;
    admin.say("/admin");
    admin.sees_text("Admin Settings").await;
    admin.press("Broadcast");
    admin.sees_text("Kirim ke siapa?").await;
    admin.press("Belum pernah beli");
    admin.sees_text("4 orang").await;
    shop.pass(10).await;
    admin.say(text);
    let preview = admin.sees_text("Begini pesannya nanti").await;
    shop.pass(10).await;
    preview
}

journey!(a_broadcast_waits_for_its_time, |shop| {
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(shop, 101..104).await;
    let preview = draft(shop, &admin, "Selamat pagi!").await;
    admin.press_on(preview.id, "Jadwalkan");
    admin.sees_text("Kapan dikirim?").await;
    shop.pass(10).await;
    admin.say("kapan-kapan");
    admin.sees_text("belum terbaca").await;
    shop.pass(10).await;
    admin.say("2020-01-01 09:00");
    admin.sees_text("sudah lewat").await;
    shop.pass(10).await;
    admin.say("besok 09:00");
    admin.sees_text("09:00 WIB").await;
    shop.pass(10).await;
    admin.press("Ya, lanjutkan");
    let planned = admin.sees_text("🕒 terjadwal").await;
    shop.pass(3_600).await;
    assert!(people.iter().all(|person| times(person, "Selamat pagi!") == 0));
    // Down at its hour: it goes out when the shop is back.
    shop.stop().await;
    shop.advance(2 * 86_400);
    shop.start().await;
    let told = admin.sees_text("✅ selesai").await;
    assert_eq!(told.id, planned.id);
    assert!(people.iter().all(|person| times(person, "Selamat pagi!") == 1));

    let preview = draft(shop, &admin, "Tidak jadi").await;
    admin.press_on(preview.id, "Jadwalkan");
    admin.sees_text("Kapan dikirim?").await;
    shop.pass(10).await;
    admin.say("lusa 07:00");
    admin.sees_text("07:00 WIB").await;
    shop.pass(10).await;
    admin.press("Ya, lanjutkan");
    let planned = admin.sees_text("🕒 terjadwal").await;
    admin.press_on(planned.id, "Batalkan");
    admin.sees_text("❌ dibatalkan").await;
    shop.pass(4 * 86_400).await;
    assert!(people.iter().all(|person| times(person, "Tidak jadi") == 0));

    // What was asked two minutes ago is not meant any more.
    let preview = draft(shop, &admin, "Terlambat").await;
    admin.press_on(preview.id, "Kirim sekarang");
    let sure = admin.sees_text("Kirim sekarang ke").await;
    shop.pass(121).await;
    admin.press_on(sure.id, "Ya, lanjutkan");
    admin.sees_text("sudah tidak berlaku").await;
    shop.pass(60).await;
    assert!(people.iter().all(|person| times(person, "Terlambat") == 0));
});

/// Only PostgreSQL can be shared.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_send_a_broadcast_once_and_at_one_pace() {
    let mut shop = Plan::default().open(Engine::Postgres).await;
    shop.start_twin().await;
    let shop = shop;
    shop.stage.telegram.limit_pace(Some(LIMITS));
    let admin = shop.person(ADMIN.0, "Ani");
    let people = crowd(&shop, 101..401).await;
    admin.say("Promo!");
    shop.quiet().await;
    let id = cast(&shop, &admin, Segment::Everyone).await;
    let done = becomes(&shop, id, State::Done).await;
    assert_eq!(tally(&done), (301, 0, 0, 0));
    assert!(people.iter().all(|person| times(person, "Promo!") == 1));
    assert_eq!(refused(&shop), 0);
    shop.close().await;
}
