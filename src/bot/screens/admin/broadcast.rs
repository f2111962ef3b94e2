//! Broadcasts: to whom, what, when, and how one goes, in a message that changes.

use std::time::Duration;

use super::{back, called, does, remarked};
use crate::bot::screens::{Screen, lines, turns};
use crate::bot::{Errand, Manage, Speech, Value};
use crate::primitives::{BroadcastId, Timestamp, Zone};
use crate::shop::broadcast::{Broadcast, Change, Crowd, Segment, State};
use crate::shop::catalogue::{self, Page};
use crate::telegram::{Html, InlineKeyboard};

/// How many parts the bar has.
const PARTS: i64 = 10;
/// After so many days somebody counts as idle, to choose from.
const IDLE: [i64; 3] = [7, 30, 90];

/// A segment in words; a product's name if it is about one.
#[must_use]
pub fn segment(speech: Speech<'_>, segment: Segment, product: Option<&str>) -> Html {
    let key = match segment {
        Segment::Everyone => "cast-everyone",
        Segment::Bought => "cast-bought",
        Segment::NeverBought => "cast-never",
        Segment::Product(_) => "cast-product",
        Segment::Idle(_) => "cast-idle",
    };
    let values = [
        ("product", product.unwrap_or("?").into()),
        ("days", segment.days().unwrap_or_default().into()),
    ];
    speech.say(key, &values)
}

/// To whom, and how the last ones went.
#[must_use]
pub fn choose(
    speech: Speech<'_>,
    zone: &Zone,
    latest: &[Broadcast],
    remark: Option<Html>,
) -> Screen {
    let to = |key, segment| does(speech, key, Manage::BroadcastTo(segment));
    let idle = IDLE.map(|days| {
        let label = format!("{days} {}", speech.label("button-cast-idle"));
        called(&label, Manage::BroadcastTo(Segment::Idle(days)))
    });
    let mut keyboard = InlineKeyboard::new()
        .row([to("button-cast-everyone", Segment::Everyone)])
        .row([
            to("button-cast-bought", Segment::Bought),
            to("button-cast-never", Segment::NeverBought),
        ])
        .row([does(speech, "button-cast-product", Manage::BroadcastProducts(0))])
        .row(idle);
    for it in latest {
        let (sign, at) = (sign(it.state), zone.day_and_clock(it.starts_at));
        let label = format!("{sign} {at} · {}/{}", it.sent, it.total);
        keyboard = keyboard.row([called(&label, Manage::Broadcast(it.id))]);
    }
    let key = if latest.is_empty() { "cast-choose" } else { "cast-choose-or-look" };
    let keyboard = keyboard.row([back(speech, Manage::Menu)]);
    Screen::with(remarked(speech.say(key, &[]), remark), keyboard)
}

const fn sign(state: State) -> &'static str {
    match state {
        State::Draft => "📝",
        State::Scheduled => "🕒",
        State::Running => "🚀",
        State::Paused => "⏸",
        State::Cancelled => "❌",
        State::Done => "✅",
    }
}

/// Whose buyers it shall go to.
#[must_use]
pub fn products(speech: Speech<'_>, page: &Page) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for product in &page.products {
        let to = Manage::BroadcastTo(Segment::Product(product.id));
        keyboard = keyboard.row([called(&product.name, to)]);
    }
    let turns = turns(speech, page.number, page.total, catalogue::PAGE, |page| {
        Manage::BroadcastProducts(page).into()
    });
    let keyboard = keyboard.row(turns).row([back(speech, Manage::Broadcasts)]);
    Screen::with(speech.say("cast-which-product", &[]), keyboard)
}

fn people(crowd: Crowd, to: Html) -> [(&'static str, Value<'static>); 3] {
    let gone = crowd.total - crowd.reachable;
    [("to", to.into()), ("people", crowd.reachable.into()), ("gone", gone.into())]
}

/// Asks for the message.
#[must_use]
pub fn ask_message(speech: Speech<'_>, to: Html, crowd: Crowd, remark: Option<Html>) -> Screen {
    let text = speech.say("cast-ask-message", &people(crowd, to));
    let leave = InlineKeyboard::new().row([back(speech, Manage::Broadcasts)]);
    Screen::with(remarked(text, remark), leave)
}

/// What was sent is neither a text nor a photo.
#[must_use]
pub fn no_message(speech: Speech<'_>) -> Html {
    speech.say("cast-no-message", &[])
}

/// Below the preview: now, later, or not at all.
#[must_use]
pub fn preview(speech: Speech<'_>, id: BroadcastId, to: Html, crowd: Crowd) -> Screen {
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-cast-now", Manage::SendBroadcast(id, 0))])
        .row([does(speech, "button-cast-later", Manage::PlanBroadcast(id))])
        .row([does(speech, "button-cast-drop", Manage::ChangeBroadcast(id, Change::Cancel))]);
    Screen::with(speech.say("cast-preview", &people(crowd, to)), keyboard)
}

/// Asks when.
#[must_use]
pub fn ask_time(speech: Speech<'_>, zone: &Zone, now: Timestamp, remark: Option<Html>) -> Screen {
    let text = speech.say("cast-ask-time", &[("now", zone.day_and_clock(now).into())]);
    let leave = InlineKeyboard::new().row([back(speech, Manage::Broadcasts)]);
    Screen::with(remarked(text, remark), leave)
}

/// What was typed is no time, or a time that has passed.
#[must_use]
pub fn no_time(speech: Speech<'_>, passed: bool) -> Html {
    speech.say(if passed { "cast-time-passed" } else { "cast-no-time" }, &[])
}

/// What is about to be confirmed; `at` when it is not at once.
#[must_use]
pub fn sure(speech: Speech<'_>, to: Html, crowd: Crowd, at: Option<String>) -> Html {
    let [to, people, gone] = people(crowd, to);
    match at {
        None => speech.say("cast-sure-now", &[to, people, gone]),
        Some(at) => speech.say("cast-sure-later", &[to, people, gone, ("time", at.into())]),
    }
}

/// It is no draft any more, or there is none.
#[must_use]
pub fn gone(speech: Speech<'_>) -> Html {
    speech.say("cast-gone", &[])
}

/// How a broadcast goes, with what can be done about it; with a way back where it does not change by itself.
#[must_use]
pub fn state(
    speech: Speech<'_>,
    it: &Broadcast,
    (zone, now): (&Zone, Timestamp),
    way_back: bool,
) -> Screen {
    let (text, mut buttons) = told(speech, it, zone, now);
    if way_back {
        buttons = buttons.row([back(speech, Manage::Broadcasts)]);
    }
    Screen::with(text, buttons)
}

/// The same as the author's own message, which follows it.
#[must_use]
pub fn progress(speech: Speech<'_>, it: &Broadcast, zone: &Zone, now: Timestamp) -> Errand {
    let (text, buttons) = told(speech, it, zone, now);
    Errand::Progress { chat: it.author.into(), broadcast: it.id, text, buttons }
}

fn told(speech: Speech<'_>, it: &Broadcast, zone: &Zone, now: Timestamp) -> (Html, InlineKeyboard) {
    let mut parts = vec![speech.say("cast-title", &[("state", state_word(speech, it).into())])];
    parts.push(Html::default());
    if it.started_at.is_none() {
        parts.push(speech.say("cast-begins", &[("time", zone.day_and_clock(it.starts_at).into())]));
    } else {
        let numbers = [
            ("bar", bar(it).into()),
            ("sent", it.sent.into()),
            ("failed", it.failed.into()),
            ("skipped", it.skipped.into()),
            ("left", it.left().into()),
            ("total", it.total.into()),
        ];
        parts.push(speech.say("cast-numbers", &numbers));
        let took = it.ended_at.unwrap_or(now).since(it.started_at.unwrap_or(now));
        let values = [("time", lasted(took).into()), ("rate", rate(it.sent, took).into())];
        parts.push(speech.say("cast-pace", &values));
    }
    let changes = Change::ALL.into_iter().filter(|change| change.of(it.state).is_some());
    let row: Vec<_> = changes
        .map(|change| does(speech, label(change), Manage::ChangeBroadcast(it.id, change)))
        .collect();
    (lines(parts), InlineKeyboard::new().row(row))
}

/// Its state in a word.
fn state_word(speech: Speech<'_>, it: &Broadcast) -> Html {
    let key = match it.state {
        State::Draft => "cast-draft",
        State::Scheduled => "cast-scheduled",
        State::Running => "cast-running",
        State::Paused => "cast-paused",
        State::Cancelled => "cast-cancelled",
        State::Done => "cast-done",
    };
    speech.say(key, &[])
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
    let millis = i64::try_from(took.as_millis()).unwrap_or(i64::MAX).max(1_000);
    let tenths = sent.saturating_mul(10_000) / millis;
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
