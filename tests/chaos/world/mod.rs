//! What a trial is played in: databases, processes of the real program, buyers, and the outside on loopback.

pub mod base;
pub mod beat;
pub mod buyer;
pub mod crowd;
pub mod forger;
pub mod keeper;
pub mod line;
pub mod looks;
pub mod probe;
pub mod program;
pub mod receipts;
pub mod shelf;
pub mod town;
pub mod corner;
pub mod image;
pub mod recording;
pub mod wreck;
pub mod wire;
