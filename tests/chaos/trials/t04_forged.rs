//! T4: somebody posts callbacks for money that nobody paid, while others really pay.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use bot_auto_order::sandbox::pakasir::{State, Transaction, Version};

use crate::oracle::{self, Expected};
use crate::report::Report;
use crate::trial::{Given, Store, Trial};
use crate::world::beat::{Beat, Waits};
use crate::world::buyer::Habit;
use crate::world::crowd::Trade;
use crate::world::forger::{Forger, Kind};
use crate::world::line::Line;
use crate::world::looks;
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T4",
    title: "forged-callbacks",
    stores: &[Store::Sqlite],
    pieces: 10,
    play: |given| Box::pin(play(given)),
};

const PATIENCE: Duration = Duration::from_mins(1);
/// What was forged is worked off and what was paid is delivered after this.
const QUIET: Duration = Duration::from_mins(4);
/// Longer than a piece: nobody's order ends while it is attacked.
const INVOICE: Duration = Duration::from_mins(20);
/// Measured with and without the flood in turns, because the machine has moods.
const ROUNDS: u64 = 5;
const CALM: Duration = Duration::from_millis(1_500);
/// Below this a wait is the machine's noise.
const FLOOR: Duration = Duration::from_millis(5);
/// The buyers of a round have what they paid for within this, however much is forged meanwhile.
const SERVED_WITHIN: Duration = Duration::from_secs(20);
/// Connections of the forger: more than wait for their answers at once at his rate.
const LINES: usize = 256;
/// Gateway's amounts and modes that are not what was asked, of each kind.
const ODD: usize = 4;

/// One version of the gateway under attack.
struct Siege {
    version: Version,
    forged: u64,
    /// Orders that wait for their payment under attack.
    victims: u64,
    /// Of these, paid for in the middle of it.
    races: usize,
    /// Buyers who come, pay and go meanwhile.
    payers: u64,
    /// Buyers who cancel first and then pay, in each round.
    late: u64,
    /// Forged callbacks a second.
    rate: u64,
}

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let siege = Siege {
        version: Version::V2,
        forged: given.share(20_000, 950_000),
        victims: 150,
        races: 50,
        payers: 5,
        late: 1,
        rate: 1_200,
    };
    let mut forged_in_all = lay(&given, &siege, &mut dice, &mut report).await;
    let mut first = given.report();
    let (forged, victims, races) = (given.share(2_000, 50_000), 30, 10);
    let siege =
        Siege { version: Version::V1, forged, victims, races, payers: 0, late: 0, rate: 1_000 };
    forged_in_all += lay(&given, &siege, &mut dice, &mut first).await;
    report.absorb("v1_", first);
    report.figure("forged_in_all", forged_in_all);
    let least = given.share(20_000, 1_000_000);
    let what = format!("{forged_in_all} of {least} forged");
    report.must(forged_in_all >= least, "T4", what);
    report
}

/// Plays one siege; returns how many callbacks were forged in it.
async fn lay(given: &Given, siege: &Siege, dice: &mut fastrand::Rng, report: &mut Report) -> u64 {
    let (town, process) = found(given, siege).await;
    let project = &town.stage.project;
    let open = Trade { first: 100_000, habit: Some(Habit::Abandons), ..Trade::default() };
    let tally = town.trade(siege.victims, open, dice).await;
    let waiting: Vec<Transaction> = project.transactions();
    report.must(
        tally.ordered == siege.victims,
        "I-LIVE",
        format!("{} of {} victims have an invoice", tally.ordered, siege.victims),
    );
    let (racing, rest) = waiting.split_at(siege.races.min(waiting.len()));

    let forger = Forger::new(&town, siege.version);
    let (mut calm, mut flooded, mut purchases) = (Vec::new(), Vec::new(), Vec::new());
    let mut beat = Beat::new(&town, 0).await;
    let mut payers = dice.fork();
    let begun = std::time::Instant::now();
    for round in 0..ROUNDS {
        let (mut before, mut during) = (Waits::default(), Waits::default());
        let first = 200_000 + i64::try_from(round).expect("a few rounds") * 1_000;
        let idle = async {
            let clock = Clock::system();
            tokio::join!(town.trade(siege.payers, paying(first), &mut payers), clock.sleep(CALM)).0
        };
        let served = beat.until(&town, &mut before, idle).await.served;
        let race = of_round(racing, round);
        let storm = async {
            let flood = forger.flood(siege.forged.div_ceil(ROUNDS), siege.rate, LINES, dice);
            let trade = trade_under_attack(&town, siege, first, &mut payers);
            tokio::join!(flood, run_races(&forger, race), trade).2
        };
        let (under, took) = beat.until(&town, &mut during, storm).await;
        purchases.push(took);
        calm.push(before);
        flooded.push(during);
        let all = served + under == 2 * siege.payers + siege.late;
        report.must(all, "I-LIVE", format!("{served} + {under} buyers were served"));
    }
    report.figure("siege_s", begun.elapsed().as_secs());
    served_soon(siege, purchases, report);
    believed(&town, report).await;
    let honest = pay_the_rest(&town, rest, siege.version);
    match town.quiet(QUIET).await {
        Ok(time) => report.figure("recovery_s", format!("{:.1}", time.as_secs_f64())),
        Err(left) => report.must(false, "I-LIVE", left),
    }
    let forged = doors(&forger, siege, report);
    report.figure("races", racing.len());
    report.figure("odd_payments", 3 * ODD);
    report.figure("paid_after", honest);
    looks::tell(&town, report);
    waits(&mut calm, &mut flooded, report);
    let expected = Expected { held: true, ..Expected::default() };
    oracle::examine_expecting(&town, &town.base, expected, report).await;
    town.close(process).await;
    forged
}

/// Buyers who pay, from this number on.
fn paying(first: i64) -> Trade {
    Trade { first, habit: Some(Habit::Pays), ..Trade::default() }
}

/// How many were served in a round, and how long those took who paid in time.
async fn trade_under_attack(
    town: &Arc<Town>,
    siege: &Siege,
    first: i64,
    dice: &mut fastrand::Rng,
) -> (u64, Duration) {
    let came = std::time::Instant::now();
    let served = town.trade(siege.payers, paying(first + 500), dice).await.served;
    let took = came.elapsed();
    // Money for what was cancelled comes late, and is not forgotten.
    let late = Trade { habit: Some(Habit::CancelsAndPays), ..paying(first + 800) };
    (served + town.trade(siege.late, late, dice).await.served, took)
}

async fn found(given: &Given, siege: &Siege) -> (Arc<Town>, crate::world::program::Process) {
    let units = siege.victims + (siege.payers + siege.late) * ROUNDS * 2;
    let (name, word) = match siege.version {
        Version::V2 => ("two", "v2"),
        Version::V1 => ("one", "v1"),
    };
    let environment = vec![("PAKASIR_API_VERSION", word.to_owned())];
    let wish = Wish {
        name,
        invoice: INVOICE,
        environment,
        ..Wish::goods(&[units * 2, units * 2, units * 2])
    };
    let town = Town::build(given, &wish).await;
    town.stage.project.version(siege.version);
    let process = town.serve();
    town.ready(0, PATIENCE).await;
    (town, process)
}

/// What is raced for in a round.
fn of_round(racing: &[Transaction], round: u64) -> &[Transaction] {
    let size = racing.len().div_ceil(usize::try_from(ROUNDS).expect("few")).max(1);
    racing.chunks(size).nth(usize::try_from(round).expect("few")).unwrap_or(&[])
}

/// Pays for each one while it is claimed to be paid.
async fn run_races(forger: &Forger, racing: &[Transaction]) {
    let clock = Clock::system();
    let mut line = Line::to(forger.door());
    for transaction in racing {
        forger.race(&mut line, &transaction.txn_id).await;
        clock.sleep(Duration::from_millis(40)).await;
    }
}

/// How long the buyers of the middle round took, who press and pay while callbacks are forged.
fn served_soon(siege: &Siege, mut purchases: Vec<Duration>, report: &mut Report) {
    if siege.payers == 0 {
        return;
    }
    purchases.sort_unstable();
    let middle = purchases[purchases.len() / 2];
    report.figure("purchases_s", format!("{:.1}", middle.as_secs_f64()));
    let what = format!("buyers waited {} s behind what was forged", middle.as_secs());
    report.must(middle <= SERVED_WITHIN, "I-LIVE", what);
}

/// Nothing may count as paid now that nobody paid: later, everybody has.
async fn believed(town: &Town, report: &mut Report) {
    let completed = town.stage.project.transactions().into_iter();
    let completed: HashSet<String> =
        completed.filter(|it| it.state == State::Completed).map(|it| it.reference).collect();
    let rows = town.base.table("payments", &["reference", "state"]).await;
    let accepted = rows.iter().filter(|it| {
        it["state"] == "completed"
            && !it["reference"].as_str().is_some_and(|it| completed.contains(it))
    });
    let accepted = accepted.count();
    report.figure("accepted", accepted);
    report.must(accepted == 0, "I-NOPAY", format!("{accepted} forged callbacks were believed"));
}

/// Money comes for everyone who was attacked: too little, too much and play money for a few.
///
/// Version 1 does not say in its answer whether it was play money.
fn pay_the_rest(town: &Town, rest: &[Transaction], version: Version) -> usize {
    let project = &town.stage.project;
    for (place, transaction) in rest.iter().enumerate() {
        let txn = &transaction.txn_id;
        match place / ODD {
            0 => project.set_amount(txn, transaction.amount - 1),
            1 => project.set_amount(txn, transaction.amount + 1),
            2 if version == Version::V2 => project.set_sandbox(txn, true),
            _ => {}
        }
        let _ = project.pay(txn);
    }
    rest.len().saturating_sub(3 * ODD)
}

fn doors(forger: &Forger, siege: &Siege, report: &mut Report) -> u64 {
    let sent = forger.sent();
    let all = sent.with(|kind, status| kind != Kind::Paid && status != 0);
    report.figure("forged", all);
    report.figure("refused_at_the_door", sent.with(|_, status| status == 401 || status == 404));
    report.figure("heard", sent.with(|_, status| status == 200));
    report.must(all >= siege.forged, "T4", format!("{all} of {} forged", siege.forged));
    for ((kind, status), times) in &sent.answered {
        let right = forger.is_right(*kind, *status);
        let secret = matches!(kind, Kind::WrongSecret | Kind::NoSecret | Kind::WrongPath);
        let promise = if secret { "I-NOPAY" } else { "I-ACK" };
        report.must(right, promise, format!("{times} {kind:?} were answered {status}"));
    }
    all
}

/// The middle one of the rounds counts: a neighbour on the machine spoils one or two of them.
fn waits(calm: &mut [Waits], flooded: &mut [Waits], report: &mut Report) {
    let millis = |time: Duration| format!("{}.{}", time.as_millis(), time.as_micros() / 100 % 10);
    let count = |rounds: &[Waits]| rounds.iter().map(Waits::count).sum::<usize>();
    let middle = |rounds: &mut [Waits], percent| {
        let mut waits: Vec<Duration> = rounds.iter_mut().map(|it| it.percentile(percent)).collect();
        waits.sort_unstable();
        waits[waits.len() / 2]
    };
    report.figure("good_acks", format!("{}+{}", count(calm), count(flooded)));
    report.figure("ack_ms_p50_calm", millis(middle(calm, 50)));
    report.figure("p50_flood", millis(middle(flooded, 50)));
    let (before, during) = (middle(calm, 99), middle(flooded, 99));
    report.figure("p99_calm", millis(before));
    report.figure("p99_flood", millis(during));
    let most = (before * 3 / 2).max(FLOOR);
    let what = format!("good traffic waits {} ms, {} ms before", millis(during), millis(before));
    report.must(during <= most, "T4", what);
}
