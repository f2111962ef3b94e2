//! One trial's figures and what it found, in the same words every time.

use std::fmt::Display;
use std::time::Duration;

/// How many violations are told in full; the rest are counted.
const TOLD: usize = 20;

/// A promise that was broken.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which, by its name in `docs/RELIABILITY.md`: `I-UNIT`.
    pub promise: &'static str,
    /// What is wrong, in one line.
    pub what: String,
    /// Everything known about the subject.
    pub history: Vec<String>,
}

/// What a trial measured and found.
#[derive(Debug)]
pub struct Report {
    head: String,
    figures: Vec<(String, String)>,
    violations: Vec<Violation>,
}

impl Report {
    pub fn new(name: &str, title: &str) -> Self {
        Self { head: format!("{name} {title}"), figures: Vec::new(), violations: Vec::new() }
    }

    pub fn figure(&mut self, key: &str, value: impl Display) {
        self.figures.push((key.to_owned(), value.to_string()));
    }

    /// A promise was broken.
    pub fn violated(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    pub fn violations(&mut self, all: impl IntoIterator<Item = Violation>) {
        self.violations.extend(all);
    }

    /// A figure that must be so; `what` says what was expected.
    pub fn must(&mut self, holds: bool, promise: &'static str, what: impl Into<String>) {
        if !holds {
            self.violated(Violation { promise, what: what.into(), history: Vec::new() });
        }
    }

    /// Takes over what another report tells, its figures under names that begin with `prefix`.
    pub fn absorb(&mut self, prefix: &str, other: Self) {
        let figures = other.figures.into_iter();
        self.figures.extend(figures.map(|(key, value)| (format!("{prefix}{key}"), value)));
        self.violations.extend(other.violations);
    }

    /// Deliveries that were not answered 2xx, the first with what else is known.
    pub fn refused(&mut self, refusals: Vec<String>, history: &[String]) {
        for (number, what) in refusals.into_iter().enumerate() {
            let history = if number == 0 { history.to_vec() } else { Vec::new() };
            self.violated(Violation { promise: "I-DOOR", what, history });
        }
    }

    pub fn passed(&self) -> bool {
        self.violations.is_empty()
    }

    /// How many times a promise was broken.
    pub fn count(&self, promise: &str) -> usize {
        self.violations.iter().filter(|it| it.promise == promise).count()
    }

    /// Which promises were broken, each once, in order.
    pub fn broken(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.violations.iter().map(|it| it.promise).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What is wrong, in one line.
    pub fn told(&self) -> String {
        let told: Vec<_> =
            self.violations.iter().map(|it| format!("{}: {}", it.promise, it.what)).collect();
        told.join("; ")
    }

    pub fn took(&mut self, time: Duration) {
        self.figure("took_s", time.as_secs());
    }

    pub fn print(&self, replay: &str) {
        let figures: Vec<String> =
            self.figures.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let verdict = if self.passed() { "PASS" } else { "FAIL" };
        println!("{} {} {verdict}", self.head, figures.join(" "));
        for violation in self.violations.iter().take(TOLD) {
            println!("  {}: {}", violation.promise, violation.what);
            violation.history.iter().for_each(|line| println!("      {line}"));
        }
        if self.violations.len() > TOLD {
            println!("  … and {} more", self.violations.len() - TOLD);
        }
        if !self.passed() {
            println!("  broken: {}\n  again: {replay}", self.broken().join(" "));
        }
    }
}
