//! I-ACK: what was answered 2xx is in the inbox and none of it is given up. I-FIFO: in order per person.
//!
//! I-ACK is shown for every update and callback the ledgers saw answered; two rows for one are forbidden by
//! the table itself. That an update had its
//! effect once is shown where an effect can be counted: orders, payments, goods (the other groups).
//! I-FIFO is shown by the times in the inbox: a fact that was there before a later one came in must
//! be done before it. Two handlers of one person at the same time that end in the right order do
//! not show.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Expected;
use super::evidence::Evidence;
use super::history;
use crate::report::Violation;

/// With several replicas a fact may be stamped before and seen after another one.
const STAMPS_DIFFER: i64 = 2_000;

/// Every update that was answered 2xx.
pub fn acked(evidence: &Evidence) -> BTreeSet<i64> {
    let taken = |status: u16| (200..300).contains(&status);
    let delivered = evidence.deliveries.iter().filter(|it| taken(it.status));
    let delivered = delivered.map(|it| it.update_id);
    delivered.chain(evidence.acked_elsewhere.iter().copied()).collect()
}

/// Those that the inbox does not have.
pub fn lost(evidence: &Evidence) -> Vec<i64> {
    let facts = evidence.books.inbox.iter().filter(|it| it.source == "telegram");
    let known: HashSet<&str> = facts.map(|it| it.key.as_str()).collect();
    acked(evidence).into_iter().filter(|id| !known.contains(id.to_string().as_str())).collect()
}

pub fn check(evidence: &Evidence, expected: Expected) -> Vec<Violation> {
    let mut found: Vec<Violation> = lost(evidence)
        .into_iter()
        .map(|id| {
            let what = format!("update {id} was answered 2xx and is not in the inbox");
            history::of_update(evidence, "I-ACK", &id.to_string(), what)
        })
        .collect();
    found.extend(callbacks(evidence));
    // A stranger's callback is set aside by design, and so is an update nobody can read.
    let ours = |source: &str| source == "fact" || (source == "telegram" && !expected.set_aside);
    let held = |reason: &Option<String>| {
        expected.held && reason.as_deref().is_some_and(|it| it.starts_with("held:"))
    };
    let dead = evidence.books.inbox.iter().filter(|it| it.state == "dead" && ours(&it.source));
    for fact in dead.filter(|it| !held(&it.reason)) {
        let what = format!("{} {} was set aside: {:?}", fact.source, fact.key, fact.reason);
        found.push(history::of_update(evidence, "I-ACK", &fact.key, what));
    }
    if !expected.lanes_elsewhere {
        found.extend(order(evidence));
    }
    found
}

/// Equal callbacks within a few seconds are one fact, so bodies are compared and not counted.
fn callbacks(evidence: &Evidence) -> Vec<Violation> {
    let kept: HashSet<&str> = evidence.books.callbacks.iter().map(String::as_str).collect();
    let lost = evidence.callbacks.iter().filter(|it| {
        it.status.is_some_and(|status| (200..300).contains(&status))
            && !kept.contains(it.body.as_str())
    });
    lost.map(|it| Violation {
        promise: "I-ACK",
        what: format!("callback {} was answered 2xx and is not in the inbox", it.n),
        history: vec![it.body.clone()],
    })
    .collect()
}

/// I-FIFO, lane by lane.
fn order(evidence: &Evidence) -> Vec<Violation> {
    let slack = if evidence.replicas > 1 { STAMPS_DIFFER } else { 0 };
    let mut lanes: HashMap<&str, Vec<_>> = HashMap::new();
    for fact in &evidence.books.inbox {
        lanes.entry(&fact.lane).or_default().push(fact);
    }
    let mut found = Vec::new();
    for (lane, mut facts) in lanes {
        facts.sort_by_key(|it| (it.seq, it.id));
        for (place, later) in facts.iter().enumerate() {
            let overtaken = facts[..place].iter().find(|earlier| {
                earlier.received_at + slack < later.received_at
                    && earlier.done_at.zip(later.done_at).is_some_and(|(first, then)| first > then)
            });
            if let Some(earlier) = overtaken {
                let what = format!("in {lane} fact {} was done before {}", later.key, earlier.key);
                found.push(history::of_update(evidence, "I-FIFO", &later.key, what));
            }
        }
    }
    found
}
