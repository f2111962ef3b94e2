//! Updates on their way: queues, retries, expiry, duplicates and swaps, all without the network.

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

use crate::primitives::Timestamp;
use crate::sandbox::chance::Chance;

use super::courier::Target;

/// More updates than this do not wait; the oldest of a full box is dropped.
const MAX_WAITING: usize = 200_000;
/// How many delivered updates can be delivered again.
const MAX_REMEMBERED: usize = 10_000;
const DAY: Duration = Duration::from_hours(24);

/// One at a time within a queue, queues beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Messages and edits of a chat.
    Chat(i64),
    /// Button presses of a user.
    Callbacks(i64),
    /// Blocking and unblocking in a chat.
    Members(i64),
    /// Any other kind of update.
    Other(String),
}

/// An update that has not been taken yet.
#[derive(Debug, Clone)]
pub struct Pending {
    update_id: i64,
    body: Bytes,
    expires: Timestamp,
    attempts: u32,
    /// Seconds; doubles before each use.
    delay: u64,
    fails: u32,
    copies: u32,
    /// Held back until this one is through.
    after: Option<Box<(Queue, Pending)>>,
}

/// A registered webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// As it was given.
    pub url: String,
    /// The same in parts.
    pub target: Target,
    /// What every delivery carries.
    pub secret: Option<String>,
    /// Parallel deliveries.
    pub max_connections: u32,
    /// Whether a certificate was uploaded.
    pub certificate: bool,
    /// A pinned address.
    pub ip_address: Option<String>,
    /// One permit per connection.
    pub slots: Arc<Semaphore>,
}

/// What one attempt needs.
pub struct Job {
    /// The update.
    pub update_id: i64,
    /// Its JSON.
    pub body: Bytes,
    /// Counts from 1.
    pub attempt: u32,
    /// Where to.
    pub webhook: Webhook,
    /// Which address stands in for the host.
    pub route: Option<SocketAddr>,
}

/// How an attempt ended.
pub enum Attempt {
    /// 2xx.
    Delivered,
    /// Anything else.
    Failed {
        /// The status; 0 for none.
        status: u16,
        /// Seconds of `Retry-After`.
        retry_after: u64,
        /// What `getWebhookInfo` shows.
        why: String,
    },
}

#[derive(Debug, Default)]
enum Swap {
    #[default]
    Off,
    Armed,
    Holding(Box<(Queue, Pending)>),
}

/// The updates of one bot.
#[derive(Debug, Default)]
pub struct Mailbox {
    /// Where updates go.
    pub webhook: Option<Webhook>,
    /// The kinds wanted; `None` is Telegram's default set.
    pub allowed: Option<Vec<String>>,
    /// Which address stands in for the webhook's host.
    pub route: Option<SocketAddr>,
    /// The newest failure.
    pub last_error: Option<(Timestamp, String)>,
    /// When the webhook was last set.
    pub last_set: Option<Timestamp>,
    /// How many extra times every update is delivered.
    pub copies: u32,
    /// Rings when the webhook changes: waiting retries start over.
    pub webhook_changed: Arc<Notify>,
    /// After ten seconds without success only its holder tries.
    pub probe: Arc<tokio::sync::Mutex<()>>,
    failing_since: Option<Timestamp>,
    gone_since: Option<Timestamp>,
    queues: HashMap<Queue, VecDeque<Pending>>,
    running: HashSet<Queue>,
    waiting: usize,
    last_id: i64,
    swap: Swap,
    delivered: VecDeque<(Queue, Pending)>,
}

impl Mailbox {
    /// Goes on from another number, as Telegram does after a quiet week.
    pub fn continue_from(&mut self, update_id: i64) {
        self.last_id = update_id - 1;
    }

    /// Updates that wait, held ones included.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether updates of this kind are wanted.
    pub fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(kinds) => kinds.iter().any(|one| one == kind),
            None => !matches!(kind, "chat_member" | "message_reaction" | "message_reaction_count"),
        }
    }

    /// Puts an update into its queue; returns its id and the queues to start.
    pub fn accept(&mut self, mut update: Value, now: Timestamp) -> (i64, Vec<Queue>) {
        let update_id = update["update_id"].as_i64().unwrap_or(self.last_id + 1);
        self.last_id = self.last_id.max(update_id);
        update["update_id"] = json!(update_id);
        let (queue, life) = queue_of(&update);
        let pending = Pending {
            update_id,
            body: update.to_string().into(),
            expires: now.plus(life),
            attempts: 0,
            delay: 1,
            fails: 0,
            copies: self.copies,
            after: None,
        };
        (update_id, self.enqueue(queue, pending))
    }

    fn enqueue(&mut self, queue: Queue, mut pending: Pending) -> Vec<Queue> {
        self.waiting += 1;
        match std::mem::take(&mut self.swap) {
            Swap::Off => {}
            Swap::Armed => {
                self.swap = Swap::Holding(Box::new((queue, pending)));
                return vec![];
            }
            Swap::Holding(first) => pending.after = Some(first),
        }
        let updates = self.queues.entry(queue.clone()).or_default();
        updates.push_back(pending);
        if updates.len() > MAX_WAITING {
            updates.pop_front();
            self.waiting -= 1;
        }
        vec![queue]
    }

    /// Holds the next update back until the one after it is through.
    pub fn swap_next_two(&mut self) {
        if matches!(self.swap, Swap::Off) {
            self.swap = Swap::Armed;
        }
    }

    /// Delivers a delivered update once more.
    pub fn again(&mut self, update_id: i64, now: Timestamp) -> Option<Vec<Queue>> {
        let (queue, pending) =
            self.delivered.iter().rev().find(|(_, one)| one.update_id == update_id)?.clone();
        let expires = now.plus(DAY);
        Some(self.enqueue(queue, Pending { expires, copies: 0, fails: 0, delay: 1, ..pending }))
    }

    /// Forgets every waiting update.
    pub fn drop_pending(&mut self) {
        self.queues.clear();
        self.swap = Swap::Off;
        self.waiting = 0;
    }

    /// Marks a queue as worked on; false when it is, or when there is no webhook.
    pub fn begin(&mut self, queue: &Queue) -> bool {
        self.webhook.is_some() && self.running.insert(queue.clone())
    }

    /// Every queue with something in it.
    pub fn filled(&self) -> Vec<Queue> {
        self.queues.keys().cloned().collect()
    }

    /// The queue's next attempt; `None` ends the work on it.
    pub fn next(&mut self, queue: &Queue, default_route: Option<SocketAddr>) -> Option<Job> {
        let front = self.queues.get_mut(queue).and_then(VecDeque::front_mut);
        let (Some(webhook), Some(front)) = (&self.webhook, front) else {
            self.running.remove(queue);
            if self.queues.get(queue).is_some_and(VecDeque::is_empty) {
                self.queues.remove(queue);
            }
            return None;
        };
        front.attempts += 1;
        Some(Job {
            update_id: front.update_id,
            body: front.body.clone(),
            attempt: front.attempts,
            webhook: webhook.clone(),
            route: self.route.or(default_route),
        })
    }

    /// Whether nothing got through for more than ten seconds.
    pub fn is_failing(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.since(since) > Duration::from_secs(10))
    }

    /// Books an attempt; returns when the queue goes on if not at once, and queues to start.
    pub fn settle(
        &mut self,
        queue: &Queue,
        update_id: i64,
        attempt: Attempt,
        now: Timestamp,
        chance: &mut Chance,
    ) -> (Option<Timestamp>, Vec<Queue>) {
        let delivered = matches!(attempt, Attempt::Delivered);
        let next = match attempt {
            Attempt::Delivered => {
                self.failing_since = None;
                self.gone_since = None;
                None
            }
            Attempt::Failed { status, retry_after, why } => {
                self.failing_since.get_or_insert(now);
                self.last_error = Some((now, why));
                self.note_gone(status, now);
                Some(retry_after)
            }
        };
        // The box may have been emptied meanwhile.
        let Some(front) = self.queues.get_mut(queue).and_then(VecDeque::front_mut) else {
            return (None, vec![]);
        };
        if front.update_id != update_id {
            return (None, vec![]);
        }
        if let Some(retry_after) = next {
            let due = now.plus(front.back_off(retry_after, chance));
            if due <= front.expires {
                return (Some(due), vec![]);
            }
        } else if front.copies > 0 {
            front.copies -= 1;
            return (None, vec![]);
        }
        (None, self.finish(queue, delivered))
    }

    /// Takes the first update out of its queue and releases what it held back.
    fn finish(&mut self, queue: &Queue, delivered: bool) -> Vec<Queue> {
        let Some(mut done) = self.queues.get_mut(queue).and_then(VecDeque::pop_front) else {
            return vec![];
        };
        self.waiting -= 1;
        let held = done.after.take();
        if delivered {
            self.delivered.push_back((queue.clone(), done));
            if self.delivered.len() > MAX_REMEMBERED {
                self.delivered.pop_front();
            }
        }
        held.map_or_else(Vec::new, |held| {
            self.waiting -= 1;
            self.enqueue(held.0, held.1)
        })
    }

    /// 410 for 23 hours removes the webhook.
    fn note_gone(&mut self, status: u16, now: Timestamp) {
        if status != 410 {
            self.gone_since = None;
            return;
        }
        let since = *self.gone_since.get_or_insert(now);
        if now.since(since) > Duration::from_hours(23) {
            self.webhook = None;
        }
    }
}

impl Pending {
    /// At once after the first failure, then 2, 4, 8 … up to a random 60–120 s; a `Retry-After`
    /// is taken instead and leaves the doubling where it was.
    fn back_off(&mut self, retry_after: u64, chance: &mut Chance) -> Duration {
        let retry_after = retry_after.min(3600);
        let mut wait = retry_after;
        if retry_after == 0 && self.fails > 0 {
            self.delay = (self.delay * 2).min(chance.between(60, 120));
            wait = self.delay;
        }
        self.fails += 1;
        Duration::from_secs(wait)
    }
}

/// The queue an update belongs to and how long it lives.
fn queue_of(update: &Value) -> (Queue, Duration) {
    let kind = update.as_object().and_then(|o| o.keys().find(|key| *key != "update_id"));
    let kind = kind.map_or("nothing", String::as_str);
    let payload = &update[kind];
    let life = match kind {
        "callback_query" | "shipping_query" | "pre_checkout_query" => Duration::from_secs(150),
        "inline_query" => Duration::from_secs(30),
        "chosen_inline_result" => Duration::from_mins(10),
        _ => DAY,
    };
    let queue = match (kind, payload["chat"]["id"].as_i64(), payload["from"]["id"].as_i64()) {
        ("callback_query", _, Some(user)) => Queue::Callbacks(user),
        ("message" | "edited_message" | "channel_post" | "edited_channel_post", Some(chat), _) => {
            Queue::Chat(chat)
        }
        ("my_chat_member", Some(chat), _) => Queue::Members(chat),
        _ => Queue::Other(kind.to_owned()),
    };
    (queue, life)
}
