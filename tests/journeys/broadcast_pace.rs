//! A broadcast to ten thousand goes as fast as Telegram allows and no faster, and no reply waits for it.
#![expect(clippy::print_stderr, reason = "how fast it was is worth knowing")]

use std::time::{Duration, Instant};

use bot_auto_order::primitives::{BroadcastId, Clock};
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::broadcast::{Broadcast, Segment, State};

use crate::broadcast::{LIMITS, becomes, cast, copies, crowd, refused, row};
use crate::given::{ADMIN, TestShop};
use crate::journey;

const CROWD: i64 = 10_000;
/// How much faster than the machine's the shop's time runs: ten thousand messages take half a minute.
const FASTER: u32 = 10;
/// Between two replies: ten of them a second.
const GAP: Duration = Duration::from_millis(100);
const BEAT: Duration = Duration::from_millis(2);
/// How many replies are timed.
const ASKED: usize = 60;
/// What a broadcast may cost a reply at the 99th percentile.
const COST: Duration = Duration::from_millis(50);

/// Time runs [`FASTER`] until `story` is over.
async fn faster<T>(shop: &TestShop, story: impl Future<Output = T>) -> T {
    let system = Clock::system();
    let began = Instant::now();
    let mut given = Duration::ZERO;
    let running = async {
        loop {
            system.sleep(BEAT).await;
            let due = began.elapsed() * (FASTER - 1);
            shop.clock.advance(due.saturating_sub(given));
            given = due;
        }
    };
    tokio::select! {
        done = story => done,
        () = running => unreachable!("time goes on"),
    }
}

/// How long each of some replies took on the machine's clock, the quickest first.
async fn replies(people: &[Person]) -> Vec<Duration> {
    let mut took = Vec::new();
    for person in &people[..ASKED] {
        let before = person.messages().last().map(|newest| newest.id);
        let asked = Instant::now();
        person.say("🧺 Keranjang");
        person
            .sees(|seen| {
                seen.last().filter(|newest| newest.from_bot && Some(newest.id) > before).map(|_| ())
            })
            .await;
        took.push(asked.elapsed());
        Clock::system().sleep(GAP).await;
    }
    took.sort();
    took
}

fn p99(took: &[Duration]) -> Duration {
    took[took.len() * 99 / 100 - 1]
}

/// Waits until a broadcast is over.
async fn done(shop: &TestShop, id: BroadcastId) -> Broadcast {
    loop {
        let now = row(shop, id).await;
        if now.state == State::Done {
            return now;
        }
        Clock::system().sleep(Duration::from_millis(100)).await;
    }
}

async fn cast_to(shop: &TestShop, people: i64) -> (BroadcastId, Vec<Person>) {
    shop.stage.telegram.limit_pace(Some(LIMITS));
    let admin = shop.person(ADMIN.0, "Ani");
    admin.say("Promo!");
    shop.quiet().await;
    // The admin is one of them.
    let people = crowd(shop, 1_000..1_000 + people - 1).await;
    (cast(shop, &admin, Segment::Everyone).await, people)
}

/// All messages that Telegram took between the first and the last copy, and how many its limit allows then.
fn sent_and_allowed(shop: &TestShop) -> (usize, usize) {
    let copies = copies(shop);
    let (first, last) = (copies[0].at, copies[copies.len() - 1].at);
    let sent = shop.stage.telegram.calls().into_iter().filter(|call| {
        ["send", "copy"].iter().any(|verb| call.method.starts_with(verb))
            && (first..=last).contains(&call.at)
    });
    let seconds = last.since(first).as_millis();
    let allowed = usize::try_from(seconds * 30 / 1_000).expect("a number");
    (sent.count(), allowed)
}

journey!(ten_thousand_get_it_at_the_full_rate, |shop| {
    let (id, _people) = cast_to(shop, CROWD).await;
    let done = faster(shop, done(shop, id)).await;
    assert_eq!((done.total, done.sent, done.failed, done.skipped), (CROWD, CROWD, 0, 0));
    let (sent, allowed) = sent_and_allowed(shop);
    let refused = refused(shop);
    eprintln!("{sent} messages where {allowed} are allowed; {refused} refused");
    assert_eq!(i64::try_from(copies(shop).len()), Ok(CROWD));
    assert_eq!(refused, 0);
    // Its author saw it go on, in one message that changed about every three seconds.
    let told: Vec<(i64,)> = shop
        .rows(
            "SELECT created_at FROM outbox WHERE payload LIKE '%\"do\":\"progress\"%' ORDER BY id",
        )
        .await;
    assert!((80..=115).contains(&told.len()), "told {} times", told.len());
    // The last word is said at once.
    let waits = told[..told.len() - 1].windows(2).map(|two| two[1].0 - two[0].0);
    assert!(waits.min() >= Some(3_000), "{told:?}");
    assert!(sent * 100 >= allowed * 99, "{sent} of {allowed}");
});

journey!(no_reply_waits_for_a_broadcast, |shop| {
    // In true time: what a broadcast costs is what it costs at its true pace.
    let (id, people) = cast_to(shop, 350).await;
    let meanwhile = replies(&people[280..]).await;
    assert_eq!(row(shop, id).await.state, State::Running, "it went on all the time");
    let over = becomes(shop, id, State::Done).await;
    assert_eq!((over.sent, over.left()), (350, 0));
    let alone = replies(&people[..ASKED]).await;
    let (alone, meanwhile) = (p99(&alone), p99(&meanwhile));
    eprintln!("replies' p99 {alone:?} alone, {meanwhile:?} meanwhile; {} refused", refused(shop));
    assert_eq!(refused(shop), 0);
    assert!(meanwhile <= alone + COST, "{meanwhile:?} instead of {alone:?}");
});
