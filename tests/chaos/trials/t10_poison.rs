//! T10: bad updates of every shape among good ones, and updates that kill the process: each ends in its
//! place, its chat goes on, and the good ones neither wait nor are refused.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bot_auto_order::primitives::Clock;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::report::Report;
use crate::trial::{BOTH, Given, Size, Store, Trial};
use crate::world::front::{Front, person, ready, update_id};
use crate::world::nginx::Nginx;
use crate::world::poison::{Fate, Poison, poison};
use crate::world::program::{Process, Setting};
use crate::world::sender::{Bodies, Door, Pace, Sending, Tally, percentile};

pub static TRIAL: Trial = Trial {
    name: "T10",
    title: "poison",
    stores: BOTH,
    pieces: 6,
    play: |given| Box::pin(play(given)),
};

const CONNECTIONS: usize = 20;
/// Good updates a second, besides the ballast.
const RATE: u32 = 500;
/// Of these while the process dies again and again.
const RATE_AT_DEATHS: u32 = 60;
/// Every so many of them a person is told something: Telegram takes thirty messages a second.
const ASKS: u64 = 50;
/// Windows of poison, each after one as long and as busy without it.
const WINDOWS: u64 = 4;
/// Under this the machine's other work decides, not ours.
const FLOOR: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);
/// Updates with numbers of their own, so that none is taken for another.
const AT_DEATHS: u64 = 10_000_000;
const BALLAST: u64 = 20_000_001;
const BAD: u64 = 40_000_001;
const KILLERS: u64 = 60_000_000;
/// The word in a fact that a debug build dies of when it is told so.
const DEADLY: &str = "mematikan";

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let mut front = Front::open(&given, "t10").await;
    front.asks = ASKS;
    front.setting.hold_sockets();
    front.setting.set("AUTO_ORDER_CRASH_ON_WORD", DEADLY);
    let mut process = front.start().await;
    let nginx = Nginx::start(front.folder(), &[front.setting.bind]).await;
    let door = front.door.by(nginx.address);
    let good = Sending::begin(&door, CONNECTIONS, Pace::PerSecond(RATE), 0, &front.updates());

    let bad = brew(&given);
    let mut story = Story::default();
    story.play(&given, &front, &door, &bad).await;
    let mut tally = good.end().await;
    let pace = Pace::PerSecond(RATE_AT_DEATHS);
    let good = Sending::begin(&door, CONNECTIONS, pace, AT_DEATHS, &front.updates());
    let killers = killers(&given);
    let deaths = die_of(killers.clone(), &front, &door, &mut process, &mut report).await;
    story.judge_waits(&tally, &mut report);
    tally.0.extend(good.end().await.0);
    if let Err(waiting) = front.quiet(PATIENCE).await {
        report.must(false, "I-LIVE", waiting);
    }
    let rows = front.base.table("inbox", &["key", "state", "reason"]).await;
    let mut accepted = story.ballast;
    accepted.0.extend(tally.0);
    judge_poison(&rows, &bad, &story.poisoned, &mut report);
    judge_killers(&rows, killers.clone(), &front, &mut report).await;
    let lost = front.kept(&accepted).await;
    let refusals: Vec<String> =
        [accepted.refusals(), story.poisoned.refusals()].into_iter().flatten().collect();
    let (good, least) = (accepted.accepted(), given.share(20_000, 6 * 100_000));
    report.figure("good", good);
    let what = format!("{good} good updates, {least} are asked for");
    report.must(u64::try_from(good).is_ok_and(|good| good >= least), "I-ASKED", what);
    report.figure("lost", lost.len());
    report.figure("non_2xx", refusals.len());
    report.figure("killers", killers.clone().count());
    report.figure("deaths", deaths);
    report.violations(lost);
    report.refused(refusals, &nginx.said(3));
    drop((process, nginx));
    front.close().await;
    report
}

/// Every bad update of this piece.
fn brew(given: &Given) -> Arc<Vec<Poison>> {
    let mut dice = given.dice();
    let bad = (0..given.share(1_000, 6_000)).map(|number| {
        // Each comes as if from somebody who asks for something good as well.
        poison(number, update_id(BAD + number), person(number * ASKS).0, &mut dice)
    });
    Arc::new(bad.collect())
}

/// What was sent besides the good traffic that is measured, and when.
#[derive(Default)]
struct Story {
    ballast: Tally,
    poisoned: Tally,
    in_peace: Vec<Range<Instant>>,
    among_poison: Vec<Range<Instant>>,
}

impl Story {
    async fn play(&mut self, given: &Given, front: &Front, door: &Door, bad: &Arc<Vec<Poison>>) {
        let window = Duration::from_secs(if given.piece.size == Size::Quick { 5 } else { 25 });
        let each = (bad.len() as u64).div_ceil(WINDOWS);
        // One more, so that none is left over when the window ends.
        let rate = u32::try_from(each / window.as_secs() + 1).expect("few");
        let poisoned = Arc::clone(bad);
        let bodies: Bodies = Arc::new(move |number| {
            let at = usize::try_from(number - BAD).expect("few");
            poisoned.get(at).or(poisoned.last()).expect("there is poison").body.clone()
        });
        for turn in 0..WINDOWS {
            let (first, last) = (turn * each, ((turn + 1) * each).min(bad.len() as u64));
            let begun = Instant::now();
            self.ballast.0.extend(
                send(door, rate, BALLAST + first..BALLAST + last, &front.updates()).await.0,
            );
            self.in_peace.push(begun..Instant::now());
            let begun = Instant::now();
            self.poisoned.0.extend(send(door, rate, BAD + first..BAD + last, &bodies).await.0);
            self.among_poison.push(begun..Instant::now());
        }
    }

    /// The good ones' p99 of each window, the middle one of each kind.
    fn judge_waits(&self, tally: &Tally, report: &mut Report) {
        let middle = |windows: &[Range<Instant>]| {
            let p99 = |window: &Range<Instant>| tally.percentile_of(99, |at| window.contains(&at));
            percentile(windows.iter().map(p99).collect(), 50)
        };
        let (before, during) = (middle(&self.in_peace), middle(&self.among_poison));
        let both = format!("{}/{}", during.as_millis(), before.as_millis());
        report.figure("p99_ms", both);
        let what = format!("good p99 {during:?} among poison, {before:?} in peace");
        report.must(during <= (before * 3 / 2).max(FLOOR), "I-DOOR", what);
    }
}

/// Sends exactly these numbers.
async fn send(door: &Door, rate: u32, numbers: Range<u64>, bodies: &Bodies) -> Tally {
    let sending = Sending::begin_few(door, CONNECTIONS, Pace::PerSecond(rate), numbers, bodies);
    sending.until_all_are_sent().await
}

fn killers(given: &Given) -> Range<u64> {
    let count = match given.store() {
        Store::Sqlite => given.share(2, 20),
        // What a dead process held is taken over after seconds: few deaths fit into a quick round.
        Store::Postgres => given.share(0, 6),
    };
    KILLERS..KILLERS + count
}

/// Sends what kills the process, each followed by something good of the same person, and starts the
/// process again until each is set aside; returns how often it died.
async fn die_of(
    killers: Range<u64>,
    front: &Front,
    door: &Door,
    process: &mut Process,
    report: &mut Report,
) -> u64 {
    if killers.is_empty() {
        return 0;
    }
    let (clock, enough) = (Clock::system(), CancellationToken::new());
    let keys: Vec<String> = killers.clone().map(|it| format!("'{}'", update_id(it * 10))).collect();
    let left = format!(
        "SELECT COUNT(*) FROM inbox WHERE state = 'pending' AND key IN ({})",
        keys.join(", ")
    );
    let story = async {
        let mut statuses = Vec::new();
        for killer in killers {
            let _ = front.stage.bot.person(person(killer), "Budi");
            for (number, text) in [(killer * 10, DEADLY), (killer * 10 + 1, "/saldo")] {
                let body = says(number, person(killer).0, text);
                statuses.push(door.post(&body).await.map_or(0, |answer| answer.status));
            }
        }
        let begun = Instant::now();
        while front.base.count(&left).await > 0 && begun.elapsed() < PATIENCE {
            clock.sleep(LOOK).await;
        }
        enough.cancel();
        statuses
    };
    let (statuses, deaths) = tokio::join!(story, keep(process, &front.setting, &enough));
    let all = statuses.iter().all(|status| *status == 200);
    report.must(all, "I-DOOR", format!("deadly updates were answered {statuses:?}"));
    let again = ready(&front.setting, PATIENCE).await;
    report.must(again.is_ok(), "I-LIVE", format!("{again:?}"));
    deaths
}

/// Starts the process again whenever it is dead, until that is enough; returns how often it was.
async fn keep(process: &mut Process, setting: &Setting, enough: &CancellationToken) -> u64 {
    let (clock, mut deaths) = (Clock::system(), 0);
    loop {
        if process.ended().is_some() {
            deaths += 1;
            *process = setting.serve();
        } else if enough.is_cancelled() {
            return deaths;
        }
        clock.sleep(LOOK).await;
    }
}

fn says(number: u64, person: i64, text: &str) -> Vec<u8> {
    let from = json!({"id": person, "is_bot": false, "first_name": "Budi"});
    let chat = json!({"id": person, "type": "private", "first_name": "Budi"});
    let entities = json!([{"type": "bot_command", "offset": 0, "length": 6}]);
    let message = json!({"message_id": 7, "date": 1, "from": from, "chat": chat, "text": text,
        "entities": entities});
    json!({"update_id": update_id(number), "message": message}).to_string().into_bytes()
}

fn row<'a>(rows: &'a [Value], key: &str) -> Option<&'a Value> {
    rows.iter().find(|row| row["key"] == key)
}

fn reason(row: &Value) -> &str {
    row["reason"].as_str().unwrap_or_default()
}

/// Each bad update is in the inbox once, and set aside with a reason or done.
fn judge_poison(rows: &[Value], bad: &[Poison], sent: &Tally, report: &mut Report) {
    let ours: HashSet<String> =
        (0..bad.len() as u64).map(|number| update_id(BAD + number).to_string()).collect();
    let key = |row: &Value| row["key"].as_str().unwrap_or_default().to_owned();
    let theirs: Vec<&Value> = rows
        .iter()
        .filter(|row| key(row).starts_with("sha256:") || ours.contains(&key(row)))
        .collect();
    let dead = theirs.iter().filter(|row| row["state"] == "dead").count();
    let unreadable = bad.iter().filter(|poison| poison.fate == Fate::SetAside).count();
    report.figure("bad", sent.accepted());
    report.figure("set_aside", dead);
    report.must(sent.0.len() == bad.len(), "I-ASKED", "every bad update is sent");
    let what = format!("{} of {} bad updates are in the inbox", theirs.len(), bad.len());
    report.must(theirs.len() == bad.len(), "I-ACK", what);
    let what = format!("{dead} were set aside, {unreadable} cannot be read");
    report.must(dead >= unreadable, "I-ACK", what);
    for row in theirs {
        let fine = match row["state"].as_str() {
            Some("done") => true,
            Some("dead") => reason(row).starts_with("not an update"),
            _ => false,
        };
        report.must(fine, "I-LIVE", format!("a bad update ended as {row}"));
    }
}

/// Each killer is set aside after its tries, and its person was told so and then what he asked.
async fn judge_killers(rows: &[Value], killers: Range<u64>, front: &Front, report: &mut Report) {
    let told = front.told().await;
    for killer in killers {
        let key = update_id(killer * 10).to_string();
        let row = row(rows, &key).cloned().unwrap_or_default();
        let fine = row["state"] == "dead" && reason(&row).contains("no try ever came back");
        report.must(fine, "I-LIVE", format!("a deadly update ended as {row}"));
        let times = told.get(&person(killer).0).copied().unwrap_or_default();
        let what = format!("its person got {times} messages in place of an apology and an answer");
        report.must(times == 2, "I-FIFO", what);
    }
}
