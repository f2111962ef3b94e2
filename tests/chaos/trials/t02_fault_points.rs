//! T2b: the process dies before and after its n-th commit while several buyers are on their way.
//!
//! `tests/crash` does this to one order at a time and compares everything; here lives of every length follow
//! one another and the oracle judges what they left.

use std::time::Duration;

use crate::oracle;
use crate::report::Report;
use crate::trial::{BOTH, Given, Size, Trial};
use crate::world::crowd::Trade;
use crate::world::keeper::{self, Point};
use crate::world::town::{Town, Wish};

pub const TRIAL: Trial = Trial {
    name: "T2b",
    title: "fault-points",
    stores: BOTH,
    pieces: 1,
    play: |given| Box::pin(play(given)),
};

/// Commits around which a process dies, before and after.
const COMMITS: u64 = 60;
/// So many of the points are played at the quick size.
const SAMPLE: usize = 20;
const QUIET: Duration = Duration::from_mins(2);
/// A process that holds something may be thought alive for a while.
const TRUST: Duration = Duration::from_mins(5);

async fn play(given: Given) -> Report {
    let (mut report, mut dice) = (given.report(), given.dice());
    let mut points: Vec<Point> =
        (1..=COMMITS).flat_map(|commit| [Point::Before(commit), Point::After(commit)]).collect();
    dice.shuffle(&mut points);
    if given.piece.size == Size::Quick {
        points.truncate(SAMPLE);
    }
    let orders = 3 * u64::try_from(points.len()).expect("a few points");
    let wish = Wish { name: "points", ..Wish::goods(&[5, orders, orders]) };
    let wish = Wish { invoice: Duration::from_secs(20), ..wish };
    let town = Town::build(&given, &wish).await;
    let trade = Trade { at_once: 8, trust: TRUST, ..Trade::default() };
    let story = town.trade(orders, trade, &mut dice);
    let (tally, deaths, process) = keeper::die_at(&town, &points, story).await;
    if let Err(left) = town.quiet(QUIET).await {
        report.must(false, "I-LIVE", left);
    }
    tally.tell(&mut report);
    report.figure("points", points.len());
    report.figure("deaths", deaths);
    oracle::examine(&town, &town.base, &mut report).await;
    let all = usize::try_from(deaths) == Ok(points.len());
    report.must(all, "T2b", format!("{deaths} deaths at {} points", points.len()));
    town.close(process).await;
    report
}
