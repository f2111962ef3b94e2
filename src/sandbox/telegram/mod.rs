//! A strict Telegram Bot API on loopback: refuses what Telegram refuses, delivers as it delivers.
//!
//! It is written from the Bot API's description alone and shares nothing with the crate's own
//! client, so that each checks the other. Where it is stricter than Telegram (unknown parameters,
//! unknown fields of objects) its error text says so.

mod answer;
mod courier;
mod faults;
mod ledger;
mod pace;
mod request;
mod files;
mod table;
mod entities;
mod html;
mod markup;
mod chats;
mod seen;
mod mailbox;
mod delivery;
mod methods;
mod state;
mod server;
mod bot;
mod person;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio_util::sync::DropGuard;

use crate::primitives::Clock;

use self::state::{BotState, State};

pub use self::bot::{Bot, WebhookSeen};
pub use self::chats::Toast;
pub use self::entities::Entity;
pub use self::faults::{Fault, FaultKind, Odds};
pub use self::html::parse as read_html;
pub use self::ledger::{Call, Delivery};
pub use self::markup::{Action, ReplyKeyboard};
pub use self::pace::PaceLimits;
pub use self::person::Person;
pub use self::seen::{Seen, SeenButton};

/// A running Bot API. Clones, bots and people share it; it ends with the last of them.
#[derive(Clone)]
pub struct FakeTelegram {
    state: Arc<State>,
    address: SocketAddr,
    alive: Arc<DropGuard>,
}

impl FakeTelegram {
    /// Starts on a free port of loopback; all its waiting is on `clock`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        Self::start_at(clock, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts at a given address.
    ///
    /// # Errors
    /// When it cannot be bound.
    pub async fn start_at(clock: Clock, address: SocketAddr) -> io::Result<Self> {
        let state = State::new(clock);
        let alive = Arc::new(state.stop.clone().drop_guard());
        let address = server::start(&state, address).await?;
        Ok(Self { state, address, alive })
    }

    /// The base address, `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a bot known; the same token gives the same bot.
    ///
    /// # Panics
    /// When the token has not the form `123456:SECRET`.
    pub fn add_bot(&self, token: &str, username: &str) -> Bot {
        let mut world = self.state.world();
        let index = world.bot_by_token(token).unwrap_or_else(|| {
            world.bots.push(BotState::new(token, username));
            world.bots.len() - 1
        });
        drop(world);
        Bot { state: Arc::clone(&self.state), index, _alive: Arc::clone(&self.alive) }
    }

    /// The newest 200,000 calls, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state.world().ledger.calls.iter().cloned().collect()
    }

    /// The newest 200,000 delivery attempts, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state.world().ledger.deliveries.iter().cloned().collect()
    }

    /// Lets the next calls that match run into a fault.
    pub fn fault(&self, fault: Fault) {
        self.state.world().faults.add(fault);
    }

    /// Lets calls about a chat run into faults by chance, the same for the same seed, until
    /// [`FakeTelegram::clear_faults`]; planted faults strike first.
    pub fn weather(&self, seed: u64, odds: Vec<Odds>) {
        self.state.world().faults.weather(seed, odds);
    }

    /// Forgets every fault that has not struck.
    pub fn clear_faults(&self) {
        self.state.world().faults.clear();
    }

    /// Sends deliveries of every bot without its own route to a local address, with plain HTTP;
    /// the path stays.
    pub fn route_webhooks_to(&self, address: SocketAddr) {
        self.state.world().route = Some(address);
    }

    /// From now on nothing is delivered to addresses of this host: each attempt ends with these words, as
    /// `Connection refused` or `SSL error {…}`.
    pub fn cut_host(&self, host: &str, why: &str) {
        self.state.world().unreachable.insert(host.to_owned(), why.to_owned());
    }

    /// Addresses of this host are reached again.
    pub fn mend_host(&self, host: &str) {
        self.state.world().unreachable.remove(host);
    }

    /// Turns flood limits on, or off with `None` as at the start.
    pub fn limit_pace(&self, limits: Option<PaceLimits>) {
        self.state.world().pace.limit(limits);
    }

    /// Seeds the random part of retry delays.
    pub fn seed(&self, seed: u64) {
        self.state.world().chance.0 = seed;
    }

    /// Waits until `what` finds something, asked again after every call and delivery.
    ///
    /// # Panics
    /// After 20 s of real time.
    pub async fn until<T>(&self, what: impl Fn(&Self) -> Option<T>) -> T {
        let mut changed = self.state.changed.subscribe();
        let looking = async {
            loop {
                changed.mark_unchanged();
                if let Some(found) = what(self) {
                    return found;
                }
                // The sender lives in the state that `self` holds.
                let _ = changed.changed().await;
            }
        };
        let found = tokio::time::timeout(bot::PATIENCE, looking).await;
        found.expect("what was waited for did not happen within 20 s")
    }

    /// Closes the listener and every connection, and waits for all tasks.
    pub async fn stop(&self) {
        self.state.stop.cancel();
        self.state.courier.close();
        self.state.tasks.close();
        self.state.tasks.wait().await;
    }
}
