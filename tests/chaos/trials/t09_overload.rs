//! T9: five times as many deliveries at once as saturate the service, a disk that takes nothing for a
//! while in the middle, and then peace again: nothing acknowledged is lost, nothing but 200 and 503 is said.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bot_auto_order::primitives::Clock;
use tokio_util::sync::CancellationToken;

use crate::report::{Report, Violation};
use crate::trial::{Given, Size, Store, Trial};
use crate::world::front::{Front, update_id};
use crate::world::hostile;
use crate::world::sender::{Bodies, Pace, Sending, Tally, percentile};
use crate::world::watch::Watch;
use crate::world::wire::ask;

pub static TRIAL: Trial = Trial {
    name: "T9",
    title: "overload",
    stores: &[Store::Sqlite],
    pieces: 10,
    play: |given| Box::pin(play(given)),
};

/// So many connections, each with a delivery under way, saturate it; Telegram opens no more.
const SATURATED: usize = 100;
const TIMES: usize = 5;
/// Deliveries a second in peace, before and after.
const PEACE: u32 = 60;
const CALM: Duration = Duration::from_secs(3);
/// After the last of too many it is as before within this.
const RECOVERY: Duration = Duration::from_secs(2);
/// How long nobody can commit: longer than a delivery waits for it.
const HELD: Duration = Duration::from_secs(5);
/// Under this the machine's other work decides, not ours.
const FLOOR: Duration = Duration::from_millis(150);
const ALIVE_WITHIN: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(200);
/// Five hundred connections with their bodies, the queue behind them, and the database's cache.
const MOST_MEMORY_KIB: u64 = 128 * 1024;
/// Every so many deliveries one is long.
const LONG: u64 = 100;

async fn play(given: Given) -> Report {
    let mut report = given.report();
    hostile::raise_open_files();
    let clock = Clock::system();
    let mut front = Front::open(&given, "t9").await;
    front.setting.set("LOG_LEVEL", "warn");
    let mut process = front.start().await;
    let quick = given.piece.size == Size::Quick;
    let overload = Duration::from_secs(if quick { 20 } else { 60 });
    let watch = Watch::begin(&process);

    let before = for_a_while(&front, 20, Pace::PerSecond(PEACE), 0, CALM).await;
    let saturated = for_a_while(&front, SATURATED, Pace::AsAnswered, 10_000_000, CALM).await;
    let alive = Alive::begin(&front);
    let door = &front.door;
    let sending =
        Sending::begin(door, SATURATED * TIMES, Pace::AsAnswered, 20_000_000, &messages());
    clock.sleep(overload.saturating_sub(HELD) / 2).await;
    front.base.hold(HELD).await;
    clock.sleep(overload.saturating_sub(HELD) / 2).await;
    let flood = sending.end().await;
    let alive = alive.end().await;
    clock.sleep(RECOVERY).await;
    let backlog = front.waiting("inbox").await;
    let after = for_a_while(&front, 20, Pace::PerSecond(PEACE), 30_000_000, CALM).await;
    let left = front.waiting("inbox").await;

    let grown = watch.end().await;
    report.figure("saturation_per_s", per_second(&saturated, CALM));
    report.figure("overload_per_s", per_second(&flood, overload));
    judge_answers(&flood, &mut report);
    judge_recovery(&before, &after, &mut report);
    alive.judge(&mut report);
    report.figure("rss_more_kib", grown);
    report.must(grown <= MOST_MEMORY_KIB, "I-DOOR", format!("{grown} KiB more memory"));
    report.figure("backlog", format!("{backlog}/{left}"));
    let worked_off = backlog - left + i64::try_from(after.accepted()).expect("few");
    report.figure("worked_off_per_s", worked_off / i64::try_from(CALM.as_secs()).expect("few"));
    let what = format!("{backlog} facts waited, and after a while of peace {left}");
    report.must(left < backlog, "I-LIVE", what);
    // What was acknowledged is on the disk, not in a memory that dies here.
    process.kill();
    judge_acks(&front, &[before, saturated, flood, after], &mut report).await;
    front.close().await;
    report
}

async fn for_a_while(
    front: &Front,
    connections: usize,
    pace: Pace,
    first: u64,
    time: Duration,
) -> Tally {
    let sending = Sending::begin(&front.door, connections, pace, first, &messages());
    Clock::system().sleep(time).await;
    sending.end().await
}

/// Messages the shop has no use for, of many people; a few are long.
fn messages() -> Bodies {
    Arc::new(|number| {
        let (id, person) = (update_id(number), 7_000_000 + number % 5_000);
        let length = if number.is_multiple_of(LONG) { 64 * 1024 } else { 300 };
        let text = "x".repeat(length);
        format!(
            "{{\"update_id\":{id},\"edited_message\":{{\"message_id\":7,\"date\":1750000000,\
             \"from\":{{\"id\":{person},\"is_bot\":false,\"first_name\":\"Budi\"}},\
             \"chat\":{{\"id\":{person},\"type\":\"private\"}},\"text\":\"{text}\"}}}}"
        )
        .into_bytes()
    })
}

fn per_second(tally: &Tally, time: Duration) -> u128 {
    tally.accepted() as u128 * 1_000 / time.as_millis()
}

/// Only 200, and 503 that says when to come again.
fn judge_answers(flood: &Tally, report: &mut Report) {
    let busy: Vec<_> = flood.0.iter().filter(|sent| sent.status == 503).collect();
    let vague = busy.iter().filter(|sent| sent.remark.as_deref() != Some("1")).count();
    let other: HashSet<String> = flood
        .0
        .iter()
        .filter(|sent| sent.status != 200 && sent.status != 503)
        .map(|sent| format!("{} {}", sent.status, sent.remark.as_deref().unwrap_or_default()))
        .collect();
    report.figure("answered_200", flood.accepted());
    report.figure("answered_503", busy.len());
    report.figure("p99_ms_overload", flood.percentile(99).as_millis());
    report.must(!busy.is_empty(), "I-ASKED", "it was never too much");
    report.must(vague == 0, "I-DOOR", format!("{vague} of 503 say not when to come again"));
    report.must(other.is_empty(), "I-DOOR", format!("answers other than 200 and 503: {other:?}"));
}

/// The middle one of the p99 of each second.
fn usual(tally: &Tally) -> Duration {
    let Some(begun) = tally.0.iter().map(|sent| sent.at).min() else { return Duration::MAX };
    let second = |number| {
        let since = begun + Duration::from_secs(number);
        tally.percentile_of(99, |at| at >= since && at < since + Duration::from_secs(1))
    };
    percentile((0..CALM.as_secs()).map(second).collect(), 50)
}

fn judge_recovery(before: &Tally, after: &Tally, report: &mut Report) {
    let (was, is) = (usual(before), usual(after));
    report.figure("p99_ms_after_before", format!("{}/{}", is.as_millis(), was.as_millis()));
    let what = format!("p99 {is:?} two seconds after the overload, {was:?} before");
    report.must(is <= (was * 3 / 2).max(FLOOR), "I-LIVE", what);
    for tally in [before, after] {
        report.refused(tally.refusals(), &[]);
    }
}

/// Whether it says that it lives, all the time.
struct Alive {
    asking: tokio::task::JoinSet<Vec<Duration>>,
    enough: CancellationToken,
}

/// How long each answer took; a wrong one took for ever.
struct Answers(Vec<Duration>);

impl Alive {
    fn begin(front: &Front) -> Self {
        let enough = CancellationToken::new();
        let ask_at = |address| {
            let enough = enough.clone();
            async move {
                let (clock, mut answers) = (Clock::system(), Vec::new());
                while !enough.is_cancelled() {
                    let asked = Instant::now();
                    let answer = tokio::time::timeout(ALIVE_WITHIN, ask(address, "GET /healthz"));
                    let well = matches!(answer.await, Ok(Ok(answer)) if answer.status == 200);
                    answers.push(if well { asked.elapsed() } else { Duration::MAX });
                    enough.run_until_cancelled(clock.sleep(LOOK)).await;
                }
                answers
            }
        };
        let asking = [front.setting.bind, front.setting.probe].map(ask_at).into_iter().collect();
        Self { asking, enough }
    }

    async fn end(self) -> Answers {
        self.enough.cancel();
        Answers(self.asking.join_all().await.concat())
    }
}

impl Answers {
    fn judge(&self, report: &mut Report) {
        let wrong = self.0.iter().filter(|took| **took == Duration::MAX).count();
        let longest = self.0.iter().filter(|took| **took != Duration::MAX).max();
        report.figure("healthz", format!("{}/{}", self.0.len() - wrong, self.0.len()));
        report.figure("healthz_ms_max", longest.map_or(0, Duration::as_millis));
        report.must(wrong == 0, "I-DOOR", format!("/healthz did not answer {wrong} times"));
    }
}

async fn judge_acks(front: &Front, all: &[Tally], report: &mut Report) {
    let rows = front.base.table("inbox", &["key"]).await;
    let known: HashSet<&str> = rows.iter().filter_map(|row| row["key"].as_str()).collect();
    let accepted = all.iter().flat_map(|tally| &tally.0).filter(|sent| sent.is_accepted());
    let keys: Vec<String> = accepted.map(|sent| update_id(sent.number).to_string()).collect();
    let lost = keys.iter().filter(|key| !known.contains(key.as_str()));
    let lost: Vec<Violation> = lost
        .map(|key| Violation {
            promise: "I-ACK",
            what: format!("update {key} was answered 200 and is not in the inbox"),
            history: Vec::new(),
        })
        .collect();
    report.figure("acked", keys.len());
    report.figure("lost", lost.len());
    report.violations(lost);
}
