//! Telegram's flood limits as token buckets: off unless a test turns them on.

use std::collections::HashMap;

use crate::primitives::Timestamp;

use super::answer::Refusal;

/// Chats beyond this many share one bucket, so that the table stays bounded.
const MAX_CHATS: usize = 100_000;

/// What a bot may send; the documented figures are 1/s per chat and 30/s per bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceLimits {
    /// Messages a second to one chat.
    pub chat_per_second: u32,
    /// Messages at once to a chat that has been quiet.
    pub chat_burst: u32,
    /// Messages a second of the whole bot.
    pub bot_per_second: u32,
    /// Messages at once of a bot that has been quiet.
    pub bot_burst: u32,
    /// The `retry_after` of a refusal.
    pub retry_after: u32,
}

/// The buckets, or nothing while there is no limit.
#[derive(Debug, Default)]
pub struct Pace {
    limits: Option<PaceLimits>,
    buckets: HashMap<(i64, i64), Bucket>,
}

/// Thousandths of a message left, and when that was counted.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: i64,
    counted: Timestamp,
}

impl Pace {
    /// Sets or lifts the limits and fills every bucket.
    pub fn limit(&mut self, limits: Option<PaceLimits>) {
        self.limits = limits;
        self.buckets.clear();
    }

    /// Takes a message from both buckets, or refuses and takes nothing.
    pub fn admit(
        &mut self,
        bot: i64,
        method: &str,
        chat: Option<i64>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let sends = ["send", "copy", "forward"].iter().any(|verb| method.starts_with(verb));
        let (Some(limits), Some(chat), true) =
            (self.limits, chat, sends && method != "sendChatAction")
        else {
            return Ok(());
        };
        let chat = if self.buckets.len() < MAX_CHATS { chat } else { 0 };
        // No chat has the number `i64::MIN`: it stands for the whole bot.
        let places = [
            ((bot, i64::MIN), limits.bot_per_second, limits.bot_burst),
            ((bot, chat), limits.chat_per_second, limits.chat_burst),
        ];
        for (place, rate, burst) in places {
            let full = i64::from(burst.max(1)) * 1000;
            let bucket = self.buckets.entry(place).or_insert(Bucket { left: full, counted: now });
            let passed = i64::try_from(now.since(bucket.counted).as_millis()).unwrap_or(i64::MAX);
            let gained = passed.saturating_mul(i64::from(rate));
            bucket.left = bucket.left.saturating_add(gained).min(full);
            bucket.counted = now;
            if bucket.left < 1000 {
                return Err(Refusal::too_many(limits.retry_after));
            }
        }
        for (place, ..) in places {
            if let Some(bucket) = self.buckets.get_mut(&place) {
                bucket.left -= 1000;
            }
        }
        Ok(())
    }
}
