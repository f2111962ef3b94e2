//! A shop of the real program with its outside world on loopback, real time, and virtual buyers.
//!
//! ```text
//! let town = Town::build(&given, &Wish::goods(&[200; 5])).await;   // made by the real command line
//! let mut process = town.serve(); town.ready(0, PATIENCE).await;   // or world::keeper::storm(…)
//! let tally = town.trade(orders, Trade::default(), &mut dice).await;
//! let rested = town.quiet(patience).await;                         // I-LIVE's stated time
//! oracle::examine(&town, &town.base, &mut report).await;           // every promise by name
//! town.close(process).await;
//! ```
//!
//! Whoever kills a process, cuts a connection or lets a call's outcome be unknown says so by
//! [`Town::struck`]: a message may be sent twice only across such a moment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp, UserId};
use bot_auto_order::sandbox::Stage;
use bot_auto_order::sandbox::telegram::Person;
use serde_json::Value;

use super::base::Base;
use super::probe;
use super::program::{Process, Program, Setting};
use super::shelf::Shelf;
use crate::trial::Given;

/// How often the data is looked at while waiting.
const LOOK: Duration = Duration::from_millis(100);
/// Nothing new for so long means that it is quiet.
const STILL: Duration = LOOK;

/// What a town should be like.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Units of each product.
    pub units: Vec<u64>,
    /// How long an invoice can be paid.
    pub invoice: Duration,
    /// Processes that share the database; more than one on PostgreSQL only.
    pub replicas: usize,
    /// A name of its own within the trial.
    pub name: &'static str,
    /// What else stands in the environment of every replica.
    pub environment: Vec<(&'static str, String)>,
}

impl Wish {
    pub fn goods(units: &[u64]) -> Self {
        let invoice = Duration::from_secs(45);
        Self { units: units.to_vec(), invoice, replicas: 1, name: "town", environment: Vec::new() }
    }
}

/// A shop and everybody it deals with.
pub struct Town {
    pub stage: Stage,
    pub base: Base,
    pub shelf: Shelf,
    /// How each replica is started; the outside leads to the first.
    pub settings: Vec<Setting>,
    /// Where callbacks are posted to.
    pub callback_path: String,
    people: Mutex<BTreeMap<i64, Person>>,
    struck: Mutex<Vec<Timestamp>>,
    thawed: Mutex<Vec<Timestamp>>,
    calm: Mutex<Option<Timestamp>>,
    /// Updates that were answered 2xx by another way than the sandbox's own deliveries.
    acked: Mutex<Vec<i64>>,
    /// Whether nobody else will begin to shop.
    begun: AtomicBool,
    _folder: tempfile::TempDir,
}

impl Town {
    /// Imports a catalogue and asks for the callbacks' address by the real command line.
    pub async fn build(given: &Given, wish: &Wish) -> Arc<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(given.store(), folder.path(), wish.name).await;
        Self::build_on(&given.program, folder, base, wish).await
    }

    /// As [`Town::build`], in a folder and on a database that are there.
    pub async fn build_on(
        program: &Program,
        folder: tempfile::TempDir,
        base: Base,
        wish: &Wish,
    ) -> Arc<Self> {
        let stage = Stage::start(Clock::system()).await.expect("loopback has free ports");
        // A crowd asks for more than two invoices a second; trials of the limit turn it on again.
        stage.gateway.pace_limit(false);
        stage.project.qr_life(wish.invoice);
        stage.project.retry_callbacks(true);
        let mut first = Setting::new(program, folder.path(), &base.url());
        first.lead_to(&stage);
        first.set("LOG_LEVEL", "warn");
        wish.environment.iter().for_each(|(name, value)| first.set(name, value));
        let shelf = Shelf::new(&wish.units);
        let file = folder.path().join("catalogue.json");
        std::fs::write(&file, shelf.catalogue().to_string()).expect("written");
        first.run(&["catalogue", "import", &file.display().to_string()]);
        let shown: Value =
            serde_json::from_str(&first.run(&["store", "show", "--json"])).expect("JSON");
        let callbacks = shown["pakasir_webhook_url"].as_str().expect("an address");
        stage.project.callbacks_to(Some(callbacks));
        let callback_path = callbacks.splitn(4, '/').nth(3).map(|path| format!("/{path}"));
        stage.lead_to(first.bind);
        let settings =
            (0..wish.replicas).map(|n| if n == 0 { first.clone() } else { first.twin(n) });
        Arc::new(Self {
            settings: settings.collect(),
            callback_path: callback_path.expect("an address has a path"),
            stage,
            base,
            shelf,
            people: Mutex::default(),
            struck: Mutex::default(),
            thawed: Mutex::default(),
            calm: Mutex::default(),
            acked: Mutex::default(),
            begun: AtomicBool::new(false),
            _folder: folder,
        })
    }

    /// Starts the first replica.
    pub fn serve(&self) -> Process {
        self.settings[0].serve()
    }

    /// Waits until a replica can commit.
    ///
    /// # Panics
    /// When it cannot within `patience`.
    pub async fn ready(&self, replica: usize, patience: Duration) {
        let setting = &self.settings[replica];
        let ready = probe::ready(setting.probe, patience).await;
        assert!(ready, "not ready after {patience:?}:\n{}", setting.said());
    }

    /// The person with this number, known to the oracle from now on.
    pub fn person(&self, number: i64) -> Person {
        let person = self.stage.bot.person(UserId(number), &format!("Pembeli {number}"));
        let person = person.language("id");
        self.people().entry(number).or_insert(person).clone()
    }

    /// Everyone who was ever asked for.
    pub fn everyone(&self) -> Vec<Person> {
        self.people().values().cloned().collect()
    }

    fn people(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Person>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened now after which nobody can know how the calls under way ended.
    pub fn struck(&self) {
        let mut struck = self.struck.lock().unwrap_or_else(PoisonError::into_inner);
        struck.push(Clock::system().now());
    }

    /// Every such moment, in order.
    pub fn strikes(&self) -> Vec<Timestamp> {
        self.struck.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A process that was frozen goes on now, with whatever it was about to do.
    pub fn thawed(&self) {
        self.thawed.lock().unwrap_or_else(PoisonError::into_inner).push(Clock::system().now());
    }

    /// Every such moment, in order.
    pub fn thaws(&self) -> Vec<Timestamp> {
        self.thawed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Since when nothing was on its way when [`Town::quiet`] last ended well.
    pub fn calm(&self) -> Option<Timestamp> {
        *self.calm.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last buyer of a crowd has begun, or a new crowd begins.
    pub fn set_all_begun(&self, all: bool) {
        self.begun.store(all, Ordering::SeqCst);
    }

    pub fn all_have_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }

    /// An update was answered 2xx to the trial itself.
    pub fn acked(&self, update_id: i64) {
        self.acked.lock().unwrap_or_else(PoisonError::into_inner).push(update_id);
    }

    /// All of those.
    pub fn acked_elsewhere(&self) -> Vec<i64> {
        self.acked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until no update, callback, fact or parcel is on its way, all that was paid is settled,
    /// and no unpaid order outlived its time; returns how long that took.
    ///
    /// # Errors
    /// After `patience`, with what is left: a broken I-LIVE, whose subjects the oracle names.
    pub async fn quiet(&self, patience: Duration) -> Result<Duration, String> {
        let clock = Clock::system();
        let begun = clock.now();
        let mut since = None;
        *self.calm.lock().unwrap_or_else(PoisonError::into_inner) = None;
        loop {
            let now = clock.now();
            let left = self.restless().await;
            since = if left.is_empty() { since.or(Some(now)) } else { None };
            if since.is_some_and(|since| now.since(since) >= STILL) {
                *self.calm.lock().unwrap_or_else(PoisonError::into_inner) = since;
                return Ok(clock.now().since(begun));
            }
            if clock.now().since(begun) > patience {
                return Err(format!("not quiet after {} s: {left}", patience.as_secs()));
            }
            clock.sleep(LOOK).await;
        }
    }

    /// What is under way, in words; empty when nothing is.
    async fn restless(&self) -> String {
        let now = Clock::system().now();
        let mut left = vec![("updates", self.stage.bot.waiting().try_into().unwrap_or(i64::MAX))];
        for (what, sql) in UNDER_WAY {
            left.push((what, self.base.count(&sql.replace("{now}", &now.0.to_string())).await));
        }
        let paid = self.stage.project.transactions();
        let paid = paid.iter().filter(|it| it.state.as_str() == "completed").count();
        let settled = "SELECT COUNT(*) FROM payments WHERE state = 'completed' OR outcome = 'held'";
        let unsettled = i64::try_from(paid).unwrap_or(i64::MAX) - self.base.count(settled).await;
        left.push(("payments unsettled", unsettled));
        let left = left.iter().filter(|(_, count)| *count > 0);
        left.map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }

    /// Kills the process, ends the outside and removes the data.
    pub async fn close(&self, mut process: Process) {
        process.kill();
        self.remove().await;
    }

    /// The same when no process is left.
    pub async fn remove(&self) {
        self.stage.stop().await;
        self.base.clone().remove().await;
    }
}

/// What has an end and has not reached it.
const UNDER_WAY: [(&str, &str); 4] = [
    ("facts", "SELECT COUNT(*) FROM inbox WHERE state = 'pending'"),
    ("parcels", "SELECT COUNT(*) FROM outbox WHERE state = 'pending'"),
    (
        "orders without an invoice or goods",
        "SELECT COUNT(*) FROM orders WHERE state IN ('invoicing', 'paid')",
    ),
    (
        "orders past their time",
        "SELECT COUNT(*) FROM orders WHERE state = 'open' AND expires_at <= {now}",
    ),
];
