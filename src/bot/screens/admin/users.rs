//! Customers as their seller sees them.

use super::{Manage, Screen, back, called, counted, does, lines, newest_first, remarked, sales};
use crate::bot::Speech;
use crate::primitives::{CustomerId, Rupiah, Zone};
use crate::shop::customers::{self, Customer};
use crate::shop::sales::Sale;
use crate::telegram::{Html, InlineButton, InlineKeyboard};

fn entry(customer: &Customer) -> InlineButton {
    let mark = if customer.blocked_at.is_some() { "🚫 " } else { "" };
    let balance = if customer.balance > Rupiah::ZERO {
        format!(" · {}", customer.balance)
    } else {
        String::new()
    };
    called(&format!("{mark}{}{balance}", customer.name), Manage::User(customer.id))
}

/// A page of customers, the newest first; one more than a page when there are older ones.
#[must_use]
pub fn list(speech: Speech<'_>, first: bool, (found, total): (&[Customer], i64)) -> Screen {
    let newest = (!first).then_some(Manage::Users(CustomerId(0)));
    let older = |last: &Customer| Manage::Users(last.id);
    let (shown, turns) = newest_first(speech, (found, customers::PAGE), newest, older);
    let keyboard = listed(shown)
        .row(turns)
        .row([does(speech, "button-find-user", Manage::FindUser)])
        .row([back(speech, Manage::Menu)]);
    Screen::with(speech.say("users", &[("total", counted(total).into())]), keyboard)
}

fn listed(shown: &[Customer]) -> InlineKeyboard {
    shown.iter().fold(InlineKeyboard::new(), |keyboard, customer| keyboard.row([entry(customer)]))
}

/// Those who were found.
#[must_use]
pub fn found(speech: Speech<'_>, found: &[Customer]) -> Screen {
    let text = speech.say("users-found", &[]);
    Screen::with(text, listed(found).row([back(speech, Manage::Users(CustomerId(0)))]))
}

/// Nobody was.
#[must_use]
pub fn nobody(speech: Speech<'_>, typed: &str) -> Html {
    speech.say("user-unknown", &[("typed", typed.into())])
}

/// One customer, with his newest orders.
#[must_use]
pub fn user(
    speech: Speech<'_>,
    zone: &Zone,
    customer: &Customer,
    (newest, total): (&[Sale], i64),
    remark: Option<Html>,
) -> Screen {
    let values = [
        ("name", (&customer.name).into()),
        ("id", customer.user_id.0.into()),
        ("balance", customer.balance.into()),
        ("orders", total.into()),
        ("since", zone.day_and_clock(customer.created_at).into()),
        (
            "blocked",
            speech.label(if customer.blocked_at.is_some() { "word-yes" } else { "word-no" }).into(),
        ),
    ];
    let text = lines([
        speech.say("one-user", &values),
        Html::default(),
        sales::written(speech, zone, newest),
    ]);
    let id = customer.id;
    let block = if customer.blocked_at.is_some() {
        does(speech, "button-unblock", Manage::BlockUser(id, 0))
    } else {
        does(speech, "button-block", Manage::BlockUser(id, 1))
    };
    let keyboard = sales::entries(speech, newest)
        .row([block, does(speech, "button-adjust", Manage::AdjustUser(id))])
        .row([back(speech, Manage::Users(CustomerId(0)))]);
    Screen::with(remarked(text, remark), keyboard)
}
