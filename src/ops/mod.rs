//! What the person who runs the service leans on: health checks, and the jobs that come round by the clock.

mod health;
mod rounds;

pub use health::{Check, Opened, Report, check};
pub use rounds::{Job, Rounds};
