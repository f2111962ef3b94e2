//! T7: two replicas on one PostgreSQL that restarts, falls silent and is cut off, while replicas freeze and die.

mod judged;
mod noted;
mod script;

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::telegram::{Fault, FaultKind};

use crate::oracle::{self, Expected};
use crate::report::Report;
use crate::trial::{Given, Store, Trial};
use crate::world::audit;
use crate::world::balancer::{self, Balancer};
use crate::world::base::Base;
use crate::world::cluster::Cluster;
use crate::world::crowd::{Tally, Trade};
use crate::world::metronome::Sender;
use crate::world::probe;
use crate::world::program::{Process, Setting};
use crate::world::proxy::Proxy;
use crate::world::town::{Town, Wish};
use script::{Counts, Script};

pub const TRIAL: Trial = Trial {
    name: "T7",
    title: "postgres",
    stores: &[Store::Postgres],
    pieces: 10,
    play: |given| Box::pin(play(given)),
};

/// Who the replicas are for the cluster.
const ROLES: [&str; 2] = ["replica_a", "replica_b"];
/// How long a call to Telegram takes, so that something is always under way.
const CALL: Duration = Duration::from_millis(60);
/// How often the doors are tried.
const EVERY: Duration = Duration::from_millis(40);
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
    let bot = world.town.stage.bot.clone();
    let webhook = world.town.stage.telegram.until(move |_| bot.webhook()).await;
    let sender = Sender::to(world.balancer.address(), &webhook);
    let mut script = Script::new(given.piece.size, counts, &mut dice);
    let (town, mut buyers) = (Arc::clone(&world.town), dice.fork());
    let (tally, ()) = tokio::select! {
        both = async { tokio::join!(trade(&town, orders, &mut buyers), script.play(&mut world, &mut dice)) } => both,
        () = sender.send(EVERY) => unreachable!("it sends until it is stopped"),
    };
    let sent = sender.stop().await;
    sent.iter().filter(|it| it.taken()).for_each(|it| world.town.acked(it.update_id));
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
async fn trade(town: &Arc<Town>, orders: u64, dice: &mut fastrand::Rng) -> Tally {
    let (patience, trust) = (Duration::from_mins(2), Duration::from_secs(150));
    let trade = Trade { at_once: 40, patience, trust, ..Trade::default() };
    town.trade(orders, trade, dice).await
}
