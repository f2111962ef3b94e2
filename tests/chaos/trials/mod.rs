//! Every trial, in order of its number: add the file, then its line.

mod t01_kill_storm;
mod t03_power_cut;
mod t04_forged;
mod t06_outage;
mod t08_telegram;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[
    &t01_kill_storm::TRIAL,
    &t03_power_cut::TRIAL,
    &t04_forged::TRIAL,
    &t06_outage::TRIAL,
    &t08_telegram::TRIAL,
];
