//! T23: every state that order × payment × stock × delivery can reach, and ten flaws that the same search finds.

use std::time::Instant;

use crate::model::{Explored, Flaw, Rules, Scope, explore};
use crate::report::{Report, Violation};
use crate::simulation;
use crate::trial::{Given, Playing, Size, Trial};

pub const TRIAL: Trial = Trial {
    name: "T23",
    title: "model",
    stores: &[],
    pieces: 1,
    play: |given| -> Playing { Box::pin(play(given)) },
};

const fn scope(buyers: usize, faults: u8, last_deed: u8) -> Scope {
    Scope { buyers, faults, last_deed }
}

/// One buyer under many faults, two under few.
const QUICK: &[Scope] = &[scope(1, 2, 3), scope(2, 0, 1)];
const FULL: &[Scope] = &[scope(1, 3, 3), scope(2, 0, 3)];
/// A flaw is found within this.
const OF_FLAWS: Scope = scope(2, 2, 1);
/// What is missing is seen only when everything came to its end.
const OF_SILENCE: Scope = scope(1, 1, 1);
/// Fewer states than these were not the model.
const FEWEST: usize = 1_000_000;

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let folder = tempfile::tempdir().expect("a folder");
    let rules = Rules::of(&simulation::a_store(folder.path()).await);
    let scopes = match given.piece.size {
        Size::Quick => QUICK,
        Size::Full { .. } => FULL,
    };
    let started = Instant::now();
    let explored: Vec<Explored> =
        scopes.iter().map(|scope| explore(&rules, None, *scope, None)).collect();
    let took = started.elapsed();
    let (mut all, mut transitions, mut ends) = (0, 0, 0);
    for (scope, explored) in scopes.iter().zip(explored) {
        let Scope { buyers, faults, .. } = scope;
        let (states, depth) = (explored.states, explored.depth);
        report.figure(&format!("buyers{buyers}_faults{faults}"), format!("{states}/{depth}"));
        all += explored.states;
        transitions += explored.transitions;
        ends += explored.ends;
        for found in explored.found {
            let what = format!("broken in {} steps", found.path.len());
            report.violated(Violation { promise: found.promise, what, history: found.path });
        }
    }
    report.figure("states", all);
    report.figure("transitions", transitions);
    report.figure("ends", ends);
    report.figure("exploring_s", took.as_secs());
    report.must(all >= FEWEST, "I-ASKED", format!("{all} states are fewer than {FEWEST}"));
    find_flaws(&rules, &mut report);
    report
}

/// The same search must find every flaw that is put into the design.
fn find_flaws(rules: &Rules, report: &mut Report) {
    let (mut caught, mut states) = (0, 0);
    for (flaw, promise) in Flaw::ALL {
        let silent = matches!(flaw, Flaw::NoSweep | Flaw::UnknownIsSent);
        let scope = if silent { OF_SILENCE } else { OF_FLAWS };
        let flawed = explore(rules, Some(flaw), scope, Some(promise));
        let found = flawed.found.iter().any(|found| found.promise == promise);
        caught += usize::from(found);
        states += flawed.states;
        let what = format!("{flaw:?} does not break {promise} in {} states", flawed.states);
        report.must(found, "I-ASKED", what);
    }
    report.figure("flaws_caught", format!("{caught}/{}", Flaw::ALL.len()));
    report.figure("flawed_states", states);
}
