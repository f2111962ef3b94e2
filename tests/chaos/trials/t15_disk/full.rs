//! A disk that is full for some seconds, again and again.

use std::sync::Arc;
use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::{Posting, Told, count, counted, database, judge, owed};
use crate::report::{Report, Violation};
use crate::trial::Given;
use crate::world::corner::{Answer, Corner, client, look, quiet, ready};
use crate::world::small_disk::SmallDisk;

/// How large the disk is: what the shop needs with its longest log, and what each filling may leave in it.
const SIZE: u64 = 48 << 20;
const MORE: u64 = 20 << 20;
const LINES: usize = 4;
const UPDATE: usize = 600;
/// Between an answer and the next update: the workers have to keep up.
const PAUSE: Duration = Duration::from_millis(40);
/// What a second looks like from outside on a busy machine.
const SOON: i64 = 1_000;
const LOOK: Duration = Duration::from_millis(10);

pub(super) async fn play(given: &Given, dice: &mut fastrand::Rng, report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("disk");
    let fillings = given.share(5, 50);
    let disk = match SmallDisk::mount(&place, SIZE + MORE * fillings) {
        Ok(disk) => disk,
        Err(why) => {
            let what = format!("no small disk can be mounted (root, or user namespaces): {why}");
            return report.must(false, "T15", what);
        }
    };
    let url = format!("sqlite:{}", database(&place).display());
    let leader = disk.leader();
    let program = &given.program;
    let mut corner = Corner::prepare_by(leader, program, folder.path(), &url, 100).await;
    // What it logs lies on the same disk, as it does on a small server.
    corner.setting.log = disk.seen().join("log").display().to_string();
    let mut seen = Seen::default();
    let mut process = corner.setting.serve();
    ready(&corner.setting).await;
    let posting = Posting::begin(&Arc::new(corner.hand().await), LINES, UPDATE, PAUSE);
    let buyers = i64::try_from(fillings * 3).expect("few");
    let selling = corner.sell(buyers, Duration::from_millis(700));
    let filling = async {
        for n in 0..fillings {
            Clock::system().sleep(Duration::from_millis(dice.u64(300..900))).await;
            let full_for = Duration::from_millis(dice.u64(1_000..2_500));
            fill_once(&disk, &corner, &posting, full_for, n, &mut seen).await;
        }
    };
    let (served, ()) = tokio::join!(selling, filling);
    let lives = process.ended().is_none();
    let told = posting.end().await;
    let rest = quiet(&corner.setting).await;
    process.kill();
    disk.copy("shop.db", &database(folder.path()));
    disk.copy("shop.db-wal", &folder.path().join("shop.db-wal"));
    seen.tell(report);
    report.figure("acked", count(&told, Answer::Taken));
    report.figure("served", served);
    report.figure("answers", format!("{:?}", counted(&told)).replace(' ', ""));
    report.must(seen.bitten == fillings, "T15", format!("only {} fillings were felt", seen.bitten));
    report.must(lives, "I-LIVE", "the service did not live through a full disk");
    report.must(rest == 0, "I-LIVE", format!("{rest} facts or parcels are stuck"));
    if i64::try_from(served) != Ok(buyers) {
        report.violated(Violation {
            promise: "I-LIVE",
            what: format!("{served} of {buyers} served"),
            history: corner.setting.said().lines().map(str::to_owned).collect(),
        });
    }
    report.violations(seen.violations);
    report.violations(odd_answers(&told));
    let owed = owed(&corner, &told);
    report.violations(judge(&database(folder.path()), &owed, "after all fillings").await);
    corner.close().await;
}

/// What was seen of all fillings.
#[derive(Default)]
struct Seen {
    /// How many fillings made the shop refuse something.
    bitten: u64,
    refused: usize,
    unready: usize,
    /// Milliseconds from the first free byte to the first update taken, and to being ready.
    healed: Vec<i64>,
    ready: Vec<i64>,
    violations: Vec<Violation>,
}

impl Seen {
    fn tell(&self, report: &mut Report) {
        report.figure("fillings", self.bitten);
        report.figure("refused_while_full", self.refused);
        report.figure("unready_while_full", self.unready);
        report.figure("healed_ms_worst", self.healed.iter().max().copied().unwrap_or(-1));
        report.figure("ready_ms_worst", self.ready.iter().max().copied().unwrap_or(-1));
    }

    fn must(&mut self, holds: bool, promise: &'static str, what: String) {
        if !holds {
            self.violations.push(Violation { promise, what, history: Vec::new() });
        }
    }
}

async fn fill_once(
    disk: &SmallDisk,
    corner: &Corner,
    posting: &Posting,
    full_for: Duration,
    n: u64,
    seen: &mut Seen,
) {
    let (clock, client) = (Clock::system(), client());
    let filled_at = clock.now().0;
    disk.fill();
    posting.until_refused(filled_at).await;
    let full_at = clock.now();
    let (mut unready, mut unhealthy) = (0, 0);
    let mut ready_though_refusing = 0;
    while clock.now() < full_at.plus(full_for) {
        unhealthy += usize::from(look(&client, &corner.setting, "/healthz").await != 200);
        let before = clock.now().0;
        let status = look(&client, &corner.setting, "/readyz").await;
        unready += usize::from(status == 503);
        let told = posting.so_far();
        let refusing = told.iter().rev().take(LINES * 2).all(|it| it.answer == Answer::Later);
        ready_though_refusing +=
            usize::from(refusing && status == 200 && told.last().is_some_and(|it| it.to < before));
        clock.sleep(LOOK).await;
    }
    let told = posting.so_far();
    let refused = told.iter().filter(|it| it.to >= filled_at && it.answer == Answer::Later).count();
    seen.refused += refused;
    seen.unready += unready;
    seen.bitten += u64::from(refused > 0);
    let honest = refused == 0 || unready > 0;
    seen.must(honest, "I-LIVE", format!("filling {n}: ready while {refused} updates were refused"));
    seen.must(unhealthy == 0, "I-LIVE", format!("filling {n}: /healthz failed {unhealthy} times"));
    seen.must(
        ready_though_refusing <= 3,
        "I-LIVE",
        format!("filling {n}: ready {ready_though_refusing} times while all was refused"),
    );
    disk.free();
    let free_at = clock.now();
    let healed = healed(&clock, posting, free_at.0).await;
    seen.must(healed <= SOON, "I-LIVE", format!("filling {n}: healed after {healed} ms"));
    seen.healed.push(healed);
    while look(&client, &corner.setting, "/readyz").await != 200 {
        if clock.now().since(free_at) > Duration::from_secs(10) {
            break;
        }
        clock.sleep(LOOK).await;
    }
    let ready = clock.now().0 - free_at.0;
    seen.must(ready <= SOON, "I-LIVE", format!("filling {n}: ready after {ready} ms"));
    seen.ready.push(ready);
}

/// How long until an update that was sent since then is taken; at most ten seconds.
async fn healed(clock: &Clock, posting: &Posting, since: i64) -> i64 {
    let fresh = |it: &&Told| it.from >= since && it.answer == Answer::Taken;
    loop {
        if let Some(first) = posting.so_far().iter().filter(fresh).map(|it| it.to).min() {
            return first - since;
        }
        if clock.now().0 - since > 10_000 {
            return clock.now().0 - since;
        }
        clock.sleep(LOOK).await;
    }
}

/// Only 200 and 503 with `Retry-After` are answers of a shop whose disk is full.
fn odd_answers(told: &[Told]) -> Vec<Violation> {
    let odd = told.iter().filter(|it| !matches!(it.answer, Answer::Taken | Answer::Later));
    odd.map(|it| Violation {
        promise: "I-LIVE",
        what: format!("update {} was answered {:?}", it.number, it.answer),
        history: Vec::new(),
    })
    .collect()
}
