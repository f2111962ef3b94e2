//! `auto-order healthcheck` and `auto-order webhook`, beside a sandbox that is there or not.

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::primitives::{Clock, Secret};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::{execute, sql};
use serde_json::Value;

use crate::place::Place;

async fn stage() -> Stage {
    Stage::start(Clock::system()).await.expect("loopback has free ports")
}

/// The names of the checks that went ill.
fn ill(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().expect("checks");
    assert_eq!(report["healthy"], checks.iter().all(|check| check["ok"] == true));
    checks.iter().filter(|check| check["ok"] == false).filter_map(|c| c["name"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_webhook_tell_the_truth() {
    let stage = stage().await;
    let place = Place::beside(&stage);
    let url = place.run(&["store", "show", "--json"]).json()["telegram_webhook_url"].clone();

    let ran = place.run(&["healthcheck", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(ill(&serde_json::from_str(&ran.out).expect("JSON")), ["webhook:toko"]);
    let info = place.run(&["webhook", "info", "--json"]).json();
    assert_eq!(info[0]["is_ours"], false);

    let ran = place.run(&["webhook", "set"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "registered the webhook of toko\n"));
    let seen = stage.bot.webhook().expect("a registration");
    assert_eq!(seen.url, url.as_str().expect("an address"));
    assert!(seen.secret.is_some_and(|secret| secret.len() >= 20));
    let info = place.run(&["webhook", "info", "--json"]).json();
    assert_eq!((&info[0]["url"], &info[0]["is_ours"]), (&url, &Value::Bool(true)));

    let ran = place.run(&["healthcheck", "--json"]);
    assert_eq!(ill(&ran.json()), Vec::<&str>::new());
    let ran = place.run(&["healthcheck"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.out.lines().all(|line| line.starts_with("ok ")), "{}", ran.out);

    stage.stop().await;
    let ran = place.run(&["healthcheck", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let report = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(ill(&report), ["telegram:toko", "webhook:toko", "pakasir"]);
    for command in ["info", "set"] {
        let ran = place.run(&["webhook", command]);
        let told = ran.failed_with(1);
        assert!(told.contains("toko") && !told.contains(stage.token.expose()), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_limit_that_is_passed_is_named_and_the_exit_code_is_1() {
    let stage = stage().await;
    let place = Place::beside(&stage)
        .set("HEALTH_MEMORY_THRESHOLD", "1")
        .set("HEALTH_DISK_THRESHOLD", "1")
        .set("LOG_DIR", "logs")
        .set("LOG_USAGE_THRESHOLD_MB", "1")
        .set("ENABLE_AUTO_BACKUP", "true")
        .set("BACKUP_ENCRYPTION_PASSWORD", "kanari-sandi-cadangan");
    assert_eq!(place.run(&["webhook", "set"]).code, Some(0));
    std::fs::create_dir(place.path("logs")).expect("made");
    place.file("logs/auto-order-2026-11-28.log", &"x".repeat(3 << 20));
    let ran = place.run(&["healthcheck", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(ill(&report), ["memory", "disk", "logs", "backup"], "{report}");
    let ran = place.run(&["healthcheck"]);
    assert!(ran.failed_with(1).contains("something is wrong"), "{ran:?}");
    assert!(ran.out.contains("BAD logs: 3 MB, the limit is 1 MB"), "{}", ran.out);

    // An archive of this very second is a backup.
    let now = Clock::system().now().to_rfc3339();
    let digits: String = now.chars().take(19).filter(|letter| !"-:".contains(*letter)).collect();
    std::fs::create_dir_all(place.path("backups/local")).expect("made");
    place.file(&format!("backups/local/auto-order-{digits}Z.age"), "");
    let ran = place.run(&["healthcheck", "--json"]);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(ill(&report), ["memory", "disk", "logs"], "{report}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_at_a_standby_address_is_shown_and_comes_back_by_command() {
    let stage = stage().await;
    let place = Place::beside(&stage).set("STANDBY_PUBLIC_URLS", "https://dua.test");
    let shown = |place: &Place| {
        let store = place.run(&["store", "show", "--json"]).json();
        store["telegram_webhook_url"].as_str().expect("an address").to_owned()
    };
    let at = |place: &Place| {
        let info = place.run(&["webhook", "info", "--json"]).json();
        (info[0]["is_ours"].clone(), info[0]["is_at_standby"].clone())
    };
    let serving = place.serve();
    stage.lead_to(serving.bind);
    let bot = stage.bot.clone();
    stage.telegram.until(move |_| bot.webhook()).await;
    assert!(shown(&place).starts_with("https://toko.test/telegram/"));
    let url = format!("sqlite:{}", place.path("data/auto-order.db").display());
    let db = Db::open(&Secret::new(url), OpenMode::Command).await.expect("opens");
    let mut tx = db.write().await.expect("begins");
    let sql = sql!("UPDATE stores SET standby_url = 'https://dua.test', revision = revision + 1");
    execute!(&mut tx, sql).expect("moved");
    tx.commit().await.expect("commits");
    db.close().await;
    let told = |base: &'static str| {
        let bot = stage.bot.clone();
        move |_: &_| bot.webhook().filter(|webhook| webhook.url.starts_with(base))
    };
    stage.telegram.until(told("https://dua.test/telegram/")).await;
    assert!(shown(&place).starts_with("https://dua.test/telegram/"));
    assert_eq!(at(&place), (true.into(), true.into()));
    // Telegram takes one registration a second; what it puts off, the service makes good.
    let _ = place.run(&["webhook", "set", "--back"]);
    stage.telegram.until(told("https://toko.test/telegram/")).await;
    assert!(shown(&place).starts_with("https://toko.test/telegram/"));
    assert_eq!(at(&place), (true.into(), false.into()));
    assert_eq!(serving.terminate().0.code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_secret_is_replaced_and_shown_to_nobody() {
    let stage = stage().await;
    let place = Place::beside(&stage);
    assert_eq!(place.run(&["webhook", "set"]).code, Some(0));
    let secret = || stage.bot.webhook().and_then(|webhook| webhook.secret).expect("registered");
    let (before, shown) = (secret(), place.run(&["store", "show", "--json"]).json());

    let rotated = place.run(&["webhook", "rotate", "--json"]).json();
    assert_eq!(rotated["telegram_webhook_url"], shown["telegram_webhook_url"]);
    assert_eq!((&rotated["slug"], &rotated["overlap_minutes"]), (&"toko".into(), &10.into()));
    assert_eq!(secret(), before, "the service tells Telegram, not the command");
    // Telegram takes no second registration within a second.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while place.run(&["webhook", "set"]).code != Some(0) {
        assert!(std::time::Instant::now() < deadline, "the new secret could not be registered");
    }
    let after = secret();
    assert_ne!(after, before);

    let ran = place.run(&["webhook", "rotate", "toko", "--hook", "--overlap", "30"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let now = place.run(&["store", "show", "--json"]).json();
    let callbacks = now["pakasir_webhook_url"].as_str().expect("an address");
    assert_ne!(now["pakasir_webhook_url"], shown["pakasir_webhook_url"]);
    assert!(ran.out.contains("30 minutes") && ran.out.contains(callbacks), "{}", ran.out);
    for secret in [before, after] {
        assert!(!format!("{ran:?}{rotated}").contains(&secret));
    }
    assert!(place.run(&["webhook", "rotate", "nobody"]).failed_with(2).contains("nobody"));
}

#[test]
fn without_an_address_there_is_nothing_to_register() {
    let place = Place::new().set("TELEGRAM_BOT_TOKEN", "700000001:a-token-that-is-long-enough");
    for command in ["set", "rotate"] {
        let ran = place.run(&["webhook", command]);
        assert!(ran.failed_with(2).contains("PUBLIC_URL"), "{ran:?}");
    }
}

#[test]
fn a_database_that_is_not_there_is_unhealthy() {
    let place = Place::new().set("DATABASE_URL", "postgres://rina:kanari-sandi@127.0.0.1:1/toko");
    let ran = place.run(&["healthcheck", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(ill(&report), ["database", "stores"]);
    assert!(!format!("{ran:?}").contains("kanari"), "{ran:?}");
}
