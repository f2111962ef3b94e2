//! T7: two replicas on one PostgreSQL that restarts, falls silent and is cut off, while replicas freeze and die.

mod judged;
pub(super) mod noted;
mod script;

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::telegram::{Fault, FaultKind};
use serde_json::json;

use crate::oracle::{self, Expected};
use crate::report::Report;
use crate::trial::{Given, Size, Store, Trial};
use crate::world::audit;
use crate::world::balancer::{self, Balancer};
use crate::world::base::Base;
use crate::world::cluster::Cluster;
use crate::world::crowd::{Tally, Trade};
use crate::world::probe;
use crate::world::program::{Process, Setting};
use crate::world::proxy::Proxy;
use crate::world::sender::{Bodies, Door, Pace, Sending};
use crate::world::town::{Town, Wish};
use script::{Counts, Script};

pub const TRIAL: Trial = Trial {
    name: "T7",
    title: "postgres",
    stores: &[Store::Postgres],
    // So few that each has restarts of both kinds and partitions of every shape.
    pieces: 10,
    play: |given| Box::pin(play(given)),
};

/// Who the replicas are for the cluster.
const ROLES: [&str; 2] = ["replica_a", "replica_b"];
/// How long a call to Telegram takes, so that something is always under way.
const CALL: Duration = Duration::from_millis(60);
/// How often the doors are tried.
const RATE: u32 = 25;
/// More than can wait for an answer at once: nobody waits for a connection.
const CONNECTIONS: usize = 250;
/// Far above every number the sandbox gives.
const FIRST_UPDATE: u64 = 3_000_000_000;
/// So many people take turns, so that nobody's lane grows long.
const PEOPLE: u64 = 200;
/// Nobody of the crowd has such a number.
const FIRST_PERSON: u64 = 900_000_000;
const READY: Duration = Duration::from_secs(30);
/// Without faults everything has ended after this.
const QUIET: Duration = Duration::from_mins(2);

/// A replica: how it is started, its line to the cluster, its process while it lives.
struct Replica {
    setting: Setting,
    line: Proxy,
    process: Option<Process>,
}

/// Two replicas on a cluster of their own, with everything around them.
struct World {
    cluster: Cluster,
    town: Arc<Town>,
    replicas: Vec<Replica>,
    balancer: Balancer,
    clock: Clock,
}

impl World {
    async fn build(given: &Given, orders: u64) -> Self {
        let cluster = Cluster::start().await;
        cluster.know(&ROLES).await;
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty_on(Store::Postgres, folder.path(), "t7", &cluster.url()).await;
        // The first product runs out, the others have enough for all.
        let goods = [orders / 30 + 1, orders, orders, orders];
        let wish = Wish { replicas: 2, invoice: Duration::from_secs(25), ..Wish::goods(&goods) };
        let town = Town::build_on(&given.program, folder, base, &wish).await;
        audit::begin(&town.base.url()).await;
        let mut replicas = Vec::new();
        for (setting, role) in town.settings.iter().zip(ROLES) {
            let line = Proxy::to(cluster.address()).await.expect("loopback has ports");
            let mut setting = setting.clone();
            let through = cluster.url_of(role, line.address());
            setting.set("DATABASE_URL", &town.base.url_by(&through));
            replicas.push(Replica { setting, line, process: None });
        }
        let doors = replicas
            .iter()
            .map(|it| balancer::Replica { bind: it.setting.bind, probe: it.setting.probe });
        let balancer = Balancer::before(doors.collect()).await.expect("loopback has ports");
        town.stage.lead_to(balancer.address());
        let slow = FaultKind::Slow(CALL);
        town.stage.telegram.fault(Fault::next(slow).times(u32::MAX));
        Self { cluster, town, replicas, balancer, clock: Clock::system() }
    }

    /// Starts every replica at the same moment.
    async fn open(&mut self) {
        for replica in &mut self.replicas {
            replica.process = Some(replica.setting.serve());
        }
        for replica in &self.replicas {
            replica.is_back().await;
        }
    }

    /// Where somebody delivers each update on a connection of its own, by way of the balancer.
    async fn door(&self) -> Door {
        let bot = self.town.stage.bot.clone();
        let webhook = self.town.stage.telegram.until(move |_| bot.webhook()).await;
        let path = webhook.url.strip_prefix("https://toko.test").expect("our own address");
        let secret = webhook.secret.expect("a secret");
        let address = self.balancer.address();
        Door { address, path: path.to_owned(), secret, keeps: false }
    }

    async fn close(self) {
        let Self { town, replicas, .. } = self;
        drop(replicas);
        town.remove().await;
    }
}

impl Replica {
    async fn is_back(&self) {
        let ready = probe::ready(self.setting.probe, READY).await;
        assert!(ready, "not ready after {READY:?}:\n{}", self.setting.said());
    }

    fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("it runs")
    }
}

/// Updates that change nothing in the shop (a message was edited), so that only the doors are measured.
fn updates() -> Bodies {
    Arc::new(|number| {
        let user = FIRST_PERSON + number % PEOPLE;
        let date = Clock::system().now().seconds();
        let person = json!({"id": user, "is_bot": false, "first_name": "Pengirim"});
        let chat = json!({"id": user, "type": "private", "first_name": "Pengirim"});
        let message = json!({"message_id": 1, "date": date, "edit_date": date, "from": person,
            "chat": chat, "text": "apa kabar"});
        json!({"update_id": number, "edited_message": message}).to_string().into_bytes()
    })
}

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let orders = given.share(500, 50_000);
    let counts = Counts {
        restarts: given.share(5, 20),
        partitions: given.share(10, 50),
        freezes: given.share(5, 20),
        kills: given.share(2, 20),
    };
    let mut world = World::build(&given, orders).await;
    world.open().await;
    let door = world.door().await;
    let mut script = Script::new(given.piece.size, counts, &mut dice);
    let (town, mut buyers) = (Arc::clone(&world.town), dice.fork());
    let sending =
        Sending::begin(&door, CONNECTIONS, Pace::PerSecond(RATE), FIRST_UPDATE, &updates());
    let at_once = if given.piece.size == Size::Quick { 40 } else { 80 };
    let (tally, ()) = tokio::join!(
        trade(&town, orders, at_once, &mut buyers),
        script.play(&mut world, &mut dice)
    );
    let mut sent = sending.end().await.0;
    sent.sort_by_key(|it| it.number);
    let taken = sent.iter().filter(|it| it.is_accepted());
    taken.for_each(|it| world.town.acked(i64::try_from(it.number).expect("few")));
    let rested = world.town.quiet(QUIET).await;
    tally.tell(&mut report);
    match &rested {
        Ok(time) => report.figure("recovery_s", format!("{:.1}", time.as_secs_f64())),
        Err(left) => report.must(false, "I-LIVE", left.clone()),
    }
    // Commits that a line held back are stamped early: the cluster's notes know the order better.
    let expected = Expected { lanes_elsewhere: true, ..Expected::default() };
    oracle::examine_expecting(&world.town, &world.town.base, expected, &mut report).await;
    judged::doors(&script, &sent, &world.balancer.passed(), &mut report);
    noted::check(&script, &audit::read(&world.town.base.url()).await, &mut report);
    judged::said(&world, &mut report);
    script.tell(&world, &mut report);
    report.must(tally.wanted == orders, "T7", format!("{} of {orders} orders", tally.wanted));
    if !report.passed() {
        judged::keep_logs(&world);
    }
    world.close().await;
    report
}

/// Buyers all the time.
async fn trade(town: &Arc<Town>, orders: u64, at_once: usize, dice: &mut fastrand::Rng) -> Tally {
    let (patience, trust) = (Duration::from_mins(2), Duration::from_secs(150));
    let trade = Trade { at_once, patience, trust, ..Trade::default() };
    town.trade(orders, trade, dice).await
}
