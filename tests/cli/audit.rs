//! `auto-order audit verify`: says that a chain is whole, or where it is not.

use sqlx::{Connection as _, Executor as _};

use crate::place::Place;

#[test]
fn an_empty_log_is_whole_and_an_unknown_store_is_said() {
    let place = Place::new().set("TELEGRAM_BOT_TOKEN", "700000001:a-token-that-is-long-enough");
    let ran = place.run(&["audit", "verify"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("toko: 0 entries, the chain is whole"), "{ran:?}");
    let ran = place.run(&["audit", "verify", "--store", "lain"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("there is no store 'lain'"), "{ran:?}");
}

#[tokio::test]
async fn an_entry_that_nobody_sealed_is_found() {
    let place = Place::new().set("TELEGRAM_BOT_TOKEN", "700000001:a-token-that-is-long-enough");
    assert_eq!(place.run(&["audit", "verify"]).code, Some(0));
    let url = format!("sqlite:{}", place.path("data/auto-order.db").display());
    let mut database = sqlx::SqliteConnection::connect(&url).await.expect("the file opens");
    let forged = "INSERT INTO audit (store_id, place, at, action, subject, hash) \
                  SELECT id, 1, 0, 'balance.adjust', 'customer 5', x'00' FROM stores";
    database.execute(forged).await.expect("written");
    database.close().await.expect("closed");
    let ran = place.run(&["audit", "verify"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("toko: entry 1 does not fit"), "{ran:?}");
}
