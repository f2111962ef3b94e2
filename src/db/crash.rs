//! Fault points: in a debug build a test can make the process die around its n-th commit, or of a fact
//! that holds a word.

#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(debug_assertions)]
use std::sync::OnceLock;

use crate::config::CrashPoint;

#[cfg(debug_assertions)]
static BEFORE: AtomicU64 = AtomicU64::new(0);
#[cfg(debug_assertions)]
static AFTER: AtomicU64 = AtomicU64::new(0);
#[cfg(debug_assertions)]
static BEGUN: AtomicU64 = AtomicU64::new(0);
#[cfg(debug_assertions)]
static DONE: AtomicU64 = AtomicU64::new(0);
#[cfg(debug_assertions)]
static WORD: OnceLock<String> = OnceLock::new();

/// Plans the death that the configuration asks for, if any, counting commits from now on.
#[cfg(debug_assertions)]
pub fn plan(point: Option<CrashPoint>) {
    let Some(CrashPoint { committed, commit }) = point else { return };
    BEGUN.store(0, Ordering::SeqCst);
    DONE.store(0, Ordering::SeqCst);
    if committed { &AFTER } else { &BEFORE }.store(commit, Ordering::SeqCst);
}

/// Plans to die of every fact that holds this word.
#[cfg(debug_assertions)]
pub fn plan_word(word: Option<String>) {
    if let Some(word) = word {
        let _ = WORD.set(word);
    }
}

/// A fact is about to be worked on.
#[cfg(debug_assertions)]
pub fn on_fact(body: &[u8]) {
    let Some(word) = WORD.get() else { return };
    if body.windows(word.len()).any(|part| part == word.as_bytes()) {
        std::process::abort();
    }
}

#[cfg(debug_assertions)]
pub(super) fn before_commit() {
    die_at(&BEFORE, &BEGUN);
}

#[cfg(debug_assertions)]
pub(super) fn after_commit() {
    die_at(&AFTER, &DONE);
}

/// Dies without a farewell, as by `kill -9`: no destructor runs, nothing is flushed.
#[cfg(debug_assertions)]
fn die_at(planned: &AtomicU64, counted: &AtomicU64) {
    if counted.fetch_add(1, Ordering::SeqCst) + 1 == planned.load(Ordering::SeqCst) {
        std::process::abort();
    }
}

/// Nothing: a release build has no fault points.
#[cfg(not(debug_assertions))]
pub const fn plan(_point: Option<CrashPoint>) {}

/// Nothing.
#[cfg(not(debug_assertions))]
pub fn plan_word(_word: Option<String>) {}

/// Nothing.
#[cfg(not(debug_assertions))]
pub const fn on_fact(_body: &[u8]) {}

#[cfg(not(debug_assertions))]
pub(super) const fn before_commit() {}

#[cfg(not(debug_assertions))]
pub(super) const fn after_commit() {}
