//! T24: thousands of small worlds, each a seeded order of real steps; every one ends with its books right.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::report::{Report, Violation};
use crate::simulation::{self, Played};
use crate::trial::{Given, Playing, Trial};

pub const TRIAL: Trial = Trial {
    name: "T24",
    title: "simulation",
    stores: &[],
    pieces: 160,
    play: |given| -> Playing { Box::pin(async move { play(&given) }) },
};

/// Orders placed in one world, at least.
const ORDERS: u64 = 100;
/// Orders of the world that is played twice.
const FEW: u64 = 25;
const QUICK_WORLDS: u64 = 5;
const ALL_WORLDS: u64 = 10_000;
/// Cores of the smallest machine the suite is meant for.
const THREADS: usize = 2;

fn play(given: &Given) -> Report {
    let mut dice = given.dice();
    let seeds: Vec<u64> =
        (0..given.share(QUICK_WORLDS, ALL_WORLDS)).map(|_| dice.u64(..)).collect();
    let mut report = given.report();
    let started = Instant::now();
    let played = play_all(&seeds);
    let took = started.elapsed();
    let (then, now) = (play_one(seeds[0], FEW), play_one(seeds[0], FEW));
    if let Some((step, first, second)) = then.script.parts_from(&now.script) {
        report.violated(Violation {
            promise: "REPLAY",
            what: format!("world {} went another way at step {step}", seeds[0]),
            history: vec![first, second],
        });
    }
    tell(&mut report, &played, took);
    report.figure("replayed_steps", now.script.len());
    report.figure("replayed_as", format!("{:016x}", now.script.hash()));
    report
}

fn tell(report: &mut Report, played: &[Played], took: Duration) {
    let sum = |of: &dyn Fn(&Played) -> u64| played.iter().map(of).sum::<u64>();
    let orders = sum(&|one| one.orders);
    let broken = played.iter().any(|one| !one.wrong.is_empty());
    let figures: [(&str, u64); 17] = [
        ("worlds", u64::try_from(played.len()).unwrap_or(0)),
        ("orders", orders),
        ("steps", sum(&|one| one.steps)),
        ("steps_per_s", sum(&|one| one.steps) / took.as_secs().max(1)),
        ("crashes", sum(&|one| one.counts.crashes)),
        ("deliveries", sum(&|one| one.counts.deliveries)),
        ("duplicates", sum(&|one| one.counts.duplicates)),
        ("callbacks_lost", sum(&|one| one.counts.lost)),
        ("forged", sum(&|one| one.counts.forged)),
        ("facts", sum(&|one| one.counts.facts)),
        ("parcels", sum(&|one| one.counts.parcels)),
        ("unknown_outcomes", sum(&|one| one.counts.unknown)),
        ("past_lease", sum(&|one| one.counts.zombies)),
        ("paid", sum(&|one| one.counts.paid)),
        ("sold", sum(&|one| one.sold)),
        ("credited", sum(&|one| one.credited)),
        ("late", sum(&|one| one.late)),
    ];
    for (key, figure) in figures {
        report.figure(key, figure);
        report.must(
            broken || figure > 0,
            "I-ASKED",
            format!("{key} is nothing: the worlds were too tame"),
        );
    }
    let enough = u64::try_from(played.len()).unwrap_or(0) * ORDERS;
    report.must(
        broken || orders >= enough,
        "I-ASKED",
        format!("{enough} orders were to be placed"),
    );
    for one in played.iter().filter(|one| !one.wrong.is_empty()) {
        for (promise, what) in &one.wrong {
            let what = format!("world {}: {what}", one.seed);
            report.violated(Violation { promise, what, history: one.script.tail() });
        }
    }
}

/// Every world on its own thread and runtime, two at a time.
fn play_all(seeds: &[u64]) -> Vec<Played> {
    let waiting = Mutex::new(seeds.iter().rev().copied().collect::<Vec<u64>>());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().expect("nobody panics with it").pop();
                    let Some(seed) = next else { return };
                    let played = play_one(seed, ORDERS);
                    done.lock().expect("nobody panics with it").push(played);
                }
            });
        }
    });
    done.into_inner().expect("nobody panics with it")
}

fn play_one(seed: u64, orders: u64) -> Played {
    std::thread::scope(|scope| {
        let playing = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let folder = in_memory_folder();
            let world = simulation::play(seed, orders, folder.path());
            runtime.expect("a runtime starts").block_on(world)
        });
        playing.join().unwrap_or_else(|_| panic!("the world {seed} broke off"))
    })
}

/// A folder in memory where there is one: nothing here is about the disk.
fn in_memory_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}
