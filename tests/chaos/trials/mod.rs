//! Every trial, in order of its number: add the file, then its line.

use crate::trial::Trial;

/// The suite.
pub const TRIALS: &[&Trial] = &[];
