//! Backups as an operator meets them: the real program, killed and brought back elsewhere, on both engines.

#[path = "../cli/place.rs"]
#[expect(dead_code, reason = "the tests of the command line use the rest of it")]
mod place;
mod given;
mod loss;
mod journal;
mod refusals;
mod keeping;
mod bucket;
