//! What a trial is played in: databases, processes of the real program, and the outside on loopback.

pub mod base;
pub mod knock;
pub mod measure;
pub mod mutate;
pub mod names;
pub mod patrons;
pub mod program;
pub mod visible;
