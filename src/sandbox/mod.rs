//! A strict Bot API and Pakasir on loopback, with the chat page: for demo, tests and load.

mod chance;
pub mod telegram;
pub mod pakasir;
pub mod page;
mod stage;

pub use stage::Stage;
