//! Drains the inbox, drains the outbox, paces, keeps time, shuts down.

mod hooks;
mod failure;
mod fact;
mod fate;
mod surely;
mod suspects;
mod pace;
mod presence;
mod breaker;
mod slots;
mod wordings;
mod desk;
mod owners;
mod inbox;
mod stores;
mod carry;
mod living;
mod crowds;
mod goods;
mod asides;
mod unload;
mod configuration;
mod gateway;
mod aftermath;
mod ends;
mod bulk;
mod gate;
mod outbox;
mod addresses;
mod deliveries;
mod webhook;
mod reseal;
mod turn;
mod feed;
mod timer;
mod crew;
mod service;
mod steps;

pub use addresses::{WebhookFault, register};
pub use crew::supervised;
pub use crowds::Crowds;
pub use deliveries::MOST_WAITING;
pub use desk::FORGED_EVERY;
pub use failure::ServiceError;
pub use hooks::{pakasir_url, telegram_url};
pub use owners::{Values, alarm, all_clear, tell_at_once, tell_happenings, tell_owners};
pub use presence::Presence;
pub use service::{Service, Settings};
pub use steps::{Fact as StepFact, Parcel as StepParcel, Steps};
pub use stores::{Directory, Shopfront};

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::bot::Texts;
use crate::db::Db;
use crate::primitives::{Clock, Keyring};
use crate::queue::Bell;
use crate::telemetry::Metrics;

/// What every worker of a process shares.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Under which name this process holds rows.
    pub presence: Presence,
    /// Rings when a fact came in.
    pub inbox_bell: Bell,
    /// Rings when an effect wants to go out.
    pub outbox_bell: Bell,
    /// The numbers.
    pub metrics: Metrics,
    /// What opens units.
    pub keyring: Arc<Keyring>,
    /// What is said.
    pub texts: Arc<Texts>,
    /// Whose shop is whose.
    pub directory: Directory,
    /// Whether the owners want to be told what is wrong.
    pub owner_alerts: bool,
    /// How many people each has served.
    pub crowds: Crowds,
    /// What the stores word themselves.
    wordings: wordings::Wordings,
    /// How soon the next message may go.
    pace: Arc<pace::Pace>,
    /// Whether Telegram answers.
    telegram: Arc<breaker::Breaker>,
    /// One seat for all of Telegram's parcels that may be what killed the process before.
    suspects: Arc<suspects::Suspects>,
    /// Ends its wait when the workers began: in quarantine, nothing else begins before.
    pub at_work: CancellationToken,
}
