//! T14: the machines' clocks are an hour apart, fall back ten minutes and jump ahead a day while people shop.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::{Clock, Timestamp};

use super::t07_postgres::noted;
use crate::oracle;
use crate::report::{Report, Violation};
use crate::trial::{BOTH, Given, Store, Trial};
use crate::world::audit;
use crate::world::base::Base;
use crate::world::buyer::Habit;
use crate::world::cluster::Cluster;
use crate::world::crowd::{Tally, Trade};
use crate::world::probe;
use crate::world::program::Process;
use crate::world::town::{Town, Wish};
use crate::world::wrong_clock::{WrongClock, is_misled};

pub const TRIAL: Trial = Trial {
    name: "T14",
    title: "clocks",
    stores: BOTH,
    pieces: 20,
    play: |given| Box::pin(play(given)),
};

const HOUR: i64 = 3_600;
const BACK: i64 = -600;
const DAY: i64 = 86_400;
/// Who the replicas are for the cluster.
const ROLES: [&str; 2] = ["replica_a", "replica_b"];
const READY: Duration = Duration::from_secs(30);
const QUIET: Duration = Duration::from_mins(2);
/// So long can an invoice be paid.
const INVOICE: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(100);
/// What a clock may be ahead when it is pulled for the life of an invoice.
const SLACK: Duration = Duration::from_millis(100);
/// Between two jumps.
const BETWEEN: (u64, u64) = (2_500, 4_000);
/// Those who pay in the last seconds, and those who never do, have numbers of their own.
const LAST_PAYERS: i64 = 300_000;
const ABSENT: i64 = 600_000;

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let (rounds, orders) = (given.share(1, 100), 60);
    let shared = given.store() == Store::Postgres;
    let mut cluster = None;
    let folder = tempfile::tempdir().expect("a folder");
    let base = if shared {
        let own = cluster.insert(Cluster::start().await);
        own.know(&ROLES).await;
        Base::empty_on(Store::Postgres, folder.path(), "t14", &own.url()).await
    } else {
        Base::empty(Store::Sqlite, folder.path(), "t14").await
    };
    let units = orders * 3 * rounds;
    let replicas = if shared { 2 } else { 1 };
    let wish = Wish { replicas, invoice: INVOICE, ..Wish::goods(&[units, units, units]) };
    let town = Town::build_on(&given.program, folder, base, &wish).await;
    let (mut clocks, processes) = open(&town, cluster.as_ref()).await;
    let misled = processes.iter().filter(|process| is_misled(process)).count();
    report.must(misled == replicas, "T14", "a process does not ask the library for the time");
    let mut tallies = Vec::new();
    let mut ended = BTreeMap::new();
    for round in 0..rounds {
        let first = i64::try_from(round * 1_000).expect("few rounds");
        let (mut jumps, mut buyers) = (dice.fork(), dice.fork());
        let story = shop(&town, orders, first, &mut buyers);
        tallies.push(
            watched(&town, &mut ended, async {
                tokio::join!(story, set(&mut clocks, &mut jumps)).0
            })
            .await,
        );
    }
    tell(&tallies, &mut report);
    report.figure("jumps", clocks.iter().map(WrongClock::jumps).sum::<u64>());
    in_time(&town, &ended, &mut report).await;
    oracle::examine(&town, &town.base, &mut report).await;
    if shared {
        noted::one_at_a_time(&audit::read(&town.base.url()).await, &mut report);
    }
    if !report.passed() {
        town.settings.iter().for_each(|it| eprintln!("{}", it.said()));
    }
    drop(processes);
    town.remove().await;
    report
}

/// Starts every replica by its wrong clock; alone it begins with the true time.
async fn open(town: &Town, cluster: Option<&Cluster>) -> (Vec<WrongClock>, Vec<Process>) {
    let (mut clocks, mut processes) = (Vec::new(), Vec::new());
    if cluster.is_some() {
        audit::begin(&town.base.url()).await;
    }
    for (place, setting) in town.settings.iter().enumerate() {
        let mut setting = setting.clone();
        if let Some(cluster) = cluster {
            let by = cluster.url_of(ROLES[place], cluster.address());
            setting.set("DATABASE_URL", &town.base.url_by(&by));
        }
        let ahead = if cluster.is_none() { 0 } else { skew(place) };
        clocks.push(WrongClock::of(&mut setting, ahead));
        processes.push(setting.serve());
    }
    for setting in &town.settings {
        let ready = probe::ready(setting.probe, READY).await;
        assert!(ready, "not ready after {READY:?}:\n{}", setting.said());
    }
    (clocks, processes)
}

/// The first replica is an hour ahead, the second an hour behind.
const fn skew(place: usize) -> i64 {
    if place == 0 { HOUR } else { -HOUR }
}

/// Back ten minutes, right again, and ahead a day until the next round, one clock after another.
async fn set(clocks: &mut [WrongClock], dice: &mut fastrand::Rng) {
    let alone = clocks.len() == 1;
    for jump in [0, BACK, 0, DAY] {
        for (place, clock) in clocks.iter_mut().enumerate() {
            clock.set(jump + if alone { 0 } else { skew(place) });
            let pause = Duration::from_millis(dice.u64(BETWEEN.0..=BETWEEN.1));
            Clock::system().sleep(pause / if alone { 1 } else { 2 }).await;
        }
    }
}

/// A crowd as always, one that pays in the last seconds, and one that never does.
async fn shop(town: &Arc<Town>, orders: u64, first: i64, dice: &mut fastrand::Rng) -> [Tally; 3] {
    let all = Trade { at_once: 30, first: first + 1_000, ..Trade::default() };
    let crowd = |first_of, habit| Trade { first: first + first_of, habit: Some(habit), ..all };
    let last = crowd(LAST_PAYERS, Habit::PaysInTheLastSeconds);
    let absent = crowd(ABSENT, Habit::Abandons);
    let (mut a, mut b, mut c) = (dice.fork(), dice.fork(), dice.fork());
    let crowds = tokio::join!(
        town.trade(orders, all, &mut a),
        town.trade(orders, last, &mut b),
        town.trade(orders / 3, absent, &mut c),
    );
    crowds.into()
}

/// What a round came to: the tallies, and how long the rest took.
struct Round {
    tallies: [Tally; 3],
    rested: Result<Duration, String>,
}

/// Notes when each order is first seen to have expired, by the true time, until the town is quiet.
async fn watched(
    town: &Town,
    ended: &mut BTreeMap<String, Timestamp>,
    story: impl Future<Output = [Tally; 3]>,
) -> Round {
    let all = async {
        let tallies = story.await;
        Round { tallies, rested: town.quiet(QUIET).await }
    };
    let watch = async {
        let clock = Clock::system();
        loop {
            look(town, ended).await;
            clock.sleep(LOOK).await;
        }
    };
    tokio::select! {
        round = all => round,
        () = watch => unreachable!("it looks for ever"),
    }
}

async fn look(town: &Town, ended: &mut BTreeMap<String, Timestamp>) {
    let sql = "SELECT '\"' || p.reference || '\"' FROM payments p \
               JOIN orders o ON o.id = p.order_id WHERE o.state = 'expired'";
    let rows = town.base.rows(sql).await;
    // The answer is not older than this.
    let now = Clock::system().now();
    for row in rows {
        ended.entry(row.as_str().expect("text").to_owned()).or_insert(now);
    }
}

fn tell(rounds: &[Round], report: &mut Report) {
    let all = rounds.iter().flat_map(|round| round.tallies);
    let mut sum = Tally::default();
    all.for_each(|tally| sum.add(tally));
    sum.tell(report);
    let mut longest = Duration::ZERO;
    for round in rounds {
        match &round.rested {
            Ok(time) => longest = longest.max(*time),
            Err(left) => report.must(false, "I-LIVE", left.clone()),
        }
    }
    report.figure("recovery_s", format!("{:.1}", longest.as_secs_f64()));
}

/// No order ended before its deadline, and who paid before it bought.
async fn in_time(town: &Town, ended: &BTreeMap<String, Timestamp>, report: &mut Report) {
    let transactions = town.stage.project.transactions();
    let deadlines: HashMap<&str, Timestamp> =
        transactions.iter().map(|it| (it.reference.as_str(), it.expired_at)).collect();
    let (mut early, mut earliest, mut latest) = (0, 0, 0);
    for (reference, seen) in ended {
        let Some(deadline) = deadlines.get(reference.as_str()) else { continue };
        let after = seen.0 - deadline.0;
        (earliest, latest) = (after.min(earliest), after.max(latest));
        if seen.plus(SLACK) < *deadline {
            early += 1;
            let what = format!("{reference} ended {} ms before its deadline", -after);
            report.violated(Violation { promise: "I-TIME", what, history: Vec::new() });
        }
    }
    report.figure("expired", ended.len());
    report.figure("early", early);
    report.figure("earliest_ms", -earliest);
    report.figure("latest_ms", latest);
    let none = format!("{} orders expired: too few to tell", ended.len());
    report.must(ended.len() >= 10, "T14", none);
    let sql = format!(
        "SELECT '\"' || p.reference || ' is ' || p.outcome || '\"' FROM payments p \
         JOIN orders o ON o.id = p.order_id JOIN customers c ON c.id = o.customer_id \
         WHERE c.user_id >= {LAST_PAYERS} AND c.user_id < {ABSENT} AND p.outcome <> 'paid'"
    );
    let not_sold = town.base.rows(&sql).await;
    report.figure("paid_in_time_not_sold", not_sold.len());
    for row in not_sold {
        let what = format!("paid before the deadline: {row}");
        report.violated(Violation { promise: "I-TIME", what, history: Vec::new() });
    }
}
