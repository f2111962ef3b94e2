//! The durable inbox and outbox, their bell, back-off and dead letters.

pub mod backoff;
mod bell;
mod delivery;
pub mod inbox;
mod intake;
pub mod outbox;
pub mod claims;
pub mod lanes;
pub mod prune;
pub mod bulk;
#[cfg(test)]
mod tests;

pub use bell::Bell;
pub use intake::{Intake, Refused};

/// How long a worker may hold a row before another one takes it over.
pub const LEASE: std::time::Duration = std::time::Duration::from_secs(30);

/// What `statements!` of this room listed, by module.
pub const STATEMENTS: &[&[crate::db::Statement]] = &[
    inbox::STATEMENTS,
    outbox::STATEMENTS,
    claims::STATEMENTS,
    lanes::STATEMENTS,
    prune::STATEMENTS,
    bulk::STATEMENTS,
];
