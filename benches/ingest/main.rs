//! `cargo bench` (`-- --quick`): how fast deliveries become durable, and how soon a click is answered.
//!
//! Whatever is compared is measured in one interleaved run, because disks and neighbours change
//! their pace from minute to minute: read the ratios, not the rates. A ratio is the median over all
//! rounds with the least and the most of them. Every line is `key value …`, the same keys each time.
#![expect(clippy::print_stdout, reason = "figures are what it is for")]
#![expect(clippy::float_arithmetic, reason = "rates and ratios; no money is near")]

mod client;
mod clicks;
mod disk;
mod engines;
mod doors;
mod figures;
mod program;

use std::time::Duration;

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Interleaved rounds.
    pub rounds: usize,
    /// How long one side of a round takes.
    pub slice: Duration,
    /// How long the clicks go on.
    pub clicks: Duration,
    /// How often the program is started.
    pub starts: usize,
}

const FULL: Plan =
    Plan { rounds: 7, slice: Duration::from_secs(3), clicks: Duration::from_secs(20), starts: 20 };
const QUICK: Plan = Plan {
    rounds: 3,
    slice: Duration::from_millis(600),
    clicks: Duration::from_secs(5),
    starts: 5,
};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let given = |name: &str| arguments.iter().any(|argument| argument == name);
    if !given("--bench") {
        // Test runners start every target; only `cargo bench` asks for figures.
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plan = if given("--quick") { QUICK } else { FULL };
    // On the disk that holds the build, which is a real one where /tmp may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    println!("load_average_before {}", figures::load_average());
    for engine in engines::engines() {
        doors::measure(plan, &engine, folder.path());
        clicks::measure(plan, &engine, folder.path());
    }
    program::measure(plan, folder.path());
    println!("load_average_after {}", figures::load_average());
}
