//! What is said to those who are too fast or kept out, and about them.

use super::Screen;
use crate::bot::Speech;
use crate::shop::customers::Customer;

/// The one warning.
#[must_use]
pub fn too_fast(speech: Speech<'_>) -> Screen {
    Screen::plain(speech.say("too-fast", &[]))
}

/// The report about it, for admins.
#[must_use]
pub fn flood(speech: Speech<'_>, customer: &Customer) -> Screen {
    let values = [("name", (&customer.name).into()), ("id", customer.user_id.0.into())];
    Screen::plain(speech.say("flood", &values))
}

/// The one notice.
#[must_use]
pub fn blocked(speech: Speech<'_>) -> Screen {
    Screen::plain(speech.say("blocked", &[]))
}
