//! Every trial, in order of its number: add the file, then its two lines.

mod t00_oracle_bites;
mod t01_kill_storm;
mod t02_fault_points;
mod t03_power_cut;
mod t04_forged;
mod t05_races;
mod t06_outage;
mod t07_postgres;
mod t08_telegram;
mod t09_overload;
mod t10_poison;
mod t11_restarts;
mod t14_clocks;
mod t15_disk;
mod t16_fuzz;
mod t17_hostile_clients;
mod t18_auth;
mod t19_rendering;
mod t20_crypto;
mod t23_model;
mod t24_simulation;
mod t26_planted;
mod t27_rolling;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[
    &t00_oracle_bites::TRIAL,
    &t01_kill_storm::TRIAL,
    &t02_fault_points::TRIAL,
    &t03_power_cut::TRIAL,
    &t04_forged::TRIAL,
    &t05_races::TRIAL,
    &t06_outage::TRIAL,
    &t07_postgres::TRIAL,
    &t08_telegram::TRIAL,
    &t09_overload::TRIAL,
    &t10_poison::TRIAL,
    &t11_restarts::TRIAL,
    &t14_clocks::TRIAL,
    &t15_disk::TRIAL,
    &t16_fuzz::TRIAL,
    &t17_hostile_clients::TRIAL,
    &t18_auth::TRIAL,
    &t19_rendering::TRIAL,
    &t20_crypto::TRIAL,
    &t23_model::TRIAL,
    &t24_simulation::TRIAL,
    &t26_planted::TRIAL,
    &t27_rolling::TRIAL,
];
