//! The seller's side of the chat: one living message, always with a way back.

pub mod balances;
pub mod products;
pub mod shelves;
pub mod units;
pub mod broadcast;

use super::{Screen, button, lines, turns};
use crate::bot::{Manage, Press, Speech};
use crate::shop::customers::Crowd;
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// The seller's menu, with a remark under it.
#[must_use]
pub fn menu(
    speech: Speech<'_>,
    store: &str,
    crowd: Crowd,
    products: i64,
    remark: Option<Html>,
) -> Screen {
    let values = [
        ("store", store.into()),
        ("products", products.into()),
        ("customers", crowd.customers.into()),
    ];
    let entries = InlineKeyboard::new()
        .row([
            does(speech, "button-products", Manage::Products(0)),
            does(speech, "button-shelves", Manage::Shelves),
        ])
        .row([
            does(speech, "button-units", Manage::Stocks(0)),
            does(speech, "button-proofs", Manage::TermsOfAll(0)),
        ])
        .row([does(speech, "button-broadcast", Manage::Broadcasts)])
        .row([does(speech, "button-adjust", Manage::Adjust)])
        .row([button(speech, "button-back", Press::Leave)]);
    Screen::with(remarked(speech.say("admin-menu", &values), remark), entries)
}

/// Asks whether the admin means it.
#[must_use]
pub fn sure(speech: Speech<'_>, text: Html, number: i64, way_back: Manage) -> Screen {
    let buttons = InlineKeyboard::new()
        .row([does(speech, "button-sure", Manage::Confirm(number))])
        .row([back(speech, way_back)]);
    Screen::with(text, buttons)
}

/// A confirmation came too late, or for the second time.
#[must_use]
pub fn not_sure_any_more(speech: Speech<'_>) -> Html {
    speech.say("not-sure-any-more", &[])
}

/// A button that does something on the seller's side.
fn does(speech: Speech<'_>, key: &str, action: Manage) -> InlineButton {
    button(speech, key, action.into())
}

/// A button with words of its own that does something on the seller's side.
fn called(label: &str, action: Manage) -> InlineButton {
    InlineButton::callback(label, Press::from(action).data())
}

/// The way back.
fn back(speech: Speech<'_>, to: Manage) -> InlineButton {
    does(speech, "button-back", to)
}

/// A text with a remark under it.
fn remarked(text: Html, remark: Option<Html>) -> Html {
    lines([text].into_iter().chain(remark.into_iter().flat_map(|remark| [Html::default(), remark])))
}
