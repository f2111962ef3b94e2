//! Whom a broadcast is for, which states it goes through, and how it adds up.

use std::time::Duration;

use crate::primitives::{ProductId, Timestamp};

/// Which customers a broadcast is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Whoever ever wrote.
    Everyone,
    /// Who has paid for goods.
    Bought,
    /// Who never has.
    NeverBought,
    /// Who has paid for this product.
    Product(ProductId),
    /// Who has done nothing for so many days.
    Idle(i64),
}

/// The longest that somebody may have been away, in days.
pub const MOST_DAYS: i64 = 3_650;

impl Segment {
    /// The word in the column.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Bought => "bought",
            Self::NeverBought => "never",
            Self::Product(_) => "product",
            Self::Idle(_) => "idle",
        }
    }

    /// Puts the columns together again; `None` when they do not fit each other.
    #[must_use]
    pub fn read(word: &str, product: Option<ProductId>, days: Option<i64>) -> Option<Self> {
        Some(match word {
            "everyone" => Self::Everyone,
            "bought" => Self::Bought,
            "never" => Self::NeverBought,
            "product" => Self::Product(product?),
            "idle" => Self::Idle(days.filter(|days| (1..=MOST_DAYS).contains(days))?),
            _ => return None,
        })
    }

    /// The product it is about.
    #[must_use]
    pub const fn product(self) -> Option<ProductId> {
        match self {
            Self::Product(product) => Some(product),
            _ => None,
        }
    }

    /// How many days it is about.
    #[must_use]
    pub const fn days(self) -> Option<i64> {
        match self {
            Self::Idle(days) => Some(days),
            _ => None,
        }
    }

    /// Who did something at this moment or later is not idle, seen from `at`.
    pub(super) fn idle_before(self, at: Timestamp) -> Timestamp {
        let days = u64::try_from(self.days().unwrap_or_default()).unwrap_or_default();
        at.minus(Duration::from_hours(24 * days))
    }

    /// In one line for the audit log.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Product(product) => format!("product {product}"),
            Self::Idle(days) => format!("idle {days} days"),
            other => other.word().to_owned(),
        }
    }
}

/// How far a broadcast has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Shown to its author, not confirmed.
    Draft,
    /// Begins by itself at its time.
    Scheduled,
    /// On its way.
    Running,
    /// Held up by an admin.
    Paused,
    /// Given up by an admin.
    Cancelled,
    /// Everyone had his turn.
    Done,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Scheduled, Self::Running, Self::Paused, Self::Cancelled, Self::Done];

    /// The word in the column.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }

    /// Reads the word of the column.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What an admin can do with a broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Hold it up.
    Pause,
    /// Let it go on.
    Resume,
    /// Give it up.
    Cancel,
}

impl Change {
    /// Every change.
    pub const ALL: [Self; 3] = [Self::Pause, Self::Resume, Self::Cancel];

    /// The state it leads to; `None` where it is not possible.
    #[must_use]
    pub const fn of(self, state: State) -> Option<State> {
        match (self, state) {
            (Self::Pause, State::Running) => Some(State::Paused),
            (Self::Resume, State::Paused) => Some(State::Running),
            (Self::Cancel, State::Draft | State::Scheduled | State::Running | State::Paused) => {
                Some(State::Cancelled)
            }
            _ => None,
        }
    }

    /// The word in the audit log.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Pause => "broadcast.pause",
            Self::Resume => "broadcast.resume",
            Self::Cancel => "broadcast.cancel",
        }
    }
}

/// How it went for one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// He has it.
    Sent,
    /// Telegram did not take it for him.
    Failed,
    /// He cannot be reached.
    Skipped,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for state in State::ALL {
            assert_eq!(State::from_word(state.word()), Some(state));
        }
        let segments = [
            Segment::Everyone,
            Segment::Bought,
            Segment::NeverBought,
            Segment::Product(ProductId(7)),
            Segment::Idle(30),
        ];
        for segment in segments {
            let read = Segment::read(segment.word(), segment.product(), segment.days());
            assert_eq!(read, Some(segment));
        }
        assert_eq!(Segment::read("product", None, None), None);
        assert_eq!(Segment::read("idle", None, Some(0)), None);
        assert_eq!(Segment::read("idle", None, Some(MOST_DAYS + 1)), None);
    }

    #[test]
    fn what_is_over_stays_over() {
        for change in Change::ALL {
            assert_eq!(change.of(State::Done), None, "{change:?}");
            assert_eq!(change.of(State::Cancelled), None, "{change:?}");
        }
        assert_eq!(Change::Pause.of(State::Scheduled), None);
        assert_eq!(Change::Resume.of(State::Running), None);
        assert_eq!(Change::Cancel.of(State::Scheduled), Some(State::Cancelled));
    }

    #[test]
    fn idle_counts_back_from_the_beginning() {
        let day = 86_400_000;
        assert_eq!(Segment::Idle(2).idle_before(Timestamp(5 * day)), Timestamp(3 * day));
        assert_eq!(Segment::Everyone.idle_before(Timestamp(5)), Timestamp(5));
    }
}
