//! Every trial, in order of its number: add the file, then its line.

mod t00_oracle_bites;
mod t01_kill_storm;
mod t03_power_cut;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] =
    &[&t00_oracle_bites::TRIAL, &t01_kill_storm::TRIAL, &t03_power_cut::TRIAL];
