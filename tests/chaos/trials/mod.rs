//! Every trial, in order of its number: add the file, then its line.

mod t01_kill_storm;
mod t03_power_cut;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[&t01_kill_storm::TRIAL, &t03_power_cut::TRIAL];
