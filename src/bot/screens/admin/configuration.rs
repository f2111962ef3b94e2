//! Everything that is set, as a file out and in.

use super::{Manage, Screen, back, does};
use crate::bot::Speech;
use crate::telegram::{Html, InlineKeyboard};

/// How many faults of a file are told at once, and how much of each.
const MOST_FAULTS: usize = 10;
const MOST_LETTERS: usize = 160;

/// What can be done.
#[must_use]
pub fn overview(speech: Speech<'_>, remark: Option<Html>) -> Screen {
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-save-configuration", Manage::SaveConfiguration)])
        .row([does(speech, "button-restore-configuration", Manage::RestoreConfiguration)])
        .row([back(speech, Manage::Menu)]);
    Screen::with(super::remarked(speech.say("configuration", &[]), remark), keyboard)
}

/// Whether everything shall be set as a file says.
#[must_use]
pub fn sure(speech: Speech<'_>) -> Html {
    speech.say("configuration-sure", &[])
}

/// The file is on its way.
#[must_use]
pub fn sending(speech: Speech<'_>) -> Html {
    speech.say("configuration-sending", &[])
}

/// A file is being read.
#[must_use]
pub fn reading(speech: Speech<'_>) -> Html {
    speech.say("configuration-reading", &[])
}

/// What was sent is no file, or too large.
#[must_use]
pub fn no_file(speech: Speech<'_>) -> Html {
    speech.say("configuration-no-file", &[])
}

/// What is set is more than a file may hold.
#[must_use]
pub fn too_large(speech: Speech<'_>) -> Html {
    speech.say("configuration-too-large", &[])
}

/// What stands under the file.
#[must_use]
pub fn caption(speech: Speech<'_>) -> Html {
    speech.say("configuration-caption", &[])
}

/// Everything is set as the file says.
#[must_use]
pub fn restored(speech: Speech<'_>, changed: usize) -> Html {
    let changed = i64::try_from(changed).unwrap_or(i64::MAX);
    speech.say("configuration-restored", &[("changed", changed.into())])
}

/// Nothing was set, and why.
#[must_use]
pub fn unfit(speech: Speech<'_>, faults: &[String]) -> Html {
    let shown = faults.iter().take(MOST_FAULTS);
    let shown = shown.map(|fault| Html::text(fault).truncate(MOST_LETTERS).code());
    speech.say("configuration-unfit", &[("faults", Html::join(shown, "\n").into())])
}
