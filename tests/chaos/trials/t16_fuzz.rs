//! T16: every reader of something foreign, on inputs made to break it.

mod answers;
mod bench;
mod doors;
mod files;
mod targets;
mod words;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bench::{Bench, Outcome};
use fastrand::Rng;
use targets::{TARGETS, Target};

use crate::report::{Report, Violation};
use crate::trial::{Given, Trial};
use crate::world::measure::{grown_kib, own_time, watch_from_here};
use crate::world::mutate::{Mutator, Seeds};

pub const TRIAL: Trial = Trial {
    name: "T16",
    title: "fuzz",
    stores: &[],
    pieces: 16,
    play: |given| Box::pin(play(given)),
};

const QUICK: u64 = 1_000_000;
const FULL: u64 = 100_000_000;
const THREADS: usize = 2;
/// No input may take longer.
const LONGEST: Duration = Duration::from_millis(100);
/// All inputs together may make the process grow by so much.
const MOST_KIB: u64 = 64 * 1024;
/// A target that failed so often is left alone; the first failures say enough.
const ENOUGH: usize = 5;

/// What became of one target's share on one thread.
#[derive(Default)]
struct Tally {
    inputs: u64,
    learned: usize,
    slowest: Duration,
    failures: Vec<Failure>,
}

struct Failure {
    promise: &'static str,
    what: String,
    input: Vec<u8>,
}

async fn play(given: Given) -> Report {
    let mut report = given.report();
    let all = given.share(QUICK, FULL);
    let mut dice = given.dice();
    let mut benches = Vec::new();
    for _ in 0..THREADS {
        benches.push((Bench::open().await, dice.fork()));
    }
    let before = std::panic::take_hook();
    // Half a million expected complaints would hide the one that matters; it is reported below.
    std::panic::set_hook(Box::new(|_| {}));
    watch_from_here();
    let tallies: Vec<Vec<Tally>> = std::thread::scope(|threads| {
        let work = benches.into_iter().enumerate().map(|(at, (bench, dice))| {
            let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
            thread.spawn_scoped(threads, move || work(bench, dice, all, at)).expect("a thread")
        });
        let work: Vec<_> = work.collect();
        work.into_iter().map(|thread| thread.join().expect("failures are caught")).collect()
    });
    let grown = grown_kib();
    std::panic::set_hook(before);
    judge(&mut report, &tallies, all, grown);
    report
}

/// Every target in turn, on its half of the inputs.
fn work(mut bench: Bench, mut dice: Rng, all: u64, thread: usize) -> Vec<Tally> {
    let share = |target: &Target| all * target.share / 1_000 / THREADS as u64;
    TARGETS
        .iter()
        .map(|target| {
            let dice = dice.fork();
            target.play(&mut bench, dice, share(target), thread)
        })
        .collect()
}

impl Target {
    fn play(&self, bench: &mut Bench, dice: Rng, inputs: u64, thread: usize) -> Tally {
        let mut tally = Tally::default();
        let corpus = corpus(self.name);
        let mut known = HashSet::new();
        for input in corpus.iter().filter(|_| thread == 0) {
            self.attempt(bench, input, &mut tally);
        }
        let mut seeds = Seeds::new(corpus);
        let mut mutator = Mutator { dice, words: self.words, largest: self.largest };
        while tally.inputs < inputs && tally.failures.len() < ENOUGH {
            let input = mutator.next(&seeds);
            if let Some(behaviour) = self.attempt(bench, &input, &mut tally)
                && known.insert(behaviour)
            {
                seeds.learn(&input);
            }
        }
        tally.learned = seeds.learned();
        tally
    }

    fn attempt(&self, bench: &mut Bench, input: &[u8], tally: &mut Tally) -> Option<u64> {
        let started = Instant::now();
        let outcome = caught(self, bench, input);
        let mut took = started.elapsed();
        if took > LONGEST / 4 {
            // A thread that was put aside for others is no slow reader: its own time counts.
            let before = own_time();
            let _ = caught(self, bench, input);
            took = took.min(own_time().saturating_sub(before));
        }
        tally.inputs += 1;
        tally.slowest = tally.slowest.max(took);
        let mut fail = |promise, what| {
            tally.failures.push(Failure { promise, what, input: input.to_vec() });
        };
        if took > LONGEST {
            fail("I-INPUT", format!("{} ms for {} bytes", took.as_millis(), input.len()));
        }
        match outcome {
            Ok(Ok(behaviour)) => return Some(behaviour),
            Ok(Err(broken)) => fail(broken.0, broken.1),
            Err(panic) => fail("I-INPUT", format!("a panic: {panic}")),
        }
        None
    }
}

fn caught(target: &Target, bench: &mut Bench, input: &[u8]) -> Result<Outcome, String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.attempt)(bench, input)));
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "without words".to_owned())
    })
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/chaos/corpus").join(target)
}

/// The committed inputs of a target, in order of their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder(target)).expect("the corpus is part of the repository");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a file")).collect()
}

fn judge(report: &mut Report, tallies: &[Vec<Tally>], all: u64, grown: u64) {
    let tried: u64 = tallies.iter().flatten().map(|tally| tally.inputs).sum();
    let learned: usize = tallies.iter().flatten().map(|tally| tally.learned).sum();
    let slowest = tallies.iter().flatten().map(|tally| tally.slowest).max().unwrap_or_default();
    let mut panics = 0;
    for (target, tally) in tallies.iter().flat_map(|thread| TARGETS.iter().zip(thread)) {
        for failure in &tally.failures {
            panics += usize::from(failure.what.starts_with("a panic"));
            report.violated(told(target, failure));
        }
    }
    for (at, target) in TARGETS.iter().enumerate() {
        report.figure(target.name, tallies.iter().map(|thread| thread[at].inputs).sum::<u64>());
    }
    report.figure("inputs", tried);
    report.figure("learned", learned);
    report.figure("panics", panics);
    report.figure("slowest_ms", slowest.as_millis());
    report.figure("grown_kib", grown);
    let wanted = all - all / 100;
    report.must(tried >= wanted, "I-INPUT", format!("{tried} of {all} inputs were tried"));
    report.must(grown <= MOST_KIB, "I-INPUT", format!("the process grew by {grown} KiB"));
}

/// Keeps the input for ever and says where.
fn told(target: &Target, failure: &Failure) -> Violation {
    let hash = failure.input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let name = format!("failed-{hash:016x}.txt");
    let path = folder(target.name).join(&name);
    std::fs::write(&path, &failure.input).expect("the corpus can be written");
    let shown: String = failure.input.escape_ascii().to_string().chars().take(600).collect();
    let what: String = failure.what.chars().take(600).collect();
    Violation {
        promise: failure.promise,
        what: format!("{}: {what}", target.name),
        history: vec![format!("kept as tests/chaos/corpus/{}/{name}", target.name), shown],
    }
}
