//! Kills a process again and again, starts it at once, and measures how soon it is back.

use std::time::Duration;

use bot_auto_order::primitives::Clock;

use super::probe;
use super::program::Process;
use super::town::Town;
use crate::report::Report;

/// A process that is not back after this long will not come.
const BACK: Duration = Duration::from_mins(1);

/// When the next kill comes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Milliseconds between two kills.
    pub between: (u64, u64),
    /// One in so many lives ends before it is ready.
    pub stillborn: u32,
}

/// What a storm did.
#[derive(Debug, Default)]
pub struct Storm {
    pub kills: u64,
    /// Of these before the process was ready.
    pub stillborn: u64,
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

/// Keeps the first replica running under kills until `story` has ended; returns the last process.
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
            loop {
                let wait = dice.u64(pace.between.0..=pace.between.1);
                clock.sleep(Duration::from_millis(wait)).await;
                kill(town, &mut process, &mut storm);
                while dice.u32(0..pace.stillborn.max(2)) == 0 {
                    process = town.serve();
                    clock.sleep(Duration::from_millis(dice.u64(1..=40))).await;
                    kill(town, &mut process, &mut storm);
                    storm.stillborn += 1;
                }
                process = start(town, &mut storm).await;
            }
        };
        tokio::select! {
            told = story => told,
            () = killing => unreachable!("a storm has no end"),
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
