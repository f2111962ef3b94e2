//! Fault points: in a debug build a test can make the process die between two commits.

#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicI64, Ordering};

#[cfg(debug_assertions)]
static COMMITS_LEFT: AtomicI64 = AtomicI64::new(i64::MAX);

/// Makes the process abort right after its `commits`th commit from now; absent from release builds.
#[cfg(debug_assertions)]
pub fn after_commits(commits: i64) {
    COMMITS_LEFT.store(commits, Ordering::SeqCst);
}

/// The planned death comes before the next commit reaches the disk when the count is used up.
#[cfg(debug_assertions)]
pub(super) fn before_commit() {
    if COMMITS_LEFT.load(Ordering::SeqCst) <= 0 {
        std::process::abort();
    }
}

#[cfg(debug_assertions)]
pub(super) fn after_commit() {
    if COMMITS_LEFT.fetch_sub(1, Ordering::SeqCst) <= 1 {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub(super) const fn before_commit() {}

#[cfg(not(debug_assertions))]
pub(super) const fn after_commit() {}

/// Plans the death that the configuration asks for, if any.
pub fn plan(commits: Option<i64>) {
    #[cfg(debug_assertions)]
    if let Some(commits) = commits {
        after_commits(commits);
    }
    #[cfg(not(debug_assertions))]
    let _ = commits;
}
