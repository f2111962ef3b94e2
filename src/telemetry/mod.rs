//! Logs, metrics, redaction.

mod logs;
mod metrics;

pub use logs::{LogFormat, LogsError, init};
pub use metrics::Metrics;
