//! A steady beat of good updates over one connection: how long each waits for its 200.

use std::net::SocketAddr;
use std::time::Duration;

use bot_auto_order::primitives::Clock;
use serde_json::json;

use super::line::{Letter, Line};
use super::town::Town;

/// Far above the numbers that the sandbox counts from.
const FIRST_UPDATE: i64 = 3_500_000_000;
/// So many people take turns, so that nobody's lane grows long.
const PEOPLE: i64 = 200;
/// Nobody of a crowd has such a number.
const FIRST_PERSON: i64 = 800_000_000;
const BETWEEN: Duration = Duration::from_millis(15);

/// Somebody whose updates ask for nothing (a message was edited): only the door is measured.
pub struct Beat {
    line: Line,
    path: String,
    secret: String,
    next: i64,
}

/// How long each update waited, in microseconds.
#[derive(Debug, Default)]
pub struct Waits(Vec<u128>);

impl Beat {
    /// Once the bot has a webhook.
    pub async fn new(town: &Town, first: i64) -> Self {
        let clock = Clock::system();
        let webhook = loop {
            if let Some(webhook) = town.stage.bot.webhook() {
                break webhook;
            }
            clock.sleep(BETWEEN).await;
        };
        let path = webhook.url.splitn(4, '/').nth(3).unwrap_or_default();
        let secret = webhook.secret.unwrap_or_default();
        let target: SocketAddr = town.settings[0].bind;
        let next = FIRST_UPDATE + first;
        Self { line: Line::to(target), path: format!("/{path}"), secret, next }
    }

    /// Sends until `over` ends.
    ///
    /// # Panics
    /// When a good update is not answered 200.
    pub async fn until<T>(
        &mut self,
        town: &Town,
        waits: &mut Waits,
        over: impl Future<Output = T>,
    ) -> T {
        let clock = Clock::system();
        let mut over = std::pin::pin!(over);
        loop {
            tokio::select! {
                biased;
                ended = &mut over => return ended,
                () = clock.sleep(BETWEEN) => {}
            }
            // What is begun is ended, so that the connection stays in step.
            tokio::select! {
                biased;
                () = self.once(town, waits) => {}
                ended = &mut over => {
                    self.line.close();
                    return ended;
                }
            }
        }
    }

    async fn once(&mut self, town: &Town, waits: &mut Waits) {
        let update = self.next;
        self.next += 1;
        let user = FIRST_PERSON + update % PEOPLE;
        let now = Clock::system().now().seconds();
        let person = json!({"id": user, "is_bot": false, "first_name": "Rina"});
        let chat = json!({"id": user, "type": "private", "first_name": "Rina"});
        let body = json!({"update_id": update, "edited_message": {"message_id": 1, "date": now,
            "edit_date": now, "from": person, "chat": chat, "text": "halo"}});
        let letter = Letter::json(&self.path, &body);
        let letter = letter.with("x-telegram-bot-api-secret-token", &self.secret);
        let begun = std::time::Instant::now();
        let status = self.line.post(&letter).await;
        waits.0.push(begun.elapsed().as_micros());
        assert_eq!(status, 200, "a good update was refused");
        town.acked(update);
    }
}

impl Waits {
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The wait that so many percent do not exceed.
    pub fn percentile(&mut self, percent: usize) -> Duration {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let micros = self.0.get(last * percent / 100).copied().unwrap_or(0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}
