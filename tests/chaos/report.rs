//! One trial's figures and what it found, in the same words every time.

use std::fmt::Display;
use std::time::Duration;

/// How many violations are told in full; the rest are counted.
const TOLD: usize = 20;

/// A promise that was broken.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which, by its name in `docs/RELIABILITY.md`: `I-UNIT`.
    pub invariant: &'static str,
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
    pub fn must(&mut self, holds: bool, invariant: &'static str, what: impl Into<String>) {
        if !holds {
            self.violated(Violation { invariant, what: what.into(), history: Vec::new() });
        }
    }

    pub fn passed(&self) -> bool {
        self.violations.is_empty()
    }

    /// How many times a promise was broken.
    pub fn count(&self, invariant: &str) -> usize {
        self.violations.iter().filter(|it| it.invariant == invariant).count()
    }

    /// Which invariants were broken, each once, in order.
    pub fn broken(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.violations.iter().map(|it| it.invariant).collect();
        names.sort_unstable();
        names.dedup();
        names
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
            println!("  {}: {}", violation.invariant, violation.what);
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
