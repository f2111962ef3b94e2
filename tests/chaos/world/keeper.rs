//! Kills a process again and again, starts it at once, and measures how soon it is back.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::probe;
use super::program::Process;
use super::town::Town;
use crate::report::Report;

/// A process that is not back after this long will not come.
const BACK: Duration = Duration::from_mins(1);

/// Milliseconds between two kills when there were enough.
const AFTERWARDS: (u64, u64) = (1_000, 8_000);

/// When the next kill comes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Milliseconds between two kills.
    pub between: (u64, u64),
    /// One in so many lives ends before it is ready.
    pub stillborn: u32,
    /// After so many kills Telegram's back-off gets the time to bring what waits.
    pub lull: (u64, Duration),
    /// After so many kills the storm calms down, and ends when everybody has begun to shop.
    pub enough: u64,
}

impl Pace {
    /// A kill every 50 to 350 ms.
    pub const fn storm(enough: u64, lull: Duration) -> Self {
        Self { between: (50, 350), stillborn: 12, lull: (25, lull), enough }
    }
}

/// What a storm did.
#[derive(Debug, Default)]
pub struct Storm {
    pub kills: u64,
    /// Of these before the process was ready.
    pub stillborn: u64,
    lulls: u64,
    /// From start to ready, in milliseconds.
    restarts: Vec<u128>,
}

impl Storm {
    pub fn tell(&mut self, report: &mut Report) {
        self.restarts.sort_unstable();
        let at = |percent: usize| {
            let last = self.restarts.len().saturating_sub(1);
            self.restarts.get(last * percent / 100).copied().unwrap_or(0)
        };
        report.figure("kills", self.kills);
        report.figure("stillborn", self.stillborn);
        report.figure("restarts_ms_p50", at(50));
        report.figure("p99", at(99));
    }
}

/// Keeps the first replica running under kills until there were enough, and on until `story` has ended;
/// returns the last process.
pub async fn storm<T>(
    town: &Town,
    pace: Pace,
    dice: &mut fastrand::Rng,
    story: impl Future<Output = T>,
) -> (T, Storm, Process) {
    let (clock, mut storm) = (Clock::system(), Storm::default());
    let mut process = start(town, &mut storm).await;
    let told = {
        let killing = async {
            while storm.kills < pace.enough || !town.all_have_begun() {
                let (least, most) =
                    if storm.kills < pace.enough { pace.between } else { AFTERWARDS };
                let wait = dice.u64(least..=most);
                clock.sleep(Duration::from_millis(wait)).await;
                kill(town, &mut process, &mut storm);
                while dice.u32(0..pace.stillborn.max(2)) == 0 {
                    process = town.serve();
                    clock.sleep(Duration::from_millis(dice.u64(1..=40))).await;
                    kill(town, &mut process, &mut storm);
                    storm.stillborn += 1;
                }
                process = start(town, &mut storm).await;
                if storm.kills / pace.lull.0 > storm.lulls {
                    storm.lulls += 1;
                    clock.sleep(pace.lull.1).await;
                }
            }
            // The faults are over; what is left must end by itself.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            told = story => told,
            () = killing => unreachable!("it waits for the story"),
        }
    };
    // The story may have ended while nothing was running.
    if process.ended().is_some() {
        process = start(town, &mut storm).await;
    }
    (told, storm, process)
}

fn kill(town: &Town, process: &mut Process, storm: &mut Storm) {
    process.kill();
    town.struck();
    storm.kills += 1;
}

async fn start(town: &Town, storm: &mut Storm) -> Process {
    let clock = Clock::system();
    let begun = clock.now();
    let mut process = town.serve();
    let address = town.settings[0].probe;
    let ready = probe::ready(address, BACK).await;
    let said = || town.settings[0].said();
    assert!(ready && process.ended().is_none(), "it did not come back:\n{}", said());
    storm.restarts.push(clock.now().since(begun).as_millis());
    process
}

/// A place where a debug build of the program dies by itself: around its n-th commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Before(u64),
    After(u64),
}

impl Point {
    fn plan(self) -> (&'static str, u64) {
        match self {
            Self::Before(commit) => ("AUTO_ORDER_CRASH_BEFORE_COMMIT", commit),
            Self::After(commit) => ("AUTO_ORDER_CRASH_AFTER_COMMITS", commit),
        }
    }
}

/// Lets the first replica die at one point after another while `story` goes on; returns the deaths and
/// the last process, which has no point to die at.
pub async fn die_at<T>(
    town: &Town,
    points: &[Point],
    story: impl Future<Output = T>,
) -> (T, u64, Process) {
    let clock = Clock::system();
    let mut deaths = 0;
    let mut process = None;
    let told = {
        let dying = async {
            for point in points {
                let mut setting = town.settings[0].clone();
                let (name, commit) = point.plan();
                setting.set(name, &commit.to_string());
                let mut dying = setting.serve();
                let signal = loop {
                    if let Some(status) = dying.ended() {
                        break status.signal();
                    }
                    clock.sleep(Duration::from_millis(5)).await;
                };
                assert_eq!(signal, Some(SIGABRT), "{point:?}: {}", setting.said());
                town.struck();
                deaths += 1;
            }
            process = Some(town.serve());
            std::future::pending::<()>().await;
        };
        tokio::select! {
            told = story => told,
            () = dying => unreachable!("it waits for the story"),
        }
    };
    let process = process.unwrap_or_else(|| town.serve());
    town.ready(0, BACK).await;
    (told, deaths, process)
}

const SIGABRT: i32 = 6;
