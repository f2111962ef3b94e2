//! The conversation: update to intent, outcome to message; pure functions.
