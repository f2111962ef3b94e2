//! Telegram's limits: how soon the next message may go to a chat, and who has been told to wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::primitives::{StoreId, Timestamp};
use crate::queue::outbox::Queue;

/// What a chat takes: five messages at once, then one a second.
const CHAT: Allowance = Allowance { at_once: 5, gap_ms: 1_000 };
/// Messages of one bot a second, all together, as documented; only mass messages wait for their turn.
pub(super) const PER_SECOND: i64 = 30;
/// How many mass messages go out at once after a silence, or to catch up on a late start: half a
/// second's worth. The rest of what a second holds stays free for replies.
const BULK_AT_ONCE: i64 = 15;
/// Messages are counted in thousandths, so that thirty a second come out even.
const WHOLE: i64 = 1_000;
/// The longest that all mass messages wait before one tries: the chat may have meant itself.
const LONGEST_BULK_HOLD: Duration = Duration::from_mins(15);
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

/// Whose bot says a thing: what one is told is nothing to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Speaker {
    /// A store's own.
    Store(StoreId),
    /// The one by which owners hear what is wrong.
    Owners,
}

#[derive(Debug, Default)]
struct Bot {
    /// When each chat's bucket is full again.
    chats: HashMap<String, Timestamp>,
    /// Nothing at all goes out before this.
    held_until: Option<Timestamp>,
    /// The chats that were told to wait since a message was last taken.
    told: Vec<String>,
    /// When all that was sent is worked off, in thousandths of messages.
    spent: i64,
    /// No mass message goes out before this.
    bulk_held_until: Option<Timestamp>,
}

impl Bot {
    /// How much of what was sent is not worked off yet; never more than a second's worth, as replies ask nobody.
    fn ahead(&self, now: Timestamp) -> i64 {
        (self.spent - now.0 * PER_SECOND).clamp(0, PER_SECOND * WHOLE)
    }

    /// A chat takes nothing before `until`, nor before what it was told earlier.
    fn hold(&mut self, chat: &str, until: Timestamp) {
        let full_again = Timestamp(until.0 + CHAT.behind_whole());
        let known = self.chats.entry(chat.to_owned()).or_insert(full_again);
        *known = full_again.max(*known);
    }

    fn spend(&mut self, messages: i64, now: Timestamp) {
        self.spent = now.0 * PER_SECOND + self.ahead(now) + messages * WHOLE;
    }
}

/// The pace of every bot of this process.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<HashMap<Speaker, Bot>>);

impl Pace {
    /// Takes a turn for a message, or says when to come again.
    pub(super) fn turn(
        &self,
        speaker: Speaker,
        queue: Queue,
        chat: &str,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.entry(speaker).or_default();
        if let Some(until) = bot.held_until.filter(|until| *until > now) {
            return Err(until);
        }
        if let Some(until) = bot.bulk_held_until.filter(|until| *until > now)
            && queue == Queue::Bulk
        {
            return Err(until);
        }
        let full_at = CHAT.take(bot.chats.get(chat).copied(), now)?;
        bot.chats.insert(chat.to_owned(), full_at);
        if bot.chats.len() > MOST_CHATS {
            bot.chats.retain(|_, full_at| *full_at > now);
        }
        Ok(())
    }

    /// A message goes out that asks nobody: mass messages make room for it.
    pub(super) fn sends(&self, store: StoreId, now: Timestamp) {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bots.entry(Speaker::Store(store)).or_default().spend(1, now);
    }

    /// How many mass messages may go out now, at most `most`; they are counted by [`Pace::bulk_taken`].
    pub(super) fn bulk_room(&self, store: StoreId, most: i64, now: Timestamp) -> i64 {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.entry(Speaker::Store(store)).or_default();
        if bot.held_until.max(bot.bulk_held_until) > Some(now) {
            return 0;
        }
        ((BULK_AT_ONCE * WHOLE - bot.ahead(now)) / WHOLE).clamp(0, most.max(0))
    }

    /// So many mass messages were claimed and go out now.
    pub(super) fn bulk_taken(&self, store: StoreId, messages: i64, now: Timestamp) {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bots.entry(Speaker::Store(store)).or_default().spend(messages, now);
    }

    /// Telegram told a mass message to wait: all of them do, and everything else in that chat; replies
    /// to others go on.
    pub(super) fn bulk_told_to_wait(
        &self,
        speaker: Speaker,
        chat: &str,
        wait: Duration,
        now: Timestamp,
    ) -> Timestamp {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.entry(speaker).or_default();
        let until = now.plus(wait.min(LONGEST_BULK_HOLD));
        bot.bulk_held_until = bot.bulk_held_until.max(Some(until));
        bot.hold(chat, now.plus(wait));
        now.plus(wait)
    }

    /// Telegram took a message: whoever was told to wait was told so for himself.
    pub(super) fn taken(&self, speaker: Speaker) {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bot) = bots.get_mut(&speaker) {
            bot.told.clear();
        }
    }

    /// Telegram told a chat to wait: that chat waits. When [`WHOLE_BOT`] chats are told so in a row,
    /// it is the bot that sends too much, and all of it waits.
    pub(super) fn told_to_wait(
        &self,
        speaker: Speaker,
        chat: &str,
        wait: Duration,
        now: Timestamp,
    ) -> Timestamp {
        let until = now.plus(wait);
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.entry(speaker).or_default();
        bot.hold(chat, until);
        if !bot.told.iter().any(|told| told == chat) {
            bot.told.push(chat.to_owned());
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
    const SHOP: Speaker = Speaker::Store(STORE);

    fn turn(pace: &Pace, lane: &str, now: i64) -> Result<(), i64> {
        pace.turn(SHOP, Queue::Reply, lane, Timestamp(now)).map_err(|at| at.0)
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
            pace.told_to_wait(SHOP, lane, Duration::from_secs(seconds), Timestamp(now));
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
    fn a_shorter_word_takes_nothing_from_a_longer_one() {
        let pace = Pace::default();
        pace.told_to_wait(SHOP, "a", Duration::from_secs(30), Timestamp(0));
        pace.told_to_wait(SHOP, "a", Duration::from_secs(3), Timestamp(100));
        assert_eq!(turn(&pace, "a", 29_999), Err(30_000));
        assert_eq!(turn(&pace, "a", 30_000), Ok(()));
    }

    #[test]
    fn what_the_owners_bot_is_told_holds_no_store_up() {
        let pace = Pace::default();
        for owner in ["a", "b", "c"] {
            pace.told_to_wait(Speaker::Owners, owner, Duration::from_secs(30), Timestamp(0));
        }
        assert_eq!(turn(&pace, "a", 0), Ok(()));
        assert_eq!(
            pace.turn(Speaker::Owners, Queue::Reply, "d", Timestamp(0)),
            Err(Timestamp(30_000))
        );
    }

    #[test]
    fn three_chats_with_long_waits_of_their_own_hold_the_bot_up_for_a_minute() {
        let pace = Pace::default();
        for lane in ["a", "b", "c"] {
            pace.told_to_wait(SHOP, lane, Duration::from_hours(24), Timestamp(0));
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
                pace.told_to_wait(SHOP, &lane, Duration::from_secs(3), Timestamp(call));
            } else {
                pace.taken(SHOP);
            }
        }
    }

    /// Takes what mass messages may, as often as a sender looks; how many those were.
    fn bulk(pace: &Pace, from: i64, to: i64, step: usize) -> i64 {
        (from..to)
            .step_by(step)
            .map(|now| {
                let room = pace.bulk_room(STORE, 100, Timestamp(now));
                pace.bulk_taken(STORE, room, Timestamp(now));
                room
            })
            .sum()
    }

    #[test]
    fn mass_messages_go_out_at_exactly_the_documented_rate() {
        for step in [1, 7, 33, 100, 250] {
            let pace = Pace::default();
            let sent = bulk(&pace, 0, 100_000, step);
            assert!((3_000..=3_000 + BULK_AT_ONCE).contains(&sent), "{sent} in steps of {step} ms");
        }
    }

    #[test]
    fn replies_never_wait_and_mass_messages_make_room_for_them() {
        let pace = Pace::default();
        let (mut sent, mut replies) = (0, 0);
        for second in 0..100 {
            for reply in 0..8 {
                let lane = format!("chat {second} {reply}");
                assert_eq!(turn(&pace, &lane, second * 1_000), Ok(()));
                pace.sends(STORE, Timestamp(second * 1_000));
                replies += 1;
            }
            sent += bulk(&pace, second * 1_000, second * 1_000 + 1_000, 20);
        }
        let all = sent + replies;
        assert!((2_990..=3_000 + BULK_AT_ONCE).contains(&all), "{sent} and {replies} replies");
    }

    #[test]
    fn a_storm_of_replies_leaves_a_debt_of_one_second_at_most() {
        let pace = Pace::default();
        (0..10_000).for_each(|_| pace.sends(STORE, Timestamp(0)));
        assert_eq!(pace.bulk_room(STORE, 100, Timestamp(500)), 0);
        assert_eq!(pace.bulk_room(STORE, 100, Timestamp(1_034)), BULK_AT_ONCE);
    }

    #[test]
    fn mass_messages_that_are_told_to_wait_all_wait_and_replies_go_on() {
        let pace = Pace::default();
        let until = pace.bulk_told_to_wait(SHOP, "b", Duration::from_secs(3), Timestamp(0));
        assert_eq!(until, Timestamp(3_000));
        assert_eq!(turn(&pace, "b", 2_999), Err(3_000), "nor does anything else go there");
        assert_eq!(pace.bulk_room(STORE, 100, Timestamp(2_999)), 0);
        assert_eq!(turn(&pace, "a", 0), Ok(()));
        assert_eq!(pace.turn(SHOP, Queue::Bulk, "c", Timestamp(0)), Err(Timestamp(3_000)));
        assert_eq!(pace.bulk_room(STORE, 100, Timestamp(3_000)), BULK_AT_ONCE);
    }
}
