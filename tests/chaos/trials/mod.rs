//! Every trial, in order of its number: add the file, then its line.

mod t16_fuzz;
mod t18_auth;
mod t19_rendering;
mod t20_crypto;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] =
    &[&t16_fuzz::TRIAL, &t18_auth::TRIAL, &t19_rendering::TRIAL, &t20_crypto::TRIAL];
