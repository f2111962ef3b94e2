//! Whether the time of a comparison tells how far a guess is right.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a measurement's statistics are no money"
)]

use std::hint::black_box;
use std::time::Instant;

use bot_auto_order::primitives::{Secret, random_token};

use crate::report::Report;
use crate::trial::Given;

/// So many blocks of so many pairs: 100,000 comparisons of each kind.
const BLOCKS: usize = 100;
const PAIRS: usize = 1_000;
/// So many guesses lie ready at one time.
const SLOTS: usize = 500;
/// More than this many standard errors are a difference.
const SIGMAS: f64 = 3.0;
/// A leak is there every time; bad luck is one of 400 and does not come three times the same way.
const ROUNDS: usize = 3;

pub fn play(given: &Given, report: &mut Report) {
    let secret = Secret::new(random_token());
    let mut dice = given.dice();
    let mut least: Option<Measured> = None;
    let mut signs = Vec::new();
    for _ in 0..ROUNDS {
        let measured = measure(&secret, &mut dice);
        signs.push(measured.sigmas > 0.0);
        if least.as_ref().is_none_or(|best| measured.sigmas.abs() < best.sigmas.abs()) {
            least = Some(measured);
        }
        if least.as_ref().is_some_and(|best| best.sigmas.abs() < SIGMAS) {
            break;
        }
    }
    let least = least.expect("it was measured");
    let same_way = signs.windows(2).all(|two| two[0] == two[1]);
    report.figure("compared", BLOCKS * PAIRS * 2 * signs.len());
    report.figure("first_wrong_ns", least.first);
    report.figure("last_wrong_ns", least.last);
    report.figure("sigmas", format!("{:.2}", least.sigmas.abs()));
    let tells = least.sigmas.abs() >= SIGMAS && same_way;
    report.must(!tells, "S1", format!("the time differs by {:.1} sigma each time", least.sigmas));
}

struct Measured {
    first: u64,
    last: u64,
    sigmas: f64,
}

fn measure(secret: &Secret<String>, dice: &mut fastrand::Rng) -> Measured {
    let right = secret.expose().as_bytes();
    let mut guesses = vec![(0, right.to_vec()); SLOTS];
    let mut differences = Vec::with_capacity(BLOCKS);
    let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
    for _ in 0..BLOCKS {
        // Dealt anew for each block, long before they are read: neither the place in memory nor a
        // byte just written may tell the kinds apart.
        for (n, (kind, guess)) in guesses.iter_mut().enumerate() {
            *kind = n % 2;
            guess.copy_from_slice(right);
            guess[*kind * (right.len() - 1)] ^= 1;
        }
        dice.shuffle(&mut guesses);
        let mut times = [Vec::with_capacity(PAIRS), Vec::with_capacity(PAIRS)];
        for (kind, guess) in guesses.iter().cycle().take(PAIRS * 2) {
            let begun = Instant::now();
            black_box(secret.matches(black_box(guess)));
            let took = begun.elapsed().as_nanos();
            times[*kind].push(u64::try_from(took).unwrap_or(u64::MAX));
        }
        let [first, last] = times.map(|mut times| median(&mut times));
        differences.push(first as f64 - last as f64);
        firsts.push(first);
        lasts.push(last);
    }
    let count = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / count;
    let spread = differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let error = (spread / count).sqrt().max(f64::MIN_POSITIVE);
    Measured { first: median(&mut firsts), last: median(&mut lasts), sigmas: mean / error }
}

fn median(times: &mut [u64]) -> u64 {
    times.sort_unstable();
    times[times.len() / 2]
}
