//! Faults on demand: what the next calls run into.

use std::time::Duration;

use crate::primitives::ChatId;
use crate::sandbox::chance::Chance;

/// A fault for the next calls that match.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Only this method (any letter case); `None` for every one.
    pub method: Option<String>,
    /// Only calls about this chat; `None` for every one.
    pub chat: Option<ChatId>,
    /// How many calls it strikes; `u32::MAX` for all until [`super::FakeTelegram::clear_faults`].
    pub times: u32,
    /// What happens.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault that strikes the next call of any method.
    pub fn next(kind: FaultKind) -> Self {
        Self { method: None, chat: None, times: 1, kind }
    }

    /// The same for one method only.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// The same for one chat only.
    #[must_use]
    pub fn in_chat(mut self, chat: ChatId) -> Self {
        self.chat = Some(chat);
        self
    }

    /// The same for the next `times` calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// What a fault does to a call. Only the last three store what the call asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with the seconds in the body and in the `Retry-After` header.
    TooManyRequests {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// 403 `bot was blocked by the user`.
    Blocked,
    /// 400 with `migrate_to_chat_id`.
    Migrated {
        /// The chat's new id.
        to: ChatId,
    },
    /// 400 with this description, such as `IMAGE_PROCESS_FAILED`.
    BadRequest {
        /// What follows `Bad Request: `.
        why: &'static str,
    },
    /// 500 with a JSON body.
    ServerError,
    /// 502 with an HTML body.
    BadGateway,
    /// The connection closes before any answer; nothing is stored.
    Reset,
    /// Stored, and the connection closes before any answer.
    ResetAfterStoring,
    /// Stored, but no answer comes until the caller closes the connection.
    HangAfterStoring,
    /// Stored, and answered after this time on the sandbox's clock.
    Slow(Duration),
}

/// A fault that strikes calls about a chat by chance.
#[derive(Debug, Clone)]
pub struct Odds {
    /// How many of a thousand calls it strikes.
    pub per_mille: u64,
    /// What happens to them.
    pub kind: FaultKind,
}

/// The faults that still wait for a call, and those that come by chance.
#[derive(Debug, Default)]
pub struct Faults {
    planted: Vec<Fault>,
    odds: Vec<Odds>,
    chance: Chance,
}

impl Faults {
    /// Adds one; earlier ones strike first.
    pub fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.planted.push(fault);
        }
    }

    /// From now on calls about a chat run into these by chance, too.
    pub fn weather(&mut self, seed: u64, odds: Vec<Odds>) {
        (self.odds, self.chance) = (odds, Chance(seed));
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.planted.clear();
        self.odds.clear();
    }

    /// Takes the first fault that matches a call.
    pub fn take(&mut self, method: &str, chat: Option<i64>) -> Option<FaultKind> {
        let planted = self.planted.iter().position(|fault| {
            fault.method.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(method))
                && fault.chat.is_none_or(|id| Some(id.0) == chat)
        });
        let Some(at) = planted else { return self.by_chance(chat) };
        let kind = self.planted[at].kind.clone();
        if self.planted[at].times != u32::MAX {
            self.planted[at].times -= 1;
        }
        if self.planted[at].times == 0 {
            self.planted.remove(at);
        }
        Some(kind)
    }

    fn by_chance(&mut self, chat: Option<i64>) -> Option<FaultKind> {
        if self.odds.is_empty() || chat.is_none() {
            return None;
        }
        let which = self.chance.strikes(self.odds.iter().map(|it| it.per_mille))?;
        Some(self.odds[which].kind.clone())
    }
}
