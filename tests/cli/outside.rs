//! `auto-order healthcheck` and `auto-order webhook`, beside a sandbox that is there or not.

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::Stage;
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

#[test]
fn without_an_address_there_is_nothing_to_register() {
    let place = Place::new().set("TELEGRAM_BOT_TOKEN", "700000001:a-token-that-is-long-enough");
    let ran = place.run(&["webhook", "set"]);
    assert!(ran.failed_with(2).contains("PUBLIC_URL"), "{ran:?}");
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
