//! How often the service asked the gateway about payments, held against what it may.

use std::collections::BTreeMap;

use super::town::Town;
use crate::report::Report;

/// One look per payment in this time, …
const APART: i64 = 5_000;
/// … as the gateway sees it, whose clock starts when the call arrives.
const JITTER: i64 = 1_000;
/// A store looks so often at once, and then …
const AT_ONCE: usize = 100;
/// … so often a second.
const PER_SECOND: usize = 50;
const WINDOW: i64 = 1_000;

/// Tells the looks and names every look too many.
pub fn tell(town: &Town, report: &mut Report) {
    let mut all = Vec::new();
    let mut each: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let calls = town.stage.gateway.calls().into_iter();
    for call in calls.filter(|it| matches!(it.route, "v2 status" | "v1 detail")) {
        all.push(call.at.0);
        each.entry(call.reference).or_default().push(call.at.0);
    }
    let most = each.values().map(Vec::len).max().unwrap_or(0);
    let busiest = (0..all.len()).map(|first| within(&all[first..])).max().unwrap_or(0);
    report.figure("looks", all.len());
    report.figure("looks_per_order_max", most);
    report.figure("looks_per_s_max", busiest);
    for (reference, looks) in each {
        let time = looks.last().unwrap_or(&0) - looks[0];
        let may = 1 + (time + JITTER) / APART;
        let are = i64::try_from(looks.len()).unwrap_or(i64::MAX);
        let what = format!("{reference} was asked about {are} times in {time} ms");
        report.must(are <= may, "I-RATE", what);
    }
    let may = AT_ONCE + PER_SECOND + PER_SECOND;
    report.must(busiest <= may, "I-RATE", format!("{busiest} looks in a second, {may} may be"));
    if let (Some(first), Some(last)) = (all.first(), all.last()) {
        let seconds = usize::try_from((last - first) / 1_000 + 1).unwrap_or(0);
        let may = AT_ONCE + PER_SECOND * seconds;
        let what = format!("{} looks in {seconds} s, {may} may be", all.len());
        report.must(all.len() <= may, "I-RATE", what);
    }
}

fn within(from: &[i64]) -> usize {
    from.iter().take_while(|at| **at - from[0] < WINDOW).count()
}
