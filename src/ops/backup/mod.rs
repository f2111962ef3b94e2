//! Backups: made while the shop sells, checked, kept in two places, brought back, and tried out.

mod fault;
mod scratch;
mod manifest;
mod archive;
mod place;
mod keeper;
mod journal;
mod make;
mod restore;
mod drill;
mod jobs;

pub use drill::Drill;
pub use fault::BackupFault;
pub use jobs::{BackupJob, DrillJob, JournalJob, begin};
pub use journal::Covered;
pub use keeper::{Keeper, Listed};
pub use make::Made;
pub use manifest::{Manifest, Part};
pub use restore::{Choice, Released, Restored};
