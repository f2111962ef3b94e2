//! Every trial, in order of its number: add the file, then its line.

mod t00_oracle_bites;
mod t01_kill_storm;
mod t03_power_cut;
mod t07_postgres;
mod t11_restarts;
mod t15_disk;
mod t16_fuzz;
mod t19_rendering;
mod t20_crypto;
mod t24_simulation;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[
    &t00_oracle_bites::TRIAL,
    &t01_kill_storm::TRIAL,
    &t03_power_cut::TRIAL,
    &t07_postgres::TRIAL,
    &t11_restarts::T11,
    &t15_disk::TRIAL,
    &t16_fuzz::TRIAL,
    &t19_rendering::TRIAL,
    &t20_crypto::TRIAL,
    &t24_simulation::TRIAL,
];
