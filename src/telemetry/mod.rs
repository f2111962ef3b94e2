//! Logs, metrics, redaction.

pub mod redaction;
mod ear;
mod logs;
mod metrics;
mod panics;

pub use ear::{Ear, Heard};
pub use logs::{LogFormat, LogsError, init, init_heard};
pub use metrics::Metrics;
pub use panics::note_panics;
