//! What a store sold, in figures and as a chart.

use super::{Manage, Screen, back, does, lines};
use crate::bot::Speech;
use crate::bot::chart::Chart;
use crate::primitives::{Language, Timestamp, Zone};
use crate::shop::statistics::{Best, Report};
use crate::telegram::{Html, InlineKeyboard};

/// The spans that are offered, in days.
const SPANS: [(&str, i64); 3] = [("span-1", 1), ("span-7", 7), ("span-30", 30)];

/// What was sold in the last days, today included.
#[must_use]
pub fn report(
    speech: Speech<'_>,
    (zone, now): (&Zone, Timestamp),
    days: i64,
    report: &Report,
) -> Screen {
    let conversion = report.conversion();
    let point = match speech.language {
        Language::Id => ',',
        Language::En => '.',
    };
    let span = SPANS.iter().find(|(_, span)| *span == days).map_or("span-30", |(key, _)| key);
    let values = [
        ("span", speech.label(span).into()),
        ("time", zone.day_and_clock(now).into()),
        ("revenue", report.revenue.into()),
        ("placed", report.placed.into()),
        ("paid", report.paid.into()),
        ("expired", report.expired.into()),
        ("conversion", format!("{}{point}{}", conversion / 10, conversion % 10).into()),
        ("refunded", report.refunded.into()),
    ];
    let mut parts = vec![speech.say("statistics", &values)];
    if !report.best.is_empty() {
        parts.extend([Html::default(), speech.say("statistics-best", &[])]);
        parts.extend(report.best.iter().zip(1..).map(|(best, place)| one(speech, place, best)));
    }
    let spans = SPANS.map(|(key, days)| does(speech, key, Manage::Statistics(days)));
    let keyboard = InlineKeyboard::new().row(spans).row([back(speech, Manage::Menu)]);
    Screen::with(lines(parts), keyboard).charted(chart(speech, zone, days, report))
}

fn one(speech: Speech<'_>, place: i64, best: &Best) -> Html {
    let values = [
        ("place", place.into()),
        ("name", (&best.name).into()),
        ("quantity", best.quantity.into()),
        ("revenue", best.revenue.into()),
    ];
    speech.say("statistics-product", &values)
}

fn chart(speech: Speech<'_>, zone: &Zone, days: i64, report: &Report) -> Chart {
    let word = |at: Timestamp| if days == 1 { zone.hour(at) } else { zone.day(at) };
    let bars = report.course.iter().map(|(at, revenue)| (word(*at), revenue.get()));
    Chart { bars: bars.collect(), language: speech.language }
}
