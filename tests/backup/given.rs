//! Given a shop in a real process with its database, and eyes to see every row of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use bot_auto_order::primitives::{Clock, UserId, random_token};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::telegram::Person;
use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
};

use crate::place::{Place, Serving};

pub const PASSWORD: &str = "kanari-sandi-cadangan";
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Runs one story on both engines.
#[macro_export]
macro_rules! on_both_engines {
    ($name:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::given::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name($crate::given::Engine::Postgres).await;
            }
        }
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

#[expect(clippy::disallowed_methods, reason = "the test script says where its cluster is")]
pub fn cluster() -> String {
    let url = std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: ./scripts/test starts a cluster and sets it");
    url.trim_end_matches('/').to_owned()
}

/// A machine: a folder, an environment and, on PostgreSQL, a database of its own.
pub struct Machine {
    pub place: Place,
    pub url: String,
    name: Option<String>,
}

impl Machine {
    /// With this environment, and where the data goes.
    pub async fn with(engine: Engine, place: Place) -> Self {
        let place =
            place.set("AUTO_ORDER_BACKUP_EFFORT", "4").set("BACKUP_ENCRYPTION_PASSWORD", PASSWORD);
        if engine == Engine::Sqlite {
            let url = format!("sqlite:{}", place.path("data/auto-order.db").display());
            return Self { place, url, name: None };
        }
        let name = format!("backup_{}", random_token().to_lowercase().replace('-', "_"));
        let mut admin =
            PgConnection::connect(&format!("{}/postgres", cluster())).await.expect("up");
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE \"{name}\""))).await.expect("made");
        let url = format!("{}/{name}", cluster());
        Self { place: place.set("DATABASE_URL", &url), url, name: Some(name) }
    }

    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.place = self.place.set(name, value);
        self
    }

    /// Runs a command that must go well; what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let ran = self.place.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        ran.out
    }

    /// The archive that was made, by its path.
    pub fn backs_up(&self, more: &[&str]) -> std::path::PathBuf {
        let made = self.place.run(&[&["backup", "create", "--json"], more].concat()).json();
        let name = made["name"].as_str().expect("a name").to_owned();
        self.place.path("backups/local").join(name)
    }

    /// Serves, and the world reaches it.
    pub fn serve(&self, stage: &Stage) -> Serving {
        let serving = self.place.serve();
        stage.lead_to(serving.bind);
        serving
    }

    /// Every row of every table, as text, sorted.
    pub async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let tables = self.texts(if self.name.is_some() {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        });
        let mut rows = BTreeMap::new();
        for table in tables.await {
            let all = if self.name.is_some() {
                format!("SELECT CAST(t AS TEXT) FROM \"{table}\" t")
            } else {
                let columns =
                    self.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let quoted: Vec<String> =
                    columns.iter().map(|name| format!("quote(\"{name}\")")).collect();
                format!("SELECT {} FROM \"{table}\"", quoted.join(" || ',' || "))
            };
            let mut texts = self.texts(&all).await;
            texts.sort();
            rows.insert(table, texts);
        }
        rows
    }

    /// The first column of a question's rows.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.name.is_some() {
            let mut connection = PgConnection::connect(&self.url).await.expect("it answers");
            let rows = connection.fetch_all(sql).await.expect("it tells");
            return rows.iter().map(|row| row.get(0)).collect();
        }
        let mut connection = SqliteConnection::connect(&self.url).await.expect("it opens");
        let rows = connection.fetch_all(sql).await.expect("it tells");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// One number.
    pub async fn count(&self, sql: &str) -> i64 {
        let text = self.texts(&format!("SELECT CAST(({sql}) AS TEXT)")).await;
        text[0].parse().expect("a number")
    }

    /// Changes rows as a fault or a person would.
    pub async fn change(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.name.is_some() {
            let mut connection = PgConnection::connect(&self.url).await.expect("it answers");
            connection.execute(sql).await.expect("it obeys");
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("it opens");
            connection.execute(sql).await.expect("it obeys");
        }
    }

    /// Waits until a number is what it should be.
    pub async fn until(&self, sql: &str, expected: i64) {
        let began = Instant::now();
        while self.count(sql).await != expected {
            assert!(
                began.elapsed() < PATIENCE,
                "{sql} is {}, not {expected}",
                self.count(sql).await
            );
            Clock::system().sleep(Duration::from_millis(50)).await;
        }
    }

    /// Nothing is on its way.
    pub async fn rests(&self) {
        self.until("SELECT COUNT(*) FROM inbox WHERE state = 'pending'", 0).await;
        self.until("SELECT COUNT(*) FROM outbox WHERE state = 'pending'", 0).await;
        self.until("SELECT COUNT(*) FROM audit_waiting", 0).await;
    }

    /// The machine is lost, with everything on it.
    pub async fn lost(self) {
        if let Some(name) = &self.name {
            let admin = format!("{}/postgres", cluster());
            let mut admin = PgConnection::connect(&admin).await.expect("it answers");
            let drop = format!("DROP DATABASE \"{name}\" WITH (FORCE)");
            admin.execute(AssertSqlSafe(drop)).await.expect("it obeys");
        }
    }
}

/// A shop that sells coffee: the stage, and the machine whose catalogue has so many units `kopi-rahasia-n`.
pub async fn coffee_shop(engine: Engine, units: usize) -> (Stage, Machine) {
    let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
    let machine = Machine::with(engine, Place::beside(&stage)).await;
    let units: Vec<String> = (1..=units).map(|n| format!("kopi-rahasia-{n}")).collect();
    let goods = json!({"products": [{"code": "KOPI", "name": "Kopi Susu", "price": 30_000, "units": units}]});
    let file = machine.place.file("goods.json", &goods.to_string());
    machine.run(&["catalogue", "import", &file]);
    let shown = machine.place.run(&["store", "show", "--json"]).json();
    let callbacks = shown["pakasir_webhook_url"].as_str().expect("an address").to_owned();
    stage.project.callbacks_to(Some(&callbacks));
    (stage, machine)
}

/// Somebody who writes to the bot.
pub fn person(stage: &Stage, id: i64, name: &str) -> Person {
    stage.bot.person(UserId(id), name).language("id")
}

/// Puts a coffee on an order, unpaid.
pub async fn orders(who: &Person) {
    who.say("/start");
    who.sees_text("Selamat datang").await;
    who.say("1");
    who.sees_text("Jumlah:").await;
    who.press("Lanjut ke Keranjang");
    who.sees_text("🧺 Keranjang\n").await;
    who.press("Lanjut ke Pembayaran");
    who.sees_text("Pilih cara bayar").await;
    who.press("QRIS");
    who.sees_text("Bayar sebelum").await;
}

/// Buys a coffee; the secret that came.
pub async fn buys(stage: &Stage, who: &Person) -> String {
    let before: Vec<String> =
        stage.project.transactions().into_iter().map(|sale| sale.txn_id).collect();
    orders(who).await;
    let sale = stage.project.transaction_where(|sale| !before.contains(&sale.txn_id)).await;
    stage.project.pay(&sale.txn_id).expect("paid");
    let goods = who.sees_text("kopi-rahasia-").await;
    secrets_in(&goods.text).pop().expect("a secret")
}

/// Every secret that stands in a text.
pub fn secrets_in(text: &str) -> Vec<String> {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric() && one != '-');
    words.filter(|word| word.starts_with("kopi-rahasia-")).map(str::to_owned).collect()
}

/// Whether bytes hold a text.
pub fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Every file under a folder.
pub fn files_under(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(files_under(&path)) } else { files.push(path) }
    }
    files
}
