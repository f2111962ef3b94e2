//! What the cluster's own notes say: who took what from whom, who ended it, and who kept time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::ROLES;
use super::judged::quantiles;
use super::script::{Event, Kind, Script};
use crate::report::{Report, Violation};
use crate::world::audit::{LeaseNote, Notes, Place, RowNote};

/// A dead replica's work is taken over within this.
const TAKEOVER: Duration = Duration::from_secs(5);
/// The engine stamps a commit a little before everybody sees it.
const STAMP: Duration = Duration::from_millis(300);

/// The jobs beside the service.
const BY_THE_CLOCK: [&str; 4] = ["health", "backup", "drill", "journal"];
/// Who holds a row that says when a job was done.
const DONE: &str = "done";
/// The leases that are renewed all the time; pruning and sealing anew are the timer's. That of `bulk` is
/// held while a broadcast goes out, and none does here.
const SINGLETONS: [&str; 2] = ["timer", "webhook"];

/// The changes of one row after another.
type Rows<'a> = BTreeMap<(&'a str, i64), Vec<&'a RowNote>>;

fn in_order(notes: &Notes) -> Rows<'_> {
    let mut all: Rows<'_> = BTreeMap::new();
    for note in &notes.rows {
        all.entry((&note.queue, note.id)).or_default().push(note);
    }
    all
}

/// Everything that the notes can show.
pub(super) fn check(script: &Script, notes: &Notes, report: &mut Report) {
    let all = in_order(notes);
    rows(&all, report);
    lanes(&notes.places, &all, report);
    takeovers(script, &all, report);
    latencies(&all, report);
    leases(&notes.leases, report);
}

/// What two processes never do at once: hold one row, end one row, keep time.
pub fn one_at_a_time(notes: &Notes, report: &mut Report) {
    let all = in_order(notes);
    rows(&all, report);
    held_twice(&all, report);
    leases(&notes.leases, report);
}

/// Rows that were taken while somebody held them; only a replica that is gone may lose what it holds.
fn held_twice(all: &Rows<'_>, report: &mut Report) {
    let mut wrong = 0;
    for ((queue, id), notes) in all {
        let twice = notes.windows(2).find(|pair| pair[0].leased && pair[1].is_claim());
        if let Some(pair) = twice {
            wrong += 1;
            let history = notes.iter().map(|note| format!("{note:?}")).collect();
            let what = format!("{queue} {id}: {} took it from {}", pair[1].who, pair[0].who);
            report.violated(Violation { promise: "I-ONE", what, history });
        }
    }
    report.figure("held_twice", wrong);
}

/// A fact is not taken while an earlier one of its lane is there to be seen and not done.
fn lanes(places: &[Place], all: &Rows<'_>, report: &mut Report) {
    let mut lanes: HashMap<&str, Vec<&Place>> = HashMap::new();
    for place in places {
        lanes.entry(&place.lane).or_default().push(place);
    }
    let of = |place: &Place| all.get(&("inbox", place.id)).map_or(&[][..], Vec::as_slice);
    let mut checked = 0;
    for facts in lanes.values() {
        for (n, later) in facts.iter().enumerate() {
            for claim in of(later).iter().filter(|note| note.is_claim()) {
                checked += 1;
                let waits = |earlier: &&&Place| {
                    let notes = of(earlier);
                    let end = notes.iter().find(|note| note.is_end());
                    let new = notes.first().filter(|note| note.is_new());
                    new.is_some_and(|new| new.seen().plus(STAMP) < claim.at())
                        && end.is_none_or(|end| end.seen() > claim.at().plus(STAMP))
                };
                if let Some(earlier) = facts[..n].iter().find(waits) {
                    let told = of(earlier).iter().chain(of(later));
                    report.violated(Violation {
                        promise: "I-FIFO",
                        what: format!("{} was taken before {}", later.id, earlier.id),
                        history: told.map(|note| format!("{note:?}")).collect(),
                    });
                }
            }
        }
    }
    report.figure("fifo_checked", checked);
}

/// Ends by those who held nothing any more.
fn rows(all: &Rows<'_>, report: &mut Report) {
    let mut wrong = 0;
    for ((queue, id), notes) in all {
        if let Some(what) = unfenced(notes) {
            wrong += 1;
            let history = notes.iter().map(|note| format!("{note:?}")).collect();
            let what = format!("{queue} {id}: {what}");
            report.violated(Violation { promise: "I-ONE", what, history });
        }
    }
    report.figure("rows", all.len());
    report.figure("unfenced", wrong);
}

/// An end, or a giving back, that was made by somebody else than the holder.
fn unfenced(notes: &[&RowNote]) -> Option<String> {
    let mut holder: Option<&RowNote> = None;
    let mut ended = false;
    for note in notes {
        if note.is_claim() {
            if ended {
                return Some("it was taken after its end".to_owned());
            }
            holder = Some(note);
        } else if note.is_end() {
            if let Some(claim) = holder.filter(|claim| claim.who != note.who) {
                return Some(format!("{} held it, {} ended it", claim.who, note.who));
            }
            if ended && note.state != "dropped" {
                return Some("it ended twice".to_owned());
            }
            ended = note.state != "parked";
            holder = None;
        } else if !note.leased {
            holder = None;
        }
    }
    None
}

/// Rows that a replica held when it was hit, and when the other one took each.
fn takeovers(script: &Script, all: &Rows<'_>, report: &mut Report) {
    let (mut killed, mut frozen) = (Takeovers::default(), Takeovers::default());
    for event in script.events() {
        match event.kind {
            Kind::Kill(place) => killed.count(event, ROLES[place], all),
            Kind::Freeze(place) => frozen.count(event, ROLES[place], all),
            Kind::Restart | Kind::Partition => {}
        }
    }
    report.figure("held_at_kill", killed.held);
    report.must(killed.held > 0, "T7", "no kill hit a replica that held anything");
    let most = killed.last.iter().max().copied().unwrap_or_default();
    quantiles(report, "takeover_ms", &mut killed.last);
    report.must(most <= TAKEOVER, "T7", format!("a takeover took {most:?}"));
    report.figure("held_frozen", frozen.held);
    report.figure("taken_from_frozen", frozen.taken);
}

#[derive(Debug, Default)]
struct Takeovers {
    held: usize,
    /// Of these, how many another replica took while the trouble lasted.
    taken: usize,
    /// For each event the time until the last row was taken by another replica.
    last: Vec<Duration>,
}

impl Takeovers {
    fn count(&mut self, event: &Event, who: &str, all: &Rows<'_>) {
        let mut last = None;
        for notes in all.values() {
            let before = notes.partition_point(|note| note.at() <= event.from);
            let Some(held) = notes[..before].last() else { continue };
            if held.who != who || !held.is_claim() {
                continue;
            }
            self.held += 1;
            let next = notes[before..].iter().find(|note| note.is_claim());
            if let Some(next) = next {
                self.taken += usize::from(next.who != who && next.at() <= event.to);
                last = last.max(Some(next.at().since(event.from)));
            }
        }
        self.last.extend(last);
    }
}

/// How soon a new row is taken by who wrote it, and by another one.
fn latencies(all: &Rows<'_>, report: &mut Report) {
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for notes in all.values() {
        let mut notes = notes.iter();
        let Some(new) = notes.next().filter(|note| note.is_new()) else { continue };
        let Some(claim) = notes.find(|note| note.is_claim()) else { continue };
        let took = claim.at().since(new.at());
        if claim.who == new.who { own.push(took) } else { other.push(took) }
    }
    report.figure("taken_by_other", other.len());
    quantiles(report, "own_ms", &mut own);
    quantiles(report, "other_ms", &mut other);
}

/// The lease of each job has one holder at a time, and a higher number for each.
fn leases(notes: &[LeaseNote], report: &mut Report) {
    let mut jobs: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    // When a job was done last stands beside the leases and is none.
    let notes: Vec<LeaseNote> = notes.iter().filter(|note| note.holder != DONE).cloned().collect();
    for job in notes.chunk_by(|one, next| one.name == next.name) {
        let pairs = job.windows(2);
        let changes = pairs.filter(|pair| one_holder(&pair[0], &pair[1], report)).count();
        jobs.insert(&job[0].name, (job.len(), changes + 1));
    }
    for job in SINGLETONS {
        let (renewals, holders) = jobs.remove(job).unwrap_or_default();
        report.figure(&format!("{job}_renewals"), renewals);
        report.figure(&format!("{job}_holders"), holders);
        report.must(renewals > 1, "I-ONE", format!("nobody kept the lease {job}"));
    }
    // Those that come round by the clock hold theirs from their first round on.
    jobs.retain(|job, _| !BY_THE_CLOCK.contains(job));
    report.must(jobs.is_empty(), "I-ONE", format!("leases nobody told of: {jobs:?}"));
}

/// Whether the job changed hands; what is wrong with it is told.
fn one_holder(before: &LeaseNote, note: &LeaseNote, report: &mut Report) -> bool {
    let changed = note.holder != before.holder;
    let what = if note.fence < before.fence || note.fence_before != before.fence {
        format!("the lease {} went from {} to {}", note.name, before.fence, note.fence)
    } else if !changed && note.fence != before.fence {
        format!("a renewal of {} got a new number", note.name)
    } else if changed && note.fence == before.fence {
        format!("a new holder of {} got the old number", note.name)
    } else if changed && note.at() < note.until_before() {
        format!("{} took {} from {} before its time", note.who, note.name, before.who)
    } else {
        return changed;
    };
    let history = vec![format!("{before:?}"), format!("{note:?}")];
    report.violated(Violation { promise: "I-ONE", what, history });
    changed
}
