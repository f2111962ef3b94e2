//! T27: a crowd shops while this program comes in the place of an older one: of two replicas on PostgreSQL, one
//! after the other; of the one process on SQLite. Before that, a command of this program changes the tables.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::t07_postgres::noted;
use crate::oracle;
use crate::report::Report;
use crate::trial::{BOTH, Given, Store, Trial};
use crate::world::audit;
use crate::world::balancer::{self, Balancer};
use crate::world::base::Base;
use crate::world::cluster::Cluster;
use crate::world::crowd::Trade;
use crate::world::probe;
use crate::world::program::{Process, Program, Setting};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T27",
    title: "rolling-update",
    stores: BOTH,
    pieces: 4,
    play: |given| Box::pin(play(given)),
};

/// Who the replicas are for the cluster.
const ROLES: [&str; 2] = ["replica_a", "replica_b"];
/// Both versions work side by side for so long, in milliseconds.
const SIDE_BY_SIDE: std::ops::Range<u64> = 1_500..4_000;
const INVOICE: Duration = Duration::from_secs(20);
const READY: Duration = Duration::from_secs(30);
/// Without faults everything has ended after this.
const QUIET: Duration = Duration::from_mins(2);

/// A replica: how it is started, and its process.
struct Replica {
    setting: Setting,
    process: Process,
}

impl Replica {
    async fn start(setting: Setting) -> Self {
        let process = setting.serve();
        let ready = probe::ready(setting.probe, READY).await;
        assert!(ready, "not ready after {READY:?}:\n{}", setting.said());
        Self { setting, process }
    }

    /// Is told to go, and this program comes in its place.
    async fn become_this(&mut self, program: &Program) -> Option<i32> {
        self.process.terminate();
        let ended = self.process.gone(READY).await;
        self.setting.program = program.clone();
        *self = Self::start(self.setting.clone()).await;
        ended.code()
    }
}

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let Some(older) = given.older.clone() else {
        report.must(false, "T27", "no older program is named: --older PATH");
        return report;
    };
    let orders = given.share(240, 8_000);
    let (_cluster, town, mut replicas) = match given.store() {
        Store::Sqlite => alone(&older, orders).await,
        Store::Postgres => together(&older, orders).await,
    };
    let _balancer = balanced(&town, &replicas).await;
    let trade = Trade { at_once: 40, ..Trade::default() };
    let mut buyers = dice.fork();
    let story = town.trade(orders, trade, &mut buyers);
    let update = async {
        let mut codes = Vec::new();
        side_by_side(&mut dice).await;
        let command = Setting { program: given.program.clone(), ..replicas[0].setting.clone() };
        command.run(&["store", "show"]);
        let before = worked(&town).await;
        side_by_side(&mut dice).await;
        let beside = worked(&town).await - before;
        for replica in &mut replicas {
            side_by_side(&mut dice).await;
            codes.push(replica.become_this(&given.program).await);
        }
        side_by_side(&mut dice).await;
        (codes, beside)
    };
    let (tally, (codes, beside)) = tokio::join!(story, update);
    let rested = town.quiet(QUIET).await;
    tally.tell(&mut report);
    match &rested {
        Ok(time) => report.figure("recovery_s", format!("{:.1}", time.as_secs_f64())),
        Err(left) => report.must(false, "I-LIVE", left.clone()),
    }
    report.figure("replaced", codes.len());
    report.figure("worked_under_new_tables", beside);
    let went_on = beside > 0;
    report.must(went_on, "I-LIVE", "the older program works on nothing under the new tables");
    let well = codes.iter().all(|code| *code == Some(0));
    report.must(well, "I-STOP", format!("the older program ended with {codes:?}"));
    oracle::examine(&town, &town.base, &mut report).await;
    if given.store() == Store::Postgres {
        noted::one_at_a_time(&audit::read(&town.base.url()).await, &mut report);
    }
    report.must(tally.wanted == orders, "T27", format!("{} of {orders} orders", tally.wanted));
    if !report.passed() {
        for replica in &replicas {
            eprintln!("{}", replica.setting.said());
        }
    }
    drop(replicas);
    town.remove().await;
    report
}

fn wish(replicas: usize, orders: u64) -> Wish {
    Wish { replicas, invoice: INVOICE, ..Wish::goods(&[orders; 4]) }
}

/// A town that the older program made, with one process of it; who comes while that is replaced waits at its
/// socket.
async fn alone(older: &Program, orders: u64) -> (Option<Cluster>, Arc<Town>, Vec<Replica>) {
    let folder = tempfile::tempdir().expect("a folder");
    let base = Base::empty(Store::Sqlite, folder.path(), "t27").await;
    let town = Town::build_on(older, folder, base, &wish(1, orders)).await;
    let mut setting = town.settings[0].clone();
    setting.hold_sockets();
    (None, town, vec![Replica::start(setting).await])
}

/// A town that the older program made, with two replicas of it.
async fn together(older: &Program, orders: u64) -> (Option<Cluster>, Arc<Town>, Vec<Replica>) {
    let cluster = Cluster::start().await;
    cluster.know(&ROLES).await;
    let folder = tempfile::tempdir().expect("a folder");
    let base = Base::empty_on(Store::Postgres, folder.path(), "t27", &cluster.url()).await;
    let town = Town::build_on(older, folder, base, &wish(2, orders)).await;
    audit::begin(&town.base.url()).await;
    let mut replicas = Vec::new();
    for (setting, role) in town.settings.iter().zip(ROLES) {
        let mut setting = setting.clone();
        let by = cluster.url_of(role, cluster.address());
        setting.set("DATABASE_URL", &town.base.url_by(&by));
        replicas.push(Replica::start(setting).await);
    }
    (Some(cluster), town, replicas)
}

/// What stands before several replicas.
async fn balanced(town: &Town, replicas: &[Replica]) -> Option<Balancer> {
    let doors = replicas
        .iter()
        .map(|it| balancer::Replica { bind: it.setting.bind, probe: it.setting.probe });
    if doors.len() == 1 {
        return None;
    }
    let balancer = Balancer::before(doors.collect()).await.expect("loopback has ports");
    town.stage.lead_to(balancer.address());
    Some(balancer)
}

/// How many facts were worked on.
async fn worked(town: &Town) -> i64 {
    town.base.count("SELECT COUNT(*) FROM inbox WHERE state = 'done'").await
}

async fn side_by_side(dice: &mut fastrand::Rng) {
    Clock::system().sleep(Duration::from_millis(dice.u64(SIDE_BY_SIDE))).await;
}
