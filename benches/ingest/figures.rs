//! Medians, percentiles and how busy the machine was.

use std::time::Duration;

/// Prints `key median (min – max) unit`.
pub fn spread(key: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first(), values.last()) else { return };
    let median = values[values.len() / 2];
    println!("{key} {} ({} – {}) {unit}", short(median), short(*least), short(*most));
}

/// Prints `key p50 … p99 … ms` of times.
pub fn percentiles(key: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| {
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    };
    println!("{key} p50 {} p99 {} ms", short(at(50)), short(at(99)));
}

/// Three digits or so.
fn short(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The load average of the last minute, where the system tells it.
pub fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}
