//! What must never stand anywhere in clear: keys, tokens, and the goods.

use bot_auto_order::db::{Sql, Tx};
use bot_auto_order::sandbox::pakasir::{self, CallKind};
use bot_auto_order::sandbox::telegram::{Fault, FaultKind};

use crate::given::{TestShop, order};
use crate::journey;
use crate::wire::request;

/// Every row of every table as text; bytes as hexadecimal digits.
async fn whole_database(shop: &TestShop) -> String {
    const TABLES: Sql = Sql {
        sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'",
        postgres: "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
                   WHERE table_schema = 'public'",
    };
    let mut tx = shop.db().read().await.expect("reads");
    let tables = bot_auto_order::fetch_all!(&mut tx, (String,), TABLES).expect("reads");
    let mut all = String::new();
    for (table,) in tables {
        all.push_str(&whole_table(&mut tx, &table).await);
    }
    all
}

async fn whole_table(tx: &mut Tx, table: &str) -> String {
    let sqlite = format!("SELECT name FROM pragma_table_info('{table}')");
    let columns = match tx {
        Tx::Postgres(_) => Vec::new(),
        Tx::Sqlite(_) => {
            let names = forever(sqlite, String::new());
            bot_auto_order::fetch_all!(tx, (String,), names).expect("reads")
        }
    };
    let columns: Vec<String> = columns.iter().map(|(name,)| format!("quote(\"{name}\")")).collect();
    let rows = forever(
        format!("SELECT {} FROM \"{table}\"", columns.join(" || ' ' || ")),
        format!("SELECT CAST(t AS TEXT) FROM \"{table}\" t"),
    );
    let rows = bot_auto_order::fetch_all!(tx, (String,), rows).expect("reads");
    rows.into_iter().map(|(row,)| row + "\n").collect()
}

/// Statements are constants of the program; a test may make its own.
fn forever(sqlite: String, postgres: String) -> Sql {
    Sql { sqlite: sqlite.leak(), postgres: postgres.leak() }
}

fn hexadecimal(text: &str) -> String {
    let digits: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

journey!(database_and_metrics_hold_no_secret_in_clear, |shop| {
    let budi = shop.person(101, "Budi");
    let fault = |kind, call| pakasir::Fault { call: Some(call), reference: None, times: 1, kind };
    shop.stage.gateway.fault(fault(pakasir::FaultKind::Html502, CallKind::Create));
    shop.stage.telegram.fault(Fault::next(FaultKind::ServerError).on("sendPhoto"));
    order(&budi, "1").await;
    budi.sees_text("Menyiapkan QRIS").await;
    let sale = loop {
        shop.quiet().await;
        shop.advance(8);
        if let Some(sale) = shop.stage.project.transactions().pop() {
            break sale;
        }
    };
    shop.quiet().await;
    shop.advance(8);
    budi.sees_text("Bayar sebelum").await;
    shop.stage.project.pay(&sale.txn_id).expect("paid");
    budi.sees_text("kopi-secret-1").await;
    shop.quiet().await;

    let database = whole_database(shop).await;
    let metrics = request(shop.service().probe(), "GET /metrics", &[], b"").await.body;
    assert!(database.contains("Kopi Susu") && metrics.contains("auto_order_"), "it was looked at");
    let store = shop.store();
    let secrets = [
        "-secret-".to_owned(),
        store.bot_token.expose().clone(),
        store.webhook_secret.expose().clone(),
        shop.stage.project.api_key().expose().clone(),
        shop.pakasir_secret(),
    ];
    for secret in secrets {
        let digits = hexadecimal(&secret);
        assert!(!database.contains(&secret), "the database holds {secret}");
        assert!(
            !database.to_lowercase().contains(&digits),
            "the database holds the bytes of {secret}"
        );
        assert!(!metrics.contains(&secret), "the metrics hold {secret}");
    }
    assert!(!metrics.contains(&store.hook), "the metrics hold the hook");
});
