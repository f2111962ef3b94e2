//! Health checks for the person who runs the service.

mod health;

pub use health::{Check, Opened, Report, check};
