//! The seller's side of the chat: one living message, always with a way back.

pub mod balances;
pub mod sales;
pub mod users;
pub mod coupons;
pub mod settings;
pub mod replies;
pub mod configuration;
pub mod setup;
pub mod calculator;
pub mod statistics;
pub mod audit;
pub mod products;
pub mod shelves;
pub mod units;
pub mod broadcast;

use super::{Screen, button, lines, turns};
use crate::bot::{Manage, Press, Speech};
use crate::primitives::{CustomerId, OrderId};
use crate::shop::customers::{Crowd, MOST_COUNTED};
use crate::telegram::{Html, InlineButton, InlineKeyboard};

/// The seller's menu, with a remark under it.
#[must_use]
pub fn menu(
    speech: Speech<'_>,
    store: &str,
    (crowd, products): (Crowd, i64),
    for_owner: bool,
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
        .row([
            does(speech, "button-all-orders", Manage::Sales(0, OrderId(0))),
            does(speech, "button-users", Manage::Users(CustomerId(0))),
        ])
        .row([
            does(speech, "button-coupons", Manage::Coupons(0)),
            does(speech, "button-replies", Manage::Replies),
        ])
        .row([
            does(speech, "button-broadcast", Manage::Broadcasts),
            does(speech, "button-calculator", Manage::Calculator),
        ])
        .row([
            does(speech, "button-statistics", Manage::Statistics(1)),
            does(speech, "button-adjust", Manage::Adjust),
        ])
        .row([
            does(speech, "button-backup", Manage::Configuration),
            does(speech, "button-setup", Manage::Setup),
        ])
        .row(for_owner.then(|| does(speech, "button-audit", Manage::Audit(0))))
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

/// Asks for one thing: `key` says which.
#[must_use]
pub fn ask(speech: Speech<'_>, key: &str, way_back: Manage, remark: Option<Html>) -> Screen {
    let keyboard = InlineKeyboard::new().row([back(speech, way_back)]);
    Screen::with(remarked(speech.say(key, &[]), remark), keyboard)
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

/// The part of `found` that stands on one page, and the buttons to the newest and to older ones: one more than
/// a page was looked for, to see whether there are any.
fn newest_first<'f, Found>(
    speech: Speech<'_>,
    (found, page): (&'f [Found], i64),
    newest: Option<Manage>,
    older: impl FnOnce(&Found) -> Manage,
) -> (&'f [Found], Vec<InlineButton>) {
    let most = usize::try_from(page).unwrap_or_default();
    let shown = &found[..found.len().min(most)];
    let older = shown.last().filter(|_| found.len() > most).map(older);
    let turns = [("button-newest", newest), ("button-older", older)];
    let turns = turns.into_iter().filter_map(|(key, to)| Some(does(speech, key, to?)));
    (shown, turns.collect())
}

/// How many there are, where they are counted so far and no farther.
fn counted(total: i64) -> String {
    if total < MOST_COUNTED { total.to_string() } else { format!("≥ {MOST_COUNTED}") }
}

/// A text with a remark under it.
fn remarked(text: Html, remark: Option<Html>) -> Html {
    lines([text].into_iter().chain(remark.into_iter().flat_map(|remark| [Html::default(), remark])))
}
