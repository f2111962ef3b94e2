//! Every trial, in order of its number: add the file, then its line.

mod t24_simulation;

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[&t24_simulation::TRIAL];
