//! What the doors and the logs say about a script that was played.

use std::time::Duration;

use bot_auto_order::primitives::Timestamp;

use super::World;
use super::script::{Kind, Script};
use crate::report::Report;
use crate::world::balancer::Passed;
use crate::world::sender::Sent;

/// What a restart may cost more than it takes.
const GRACE: Duration = Duration::from_secs(1);
/// An answer comes within this, be it a refusal.
const ANSWER: Duration = Duration::from_secs(5);

/// How long the doors were shut at restarts, and whether they ever kept somebody waiting.
pub fn doors(script: &Script, sent: &[Sent], passed: &[Passed], report: &mut Report) {
    let refused: Vec<&Sent> = sent.iter().filter(|it| !it.is_accepted()).collect();
    report.figure("probes", sent.len());
    report.figure("refused", refused.len());
    let mut shut = Vec::new();
    for (place, event) in script.events().iter().enumerate() {
        if event.kind != Kind::Restart {
            continue;
        }
        let before = script.events()[..place].last().map_or(Timestamp(0), |it| it.to);
        let next = script.events().get(place + 1).map_or(Timestamp(i64::MAX), |it| it.from);
        // Only what was sent and answered between the neighbours is this restart's.
        let from = event.from.minus(GRACE).max(before);
        let mine = refused.iter().filter(|it| it.due >= from && it.due.plus(it.took) < next);
        let (first, last) = mine.fold((None, None), |(first, _), it| {
            (first.or(Some(it.due)), Some(it.due.plus(it.took)))
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

pub fn quantiles(report: &mut Report, name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| {
        let last = times.len().saturating_sub(1);
        times.get(last * percent / 100).copied().unwrap_or_default().as_millis()
    };
    report.figure(&format!("{name}_p50"), at(50));
    report.figure(&format!("{name}_p99"), at(99));
    report.figure(&format!("{name}_max"), at(100));
}
