//! What a trial is played in: databases, processes of the real program, and the outside on loopback.

pub mod base;
pub mod front;
pub mod hostile;
pub mod nginx;
pub mod program;
pub mod sender;
pub mod wire;
