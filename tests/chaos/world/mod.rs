//! What a trial is played in: databases, processes of the real program, buyers, and the outside on loopback.

pub mod audit;
pub mod balancer;
pub mod base;
pub mod buyer;
pub mod cluster;
pub mod crowd;
pub mod keeper;
pub mod metronome;
pub mod probe;
pub mod program;
pub mod proxy;
pub mod sender;
pub mod shelf;
pub mod town;
pub mod corner;
pub mod image;
pub mod recording;
pub mod small_disk;
pub mod wreck;
pub mod front;
pub mod nginx;
pub mod wire;
pub mod measure;
pub mod mutate;
pub mod visible;
