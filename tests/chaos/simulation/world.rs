//! One world of the simulation: the real service by steps on a database of its own, and everything outside it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use bot_auto_order::db::{Db, OpenMode};
use bot_auto_order::http::Guest;
use bot_auto_order::primitives::{Clock, Keyring, OutboxId, Secret, Timestamp, UserId};
use bot_auto_order::shop::catalogue::{self, CatalogueFile};
use bot_auto_order::shop::stock;
use bot_auto_order::shop::stores::{self, Store, Wish};
use bot_auto_order::worker::{Settings, StepFact, StepParcel, Steps, pakasir_url, telegram_url};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::gateway::{Gateway, SLUG};
use super::outside::{Answer, Call, Outside};
use super::script::Script;
use super::telegram::Telegram;

const START: Timestamp = Timestamp(1_790_000_000_000);
/// A step that takes longer than this in real time hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a parcel is its carrier's.
const LEASE: Duration = Duration::from_secs(90);
const ADMIN: UserId = UserId(1);
pub const BUYERS: std::ops::RangeInclusive<i64> = 101..=110;
/// Price and first units of each product; a free one is delivered without paying.
const PRODUCTS: [(i64, usize); 4] = [(10_000, 6), (25_000, 3), (0, 4), (5_000, 2)];

/// A delivery on its way to the doors.
#[derive(Debug, Clone)]
pub struct Post {
    pub what: String,
    pub gateway: bool,
    pub body: Value,
}

/// A call that waits for its answer.
pub struct Waiting {
    pub call: Call,
    pub parcel: OutboxId,
    /// When its parcel was taken: its lease counts from then.
    pub taken: Timestamp,
    /// When it came in.
    pub since: Timestamp,
    pub since_step: usize,
    /// The outside did it already; only its answer is still on its way.
    pub done: Option<Answer>,
}

/// A parcel that was taken and not begun.
pub struct Held {
    pub parcel: StepParcel,
    pub since: Timestamp,
}

/// What happened how often.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    pub crashes: u64,
    pub deliveries: u64,
    pub duplicates: u64,
    pub lost: u64,
    pub forged: u64,
    pub unknown: u64,
    pub zombies: u64,
    pub paid: u64,
    pub facts: u64,
    pub parcels: u64,
    pub ticks: u64,
}

pub struct World {
    pub dice: fastrand::Rng,
    pub script: Script,
    pub clock: Clock,
    pub db: Db,
    pub keyring: Arc<Keyring>,
    pub store: Store,
    pub steps: Steps,
    pub tasks: TaskTracker,
    router: Router,
    pub outside: Outside,
    pub telegram: Telegram,
    pub gateway: Gateway,
    pub posts: Vec<Post>,
    pub facts: Vec<StepFact>,
    pub parcels: Vec<Held>,
    pub waiting: Vec<Waiting>,
    carrying: JoinSet<OutboxId>,
    pub next_update: i64,
    /// The orders of goods parcels, and whether the goods were asked for again.
    pub goods: BTreeMap<OutboxId, (i64, bool)>,
    /// Units added so far, by product.
    pub units: Vec<usize>,
    pub counts: Counts,
    /// What was found on the way.
    pub wrong: Vec<(&'static str, String)>,
}

fn settings(db: &Db, clock: &Clock, keyring: &Arc<Keyring>, outside: &Outside) -> Settings {
    let nowhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let url = format!("http://{}", outside.address);
    Settings {
        db: db.clone(),
        clock: clock.clone(),
        keyring: Arc::clone(keyring),
        bind: nowhere.into(),
        probe: nowhere.into(),
        public_url: None,
        max_connections: 40,
        telegram_api_url: url.clone(),
        pakasir_api_url: url,
        pakasir_public_domain: "https://bayar.test".to_owned(),
        owner_bot_token: None,
        owner_alerts: true,
        standby_urls: Vec::new(),
    }
}

/// The text of one unit.
pub fn unit(product: usize, n: usize) -> String {
    format!("unit-{product}-{n:05}")
}

fn catalogue() -> CatalogueFile {
    let products = PRODUCTS.iter().enumerate().map(|(place, (price, units))| {
        let units: Vec<String> = (0..*units).map(|n| unit(place + 1, n)).collect();
        let (code, name) = (format!("P{}", place + 1), format!("Barang {}", place + 1));
        json!({"code": code, "name": name, "price": price, "units": units})
    });
    serde_json::from_value(json!({"products": products.collect::<Vec<_>>()})).expect("a catalogue")
}

async fn found_store(db: &Db, keyring: &Keyring) -> Store {
    let secret = |text: &str| Some(Secret::new(text.to_owned()));
    let wish = Wish {
        name: Some("Toko Simulasi".to_owned()),
        bot_token: secret("700000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        pakasir_slug: Some(SLUG.to_owned()),
        pakasir_api_key: secret("key-of-the-simulation"),
        pakasir_webhook_secret: secret("callback-secret-of-the-simulation"),
        admins: Some(vec![ADMIN]),
        ..Wish::default()
    };
    let mut tx = db.write().await.expect("begins");
    let store = stores::apply(&mut tx, keyring, "toko", &wish, START).await.expect("a store");
    catalogue::import(&mut tx, &store, keyring, &catalogue(), START).await.expect("imported");
    tx.commit().await.expect("commits");
    store
}

/// A store like those of the worlds, in a database of its own.
pub async fn a_store(folder: &Path) -> Store {
    let url = Secret::new(format!("sqlite:{}", folder.join("store.db").display()));
    let db = Db::open(&url, OpenMode::Server).await.expect("the database opens");
    let keyring = Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key");
    let store = found_store(&db, &keyring).await;
    db.close().await;
    store
}

impl World {
    /// A world at its beginning, with its database in `folder`.
    pub async fn begin(seed: u64, folder: &Path) -> Self {
        let url = Secret::new(format!("sqlite:{}", folder.join("world.db").display()));
        let db = Db::open(&url, OpenMode::Server).await.expect("the database opens");
        let keyring = Keyring::from_base64(&Keyring::fresh_key()).expect("a fresh key");
        let keyring = Arc::new(keyring);
        let store = found_store(&db, &keyring).await;
        let (clock, outside, tasks) =
            (Clock::manual(START), Outside::open().await, TaskTracker::new());
        let settings = settings(&db, &clock, &keyring, &outside);
        let steps = Steps::start(&settings, &tasks).await.expect("the service starts");
        Self {
            dice: fastrand::Rng::with_seed(seed),
            script: Script::default(),
            router: bot_auto_order::http::router(steps.front()),
            clock,
            db,
            keyring,
            store,
            steps,
            tasks,
            outside,
            telegram: Telegram::default(),
            gateway: Gateway::default(),
            posts: Vec::new(),
            facts: Vec::new(),
            parcels: Vec::new(),
            waiting: Vec::new(),
            carrying: JoinSet::new(),
            goods: BTreeMap::new(),
            next_update: 1_000,
            units: PRODUCTS.iter().map(|(_, units)| *units).collect(),
            counts: Counts::default(),
            wrong: Vec::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Everything in memory is gone; calls on their way may or may not have been done.
    pub async fn crash(&mut self) {
        self.script.step("crash");
        self.counts.crashes += 1;
        self.carrying.shutdown().await;
        for waiting in std::mem::take(&mut self.waiting) {
            let arrived = waiting.done.is_some() || self.dice.bool();
            self.script.came_of_it(format!("call {} {arrived}", waiting.parcel));
            if arrived {
                if waiting.done.is_none() {
                    self.act(&waiting);
                }
                self.outcome_unknown(&waiting);
            }
        }
        self.facts.clear();
        self.parcels.clear();
        for chat in self.telegram.chats.values_mut() {
            chat.held_until = None;
        }
        let settings = settings(&self.db, &self.clock, &self.keyring, &self.outside);
        self.steps = Steps::start(&settings, &self.tasks).await.expect("the service starts again");
        self.router = bot_auto_order::http::router(self.steps.front());
    }

    /// The outside does what a call asks for.
    pub fn act(&mut self, waiting: &Waiting) -> Answer {
        let step = self.script.len();
        if waiting.call.is_telegram() {
            return self.telegram.act(&waiting.call, self.clock.now(), step);
        }
        let life = Duration::from_secs([600, 900, 3_600][self.dice.usize(0..3)]);
        self.gateway.act(&waiting.call, waiting.since, life)
    }

    /// What a call did is not known to the service: goods that were asked for again may come twice.
    /// Those of an order may not: they are put into a message that is there already.
    pub fn outcome_unknown(&mut self, waiting: &Waiting) {
        self.counts.unknown += 1;
        if self.goods.get(&waiting.parcel).is_some_and(|(_, again)| *again) {
            for unit in Telegram::units_of(&waiting.call) {
                self.telegram.units.entry(unit).or_default().unknown += 1;
            }
        }
    }

    /// Brings a delivery to its door; `false` when it must come again.
    pub async fn deliver(&mut self, post: &Post) -> bool {
        let (url, header, secret) = if post.gateway {
            let keys = self.store.gateway.as_ref().expect("it has keys");
            let secret = keys.callback_secret.as_ref().expect("it has a secret");
            (pakasir_url("", &self.store.hook), "x-secret", secret.expose().clone())
        } else {
            let secret = self.store.webhook_secret.expose().clone();
            (telegram_url("", &self.store.hook), "x-telegram-bot-api-secret-token", secret)
        };
        let request = Request::post(url).header(header, secret);
        let request = request.extension(Guest::without_a_seat());
        let request = request.body(Body::from(post.body.to_string())).expect("a request");
        let answered = self.router.clone().oneshot(request);
        let answer = tokio::time::timeout(PATIENCE, answered).await.expect("the door answers");
        self.counts.deliveries += 1;
        answer.expect("a router never fails").status().is_success()
    }

    /// Begins a parcel: until it makes its first call, or needs none.
    pub async fn begin_parcel(&mut self, held: Held) {
        let id = held.parcel.id();
        let taken = held.since;
        self.counts.parcels += 1;
        self.carrying.spawn(async move {
            held.parcel.carry().await;
            id
        });
        self.until_call_or_end(id, taken).await;
    }

    /// Only the parcel `id` can go on now: the next thing that happens is its own.
    pub async fn until_call_or_end(&mut self, id: OutboxId, taken: Timestamp) {
        if self.is_past_lease(taken) {
            self.counts.zombies += 1;
        }
        let next = async {
            tokio::select! {
                biased;
                Some(ended) = self.carrying.join_next() => Err(ended.expect("a carrier never panics")),
                call = self.outside.next() => Ok(call),
            }
        };
        let next = tokio::time::timeout(PATIENCE, next).await;
        match next.unwrap_or_else(|_| panic!("parcel {id} hangs")) {
            Err(ended) => {
                assert_eq!(ended, id, "another parcel ended than the one that went on");
                self.script.came_of_it("ended");
            }
            Ok(call) => {
                let (since, since_step) = (self.clock.now(), self.script.len());
                let what = self.describe(&call);
                self.script.came_of_it(what);
                self.kept_waiting(&call);
                if self.is_past_lease(taken) {
                    let what = format!("parcel {id} calls though its lease is over");
                    self.breaks("I-ONE", what);
                }
                self.gateway.came_in(&call, since);
                let waiting = Waiting { call, parcel: id, taken, since, since_step, done: None };
                self.waiting.push(waiting);
            }
        }
    }

    /// Whether a parcel taken then may be somebody else's by now.
    pub fn is_past_lease(&self, taken: Timestamp) -> bool {
        self.now().since(taken) > LEASE
    }

    fn describe(&self, call: &Call) -> String {
        if call.is_telegram() {
            format!("{} {}", call.name(), call.number("chat_id").unwrap_or(0))
        } else {
            format!("{} {}", call.path.split('/').nth(3).unwrap_or(""), self.gateway.subject(call))
        }
    }

    /// I-RATE: no call to a chat that was told to wait.
    fn kept_waiting(&mut self, call: &Call) {
        let now = self.clock.now();
        let Some(user) = call.number("chat_id") else { return };
        if let Some(until) = self.telegram.chat(user).held_until.filter(|until| *until > now) {
            let early = until.since(now).as_millis();
            self.breaks("I-RATE", format!("chat {user} was called {early} ms too early"));
        }
    }

    /// The last step broke a promise.
    fn breaks(&mut self, promise: &'static str, what: String) {
        self.wrong.push((promise, what));
        self.script.broke_a_promise();
    }

    /// An admin adds units to a product.
    pub async fn import(&mut self, product: usize, how_many: usize) {
        let first = self.units[product];
        // The last unit is named once more: what is known is not added again.
        let from = first.saturating_sub(1);
        let contents: Vec<String> =
            (from..first + how_many).map(|n| unit(product + 1, n)).collect();
        let id = bot_auto_order::primitives::ProductId(i64::try_from(product).expect("small") + 1);
        let mut tx = self.db.write().await.expect("begins");
        let now = self.clock.now();
        let added = stock::add(&mut tx, &self.store, &self.keyring, id, &contents, now).await;
        assert_eq!(added.expect("added"), how_many);
        tx.commit().await.expect("commits");
        self.units[product] += how_many;
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let statement = bot_auto_order::db::Sql { sqlite: sql, postgres: sql };
        let mut tx = self.db.read().await.expect("reads");
        let row: (i64,) = bot_auto_order::fetch_one!(&mut tx, (i64,), statement).expect(sql);
        row.0
    }

    /// Ends the world.
    pub async fn end(self) -> Script {
        let Self { steps, router, outside, tasks, db, script, mut carrying, .. } = self;
        carrying.shutdown().await;
        drop((steps, router, outside));
        tasks.close();
        tasks.wait().await;
        db.close().await;
        script
    }
}
