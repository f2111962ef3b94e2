//! The terms of what was bought, and the proof that they are kept.

use super::{Screen, button, lines, turns};
use crate::bot::{Manage, Press, Reply, Speech};
use crate::primitives::Zone;
use crate::shop::orders::Order;
use crate::shop::terms::{self, Opened, Stored, Terms};
use crate::telegram::limits::{CAPTION_MAX, TEXT_MAX};
use crate::telegram::{Html, InlineButton, InlineKeyboard, Style};

/// The terms of one product of a paid order.
#[must_use]
pub fn terms(speech: Speech<'_>, order: &Order, terms: &Terms) -> Screen {
    let values = [
        ("product", (&terms.name).into()),
        ("code", (&order.code).into()),
        ("terms", (&terms.body).into()),
    ];
    let prove = Press::Prove(order.id, terms.product_id);
    let keyboard =
        InlineKeyboard::new().row([button(speech, "button-prove", prove).style(Style::Success)]);
    Screen::with(speech.say("terms", &values), keyboard).pictured(speech.picture(Reply::Terms))
}

/// Asks for a proof.
#[must_use]
pub fn ask_proof(speech: Speech<'_>, order: &Order, terms: &Terms, remark: Option<Html>) -> Screen {
    let values = [("product", (&terms.name).into()), ("code", (&order.code).into())];
    let mut parts = vec![speech.say("proof-ask", &values)];
    parts.extend(remark.into_iter().flat_map(|remark| [Html::default(), remark]));
    let leave = InlineKeyboard::new().row([button(speech, "button-cancel", Press::Leave)]);
    Screen::with(lines(parts), leave)
}

/// Neither a text nor a photo.
#[must_use]
pub fn not_a_proof(speech: Speech<'_>) -> Html {
    speech.say("proof-unfit", &[])
}

/// The receipt for a proof.
#[must_use]
pub fn proven(speech: Speech<'_>, order: &Order, replaced: bool) -> Screen {
    let key = if replaced { "proof-replaced" } else { "proof-kept" };
    let back = InlineKeyboard::new().row([button(speech, "button-orders", Press::Orders(0))]);
    Screen::with(speech.say(key, &[("code", (&order.code).into())]), back)
}

/// A proof as an admin sees it: the text, or what stands under the photo; and what does not fit there.
#[must_use]
pub fn opened(speech: Speech<'_>, zone: &Zone, opened: &Opened) -> (Html, Option<Html>) {
    let Opened { stored, proof } = opened;
    let values = [
        ("code", (&stored.code).into()),
        ("product", (&stored.product).into()),
        ("name", (&stored.buyer).into()),
        ("id", stored.user_id.0.into()),
        ("time", zone.day_and_clock(stored.sent_at).into()),
    ];
    let head = speech.say("proof-opened", &values);
    let text = Html::text(proof.text.as_deref().unwrap_or_default());
    let most = if proof.photo.is_some() { CAPTION_MAX } else { TEXT_MAX };
    if head.width() + 2 + text.width() > most {
        return (head, Some(text));
    }
    (lines([head, Html::default(), text]), None)
}

/// A proof whose photo Telegram does not show any more.
#[must_use]
pub fn without_photo(speech: Speech<'_>, text: Html) -> Html {
    lines([text, speech.say("proof-photo-gone", &[])])
}

/// A page of proofs, for admins.
#[must_use]
pub fn proofs(
    speech: Speech<'_>,
    zone: &Zone,
    (page, total): (i64, i64),
    stored: &[Stored],
) -> Screen {
    let key = if stored.is_empty() { "proofs-empty" } else { "proofs-title" };
    let mut keyboard = InlineKeyboard::new();
    for one in stored {
        let label = format!("{} · {} · {}", zone.day_and_clock(one.sent_at), one.code, one.buyer);
        keyboard = keyboard
            .row([InlineButton::callback(label, Press::from(Manage::Proof(one.id)).data())]);
    }
    let keyboard =
        keyboard.row(turns(speech, page, total, terms::PAGE, |page| Manage::Proofs(page).into()));
    Screen::with(speech.say(key, &[("total", total.into())]), keyboard)
}
