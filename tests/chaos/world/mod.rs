//! What a trial is played in: databases, processes of the real program, and the outside on loopback.

pub mod base;
pub mod cluster;
pub mod program;
pub mod proxy;
