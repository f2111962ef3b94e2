//! Every trial, in order of its number: add the file, then its line.

mod t16_fuzz;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[&t16_fuzz::TRIAL];
