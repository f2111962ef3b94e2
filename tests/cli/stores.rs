//! `auto-order store`: what goes in comes out, but no secret ever does.

use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};

use crate::place::{Place, Ran};

const TOKEN: &str = "700000001:kanari-token-panjang";
const KEY: &str = "kanari-api-key";

fn added(place: &Place) -> Ran {
    let key = place.file("key", &format!("{KEY}\n"));
    place.run(&[
        "store",
        "add",
        "kopi",
        "--json",
        "--name",
        "Kopi & Teh",
        "--bot-token",
        TOKEN,
        "--admins",
        "1,2",
        "--owners",
        "9",
        "--timezone",
        "Asia/Makassar",
        "--language",
        "en",
        "--pakasir-slug",
        "kopi-slug",
        "--pakasir-api-key",
        &format!("@{key}"),
        "--invoice-minutes",
        "30",
    ])
}

#[test]
fn a_store_is_added_shown_changed_and_removed() {
    let place = Place::new().set("PUBLIC_URL", "https://toko.test/");
    let made = added(&place).json();
    let hook = made["telegram_webhook_url"].as_str().and_then(|url| url.rsplit('/').next());
    let hook = hook.expect("an address");
    assert!(hook.len() >= 20, "the hook cannot be guessed: {hook}");
    let wanted = json!({
        "slug": "kopi",
        "name": "Kopi & Teh",
        "timezone": "Asia/Makassar",
        "language": "en",
        "telegram_webhook_url": format!("https://toko.test/telegram/{hook}"),
        "pakasir_webhook_url": format!("https://toko.test/pakasir/{hook}"),
        "pakasir_project": "kopi-slug",
        "pakasir_version": "v2",
        "pakasir_sandbox": false,
        "invoice_minutes": 30,
        "low_stock_threshold": 3,
        "snk_retention_days": 30,
        "sticker": null,
        "admins": [1, 2],
        "owners": [9],
    });
    assert_eq!(made, wanted);
    for look in [&["store", "show", "kopi", "--json"][..], &["store", "show", "--json"]] {
        assert_eq!(place.run(look).json(), wanted);
    }
    assert_eq!(place.run(&["store", "list", "--json"]).json(), json!([wanted]));
    assert_eq!(place.run(&["store", "list"]).out, "kopi\tKopi & Teh\n");

    let change = ["store", "set", "kopi", "--name", "Kopi Saja", "--admins", "3", "--json"];
    let mut changed = wanted.clone();
    changed["name"] = json!("Kopi Saja");
    changed["admins"] = json!([3]);
    assert_eq!(place.run(&change).json(), changed, "what is not named stays");

    let removed = place.run(&["store", "remove", "kopi", "--json"]).json();
    assert_eq!(removed, json!({"removed": "kopi"}));
    assert_eq!(place.run(&["store", "list", "--json"]).json(), json!([]));
}

#[test]
fn no_secret_is_shown() {
    let place = Place::new();
    let words = [
        added(&place),
        place.run(&["store", "show", "kopi"]),
        place.run(&["store", "show", "kopi", "--json"]),
        place.run(&["store", "list", "--json"]),
        place.run(&["store", "set", "kopi", "--bot-token", "kanari tanpa bentuk"]),
        place.run(&["store", "add", "teh", "--bot-token", "kanari"]),
    ];
    for ran in words {
        assert!(!format!("{ran:?}").contains("kanari"), "{ran:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_with_a_reason() {
    let place = Place::new();
    let refused = |arguments: &[&str], code, reason: &str| {
        let ran = place.run(arguments);
        let told = ran.failed_with(code);
        assert!(told.contains(reason), "{arguments:?}: {told}");
    };
    refused(&["store", "show"], 2, "no store yet");
    refused(&["store", "add", "kopi"], 1, "--bot-token");
    refused(&["store", "add", "Kopi Enak", "--bot-token", TOKEN], 1, "a–z");
    added(&place).json();
    refused(&["store", "add", "kopi", "--bot-token", TOKEN], 2, "already");
    refused(&["store", "show", "teh"], 2, "no store 'teh'");
    refused(&["store", "set", "teh", "--name", "Teh"], 2, "no store 'teh'");
    refused(&["store", "remove", "teh"], 2, "no store 'teh'");
    refused(&["store", "set", "kopi", "--language", "jv"], 2, "neither id nor en");
    refused(&["store", "set", "kopi", "--timezone", "Mars"], 2, "not a time zone");
    refused(&["store", "set", "kopi", "--bot-token", "@nowhere"], 2, "nowhere cannot be read");
    let kept: Value = place.run(&["store", "show", "--json"]).json();
    assert_eq!(kept["name"], "Kopi & Teh");

    place.run(&["store", "add", "teh", "--bot-token", "700000002:token-yang-panjang", "--json"]);
    refused(&["store", "show"], 2, "several stores");
}

#[tokio::test]
async fn a_store_with_customers_stays() {
    let place = Place::new();
    added(&place).json();
    let url = format!("sqlite:{}", place.path("data/auto-order.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.expect("the file opens");
    let customer = "INSERT INTO customers (store_id, user_id, name, language, created_at) \
                    VALUES (1, 5, 'Budi', 'id', 0)";
    database.execute(customer).await.expect("written");
    database.close().await.expect("closed");
    let ran = place.run(&["store", "remove", "kopi"]);
    assert!(ran.failed_with(1).contains("has customers"), "{ran:?}");
    assert_eq!(place.run(&["store", "list"]).out, "kopi\tKopi & Teh\n");
}

#[tokio::test]
async fn a_damaged_store_is_named_and_hides_no_other() {
    let nobody = "http://127.0.0.1:9";
    let place = Place::new().set("TELEGRAM_API_URL", nobody).set("PAKASIR_API_URL", nobody);
    added(&place).json();
    let url = format!("sqlite:{}", place.path("data/auto-order.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.expect("the file opens");
    // Its secrets are another store's: they do not open under its name.
    let damaged = "INSERT INTO stores (slug, name, timezone, language, pakasir_version, pakasir_sandbox, \
        invoice_minutes, terms_days, hook, secrets, secrets_key, revision, created_at, updated_at) \
        SELECT 'rusak', 'Rusak', timezone, language, pakasir_version, pakasir_sandbox, \
        invoice_minutes, terms_days, 'rusak', secrets, secrets_key, 1, created_at, updated_at FROM stores";
    database.execute(damaged).await.expect("written");
    database.close().await.expect("closed");
    let list = place.run(&["store", "list"]);
    assert_eq!(list.code, Some(0), "{list:?}");
    assert!(list.out.starts_with("kopi\tKopi & Teh\nrusak\t(does not open: "), "{list:?}");
    let list = place.run(&["store", "list", "--json"]).json();
    assert_eq!((&list[0]["slug"], &list[1]["slug"]), (&json!("kopi"), &json!("rusak")));
    assert!(list[0]["error"].is_null() && list[1]["error"].is_string(), "{list}");
    assert_eq!(place.run(&["store", "show", "kopi"]).code, Some(0));
    place.run(&["store", "show", "rusak"]).failed_with(1);
    let health = place.run(&["healthcheck", "--json"]);
    assert!(
        health.out.contains("store:rusak") && health.out.contains("telegram:kopi"),
        "{health:?}"
    );
}
