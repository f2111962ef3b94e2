//! The rules of the house, read from the code itself: each one here fails the build when it is broken.

mod dependencies;
mod engines;
mod migrations;
mod rooms;
mod shape;
mod source;
mod statements;
mod words;
