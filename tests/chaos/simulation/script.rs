//! The list of steps that were taken, and a number that says whether two lists are the same.

use std::fmt::Display;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// How many of the last steps a failure tells.
const TOLD: usize = 400;

/// Every step of a world in words; nothing in them differs between two plays of one seed.
#[derive(Debug, Default)]
pub struct Script {
    lines: Vec<String>,
    /// So many steps there were when a promise was first seen broken.
    broken_at: Option<usize>,
}

impl Script {
    pub fn step(&mut self, what: impl Display) {
        self.lines.push(what.to_string());
    }

    /// Adds to the last step what came of it.
    pub fn came_of_it(&mut self, what: impl Display) {
        if let Some(line) = self.lines.last_mut() {
            line.push_str(&format!(" -> {what}"));
        }
    }

    /// The last step broke a promise: a failure tells what led to it.
    pub fn broke_a_promise(&mut self) {
        self.broken_at.get_or_insert(self.lines.len());
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// The same for the same steps in the same order.
    pub fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.lines.hash(&mut hasher);
        hasher.finish()
    }

    /// The steps that led to the first broken promise, or the last ones; numbered.
    pub fn tail(&self) -> Vec<String> {
        let end = self.broken_at.unwrap_or(self.lines.len());
        self.lines[..end]
            .iter()
            .enumerate()
            .skip(end.saturating_sub(TOLD))
            .map(|(n, line)| format!("{n:>5} {line}"))
            .collect()
    }

    /// The first step at which two scripts part.
    pub fn parts_from(&self, other: &Self) -> Option<(usize, String, String)> {
        let line = |script: &Self, n: usize| script.lines.get(n).cloned().unwrap_or_default();
        let longest = self.lines.len().max(other.lines.len());
        (0..longest)
            .map(|n| (n, line(self, n), line(other, n)))
            .find(|(_, ours, theirs)| ours != theirs)
    }
}
