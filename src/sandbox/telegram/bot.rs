//! A test's hand on one bot: its people, its webhook, and the mischief Telegram can do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::DropGuard;

use crate::primitives::{ChatId, UserId};

use super::chats::{Chat, ChatKind};
use super::delivery;
use super::person::Person;
use super::state::State;

/// No wait of a test is longer than this, in real time.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// One bot of a [`super::FakeTelegram`]. Clones are the same bot.
#[derive(Clone)]
pub struct Bot {
    pub(super) state: Arc<State>,
    pub(super) index: usize,
    /// Ends the server with its last holder.
    pub(super) _alive: Arc<DropGuard>,
}

/// What the bot has registered with `setWebhook`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSeen {
    /// The address as given.
    pub url: String,
    /// `secret_token`.
    pub secret: Option<String>,
    /// `allowed_updates`; `None` is Telegram's default set.
    pub allowed_updates: Option<Vec<String>>,
    /// `max_connections`.
    pub max_connections: u32,
}

impl Bot {
    /// The bot's user id.
    #[must_use]
    pub fn id(&self) -> UserId {
        UserId(self.state.world().bots[self.index].id)
    }

    /// A person who once pressed Start, so that the bot may write; the chat is empty.
    #[must_use]
    pub fn person(&self, user: UserId, first_name: &str) -> Person {
        let person = self.stranger(user, first_name);
        person.with(|chat| chat.started = true);
        person
    }

    /// A person who has never started the bot: until the first message or press, sending to them
    /// is refused with 403.
    #[must_use]
    pub fn stranger(&self, user: UserId, first_name: &str) -> Person {
        let kind = ChatKind::Private(first_name.to_owned());
        let mut world = self.state.world();
        let chats = &mut world.bots[self.index].chats;
        chats.entry(user.0).or_insert_with(|| Chat::new(user.0, kind));
        drop(world);
        Person::new(self.clone(), user)
    }

    /// A group that the bot is in; its number should be negative.
    pub fn group(&self, chat: ChatId, title: &str) {
        let mut group = Chat::new(chat.0, ChatKind::Group(title.to_owned()));
        group.started = true;
        self.state.world().bots[self.index].chats.entry(chat.0).or_insert(group);
    }

    /// Delivers an update as it is, whatever it says; returns its `update_id`, which it gets when
    /// it has none. `allowed_updates` is not asked.
    pub fn deliver_raw(&self, update: Value) -> i64 {
        delivery::inject(&self.state, self.index, update)
    }

    /// Delivers an update of a kind that no bot knows yet.
    pub fn deliver_unknown_kind(&self) -> i64 {
        self.deliver_raw(json!({"shop_opened_on_the_moon": {"crater": "Tycho", "depth": 4700}}))
    }

    /// Delivers a message without a sender, as channels post them.
    pub fn deliver_without_from(&self, chat: ChatId, text: &str) -> i64 {
        let date = self.state.clock.now().seconds();
        self.deliver_raw(json!({"message": {"message_id": 1_000_000, "date": date, "text": text,
            "chat": {"id": chat.0, "type": "channel", "title": "Kabar"}}}))
    }

    /// Delivers an update that was already taken once more; false when it is forgotten.
    pub fn deliver_again(&self, update_id: i64) -> bool {
        let now = self.state.clock.now();
        let queues = self.state.world().bots[self.index].mailbox.again(update_id, now);
        let known = queues.is_some();
        delivery::start(&self.state, self.index, queues.unwrap_or_default());
        known
    }

    /// From now on every update is delivered `extra` more times after its first success.
    pub fn duplicate_updates(&self, extra: u32) {
        self.state.world().bots[self.index].mailbox.copies = extra;
    }

    /// Holds the next update back until the one after it is through.
    pub fn swap_next_two(&self) {
        self.state.world().bots[self.index].mailbox.swap_next_two();
    }

    /// Counts updates from another number, as Telegram does after a week of silence.
    pub fn continue_update_ids_from(&self, update_id: i64) {
        self.state.world().bots[self.index].mailbox.continue_from(update_id);
    }

    /// What the bot has registered.
    #[must_use]
    pub fn webhook(&self) -> Option<WebhookSeen> {
        let world = self.state.world();
        let mailbox = &world.bots[self.index].mailbox;
        let webhook = mailbox.webhook.as_ref()?;
        Some(WebhookSeen {
            url: webhook.url.clone(),
            secret: webhook.secret.clone(),
            allowed_updates: mailbox.allowed.clone(),
            max_connections: webhook.max_connections,
        })
    }

    /// Sends this bot's deliveries to a local address, with plain HTTP; the path stays.
    pub fn route_webhooks_to(&self, address: SocketAddr) {
        self.state.world().bots[self.index].mailbox.route = Some(address);
    }

    /// How many updates wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.state.world().bots[self.index].mailbox.waiting()
    }

    /// Waits until every update is delivered or expired.
    ///
    /// # Panics
    /// After 20 s, with how many still wait and why.
    pub async fn settled(&self) {
        let mut changed = self.state.changed.subscribe();
        let done = changed.wait_for(|_| self.waiting() == 0);
        let ended = tokio::time::timeout(PATIENCE, done).await.is_ok();
        if !ended {
            let world = self.state.world();
            let mailbox = &world.bots[self.index].mailbox;
            let (waiting, why) = (mailbox.waiting(), mailbox.last_error.clone());
            drop(world);
            panic!("{waiting} updates still wait; the newest failure: {why:?}");
        }
    }

    /// The commands set for the default scope and a language (`""` for all others).
    #[must_use]
    pub fn commands(&self, language: &str) -> Option<Value> {
        let key = (json!({"type": "default"}).to_string(), language.to_owned());
        self.state.world().bots[self.index].commands.get(&key).cloned()
    }
}
