//! What the person who runs the service leans on: health checks, alerts, and the jobs that come round by the clock.

mod machine;
mod looks;
mod jobs;
mod health;
mod rounds;
mod pulse;
mod watch;
mod forward;
pub mod provision;
pub mod backup;

pub use forward::Forward;
pub use health::{Opened, Outlook, Report, check};
pub use looks::Check;
pub use machine::{Load, Machine};
pub use pulse::Pulse;
pub use rounds::{Job, Rounds};
pub use watch::Health;
