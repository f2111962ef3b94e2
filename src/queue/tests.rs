//! Claims on both engines: numbers that never repeat, and ends that only the holder may write.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::inbox::{self, Delivery, Source};
use super::outbox::{self, End, Parcel, Queue};
use super::{Bell, Intake, Refused};
use crate::db::{Db, OpenMode, Sql};
use crate::primitives::{Clock, Secret, StoreId, Timestamp};
use crate::{execute, fetch_one, sql};

const STORE: StoreId = StoreId(1);
const NOW: Timestamp = Timestamp(1_700_000_000_000);
const LEASE: Duration = Duration::from_secs(30);

const SHOP: Sql = sql!(
    "INSERT INTO stores (id, slug, name, timezone, language, hook, secrets, secrets_key, \
     pakasir_version, pakasir_sandbox, invoice_minutes, revision, created_at, updated_at) \
     VALUES (1, 'kopi', 'Kopi', 'Asia/Jakarta', 'id', 'hook', $1, 'k1', 'v2', $2, 15, 1, 0, 0)"
);
/// What a power cut leaves of a relaxed claim.
const LOSE_PARCELS: Sql =
    sql!("UPDATE outbox SET fence = 0, claims = 0, attempts = 0, leased_until = 0, holder = NULL");
const LOSE_FACTS: Sql =
    sql!("UPDATE inbox SET fence = 0, claims = 0, leased_until = 0, holder = NULL");
const STATE: Sql = sql!("SELECT state FROM outbox LIMIT 1");

fn delivery(source: Source, number: i64) -> Delivery {
    Delivery {
        store: STORE,
        source,
        key: number.to_string(),
        lane: format!("{}:{number}", source.word()),
        seq: number,
        body: b"{}".to_vec(),
    }
}

/// A database with one store; its folder goes with it.
struct Given {
    db: Db,
    _folder: tempfile::TempDir,
}

impl Given {
    async fn a_store() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = format!("sqlite://{}", folder.path().join("queue.db").display());
        let db = Db::open(&Secret::new(address), OpenMode::Server).await.expect("opens");
        let mut tx = db.write().await.expect("begun");
        execute!(&mut tx, SHOP, b"sealed".to_vec(), false).expect("a store");
        tx.commit().await.expect("committed");
        Self { db, _folder: folder }
    }

    /// The doors' way in.
    fn intake(&self) -> Intake {
        let (bell, clock) = (Bell::default(), Clock::manual(NOW));
        Intake::start(self.db.clone(), bell, clock, &TaskTracker::new(), None)
    }

    async fn run(&self, statement: Sql) {
        let mut tx = self.db.write().await.expect("begun");
        execute!(&mut tx, statement).expect("done");
        tx.commit().await.expect("committed");
    }

    async fn send(&self, lane: &str) {
        self.send_in_place_of(lane, None).await;
    }

    async fn send_in_place_of(&self, lane: &str, collapse: Option<&str>) {
        let parcel = Parcel {
            queue: Queue::Reply,
            lane: lane.to_owned(),
            collapse: collapse.map(str::to_owned),
            payload: "{}".to_owned(),
            due: NOW,
            since: NOW,
        };
        let mut tx = self.db.write().await.expect("begun");
        outbox::send(&mut tx, STORE, &parcel, NOW).await.expect("sent");
        tx.commit().await.expect("committed");
    }

    async fn parcel(&self, who: &str, now: Timestamp) -> Option<outbox::Taken> {
        let taken = outbox::claim(&self.db, Queue::Reply, &Arc::from(who), now, LEASE, 10).await;
        taken.expect("claimed").pop()
    }

    async fn fact(&self, who: &str, now: Timestamp) -> Option<inbox::Taken> {
        let taken = inbox::claim(&self.db, &Arc::from(who), now, LEASE, 10).await;
        taken.expect("claimed").pop()
    }

    async fn ends(&self, parcel: &outbox::Taken) -> bool {
        let mut tx = self.db.write().await.expect("begun");
        let ended = outbox::finish(&mut tx, parcel, &End::Sent, NOW).await.expect("asked");
        tx.commit().await.expect("committed");
        ended
    }

    async fn stands(&self, parcel: &outbox::Taken) -> bool {
        let mut tx = self.db.write().await.expect("begun");
        outbox::stands(&mut tx, parcel).await.expect("asked")
    }
}

#[tokio::test]
async fn a_claim_that_was_lost_ends_nothing_that_another_one_took() {
    let given = Given::a_store().await;
    given.send("a").await;
    let lost = given.parcel("a", NOW).await.expect("taken");
    given.run(LOSE_PARCELS).await;
    // In the very same millisecond, so that the holder alone tells them apart.
    let standing = given.parcel("b", NOW).await.expect("taken anew");
    assert!(!given.stands(&lost).await && given.stands(&standing).await);
    outbox::again(&given.db, &lost, NOW, true, "late").await.expect("asked");
    assert!(given.parcel("c", NOW).await.is_none(), "it is held");
    assert!(!given.ends(&lost).await, "not its holder");
    assert!(given.ends(&standing).await, "its holder");
}

#[tokio::test]
async fn a_fence_never_repeats_even_for_the_same_holder() {
    let given = Given::a_store().await;
    given.send("a").await;
    let lost = given.parcel("a", NOW).await.expect("taken");
    given.run(LOSE_PARCELS).await;
    let again = given.parcel("a", NOW.plus(Duration::from_millis(1))).await.expect("taken anew");
    assert!(again.fence > lost.fence, "{} after {}", again.fence, lost.fence);
    assert!(!given.ends(&lost).await && given.ends(&again).await);
}

#[tokio::test]
async fn a_clock_that_was_ahead_does_not_stop_the_numbers() {
    let given = Given::a_store().await;
    given.send("a").await;
    let ahead = given.parcel("a", NOW.plus(LEASE)).await.expect("taken");
    let due = NOW;
    outbox::again(&given.db, &ahead, due, false, "its pace").await.expect("put back");
    let next = given.parcel("a", NOW).await.expect("taken");
    assert_eq!(next.fence, ahead.fence + 1);
    assert_eq!((next.claims, next.attempts), (1, 1), "somebody said what came of the one before");
}

#[tokio::test]
async fn a_parcel_freed_from_a_silent_holder_is_his_until_it_is_taken() {
    let given = Given::a_store().await;
    given.send("a").await;
    let silent = given.parcel("a", NOW).await.expect("taken");
    let mut tx = given.db.write().await.expect("begun");
    let freed = super::claims::free_of(&mut tx, "a").await.expect("freed");
    tx.commit().await.expect("committed");
    assert_eq!(freed, (0, 1));
    assert!(given.stands(&silent).await, "nobody else has it");
    let taken = given.parcel("b", NOW).await.expect("taken over");
    assert_eq!(taken.claims, 2, "nobody said what came of the first one");
    assert!(!given.ends(&silent).await && given.ends(&taken).await);
    let mut tx = given.db.read().await.expect("begun");
    assert_eq!(fetch_one!(&mut tx, (String,), STATE).expect("read").0, "sent");
}

#[tokio::test]
async fn a_parcel_that_never_says_a_word_becomes_a_suspect_whose_tries_are_counted() {
    let given = Given::a_store().await;
    given.send("a").await;
    let mut last = given.parcel("a", NOW).await.expect("taken");
    for claims in [2, 3, 3, 3] {
        super::claims::free_all(&given.db).await.expect("freed by a start");
        last = given.parcel("a", NOW).await.expect("taken anew");
        assert_eq!(last.claims, claims, "claims alone make a suspect of it and no more");
    }
    assert_eq!(last.claims, outbox::SUSPECT);
    for tries in 1..=3 {
        let begun = outbox::begin(&given.db, &last).await.expect("counted");
        assert_eq!(begun, Some(outbox::SUSPECT + tries));
        super::claims::free_all(&given.db).await.expect("freed by a start");
        last = given.parcel("a", NOW).await.expect("taken anew");
    }
    outbox::again(&given.db, &last, NOW, true, "a word").await.expect("put back");
    assert_eq!(given.parcel("b", NOW).await.expect("taken").claims, 1, "it is trusted again");
    assert_eq!(outbox::begin(&given.db, &last).await.expect("asked"), None, "it is b's");
}

#[tokio::test]
async fn of_two_parcels_with_one_word_the_newer_waits() {
    const WAITING: Sql = sql!("SELECT COUNT(*) FROM outbox WHERE state = 'pending'");
    let given = Given::a_store().await;
    for (lane, word) in [("a", "screen"), ("a", "screen"), ("a", "keyboard"), ("b", "screen")] {
        given.send_in_place_of(lane, Some(word)).await;
    }
    let mut tx = given.db.read().await.expect("begun");
    assert_eq!(fetch_one!(&mut tx, (i64,), WAITING).expect("read").0, 3);
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_put_off_is_due_at_the_next_start() {
    let given = Given::a_store().await;
    for (lane, days) in [("far", 365), ("told to wait", 1)] {
        given.send(lane).await;
        let taken = given.parcel("a", NOW).await.expect("taken");
        let due = NOW.plus(Duration::from_hours(24 * days));
        outbox::again(&given.db, &taken, due, false, "put off").await.expect("put back");
    }
    let mut tx = given.db.write().await.expect("begun");
    assert_eq!(super::claims::set_right(&mut tx, NOW).await.expect("asked"), (0, 1));
    tx.commit().await.expect("committed");
    assert_eq!(given.parcel("a", NOW).await.expect("due").lane, "far");
    assert!(given.parcel("a", NOW).await.is_none(), "who was told to wait does so");
}

#[tokio::test]
async fn a_fact_is_changed_by_nobody_but_its_holder() {
    let given = Given::a_store().await;
    let fact = delivery(Source::Fact, 1);
    let mut tx = given.db.write().await.expect("begun");
    assert!(inbox::accept(&mut tx, &fact, NOW).await.expect("stored"));
    tx.commit().await.expect("committed");
    let lost = given.fact("a", NOW).await.expect("taken");
    given.run(LOSE_FACTS).await;
    let standing = given.fact("b", NOW).await.expect("taken anew");
    assert_eq!(standing.claims, 1);
    assert_eq!(inbox::begin(&given.db, &lost, NOW).await.expect("asked"), None);
    inbox::release(&given.db, &lost).await.expect("asked");
    inbox::again(&given.db, &lost, NOW, 1, "late").await.expect("asked");
    assert!(given.fact("c", NOW).await.is_none(), "it is held");
    let mut tx = given.db.write().await.expect("begun");
    assert!(!inbox::set_aside(&mut tx, &lost, "late", NOW).await.expect("asked"));
    assert!(!inbox::finish(&mut tx, &lost, None, NOW).await.expect("asked"));
    assert!(inbox::finish(&mut tx, &standing, None, NOW).await.expect("asked"));
    tx.commit().await.expect("committed");
}

#[tokio::test]
async fn nobody_waits_behind_a_flood_of_callbacks_and_they_wait_behind_nobody() {
    let given = Given::a_store().await;
    let wave = |source: Source, from: i64| {
        (from..from + 200).map(|number| delivery(source, number)).collect::<Vec<_>>()
    };
    let first = [wave(Source::Pakasir, 0), wave(Source::Telegram, 0)].concat();
    let then = [wave(Source::Fact, 0), wave(Source::Pakasir, 200)].concat();
    let mut tx = given.db.write().await.expect("begun");
    for fact in first.iter().chain(&then) {
        assert!(inbox::accept(&mut tx, fact, NOW).await.expect("stored"));
    }
    tx.commit().await.expect("committed");
    let taken = inbox::claim(&given.db, &Arc::from("a"), NOW, LEASE, 32).await.expect("claimed");
    let of = |source| taken.iter().filter(|it| it.source == source).map(|it| &*it.key).collect();
    let (callbacks, updates): (Vec<_>, Vec<_>) = (of(Source::Pakasir), of(Source::Telegram));
    assert_eq!(callbacks, ["0", "1", "2", "3", "4", "5", "6", "7"], "in their order");
    assert_eq!((updates.len(), taken.len()), (32, 40), "in theirs");
}

#[tokio::test]
async fn callbacks_that_fill_their_queue_leave_room_for_updates() {
    let given = Given::a_store().await;
    let intake = given.intake();
    // All of them stand at the door before a writer comes to write any.
    let crowd = (0..300).map(|number| intake.accept(delivery(Source::Pakasir, number)));
    let (crowd, update) = tokio::join!(
        futures_util::future::join_all(crowd),
        intake.accept(delivery(Source::Telegram, 1)),
    );
    let refused = crowd.iter().filter(|it| **it == Err(Refused::Busy)).count();
    assert_eq!(refused, 300 - 256, "more than can wait");
    assert_eq!(update, Ok(()), "an update has its own queue");
}

#[tokio::test]
async fn callbacks_leave_the_disk_to_others_after_each_crowd() {
    let given = Given::a_store().await;
    let intake = given.intake();
    let crowds = async |source| {
        let begun = std::time::Instant::now();
        for crowd in 0..5 {
            let crowd = (0..100).map(|number| delivery(source, 100 * crowd + number));
            let crowd = crowd.map(|it| intake.accept(it));
            let stored = futures_util::future::join_all(crowd).await;
            assert!(stored.iter().all(Result::is_ok), "{stored:?}");
        }
        begun.elapsed()
    };
    let (updates, callbacks) = (crowds(Source::Telegram).await, crowds(Source::Pakasir).await);
    assert!(callbacks >= 4 * Duration::from_millis(25), "{callbacks:?}: one after another");
    assert!(updates < callbacks, "{updates:?}: updates wait for nothing but the disk");
}
