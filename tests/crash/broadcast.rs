//! The service is killed in the middle of a broadcast; everyone gets it, at most those in flight twice.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::primitives::{ChatId, Clock, Language, MessageId, Secret, StoreId, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::telegram::PaceLimits;
use bot_auto_order::shop::broadcast::{self, Segment};
use bot_auto_order::shop::customers;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::base::Engine;
use crate::shop::{Death, Pattern, Shop};

const AUTHOR: UserId = UserId(1);
const FIRST: i64 = 1_001;
const CROWD: i64 = 120;
/// The first message in its author's chat.
const MESSAGE: MessageId = MessageId(1);
/// Around which commits it dies: before, in and after the first steps, and on the way.
const DEATHS: [u32; 8] = [8, 14, 20, 27, 35, 44, 54, 65];
/// How many shops run beside each other: with more, what a process sends in time stands in line for a core and
/// reaches Telegram in a heap.
const AT_ONCE: usize = 4;
/// Nobody has more in hand at once than a sender has seats.
const IN_FLIGHT: usize = 32;
const PATIENCE: Duration = Duration::from_mins(1);
const LIMITS: PaceLimits = PaceLimits {
    chat_per_second: 1,
    chat_burst: 5,
    bot_per_second: 30,
    bot_burst: 30,
    retry_after: 3,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    die_on_the_way(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    die_on_the_way(Engine::Postgres).await;
}

async fn die_on_the_way(engine: Engine) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pattern = Arc::new(Pattern::make(engine).await);
    plan(&pattern).await;
    let (mut running, seats) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for commit in DEATHS {
        for death in [Death::Before(commit), Death::After(commit)] {
            let (pattern, seats) = (Arc::clone(&pattern), Arc::clone(&seats));
            running.spawn(async move {
                let _seat = seats.acquire_owned().await.expect("nobody closes it");
                cast(&pattern, death).await
            });
        }
    }
    let (mut deaths, mut doubles, mut most) = (0, 0, 0);
    while let Some(ended) = running.join_next().await {
        let (died, twice) =
            ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        deaths += usize::from(died);
        doubles += twice;
        most = most.max(twice);
    }
    eprintln!(
        "{engine:?}: {deaths} deaths in broadcasts to {CROWD}, {doubles} copies twice, {most} after one death"
    );
    assert!(deaths >= 2 * DEATHS.len() - 4, "nearly each of them dies on the way: {deaths}");
    Arc::into_inner(pattern).expect("every shop is closed").remove().await;
}

/// Customers and a broadcast to all of them that begins at once, before anybody serves.
async fn plan(pattern: &Pattern) {
    let db = Db::open(&Secret::new(pattern.base.url()), OpenMode::Server).await.expect("opens");
    let mut tx = db.write().await.expect("begins");
    let (store, now) = (StoreId(1), Clock::system().now());
    for id in FIRST..FIRST + CROWD {
        let met = customers::meet(&mut tx, store, UserId(id), "Orang", Language::Id, now).await;
        met.expect("met");
    }
    let source = (ChatId::from(AUTHOR), MESSAGE);
    let id = broadcast::draft(&mut tx, store, AUTHOR, source, Segment::Everyone, now).await;
    let id = id.expect("drafted");
    let draft = broadcast::get(&mut tx, store, id).await.expect("read").expect("it is there");
    let begun = broadcast::schedule(&mut tx, store, (&draft, AUTHOR), (now, None), now).await;
    assert!(begun.expect("scheduled"));
    tx.commit().await.expect("commits");
    db.close().await;
}

/// Everybody is there, and the author wrote what shall be sent; nobody has told the shop yet.
fn people(stage: &Stage) {
    stage.telegram.limit_pace(Some(LIMITS));
    for id in FIRST..FIRST + CROWD {
        let _ = stage.bot.person(UserId(id), "Orang");
    }
    let author = stage.bot.person(AUTHOR, "Ani");
    author.say("Promo!");
    assert_eq!(author.messages()[0].id, MESSAGE);
}

/// Whether it died, and how many copies came twice.
async fn cast(pattern: &Pattern, death: Death) -> (bool, usize) {
    let mut shop = Shop::open_in(pattern, death, people).await;
    shop.play(is_done(&shop)).await;
    let numbers = "SELECT COUNT(*) FROM broadcasts WHERE state = 'done' AND sent = total";
    assert_eq!(shop.base.count(numbers).await, 1, "{death:?}");
    let (mut all, mut twice) = (0, 0);
    for id in FIRST..FIRST + CROWD {
        let person = shop.stage.bot.person(UserId(id), "Orang");
        let copies = person.messages().iter().filter(|seen| seen.text == "Promo!").count();
        all += usize::from(copies > 0);
        twice += copies.saturating_sub(1);
    }
    assert_eq!(i64::try_from(all), Ok(CROWD), "{death:?}: somebody got nothing");
    assert!(twice <= IN_FLIGHT, "{death:?}: {twice} twice");
    let refused = shop.stage.telegram.calls().iter().filter(|call| call.code == 429).count();
    assert_eq!(refused, 0, "{death:?}");
    let died = shop.has_died();
    shop.close().await;
    (died, twice)
}

async fn is_done(shop: &Shop<'_>) {
    let system = Clock::system();
    let deadline = system.now().plus(PATIENCE);
    while shop.base.count("SELECT COUNT(*) FROM broadcasts WHERE state = 'done'").await == 0 {
        assert!(system.now() < deadline, "it never ends");
        system.sleep(Duration::from_millis(200)).await;
    }
}
