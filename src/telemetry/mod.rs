//! Logs, metrics, redaction.
