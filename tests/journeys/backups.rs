//! What comes round by itself: the daily backup, its alarm and the end of it, the weekly drill.

use std::path::Path;
use std::time::Duration;

use bot_auto_order::config::BareConfig;
use bot_auto_order::ops::Rounds;
use bot_auto_order::ops::backup::{Keeper, begin};
use bot_auto_order::primitives::UserId;
use bot_auto_order::sandbox::telegram::Person;
use bot_auto_order::shop::stores::Wish;

use crate::given::{PATIENCE, Plan, TestShop};
use crate::journey;

const OWNER: i64 = 99;
const HOUR: u64 = 3600;

fn owned() -> Plan {
    Plan::default().wishing(Wish { owners: Some(vec![UserId(OWNER)]), ..Wish::default() })
}

/// The jobs of a process that keeps its archives in `folder`.
async fn rounds(shop: &TestShop, folder: &Path) -> Rounds {
    let pairs = [
        ("DATABASE_URL", shop.url().expose().clone()),
        ("BACKUP_LOCAL_DIR", folder.display().to_string()),
        ("BACKUP_ENCRYPTION_PASSWORD", "kanari-sandi".to_owned()),
        ("AUTO_ORDER_BACKUP_EFFORT", "4".to_owned()),
        ("ENABLE_AUTO_BACKUP", "true".to_owned()),
        ("BACKUP_TIME", "03:30".to_owned()),
        ("BACKUP_KEEP", "2".to_owned()),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value));
    let config = BareConfig::from_pairs(pairs).expect("a fit configuration");
    let shared = shop.service().shared();
    let rounds = Rounds::beside(shared.clone());
    begin(&rounds, shared, Keeper::bare(&config, shop.clock.clone())).await.expect("they begin");
    rounds
}

fn archives(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.filter(|entry| entry.as_ref().is_ok_and(|it| it.path().extension().is_some())).count()
}

/// How often the owner was told this.
fn told(shop: &TestShop, owner: &Person, words: &str) -> usize {
    shop.sent_to(owner).iter().filter(|text| text.contains(words)).count()
}

/// Waits until the owner was told this so often; no more and no less.
async fn is_told(shop: &TestShop, owner: &Person, words: &str, times: usize) {
    let looks = async {
        while told(shop, owner, words) < times {
            let revision = owner.revision();
            if told(shop, owner, words) < times
                && !owner.changes(revision, Duration::from_millis(200)).await
            {
                // A round that ended just behind a jump of the clock waits for its next time.
                shop.quiet().await;
                shop.advance(31);
            }
        }
    };
    let waited = tokio::time::timeout(PATIENCE, looks).await;
    // A clock that jumps while a message is on its way would send it again.
    shop.quiet().await;
    let all = shop.sent_to(owner);
    assert!(
        waited.is_ok() && told(shop, owner, words) == times,
        "{words}, {times} times: {all:#?}"
    );
}

/// Time passes, and whoever waits for it has a moment to act.
async fn passes(shop: &TestShop, owner: &Person, seconds: u64) {
    let revision = owner.revision();
    shop.advance(seconds);
    owner.changes(revision, Duration::from_millis(200)).await;
}

/// Lets time pass until the owner was told this, once: a lease of whoever did the job before lapses on the
/// database's own clock.
async fn comes_to_be_told(shop: &TestShop, owner: &Person, words: &str, seconds: u64) {
    let passing = async {
        while told(shop, owner, words) == 0 {
            passes(shop, owner, seconds).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, passing).await;
    assert!(waited.is_ok(), "{words}: {:#?}", shop.sent_to(owner));
    assert_eq!(told(shop, owner, words), 1);
}

async fn owner(shop: &TestShop) -> Person {
    let owner = shop.person(OWNER, "Pemilik");
    owner.say("/start");
    owner.sees_text("Selamat datang").await;
    owner
}

journey!(a_backup_comes_every_day_and_the_owner_is_told, owned(), |shop| {
    let folder = tempfile::tempdir().expect("a folder");
    let owner = owner(shop).await;
    let rounds = rounds(shop, folder.path()).await;
    is_told(shop, &owner, "backup hari ini", 1).await;
    // The first drill comes as soon as there is something to try.
    shop.advance(301);
    is_told(shop, &owner, "latihan pemulihan berhasil", 1).await;
    for days in 2..=4 {
        shop.advance(24 * HOUR);
        is_told(shop, &owner, "backup hari ini", days).await;
    }
    assert_eq!(archives(folder.path()), 2, "two are kept");
    assert_eq!(told(shop, &owner, "latihan"), 1, "a week is not over");
    assert_eq!(told(shop, &owner, "🔴"), 0);
    shop.advance(4 * 24 * HOUR);
    is_told(shop, &owner, "latihan pemulihan berhasil", 2).await;
    rounds.stop().await;
});

journey!(a_backup_that_fails_is_told_once_and_so_is_its_end, owned(), |shop| {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("cadangan");
    let owner = owner(shop).await;
    let rounds = rounds(shop, &folder).await;
    is_told(shop, &owner, "backup hari ini", 1).await;
    // The place is gone, and something else stands there.
    std::fs::remove_dir_all(&folder).expect("gone");
    std::fs::write(&folder, "x").expect("written");
    shop.advance(24 * HOUR);
    is_told(shop, &owner, "backup gagal dibuat", 1).await;
    for failures in 2..=4 {
        let failed = async {
            while shop.count("SELECT failures FROM alarms WHERE name = 'backup-failed'").await
                < failures
            {
                passes(shop, &owner, 16 * 60).await;
            }
        };
        tokio::time::timeout(PATIENCE, failed).await.expect("it is tried again");
    }
    std::fs::remove_file(&folder).expect("gone");
    comes_to_be_told(shop, &owner, "backup berjalan lagi", 16 * 60).await;
    is_told(shop, &owner, "backup hari ini", 2).await;
    assert_eq!(told(shop, &owner, "backup gagal dibuat"), 1);
    rounds.stop().await;
});

journey!(a_backup_that_was_missed_is_told_once_and_so_is_its_end, owned(), |shop| {
    let folder = tempfile::tempdir().expect("a folder");
    let owner = owner(shop).await;
    let first = rounds(shop, folder.path()).await;
    is_told(shop, &owner, "backup hari ini", 1).await;
    // Nobody was there for two days.
    first.stop().await;
    shop.advance(48 * HOUR);
    let second = rounds(shop, folder.path()).await;
    comes_to_be_told(shop, &owner, "26 jam terakhir", 31).await;
    is_told(shop, &owner, "backup terbaru berumur 0 jam", 1).await;
    is_told(shop, &owner, "backup hari ini", 2).await;
    // A restart on the same day makes none.
    second.stop().await;
    let third = rounds(shop, folder.path()).await;
    shop.advance(61);
    shop.quiet().await;
    third.stop().await;
    assert_eq!((told(shop, &owner, "backup hari ini"), archives(folder.path())), (2, 2));
});

journey!(several_replicas_make_one_backup, owned(), |shop| {
    let folder = tempfile::tempdir().expect("a folder");
    let owner = owner(shop).await;
    let (one, other) = (rounds(shop, folder.path()).await, rounds(shop, folder.path()).await);
    if shop.db().is_shared() {
        is_told(shop, &owner, "backup hari ini", 1).await;
        shop.advance(24 * HOUR);
        is_told(shop, &owner, "backup hari ini", 2).await;
        shop.advance(120);
        shop.quiet().await;
        assert_eq!((told(shop, &owner, "backup hari ini"), archives(folder.path())), (2, 2));
    }
    one.stop().await;
    other.stop().await;
});

journey!(what_a_journal_named_is_not_sold_when_its_order_ends, |shop| {
    let budi = shop.person(101, "Budi");
    shop.invoice(&budi, "1").await;
    shop.change("UPDATE units SET handed_over_at = 1 WHERE state = 'reserved'").await;
    budi.press("Batalkan Pesanan");
    budi.sees_text("dibatalkan").await;
    shop.quiet().await;
    assert_eq!(shop.count("SELECT COUNT(*) FROM units WHERE state = 'voided'").await, 1);
    assert_eq!(shop.count("SELECT COUNT(*) FROM units WHERE state = 'reserved'").await, 0);
});
