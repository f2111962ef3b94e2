//! Telegram's limits: how soon the next message may go to a chat, and who has been told to wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::primitives::{StoreId, Timestamp};
use crate::queue::outbox::Queue;

/// What a chat takes: five messages at once, then one a second.
const CHAT: Allowance = Allowance { at_once: 5, gap_ms: 1_000 };
/// Mass messages of one bot: 25 a second, below the documented 30.
const BULK: Allowance = Allowance { at_once: 1, gap_ms: 40 };
/// So many chats told to wait one after the other, and nobody served between them, mean the whole bot.
const WHOLE_BOT: usize = 3;
/// The longest that the whole bot waits before one message tries: each of the chats may have meant itself.
const LONGEST_HOLD: Duration = Duration::from_mins(1);
/// How many chats are remembered; the quiet ones are forgotten first.
const MOST_CHATS: usize = 20_000;

/// So many at once, and then one in each gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    pub(super) at_once: i64,
    pub(super) gap_ms: i64,
}

impl Allowance {
    /// Takes one out of an allowance that is whole at `whole_at`; returns when it will be whole then.
    ///
    /// # Errors
    /// When there will be one again.
    pub(super) fn take(
        self,
        whole_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Timestamp, Timestamp> {
        let whole_at = whole_at.unwrap_or(now).max(now);
        let earliest = Timestamp(whole_at.0 - self.behind_whole());
        if earliest > now {
            return Err(earliest);
        }
        Ok(Timestamp(whole_at.0 + self.gap_ms))
    }

    /// How long before it is whole the first one can be taken.
    const fn behind_whole(self) -> i64 {
        (self.at_once - 1) * self.gap_ms
    }
}

#[derive(Debug, Default)]
struct Bot {
    /// When each chat's bucket is full again.
    chats: HashMap<String, Timestamp>,
    /// Nothing at all goes out before this.
    held_until: Option<Timestamp>,
    /// The chats that were told to wait since a message was last taken.
    told: Vec<String>,
    /// When the next mass message may go.
    bulk_at: Option<Timestamp>,
}

/// The pace of every bot of this process.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<StoreId, Bot>>);

impl Pace {
    /// Takes a turn for a message, or says when to come again.
    pub(super) fn turn(
        &self,
        store: StoreId,
        queue: Queue,
        lane: &str,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.entry(store).or_default();
        if let Some(until) = bot.held_until.filter(|until| *until > now) {
            return Err(until);
        }
        if queue == Queue::Bulk {
            bot.bulk_at = Some(BULK.take(bot.bulk_at, now)?);
        }
        let full_at = CHAT.take(bot.chats.get(lane).copied(), now)?;
        bot.chats.insert(lane.to_owned(), full_at);
        if bot.chats.len() > MOST_CHATS {
            bot.chats.retain(|_, full_at| *full_at > now);
        }
        Ok(())
    }

    /// Telegram took a message: whoever was told to wait was told so for himself.
    pub(super) fn taken(&self, store: StoreId) {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bot) = bots.get_mut(&store) {
            bot.told.clear();
        }
    }

    /// Telegram told a chat to wait: that chat waits. When [`WHOLE_BOT`] chats are told so in a row,
    /// it is the bot that sends too much, and all of it waits.
    pub(super) fn told_to_wait(
        &self,
        store: StoreId,
        lane: &str,
        wait: Duration,
        now: Timestamp,
    ) -> Timestamp {
        let until = now.plus(wait);
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.entry(store).or_default();
        let full_again = Timestamp(until.0 + CHAT.behind_whole());
        bot.chats.insert(lane.to_owned(), full_again);
        if !bot.told.iter().any(|told| told == lane) {
            bot.told.push(lane.to_owned());
        }
        if bot.told.len() >= WHOLE_BOT {
            bot.told.clear();
            bot.held_until = bot.held_until.max(Some(now.plus(wait.min(LONGEST_HOLD))));
        }
        until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: StoreId = StoreId(1);

    fn turn(pace: &Pace, lane: &str, now: i64) -> Result<(), i64> {
        pace.turn(STORE, Queue::Reply, lane, Timestamp(now)).map_err(|at| at.0)
    }

    #[test]
    fn a_chat_takes_a_burst_and_then_one_a_second() {
        let pace = Pace::default();
        for _ in 0..CHAT.at_once {
            assert_eq!(turn(&pace, "a", 0), Ok(()));
        }
        assert_eq!(turn(&pace, "a", 0), Err(1_000));
        assert_eq!(turn(&pace, "b", 0), Ok(()));
        assert_eq!(turn(&pace, "a", 1_000), Ok(()));
        assert_eq!(turn(&pace, "a", 1_000), Err(2_000));
        assert_eq!(turn(&pace, "a", 60_000), Ok(()));
    }

    #[test]
    fn who_is_told_to_wait_waits_and_three_in_a_row_make_the_whole_bot_wait() {
        let pace = Pace::default();
        let told = |lane: &str, seconds, now| {
            pace.told_to_wait(STORE, lane, Duration::from_secs(seconds), Timestamp(now));
        };
        told("a", 7, 0);
        assert_eq!(turn(&pace, "a", 6_999), Err(7_000));
        told("b", 3, 1_000);
        assert_eq!(turn(&pace, "c", 1_000), Ok(()));
        told("c", 2, 1_500);
        assert_eq!(turn(&pace, "d", 3_499), Err(3_500));
        assert_eq!(turn(&pace, "d", 3_500), Ok(()));
        assert_eq!(turn(&pace, "a", 3_500), Err(7_000));
        assert_eq!(turn(&pace, "a", 7_000), Ok(()));
        assert_eq!(turn(&pace, "a", 7_000), Err(8_000));
    }

    #[test]
    fn three_chats_with_long_waits_of_their_own_hold_the_bot_up_for_a_minute() {
        let pace = Pace::default();
        for lane in ["a", "b", "c"] {
            pace.told_to_wait(STORE, lane, Duration::from_hours(24), Timestamp(0));
        }
        assert_eq!(turn(&pace, "d", 59_999), Err(60_000));
        assert_eq!(turn(&pace, "d", 60_000), Ok(()));
        assert_eq!(turn(&pace, "a", 60_000), Err(86_400_000));
    }

    #[test]
    fn chats_that_are_told_to_wait_here_and_there_hold_nobody_else_up() {
        let pace = Pace::default();
        for call in 0..1_000 {
            let lane = format!("chat {call}");
            assert_eq!(turn(&pace, &lane, call), Ok(()), "call {call}");
            if call % 5 < 2 {
                pace.told_to_wait(STORE, &lane, Duration::from_secs(3), Timestamp(call));
            } else {
                pace.taken(STORE);
            }
        }
    }

    #[test]
    fn mass_messages_keep_below_the_documented_rate() {
        let pace = Pace::default();
        let sent = (0..1_000)
            .filter(|now| {
                pace.turn(STORE, Queue::Bulk, &format!("chat {now}"), Timestamp(*now)).is_ok()
            })
            .count();
        assert_eq!(sent, 25);
    }
}
