//! The conversation: update to intent, outcome to message; pure functions.

mod replies;
mod wording;
mod texts;
pub mod when;
pub mod setup;
mod fields;
mod manage;
mod button;
mod wizard;
mod question;
mod intent;
pub mod pictures;
pub mod chart;
mod errand;
mod commands;
pub mod goods;
pub mod screens;

pub use button::Press;
pub use commands::commands;
pub use errand::{Errand, Image, Picture};
pub use fields::ProductField;
pub use intent::{Intent, Visit, read};
pub use manage::{Area, Manage};
pub use question::{Document, Question, Said};
pub use replies::{Flaw, Reply, Setting, Slot, Template};
pub use setup::SetupStep;
pub use texts::{Own, Speech, Texts, Value};
pub use wizard::{CouponDraft, CouponStep, Draft, Step, Wizard};
pub use wording::Wording;
