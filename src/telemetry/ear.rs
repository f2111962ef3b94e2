//! Log records that an owner should hear of: counted by kind until they are told, once a minute each at most.

use std::collections::HashMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::redaction::redacted;
use crate::primitives::Timestamp;

/// How often one kind is told.
const EVERY: Duration = Duration::from_mins(1);
/// So many kinds are kept apart; the rest is counted together.
const MOST_KINDS: usize = 64;
/// What a kind that was silent for so long is forgotten after.
const FORGOTTEN: Duration = Duration::from_hours(1);
/// The longest message and the longest value of a field, in characters.
const LONGEST_MESSAGE: usize = 200;
const LONGEST_VALUE: usize = 60;
/// Whose records are passed on in words; others may say anything.
const OURS: &str = "bot_auto_order";
/// Fields that hold no person, no secret and nobody's words.
const HARMLESS: [&str; 9] =
    ["job", "worker", "place", "method", "parcel", "id", "attempts", "source", "words"];
/// A record with this field is told by the alarm that it names.
const TOLD: &str = "alarm";
/// Within a span of this name nothing is heard: what goes wrong with an alert must not make another one.
pub const DEAF: &str = "alert";

/// A kind of record and how often it came since it was told last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The level, such as `ERROR`.
    pub level: Level,
    /// The module that said it.
    pub target: String,
    /// The constant words; empty for records of other crates.
    pub message: String,
    /// The harmless fields of the newest one, as `name=value`.
    pub fields: String,
    /// The slug of the store it is about, if it said so.
    pub store: Option<String>,
    /// How many came; 0 only inside.
    pub count: u64,
    told_at: Option<Timestamp>,
}

impl Heard {
    fn is_due(&self, now: Timestamp) -> bool {
        self.count > 0 && self.told_at.is_none_or(|told| now.since(told) >= EVERY)
    }
}

#[derive(Debug, Default)]
struct Kinds {
    kinds: HashMap<(String, String), Heard>,
    /// Records for whose kind there was no room.
    more: u64,
}

/// Hears log records. Clones share what was heard.
#[derive(Debug, Clone, Default)]
pub struct Ear(Arc<Mutex<Kinds>>);

impl Ear {
    /// Whether anything is to be told at `now`.
    #[must_use]
    pub fn has_news(&self, now: Timestamp) -> bool {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.more > 0 || heard.kinds.values().any(|kind| kind.is_due(now))
    }

    /// What is to be told at `now`, and how many more came of kinds that found no room.
    #[must_use]
    pub fn take(&self, now: Timestamp) -> (Vec<Heard>, u64) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.kinds.retain(|_, kind| {
            kind.count > 0 || kind.told_at.is_some_and(|told| now.since(told) < FORGOTTEN)
        });
        let mut due: Vec<Heard> = heard
            .kinds
            .values_mut()
            .filter(|kind| kind.is_due(now))
            .map(|kind| {
                let told = kind.clone();
                (kind.count, kind.told_at) = (0, Some(now));
                told
            })
            .collect();
        due.sort_by(|one, other| (&one.target, &one.message).cmp(&(&other.target, &other.message)));
        (due, std::mem::take(&mut heard.more))
    }

    fn hear(&self, level: Level, target: &str, said: Said) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = (target.to_owned(), said.message.clone());
        if !heard.kinds.contains_key(&kind) && heard.kinds.len() >= MOST_KINDS {
            heard.more = heard.more.saturating_add(1);
            return;
        }
        let fresh = || Heard {
            level,
            target: target.to_owned(),
            message: said.message,
            fields: String::new(),
            store: None,
            count: 0,
            told_at: None,
        };
        let kind = heard.kinds.entry(kind).or_insert_with(fresh);
        (kind.fields, kind.store) = (said.fields, said.store);
        kind.count = kind.count.saturating_add(1);
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let deaf = context.event_scope(event).into_iter().flatten().any(|it| it.name() == DEAF);
        if deaf {
            return;
        }
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let mut said = Said::default();
        if target.starts_with(OURS) {
            event.record(&mut said);
        }
        if !said.told {
            self.hear(level, target, said);
        }
    }
}

/// What of a record may be told.
#[derive(Debug, Default)]
struct Said {
    message: String,
    fields: String,
    store: Option<String>,
    told: bool,
}

fn clipped(text: &str, longest: usize) -> String {
    redacted(text).chars().take(longest).collect()
}

impl Said {
    fn note(&mut self, name: &str, value: &str) {
        match name {
            "message" => self.message = clipped(value, LONGEST_MESSAGE),
            "store" => self.store = Some(clipped(value, LONGEST_VALUE)),
            TOLD => self.told = true,
            name if HARMLESS.contains(&name) => {
                let gap = if self.fields.is_empty() { "" } else { " " };
                // Writing to a string never fails.
                let _ = write!(self.fields, "{gap}{name}={}", clipped(value, LONGEST_VALUE));
            }
            _ => {}
        }
    }
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.note(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.note(field.name(), &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::filter::LevelFilter;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    fn hearing(ear: &Ear, what: impl FnOnce()) {
        let registry =
            tracing_subscriber::registry().with(ear.clone().with_filter(LevelFilter::ERROR));
        tracing::subscriber::with_default(registry, what);
    }

    #[test]
    fn a_kind_is_told_once_a_minute_with_how_many_came() {
        let (ear, start) = (Ear::default(), Timestamp(0));
        let often = |times: usize| {
            hearing(&ear, || {
                for part in 0..times {
                    tracing::error!(store = "toko", part, error = "kenari", "it broke");
                    tracing::warn!("too quiet to be heard");
                }
            });
        };
        often(3);
        let (told, more) = ear.take(start);
        assert_eq!((told.len(), more), (1, 0));
        assert_eq!((told[0].count, told[0].message.as_str()), (3, "it broke"));
        assert_eq!((told[0].store.as_deref(), told[0].fields.as_str()), (Some("toko"), ""));
        often(5);
        assert_eq!(ear.take(start.plus(EVERY / 2)).0, []);
        assert_eq!(ear.take(start.plus(EVERY)).0[0].count, 5);
        assert_eq!(ear.take(start.plus(EVERY * 3)).0, []);
    }

    #[test]
    fn what_an_alarm_tells_and_what_befalls_an_alert_is_not_heard() {
        let ear = Ear::default();
        hearing(&ear, || {
            tracing::error!(alarm = "gateway", "an alarm is raised");
            tracing::error_span!("alert").in_scope(|| tracing::error!("Telegram refused"));
        });
        assert_eq!(ear.take(Timestamp(0)).0, []);
    }

    #[test]
    fn other_crates_are_counted_and_not_quoted_and_kinds_have_a_bound() {
        let ear = Ear::default();
        hearing(&ear, || tracing::error!(target: "elsewhere", id = 7, "anything at all"));
        let told = ear.take(Timestamp(0)).0;
        assert_eq!((told[0].message.as_str(), told[0].fields.as_str()), ("", ""));
        for number in 0..1_000 {
            let said = Said { message: format!("kind {number}"), ..Said::default() };
            ear.hear(Level::ERROR, OURS, said);
        }
        let (told, more) = ear.take(Timestamp(1));
        assert_eq!(told.len() as u64 + more, 1_000);
        assert_eq!(told.len(), MOST_KINDS - 1);
    }
}
