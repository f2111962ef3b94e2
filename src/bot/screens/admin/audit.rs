//! What was changed, by whom, as an owner reads it.

use super::{Manage, Screen, back, lines, newest_first};
use crate::bot::Speech;
use crate::primitives::Zone;
use crate::shop::audit::{self, Entry};
use crate::telegram::{Html, InlineKeyboard};

/// The longest value shown, in characters.
const SHORT: usize = 80;

fn short(value: Option<&String>) -> String {
    let value = value.map_or("–", String::as_str);
    let cut: String = value.chars().take(SHORT).collect();
    if cut.len() < value.len() { format!("{cut}…") } else { cut }
}

fn line(speech: Speech<'_>, zone: &Zone, entry: &Entry) -> Html {
    let who = entry.actor.map_or_else(|| speech.label("audit-service"), |admin| admin.to_string());
    let values = [
        ("place", entry.place.into()),
        ("at", zone.day_and_clock(entry.at).into()),
        ("who", who.into()),
        ("action", (&entry.action).into()),
        ("subject", (&entry.subject).into()),
        ("before", short(entry.before.as_ref()).into()),
        ("after", short(entry.after.as_ref()).into()),
        ("note", short(entry.note.as_ref()).into()),
    ];
    speech.say("audit-entry", &values)
}

/// A page of entries, the newest first; one more than a page when there are older ones.
#[must_use]
pub fn page(speech: Speech<'_>, zone: &Zone, first: bool, entries: &[Entry]) -> Screen {
    let newest = (!first).then_some(Manage::Audit(0));
    let older = |last: &Entry| Manage::Audit(last.place);
    let (shown, turns) = newest_first(speech, (entries, audit::PAGE), newest, older);
    let mut parts = vec![speech.say("audit", &[]), Html::default()];
    parts.extend(shown.iter().map(|entry| line(speech, zone, entry)));
    let keyboard = InlineKeyboard::new().row(turns).row([back(speech, Manage::Menu)]);
    Screen::with(lines(parts), keyboard)
}
