//! The replies that a store words itself: the list, one of them, and how it will look.

use super::{Manage, Screen, back, called, does, lines, remarked};
use crate::bot::{Flaw, Reply, Setting, Slot, Speech, Template};
use crate::primitives::Language;
use crate::telegram::{Html, InlineKeyboard};

/// Every reply.
#[must_use]
pub fn list(speech: Speech<'_>) -> Screen {
    let mut keyboard = InlineKeyboard::new();
    for pair in Reply::ALL.chunks(2) {
        let one = |reply: &Reply| {
            let label = speech.label(&format!("reply-{}", reply.word()));
            called(&label, Manage::Reply(Slot { reply: *reply, language: Language::Id }))
        };
        keyboard = keyboard.row(pair.iter().map(one));
    }
    Screen::with(speech.say("replies", &[]), keyboard.row([back(speech, Manage::Menu)]))
}

/// One reply in one language: how it is worded now, and what may stand in it.
#[must_use]
pub fn reply(
    speech: Speech<'_>,
    slot: Slot,
    (template, built_in): (&Template, &str),
    remark: Option<Html>,
) -> Screen {
    let others = Language::ALL.into_iter().filter(|language| *language != slot.language);
    let other = |language: Language| {
        let label = speech.label(&format!("language-{language}"));
        called(&label, Manage::Reply(Slot { language, ..slot }))
    };
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-edit-reply", Manage::EditReply(slot))])
        .row([
            does(speech, "button-versions", Manage::Versions(Setting::Reply(slot))),
            does(speech, "button-reset", Manage::ResetReply(slot)),
        ])
        .row(others.map(other))
        .row([back(speech, Manage::Replies)]);
    let text = remarked(about(speech, slot, (template, built_in)), remark);
    Screen::with(text, keyboard).pictured(template.picture.clone())
}

fn about(speech: Speech<'_>, slot: Slot, (template, built_in): (&Template, &str)) -> Html {
    let own = if template.text.is_some() { "reply-own" } else { "reply-built-in" };
    let values = [
        ("reply", super::settings::named(speech, Setting::Reply(slot)).into()),
        ("whose", speech.label(own).into()),
        ("text", Html::text(template.text.as_deref().unwrap_or(built_in)).pre().into()),
        ("allowed", allowed(slot.reply).into()),
    ];
    speech.say("one-reply", &values)
}

fn allowed(reply: Reply) -> Html {
    Html::join(reply.allowed().iter().map(|name| Html::text(name).code()), " ")
}

/// Asks how a reply shall be worded.
#[must_use]
pub fn ask(
    speech: Speech<'_>,
    slot: Slot,
    (template, built_in): (&Template, &str),
    remark: Option<Html>,
) -> Screen {
    let key = if slot.reply.has_picture() { "ask-reply-or-picture" } else { "ask-reply" };
    let text =
        lines([about(speech, slot, (template, built_in)), Html::default(), speech.say(key, &[])]);
    let keyboard = InlineKeyboard::new().row([back(speech, Manage::Reply(slot))]);
    Screen::with(remarked(text, remark), keyboard)
}

/// How a reply will look with examples in it; nobody sees it yet.
#[must_use]
pub fn preview(speech: Speech<'_>, slot: Slot, said: Html, picture: Option<String>) -> Screen {
    let reply = super::settings::named(speech, Setting::Reply(slot));
    let head = speech.say("reply-preview", &[("reply", reply.into())]);
    let keyboard = InlineKeyboard::new()
        .row([does(speech, "button-publish", Manage::PublishReply)])
        .row([back(speech, Manage::Reply(slot))]);
    Screen::with(lines([head, Html::default(), said]), keyboard).pictured(picture)
}

/// Why a wording is not taken.
#[must_use]
pub fn flawed(speech: Speech<'_>, reply: Reply, flaw: &Flaw) -> Html {
    match flaw {
        Flaw::Empty => speech.say("reply-empty", &[]),
        Flaw::TooLong(most) => {
            let most = i64::try_from(*most).unwrap_or(i64::MAX);
            speech.say("reply-too-long", &[("most", most.into())])
        }
        Flaw::Unknown(name) => {
            let values = [("name", name.into()), ("allowed", allowed(reply).into())];
            speech.say("reply-unknown", &values)
        }
        Flaw::Lacks(name) => speech.say("reply-lacks", &[("name", (*name).into())]),
        Flaw::Markup(why) => speech.say("reply-markup", &[("why", why.into())]),
        Flaw::NoPicture => speech.say("reply-no-picture", &[]),
    }
}

/// A store's own words could not be used: what is built in was said instead.
#[must_use]
pub fn broken(speech: Speech<'_>, slot: Slot) -> Html {
    let reply = super::settings::named(speech, Setting::Reply(slot));
    speech.say("reply-broken", &[("reply", reply.into())])
}
