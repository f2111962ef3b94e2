//! The versions of what a seller set.

use super::{Manage, Screen, back, called};
use crate::bot::{Setting, Slot, Speech};
use crate::primitives::Zone;
use crate::shop::settings::Version;
use crate::telegram::InlineKeyboard;

/// What a setting is called.
pub(super) fn named(speech: Speech<'_>, setting: Setting) -> String {
    match setting {
        Setting::Calculator => speech.label("setting-calculator"),
        Setting::Reply(Slot { reply, language }) => {
            let reply = speech.label(&format!("reply-{}", reply.word()));
            format!("{reply} · {}", speech.label(&format!("language-{language}")))
        }
    }
}

/// The page of a setting.
const fn page(setting: Setting) -> Manage {
    match setting {
        Setting::Calculator => Manage::Calculator,
        Setting::Reply(slot) => Manage::Reply(slot),
    }
}

/// The versions of a setting, the newest first; a press on one brings it back.
#[must_use]
pub fn versions(speech: Speech<'_>, zone: &Zone, setting: Setting, versions: &[Version]) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for Version { version, body, set_at } in versions {
        let built_in = speech.label("version-built-in");
        let what = body.as_ref().map_or(format!(" · {built_in}"), |_| String::new());
        let label = format!("↩️ v{version} · {}{what}", zone.day_and_clock(*set_at));
        keyboard = keyboard.row([called(&label, Manage::BringBack(setting, *version))]);
    }
    let key = if versions.is_empty() { "versions-none" } else { "versions" };
    let text = speech.say(key, &[("setting", named(speech, setting).into())]);
    Screen::with(text, keyboard.row([back(speech, page(setting))]))
}
