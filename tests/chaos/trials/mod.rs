//! Every trial, in order of its number: add the file, then its line.

mod t00_oracle_bites;
mod t01_kill_storm;
mod t03_power_cut;
mod t07_postgres;
mod t09_overload;
mod t10_poison;
mod t11_restarts;
mod t15_disk;
mod t16_fuzz;
mod t17_hostile_clients;
mod t19_rendering;
mod t20_crypto;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[
    &t00_oracle_bites::TRIAL,
    &t01_kill_storm::TRIAL,
    &t03_power_cut::TRIAL,
    &t07_postgres::TRIAL,
    &t09_overload::TRIAL,
    &t10_poison::TRIAL,
    &t11_restarts::TRIAL,
    &t15_disk::TRIAL,
    &t16_fuzz::TRIAL,
    &t17_hostile_clients::TRIAL,
    &t19_rendering::TRIAL,
    &t20_crypto::TRIAL,
];
