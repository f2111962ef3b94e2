//! Broadcasts: how one goes, in a message that changes.

use std::time::Duration;

use super::{button, lines};
use crate::bot::{Errand, Press, Speech};
use crate::primitives::{Timestamp, Zone};
use crate::shop::broadcast::{Broadcast, Change, State};
use crate::telegram::{Html, InlineKeyboard};

/// How many parts the bar has.
const PARTS: i64 = 10;

/// How a broadcast goes, with what can be done about it.
#[must_use]
pub fn progress(speech: Speech<'_>, it: &Broadcast, zone: &Zone, now: Timestamp) -> Errand {
    let mut parts = vec![speech.say("cast-title", &[("state", state(speech, it))])];
    parts.push(Html::default());
    if it.state == State::Scheduled {
        parts.push(speech.say("cast-begins", &[("time", zone.day_and_clock(it.starts_at).into())]));
    } else {
        parts.push(speech.say(
            "cast-numbers",
            &[
                ("bar", bar(it).into()),
                ("sent", it.sent.into()),
                ("failed", it.failed.into()),
                ("skipped", it.skipped.into()),
                ("left", it.left().into()),
                ("total", it.total.into()),
            ],
        ));
        let took = took(it, now);
        let values = [("time", lasted(took).into()), ("rate", rate(it.sent, took).into())];
        parts.push(speech.say("cast-pace", &values));
    }
    let buttons = InlineKeyboard::new();
    let changes = Change::ALL.into_iter().filter(|change| change.of(it.state).is_some());
    let row: Vec<_> = changes
        .map(|change| button(speech, label(change), Press::ChangeBroadcast(it.id, change)))
        .collect();
    let buttons = if row.is_empty() { buttons } else { buttons.row(row) };
    Errand::Progress { chat: it.author.into(), broadcast: it.id, text: lines(parts), buttons }
}

/// Its state in a word.
fn state(speech: Speech<'_>, it: &Broadcast) -> crate::bot::Value<'static> {
    let key = match it.state {
        State::Draft => "cast-draft",
        State::Scheduled => "cast-scheduled",
        State::Running => "cast-running",
        State::Paused => "cast-paused",
        State::Cancelled => "cast-cancelled",
        State::Done => "cast-done",
    };
    speech.say(key, &[]).into()
}

const fn label(change: Change) -> &'static str {
    match change {
        Change::Pause => "button-cast-pause",
        Change::Resume => "button-cast-resume",
        Change::Cancel => "button-cast-cancel",
    }
}

fn bar(it: &Broadcast) -> String {
    let total = it.total.max(1);
    let over = it.over().clamp(0, total);
    let full = usize::try_from(over * PARTS / total).unwrap_or_default();
    let all = usize::try_from(PARTS).unwrap_or_default();
    format!("{}{} {}%", "▰".repeat(full), "▱".repeat(all - full), over * 100 / total)
}

fn took(it: &Broadcast, now: Timestamp) -> Duration {
    it.ended_at.unwrap_or(now).since(it.started_at.unwrap_or(now))
}

/// `5:33`, or `1:05:33`.
fn lasted(took: Duration) -> String {
    let seconds = took.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Messages a second with one decimal, counted in whole numbers.
fn rate(sent: i64, took: Duration) -> String {
    let millis = i64::try_from(took.as_millis()).unwrap_or(i64::MAX).max(1);
    let tenths = sent.saturating_mul(10_000) / millis.max(1_000);
    format!("{},{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_rates_read_well() {
        assert_eq!(lasted(Duration::from_secs(333)), "5:33");
        assert_eq!(lasted(Duration::from_secs(3_933)), "1:05:33");
        assert_eq!(rate(10_000, Duration::from_millis(334_500)), "29,8");
        assert_eq!(rate(3, Duration::ZERO), "3,0");
    }
}
