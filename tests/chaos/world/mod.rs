//! What a trial is played in: databases, processes of the real program, buyers, and the outside on loopback.

pub mod base;
pub mod buyer;
pub mod corner;
pub mod crowd;
pub mod image;
pub mod keeper;
pub mod probe;
pub mod program;
pub mod recording;
pub mod shelf;
pub mod town;
pub mod wire;
pub mod wreck;
