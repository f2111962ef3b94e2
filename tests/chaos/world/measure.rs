//! What the kernel counts of this process: the peak of its memory, and a thread's own time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static START: AtomicU64 = AtomicU64::new(0);

/// Peaks before this call are forgotten; where the kernel does not allow that, they count.
pub fn watch_from_here() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    START.store(peak_kib(), Ordering::SeqCst);
}

/// By how much the peak rose since [`watch_from_here`], in KiB.
pub fn grown_kib() -> u64 {
    peak_kib().saturating_sub(START.load(Ordering::SeqCst))
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("there is a /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("the kernel tells the peak")
}

/// How long this thread has been running on a core, without what others took in between.
pub fn own_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("there is a /proc");
    let nanos = told.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanos.expect("the kernel tells a thread's time"))
}
