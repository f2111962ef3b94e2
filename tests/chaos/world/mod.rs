//! What a trial is played in: databases, processes of the real program, and the outside on loopback.

pub mod base;
pub mod corner;
pub mod image;
pub mod program;
pub mod recording;
pub mod wreck;
