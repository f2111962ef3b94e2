//! What the owner hears: one word when something goes wrong, one when it is over, and never a storm.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bot_auto_order::config::{Config, Thresholds, Watch};
use bot_auto_order::ops::{Forward, Health, Load, Machine, Outlook, Pulse, Rounds};
use bot_auto_order::primitives::{Clock, Keyring, Timestamp, UserId};
use bot_auto_order::sandbox::pakasir::SecretHeader;
use bot_auto_order::sandbox::telegram::{Fault, FaultKind, Person};
use bot_auto_order::shop::stores::Wish;
use bot_auto_order::telemetry::Ear;
use bot_auto_order::worker::Service;
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::given::{Engine, PATIENCE, PUBLIC_URL, Plan, TestShop};
use crate::journey;

const OWNER: UserId = UserId(2);
const EVERY: Duration = Duration::from_mins(5);

fn with_an_owner() -> Plan {
    Plan::default().wishing(Wish { owners: Some(vec![OWNER]), ..Wish::default() }).with_owner_bot()
}

/// Everything that runs beside the service, on a machine that the test plays.
struct Watched {
    rounds: Rounds,
    load: Arc<Mutex<Load>>,
    logs: tempfile::TempDir,
    backups: tempfile::TempDir,
    ear: Ear,
}

fn watch(backups: Option<&std::path::Path>) -> Watch {
    let key = Keyring::fresh_key();
    let pairs = [("DATA_ENCRYPTION_KEY", key.expose().as_str())];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let usual = Config::from_pairs(pairs).expect("a fit configuration").watch;
    let thresholds = Thresholds { logs: 1, ..usual.thresholds };
    Watch { thresholds, backups: backups.map(std::path::Path::to_owned), ..usual }
}

impl Watched {
    fn over(shop: &TestShop) -> Self {
        Self::over_since(shop, shop.clock.now())
    }

    /// Beside a process that began at `since`.
    fn over_since(shop: &TestShop, since: Timestamp) -> Self {
        Self::beside(shop, shop.service(), since)
    }

    /// Beside one of the shop's processes.
    fn beside(shop: &TestShop, service: &Service, since: Timestamp) -> Self {
        let fine = Load { cpu: Some(10), memory: Some(20), disk: Some(30) };
        let (load, ear) = (Arc::new(Mutex::new(fine)), Ear::default());
        let folder = || tempfile::tempdir().expect("a folder");
        let (logs, backups) = (folder(), folder());
        let outlook = Outlook {
            clock: shop.clock.clone(),
            machine: Machine::Played(Arc::clone(&load)),
            watch: watch(Some(backups.path())),
            public_url: Some(PUBLIC_URL.to_owned()),
            pakasir_api_url: shop.stage.gateway.url(),
            logs: Some(logs.path().to_owned()),
        };
        let rounds = Rounds::beside(service.shared().clone());
        rounds.add_here(Pulse::of(&outlook.watch, true, since));
        rounds.add_here(Forward::of(ear.clone()));
        let watched = Self { rounds, load, logs, backups, ear };
        watched.back_up(shop);
        watched.rounds.add(Health::every(EVERY, outlook));
        watched
    }

    fn is(&self, load: Load) {
        *self.load.lock().expect("nobody panicked") = load;
    }

    /// A fresh archive, as the backup job names it.
    fn back_up(&self, shop: &TestShop) {
        let now = shop.clock.now().to_rfc3339();
        let digits: String = now.chars().take(19).filter(|c| !"-:".contains(*c)).collect();
        let name = format!("auto-order-{digits}Z.age");
        std::fs::write(self.backups.path().join(name), "").expect("written");
    }
}

impl TestShop {
    /// Lets rounds of the health job go by, each seen to its end.
    async fn rounds_go_by(&self, rounds: usize) {
        for _ in 0..rounds {
            let before = self.clock.now().seconds();
            self.pass(301).await;
            let system = Clock::system();
            let deadline = system.now().plus(PATIENCE);
            let shared = self.service().shared();
            let health = || shared.metrics.job_last_success.with_label_values(&["health"]).get();
            while health() <= before {
                assert!(system.now() < deadline, "the health job does not come round");
                system.sleep(Duration::from_millis(20)).await;
            }
            self.quiet().await;
        }
    }

    fn heard(&self, boss: &Person) -> Vec<String> {
        let texts = self.sent_to(boss);
        assert!(texts.iter().all(|text| text.contains("Toko Uji")), "{texts:?}");
        texts
    }
}

/// Lets rounds of the pulse go by.
async fn pulses(shop: &TestShop, rounds: usize) {
    let shared = shop.service().shared();
    for _ in 0..rounds {
        let before = shop.clock.now().seconds();
        shop.pass(16).await;
        let pulse = || shared.metrics.job_last_success.with_label_values(&["pulse"]).get();
        let system = Clock::system();
        let deadline = system.now().plus(PATIENCE);
        while pulse() <= before {
            assert!(system.now() < deadline, "the pulse does not come round");
            system.sleep(Duration::from_millis(20)).await;
        }
        shop.quiet().await;
    }
}

fn count(texts: &[String], part: &str) -> usize {
    texts.iter().filter(|text| text.contains(part)).count()
}

journey!(each_fault_of_the_machine_is_told_once_and_its_end_once, with_an_owner(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let watched = Watched::over(shop);
    shop.rounds_go_by(1).await;
    assert_eq!(shop.heard(&boss), Vec::<String>::new());

    watched.is(Load { cpu: Some(95), memory: Some(91), disk: Some(99) });
    let log = watched.logs.path().join("auto-order-2026-11-28.log");
    std::fs::write(&log, vec![b'x'; 3 * 1024 * 1024]).expect("written");
    shop.rounds_go_by(4).await;
    let texts = shop.heard(&boss);
    for part in ["CPU server terpakai 95%", "terpakai 91%", "terisi 99%", "folder log sudah 3 MB"] {
        assert_eq!(count(&texts, part), 1, "{part}: {texts:?}");
    }
    assert_eq!(texts.len(), 4, "{texts:?}");

    // Around the limit nothing is said, neither that it ends nor that it begins again.
    for disk in [84, 86, 83, 86] {
        watched.is(Load { cpu: Some(78), memory: Some(79), disk: Some(disk) });
        shop.rounds_go_by(1).await;
    }
    assert_eq!(shop.heard(&boss).len(), 4);
    watched.is(Load { cpu: Some(12), memory: Some(20), disk: Some(40) });
    std::fs::write(&log, "").expect("emptied");
    shop.rounds_go_by(3).await;
    let texts = shop.heard(&boss);
    assert_eq!((count(&texts, "🔴"), count(&texts, "🟢"), texts.len()), (4, 4, 8), "{texts:?}");
    watched.rounds.stop().await;
});

journey!(
    a_backup_that_is_missed_and_a_telegram_that_refuses_the_token_are_told_once,
    with_an_owner(),
    |shop| {
        let boss = shop.owner_bot().person(OWNER, "Pak Bos");
        let watched = Watched::over(shop);
        shop.rounds_go_by(1).await;
        shop.pass(27 * 3600).await;
        shop.rounds_go_by(2).await;
        watched.back_up(shop);
        shop.rounds_go_by(2).await;
        let texts = shop.heard(&boss);
        assert_eq!(count(&texts, "tidak ada backup baru"), 1, "{texts:?}");
        assert_eq!(count(&texts, "backup terbaru berumur 0 jam"), 1, "{texts:?}");

        // One look that goes wrong is no fault; two are.
        let down = Fault::next(FaultKind::ServerError).on("getMe");
        shop.stage.telegram.fault(down.clone().times(1));
        shop.rounds_go_by(2).await;
        assert_eq!(count(&shop.heard(&boss), "tidak menjawab bot"), 0);
        shop.stage.telegram.fault(down.times(1_000));
        shop.rounds_go_by(4).await;
        shop.stage.telegram.clear_faults();
        shop.rounds_go_by(2).await;
        let texts = shop.heard(&boss);
        assert_eq!(count(&texts, "tidak menjawab bot"), 1, "{texts:?}");
        assert_eq!(count(&texts, "menjawab bot toko ini lagi"), 1, "{texts:?}");
        watched.rounds.stop().await;
    }
);

journey!(a_hundred_forged_callbacks_are_two_words_in_two_hours, with_an_owner(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let watched = Watched::over(shop);
    let invoice = shop.invoice(&shop.person(101, "Budi"), "1").await;
    for amount in 1..=100 {
        let lie = json!({"txn_id": invoice.sale.txn_id, "order_id": invoice.sale.reference,
            "amount": amount, "status": "completed", "project": shop.stage.project.slug()});
        assert_eq!(shop.stage.project.callback(lie, SecretHeader::Right, None).await, 200);
    }
    shop.quiet().await;
    let texts = shop.heard(&boss);
    assert_eq!((count(&texts, "callback pembayaran palsu"), texts.len()), (1, 1), "{texts:?}");
    assert!(texts[0].contains(" 1 callback"), "{texts:?}");
    shop.pass(61 * 60).await;
    shop.rounds_go_by(2).await;
    let texts = shop.heard(&boss);
    assert_eq!(count(&texts, "callback pembayaran palsu"), 2, "{texts:?}");
    assert_eq!(count(&texts, " 99 callback"), 1, "{texts:?}");
    watched.rounds.stop().await;
});

journey!(what_is_set_aside_is_told_by_number_and_never_quoted, with_an_owner(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let watched = Watched::over(shop);
    for n in 0..20 {
        shop.stage.bot.deliver_raw(json!({"update_id": 9_000_000 + n, "message": "kenari"}));
    }
    shop.quiet().await;
    shop.rounds_go_by(3).await;
    let texts = shop.heard(&boss);
    assert_eq!((count(&texts, "tidak bisa dibaca"), texts.len()), (1, 2), "{texts:?}");
    assert_eq!(count(&texts, "19 catatan lain"), 1, "{texts:?}");
    assert_eq!(count(&texts, "kenari"), 0, "{texts:?}");
    watched.rounds.stop().await;
});

journey!(grave_records_of_the_log_are_told_once_a_minute_per_kind, with_an_owner(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let watched = Watched::over(shop);
    let registry = tracing_subscriber::registry().with(watched.ear.clone());
    let listening = tracing::Dispatch::new(registry);
    let says = |times: usize| {
        tracing::dispatcher::with_default(&listening, || {
            for n in 0..times {
                tracing::error!(target: "bot_auto_order::ops", job = "prune", secret = "kenari", n, "it broke");
                // What befalls an alert is not heard.
                tracing::error_span!("alert").in_scope(|| tracing::error!("Telegram refused"));
            }
        });
    };
    says(3);
    shop.pass(6).await;
    says(50);
    shop.pass(6).await;
    shop.pass(6).await;
    assert_eq!(count(&shop.heard(&boss), "it broke"), 1, "{:?}", shop.heard(&boss));
    shop.pass(61).await;
    shop.pass(6).await;
    let texts = shop.heard(&boss);
    assert_eq!((count(&texts, "it broke"), texts.len()), (2, 2), "{texts:?}");
    assert_eq!((count(&texts, "(3×)"), count(&texts, "(50×)")), (1, 1), "{texts:?}");
    assert!(texts[0].contains("job=prune") && !texts.concat().contains("kenari"), "{texts:?}");
    watched.rounds.stop().await;
});

journey!(a_job_that_is_not_done_is_told_once_and_so_is_its_end, with_an_owner(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let began = shop.clock.now().minus(Duration::from_hours(24));
    let watched = Watched::over_since(shop, began);
    shop.rounds_go_by(1).await;
    let last = || shop.service().shared().metrics.job_last_success.with_label_values(&["prune"]);
    // No pulse beats while the books are changed.
    pulses(shop, 1).await;
    // As if no process had pruned for ages.
    last().set(0);
    shop.change("UPDATE leases SET held_until = 1 WHERE name = 'done:prune'").await;
    pulses(shop, 4).await;
    let texts = shop.heard(&boss);
    assert_eq!((count(&texts, "tugas rutin terlambat: prune"), texts.len()), (1, 1), "{texts:?}");
    last().set(shop.clock.now().seconds());
    pulses(shop, 3).await;
    let texts = shop.heard(&boss);
    assert_eq!((count(&texts, "jalan lagi"), texts.len()), (1, 2), "{texts:?}");
    watched.rounds.stop().await;
});

journey!(two_replicas_look_and_one_of_them_tells, with_an_owner(), |shop| {
    // A SQLite file has one process.
    if shop.engine() == Engine::Postgres {
        let boss = shop.owner_bot().person(OWNER, "Pak Bos");
        shop.start_twin().await;
        let now = shop.clock.now();
        let (here, there) = (Watched::over(shop), Watched::beside(shop, shop.twin(), now));
        // Whoever looks goes on looking, or each of the two would deny what the other one says.
        here.is(Load { cpu: Some(99), memory: Some(20), disk: Some(99) });
        there.is(Load { cpu: Some(20), memory: Some(20), disk: Some(20) });
        let system = Clock::system();
        for _ in 0..8 {
            shop.pass(301).await;
            system.sleep(Duration::from_millis(300)).await;
        }
        let texts = shop.heard(&boss);
        let told = (count(&texts, "terisi 99%"), count(&texts, "terpakai 99%"), texts.len());
        assert!([(1, 1, 2), (0, 0, 0)].contains(&told), "{texts:?}");
        here.rounds.stop().await;
        there.rounds.stop().await;
    }
});

journey!(a_database_that_takes_nothing_is_told_past_it, with_an_owner(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let watched = Watched::over(shop);
    pulses(shop, 1).await;
    shop.change("ALTER TABLE leases RENAME TO hidden").await;
    let system = Clock::system();
    for _ in 0..6 {
        shop.advance(16);
        system.sleep(Duration::from_millis(150)).await;
    }
    boss.sees_text("database tidak bisa ditulis").await;
    shop.change("ALTER TABLE hidden RENAME TO leases").await;
    for _ in 0..3 {
        shop.advance(16);
        system.sleep(Duration::from_millis(150)).await;
    }
    boss.sees_text("database bisa ditulis lagi").await;
    let texts = shop.heard(&boss);
    let told = [count(&texts, "tidak bisa ditulis"), count(&texts, "bisa ditulis lagi")];
    assert_eq!((told, texts.len()), ([1, 1], 2), "{texts:?}");
    watched.rounds.stop().await;
});

journey!(owners_who_want_no_alerts_hear_nothing, with_an_owner().without_alerts(), |shop| {
    let boss = shop.owner_bot().person(OWNER, "Pak Bos");
    let watched = Watched::over(shop);
    watched.is(Load { cpu: Some(99), memory: Some(99), disk: Some(99) });
    shop.stage.bot.deliver_raw(json!({"message": "unreadable"}));
    shop.rounds_go_by(3).await;
    assert_eq!(shop.heard(&boss), Vec::<String>::new());
    watched.rounds.stop().await;
});
