//! A disk that is slow: answers come later, or are 503, and nothing else changes.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::{Posting, Told, count, counted, database, judge, owed};
use crate::report::Report;
use crate::trial::Given;
use crate::world::corner::{Answer, Corner, client, look, ready};
use crate::world::recording::Recorder;

const LINES: usize = 16;
const UPDATE: usize = 600;
const LOOK: Duration = Duration::from_millis(50);

/// How long a sync takes, how long this is watched, and whether all must be taken.
struct Slow {
    word: &'static str,
    sync: Duration,
    watched: Duration,
    all_taken: bool,
}

pub(super) async fn play(given: &Given, dice: &mut fastrand::Rng, report: &mut Report) {
    let seconds = given.share(3, 50);
    let slow = Slow {
        word: "slow",
        sync: Duration::from_millis(50),
        watched: Duration::from_secs(seconds),
        all_taken: true,
    };
    watch(given, &slow, report).await;
    // So slow that nobody can be kept waiting for it: more waits than a sender has patience.
    let stuck = Slow {
        word: "stuck",
        sync: Duration::from_millis(dice.u64(1_500..2_500)),
        watched: Duration::from_secs(seconds * 2),
        all_taken: false,
    };
    watch(given, &stuck, report).await;
}

async fn watch(given: &Given, slow: &Slow, report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = database(folder.path());
    let url = format!("sqlite:{}", file.display());
    let mut corner = Corner::prepare(&given.program, folder.path(), &url, 10).await;
    let recorder = Recorder::new(folder.path());
    let delay = format!("delay_exit={}", slow.sync.as_micros());
    corner.setting.wrapper = recorder.and_inject(&delay, None);
    let mut process = corner.setting.serve();
    ready(&corner.setting).await;
    let posting = Posting::begin(&Arc::new(corner.hand().await), LINES, UPDATE, LOOK);
    let (clock, client) = (Clock::system(), client());
    let until = clock.now().plus(slow.watched);
    let mut unhealthy = 0;
    while clock.now() < until {
        unhealthy += usize::from(look(&client, &corner.setting, "/healthz").await != 200);
        clock.sleep(LOOK).await;
    }
    let told = posting.end().await;
    process.kill();
    let synced = recorder.read(&file).steps.len();
    let (quickest, longest) = waits(&told);
    let word = slow.word;
    report.figure(&format!("{word}_sync_ms"), slow.sync.as_millis());
    report.figure(&format!("{word}_answers"), format!("{:?}", counted(&told)).replace(' ', ""));
    report.figure(&format!("{word}_quickest_ms"), quickest);
    report.figure(&format!("{word}_longest_ms"), longest);
    let (taken, later) = (count(&told, Answer::Taken), count(&told, Answer::Later));
    report.must(synced > 0, "T15", format!("{word}: nothing was put on the disk"));
    report.must(
        (if slow.all_taken { taken } else { later }) > 0,
        "T15",
        format!("{word}: no answers"),
    );
    report.must(taken + later == told.len(), "I-LIVE", format!("{word}: odd answers"));
    report.must(!slow.all_taken || later == 0, "I-LIVE", format!("{word}: {later} were refused"));
    report.must(unhealthy == 0, "I-LIVE", format!("{word}: /healthz failed {unhealthy} times"));
    let least = i64::try_from(slow.sync.as_millis()).expect("short");
    report.must(
        taken == 0 || quickest >= least,
        "I-ACK",
        format!("{word}: a 200 after {quickest} ms"),
    );
    report.must(longest < 6_000, "I-LIVE", format!("{word}: an answer after {longest} ms"));
    let owed = owed(&corner, &told);
    report.violations(judge(&file, &owed, word).await);
    corner.close().await;
}

/// The quickest 200 and the longest wait for any answer.
fn waits(told: &[Told]) -> (i64, i64) {
    let taken = told.iter().filter(|it| it.answer == Answer::Taken);
    let quickest = taken.map(|it| it.to - it.from).min().unwrap_or(0);
    (quickest, told.iter().map(|it| it.to - it.from).max().unwrap_or(0))
}
