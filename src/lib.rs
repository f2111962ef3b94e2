//! Bot Auto Order: a shop for digital goods inside Telegram. The rooms stand in order; a room uses only rooms above it.

pub mod primitives;
pub mod telemetry;
pub mod telegram;
pub mod pakasir;
pub mod config;
pub mod db;
pub mod queue;
pub mod http;
pub mod shop;
pub mod bot;
pub mod worker;
pub mod ops;
pub mod sandbox;
pub mod cli;
