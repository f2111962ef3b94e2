//! Given a shop: the real service over real HTTP, on its own database, beside the sandbox.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::pakasir::Version;
use bot_auto_order::primitives::{
    Clock, Keyring, OrderId, ProductId, Secret, UserId, random_token,
};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::pakasir::{self as gateway, Transaction};
use bot_auto_order::sandbox::telegram::{Bot, Person, Seen};
use bot_auto_order::shop::catalogue::{self, CatalogueFile};
use bot_auto_order::shop::stock;
use bot_auto_order::shop::stores::{self, Store, Wish};
use bot_auto_order::telemetry::{self, LogFormat};
use bot_auto_order::worker::{Service, ServiceError, Settings, Steps, pakasir_url};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};
use tokio_util::task::TaskTracker;

use crate::books;

pub const PUBLIC_URL: &str = "https://toko.test";
pub const ADMIN: UserId = UserId(1);
/// Longest wait of a test for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Runs one story on both engines: `journey!(a_story, |shop| { … })`, or with a shop made to order:
/// `journey!(a_story, TestShop::with(json!({…})), |shop| { … })`.
#[macro_export]
macro_rules! journey {
    ($(#[$meta:meta])* $name:ident, |$shop:ident| $body:block) => {
        $crate::journey!($(#[$meta])* $name, $crate::given::Plan::default(), |$shop| $body);
    };
    ($(#[$meta:meta])* $name:ident, $plan:expr, |$shop:ident| $body:block) => {
        $(#[$meta])*
        async fn $name(engine: $crate::given::Engine) {
            let mut opened = $plan.open(engine).await;
            let $shop = &mut opened;
            $body
            opened.close().await;
        }

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

/// What kind of shop a story needs.
#[derive(Clone)]
pub struct Plan {
    catalogue: Value,
    with_gateway: bool,
    wish: Wish,
    standbys: Vec<String>,
    alerts: bool,
    owner_bot: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self::with(products(&[("KOPI", "Kopi Susu", 30_000, 5), ("TEH", "Teh Manis", 12_000, 3)]))
    }
}

/// A catalogue of `(code, name, price, units)`; units read `code-secret-n`.
pub fn products(goods: &[(&str, &str, i64, usize)]) -> Value {
    let products = goods.iter().map(|(code, name, price, units)| {
        let units: Vec<String> =
            (1..=*units).map(|n| format!("{}-secret-{n}", code.to_lowercase())).collect();
        json!({"code": code, "name": name, "price": price, "units": units})
    });
    json!({ "products": products.collect::<Vec<_>>() })
}

impl Plan {
    /// A shop with this catalogue.
    pub fn with(catalogue: Value) -> Self {
        Self {
            catalogue,
            with_gateway: true,
            wish: Wish::default(),
            standbys: Vec::new(),
            alerts: true,
            owner_bot: false,
        }
    }

    /// Without gateway keys.
    pub fn without_gateway(mut self) -> Self {
        self.with_gateway = false;
        self
    }

    /// With these addresses to move the webhook to.
    pub fn with_standbys(mut self, urls: &[&str]) -> Self {
        self.standbys = urls.iter().map(|url| (*url).to_owned()).collect();
        self
    }

    /// With owners who want no alerts.
    pub fn without_alerts(mut self) -> Self {
        self.alerts = false;
        self
    }

    /// With a bot of the owners' own.
    pub fn with_owner_bot(mut self) -> Self {
        self.owner_bot = true;
        self
    }

    /// With these settings as well.
    pub fn wishing(mut self, wish: Wish) -> Self {
        self.wish = wish;
        self
    }

    pub async fn open(self, engine: Engine) -> TestShop {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The log of a failed story is shown with it; it can be begun once in a process.
        let _ = telemetry::init("info", LogFormat::Text, None);
        let clock = Clock::jumping();
        let stage = Stage::start(clock.clone()).await.expect("loopback has free ports");
        let base = Base::fresh(engine).await;
        let key = Keyring::fresh_key();
        let keyring = Arc::new(Keyring::from_base64(&key).expect("a fresh key"));
        let owner_bot = self.owner_bot.then(|| {
            let token = format!("700000009:{}", random_token());
            let bot = stage.telegram.add_bot(&token, "kabar_owner_bot");
            (bot, Secret::new(token))
        });
        let (standbys, alerts) = (self.standbys.clone(), self.alerts);
        let mut shop = TestShop {
            stage,
            clock,
            base,
            key,
            keyring,
            service: None,
            twin: None,
            store: None,
            standbys,
            alerts,
            owner_bot,
        };
        let db = shop.open_db().await;
        let mut tx = db.write().await.expect("begins");
        let wish = shop.wish(&self);
        let now = shop.clock.now();
        let store = stores::apply(&mut tx, &shop.keyring, "toko", &wish, now).await.expect("store");
        let file: CatalogueFile = serde_json::from_value(self.catalogue).expect("a catalogue");
        catalogue::import(&mut tx, &store, &shop.keyring, &file, now).await.expect("imported");
        tx.commit().await.expect("commits");
        shop.stage.project.callbacks_to(Some(&pakasir_url(PUBLIC_URL, &store.hook)));
        if self.wish.pakasir_version == Some(Version::V1) {
            shop.stage.project.version(gateway::Version::V1);
        }
        shop.store = Some(store);
        shop.start_on(db).await;
        shop
    }

    /// At a project that speaks the gateway's old API.
    pub fn on_v1(mut self) -> Self {
        self.wish.pakasir_version = Some(Version::V1);
        self
    }
}

/// Where the data of one test lives.
struct Base {
    engine: Engine,
    url: Secret<String>,
    folder: Option<tempfile::TempDir>,
    server: String,
    name: String,
}

impl Base {
    async fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let url = format!("sqlite:{}", folder.path().join("shop.db").display());
                let (server, name) = (String::new(), String::new());
                Self { engine, url: Secret::new(url), folder: Some(folder), server, name }
            }
            Engine::Postgres => {
                let server = postgres_server();
                let name = format!("journey_{}", random_token().to_lowercase().replace('-', "_"));
                run_sql(&server, &format!("CREATE DATABASE \"{name}\"")).await;
                let url = Secret::new(format!("{}/{name}", server.trim_end_matches('/')));
                Self { engine, url, folder: None, server, name }
            }
        }
    }

    async fn drop(self) {
        if self.engine == Engine::Postgres {
            run_sql(&self.server, &format!("DROP DATABASE \"{}\" WITH (FORCE)", self.name)).await;
        }
        drop(self.folder);
    }
}

#[expect(clippy::disallowed_methods, reason = "the test script says where its cluster is")]
fn postgres_server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: ./scripts/test starts a cluster and sets it")
}

async fn run_sql(server: &str, statement: &str) {
    let url = format!("{}/postgres", server.trim_end_matches('/'));
    let mut connection = sqlx::PgConnection::connect(&url).await.expect("the cluster answers");
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    connection.execute(statement).await.expect("the cluster obeys");
    connection.close().await.expect("the connection ends");
}

/// A shop in which a story happens.
pub struct TestShop {
    pub stage: Stage,
    pub clock: Clock,
    /// The first data key, as it stands in the environment.
    pub key: Secret<String>,
    pub keyring: Arc<Keyring>,
    base: Base,
    service: Option<Service>,
    twin: Option<Service>,
    store: Option<Store>,
    standbys: Vec<String>,
    alerts: bool,
    owner_bot: Option<(Bot, Secret<String>)>,
}

impl TestShop {
    fn wish(&self, plan: &Plan) -> Wish {
        let project = plan.with_gateway.then_some(&self.stage.project);
        Wish {
            name: Some(plan.wish.name.clone().unwrap_or_else(|| "Toko Uji".to_owned())),
            bot_token: Some(self.stage.token.clone()),
            admins: Some(vec![ADMIN]),
            pakasir_slug: project.map(|project| project.slug().to_owned()),
            pakasir_api_key: project.map(bot_auto_order::sandbox::pakasir::Project::api_key),
            pakasir_webhook_secret: project
                .map(bot_auto_order::sandbox::pakasir::Project::webhook_secret),
            ..plan.wish.clone()
        }
    }

    pub async fn open_db(&self) -> Db {
        Db::open(&self.base.url, OpenMode::Server).await.expect("the database opens")
    }

    async fn start_on(&mut self, db: Db) {
        // Telegram takes one registration a second.
        self.clock.advance(Duration::from_secs(2));
        let service = self.serve(db).await;
        self.stage.lead_to(service.bind());
        self.service = Some(service);
        let bot = self.stage.bot.clone();
        self.stage.telegram.until(move |_| bot.webhook()).await;
    }

    async fn serve(&self, db: Db) -> Service {
        Service::start(self.settings(db)).await.expect("the service starts")
    }

    /// Why the service does not start on its data now; it must not.
    pub async fn refuses_to_start(&self) -> ServiceError {
        let db = self.open_db().await;
        let refused = Service::start(self.settings(db.clone())).await.err();
        db.close().await;
        refused.expect("the service starts")
    }

    fn settings(&self, db: Db) -> Settings {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Settings {
            db,
            clock: self.clock.clone(),
            keyring: Arc::clone(&self.keyring),
            bind: loopback.into(),
            probe: loopback.into(),
            public_url: Some(PUBLIC_URL.to_owned()),
            max_connections: 40,
            telegram_api_url: self.stage.telegram.url(),
            pakasir_api_url: self.stage.gateway.url(),
            pakasir_public_domain: "https://bayar.test".to_owned(),
            owner_bot_token: self.owner_bot.as_ref().map(|(_, token)| token.clone()),
            owner_alerts: self.alerts,
            standby_urls: self.standbys.clone(),
        }
    }

    /// The address of its data.
    pub fn url(&self) -> &Secret<String> {
        &self.base.url
    }

    pub fn engine(&self) -> Engine {
        self.base.engine
    }

    pub fn service(&self) -> &Service {
        self.service.as_ref().expect("the service runs")
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().expect("the store was made")
    }

    pub fn db(&self) -> &Db {
        &self.service().shared().db
    }

    /// Where the service takes deliveries.
    pub fn door(&self, path: &str) -> String {
        format!("http://{}{path}", self.service().bind())
    }

    pub fn pakasir_door(&self) -> String {
        pakasir_url(&self.door(""), &self.store().hook)
    }

    /// The owners' own bot.
    pub fn owner_bot(&self) -> &Bot {
        &self.owner_bot.as_ref().expect("the shop was made with one").0
    }

    /// A service on the same data that does nothing by itself, with its tasks; the other one was stopped.
    pub async fn steps(&self) -> (Steps, TaskTracker) {
        let (settings, tasks) = (self.settings(self.open_db().await), TaskTracker::new());
        (Steps::start(&settings, &tasks).await.expect("the steps start"), tasks)
    }

    /// Someone who writes to the bot.
    pub fn person(&self, id: i64, name: &str) -> Person {
        self.stage.bot.person(UserId(id), name).language("id")
    }

    /// Stops the service as SIGTERM does.
    pub async fn stop(&mut self) {
        self.service.take().expect("the service runs").stop().await;
    }

    /// Starts it again on the same data.
    pub async fn start(&mut self) {
        let db = self.open_db().await;
        self.start_on(db).await;
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Waits until nothing is on its way: no update, callback, fact or parcel that is due.
    pub async fn quiet(&self) {
        let waiting = async {
            let shared = self.service().shared();
            let (mut facts, mut parcels) =
                (shared.inbox_bell.listen(), shared.outbox_bell.listen());
            loop {
                self.stage.bot.settled().await;
                self.stage.project.settled().await;
                if self.is_quiet().await {
                    return;
                }
                let bell = async {
                    tokio::select! { () = facts.heard() => {}, () = parcels.heard() => {} }
                };
                // Without a bell within this time, look again: something may have become due.
                let _ = tokio::time::timeout(Duration::from_millis(50), bell).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("the shop comes to rest");
    }

    /// Both queues at one glance: between two, what left the one could enter the other unseen.
    async fn is_quiet(&self) -> bool {
        // One statement sees one moment: a fact born between two would be overlooked.
        // What stands behind a parcel that waits for a later try waits as well.
        let busy = bot_auto_order::sql!(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'pending' AND due_at <= $1) + \
             (SELECT COUNT(*) FROM outbox o WHERE o.state = 'pending' AND o.due_at <= $1 \
             AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.store_id = o.store_id \
             AND e.queue = o.queue AND e.lane = o.lane AND e.state = 'pending' AND e.id < o.id))"
        );
        // What is written while we look is due a moment after the time we look at.
        let soon = self.clock.now().plus(Duration::from_millis(500));
        let mut tx = self.db().read().await.expect("reads");
        let row: (i64,) = bot_auto_order::fetch_one!(&mut tx, (i64,), busy, soon).expect("counts");
        row.0 == 0
    }

    async fn number(&self, statement: bot_auto_order::db::Sql, given: i64) -> i64 {
        let mut tx = self.db().read().await.expect("reads");
        let row: (i64,) =
            bot_auto_order::fetch_one!(&mut tx, (i64,), statement, given).expect("counts");
        row.0
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let statement = bot_auto_order::db::Sql { sqlite: sql, postgres: sql };
        let mut tx = self.db().read().await.expect("reads");
        let row: (i64,) = bot_auto_order::fetch_one!(&mut tx, (i64,), statement).expect("counts");
        row.0
    }

    /// Every text that was sent to somebody anew, whatever became of it since.
    pub fn sent_to(&self, person: &Person) -> Vec<String> {
        let chat = Some(person.id().into());
        let calls = self.stage.telegram.calls();
        let sent = calls.iter().filter(|call| call.chat == chat && call.method == "sendMessage");
        sent.filter_map(|call| call.params["text"].as_str().map(str::to_owned)).collect()
    }

    /// Units that can be sold.
    pub async fn stock(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM units WHERE state = 'available'").await
    }

    /// Runs a statement on the data, as an admin or a fault would.
    pub async fn change(&self, sql: &'static str) {
        let statement = bot_auto_order::db::Sql { sqlite: sql, postgres: sql };
        let mut tx = self.db().write().await.expect("begins");
        bot_auto_order::execute!(&mut tx, statement).expect("changes");
        tx.commit().await.expect("commits");
    }

    /// Ends the story; every shop ends with its books in order.
    pub async fn close(mut self) {
        if self.service.is_none() {
            self.start().await;
        }
        self.quiet().await;
        self.books().await;
        if let Some(twin) = self.twin.take() {
            twin.stop().await;
        }
        self.stop().await;
        self.stage.stop().await;
        self.base.drop().await;
    }

    /// What must hold in every shop at every time.
    pub async fn books(&self) {
        for (wrong, sql) in books::NEVER {
            assert_eq!(self.count(sql).await, 0, "{wrong}");
        }
        let mut tx = self.db().read().await.expect("reads");
        let unbalanced = bot_auto_order::shop::wallet::unbalanced(&mut tx, self.store().id)
            .await
            .expect("reads");
        drop(tx);
        assert_eq!(unbalanced, [], "balances that are not the sum of their ledger");
        let broken = self.stage.gateway.violations();
        assert!(broken.is_empty(), "rules of the gateway that were broken: {broken:?}");
        books::money(self).await;
        books::goods(self).await;
    }

    /// A second process of the same service on the same database; it hears no webhooks.
    pub async fn start_twin(&mut self) {
        let twin = self.serve(self.open_db().await).await;
        self.twin = Some(twin);
    }

    /// The second process.
    pub fn twin(&self) -> &Service {
        self.twin.as_ref().expect("the twin runs")
    }

    /// The rows of a statement, with what it asks for.
    pub async fn rows<Row>(&self, sql: &'static str) -> Vec<Row>
    where
        Row: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
            + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
            + Send
            + Unpin,
    {
        let statement = bot_auto_order::db::Sql { sqlite: sql, postgres: sql };
        let mut tx = self.db().read().await.expect("reads");
        bot_auto_order::fetch_all!(&mut tx, Row, statement).expect("reads")
    }

    /// Lets time pass: jumps, waits until a tick of the shop saw the new time, then until all is
    /// at rest again.
    pub async fn pass(&self, seconds: u64) {
        // What is on the wire would lose its lease by a long jump.
        self.quiet().await;
        let noted =
            bot_auto_order::sql!("SELECT COALESCE(MAX(id), 0) FROM audit_waiting WHERE id > $1");
        let noted = self.number(noted, 0).await;
        self.advance(seconds);
        let now = self.clock.now().seconds();
        let ticked = async {
            while self.last_tick() < now {
                self.clock.sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ticked).await.expect("the shop keeps time");
        // The same tick seals what was changed before it.
        let waits = bot_auto_order::sql!("SELECT COUNT(*) FROM audit_waiting WHERE id <= $1");
        let sealed = async {
            while self.number(waits, noted).await > 0 {
                self.clock.sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, sealed).await.expect("the shop seals its log");
        self.quiet().await;
    }

    fn last_tick(&self) -> i64 {
        let ticks = |service: &Service| {
            service.shared().metrics.job_last_success.with_label_values(&["sweep"]).get()
        };
        [&self.service, &self.twin].into_iter().flatten().map(ticks).max().unwrap_or(0)
    }

    /// Orders one of what stands at `place`, until the invoice stands in the chat.
    pub async fn invoice(&self, buyer: &Person, place: &str) -> Invoice {
        let before = buyer.messages().last().map(|newest| newest.id);
        order(buyer, place).await;
        // The chat has had its burst of messages; a while later it takes the next.
        self.advance(6);
        let fresh = |seen: &&Seen| Some(seen.id) > before && seen.text.contains("Bayar sebelum");
        let shown = buyer.sees(|messages| messages.iter().rev().find(fresh).cloned()).await;
        let (order, reference) = self.newest_order(buyer).await;
        let sale = self.stage.project.transaction_for(&reference).await;
        Invoice { order, shown, sale }
    }

    /// The buyer's newest order and the reference it is known by at the gateway.
    pub async fn newest_order(&self, buyer: &Person) -> (OrderId, String) {
        let statement = bot_auto_order::sql!(
            "SELECT o.id, p.reference FROM orders o JOIN payments p ON p.order_id = o.id \
             JOIN customers c ON c.id = o.customer_id WHERE c.user_id = $1 \
             ORDER BY o.id DESC, p.id DESC LIMIT 1"
        );
        let mut tx = self.db().read().await.expect("reads");
        bot_auto_order::fetch_one!(&mut tx, (OrderId, String), statement, buyer.id())
            .expect("the buyer ordered")
    }

    /// Adds a unit to a product.
    pub async fn restock(&self, code: &str, unit: &str) {
        let statement = bot_auto_order::sql!("SELECT id FROM products WHERE code = $1");
        let mut tx = self.db().write().await.expect("begins");
        let product: (ProductId,) =
            bot_auto_order::fetch_one!(&mut tx, (ProductId,), statement, code).expect("a product");
        let (units, now) = ([unit.to_owned()], self.clock.now());
        let added = stock::add(&mut tx, self.store(), &self.keyring, product.0, &units, now).await;
        assert_eq!(added.expect("added"), 1);
        tx.commit().await.expect("commits");
    }

    /// What the buyer has on his balance, in rupiah.
    pub async fn balance(&self, buyer: &Person) -> i64 {
        let statement = bot_auto_order::sql!("SELECT balance FROM customers WHERE user_id = $1");
        let mut tx = self.db().read().await.expect("reads");
        let row: (i64,) =
            bot_auto_order::fetch_one!(&mut tx, (i64,), statement, buyer.id()).expect("a customer");
        row.0
    }

    /// The state of an order, in the word of its column.
    pub async fn state(&self, order: OrderId) -> String {
        let statement = bot_auto_order::sql!("SELECT state FROM orders WHERE id = $1");
        let mut tx = self.db().read().await.expect("reads");
        let row: (String,) =
            bot_auto_order::fetch_one!(&mut tx, (String,), statement, order).expect("an order");
        row.0
    }
}

/// An order that waits for its money, from all sides.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// The row.
    pub order: OrderId,
    /// What the buyer saw first.
    pub shown: Seen,
    /// What the gateway knew then.
    pub sale: Transaction,
}

/// How often the chat shows a text now.
pub fn shows(person: &Person, part: &str) -> usize {
    let seen = person.messages();
    seen.iter().filter(|seen| seen.from_bot && seen.text.contains(part)).count()
}

/// Presses through a shop until the invoice stands in the chat.
pub async fn order(buyer: &Person, place: &str) {
    buyer.say(place);
    buyer.sees_text("Jumlah:").await;
    buyer.press("Lanjut ke Keranjang");
    buyer.sees_text("Keranjang").await;
    buyer.press("Lanjut ke Pembayaran");
    buyer.sees_text("Pilih cara bayar").await;
    buyer.press("QRIS");
}
