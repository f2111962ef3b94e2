//! What the doors, the cluster's notes and the logs say about a script that was played.

use std::collections::BTreeMap;
use std::time::Duration;

use bot_auto_order::primitives::Timestamp;

use super::script::{Event, Kind, Script};
use super::{ROLES, World};
use crate::report::{Report, Violation};
use crate::world::audit::{LeaseNote, RowNote};
use crate::world::balancer::Passed;
use crate::world::metronome::Sent;

/// What a restart may cost more than it takes.
const GRACE: Duration = Duration::from_secs(1);
/// A dead replica's work is taken over within this.
const TAKEOVER: Duration = Duration::from_secs(5);
/// An answer comes within this, be it a refusal.
const ANSWER: Duration = Duration::from_secs(5);

/// How long the doors were shut at restarts, and whether they ever kept somebody waiting.
pub fn doors(script: &Script, sent: &[Sent], passed: &[Passed], report: &mut Report) {
    let refused: Vec<&Sent> = sent.iter().filter(|it| !it.taken()).collect();
    report.figure("probes", sent.len());
    report.figure("refused", refused.len());
    let mut shut = Vec::new();
    for (place, event) in script.events().iter().enumerate() {
        if event.kind != Kind::Restart {
            continue;
        }
        let before = script.events()[..place].last().map_or(Timestamp(0), |it| it.to);
        let next = script.events().get(place + 1).map_or(Timestamp(i64::MAX), |it| it.from);
        // Only what was sent between the neighbours is this restart's.
        let from = event.from.minus(GRACE).max(before);
        let mine = refused.iter().filter(|it| it.at >= from && it.at < next);
        let (first, last) = mine.fold((None, None), |(first, _), it| {
            (first.or(Some(it.at)), Some(it.at.plus(it.took)))
        });
        let window = first.zip(last).map_or(Duration::ZERO, |(first, last)| last.since(first));
        let down = event.to.since(event.from);
        shut.push((window, down));
        report.must(
            window <= down + GRACE,
            "T7",
            format!("the doors were shut for {window:?} at a restart of {down:?}"),
        );
    }
    let mut windows: Vec<Duration> = shut.iter().map(|(window, _)| *window).collect();
    let mut downs: Vec<Duration> = shut.iter().map(|(_, down)| *down).collect();
    quantiles(report, "down_ms", &mut downs);
    quantiles(report, "shut_ms", &mut windows);
    slow(script, passed, report);
}

/// A replica that runs answers in time, whatever its database does.
fn slow(script: &Script, passed: &[Passed], report: &mut Report) {
    let runs = |it: &&Passed| {
        let until = it.at.plus(it.took);
        !script.events().iter().any(|event| {
            let hit = matches!(event.kind, Kind::Freeze(place) | Kind::Kill(place) if place == it.replica);
            // A replica that was frozen or is started anew has its own work to catch up with.
            hit && it.at <= event.to.plus(GRACE) && until >= event.from
        })
    };
    let slowest = passed.iter().filter(runs).max_by_key(|it| it.took);
    let took = slowest.map_or(Duration::ZERO, |it| it.took);
    report.figure("answers", passed.len());
    report.figure("slowest_answer_ms", took.as_millis());
    report.must(took <= ANSWER, "T7", format!("an answer took {took:?}: {slowest:?}"));
}

/// Who took what from whom: takeovers, and ends by those who held nothing any more.
pub fn rows(script: &Script, notes: &[RowNote], report: &mut Report) {
    let mut all: BTreeMap<(&str, i64), Vec<&RowNote>> = BTreeMap::new();
    for note in notes {
        all.entry((&note.queue, note.id)).or_default().push(note);
    }
    let mut wrong = 0;
    for ((queue, id), notes) in &all {
        if let Some(what) = unfenced(notes) {
            wrong += 1;
            let history = notes.iter().map(|note| format!("{note:?}")).collect();
            let what = format!("{queue} {id}: {what}");
            report.violated(Violation { invariant: "I-ONE", what, history });
        }
    }
    report.figure("rows", all.len());
    report.figure("unfenced", wrong);
    takeovers(script, &all, report);
    latencies(&all, report);
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
fn takeovers(script: &Script, all: &BTreeMap<(&str, i64), Vec<&RowNote>>, report: &mut Report) {
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
    fn count(&mut self, event: &Event, who: &str, all: &BTreeMap<(&str, i64), Vec<&RowNote>>) {
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
fn latencies(all: &BTreeMap<(&str, i64), Vec<&RowNote>>, report: &mut Report) {
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

/// The timer's lease has one holder at a time, and a higher number for each.
pub fn leases(notes: &[LeaseNote], report: &mut Report) {
    let mut holders = 1;
    for pair in notes.windows(2) {
        let (before, note) = (&pair[0], &pair[1]);
        let told = || vec![format!("{before:?}"), format!("{note:?}")];
        let mut wrong = |what: String| {
            report.violated(Violation { invariant: "I-ONE", what, history: told() });
        };
        if note.fence < before.fence || note.fence_before != before.fence {
            wrong(format!("the lease {} went from {} to {}", note.name, before.fence, note.fence));
        } else if note.holder == before.holder {
            if note.fence != before.fence {
                wrong("a renewal got a new number".to_owned());
            }
        } else {
            holders += 1;
            if note.fence == before.fence {
                wrong("a new holder got the old number".to_owned());
            }
            if note.at() < note.until_before() {
                wrong(format!("{} took it from {} before its time", note.who, before.who));
            }
        }
    }
    report.figure("timer_renewals", notes.len());
    report.figure("timer_holders", holders);
    report.must(notes.len() > 1, "T7", "nobody kept time");
}

/// What the replicas themselves said of work that was no longer theirs.
pub fn said(world: &World, report: &mut Report) {
    let said: Vec<String> = world.replicas.iter().map(|it| it.setting.said()).collect();
    let count = |what: &str| said.iter().map(|it| it.matches(what).count()).sum::<usize>();
    report.figure("fenced_facts", count("another worker took this fact over"));
    report.figure("fenced_jobs", count("another replica keeps time now"));
    report.figure("unrecorded_ends", count("a parcel's end could not be recorded"));
    let panics = count("panicked");
    report.figure("panics", panics);
    report.must(panics == 0, "T7", format!("{panics} panics"));
}

/// Keeps the logs of a failed trial where they are not removed.
pub fn keep_logs(world: &World) {
    let folder = std::env::temp_dir().join(format!("chaos-t7-{}", std::process::id()));
    let _ = std::fs::create_dir_all(&folder);
    for replica in &world.replicas {
        let _ = std::fs::copy(replica.setting.log_file(), folder.join(&replica.setting.log));
    }
    println!("  logs: {}", folder.display());
}

fn quantiles(report: &mut Report, name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| {
        let last = times.len().saturating_sub(1);
        times.get(last * percent / 100).copied().unwrap_or_default().as_millis()
    };
    report.figure(&format!("{name}_p50"), at(50));
    report.figure(&format!("{name}_p99"), at(99));
    report.figure(&format!("{name}_max"), at(100));
}
