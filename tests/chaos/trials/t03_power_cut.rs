//! T3: the power goes out at any moment; what was answered 200 is there, and the books are sound.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::report::{Report, Violation};
use crate::trial::{Given, Playing, Store, Trial};
use crate::world::base::Base;
use crate::world::corner::{Answer, Corner, Hand, UNIT, ready};
use crate::world::image::{Owed, judge};
use crate::world::program::{Program, Setting};
use crate::world::recording::{Deed, Part, Recorder, Recording};
use crate::world::wreck::{Before, Left, Luck, Wreck, remove};

pub const TRIAL: Trial = Trial {
    name: "T3",
    title: "power-cut",
    stores: &[Store::Sqlite],
    pieces: 10,
    play: |given| -> Playing { Box::pin(play(given)) },
};

/// How many people buy while it is recorded.
const BUYERS: i64 = 16;
/// How many lines post updates at once, and how many each.
const LINES: usize = 4;
const POSTS: usize = 220;
/// Every so many images the real program starts on one.
const STARTS: u64 = 25;
/// How many images are looked at at once.
const AT_ONCE: usize = 3;
/// How many images the planted bug gets.
const PLANTED_IMAGES: u64 = 40;

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let mut dice = given.dice();
    let wanted = given.share(500, 10_000);
    let begun = std::time::Instant::now();
    let story = Story::record(&given.program, BUYERS, &mut dice).await;
    report.figure("recorded_s", begun.elapsed().as_secs());
    story.tell(&mut report);
    let found = story.cut(wanted, STARTS, &mut dice).await;
    found.tell(&mut report, "");
    report.must(found.images == wanted, "I-DISK", format!("{} images", found.images));
    report.must(found.torn * 4 >= wanted, "I-DISK", "too few images were torn");
    report.must(found.starts * STARTS >= wanted, "I-DISK", "too few starts on images");
    report.violations(found.violations);
    report.figure("judged_s", begun.elapsed().as_secs());
    prove(&given, &mut dice, &mut report).await;
    report
}

/// The same with a 200 that does not wait for the disk must lose what was answered.
async fn prove(given: &Given, dice: &mut fastrand::Rng, report: &mut Report) {
    let Some(planted) = &given.planted else {
        report.must(false, "T3", "no program with planted bugs was given (--planted PATH)");
        return;
    };
    let story = Story::record(&planted.with("normal-sync"), 0, dice).await;
    let found = story.cut(PLANTED_IMAGES, u64::MAX, dice).await;
    let losing = found.violations.iter().filter(|it| it.promise == "I-ACK").count();
    found.tell(report, "planted_");
    report.figure("planted_images_losing_acked", losing);
    report.must(losing > 0, "T3", "the planted normal-sync lost nothing: the cut does not bite");
}

/// One recorded life of a shop.
struct Story {
    _folder: tempfile::TempDir,
    setting: Setting,
    before: Before,
    recording: Recording,
    units: i64,
    served: u64,
    posted: usize,
    /// When each payment was first asked for.
    asked: Vec<(usize, String)>,
    /// When each unit first left.
    sent: Vec<usize>,
}

impl Story {
    async fn record(program: &Program, buyers: i64, dice: &mut fastrand::Rng) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let base = Base::empty(Store::Sqlite, folder.path(), "shop").await;
        let mut corner = Corner::prepare(program, folder.path(), &base.url(), 100).await;
        let before = Before::read(&base.file());
        let recorder = Recorder::new(folder.path());
        corner.setting.wrapper.clone_from(&recorder.words);
        let mut process = corner.setting.serve();
        ready(&corner.setting).await;
        let hand = Arc::new(corner.hand().await);
        let apart = Duration::from_millis(dice.u64(20..120));
        let (served, posted) = tokio::join!(corner.sell(buyers, apart), post(&hand, dice.fork()));
        process.kill();
        let recording = recorder.read(&base.file());
        let failures = &recording.failures;
        assert!(failures.is_empty(), "the disk failed while it was recorded: {failures:?}");
        let (asked, sent) = words(&corner, &recording);
        let units = corner.units;
        let mut setting = corner.setting.clone();
        corner.close().await;
        // Images are opened with nobody outside.
        setting.wrapper = Vec::new();
        setting.set("TELEGRAM_API_URL", "http://127.0.0.1:9");
        setting.set("PAKASIR_API_URL", "http://127.0.0.1:9");
        Self { _folder: folder, setting, before, recording, units, served, posted, asked, sent }
    }

    fn tell(&self, report: &mut Report) {
        let steps = |part: Part, sync: bool| {
            let of = self.recording.steps.iter().filter(|step| step.part == part);
            of.filter(|step| matches!(step.deed, Deed::Sync) == sync).count()
        };
        let checkpoints = steps(Part::Database, true);
        report.figure("log_writes", steps(Part::Log, false));
        report.figure("log_syncs", steps(Part::Log, true));
        report.figure("db_writes", steps(Part::Database, false));
        report.figure("db_syncs", checkpoints);
        report.figure("acked", self.recording.acked.len());
        report.figure("orders", self.served);
        report.figure("units_sent", self.sent.len());
        report.must(checkpoints > 0, "I-DISK", "no checkpoint was recorded");
        report.must(self.recording.acked.len() >= self.posted, "I-ACK", "acks are missing");
        report.must(
            self.served > 0 && self.sent.len() >= 10,
            "I-LIVE",
            "too few orders were recorded",
        );
    }

    /// What an image of this moment owes.
    fn owed(&self, moment: usize) -> Owed {
        let mut owed = Owed { units: self.units, ..Owed::default() };
        for acked in self.recording.acked.iter().take_while(|acked| acked.at < moment) {
            match acked.update {
                Some(number) => owed.updates.push((number, Some(acked.body.clone()))),
                None => owed.callbacks.push(acked.body.clone()),
            }
        }
        let asked = self.asked.iter().filter(|(at, _)| *at < moment);
        owed.payments = asked.map(|(_, reference)| reference.clone()).collect();
        let sent = self.sent.iter().filter(|at| **at < moment).count();
        owed.units_sent = i64::try_from(sent).expect("few units");
        owed
    }

    /// Moments to cut at: anywhere, and right after an answer or before a sync is over.
    fn moments(&self, count: u64, dice: &mut fastrand::Rng) -> Vec<usize> {
        let length = self.recording.length;
        let syncs: Vec<usize> = self.recording.steps.iter().filter_map(|it| it.ended).collect();
        let mut moments: Vec<usize> = (0..count)
            .map(|n| match n % 4 {
                0 | 1 => dice.usize(1..=length),
                2 => dice.choice(&self.recording.acked).map_or(length, |acked| acked.at + 1),
                _ => dice.choice(&syncs).map_or(length, |ended| *ended),
            })
            .collect();
        moments.sort_unstable();
        moments
    }

    /// Cuts the power so many times, and opens what is left.
    async fn cut(&self, count: u64, starts: u64, dice: &mut fastrand::Rng) -> Found {
        let folder = tempfile::tempdir().expect("a folder");
        let mut wreck = Wreck::new(&self.recording, self.before.clone());
        let (mut found, mut looking) = (Found::default(), JoinSet::new());
        for (n, moment) in (0..).zip(self.moments(count, dice)) {
            let left = wreck.at(moment, dice);
            found.count(&left);
            let image = folder.path().join(format!("image-{n}.db"));
            let start = (n % starts == 0).then(|| self.setting.clone());
            found.starts += u64::from(start.is_some());
            looking.spawn(open(left, image, start, self.owed(moment), moment));
            if looking.len() >= AT_ONCE {
                found.take(looking.join_next().await.expect("one is looked at"));
            }
        }
        while let Some(seen) = looking.join_next().await {
            found.take(seen);
        }
        found
    }
}

/// When each payment was asked for and each unit left, as the process said it.
fn words(corner: &Corner, recording: &Recording) -> (Vec<(usize, String)>, Vec<usize>) {
    let first = |word: &str| recording.said.iter().find(|said| said.text.contains(word));
    let made = corner.stage.project.transactions();
    let asked = made
        .iter()
        .filter_map(|made| Some((first(&made.reference)?.at, made.reference.clone())))
        .collect();
    let units = (1..=corner.units).map(|n| format!("{UNIT}{n:04}"));
    let sent = units.filter_map(|unit| first(&unit)).map(|said| said.at).collect();
    (asked, sent)
}

/// Posts updates of many sizes; returns how many were taken.
async fn post(hand: &Arc<Hand>, mut dice: fastrand::Rng) -> usize {
    let mut lines = JoinSet::new();
    for _ in 0..LINES {
        let (hand, mut dice) = (Arc::clone(hand), dice.fork());
        lines.spawn(async move {
            let mut taken = 0;
            for _ in 0..POSTS {
                let size =
                    if dice.u8(0..10) == 0 { dice.usize(0..9_000) } else { dice.usize(0..600) };
                taken += usize::from(hand.post(size).await.1 == Answer::Taken);
            }
            taken
        });
    }
    lines.join_all().await.into_iter().sum()
}

/// What was found in the images.
#[derive(Default)]
struct Found {
    images: u64,
    torn: u64,
    nameless: u64,
    unsure: usize,
    starts: u64,
    violations: Vec<Violation>,
}

impl Found {
    fn count(&mut self, left: &Left) {
        self.torn += u64::from(matches!(left.luck, Luck::Torn { .. }));
        self.nameless += u64::from(left.log.is_none());
        self.unsure = self.unsure.max(left.unsure);
    }

    fn take(&mut self, seen: Result<Vec<Violation>, tokio::task::JoinError>) {
        self.images += 1;
        match seen {
            Ok(violations) => self.violations.extend(violations),
            Err(error) => self.violations.push(Violation {
                promise: "I-DISK",
                what: format!("an image could not be opened: {error}"),
                history: Vec::new(),
            }),
        }
    }

    fn tell(&self, report: &mut Report, before: &str) {
        report.figure(&format!("{before}images"), self.images);
        report.figure(&format!("{before}torn"), self.torn);
        report.figure(&format!("{before}without_log"), self.nameless);
        report.figure(&format!("{before}most_unsure_writes"), self.unsure);
        if before.is_empty() {
            report.figure("program_starts", self.starts);
        }
        let promises: HashSet<_> = self.violations.iter().map(|it| it.promise).collect();
        let mut promises: Vec<_> = promises.into_iter().collect();
        promises.sort_unstable();
        report.figure(&format!("{before}broken"), promises.len());
    }
}

/// Opens one image, some of them by the real program first, and takes it away again.
async fn open(
    left: Left,
    image: PathBuf,
    start: Option<Setting>,
    owed: Owed,
    moment: usize,
) -> Vec<Violation> {
    left.write(&image);
    if let Some(mut setting) = start {
        setting.set("DATABASE_URL", &format!("sqlite:{}", image.display()));
        setting.bind = crate::world::program::free_address();
        setting.probe = crate::world::program::free_address();
        setting.run(&["store", "show"]);
        let mut process = setting.serve();
        ready(&setting).await;
        process.kill();
    }
    let mut found = judge(&image, &owed).await;
    for violation in &mut found {
        violation.history.push(format!(
            "moment {moment}, luck {:?}, {} unsure writes, {} bytes of log",
            left.luck,
            left.unsure,
            left.log.as_ref().map_or(0, Vec::len)
        ));
    }
    remove(&image);
    found
}
