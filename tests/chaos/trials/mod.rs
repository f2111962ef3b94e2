//! Every trial, in order of its number: add the file, then its line.

mod t11_restarts;
mod t17_hostile_clients;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[&t11_restarts::T11, &t17_hostile_clients::T17];
