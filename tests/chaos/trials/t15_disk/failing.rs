//! A disk that does not keep what it is given: `fsync` fails once, and must never be asked again.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::{Posting, count, database, judge, owed};
use crate::report::{Report, Violation};
use crate::trial::Given;
use crate::world::corner::{Answer, Corner, quiet, ready};
use crate::world::program::Program;
use crate::world::recording::Recorder;

const SIGABRT: i32 = 6;
const LINES: usize = 4;
/// Larger updates fill the log sooner, until it has to be written back.
const UPDATE: usize = 600;
const LARGE_UPDATE: usize = 60_000;
const PATIENCE: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(10);

/// Whose sync fails.
#[derive(Debug, Clone, Copy)]
enum Failing {
    /// The so-many-th of all.
    Any(u64),
    /// The first of the database file: a checkpoint.
    Checkpoint,
}

pub(super) async fn play(given: &Given, dice: &mut fastrand::Rng, report: &mut Report) {
    let runs = given.share(3, 30);
    let (mut aborted, mut acked) = (0_u64, 0);
    for n in 0..runs {
        let failing =
            if n % 3 == 2 { Failing::Checkpoint } else { Failing::Any(dice.u64(12..120)) };
        let (died, taken, found) = fail_once(&given.program, failing).await;
        aborted += u64::from(died);
        acked += taken;
        report.violations(found);
    }
    report.figure("failed_syncs", runs);
    report.figure("aborted", aborted);
    report.figure("failing_acked", acked);
    report.must(
        aborted == runs,
        "I-ACK",
        format!("{aborted} of {runs} failed syncs ended the process"),
    );
}

async fn fail_once(program: &Program, failing: Failing) -> (bool, usize, Vec<Violation>) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = database(folder.path());
    let url = format!("sqlite:{}", file.display());
    let mut corner = Corner::prepare(program, folder.path(), &url, 10).await;
    let recorder = Recorder::new(folder.path());
    let (wrapper, size) = match failing {
        Failing::Any(nth) => (recorder.and_inject(&format!("error=EIO:when={nth}"), None), UPDATE),
        Failing::Checkpoint => (recorder.and_inject("error=EIO:when=1", Some(&file)), LARGE_UPDATE),
    };
    corner.setting.wrapper = wrapper;
    let mut process = corner.setting.serve();
    ready(&corner.setting).await;
    let posting = Posting::begin(&Arc::new(corner.hand().await), LINES, size, LOOK);
    let clock = Clock::system();
    let deadline = clock.now().plus(PATIENCE);
    while process.ended().is_none() && clock.now() < deadline {
        clock.sleep(LOOK).await;
    }
    let told = posting.end().await;
    let mut found = Vec::new();
    let mut broken = |promise, what: String| {
        found.push(Violation { promise, what, history: vec![format!("{failing:?}")] });
    };
    let died = process.ended_by() == Some(SIGABRT);
    process.kill();
    let recording = recorder.read(&file);
    if let Some(failed) = recording.failed_syncs.first() {
        let after = recording.acked.iter().filter(|acked| acked.at > *failed).count();
        if after > 0 {
            broken("I-ACK", format!("{after} updates were answered 200 after a failed sync"));
        }
    } else if matches!(failing, Failing::Any(_)) {
        broken("T15", "no sync failed".to_owned());
    }
    if !corner.setting.said().contains("could not be put on the disk") {
        broken("I-LIVE", "it did not say why it ended".to_owned());
    }
    corner.setting.wrapper = Vec::new();
    let mut process = corner.setting.serve();
    ready(&corner.setting).await;
    let rest = quiet(&corner.setting).await;
    if rest > 0 {
        broken("I-LIVE", format!("{rest} facts or parcels are stuck"));
    }
    process.kill();
    let owed = owed(&corner, &told);
    found.extend(judge(&file, &owed, &format!("after {failing:?}")).await);
    corner.close().await;
    (died, count(&told, Answer::Taken), found)
}
