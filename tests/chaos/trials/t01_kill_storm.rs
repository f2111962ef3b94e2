//! T1: the process is killed every fifth of a second while a crowd shops.

use std::time::Duration;

use crate::oracle;
use crate::report::Report;
use crate::trial::{BOTH, Given, Store, Trial};
use crate::world::crowd::Trade;
use crate::world::keeper::{self, Pace};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T1",
    title: "kill-storm",
    stores: BOTH,
    pieces: 20,
    play: |given| Box::pin(play(given)),
};

/// Without faults everything has ended after this: an invoice's time, its last word, one sweep.
const QUIET: Duration = Duration::from_secs(150);

/// Between bursts of kills: on PostgreSQL others think a dead process alive for some seconds.
fn lull(store: Store) -> Duration {
    Duration::from_secs(if store == Store::Postgres { 8 } else { 3 })
}

/// Buyers wait through the whole storm.
const TRUST: Duration = Duration::from_mins(6);

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let (orders, kills) = (given.share(2_000, 100_000), given.share(100, 3_000));
    // The first product runs out, the others have enough for nearly all.
    let wish = Wish {
        invoice: Duration::from_secs(30),
        ..Wish::goods(&[orders / 40, orders / 3, orders / 3, orders / 3, orders / 3])
    };
    let town = Town::build(&given, &wish).await;
    let trade = Trade { at_once: 100, patience: TRUST, trust: TRUST, ..Trade::default() };
    let pace = Pace::storm(kills + kills / 10, lull(given.store()));
    let mut buyers = dice.fork();
    let story = town.trade(orders, trade, &mut buyers);
    let (tally, mut storm, process) = keeper::storm(&town, pace, &mut dice, story).await;
    let rested = town.quiet(QUIET).await;
    tally.tell(&mut report);
    storm.tell(&mut report);
    match &rested {
        Ok(time) => report.figure("recovery_s", format!("{:.1}", time.as_secs_f64())),
        Err(left) => report.must(false, "I-LIVE", left.clone()),
    }
    oracle::examine(&town, &town.base, &mut report).await;
    report.must(
        storm.kills >= kills,
        "T1",
        format!("{} kills, {kills} are asked for", storm.kills),
    );
    report.must(tally.wanted == orders, "T1", format!("{} of {orders} orders", tally.wanted));
    let most = tally.paid >= orders * 3 / 4;
    report.must(most, "T1", format!("{} of {orders} orders were paid", tally.paid));
    town.close(process).await;
    report
}
